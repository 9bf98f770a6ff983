# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moving an object of a VPC to another resource group (MoveResourceGroup).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Verb


def moving(resource_type: str, id_option: str) -> Verb:
    """The verb that moves an object of *resource_type*, whose id is in *id_option*."""

    def build(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
        return {
            "ResourceType": resource_type,
            "ResourceId": have[id_option],
            "NewResourceGroupId": want["resource_group_id"],
        }

    return Verb("MoveResourceGroup", build)
