#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_info
short_description: Read VPCs of Alibaba Cloud
version_added: 1.0.0
description: Returns the VPCs of a region that match all given options, in the shape of M(hybridnet.alicloud.vpc).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpc_id:
    description: Id of the VPC.
    type: str
  name:
    description: Name of the VPCs.
    type: str
  resource_group_id:
    description: Resource group of the VPCs.
    type: str
  tags:
    description: Tags that the VPCs carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.vpc
"""

EXAMPLES = r"""
- name: One VPC
  hybridnet.alicloud.vpc_info:
    region: cn-hangzhou
    name: vpc-shops
  register: shops

- name: Its networks
  ansible.builtin.debug:
    msg: "{{ shops.vpcs | map(attribute='cidr_block') }}"
"""

RETURN = r"""
vpcs:
  description: The VPCs found.
  returned: success
  type: list
  elements: dict
  sample: [{vpc_id: vpc-bp1m7v25emi1h5mtc8v6x, name: vpc-shops, cidr_block: 10.16.0.0/16, status: Available}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpcs]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc import VPC


def main():
    run_info_module(VPC, {"vpc_id": {"type": "str"}, "resource_group_id": {"type": "str"}}, "vpcs")


if __name__ == "__main__":
    main()
