# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the objects of ECS have in common: names, descriptions, moves between resource groups, and what instances keep.

Private to this collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Verb

_NAME = re.compile(r"[^\W\d_][\w:.\-]{1,127}")


def ecs_name(value: str, path: str) -> Problem | None:
    """KeyPairName, SecurityGroupName, InstanceName."""
    if _NAME.fullmatch(value) and not value.startswith(("http:", "https:")):
        return None
    rule = "is not 2 to 128 letters, digits, dots, colons, dashes or underscores, the first one a letter"
    return Problem(path, shown(value), rule, "change the name")


def ecs_description(value: str, path: str) -> Problem | None:
    """Description of a security group or an instance."""
    if 2 <= len(value) <= 256 and not value.lower().startswith(("http://", "https://")):
        return None
    return Problem(path, shown(value), "is not 2 to 256 characters without http:// in front", "change it")


def move_verb(kind: str, id_option: str) -> Verb:
    """JoinResourceGroup for objects of the resource type *kind*."""

    def move(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
        return {"ResourceType": kind, "ResourceId": have[id_option], "ResourceGroupId": want["resource_group_id"]}

    return Verb("JoinResourceGroup", move)


def instances_of(parameter: str, id_option: str) -> Blocker:
    """The instances that keep an object from being deleted, which DescribeInstances finds by *parameter*."""

    def params(have: Mapping[str, Any]) -> dict[str, Any]:
        return {parameter: have[id_option]}

    return Blocker(
        "ECS instance",
        "DescribeInstances",
        ("Instances", "Instance"),
        "InstanceId",
        params,
        product="ecs",
        token_size="MaxResults",
    )
