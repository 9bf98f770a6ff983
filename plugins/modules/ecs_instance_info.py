#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_instance_info
short_description: Read ECS instances of Alibaba Cloud
version_added: 1.0.0
description: Returns the instances of a region that match all given options, in the shape of
  M(hybridnet.alicloud.ecs_instance).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  instance_id:
    description: Id of the instance.
    type: str
  name:
    description: Name of the instances.
    type: str
  vpc_id:
    description: VPC of the instances.
    type: str
  vswitch_id:
    description: vSwitch of the instances.
    type: str
  zone_id:
    description: Zone of the instances.
    type: str
  security_group_id:
    description: Security group that the instances are in.
    type: str
  key_pair:
    description: Key pair of the instances.
    type: str
  private_ip:
    description: Address of the instance in its vSwitch.
    type: str
  resource_group_id:
    description: Resource group of the instances.
    type: str
  tags:
    description: Tags that the instances carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.ecs_instance
"""

EXAMPLES = r"""
- name: Instances of one VPC
  hybridnet.alicloud.ecs_instance_info:
    region: cn-hangzhou
    vpc_id: "{{ vpc_id }}"
  register: found

- name: Addresses of those that run
  ansible.builtin.debug:
    msg: "{{ found.ecs_instances | selectattr('status', 'eq', 'running') | map(attribute='private_ip') }}"
"""

RETURN = r"""
ecs_instances:
  description: The instances found.
  returned: success
  type: list
  elements: dict
  sample: [{instance_id: i-bp67acfmxazb4ph0ab1c, name: probe, status: running, private_ip: 172.16.1.10}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeInstances, DescribeUserData]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs_instance import ECS_INSTANCE


def main():
    # None of them is a secret, whatever their names suggest.
    filters = {name: {"type": "str", "no_log": False} for name in ECS_INSTANCE.list_filters}
    run_info_module(ECS_INSTANCE, filters, "ecs_instances")


if __name__ == "__main__":
    main()
