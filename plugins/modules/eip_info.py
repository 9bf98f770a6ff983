#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: eip_info
short_description: Read elastic IP addresses of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the elastic IP addresses of a region that match all given options, in the shape of
    M(hybridnet.alicloud.eip).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  allocation_id:
    description: Id of the EIP.
    type: str
  name:
    description: Name of the EIPs.
    type: str
  ip_address:
    description: The address.
    type: str
  instance_id:
    description: What the EIPs are bound to.
    type: str
  resource_group_id:
    description: Resource group of the EIPs.
    type: str
  tags:
    description: Tags that the EIPs carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.eip
"""

EXAMPLES = r"""
- name: Elastic addresses of a region
  hybridnet.alicloud.eip_info:
    region: cn-hangzhou
  register: found

- name: Those that nothing uses
  ansible.builtin.debug:
    msg: "{{ found.eips | selectattr('status', 'eq', 'Available') | map(attribute='ip_address') }}"
"""

RETURN = r"""
eips:
  description: The EIPs found.
  returned: success
  type: list
  elements: dict
  sample: [{allocation_id: eip-bp1rm8kg8ft0zsfhg2twh, name: eip-jump-host, ip_address: 203.0.113.50, status: InUse}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeEipAddresses]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._eip import EIP


def main():
    filters = {
        "allocation_id": {"type": "str"},
        "ip_address": {"type": "str"},
        "instance_id": {"type": "str"},
        "resource_group_id": {"type": "str"},
    }
    run_info_module(EIP, filters, "eips")


if __name__ == "__main__":
    main()
