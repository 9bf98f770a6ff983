#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_acl_info
short_description: Read network ACLs of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the network ACLs of a region that match all given options, in the shape of
    M(hybridnet.alicloud.network_acl).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  network_acl_id:
    description: Id of the network ACL.
    type: str
  name:
    description: Name of the network ACLs.
    type: str
  vpc_id:
    description: VPC of the network ACLs.
    type: str
  tags:
    description: Tags that the network ACLs carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.network_acl
"""

EXAMPLES = r"""
- name: Network ACLs of a VPC
  hybridnet.alicloud.network_acl_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
  register: found

- name: Those that filter nothing
  ansible.builtin.debug:
    msg: "{{ found.network_acls | rejectattr('vswitch_ids') | map(attribute='name') }}"
"""

RETURN = r"""
network_acls:
  description: The network ACLs found.
  returned: success
  type: list
  elements: dict
  sample: [{network_acl_id: nacl-bp1lhl0taikrbgnh80oxx, name: acl-tills, status: Available, vswitch_ids: []}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeNetworkAcls]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._network_acl import NETWORK_ACL


def main():
    run_info_module(NETWORK_ACL, {"network_acl_id": {"type": "str"}, "vpc_id": {"type": "str"}}, "network_acls")


if __name__ == "__main__":
    main()
