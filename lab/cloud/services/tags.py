"""Tags on any object: TagResources, UnTagResources, ListTagResources. Resource types in any case."""

from __future__ import annotations

from collections.abc import Mapping

from lab.cloud.errors import ApiError, invalid, missing, not_found
from lab.cloud.model import Record
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, tags_match, token_page

TABLES = {
    "VPC": "vpcs",
    "VSWITCH": "vswitches",
    "VPNGATEWAY": "vpn_gateways",
    "CUSTOMERGATEWAY": "customer_gateways",
    "VPNCONNECTION": "connections",
    "VPNATTACHMENT": "attachments",
    "EIP": "eips",
    "ROUTETABLE": "route_tables",
    "NETWORKACL": "network_acls",
}
MAX_RESOURCES = 50
Tables = Mapping[str, str]
"""Attribute of a region by resource type."""


def tag_resources(ctx: Context, params: Params, tables: Tables = TABLES) -> Reply:
    """TagResources: up to 50 objects, up to 20 tags on each afterwards."""
    records = _records(ctx, params, tables)
    limit = ctx.settings.quotas.tags_per_resource
    added = rules.tags(params["Tag"], "Tag", 128, limit)
    for record in records:
        if len({**record.tags, **added}) > limit:
            raise ApiError(400, "QuotaExceeded.TagNum", f"{record.id} would have more than {limit} tags.")
    ctx.commit(params)
    for record in records:
        record.tags = {**record.tags, **added}
    return {}


def untag_resources(ctx: Context, params: Params, tables: Tables = TABLES) -> Reply:
    """UnTagResources: the keys given, or with All=true and no key every tag."""
    records = _records(ctx, params, tables)
    keys = params.get("TagKey", [])
    if len(keys) > 20:
        raise invalid("TagKey", "at most 20 keys can be given")
    if not keys and not params.get("All"):
        raise missing("TagKey")
    ctx.commit(params)
    for record in records:
        record.tags = {key: value for key, value in record.tags.items() if keys and key not in keys}
    return {}


def list_tag_resources(ctx: Context, params: Params, tables: Tables = TABLES) -> Reply:
    """ListTagResources: by ids, by tags or both; unknown ids are left out."""
    kind, table = _table(ctx, params, tables)
    identifiers, filters = params.get("ResourceId", []), params.get("Tag", [])
    if not identifiers and not filters:
        raise missing("ResourceId")
    if len(identifiers) > MAX_RESOURCES or len(filters) > 20:
        raise invalid("ResourceId", f"at most {MAX_RESOURCES} ids and 20 tags can be given")
    rows = [
        {"ResourceId": record.id, "ResourceType": kind, "TagKey": key, "TagValue": value}
        for record in table.values()
        if (not identifiers or record.id in identifiers) and tags_match(record.tags, filters)
        for key, value in sorted(record.tags.items())
    ]
    selected, following = token_page(params, rows, "MaxResults", 50, 50)
    return {**following, "TagResources": {"TagResource": selected}}


def _table(ctx: Context, params: Params, tables: Tables) -> tuple[str, Mapping[str, Record]]:
    kind = next((name for name in tables if name.lower() == params["ResourceType"].lower()), None)
    if kind is None:
        raise ApiError(404, "InvalidResourceType.NotFound", "The specified ResourceType is not supported.")
    return kind, getattr(ctx.region, tables[kind])


def _records(ctx: Context, params: Params, tables: Tables) -> list[Record]:
    _kind, table = _table(ctx, params, tables)
    identifiers = params["ResourceId"]
    if len(identifiers) > MAX_RESOURCES:
        raise invalid("ResourceId", f"at most {MAX_RESOURCES} ids can be given")
    for identifier in identifiers:
        if identifier not in table:
            raise not_found("InvalidResourceId.NotFound", "resource", identifier)
    return [table[identifier] for identifier in identifiers]
