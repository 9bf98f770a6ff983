"""Security groups without their rules: create, describe, change, delete."""

from __future__ import annotations

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, quota_full
from lab.cloud.model import SecurityGroup
from lab.cloud.services import rules as common
from lab.cloud.services.context import Context, Params, Reply, choice, require, tags_match
from lab.cloud.services.ecs import rules
from lab.cloud.services.vpcs import available_vpc

NOT_FOUND = "InvalidSecurityGroupId.NotFound"
TYPES = ("normal", "enterprise")
POLICIES = {"accept": "Accept", "drop": "Drop"}


def create_security_group(ctx: Context, params: Params) -> Reply:
    """CreateSecurityGroup in a VPC. The classic network is not served."""
    vpc = available_vpc(ctx, params["VpcId"]) if "VpcId" in params else None
    if vpc is None:
        raise ApiError(400, "MissingParameter.VpcId", "VpcId is mandatory: there is no classic network.")
    quota = ctx.settings.quotas
    group = SecurityGroup(
        ctx.ids.resource("sg"),
        ctx.now,
        common.tags(params.get("Tag", ()), "Tag", 128, quota.tags_per_resource),
        name=rules.name("SecurityGroupName", params["SecurityGroupName"], "InvalidSecurityGroupName.Malformed")
        if "SecurityGroupName" in params
        else "",
        description=rules.description(params.get("Description")),
        vpc_id=vpc.id,
        type=choice(params, "SecurityGroupType", TYPES, "normal"),
        resource_group_id=common.resource_group(params.get("ResourceGroupId")),
    )
    if group.type == "enterprise":
        group.inner_access = "Drop"
    if len(ctx.region.security_groups) >= quota.security_groups:
        raise quota_full("security groups in the region", quota.security_groups)
    ctx.commit(params)
    ctx.add(ctx.region.security_groups, group)
    return {"SecurityGroupId": group.id}


def describe_security_groups(ctx: Context, params: Params) -> Reply:
    """DescribeSecurityGroups: by ids (JSON text), VPC, name (part of it with FuzzyQuery), type, group, tags."""
    identifiers = rules.json_list("SecurityGroupIds", params.get("SecurityGroupIds"))
    wanted, fuzzy = params.get("SecurityGroupName"), params.get("FuzzyQuery", False)
    if params.get("NetworkType", "vpc") != "vpc":
        identifiers = []
    found = [
        group
        for group in ctx.readable(ctx.region.security_groups.values())
        if rules.chosen(identifiers, group.id)
        and (wanted is None or (wanted in group.name if fuzzy else wanted == group.name))
        and rules.matches(
            params,
            {
                "SecurityGroupId": group.id,
                "VpcId": group.vpc_id,
                "SecurityGroupType": group.type,
                "ResourceGroupId": group.resource_group_id,
            },
        )
        and tags_match(group.tags, params.get("Tag", ()))
    ]
    selected, paging = rules.paged(params, found)
    shown = [_view(ctx, group, params.get("IsQueryEcsCount", False)) for group in selected]
    return {**paging, "RegionId": ctx.region.id, "SecurityGroups": {"SecurityGroup": shown}}


def modify_security_group_attribute(ctx: Context, params: Params) -> Reply:
    """ModifySecurityGroupAttribute: name and description."""
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    name = group.name
    if "SecurityGroupName" in params:
        name = rules.name("SecurityGroupName", params["SecurityGroupName"], "InvalidSecurityGroupName.Malformed")
    description = rules.description(params.get("Description"))
    ctx.commit(params)
    group.name, group.description = name, description or group.description
    return {}


def modify_security_group_policy(ctx: Context, params: Params) -> Reply:
    """ModifySecurityGroupPolicy: whether members of a normal group reach one another."""
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    policy = params["InnerAccessPolicy"].lower()
    if policy not in POLICIES:
        raise ApiError(400, "InvalidPolicy.Malformed", "InnerAccessPolicy must be Accept or Drop.")
    if group.type == "enterprise" and policy == "accept":
        raise ApiError(403, "InvalidSecurityGroupType.NotSupported", "An enterprise group keeps its members apart.")
    ctx.commit(params)
    group.inner_access = POLICIES[policy]
    return {}


def delete_security_group(ctx: Context, params: Params) -> Reply:
    """DeleteSecurityGroup. Refused while instances are in it or rules of other groups name it."""
    group = require(ctx.region.security_groups, params["SecurityGroupId"], NOT_FOUND, "security group")
    members = [instance.id for instance in ctx.region.instances.values() if group.id in instance.security_group_ids]
    if members:
        raise ApiError(403, "DependencyViolation", f"There is still instance(s) in the group {group.id}: {members[0]}.")
    for other in ctx.region.security_groups.values():
        if other is not group and any(rule.peer == group.id for rule in other.rules):
            message = f"The group {group.id} is named by a rule of {other.id}."
            raise ApiError(403, "DependencyViolation", message)
    ctx.commit(params)
    del ctx.region.security_groups[group.id]
    return {}


def _view(ctx: Context, group: SecurityGroup, with_count: bool) -> Reply:
    view: Reply = {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "SecurityGroupType": group.type,
        "VpcId": group.vpc_id,
        "CreationTime": iso(group.created),
        "ResourceGroupId": group.resource_group_id,
        "ServiceManaged": False,
        "RuleCount": len(group.rules),
        "GroupToGroupRuleCount": sum(rule.peer_kind == "group" for rule in group.rules),
        "Tags": rules.tag_views(group.tags),
    }
    if with_count:
        view["EcsCount"] = sum(group.id in item.security_group_ids for item in ctx.region.instances.values())
    return view
