# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC (CreateVpc, DescribeVpcs, ModifyVpcAttribute, DeleteVpc).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, NETWORKS, Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import (
    description,
    name,
    user_networks,
    vpc_network,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource_groups import moving
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._route_table import CUSTOM_ROUTES


def _inside(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"VpcId": have["vpc_id"]}


def _custom_tables(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"VpcId": have["vpc_id"], "RouteTableType": "Custom"}


def _first(values: Any) -> str | None:
    return values[0] if values else None


_BLOCKERS = (
    Blocker("vSwitch", "DescribeVSwitches", ("VSwitches", "VSwitch"), "VSwitchId", _inside),
    Blocker("VPN gateway", "DescribeVpnGateways", ("VpnGateways", "VpnGateway"), "VpnGatewayId", _inside),
    Blocker(
        "route table",
        "DescribeRouteTableList",
        ("RouterTableList", "RouterTableListType"),
        "RouteTableId",
        _custom_tables,
    ),
    CUSTOM_ROUTES,
    Blocker("network ACL", "DescribeNetworkAcls", ("NetworkAcls", "NetworkAcl"), "NetworkAclId", _inside),
    Blocker(
        "security group",
        "DescribeSecurityGroups",
        ("SecurityGroups", "SecurityGroup"),
        "SecurityGroupId",
        _inside,
        product="ecs",
        token_size="MaxResults",
    ),
)

VPC = Resource(
    kind="vpc",
    title="VPC",
    id_option="vpc_id",
    id_param="VpcId",
    key=("name",),
    rank=1,
    list_action="DescribeVpcs",
    list_items=("Vpcs", "Vpc"),
    list_filters={"vpc_id": "VpcId", "name": "VpcName", "resource_group_id": "ResourceGroupId"},
    create_action="CreateVpc",
    delete_action="DeleteVpc",
    dry_run=True,
    verbs={"modify": Verb("ModifyVpcAttribute"), "move": moving("Vpc", "vpc_id")},
    tag_type="VPC",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"Available"})),
    blockers=_BLOCKERS,
    fields=(
        Field("vpc_id", {"type": "str"}, read="VpcId"),
        Field("name", {"type": "str"}, write="VpcName", read="VpcName", verb="modify", rule=name),
        Field(
            "cidr_block",
            {"type": "str"},
            write="CidrBlock",
            read="CidrBlock",
            verb="modify",
            required=True,
            rule=vpc_network,
        ),
        Field(
            "user_cidrs",
            {"type": "list", "elements": "str"},
            write="UserCidr",
            read="UserCidrs.UserCidr",
            # Written as text, read as a list.
            codec=NETWORKS.with_(from_api=list),
            rule=user_networks,
        ),
        Field(
            "dns_hostname",
            {"type": "bool"},
            write="EnableDnsHostname",
            read="DnsHostnameStatus",
            codec=BOOLEAN.with_(from_api=lambda status: status == "ENABLED"),
            verb="modify",
        ),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=description,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("status", read="Status"),
        Field("vrouter_id", read="VRouterId"),
        Field("route_table_id", read="RouterTableIds.RouterTableIds", codec=Codec(from_api=_first)),
        Field("vswitch_ids", read="VSwitchIds.VSwitchId"),
        Field("secondary_cidr_blocks", read="SecondaryCidrBlocks.SecondaryCidrBlock"),
        Field("is_default", read="IsDefault", codec=BOOLEAN),
        Field("create_time", read="CreationTime"),
    ),
)
