"""What the modules of ECS objects are tested with, as data. The beats that use it are in test_module_beats.py."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import NO_REHEARSAL, Case, Update

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHoJc2jMZNkqx9lVNhUEGlbm0XIyo+z8fKZ3HzU2Xa1q user@example"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OTHER_GROUP = "rg-acfmxazb4ph6aiy"


def _outside_key_pair(account: Any, options: dict[str, Any]) -> str:
    reply = account.api("ImportKeyPair", "Ecs", KeyPairName=options["name"], PublicKeyBody=options["public_key"])
    return reply["KeyPairName"]


def _vpc(account: Any) -> dict[str, Any]:
    return {"vpc_id": account.network()["vpc_id"]}


def _outside_security_group(account: Any, options: dict[str, Any]) -> str:
    made = account.api("CreateSecurityGroup", "Ecs", SecurityGroupName=options["name"], VpcId=options["vpc_id"])
    rules = [{"IpProtocol": "TCP", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8", "Policy": "Accept"}]
    account.api("AuthorizeSecurityGroup", "Ecs", SecurityGroupId=made["SecurityGroupId"], Permissions=rules)
    return made["SecurityGroupId"]


SSH = {"protocol": "tcp", "ports": "22", "cidr": "10.0.0.0/8", "description": "operators"}
PING = {"protocol": "icmp", "cidr": "192.168.0.0/16"}
OUT = {"direction": "egress", "protocol": "all", "cidr": "0.0.0.0/0", "policy": "drop", "priority": 100}
WEB = {"protocol": "tcp", "ports": "8000/8010", "cidr": "198.51.100.7"}
SHOUTED = [
    {
        "direction": "Egress",
        "protocol": "All",
        "cidr": "0.0.0.0/0",
        "policy": "DROP",
        "priority": 100,
        "ports": "-1/-1",
    },
    {"protocol": "ICMP", "cidr": "192.168.0.0/16", "policy": "Accept", "direction": "INGRESS", "ports": "-1/-1"},
    {"protocol": "TCP", "ports": "22/22", "cidr": "10.0.0.0/8"},
]


IMAGE, OTHER_IMAGE = "debian_12_6_x64_20G_alibase_20240711.vhd", "ubuntu_22_04_x64_20G_alibase_20240820.vhd"
USER_DATA = "#cloud-config\npackages: [iperf3]\n"


def _instance_place(account: Any) -> dict[str, Any]:
    network = account.network()
    made = account.api("CreateSecurityGroup", "Ecs", SecurityGroupName="sg-build", VpcId=network["vpc_id"])
    return {"vswitch_id": network["vswitch_id"], "security_group_ids": [made["SecurityGroupId"]]}


def _other_group(account: Any) -> dict[str, Any]:
    (vpc,) = account.api("DescribeVpcs", VpcName="vpc-lab")["Vpcs"]["Vpc"]
    made = account.api("CreateSecurityGroup", "Ecs", SecurityGroupName="sg-other", VpcId=vpc["VpcId"])
    return {"security_group_ids": [made["SecurityGroupId"]]}


def _outside_instance(account: Any, options: dict[str, Any]) -> str:
    reply = account.api(
        "RunInstances",
        "Ecs",
        InstanceName=options["name"],
        ImageId=options["image_id"],
        InstanceType=options["instance_type"],
        VSwitchId=options["vswitch_id"],
        SecurityGroupId=options["security_group_ids"][0],
    )
    return reply["InstanceIdSets"]["InstanceIdSet"][0]


COMPUTE_CASES = {
    "key_pair": Case(
        module="key_pair",
        id_option="name",
        create_action="ImportKeyPair",
        delete_action="DeleteKeyPairs",
        untag_action="UntagResources",
        without={
            **NO_REHEARSAL,
            "rename_by_id": "its name is its id",
            "two_of_one_name": "its name is its id",
        },
        build=lambda account: {},
        create={"name": "pair-a", "public_key": PUBLIC_KEY, "tags": {"env": "prod", "owner": "netops"}},
        updates={"resource_group_id": Update({"resource_group_id": OTHER_GROUP}, "JoinResourceGroup")},
        immutable={"public_key": OTHER_KEY},
        recreate={"public_key": OTHER_KEY},
        equal={
            "another comment": {"public_key": " ".join(PUBLIC_KEY.split()[:2]) + " someone else"},
            "no comment": {"public_key": " ".join(PUBLIC_KEY.split()[:2])},
        },
        invalid={
            "is not 2 to 128 letters": {"name": "1"},
            "is not an OpenSSH public key": {"public_key": "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHoJ"},
            "is a private key": {"public_key": "-----BEGIN RSA PRIVATE KEY-----"},
        },
        outside=_outside_key_pair,
    ),
    "security_group": Case(
        module="security_group",
        id_option="security_group_id",
        create_action="CreateSecurityGroup",
        delete_action="DeleteSecurityGroup",
        untag_action="UntagResources",
        without=NO_REHEARSAL,
        build=_vpc,
        create={"name": "sg-a", "rules": [SSH, PING, OUT], "tags": {"env": "prod", "owner": "netops"}},
        required=("vpc_id",),
        updates={
            "description": Update({"description": "stores"}, "ModifySecurityGroupAttribute"),
            "inner_access": Update({"inner_access": "drop"}, "ModifySecurityGroupPolicy"),
            "resource_group_id": Update({"resource_group_id": OTHER_GROUP}, "JoinResourceGroup"),
            "rule added": Update({"rules": [SSH, PING, OUT, WEB]}, "AuthorizeSecurityGroup"),
            "rule removed": Update({"rules": [SSH, OUT, WEB]}, "RevokeSecurityGroup"),
            "rule out removed": Update({"rules": [SSH, WEB]}, "RevokeSecurityGroupEgress"),
            "rule out added": Update({"rules": [SSH, WEB, OUT]}, "AuthorizeSecurityGroupEgress"),
            "description of a rule": Update(
                {"rules": [{**SSH, "description": "nobody"}, WEB, OUT]}, "ModifySecurityGroupRule"
            ),
            "description of a rule out": Update(
                {"rules": [SSH | {"description": "nobody"}, WEB, OUT | {"description": "all"}]},
                "ModifySecurityGroupEgressRule",
            ),
        },
        # The other VPC of a group is another scope, hence another group.
        immutable={"type": "enterprise", "vpc_id": None},
        recreate={"type": "enterprise"},
        equal={
            "rules in another order": {"rules": [OUT, SSH, PING]},
            "a rule twice": {"rules": [PING, SSH, OUT, PING]},
            "rules spelled otherwise": {"rules": SHOUTED},
            "no rules named": {"rules": None},
            "some rules named": {"rules": [SSH], "purge_rules": False},
        },
        invalid={
            "is not 2 to 128 letters": {"name": "1"},
            "is not 2 to 256 characters": {"description": "x"},
            "is not possible in an enterprise group": {"type": "enterprise", "inner_access": "accept"},
            "rules[1].protocol: 'sctp' is not one of": {"rules": [SSH, PING | {"protocol": "sctp"}]},
            "rules[0].ports: '70000' is no port": {"rules": [SSH | {"ports": "70000"}]},
            "rules[0].ports: '22' is given for icmp": {"rules": [PING | {"ports": "22"}]},
            "has host bits set": {"rules": [SSH | {"cidr": "10.0.0.1/8"}]},
            "exactly one of cidr and group_id": {"rules": [SSH | {"group_id": "sg-x"}]},
            "is not between 1 and 100": {"rules": [SSH | {"priority": 0}]},
            "differs from that of the same rule": {"rules": [SSH, SSH | {"description": "others"}]},
        },
        outside=_outside_security_group,
        twin=_outside_security_group,
        smallest_page=10,
    ),
    "ecs_instance": Case(
        module="ecs_instance",
        id_option="instance_id",
        create_action="RunInstances",
        delete_action="DeleteInstance",
        untag_action="UntagResources",
        build=_instance_place,
        create={
            "name": "i-a",
            "image_id": IMAGE,
            "instance_type": "ecs.g7.large",
            "private_ip": "172.16.1.10",
            "host_name": "host-a",
            "internet_bandwidth": 5,
            "internet_charge_type": "pay_by_traffic",
            "charge_type": "postpaid",
            "user_data": USER_DATA,
            "system_disk": {"category": "cloud_essd", "size": 40, "performance_level": "PL0"},
            "tags": {"env": "prod", "owner": "netops"},
        },
        required=("image_id", "instance_type", "vswitch_id", "security_group_ids"),
        updates={
            "description": Update({"description": "probe"}, "ModifyInstanceAttribute"),
            "security_group_ids": Update(_other_group, "ModifyInstanceAttribute"),
            "host_name": Update({"host_name": "host-b"}, "ModifyInstanceAttribute"),
            "resource_group_id": Update({"resource_group_id": OTHER_GROUP}, "JoinResourceGroup"),
            "stopped": Update({"state": "stopped", "stopped_mode": "stop_charging"}, "StopInstance"),
            "running": Update({"state": "running"}, "StartInstance"),
            "deletion_protection": Update({"deletion_protection": True}, "ModifyInstanceAttribute"),
        },
        immutable={
            "vswitch_id": "vsw-other",
            "charge_type": {"charge_type": "prepaid", "period": 1},
            "image_id": OTHER_IMAGE,
            "instance_type": "ecs.c7.large",
            "key_pair": "another",
            "private_ip": "172.16.1.11",
            "internet_bandwidth": 10,
            "internet_charge_type": "pay_by_bandwidth",
            "user_data": USER_DATA + "runcmd: [true]\n",
        },
        recreate={"instance_type": "ecs.c7.large"},
        apart={
            "period": "part of the order of a prepaid instance, not of the instance",
            **{
                f"system_disk.{name}": "of a new instance's disk; changing it later is an action on the disk"
                for name in ("category", "size", "performance_level")
            },
        },
        equal={"another disk": {"system_disk": {"size": 80}}, "state running": {"state": "running"}},
        invalid={
            "is not 2 to 128 letters": {"name": "1"},
            "is not 2 to 64 letters": {"host_name": "-host"},
            "is larger than 32 KB": {"user_data": "x" * 32769},
            "is not an IPv4 address": {"private_ip": "172.16.1"},
            "is not between 20 and 2048 GiB": {"system_disk": {"size": 10}},
            "belongs to a cloud_essd disk": {"system_disk": {"category": "cloud_ssd", "performance_level": "PL1"}},
            "is not between 0 and 100": {"internet_bandwidth": 1000},
            "belongs to a prepaid instance": {"period": 3},
            "is for instances that are paid as they go": {
                "charge_type": "prepaid",
                "period": 1,
                "deletion_protection": True,
            },
        },
        outside=_outside_instance,
        twin=_outside_instance,
        another=lambda account, number: {"private_ip": f"172.16.1.{50 + number}"},
        smallest_page=10,
    ),
}
