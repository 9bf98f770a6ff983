"""Tags and resource groups of ECS objects: TagResources, UntagResources, ListTagResources, JoinResourceGroup."""

from __future__ import annotations

from lab.cloud.errors import ApiError, missing, not_found
from lab.cloud.services import rules as common
from lab.cloud.services import tags
from lab.cloud.services.context import Context, Params, Reply

TABLES = {"instance": "instances", "securitygroup": "security_groups", "keypair": "key_pairs"}


def tag_resources(ctx: Context, params: Params) -> Reply:
    """TagResources."""
    return tags.tag_resources(ctx, params, TABLES)


def untag_resources(ctx: Context, params: Params) -> Reply:
    """UntagResources."""
    return tags.untag_resources(ctx, params, TABLES)


def list_tag_resources(ctx: Context, params: Params) -> Reply:
    """ListTagResources."""
    return tags.list_tag_resources(ctx, params, TABLES)


def join_resource_group(ctx: Context, params: Params) -> Reply:
    """JoinResourceGroup: moves an object into a resource group."""
    for name in ("ResourceGroupId", "ResourceId", "ResourceType"):
        if name not in params:
            raise missing(name)
    kind = params["ResourceType"].lower()
    if kind not in TABLES:
        raise ApiError(404, "InvalidResourceType.NotFound", "The specified ResourceType is not supported.")
    record = getattr(ctx.region, TABLES[kind]).get(params["ResourceId"])
    if record is None:
        raise not_found("InvalidResourceId.NotFound", "resource", params["ResourceId"])
    group = common.resource_group(params["ResourceGroupId"])
    ctx.commit(params)
    record.resource_group_id = group
    return {}
