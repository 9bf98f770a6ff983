#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: route_table
short_description: Manage a route table of a VPC of Alibaba Cloud
version_added: 1.0.0
description:
  - Every VPC has a system route table. A custom one routes the vSwitches that are associated with it.
  - A route table is found by O(route_table_id), else by O(name), within O(vpc_id) if that is given. Several of
    one name are an error that lists them. The system table, which has no name at first, is found by its id.
  - O(state=absent) returns its vSwitches to the system table. A table that still has routes of users is not
    deleted; the error names them.
  - Its routes are managed by M(hybridnet.alicloud.vpc_route_entry).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
options:
  route_table_id:
    description: Id of an existing route table. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 128 characters.
    type: str
  vpc_id:
    description: VPC of the route table. Needed to create it; cannot be changed.
    type: str
  associate_type:
    description: Whether the table routes vSwitches or what enters by a gateway. Without it the API makes one for
      vSwitches. Cannot be changed.
    type: str
    choices: [VSwitch, Gateway]
  propagation:
    description: Whether dynamic routes enter the table.
    type: bool
  description:
    description: Description, 1 to 256 characters.
    type: str
  vswitch_ids:
    description:
      - The vSwitches that use the table, and no others; those that are not named return to the system table.
      - Without this option associations are left alone.
    type: list
    elements: str
seealso:
  - module: hybridnet.alicloud.route_table_info
  - module: hybridnet.alicloud.vpc_route_entry
"""

EXAMPLES = r"""
- name: A table of its own for one vSwitch
  hybridnet.alicloud.route_table:
    region: cn-hangzhou
    name: rtb-shops
    vpc_id: "{{ vpc_id }}"
    vswitch_ids:
      - "{{ vswitch_a_id }}"
    tags:
      env: prod

- name: Remove it
  hybridnet.alicloud.route_table:
    region: cn-hangzhou
    name: rtb-shops
    vpc_id: "{{ vpc_id }}"
    state: absent
"""

RETURN = r"""
route_table:
  description: The route table; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    route_table_id: vtb-bp145q7glnuzdvzu21pom
    name: rtb-shops
    status: Available
    type: Custom
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    vswitch_ids: [vsw-bp1i3v1xnmcs4kmnb8hki]
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeRouteTableList, CreateRouteTable]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateRouteTable, code: Resource.QuotaFull, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._route_table import ROUTE_TABLE


def main():
    run_resource_module(ROUTE_TABLE)


if __name__ == "__main__":
    main()
