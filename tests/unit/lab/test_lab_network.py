"""VPCs, vSwitches, route tables, regions, zones, tags, resource groups."""

from __future__ import annotations

import pytest


def test_vpc_life(api):
    created = api.call("CreateVpc", CidrBlock="10.0.0.0/16", VpcName="a", Tag=[{"Key": "env", "Value": "prod"}])
    vpc_id = created["VpcId"]
    (vpc,) = api.call("DescribeVpcs", VpcId=vpc_id)["Vpcs"]["Vpc"]
    assert vpc["Status"] == "Available"
    assert vpc["RouterTableIds"]["RouterTableIds"] == [created["RouteTableId"]]
    assert vpc["Tags"]["Tag"] == [{"Key": "env", "Value": "prod"}]
    api.call("ModifyVpcAttribute", VpcId=vpc_id, VpcName="b", Description="d")
    one = api.call("DescribeVpcAttribute", VpcId=vpc_id)
    assert (one["VpcName"], one["Description"], one["CidrBlock"]) == ("b", "d", "10.0.0.0/16")
    assert api.call("DescribeVpcs", VpcName="a")["TotalCount"] == 0
    api.call("DeleteVpc", VpcId=vpc_id)
    assert api.refused("DescribeVpcAttribute", VpcId=vpc_id) == "InvalidVpcID.NotFound 404"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"CidrBlock": "10.0.0.1/16"}, "InvalidCidrBlock.Malformed"),
        ({"CidrBlock": "100.64.0.0/16"}, "InvalidCidrBlock.Malformed"),
        ({"CidrBlock": "10.0.0.0/29"}, "InvalidCidrBlock.Malformed"),
        ({"VpcName": "http://x"}, "InvalidVpcName.Malformed"),
        ({"VpcName": "x" * 129}, "InvalidVpcName.Malformed"),
        ({"Description": "https://x"}, "InvalidDescription"),
        ({"Tag": [{"Key": "acs:x"}]}, "InvalidTagKey"),
        ({"Tag": [{"Value": "x"}]}, "InvalidTagKey"),
        ({"Tag": [{"Key": "a"}, {"Key": "a"}]}, "Duplicate.TagKey"),
        ({"Tag": [{"Key": f"k{n}"} for n in range(21)]}, "QuotaExceeded.TagNum"),
        ({"UserCidr": "10.0.0.0/8,10.1.0.0/16,10.2.0.0/16,10.3.0.0/16"}, "InvalidParameter"),
        ({"ResourceGroupId": "nonsense"}, "InvalidResourceGroupId.NotFound"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_vpc_refusals(api, params, code):
    assert api.try_call("CreateVpc", **params).code == code
    assert api.call("DescribeVpcs")["TotalCount"] == 0


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"CidrBlock": "172.17.1.0/24"}, "InvalidCidrBlock.Malformed"),
        ({"CidrBlock": "172.16.1.128/25"}, "InvalidCidrBlock.Overlapped"),
        ({"CidrBlock": "172.16.3.0/30"}, "InvalidCidrBlock.Malformed"),
        ({"ZoneId": "cn-beijing-h"}, "InvalidZoneId.NotFound"),
        ({"VpcId": "vpc-none"}, "InvalidVpcID.NotFound"),
    ],
)
def test_vswitch_refusals(world, params, code):
    defaults = {"VpcId": world.vpc_id, "ZoneId": "cn-hangzhou-j", "CidrBlock": "172.16.3.0/24"}
    assert world.api.try_call("CreateVSwitch", **{**defaults, **params}).code == code


def test_vswitch_reads_and_changes(world):
    api, first = world.api, world.vswitches[0]
    assert api.call("DescribeVSwitches", VpcId=world.vpc_id)["TotalCount"] == 2
    (row,) = api.call("DescribeVSwitches", ZoneId="cn-hangzhou-h")["VSwitches"]["VSwitch"]
    assert row["VSwitchId"] == first
    api.call("ModifyVSwitchAttribute", VSwitchId=first, VSwitchName="n")
    one = api.call("DescribeVSwitchAttributes", VSwitchId=first)
    assert (one["VSwitchName"], one["Status"], one["AvailableIpAddressCount"]) == ("n", "Available", 252)


def test_delete_order(world):
    api = world.api
    gateway = world.gateway()
    assert api.refused("DeleteVpc", VpcId=world.vpc_id) == "DependencyViolation.VSwitch 400"
    assert api.refused("DeleteVSwitch", VSwitchId=world.vswitches[0]) == "DependencyViolation 400"
    api.call("DeleteVpnGateway", VpnGatewayId=gateway)
    for vswitch in world.vswitches:
        api.call("DeleteVSwitch", VSwitchId=vswitch)
    api.call("DeleteVpc", VpcId=world.vpc_id)


def test_regions_and_zones(api):
    regions = {item["RegionId"] for item in api.call("DescribeRegions", RegionId="cn-hangzhou")["Regions"]["Region"]}
    assert {"cn-hangzhou", "eu-central-1"} <= regions
    zones = api.call("DescribeZones", RegionId="eu-central-1")["Zones"]["Zone"]
    assert zones[0]["ZoneId"] == "eu-central-1a"


def test_route_table(world):
    api = world.api
    (table,) = api.call("DescribeRouteTableList", VpcId=world.vpc_id)["RouterTableList"]["RouterTableListType"]
    assert table["RouteTableType"] == "System"
    entries = api.call("DescribeRouteEntryList", RouteTableId=table["RouteTableId"])["RouteEntrys"]["RouteEntry"]
    assert {entry["DestinationCidrBlock"] for entry in entries} == {"172.16.1.0/24", "172.16.2.0/24", "100.64.0.0/10"}
    assert api.refused("DescribeRouteEntryList", RouteTableId="vtb-x") == "InvalidRouteTableId.NotFound 404"
    first = api.call("DescribeRouteEntryList", RouteTableId=table["RouteTableId"], MaxResult=2)
    rest = api.call(
        "DescribeRouteEntryList", RouteTableId=table["RouteTableId"], MaxResult=2, NextToken=first["NextToken"]
    )
    assert "NextToken" not in rest
    assert len(rest["RouteEntrys"]["RouteEntry"]) == 1


class TestTags:
    @pytest.mark.parametrize("kind", ["VpnGateWay", "VPNGATEWAY", "vpngateway"])
    def test_any_case(self, world, kind):
        gateway = world.gateway()
        tag = [{"Key": "env", "Value": "prod"}, {"Key": "empty"}]
        world.api.call("TagResources", ResourceType=kind, ResourceId=[gateway], Tag=tag)
        reply = world.api.call("ListTagResources", ResourceType=kind, ResourceId=[gateway])
        rows = reply["TagResources"]["TagResource"]
        assert [(row["TagKey"], row["TagValue"]) for row in rows] == [("empty", ""), ("env", "prod")]
        assert rows[0]["ResourceType"] == "VPNGATEWAY"

    def test_every_kind(self, world):
        gateway, peer = world.gateway(), world.peer()
        connection = world.dual(gateway, peer)
        objects = {
            "VPC": world.vpc_id,
            "VSWITCH": world.vswitches[0],
            "VPNGATEWAY": gateway,
            "CUSTOMERGATEWAY": peer,
            "VPNCONNECTION": connection,
        }
        for kind, identifier in objects.items():
            world.api.call("TagResources", ResourceType=kind, ResourceId=[identifier], Tag=[{"Key": "a", "Value": "1"}])
            world.api.call("UnTagResources", ResourceType=kind, ResourceId=[identifier], TagKey=["a"])
            reply = world.api.call("ListTagResources", ResourceType=kind, ResourceId=[identifier])
            assert reply["TagResources"]["TagResource"] == []

    def test_filters(self, world):
        api = world.api
        mine = world.peer("198.51.100.1", Tags=[{"Key": "owner", "Value": "me"}])
        world.peer("198.51.100.2", Tags=[{"Key": "owner", "Value": "you"}])
        found = api.call("DescribeCustomerGateways", Tag=[{"Key": "owner", "Value": "me"}])
        assert [item["CustomerGatewayId"] for item in found["CustomerGateways"]["CustomerGateway"]] == [mine]
        assert api.call("DescribeCustomerGateways", Tag=[{"Key": "owner"}])["TotalCount"] == 2
        assert api.refused("DescribeCustomerGateways", Tag=[{"Value": "x"}]) == "InvalidParameter 400"

    def test_all(self, world):
        peer = world.peer(Tags=[{"Key": "a"}, {"Key": "b"}])
        assert (
            world.api.refused("UnTagResources", ResourceType="CUSTOMERGATEWAY", ResourceId=[peer])
            == "MissingTagKey 400"
        )
        world.api.call("UnTagResources", ResourceType="CUSTOMERGATEWAY", ResourceId=[peer], All=True)
        assert world.api.call("DescribeCustomerGateway", CustomerGatewayId=peer)["Tags"]["Tag"] == []

    def test_limit_counts_what_is_there(self, world):
        peer = world.peer(Tags=[{"Key": f"k{n}"} for n in range(20)])
        params = {"ResourceType": "CUSTOMERGATEWAY", "ResourceId": [peer]}
        world.api.call("TagResources", **params, Tag=[{"Key": "k0", "Value": "new"}])
        assert world.api.refused("TagResources", **params, Tag=[{"Key": "more"}]) == "QuotaExceeded.TagNum 400"

    def test_paging(self, world):
        peer = world.peer(Tags=[{"Key": f"k{n:02}"} for n in range(20)])
        params = {"ResourceType": "CUSTOMERGATEWAY", "ResourceId": [peer], "MaxResults": 15}
        first = world.api.call("ListTagResources", **params)
        rest = world.api.call("ListTagResources", **params, NextToken=first["NextToken"])
        keys = [row["TagKey"] for page in (first, rest) for row in page["TagResources"]["TagResource"]]
        assert keys == [f"k{n:02}" for n in range(20)]
        assert "NextToken" not in rest
        assert world.api.refused("ListTagResources", **params, NextToken="x") == "InvalidParameter 400"
        assert world.api.refused("ListTagResources", ResourceType="VPC") == "MissingResourceId 400"
        many = [f"cgw-{n}" for n in range(51)]
        assert world.api.refused("ListTagResources", ResourceType="VPC", ResourceId=many) == "InvalidParameter 400"

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"ResourceType": "NONSENSE", "ResourceId": ["x"]}, "InvalidResourceType.NotFound 404"),
            ({"ResourceType": "VPC", "ResourceId": ["vpc-none"]}, "InvalidResourceId.NotFound 404"),
            ({"ResourceType": "VPC"}, "MissingResourceId 400"),
        ],
    )
    def test_refusals(self, api, params, code):
        assert api.refused("TagResources", **params, Tag=[{"Key": "a"}]) == code


def test_resource_groups(world):
    gateway, peer = world.gateway(), world.peer()
    connection = world.dual(gateway, peer)
    for kind, identifier in (("VpnGateWay", gateway), ("CustomerGateway", peer)):
        world.api.call("MoveVpnResourceGroup", ResourceType=kind, InstanceId=identifier, NewResourceGroupId="rg-abc1")
    assert world.api.call("DescribeVpnGateways", ResourceGroupId="rg-abc1")["TotalCount"] == 1
    assert world.api.call("DescribeCustomerGateway", CustomerGatewayId=peer)["ResourceGroupId"] == "rg-abc1"
    view = world.api.call("DescribeVpnConnection", VpnConnectionId=connection)
    assert view["ResourceGroupId"] == "rg-abc1"
