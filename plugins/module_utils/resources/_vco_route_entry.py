# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route of an IPsec connection for a transit router (Create-, Delete-, DescribeVcoRouteEntries,
ModifyVcoRouteEntryWeight).

Private to this collection. The route has no id: its destination identifies it within the connection, which is also its
next hop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import INTEGER
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import plain_text, route_network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import ROUTE_KEY, WEIGHTS


def _identity(route: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "VpnConnectionId": route["vpn_connection_id"],
        "NextHop": route["vpn_connection_id"],
        "RouteDest": route["route_dest"],
        "Weight": route["weight"],
    }


def _modify(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {**_identity(have), "NewWeight": want["weight"]}


VCO_ROUTE_ENTRY = Resource(
    kind="vco_route_entry",
    title="route of an IPsec connection",
    key=("route_dest",),
    scope=("vpn_connection_id",),
    rank=40,
    list_action="DescribeVcoRouteEntries",
    list_items=("VcoRouteEntries",),
    list_filters={"vpn_connection_id": "VpnConnectionId", "route_entry_type": "RouteEntryType"},
    create_action="CreateVcoRouteEntry",
    delete_action="DeleteVcoRouteEntry",
    dry_run=True,
    build_delete=_identity,
    verbs={"modify": Verb("ModifyVcoRouteEntryWeight", _modify)},
    canonical=lambda options: {**options, "next_hop": options.get("vpn_connection_id")},
    fields=(
        Field("vpn_connection_id", ROUTE_KEY, write="VpnConnectionId", read="VpnConnectionId"),
        Field("route_dest", ROUTE_KEY, write="RouteDest", read="RouteDest", rule=route_network),
        Field("next_hop", write="NextHop", read="NextHop"),
        Field("weight", WEIGHTS, "Weight", "Weight", INTEGER, initial=100, verb="modify"),
        Field("description", {"type": "str"}, write="Description", rule=plain_text),
        Field("state", read="State"),
        Field("route_entry_type", read="RouteEntryType"),
        Field("source", read="Source"),
        Field("as_path", read="AsPath"),
        Field("community", read="Community"),
        Field("create_time", read="CreateTime"),
    ),
)
