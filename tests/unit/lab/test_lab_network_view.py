"""From the account to the network that the data plane has to make true: instances, groups, addresses, routes."""

from __future__ import annotations

import base64

import pytest

from lab.cloud.dataplane import Instance, Network, Rule, Vpc
from lab.cloud.network_view import build_network

IMAGE, TYPE = "debian_12_6_x64_20G_alibase_20240711.vhd", "ecs.g7.large"
SCRIPT = "#!/bin/sh\nid\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKWh5sXcLQyxbZVG9u+RtNNVOMJZXzxBHB9cL9wNyGNq"


@pytest.fixture
def ecs(cloud, api):
    def call(action: str, **params):
        reply = api.v3(action, {"RegionId": api.region, **params}, version="2014-05-26")
        assert reply.status == 200, reply.raw
        return reply.body

    return call


@pytest.fixture
def group(world, ecs) -> str:
    return ecs("CreateSecurityGroup", VpcId=world.vpc_id)["SecurityGroupId"]


@pytest.fixture
def instance_id(world, ecs, group) -> str:
    ecs("ImportKeyPair", KeyPairName="kp", PublicKeyBody=KEY)
    return ecs(
        "RunInstances",
        ImageId=IMAGE,
        InstanceType=TYPE,
        VSwitchId=world.vswitches[0],
        SecurityGroupId=group,
        KeyPairName="kp",
        HostName="one",
        UserData=base64.b64encode(SCRIPT.encode()).decode(),
    )["InstanceIdSets"]["InstanceIdSet"][0]


def vpc_of(cloud) -> Vpc:
    (vpc,) = build_network(cloud.control.state).vpcs
    return vpc


def test_an_instance(cloud, world, group, instance_id):
    expected = Instance(instance_id, world.vswitches[0], "172.16.1.2", (group,), True, "", "one", KEY, SCRIPT)
    assert vpc_of(cloud).instances == (expected,)
    assert "id" not in repr(expected).split("public_key")[1], "user data may hold secrets"


def test_power(cloud, ecs, instance_id):
    ecs("StopInstance", InstanceId=instance_id)
    assert [item.powered for item in vpc_of(cloud).instances] == [False]
    ecs("StartInstance", InstanceId=instance_id)
    assert [item.powered for item in vpc_of(cloud).instances] == [True]
    ecs("DeleteInstance", InstanceId=instance_id, Force=True)
    assert vpc_of(cloud).instances == ()


def test_an_elastic_address_and_what_the_reads_say_of_it(cloud, api, ecs, instance_id):
    eip = api.call("AllocateEipAddress")
    api.call("AssociateEipAddress", AllocationId=eip["AllocationId"], InstanceId=instance_id)
    (view,) = ecs("DescribeInstances")["Instances"]["Instance"]
    assert view["EipAddress"]["AllocationId"] == eip["AllocationId"]
    assert view["EipAddress"]["IpAddress"] == eip["EipAddress"]
    assert vpc_of(cloud).instances[0].public_address == eip["EipAddress"]
    api.call("UnassociateEipAddress", AllocationId=eip["AllocationId"])
    assert vpc_of(cloud).instances[0].public_address == ""
    assert ecs("DescribeInstances")["Instances"]["Instance"][0]["EipAddress"]["IpAddress"] == ""


def test_the_elastic_address_of_a_deleted_instance_stays(api, ecs, instance_id):
    eip = api.call("AllocateEipAddress")["AllocationId"]
    api.call("AssociateEipAddress", AllocationId=eip, InstanceId=instance_id)
    ecs("DeleteInstance", InstanceId=instance_id, Force=True)
    (view,) = api.call("DescribeEipAddresses", AllocationId=eip)["EipAddresses"]["EipAddress"]
    assert (view["Status"], view["InstanceId"], view["InstanceType"]) == ("Available", "", "")
    api.call("ReleaseEipAddress", AllocationId=eip)


def test_an_instance_has_one_public_address(world, api, ecs, group):
    params = {"ImageId": IMAGE, "InstanceType": TYPE, "VSwitchId": world.vswitches[0], "SecurityGroupId": group}
    reply = ecs("RunInstances", InternetMaxBandwidthOut=5, **params)
    eip = api.call("AllocateEipAddress")["AllocationId"]
    (instance_id,) = reply["InstanceIdSets"]["InstanceIdSet"]
    refused = api.refused("AssociateEipAddress", AllocationId=eip, InstanceId=instance_id)
    assert refused == "InvalidStatus.InstanceHasBandWidth 400"


def test_groups(cloud, ecs, group):
    rule = {"IpProtocol": "udp", "PortRange": "500/4500", "SourceCidrIp": "192.0.2.10", "Priority": "7"}
    ecs("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule])
    ecs("ModifySecurityGroupPolicy", SecurityGroupId=group, InnerAccessPolicy="Drop")
    (shown,) = vpc_of(cloud).groups
    assert shown.rules == (Rule("ingress", "UDP", "500/4500", True, "192.0.2.10/32", 7),)
    assert not shown.inner_access
    assert not shown.enterprise


def test_routes_by_table(cloud, world, api, instance_id):
    system = api.call("DescribeRouteTableList", VpcId=world.vpc_id)["RouterTableList"]["RouterTableListType"][0]
    custom = api.call("CreateRouteTable", VpcId=world.vpc_id)["RouteTableId"]
    api.call("AssociateRouteTable", RouteTableId=custom, VSwitchId=world.vswitches[1])
    for table, destination in ((system["RouteTableId"], "10.1.0.0/16"), (custom, "10.2.0.0/16")):
        hop = {"NextHopType": "Instance", "NextHopId": instance_id}
        api.call("CreateRouteEntry", RouteTableId=table, DestinationCidrBlock=destination, **hop)
    vpc = vpc_of(cloud)
    assert vpc.routes == (("10.1.0.0/16", instance_id),)
    (table,) = vpc.tables
    assert table.vswitch_ids == (world.vswitches[1],)
    assert table.routes == (("10.2.0.0/16", instance_id),)


def test_a_route_to_nothing_that_carries_packets_is_left_out(cloud, world, api):
    system = api.call("DescribeRouteTableList", VpcId=world.vpc_id)["RouterTableList"]["RouterTableListType"][0]
    api.call(
        "CreateRouteEntry",
        RouteTableId=system["RouteTableId"],
        DestinationCidrBlock="10.1.0.0/16",
        NextHopType="NetworkInterface",
        NextHopId="eni-1",
    )
    assert vpc_of(cloud).routes == ()


def test_network_acls(cloud, world, api):
    acl = api.call("CreateNetworkAcl", VpcId=world.vpc_id)["NetworkAclId"]
    place = [{"ResourceId": world.vswitches[0], "ResourceType": "VSwitch"}]
    api.call("AssociateNetworkAcl", NetworkAclId=acl, Resource=place)
    (shown,) = vpc_of(cloud).acls
    assert shown.vswitch_ids == (world.vswitches[0],)
    everything = ("ALL", "-1/-1", True, "0.0.0.0/0", 1)
    assert shown.rules == (Rule("ingress", *everything), Rule("egress", *everything))


def test_an_empty_account(cloud):
    assert build_network(cloud.control.state) == Network()
