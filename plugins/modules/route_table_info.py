#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: route_table_info
short_description: Read route tables of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the route tables of a region that match all given options, in the shape of
    M(hybridnet.alicloud.route_table).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  route_table_id:
    description: Id of the route table.
    type: str
  name:
    description: Name of the route tables.
    type: str
  vpc_id:
    description: VPC of the route tables.
    type: str
  type:
    description: Whether the tables are those of the system or custom ones.
    type: str
    choices: [System, Custom]
  tags:
    description: Tags that the route tables carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.route_table
"""

EXAMPLES = r"""
- name: The system route table of a VPC
  hybridnet.alicloud.route_table_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
    type: System
  register: found

- name: Its id
  ansible.builtin.debug:
    msg: "{{ found.route_tables[0].route_table_id }}"
"""

RETURN = r"""
route_tables:
  description: The route tables found.
  returned: success
  type: list
  elements: dict
  sample: [{route_table_id: vtb-bp145q7glnuzdvzu21pom, name: rtb-shops, type: Custom, status: Available}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeRouteTableList]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._route_table import ROUTE_TABLE


def main():
    filters = {
        "route_table_id": {"type": "str"},
        "vpc_id": {"type": "str"},
        "type": {"type": "str", "choices": ["System", "Custom"]},
    }
    run_info_module(ROUTE_TABLE, filters, "route_tables")


if __name__ == "__main__":
    main()
