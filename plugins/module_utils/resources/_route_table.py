# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Route table of a VPC and the vSwitches that use it (Create-, Associate-, Unassociate-, Delete-, ModifyRouteTable…).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import description, name
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb

# Which vSwitches use a table is a set.
_SET = Codec(normal=lambda value: sorted(set(value)))


def _calls(action: str, table_id: str, vswitch_ids: Iterable[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    for vswitch_id in sorted(vswitch_ids):
        yield action, {"RouteTableId": table_id, "VSwitchId": vswitch_id}


def _associate(have: Mapping[str, Any], want: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    present, wanted = set(have.get("vswitch_ids") or []), set(want["vswitch_ids"])
    yield from _calls("UnassociateRouteTable", have["route_table_id"], present - wanted)
    yield from _calls("AssociateRouteTable", have["route_table_id"], wanted - present)


def _detach(have: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    return _calls("UnassociateRouteTable", have["route_table_id"], have.get("vswitch_ids") or [])


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("type") == "System":
        return "is the system route table of its VPC", "delete the VPC, or remove single routes with vpc_route_entry"
    return None


def _custom_routes(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"RouteTableId": have["route_table_id"], "RouteEntryType": "Custom"}


#: The routes that users made in the table of *have*, which has a ``route_table_id``.
CUSTOM_ROUTES = Blocker(
    "route",
    "DescribeRouteEntryList",
    ("RouteEntrys", "RouteEntry"),
    "RouteEntryId",
    _custom_routes,
    token_size="MaxResult",
)

ROUTE_TABLE = Resource(
    kind="route_table",
    title="route table",
    id_option="route_table_id",
    id_param="RouteTableId",
    key=("name",),
    scope=("vpc_id",),
    rank=3,
    list_action="DescribeRouteTableList",
    list_items=("RouterTableList", "RouterTableListType"),
    list_filters={
        "route_table_id": "RouteTableId",
        "name": "RouteTableName",
        "vpc_id": "VpcId",
        "type": "RouteTableType",
    },
    create_action="CreateRouteTable",
    delete_action="DeleteRouteTable",
    verbs={"modify": Verb("ModifyRouteTableAttributes"), "associate": Verb(calls=_associate)},
    tag_type="ROUTETABLE",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"Available"})),
    undeletable=_undeletable,
    detach=_detach,
    blockers=(CUSTOM_ROUTES,),
    fields=(
        Field("route_table_id", {"type": "str"}, read="RouteTableId"),
        Field("name", {"type": "str"}, write="RouteTableName", read="RouteTableName", verb="modify", rule=name),
        Field("vpc_id", {"type": "str"}, write="VpcId", read="VpcId", required=True),
        Field(
            "associate_type",
            {"type": "str", "choices": ["VSwitch", "Gateway"]},
            write="AssociateType",
            read="AssociateType",
        ),
        Field(
            "propagation",
            {"type": "bool"},
            write="RoutePropagationEnable",
            read="RoutePropagationEnable",
            codec=BOOLEAN,
            create=False,
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
        Field(
            "vswitch_ids",
            {"type": "list", "elements": "str"},
            write="VSwitchIds",
            read="VSwitchIds.VSwitchId",
            codec=_SET,
            create=False,
            verb="associate",
        ),
        Field("type", read="RouteTableType"),
        Field("status", read="Status"),
        Field("router_id", read="RouterId"),
        Field("resource_group_id", read="ResourceGroupId"),
        Field("create_time", read="CreationTime"),
    ),
)
