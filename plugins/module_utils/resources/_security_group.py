# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security group of ECS with its rules (Create-, Delete-, DescribeSecurityGroup…, Authorize-, RevokeSecurityGroup…).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import WORD
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils._security_rules import (
    RULES,
    canonical,
    changes,
    problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs import (
    ecs_description,
    ecs_name,
    instances_of,
    move_verb,
)

_RULE_SPEC = {
    "direction": {"type": "str", "default": "ingress"},
    "protocol": {"type": "str", "required": True},
    "ports": {"type": "str"},
    "cidr": {"type": "str"},
    "group_id": {"type": "str"},
    "policy": {"type": "str", "default": "accept"},
    "priority": {"type": "int", "default": 1},
    "description": {"type": "str"},
}


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    yield from problems(want.get("rules") or [], "rules")
    if want.get("type") == "enterprise" and want.get("inner_access") == "accept":
        value = shown("accept")
        rule = "is not possible in an enterprise group"
        yield Problem("inner_access", value, rule, "use a normal group, or allow the traffic with a rule")


def _canonical(options: Mapping[str, Any]) -> dict[str, Any]:
    if options.get("rules") is None:
        return dict(options)
    return {**options, "rules": canonical(options["rules"])}


SECURITY_GROUP = Resource(
    kind="security_group",
    title="security group",
    product="ecs",
    id_option="security_group_id",
    id_param="SecurityGroupId",
    key=("name",),
    scope=("vpc_id",),
    rank=6,
    list_action="DescribeSecurityGroups",
    list_items=("SecurityGroups", "SecurityGroup"),
    list_filters={
        "security_group_id": "SecurityGroupId",
        "name": "SecurityGroupName",
        "vpc_id": "VpcId",
        "type": "SecurityGroupType",
        "resource_group_id": "ResourceGroupId",
    },
    page_size=100,
    token_size="MaxResults",
    more_reads=("DescribeSecurityGroupAttribute",),
    create_action="CreateSecurityGroup",
    delete_action="DeleteSecurityGroup",
    verbs={
        "modify": Verb("ModifySecurityGroupAttribute"),
        "inner": Verb("ModifySecurityGroupPolicy"),
        "rules": Verb(calls=changes),
        "move": move_verb("securitygroup", "security_group_id"),
    },
    blockers=(instances_of("SecurityGroupId", "security_group_id"),),
    # Rules of other groups that name it.
    other_blockers=True,
    tag_type="securitygroup",
    tags_at_create="Tag",
    check=_check,
    canonical=_canonical,
    fields=(
        Field("security_group_id", {"type": "str"}, read="SecurityGroupId"),
        Field(
            "name",
            {"type": "str"},
            write="SecurityGroupName",
            read="SecurityGroupName",
            verb="modify",
            rule=ecs_name,
        ),
        Field("vpc_id", {"type": "str"}, write="VpcId", read="VpcId", required=True),
        Field(
            "type",
            {"type": "str", "choices": ["normal", "enterprise"]},
            write="SecurityGroupType",
            read="SecurityGroupType",
        ),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=ecs_description,
        ),
        Field(
            "inner_access",
            {"type": "str", "choices": ["accept", "drop"]},
            write="InnerAccessPolicy",
            read="InnerAccessPolicy",
            codec=WORD.with_(to_api=str.capitalize),
            create=False,
            verb="inner",
            detail=True,
        ),
        Field(
            "rules",
            {"type": "list", "elements": "dict", "options": _RULE_SPEC},
            read="Permissions.Permission",
            codec=RULES,
            create=False,
            verb="rules",
            detail=True,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("create_time", read="CreationTime"),
    ),
)
