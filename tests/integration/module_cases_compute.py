"""What the modules of ECS objects are tested with, as data. The beats that use it are in test_module_beats.py."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import Case, Update

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


COMPUTE_CASES = {
    "key_pair": Case(
        module="key_pair",
        id_option="name",
        create_action="ImportKeyPair",
        delete_action="DeleteKeyPairs",
        untag_action="UntagResources",
        unique_names=True,
        build=lambda account: {},
        create={"name": "pair-a", "public_key": PUBLIC_KEY, "tags": {"env": "prod", "owner": "netops"}},
        updates={"resource_group_id": Update({"resource_group_id": OTHER_GROUP}, "JoinResourceGroup")},
        immutable={"public_key": OTHER_KEY},
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
        immutable={"type": "enterprise"},
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
    ),
}
