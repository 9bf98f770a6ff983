#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: security_group
short_description: Manage a security group of Alibaba Cloud with its rules
version_added: 1.0.0
description:
  - Creates, changes and deletes a security group together with its rules of both directions.
  - A group is found by O(security_group_id), else by O(name), within O(vpc_id) if that is given. Several groups of one
    name are an error that lists them.
  - Order and spelling of rules carry no meaning. New rules are added before old ones are removed, so that what is
    allowed before and after a change is allowed all the time.
  - A group cannot be deleted while an instance is in it or a rule of another group names it.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  security_group_id:
    description: Id of an existing group. O(name) then renames it.
    type: str
  name:
    description: Name, 2 to 128 letters, digits, dots, colons, dashes and underscores, the first one a letter.
    type: str
  vpc_id:
    description: VPC of the group. Needed to create it; cannot be changed.
    type: str
  type:
    description: Kind of group. V(enterprise) holds more addresses but keeps its members apart. Cannot be changed.
    type: str
    choices: [normal, enterprise]
  description:
    description: Description, 2 to 256 characters.
    type: str
  inner_access:
    description: Whether the members of a normal group reach one another without a rule.
    type: str
    choices: [accept, drop]
  rules:
    description:
      - Rules the group shall have. Without this option rules are left alone; V([]) removes all if O(purge_rules=true).
      - Words are taken in any case.
    type: list
    elements: dict
    suboptions:
      direction:
        description: V(ingress) for traffic to the members, V(egress) for traffic from them.
        type: str
        default: ingress
      protocol:
        description: V(tcp), V(udp), V(icmp), V(gre) or V(all).
        type: str
        required: true
      ports:
        description: Port such as V(22) or range such as V(8000/8010), for TCP and UDP only. Without it all ports.
        type: str
      cidr:
        description: Network at the other end, or a single address. Either this or O(rules[].group_id).
        type: str
      group_id:
        description: Security group of the same VPC at the other end.
        type: str
      policy:
        description: V(accept) or V(drop).
        type: str
        default: accept
      priority:
        description: Priority from 1, which is considered first, to 100. Of two rules of one priority V(drop) wins.
        type: int
        default: 1
      description:
        description: Description, up to 512 characters. Without it, or when it is empty, that of a rule
          that exists is kept.
        type: str
  purge_rules:
    description: Whether to remove rules that O(rules) does not name. It acts only if O(rules) is given.
    type: bool
    default: true
  resource_group_id:
    description: Resource group. A change moves the group.
    type: str
seealso:
  - module: hybridnet.alicloud.security_group_info
  - module: hybridnet.alicloud.ecs_instance
"""

EXAMPLES = r"""
- name: What the stores may reach
  hybridnet.alicloud.security_group:
    region: cn-hangzhou
    name: sg-stores
    vpc_id: "{{ vpc_id }}"
    description: Traffic from the stores
    rules:
      - protocol: tcp
        ports: 443
        cidr: 192.168.0.0/16
        description: web
      - protocol: icmp
        cidr: 192.168.0.0/16
      - direction: egress
        protocol: all
        cidr: 203.0.113.0/24
        policy: drop
        priority: 10
    tags:
      env: prod

- name: One more rule, whatever else the group holds
  hybridnet.alicloud.security_group:
    region: cn-hangzhou
    name: sg-stores
    vpc_id: "{{ vpc_id }}"
    rules:
      - protocol: tcp
        ports: 8000/8010
        cidr: 192.168.7.0/24
    purge_rules: false

- name: Remove the group
  hybridnet.alicloud.security_group:
    region: cn-hangzhou
    name: sg-stores
    state: absent
"""

RETURN = r"""
security_group:
  description: The group with its rules; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    security_group_id: sg-bp15ed6xe1yxeycg7ov3
    name: sg-stores
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    type: normal
    inner_access: accept
    rules:
      - {rule_id: sgr-bp1bolwvkqpuj0mv1v3m, direction: ingress, protocol: tcp, ports: 443/443, cidr: 192.168.0.0/16,
        policy: accept, priority: 1, description: web}
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [AuthorizeSecurityGroup, CreateSecurityGroup, DescribeSecurityGroups]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DeleteSecurityGroup, code: DependencyViolation, message: There is still instance(s) in the group.,
    request_id: 5BE01CD7, status: 403}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import Hooks, run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils._security_rules import completed
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._security_group import SECURITY_GROUP


def complete(params):
    """Let the wanted rules know which of them exist, and keep the others unless they are to go."""
    return lambda options, have: completed(options, have, params["purge_rules"])


def main():
    extra_spec = {"purge_rules": {"type": "bool", "default": True}}
    run_resource_module(SECURITY_GROUP, extra_spec, Hooks(complete=complete))


if __name__ == "__main__":
    main()
