"""Resource groups of VPC objects: MoveResourceGroup. VPN objects have an action of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.cloud.errors import invalid, not_found
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply

TABLES = {"vpc": "vpcs", "eip": "eips"}


def move_resource_group(ctx: Context, params: Params) -> Reply:
    """MoveResourceGroup; ResourceType in any case. What is inside a VPC belongs to the VPC's group."""
    kind = params["ResourceType"].lower()
    if kind not in TABLES:
        raise invalid("ResourceType", f"it must be one of {', '.join(sorted(TABLES))}")
    table: Mapping[str, Any] = getattr(ctx.region, TABLES[kind])
    if params["ResourceId"] not in table:
        raise not_found("InvalidResourceId.NotFound", params["ResourceType"], params["ResourceId"])
    group = rules.resource_group(params["NewResourceGroupId"])
    ctx.commit(params)
    table[params["ResourceId"]].resource_group_id = group
    return {}
