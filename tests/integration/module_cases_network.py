"""What the modules of the VPC and its parts are tested with. See module_cases.py."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import KEYED, NO_RECREATION, NO_REHEARSAL, UNTAGGED, Case, Update

GROUP = "rg-acfmxazb4ph6aiy"


def _vpc(account: Any) -> str:
    return account.api("CreateVpc", CidrBlock="172.16.0.0/16", VpcName="vpc-of-tests")["VpcId"]


def _outside_vpc(account: Any, options: dict[str, Any]) -> str:
    return account.api("CreateVpc", VpcName=options["name"])["VpcId"]


def _outside_vswitch(account: Any, options: dict[str, Any]) -> str:
    return account.api(
        "CreateVSwitch",
        VSwitchName=options["name"],
        VpcId=options["vpc_id"],
        ZoneId=options["zone_id"],
        CidrBlock=options["cidr_block"],
    )["VSwitchId"]


def _first_vswitch(account: Any) -> dict[str, Any]:
    (found,) = account.api("DescribeVSwitches", VSwitchName="vsw-lab-a")["VSwitches"]["VSwitch"]
    return {"vswitch_ids": [found["VSwitchId"]]}


def _outside_eip(account: Any, options: dict[str, Any]) -> str:
    return account.api("AllocateEipAddress", Name=options["name"])["AllocationId"]


def system_table(account: Any, vpc_id: str) -> str:
    """The id of a VPC's system route table."""
    return account.api("DescribeVpcs", VpcId=vpc_id)["Vpcs"]["Vpc"][0]["RouterTableIds"]["RouterTableIds"][0]


def _outside_table(account: Any, options: dict[str, Any]) -> str:
    return account.api("CreateRouteTable", VpcId=options["vpc_id"], RouteTableName=options["name"])["RouteTableId"]


def _route(custom: bool) -> Any:
    def build(account: Any) -> dict[str, Any]:
        gateway = account.dual_gateway()
        table = system_table(account, gateway["vpc_id"])
        if custom:
            table = account.api("CreateRouteTable", VpcId=gateway["vpc_id"])["RouteTableId"]
        return {"route_table_id": table, "next_hop_id": gateway["vpn_gateway_id"]}

    return build


def _outside_route(account: Any, options: dict[str, Any]) -> str:
    return account.api(
        "CreateRouteEntry",
        RouteTableId=options["route_table_id"],
        DestinationCidrBlock=options["destination_cidr_block"],
        NextHopType=options["next_hop_type"],
        NextHopId=options["next_hop_id"],
    )["RouteEntryId"]


def _route_case(custom: bool) -> Case:
    return Case(
        module="vpc_route_entry",
        id_option="route_entry_id",
        key=("route_table_id", "destination_cidr_block"),
        scope=("route_table_id",),
        listed="vpc_route_entries",
        create_action="CreateRouteEntry",
        delete_action="DeleteRouteEntry",
        without=KEYED | UNTAGGED | NO_RECREATION,
        build=_route(custom),
        create={"destination_cidr_block": "192.168.0.0/16", "next_hop_type": "VpnGateway", "name": "stores"},
        required=("next_hop_type", "next_hop_id"),
        updates={
            "description": Update({"description": "to the stores"}, "ModifyRouteEntry"),
            "name": Update({"name": "all stores"}, "ModifyRouteEntry"),
            "next hop": Update({"next_hop_type": "Instance", "next_hop_id": "i-bp1"}, "ModifyRouteEntry"),
            "next_hop_id": Update({"next_hop_id": "i-bp2"}, "ModifyRouteEntry"),
        },
        # Another destination is another route.
        immutable={"destination_cidr_block": None},
        invalid={
            "has host bits set": {"destination_cidr_block": "192.168.0.1/16"},
            "is part of 100.64.0.0/10": {"destination_cidr_block": "100.64.1.0/24"},
            "value of next_hop_type must be one of": {"next_hop_type": "Nowhere"},
            "is not 1 to 128 characters": {"name": "http://x"},
        },
        outside=_outside_route,
        another=lambda account, number: {"destination_cidr_block": f"10.{number}.0.0/16"},
    )


def _outside_acl(account: Any, options: dict[str, Any]) -> str:
    return account.api("CreateNetworkAcl", VpcId=options["vpc_id"], NetworkAclName=options["name"])["NetworkAclId"]


_ANY = {"cidr_block": "0.0.0.0/0", "policy": "accept"}
_WEB = {"protocol": "tcp", "port": "443/443", "cidr_block": "192.168.0.0/16", "policy": "accept", "name": "web"}
_DROP = {"cidr_block": "0.0.0.0/0", "policy": "drop"}

NETWORK_CASES = {
    "vpc": Case(
        module="vpc",
        id_option="vpc_id",
        create_action="CreateVpc",
        delete_action="DeleteVpc",
        build=lambda account: {},
        create={
            "name": "vpc-a",
            "cidr_block": "10.16.0.0/16",
            "user_cidrs": ["198.18.0.0/24", "198.18.1.0/24"],
            "tags": {"env": "prod", "owner": "netops"},
        },
        required=("cidr_block",),
        updates={
            "description": Update({"description": "shops"}, "ModifyVpcAttribute"),
            "cidr_block": Update({"cidr_block": "10.16.0.0/15"}, "ModifyVpcAttribute"),
            "dns_hostname": Update({"dns_hostname": True}, "ModifyVpcAttribute"),
            "resource_group_id": Update({"resource_group_id": GROUP}, "MoveResourceGroup"),
        },
        immutable={"user_cidrs": ["198.18.9.0/24"]},
        recreate={"user_cidrs": ["198.18.9.0/24"]},
        equal={"networks in another order": {"user_cidrs": ["198.18.1.0/24", "198.18.0.0/24"]}},
        invalid={
            "has host bits set": {"cidr_block": "10.16.0.1/16"},
            "is not a /8 to /28 network": {"cidr_block": "10.16.0.0/29"},
            "that the cloud keeps for itself": {"cidr_block": "100.64.0.0/16"},
            "are more than 3": {"user_cidrs": [f"198.18.{number}.0/24" for number in range(4)]},
            "is not 1 to 128 characters": {"name": "http://x"},
            "is not 1 to 256 characters": {"description": "x" * 257},
            "aliyun": {"tags": {"aliyun-x": "1"}},
        },
        outside=_outside_vpc,
        twin=_outside_vpc,
    ),
    "vswitch": Case(
        module="vswitch",
        id_option="vswitch_id",
        create_action="CreateVSwitch",
        delete_action="DeleteVSwitch",
        without=NO_REHEARSAL,
        build=lambda account: {"vpc_id": _vpc(account)},
        create={
            "name": "vsw-a",
            "zone_id": "cn-hangzhou-h",
            "cidr_block": "172.16.1.0/24",
            "tags": {"env": "prod", "owner": "netops"},
        },
        required=("vpc_id", "zone_id", "cidr_block"),
        updates={"description": Update({"description": "first zone"}, "ModifyVSwitchAttribute")},
        # The other VPC of a vSwitch is another scope, hence another vSwitch.
        immutable={"vpc_id": None, "zone_id": "cn-hangzhou-i", "cidr_block": "172.16.2.0/24"},
        recreate={"cidr_block": "172.16.2.0/24"},
        invalid={
            "has host bits set": {"cidr_block": "172.16.1.1/24"},
            "is not a /16 to /29 network": {"cidr_block": "172.16.1.0/30"},
            "is not 1 to 128 characters": {"name": "x" * 129},
        },
        outside=_outside_vswitch,
        twin=lambda account, options: _outside_vswitch(account, {**options, "cidr_block": "172.16.2.0/24"}),
        another=lambda account, number: {"cidr_block": f"172.16.{100 + number}.0/24"},
        listed="vswitches",
    ),
    "eip": Case(
        module="eip",
        id_option="allocation_id",
        create_action="AllocateEipAddress",
        delete_action="ReleaseEipAddress",
        without=NO_REHEARSAL,
        build=lambda account: {},
        create={"name": "eip-a", "bandwidth": 10, "internet_charge_type": "PayByTraffic", "tags": {"env": "prod"}},
        updates={
            "bandwidth": Update({"bandwidth": 200}, "ModifyEipAddressAttribute"),
            "description": Update({"description": "jump host"}, "ModifyEipAddressAttribute"),
            "resource_group_id": Update({"resource_group_id": GROUP}, "MoveResourceGroup"),
            "instance_id": Update({"instance_id": "i-bp1cqhiw8jlxajsrdsvm"}, "AssociateEipAddress"),
            "no instance_id": Update({"instance_id": ""}, "UnassociateEipAddress"),
        },
        immutable={
            "internet_charge_type": "PayByBandwidth",
            "isp": "BGP_PRO",
            "charge_type": {"charge_type": "prepay", "internet_charge_type": "PayByBandwidth"},
        },
        apart={
            **dict.fromkeys(("period", "pricing_cycle", "auto_pay"), "part of the order of a subscription"),
            **dict.fromkeys(
                ("instance_type", "private_ip_address", "mode", "instance_vpc_id"),
                "changed by two calls, which unbind and bind: test_network_attachments.py",
            ),
        },
        recreate={"internet_charge_type": "PayByBandwidth"},
        invalid={
            "the first one a letter": {"name": "1"},
            "begin with a letter": {"description": "1"},
            "is more than the 200 Mbit/s": {"bandwidth": 201, "charge_type": "postpay"},
            "is not between 1 and 1000 Mbit/s": {"bandwidth": 1001},
            "does not go with a subscription": {"charge_type": "prepay"},
            "belongs to a subscription": {"period": 1},
            "is given without instance_id": {"instance_type": "Nat"},
            "is needed to bind to an address": {"instance_id": "172.16.1.9", "instance_type": "IpAddress"},
        },
        outside=_outside_eip,
        twin=_outside_eip,
    ),
    "route_table": Case(
        module="route_table",
        id_option="route_table_id",
        scope=("vpc_id",),
        create_action="CreateRouteTable",
        delete_action="DeleteRouteTable",
        without=NO_REHEARSAL | {"recreate": "the practice cloud has no tables for gateways"},
        build=lambda account: {"vpc_id": account.network()["vpc_id"]},
        create={"name": "rtb-a", "associate_type": "VSwitch", "tags": {"env": "prod"}},
        required=("vpc_id",),
        updates={
            "description": Update({"description": "shops"}, "ModifyRouteTableAttributes"),
            "propagation": Update({"propagation": False}, "ModifyRouteTableAttributes"),
            "vswitch_ids": Update(_first_vswitch, "AssociateRouteTable"),
        },
        immutable={"vpc_id": None, "associate_type": "Gateway"},
        invalid={
            "is not 1 to 128 characters": {"name": "http://x"},
            "value of associate_type must be one of": {"associate_type": "Nothing"},
        },
        outside=_outside_table,
        twin=_outside_table,
    ),
    "vpc_route_entry (system table)": _route_case(custom=False),
    "vpc_route_entry (custom table)": _route_case(custom=True),
    "network_acl": Case(
        module="network_acl",
        id_option="network_acl_id",
        scope=("vpc_id",),
        create_action="CreateNetworkAcl",
        delete_action="DeleteNetworkAcl",
        detach_action="UnassociateNetworkAcl",
        without=NO_RECREATION,
        build=lambda account: {"vpc_id": account.network()["vpc_id"]},
        create={"name": "acl-a", "ingress": [_WEB, _DROP], "tags": {"env": "prod"}},
        required=("vpc_id",),
        updates={
            "description": Update({"description": "shops"}, "ModifyNetworkAclAttributes"),
            "order of rules": Update({"ingress": [_DROP, _WEB]}, "UpdateNetworkAclEntries"),
            "both directions": Update({"ingress": [_WEB], "egress": [_DROP]}, "UpdateNetworkAclEntries"),
            "no rules": Update({"egress": []}, "UpdateNetworkAclEntries"),
            "vswitch_ids": Update(_first_vswitch, "AssociateNetworkAcl"),
        },
        immutable={"vpc_id": None},
        equal={
            "defaults written out": {"ingress": [_WEB, {**_DROP, "protocol": "all", "port": "-1/-1"}]},
            "the rule of the service": {"egress": [_ANY]},
        },
        invalid={
            "is not the port range of a rule for tcp": {"ingress": [{**_WEB, "port": "-1/-1"}]},
            "is not the port range of a rule for all": {"egress": [{**_ANY, "port": "1/2"}]},
            "ingress[1].cidr_block": {"ingress": [_WEB, {**_WEB, "cidr_block": "192.168.0.1/16"}]},
            "value of policy must be one of": {"ingress": [{**_WEB, "policy": "maybe"}]},
            "is not 1 to 128 characters": {"name": "http://x"},
        },
        outside=_outside_acl,
        twin=_outside_acl,
    ),
}
