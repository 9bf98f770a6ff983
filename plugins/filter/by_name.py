# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter by_name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: by_name
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: One value of each object that a loop over a module returned, by the name of the object
description:
  - Collects, from the C(results) of a task in a loop, one value of the object that each round returned.
  - Rounds that were skipped and objects that do not have the value yet (a new object in check mode has no id) are left
    out.
positional: kind, option
options:
  _input:
    description: The C(results) of the registered task.
    type: list
    elements: dict
    required: true
  kind:
    description: The return value that holds the object, such as C(vpc).
    type: str
    required: true
  option:
    description: The value wanted, such as C(vpc_id).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Ids of VPCs by name
  ansible.builtin.debug:
    msg: "{{ made.results | hybridnet.alicloud.by_name('vpc', 'vpc_id') }}" # {vpc-a: vpc-bp1m7v25emi1h5mtc8v6x}
"""

RETURN = r"""
_value:
  description: Values by name.
  type: dict
  sample: {vpc-a: vpc-bp1m7v25emi1h5mtc8v6x}
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def by_name(results: Iterable[Mapping[str, Any]], kind: str, option: str) -> dict[str, Any]:
    """``{name: value}`` of the objects *kind* in *results* that have *option*."""
    if isinstance(results, (str, Mapping)) or not isinstance(results, Iterable):
        raise AnsibleFilterError("by_name: the input is not the list results of a task that ran in a loop")
    objects = (result.get(kind) or {} for result in results)
    return {item["name"]: item[option] for item in objects if item.get("name") and item.get(option)}


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"by_name": by_name}
