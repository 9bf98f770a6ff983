# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route of a VPC's route table (Create-, Modify-, DeleteRouteEntry, DescribeRouteEntryList).

Private to this collection. A table holds a destination once, so the destination identifies the route in its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import (
    description,
    name,
    route_destination,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb

#: CreateRouteEntry (NextHopType).
NEXT_HOP_TYPES = (
    "Instance",
    "HaVip",
    "RouterInterface",
    "NetworkInterface",
    "VpnGateway",
    "IPv6Gateway",
    "NatGateway",
    "Attachment",
    "VpcPeer",
    "Ipv4Gateway",
    "GatewayEndpoint",
    "Ecr",
)


def _hop(key: str) -> Codec:
    """A member of the route's only next hop."""
    return Codec(from_api=lambda hops: hops[0].get(key) if hops else None)


def _modify(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    moved = bool(options & {"next_hop_type", "next_hop_id"})
    return {
        "RouteEntryId": have["route_entry_id"],
        "RouteEntryName": want["name"] if "name" in options else None,
        "Description": want["description"] if "description" in options else None,
        "NewNextHopType": want["next_hop_type"] if moved else None,
        "NewNextHopId": want["next_hop_id"] if moved else None,
    }


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("type") != "Custom":
        return f"is a route of type {have.get('type')}, which no user made", "remove what it comes from"
    return None


def _route(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"RouteEntryId": have["route_entry_id"]}


VPC_ROUTE_ENTRY = Resource(
    kind="vpc_route_entry",
    title="route",
    id_option="route_entry_id",
    id_param="RouteEntryId",
    key=("destination_cidr_block",),
    scope=("route_table_id",),
    rank=45,
    list_action="DescribeRouteEntryList",
    list_items=("RouteEntrys", "RouteEntry"),
    list_filters={
        "route_entry_id": "RouteEntryId",
        "route_table_id": "RouteTableId",
        "destination_cidr_block": "DestinationCidrBlock",
        "next_hop_type": "NextHopType",
        "next_hop_id": "NextHopId",
        "type": "RouteEntryType",
        "name": "RouteEntryName",
    },
    list_needs=("route_table_id",),
    page_size=100,
    token_size="MaxResult",
    create_action="CreateRouteEntry",
    delete_action="DeleteRouteEntry",
    build_delete=_route,
    dry_run=True,
    verbs={"modify": Verb("ModifyRouteEntry", _modify)},
    lifecycle=Lifecycle("status", frozenset({"Available"}), frozenset({"Deleting"})),
    undeletable=_undeletable,
    fields=(
        Field("route_entry_id", {"type": "str"}, read="RouteEntryId"),
        Field("route_table_id", {"type": "str", "required": True}, write="RouteTableId", read="RouteTableId"),
        Field(
            "destination_cidr_block",
            {"type": "str"},
            write="DestinationCidrBlock",
            read="DestinationCidrBlock",
            required=True,
            rule=route_destination,
        ),
        Field(
            "next_hop_type",
            {"type": "str", "choices": list(NEXT_HOP_TYPES)},
            write="NextHopType",
            read="NextHops.NextHop",
            codec=_hop("NextHopType"),
            verb="modify",
            required=True,
        ),
        Field(
            "next_hop_id",
            {"type": "str"},
            write="NextHopId",
            read="NextHops.NextHop",
            codec=_hop("NextHopId"),
            verb="modify",
            required=True,
        ),
        Field("name", {"type": "str"}, write="RouteEntryName", read="RouteEntryName", verb="modify", rule=name),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=description,
        ),
        Field("type", read="Type"),
        Field("status", read="Status"),
        Field("modify_time", read="GmtModified"),
    ),
)
