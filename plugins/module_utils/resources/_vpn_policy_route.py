# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy-based route of a VPN gateway (Create-, Delete-, DescribeVpnPbrRouteEntries, …Attribute, PublishVpnRouteEntry).

Private to this collection. Such a route has no id: source, destination and next hop identify it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import INTEGER, Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    plain_text,
    route_network,
    whole_number,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb

# State "published" means that the VPC's system route table holds the route.
PUBLISHED = Codec(from_api=lambda state: state == "published")
ROUTE_KEY = {"type": "str", "required": True}
WEIGHTS = {"type": "int", "choices": [0, 100]}


def _identity(route: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "VpnGatewayId": route["vpn_gateway_id"],
        "RouteSource": route["route_source"],
        "RouteDest": route["route_dest"],
        "NextHop": route["next_hop"],
        "Weight": route["weight"],
        "Priority": route.get("priority"),
    }


def _modify(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {
        **_identity(have),
        "NewWeight": want["weight"] if "weight" in options else None,
        "NewPriority": want["priority"] if "priority" in options else None,
    }


def publish(route_type: str) -> Callable[..., dict[str, Any]]:
    """What PublishVpnRouteEntry takes for routes of *route_type*, ``pbr`` or ``dbr``."""

    def build(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
        return {
            "VpnGatewayId": have["vpn_gateway_id"],
            "RouteDest": have["route_dest"],
            "NextHop": have["next_hop"],
            "PublishVpc": want["publish_vpc"],
            "RouteType": route_type,
        }

    return build


VPN_POLICY_ROUTE = Resource(
    kind="vpn_policy_route",
    title="policy-based route",
    key=("route_source", "route_dest", "next_hop"),
    scope=("vpn_gateway_id",),
    rank=40,
    list_action="DescribeVpnPbrRouteEntries",
    list_items=("VpnPbrRouteEntries", "VpnPbrRouteEntry"),
    list_filters={"vpn_gateway_id": "VpnGatewayId"},
    create_action="CreateVpnPbrRouteEntry",
    delete_action="DeleteVpnPbrRouteEntry",
    dry_run=True,
    build_delete=_identity,
    verbs={
        "modify": Verb("ModifyVpnPbrRouteEntryAttribute", _modify),
        "publish": Verb("PublishVpnRouteEntry", publish("pbr")),
    },
    parent="vpn_gateway_id",
    fields=(
        Field("vpn_gateway_id", ROUTE_KEY, write="VpnGatewayId", read="VpnInstanceId"),
        Field("next_hop", ROUTE_KEY, write="NextHop", read="NextHop"),
        Field("route_source", ROUTE_KEY, write="RouteSource", read="RouteSource", rule=route_network),
        Field("route_dest", ROUTE_KEY, write="RouteDest", read="RouteDest", rule=route_network),
        Field("weight", WEIGHTS, "Weight", "Weight", INTEGER, initial=100, verb="modify"),
        Field("priority", {"type": "int"}, "Priority", "Priority", INTEGER, verb="modify", rule=whole_number(1, 100)),
        Field("publish_vpc", {"type": "bool"}, "PublishVpc", "State", PUBLISHED, initial=True, verb="publish"),
        Field("description", {"type": "str"}, write="Description", rule=plain_text),
        Field("next_hop_tunnel_id", read="NextHopTunnelId"),
        Field("create_time", read="CreateTime"),
    ),
)
