#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vswitch
short_description: Manage a vSwitch of Alibaba Cloud
version_added: 1.0.0
description:
  - A vSwitch is a subnet of a VPC in one zone. A dual-tunnel VPN gateway needs two of them, in two zones.
  - It is found by O(vswitch_id), else by O(name), within O(vpc_id) if that is given. Several vSwitches of one name are
    an error that lists them.
  - A vSwitch that is still in use is not deleted; the error names what uses it. That of a VPN gateway which was just
    deleted is held a moment longer, and waited for.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
options:
  vswitch_id:
    description: Id of an existing vSwitch. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 128 characters.
    type: str
  vpc_id:
    description: VPC of the vSwitch. Needed to create it; cannot be changed.
    type: str
  zone_id:
    description: Zone of the vSwitch. Needed to create it; cannot be changed.
    type: str
  cidr_block:
    description: Network of the vSwitch, a C(/16) to C(/29) inside that of the VPC. Needed to create it; cannot be
      changed.
    type: str
  description:
    description: Description, 1 to 256 characters.
    type: str
seealso:
  - module: hybridnet.alicloud.vswitch_info
  - module: hybridnet.alicloud.vpc
"""

EXAMPLES = r"""
- name: The first of two zones
  hybridnet.alicloud.vswitch:
    region: cn-hangzhou
    name: vsw-shops-j
    vpc_id: "{{ vpc_id }}"
    zone_id: cn-hangzhou-j
    cidr_block: 172.16.11.0/24
    tags:
      env: prod

- name: Remove it
  hybridnet.alicloud.vswitch:
    region: cn-hangzhou
    name: vsw-shops-j
    vpc_id: "{{ vpc_id }}"
    state: absent
"""

RETURN = r"""
vswitch:
  description: The vSwitch; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vswitch_id: vsw-bp1i3v1xnmcs4kmnb8hki
    name: vsw-shops-j
    status: Available
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    zone_id: cn-hangzhou-j
    cidr_block: 172.16.11.0/24
    available_addresses: 252
    route_table_id: vtb-bp145q7glnuzdvzu21pom
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVSwitches, CreateVSwitch]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVSwitch, code: InvalidCidrBlock.Overlapped, message: It overlaps another vSwitch.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vswitch import VSWITCH


def main():
    run_resource_module(VSWITCH)


if __name__ == "__main__":
    main()
