# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vSwitch, a subnet of a VPC in one zone (CreateVSwitch, DescribeVSwitches, ModifyVSwitchAttribute, DeleteVSwitch).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, INTEGER
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import (
    description,
    name,
    vswitch_network,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs import instances_of


def _same_vpc(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"VpcId": have["vpc_id"]}


def _endpoint_in_it(gateway: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    return have["vswitch_id"] in (gateway.get("VSwitchId"), gateway.get("DisasterRecoveryVSwitchId"))


def _routes_it(table: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    associated = (table.get("VSwitchIds") or {}).get("VSwitchId") or []
    return table.get("RouteTableType") == "Custom" and have["vswitch_id"] in associated


def _filters_it(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"ResourceType": "VSwitch", "ResourceId": have["vswitch_id"]}


_BLOCKERS = (
    Blocker(
        "VPN gateway",
        "DescribeVpnGateways",
        ("VpnGateways", "VpnGateway"),
        "VpnGatewayId",
        _same_vpc,
        _endpoint_in_it,
    ),
    Blocker(
        "route table",
        "DescribeRouteTableList",
        ("RouterTableList", "RouterTableListType"),
        "RouteTableId",
        _same_vpc,
        _routes_it,
    ),
    Blocker("network ACL", "DescribeNetworkAcls", ("NetworkAcls", "NetworkAcl"), "NetworkAclId", _filters_it),
    instances_of("VSwitchId", "vswitch_id"),
)

VSWITCH = Resource(
    kind="vswitch",
    title="vSwitch",
    id_option="vswitch_id",
    id_param="VSwitchId",
    key=("name",),
    scope=("vpc_id",),
    rank=2,
    list_action="DescribeVSwitches",
    list_items=("VSwitches", "VSwitch"),
    list_filters={
        "vswitch_id": "VSwitchId",
        "name": "VSwitchName",
        "vpc_id": "VpcId",
        "zone_id": "ZoneId",
    },
    create_action="CreateVSwitch",
    delete_action="DeleteVSwitch",
    verbs={"modify": Verb("ModifyVSwitchAttribute")},
    tag_type="VSWITCH",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"Available"})),
    blockers=_BLOCKERS,
    fields=(
        Field("vswitch_id", {"type": "str"}, read="VSwitchId"),
        Field("name", {"type": "str"}, write="VSwitchName", read="VSwitchName", verb="modify", rule=name),
        Field("vpc_id", {"type": "str"}, write="VpcId", read="VpcId", required=True),
        Field("zone_id", {"type": "str"}, write="ZoneId", read="ZoneId", required=True),
        Field(
            "cidr_block",
            {"type": "str"},
            write="CidrBlock",
            read="CidrBlock",
            required=True,
            rule=vswitch_network,
        ),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=description,
        ),
        Field("status", read="Status"),
        Field("available_addresses", read="AvailableIpAddressCount", codec=INTEGER),
        Field("route_table_id", read="RouteTable.RouteTableId"),
        Field("network_acl_id", read="NetworkAclId"),
        Field("resource_group_id", read="ResourceGroupId"),
        Field("is_default", read="IsDefault", codec=BOOLEAN),
        Field("create_time", read="CreationTime"),
    ),
)
