"""The ECS API: every action through the real SDK, and what it refuses."""

from __future__ import annotations

import base64
import inspect
import json
import re

import pytest
from alibabacloud_ecs20140526 import models

from lab.cloud.services import ecs
from lab.cloud.services.catalogue import ACTIONS, UNMODELLED
from lab.cloud.spec import products

VERSION = "2014-05-26"
SPEC = products()[VERSION].actions
IMAGE, TYPE = "debian_12_6_x64_20G_alibase_20240711.vhd", "ecs.g7.large"


class Sdk:
    """Actions of the SDK's ECS client by name."""

    def __init__(self, cloud):
        self.client, self.called = cloud.client("Ecs"), set()
        self.methods = {name.replace("_", ""): name for name in dir(self.client) if not name.startswith("_")}

    def __call__(self, action, **params):
        self.called.add(action)
        request = getattr(models, f"{action}Request")()
        if "region_id" in vars(request):
            params.setdefault("RegionId", "cn-hangzhou")
        return getattr(self.client, self.methods[action.lower()])(request.from_map(params)).body.to_map()


class Refusals:
    """The code of a call that must be refused."""

    def __init__(self, api):
        self.api = api

    def __call__(self, action, **params):
        reply = self.api.v3(action, {"RegionId": "cn-hangzhou", **params}, version=VERSION)
        assert reply.status != 200, reply.raw
        return reply.code


@pytest.fixture
def sdk(cloud):
    return Sdk(cloud)


@pytest.fixture
def refused(api):
    return Refusals(api)


@pytest.fixture
def group(sdk, world):
    return sdk("CreateSecurityGroup", VpcId=world.vpc_id, SecurityGroupName="sg-a")["SecurityGroupId"]


def run(sdk, world, group, **params):
    place = {"VSwitchId": world.vswitches[0], "SecurityGroupIds": [group]}
    reply = sdk("RunInstances", **{"ImageId": IMAGE, "InstanceType": TYPE, **place, **params})
    return reply["InstanceIdSets"]["InstanceIdSet"]


def test_every_action(sdk, world, group):
    made = sdk("CreateKeyPair", KeyPairName="made", Tag=[{"Key": "k", "Value": "v"}])
    assert made["PrivateKeyBody"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    shown = sdk("DescribeKeyPairs", KeyPairName="ma*", IncludePublicKey=True)["KeyPairs"]["KeyPair"][0]
    assert shown["KeyPairFingerPrint"] == made["KeyPairFingerPrint"]
    imported = sdk("ImportKeyPair", KeyPairName="imported", PublicKeyBody=shown["PublicKey"] + " user@host")
    assert imported["KeyPairFingerPrint"] == made["KeyPairFingerPrint"]

    rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}
    out = {"IpProtocol": "All", "PortRange": "-1/-1", "DestCidrIp": "0.0.0.0/0", "Policy": "Drop", "Priority": "5"}
    sdk("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule, rule])
    sdk("AuthorizeSecurityGroupEgress", SecurityGroupId=group, Permissions=[out])
    sdk("ModifySecurityGroupAttribute", SecurityGroupId=group, SecurityGroupName="sg-b", Description="described")
    sdk("ModifySecurityGroupPolicy", SecurityGroupId=group, InnerAccessPolicy="drop")
    read = sdk("DescribeSecurityGroupAttribute", SecurityGroupId=group)
    first, second = read["Permissions"]["Permission"]
    assert (first["IpProtocol"], first["Policy"], first["Priority"]) == ("TCP", "Accept", "1")
    assert (second["Direction"], second["Policy"], read["InnerAccessPolicy"]) == ("egress", "Drop", "Drop")
    change = {"SecurityGroupId": group, "Description": "changed"}
    sdk("ModifySecurityGroupRule", SecurityGroupRuleId=first["SecurityGroupRuleId"], **change)
    sdk("ModifySecurityGroupEgressRule", SecurityGroupRuleId=second["SecurityGroupRuleId"], **change)
    sdk("RevokeSecurityGroup", SecurityGroupId=group, SecurityGroupRuleId=[first["SecurityGroupRuleId"]])
    sdk("RevokeSecurityGroupEgress", SecurityGroupId=group, Permissions=[out])
    assert sdk("DescribeSecurityGroups", SecurityGroupIds=json.dumps([group]))["SecurityGroups"]["SecurityGroup"]
    assert not sdk("DescribeSecurityGroupAttribute", SecurityGroupId=group)["Permissions"]["Permission"]

    data = base64.b64encode(b"#!/bin/sh\ntrue\n").decode()
    disk = {"Category": "cloud_essd", "Size": "40", "PerformanceLevel": "PL0"}
    options = {"KeyPairName": "made", "UserData": data, "SystemDisk": disk, "InternetMaxBandwidthOut": 5}
    (instance,) = run(sdk, world, group, InstanceName="i-a", Amount=1, **options)
    view = sdk("DescribeInstances", InstanceIds=json.dumps([instance]))["Instances"]["Instance"][0]
    assert view["Status"] == "Running" and view["PublicIpAddress"]["IpAddress"]
    assert sdk("DescribeUserData", InstanceId=instance)["UserData"] == data
    assert sdk("DescribeInstanceStatus")["InstanceStatuses"]["InstanceStatus"][0]["Status"] == "Running"
    sdk("ModifyInstanceAttribute", InstanceId=instance, InstanceName="renamed", HostName="host-a")
    sdk("StopInstance", InstanceId=instance, StoppedMode="StopCharging")
    sdk("StartInstance", InstanceId=instance)
    sdk("StopInstances", InstanceId=[instance])
    sdk("StartInstances", InstanceId=[instance])
    sdk("TagResources", ResourceType="instance", ResourceId=[instance], Tag=[{"Key": "a", "Value": "1"}])
    tagged = sdk("ListTagResources", ResourceType="instance", ResourceId=[instance])["TagResources"]["TagResource"]
    assert tagged == [{"ResourceId": instance, "ResourceType": "instance", "TagKey": "a", "TagValue": "1"}]
    sdk("UntagResources", ResourceType="Instance", ResourceId=[instance], TagKey=["a"])
    sdk("JoinResourceGroup", ResourceType="instance", ResourceId=instance, ResourceGroupId="rg-other")

    assert len(sdk("DescribeImages", OSType="linux")["Images"]["Image"]) == 4
    assert sdk("DescribeInstanceTypes", InstanceTypes=[TYPE])["InstanceTypes"]["InstanceType"][0]["MemorySize"] == 8.0
    zones = sdk("DescribeAvailableResource", DestinationResource="SystemDisk")["AvailableZones"]["AvailableZone"]
    assert len(zones) == len(sdk("DescribeZones")["Zones"]["Zone"])
    sdk("DescribeRegions")

    (other,) = run(sdk, world, group)
    sdk("DeleteInstance", InstanceId=instance, Force=True)
    sdk("DeleteInstances", InstanceId=[other], Force=True)
    sdk("DeleteSecurityGroup", SecurityGroupId=group)
    sdk("DeleteKeyPairs", KeyPairNames=json.dumps(["made", "imported", "never"]))
    assert sdk.called == set(SPEC)


def test_spec_and_services_agree():
    assert set(ACTIONS["Ecs"]) == set(SPEC) == set(ecs.MODELLED)


def test_every_modelled_parameter_is_known_and_read():
    """A parameter that no service reads must not be called modelled: it would be silently ignored."""
    modules = [module for _name, module in inspect.getmembers(ecs, inspect.ismodule)]
    shared = [ecs.rules, inspect.getmodule(ecs.Context), inspect.getmodule(ecs.resource_tags.tags)]
    source = "".join(inspect.getsource(module) for module in (*modules, *shared))
    read = set(re.findall(r'"(\w+)"', source))
    for action, names in ecs.MODELLED.items():
        assert set(names.split()) <= set(SPEC[action].parameters), action
        assert set(names.split()) <= read, action
    assert "LaunchTemplateId" in UNMODELLED["Ecs"]["RunInstances"]


def test_states_take_their_time_and_order(sdk, world, group, cloud, refused):
    delays = ("instance_create", "instance_start", "instance_stop", "instance_release")
    cloud.admin("POST", "settings", {"delays": dict.fromkeys(delays, 0.2)})
    (instance,) = run(sdk, world, group)

    def status():
        found = sdk("DescribeInstances", InstanceIds=json.dumps([instance]))["Instances"]["Instance"]
        return found[0]["Status"] if found else None

    def seen_until(last):
        seen = [status()]
        while seen[-1] != last:
            now = status()
            if now != seen[-1]:
                seen.append(now)
        return seen

    assert refused("DeleteInstance", InstanceId=instance, Force=True) == "IncorrectInstanceStatus.Initializing"
    assert refused("StopInstance", InstanceId=instance) == "IncorrectInstanceStatus"
    assert seen_until("Running") == ["Pending", "Starting", "Running"]
    assert refused("StartInstance", InstanceId=instance) == "IncorrectInstanceStatus"
    assert refused("DeleteInstance", InstanceId=instance) == "IncorrectInstanceStatus"
    sdk("StopInstance", InstanceId=instance)
    assert seen_until("Stopped") == ["Stopping", "Stopped"]
    sdk("StartInstance", InstanceId=instance)
    assert seen_until("Running") == ["Starting", "Running"]
    sdk("DeleteInstance", InstanceId=instance, Force=True)
    assert seen_until(None) == ["Stopping", None]


def test_what_is_in_use_stays(sdk, world, group, api, refused):
    sdk("CreateKeyPair", KeyPairName="pair")
    (instance,) = run(sdk, world, group, KeyPairName="pair")
    other = sdk("CreateSecurityGroup", VpcId=world.vpc_id, SecurityGroupName="other")["SecurityGroupId"]
    rule = {"IpProtocol": "TCP", "PortRange": "1/65535", "SourceGroupId": other}
    sdk("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule])
    assert refused("DeleteSecurityGroup", SecurityGroupId=group) == "DependencyViolation"
    assert refused("DeleteSecurityGroup", SecurityGroupId=other) == "DependencyViolation"
    names = json.dumps(["pair"])
    assert refused("DeleteKeyPairs", KeyPairNames=names) == "InvalidParameter.KeypairAlreadyAttachedInstance"
    assert api.refused("DeleteVSwitch", VSwitchId=world.vswitches[0]) == "DependencyViolation 400"
    sdk("DeleteInstance", InstanceId=instance, Force=True)
    for vswitch in world.vswitches:
        api.call("DeleteVSwitch", VSwitchId=vswitch)
    assert api.refused("DeleteVpc", VpcId=world.vpc_id) == "DependencyViolation.SecurityGroup 400"


def test_protection_and_subscription(sdk, world, group, refused):
    (instance,) = run(sdk, world, group, DeletionProtection=True)
    assert refused("DeleteInstance", InstanceId=instance, Force=True) == "OperationDenied.DeletionProtection"
    (prepaid,) = run(sdk, world, group, InstanceChargeType="PrePaid", Period=1)
    assert refused("DeleteInstance", InstanceId=prepaid, Force=True) == "InvalidOperation.ChargeTypeViolation"


REFUSED_RUNS = [
    ({"ImageId": "none"}, "InvalidImageId.NotFound"),
    ({"InstanceType": "ecs.none"}, "InvalidInstanceType.ValueNotSupported"),
    ({"ImageId": "ubuntu_24_04_arm64_20G_alibase_20240819.vhd"}, "InvalidInstanceType.NotSupportImage"),
    ({"VSwitchId": "vsw-none"}, "InvalidVSwitchId.NotFound"),
    ({"SecurityGroupIds": ["sg-none"]}, "InvalidSecurityGroupId.NotFound"),
    ({"KeyPairName": "none"}, "InvalidKeyPair.NotFound"),
    ({"PrivateIpAddress": "10.0.0.1"}, "InvalidPrivateIpAddress.Malformed"),
    ({"PrivateIpAddress": "172.16.1.253"}, "InvalidPrivateIpAddress.Malformed"),
    ({"PrivateIpAddress": "172.16.1.9", "Amount": 2}, "InvalidParameter"),
    ({"Amount": 101}, "InvalidParameter.Amount"),
    ({"UserData": "not base64!"}, "InvalidUserData.Base64FormatInvalid"),
    ({"UserData": base64.b64encode(b"x" * 32769).decode()}, "InvalidUserData.SizeExceeded"),
    ({"SystemDisk": {"Size": "10"}}, "InvalidSystemDiskSize.ValueNotSupported"),
    ({"SystemDisk": {"Category": "cloud_ssd", "PerformanceLevel": "PL1"}}, "InvalidParameter"),
    ({"InstanceName": "1"}, "InvalidInstanceName.Malformed"),
    ({"HostName": "-x"}, "InvalidHostName.Malformed"),
    ({"InternetMaxBandwidthOut": 101}, "InvalidParameter.Bandwidth"),
    ({"InstanceChargeType": "PrePaid"}, "InvalidPeriod"),
    ({"Password": "Secret123"}, "UnsupportedParameter"),
    ({"DryRun": True}, "DryRunOperation"),
]


@pytest.mark.parametrize(("params", "code"), REFUSED_RUNS)
def test_refused_instances(sdk, world, group, refused, params, code):
    place = {"VSwitchId": world.vswitches[0], "SecurityGroupIds": [group]}
    assert refused("RunInstances", **{"ImageId": IMAGE, "InstanceType": TYPE, **place, **params}) == code
    assert sdk("DescribeInstances")["TotalCount"] == 0


@pytest.mark.parametrize("address", ["172.16.1.1", "172.16.1.252"])
def test_the_first_and_the_last_address_that_an_instance_may_have(sdk, world, group, address):
    """The cloud keeps the first and the last three of a vSwitch."""
    place = {"VSwitchId": world.vswitches[0], "SecurityGroupIds": [group], "PrivateIpAddress": address}
    sdk("RunInstances", ImageId=IMAGE, InstanceType=TYPE, **place)


REFUSED_RULES = [
    ({"IpProtocol": "SCTP"}, "InvalidIpProtocol.ValueNotSupported"),
    ({"PortRange": "22"}, "InvalidPortRange.Malformed"),
    ({"PortRange": "23/22"}, "InvalidPortRange.Malformed"),
    ({"IpProtocol": "ICMP"}, "InvalidPortRange.Malformed"),
    ({"SourceCidrIp": "10.0.0.1/8"}, "InvalidSourceCidrIp.Malformed"),
    ({"Policy": "refuse"}, "InvalidPolicy.Malformed"),
    ({"Priority": "101"}, "InvalidPriority.ValueNotSupported"),
    ({"Description": "x" * 513}, "InvalidSecurityGroupDiscription.Malformed"),
    ({"DestCidrIp": "10.0.0.0/8"}, "UnsupportedParameter"),
    ({"SourceGroupId": "sg-none"}, "MissingPermissions1SourceCidrIp"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED_RULES)
def test_refused_rules(sdk, group, refused, change, code):
    rule = {"IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8", **change}
    assert refused("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule]) == code
    assert not sdk("DescribeSecurityGroupAttribute", SecurityGroupId=group)["Permissions"]["Permission"]


def test_quotas_pages_and_tokens(sdk, world, group, cloud, refused):
    cloud.admin("POST", "settings", {"quotas": {"instances": 25, "rules_per_security_group": 3}})
    run(sdk, world, group, Amount=25, ClientToken="same")
    run(sdk, world, group, Amount=25, ClientToken="same")
    assert sdk("DescribeInstances", PageSize=100)["TotalCount"] == 25
    seen, token = [], None
    while True:
        reply = sdk("DescribeInstances", MaxResults=10, NextToken=token)
        seen += [item["InstanceId"] for item in reply["Instances"]["Instance"]]
        token = reply.get("NextToken")
        if not token:
            break
    assert len(seen) == len(set(seen)) == 25
    assert sdk("DescribeInstances", PageNumber=3, PageSize=10)["Instances"]["Instance"]
    assert refused("DescribeInstances", MaxResults=5) == "InvalidParameter"
    place = {"VSwitchId": world.vswitches[0], "SecurityGroupIds": [group]}
    assert refused("RunInstances", ImageId=IMAGE, InstanceType=TYPE, **place) == "Resource.QuotaFull"
    rules = [{"IpProtocol": "TCP", "PortRange": f"{n}/{n}", "SourceCidrIp": "10.0.0.0/8"} for n in range(1, 5)]
    assert refused("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=rules) == "AuthorizationLimitExceed"


def test_instances_survive_a_restart(sdk, world, group, cloud):
    """The state as a document and back holds groups with their rules, key pairs and instances."""
    from lab.cloud.snapshot import from_document, to_text

    sdk("CreateKeyPair", KeyPairName="pair")
    rule = {"IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}
    sdk("AuthorizeSecurityGroup", SecurityGroupId=group, Permissions=[rule])
    run(sdk, world, group, KeyPairName="pair")
    assert from_document(json.loads(to_text(cloud.control.state))) == cloud.control.state


def test_user_data_is_in_no_journal(sdk, world, group, cloud):
    run(sdk, world, group, UserData=base64.b64encode(b"a secret of the user").decode())
    text = json.dumps([cloud.admin("GET", "journal"), cloud.admin("GET", "snapshot")])
    assert base64.b64encode(b"a secret of the user").decode() not in text
