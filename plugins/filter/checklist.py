# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter checklist."""

from __future__ import annotations

DOCUMENTATION = r"""
name: checklist
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: A checklist with a verdict for each point
description: Compares what was found at each point with what is expected there, as text, and lays the points out as a
  table.
options:
  _input:
    description: The points, each a mapping of C(point), C(expected) and C(found).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Print the points
  ansible.builtin.debug:
    msg: "{{ (points | hybridnet.alicloud.checklist).lines }}"
  vars:
    points:
      - {point: VPN gateway, expected: active, found: active}
"""

RETURN = r"""
_value:
  description: C(lines), the table, and C(wrong), a sentence for each point that is not as expected.
  type: dict
  sample:
    lines: ["ok     VPN gateway  active"]
    wrong: []
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def checklist(points: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """See DOCUMENTATION."""
    rows = []
    for point in points:
        if not isinstance(point, Mapping) or not {"point", "expected", "found"} <= point.keys():
            raise AnsibleFilterError("checklist: each point must be a mapping of point, expected and found")
        rows.append([str(point[name]) for name in ("point", "expected", "found")])
    width = max((len(name) for name, _expected, _found in rows), default=0)
    lines, wrong = [], []
    for name, expected, found in rows:
        if found == expected:
            lines.append(f"ok     {name:{width}}  {found}")
        else:
            lines.append(f"WRONG  {name:{width}}  {found}, expected {expected}")
            wrong.append(f"{name}: found {found}, expected {expected}")
    return {"lines": lines, "wrong": wrong}


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"checklist": checklist}
