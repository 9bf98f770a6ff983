#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vswitch_info
short_description: Read vSwitches of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the vSwitches of a region that match all given options, in the shape of M(hybridnet.alicloud.vswitch).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vswitch_id:
    description: Id of the vSwitch.
    type: str
  name:
    description: Name of the vSwitches.
    type: str
  vpc_id:
    description: VPC of the vSwitches.
    type: str
  zone_id:
    description: Zone of the vSwitches.
    type: str
  tags:
    description: Tags that the vSwitches carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.vswitch
"""

EXAMPLES = r"""
- name: vSwitches of a VPC
  hybridnet.alicloud.vswitch_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
  register: found

- name: Their zones
  ansible.builtin.debug:
    msg: "{{ found.vswitches | map(attribute='zone_id') }}"
"""

RETURN = r"""
vswitches:
  description: The vSwitches found.
  returned: success
  type: list
  elements: dict
  sample: [{vswitch_id: vsw-bp1i3v1xnmcs4kmnb8hki, name: vsw-shops-j, cidr_block: 172.16.11.0/24, status: Available}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVSwitches]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vswitch import VSWITCH


def main():
    filters = {
        "vswitch_id": {"type": "str"},
        "vpc_id": {"type": "str"},
        "zone_id": {"type": "str"},
    }
    run_info_module(VSWITCH, filters, "vswitches")


if __name__ == "__main__":
    main()
