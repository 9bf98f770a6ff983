# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destination-based route of a VPN gateway (Create-, Delete-, DescribeVpnRouteEntries, ModifyVpnRouteEntryWeight,
PublishVpnRouteEntry).

Private to this collection. Such a route has no id: destination and next hop identify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import INTEGER
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import plain_text, route_network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import (
    PUBLISHED,
    ROUTE_KEY,
    WEIGHTS,
    publish,
)


def _identity(route: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "VpnGatewayId": route["vpn_gateway_id"],
        "RouteDest": route["route_dest"],
        "NextHop": route["next_hop"],
        "Weight": route["weight"],
    }


def _modify(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {**_identity(have), "NewWeight": want["weight"]}


VPN_ROUTE_ENTRY = Resource(
    kind="vpn_route_entry",
    title="destination-based route",
    key=("route_dest", "next_hop"),
    scope=("vpn_gateway_id",),
    rank=40,
    list_action="DescribeVpnRouteEntries",
    list_items=("VpnRouteEntries", "VpnRouteEntry"),
    list_filters={"vpn_gateway_id": "VpnGatewayId", "route_entry_type": "RouteEntryType"},
    create_action="CreateVpnRouteEntry",
    delete_action="DeleteVpnRouteEntry",
    dry_run=True,
    build_delete=_identity,
    verbs={
        "modify": Verb("ModifyVpnRouteEntryWeight", _modify),
        "publish": Verb("PublishVpnRouteEntry", publish("dbr")),
    },
    parent="vpn_gateway_id",
    fields=(
        Field("vpn_gateway_id", ROUTE_KEY, write="VpnGatewayId", read="VpnInstanceId"),
        Field("next_hop", ROUTE_KEY, write="NextHop", read="NextHop"),
        Field("route_dest", ROUTE_KEY, write="RouteDest", read="RouteDest", rule=route_network),
        Field("weight", WEIGHTS, "Weight", "Weight", INTEGER, initial=100, verb="modify"),
        Field("publish_vpc", {"type": "bool"}, "PublishVpc", "State", PUBLISHED, initial=True, verb="publish"),
        Field("description", {"type": "str"}, write="Description", rule=plain_text),
        Field("route_entry_type", read="RouteEntryType"),
        Field("source", read="Source"),
        Field("next_hop_tunnel_id", read="NextHopTunnelId"),
        Field("as_path", read="AsPath"),
        Field("community", read="Community"),
        Field("create_time", read="CreateTime"),
    ),
)
