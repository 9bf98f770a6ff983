#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: security_group_info
short_description: Read security groups of Alibaba Cloud with their rules
version_added: 1.0.0
description: Returns the security groups of a region that match all given options, in the shape of
  M(hybridnet.alicloud.security_group). Each group found costs one call more for its rules.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  security_group_id:
    description: Id of the group.
    type: str
  name:
    description: Name of the groups.
    type: str
  vpc_id:
    description: VPC of the groups.
    type: str
  type:
    description: Kind of the groups.
    type: str
    choices: [normal, enterprise]
  resource_group_id:
    description: Resource group of the groups.
    type: str
  tags:
    description: Tags that the groups carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.security_group
"""

EXAMPLES = r"""
- name: Groups of one VPC
  hybridnet.alicloud.security_group_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
  register: found

- name: What they let in from anywhere
  ansible.builtin.debug:
    msg: "{{ found.security_groups | map(attribute='rules') | flatten | selectattr('cidr', 'eq', '0.0.0.0/0') }}"
"""

RETURN = r"""
security_groups:
  description: The groups found.
  returned: success
  type: list
  elements: dict
  sample: [{security_group_id: sg-bp15ed6xe1yxeycg7ov3, name: sg-stores, type: normal, rules: []}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSecurityGroupAttribute, DescribeSecurityGroups]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._security_group import SECURITY_GROUP


def main():
    filters = {
        "security_group_id": {"type": "str"},
        "name": {"type": "str"},
        "vpc_id": {"type": "str"},
        "type": {"type": "str", "choices": ["normal", "enterprise"]},
        "resource_group_id": {"type": "str"},
    }
    run_info_module(SECURITY_GROUP, filters, "security_groups")


if __name__ == "__main__":
    main()
