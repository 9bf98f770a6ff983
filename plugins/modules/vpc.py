#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc
short_description: Manage a VPC of Alibaba Cloud
version_added: 1.0.0
description:
  - A VPC is the private network that holds vSwitches, VPN gateways and everything in them.
  - It is found by O(vpc_id), else by O(name). Several VPCs of one name are an error that lists them.
  - A VPC that is still in use is not deleted; the error names what uses it.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpc_id:
    description: Id of an existing VPC. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 128 characters.
    type: str
  cidr_block:
    description:
      - Network of the VPC, a C(/8) to C(/28). Needed to create it.
      - A change must leave every vSwitch inside.
    type: str
  user_cidrs:
    description: Up to three networks outside the private ranges that the VPC uses as if they were private. Cannot be
      changed.
    type: list
    elements: str
  dns_hostname:
    description: Whether instances of the VPC get DNS host names.
    type: bool
  description:
    description: Description, 1 to 256 characters.
    type: str
  resource_group_id:
    description: Resource group. A change moves the VPC.
    type: str
seealso:
  - module: hybridnet.alicloud.vpc_info
  - module: hybridnet.alicloud.vswitch
"""

EXAMPLES = r"""
- name: A network for the shops
  hybridnet.alicloud.vpc:
    region: cn-hangzhou
    name: vpc-shops
    cidr_block: 10.16.0.0/16
    description: Shops and warehouses
    tags:
      env: prod

- name: Remove it
  hybridnet.alicloud.vpc:
    region: cn-hangzhou
    name: vpc-shops
    state: absent
"""

RETURN = r"""
vpc:
  description: The VPC; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    name: vpc-shops
    status: Available
    cidr_block: 10.16.0.0/16
    route_table_id: vtb-bp145q7glnuzdvzu21pom
    vrouter_id: vrt-bp1lhl0taikrteen80oxx
    vswitch_ids: []
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpcs, CreateVpc]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVpc, code: QuotaExceeded.Vpc, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc import VPC


def main():
    run_resource_module(VPC)


if __name__ == "__main__":
    main()
