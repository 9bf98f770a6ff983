"""Route tables, routes, network ACLs and elastic addresses: states, refusals, dependents, quotas, packets' view."""

from __future__ import annotations

import json

import pytest

from lab.cloud import snapshot
from lab.cloud.network_view import build_network


@pytest.fixture
def table(world):
    """A custom route table."""
    return world.api.call("CreateRouteTable", VpcId=world.vpc_id)["RouteTableId"]


@pytest.fixture
def acl(world):
    return world.api.call("CreateNetworkAcl", VpcId=world.vpc_id)["NetworkAclId"]


@pytest.fixture
def eip(api):
    return api.call("AllocateEipAddress")["AllocationId"]


RULE = {"Protocol": "tcp", "Port": "80/80", "Policy": "accept", "SourceCidrIp": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DestinationCidrBlock": "100.64.1.0/24"}, "InvalidDestCidrBlock.Malformed"),
        ({"DestinationCidrBlock": "10.0.0.1/8"}, "InvalidDestCidrBlock.Malformed"),
        ({"DestinationCidrBlock": "172.16.1.0/24"}, "RouterEntryConflict.Duplicated"),
        ({"NextHopType": "Nowhere"}, "InvalidParameter"),
        ({"NextHopType": "NatGateway"}, "InvalidParameter"),
        ({"NextHopType": "VpnGateway", "NextHopId": "vpn-none"}, "InvalidVpnGatewayInstanceId.NotFound"),
        ({"NextHopId": ""}, "MissingNextHopId"),
        ({"RouteTableId": "vtb-none"}, "InvalidRouteTableId.NotFound"),
        ({"NextHopList": [{"NextHopId": "i-1"}]}, "UnsupportedParameter"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_route_refusals(world, table, change, code):
    params = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "NextHopId": "i-1"}
    assert world.api.try_call("CreateRouteEntry", **{**params, **change}).code == code


def test_a_destination_once_and_by_its_key(world, table):
    params = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "NextHopId": "i-1"}
    world.api.call("CreateRouteEntry", **params)
    assert world.api.try_call("CreateRouteEntry", **params).code == "RouterEntryConflict.Duplicated"
    assert world.api.try_call("DeleteRouteEntry", **{**params, "NextHopId": "i-2"}).code == "InvalidRouteEntry.NotFound"
    world.api.call("DeleteRouteEntry", **params)
    (row, *_rest) = world.api.call("DescribeRouteEntryList", RouteTableId=table)["RouteEntrys"]["RouteEntry"]
    refused = world.api.try_call("DeleteRouteEntry", RouteEntryId=row["RouteEntryId"])
    assert refused.code == "OperationUnsupported.RouteEntry"


def test_states_of_routes_and_tables(cloud, world):
    cloud.admin("POST", "settings", {"delays": {"route_table": 60.0, "route_entry": 60.0}})
    table = world.api.call("CreateRouteTable", VpcId=world.vpc_id)["RouteTableId"]
    params = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "NextHopId": "i-1"}
    assert world.api.try_call("CreateRouteEntry", **params).code == "IncorrectStatus.RouteTableStatus"
    (row,) = world.api.call("DescribeRouteTableList", RouteTableId=table)["RouterTableList"]["RouterTableListType"]
    params["RouteTableId"] = world.api.call("DescribeVpcs")["Vpcs"]["Vpc"][0]["RouterTableIds"]["RouterTableIds"][0]
    entry = world.api.call("CreateRouteEntry", **params)["RouteEntryId"]
    assert row["Status"] == "Pending"
    assert world.api.try_call("DeleteRouteEntry", RouteEntryId=entry).code == "IncorrectRouteEntryStatus"


def test_dependents(world, table, acl):
    api, (first, second) = world.api, world.vswitches
    api.call("AssociateRouteTable", RouteTableId=table, VSwitchId=first)
    api.call("AssociateNetworkAcl", NetworkAclId=acl, Resource=[{"ResourceType": "VSwitch", "ResourceId": second}])
    other = api.call("CreateRouteTable", VpcId=world.vpc_id)["RouteTableId"]
    associate = {"RouteTableId": other, "VSwitchId": first}
    assert api.try_call("AssociateRouteTable", **associate).code == "OperationFailed.AlreadyAssociated"
    assert api.try_call("UnassociateRouteTable", **associate).code == "OperationFailed.NotAssociated"
    assert api.refused("DeleteRouteTable", RouteTableId=table) == "DependencyViolation.VSwitch 400"
    assert api.refused("DeleteNetworkAcl", NetworkAclId=acl) == "DependencyViolation.VSwitch 400"
    assert api.refused("DeleteVSwitch", VSwitchId=first) == "DependencyViolation.RouteTable 400"
    assert api.refused("DeleteVSwitch", VSwitchId=second) == "DependencyViolation.NetworkAcl 400"
    gateway = world.gateway()
    route = {"RouteTableId": other, "DestinationCidrBlock": "10.0.0.0/8"}
    api.call("CreateRouteEntry", **route, NextHopType="VpnGateway", NextHopId=gateway)
    assert api.refused("DeleteVpnGateway", VpnGatewayId=gateway) == "DependencyViolation.RouteEntry 400"
    assert api.refused("DeleteRouteTable", RouteTableId=other) == "DependencyViolation.RouteEntry 400"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Port": "80"}, "InvalidParameter"),
        ({"Port": "-1/-1"}, "InvalidParameter"),
        ({"Protocol": "all"}, "InvalidParameter"),
        ({"Policy": "maybe"}, "InvalidParameter"),
        ({"SourceCidrIp": "10.0.0.1/8"}, "InvalidParameter"),
        ({"IpVersion": "IPv6"}, "InvalidParameter"),
        ({"Policy": ""}, "MissingIngressAclEntries1Policy"),
    ],
)
def test_acl_rule_refusals(world, acl, change, code):
    params = {"NetworkAclId": acl, "UpdateIngressAclEntries": True}
    refused = world.api.try_call("UpdateNetworkAclEntries", **params, IngressAclEntries=[{**RULE, **change}])
    assert refused.code == code


def test_acl_rules_need_their_switch_and_have_a_quota(world, acl):
    update = {"NetworkAclId": acl, "IngressAclEntries": [RULE]}
    assert world.api.try_call("UpdateNetworkAclEntries", **update).code == "InvalidParameter"
    update = {**update, "IngressAclEntries": [RULE] * 21, "UpdateIngressAclEntries": True}
    assert world.api.try_call("UpdateNetworkAclEntries", **update).code == "Resource.QuotaFull"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Bandwidth": "501"}, "InvalidParameter"),
        ({"Bandwidth": "201", "InternetChargeType": "PayByTraffic"}, "InvalidParameter"),
        ({"InstanceChargeType": "PrePaid"}, "MissingPeriod"),
        ({"InstanceChargeType": "PrePaid", "InternetChargeType": "PayByTraffic"}, "InvalidParameter"),
        ({"Name": "1"}, "InvalidName.Malformed"),
        ({"Description": "x"}, "InvalidDescription.Malformed"),
        ({"IpAddress": "203.0.113.9"}, "UnsupportedParameter"),
    ],
)
def test_eip_refusals(api, params, code):
    assert api.try_call("AllocateEipAddress", **params).code == code


def test_a_bound_eip(api, eip):
    api.call("AssociateEipAddress", AllocationId=eip, InstanceId="i-1")
    assert api.refused("ReleaseEipAddress", AllocationId=eip) == "IncorrectEipStatus 400"
    assert api.refused("AssociateEipAddress", AllocationId=eip, InstanceId="i-2") == "IncorrectEipStatus 400"
    second = api.call("AllocateEipAddress")["AllocationId"]
    twice = api.try_call("AssociateEipAddress", AllocationId=second, InstanceId="i-1")
    assert twice.code == "InvalidAssociation.Duplicated"
    wrong = api.try_call("AssociateEipAddress", AllocationId=second, InstanceId="eni-1")
    assert wrong.code == "InvalidInstanceId.NotFound"


def test_addresses_of_eips_and_gateways_differ(world, eip):
    gateway = world.api.call("DescribeVpnGateway", VpnGatewayId=world.gateway())
    (row,) = world.api.call("DescribeEipAddresses", AllocationId=eip)["EipAddresses"]["EipAddress"]
    assert row["IpAddress"] not in (gateway["InternetIp"], gateway["DisasterRecoveryInternetIp"])


def test_packets_follow_the_system_table(cloud, world, table):
    gateway = world.gateway()
    system = world.api.call("DescribeVpcs")["Vpcs"]["Vpc"][0]["RouterTableIds"]["RouterTableIds"][0]
    for number, identifier in enumerate((system, table)):
        world.api.call(
            "CreateRouteEntry",
            RouteTableId=identifier,
            DestinationCidrBlock=f"10.{number}.0.0/16",
            NextHopType="VpnGateway",
            NextHopId=gateway,
        )
    (vpc,) = build_network(cloud.control.state).vpcs
    assert vpc.routes == (("10.0.0.0/16", gateway),)


def test_a_snapshot_without_route_tables_gets_them(cloud, world):
    document = json.loads(snapshot.to_text(cloud.control.state))
    for region in document["state"]["regions"].values():
        del region["route_tables"]
    regions = snapshot.from_document(document).regions
    assert regions["cn-hangzhou"] == cloud.control.state.regions["cn-hangzhou"]
