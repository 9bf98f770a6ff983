#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_acl
short_description: Manage a network ACL of Alibaba Cloud
version_added: 1.0.0
description:
  - A network ACL filters what enters and leaves the vSwitches that are associated with it. It keeps no state, so
    answers need rules of their own.
  - It is found by O(network_acl_id), else by O(name), within O(vpc_id) if that is given. Several of one name are an
    error that lists them.
  - O(state=absent) takes the ACL off its vSwitches before it is deleted.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  network_acl_id:
    description: Id of an existing network ACL. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 128 characters.
    type: str
  vpc_id:
    description: VPC of the network ACL. Needed to create it; cannot be changed.
    type: str
  description:
    description: Description, 1 to 256 characters.
    type: str
  ingress:
    description:
      - Rules for what enters the vSwitches, in the order in which they are tried; the first that fits decides.
      - The list replaces all rules of this direction that users made; an empty one leaves only those of the system,
        which drop everything.
      - Without this option the rules are left alone. The service gives a new ACL one that accepts everything.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the rule, 1 to 128 characters.
        type: str
      protocol:
        description: Protocol the rule is for.
        type: str
        choices: [all, tcp, udp, icmp, gre]
        default: all
      port:
        description: Range of ports such as V(80/80) for TCP and UDP. The others have no ports, which is V(-1/-1).
        type: str
        default: -1/-1
      cidr_block:
        description: Source network.
        type: str
        required: true
      policy:
        description: What happens to a packet that fits.
        type: str
        choices: [accept, drop]
        required: true
      description:
        description: Description of the rule, 1 to 256 characters.
        type: str
  egress:
    description:
      - Rules for what leaves the vSwitches, in the order in which they are tried; the first that fits decides.
      - The list replaces all rules of this direction that users made; an empty one leaves only those of the system,
        which drop everything.
      - Without this option the rules are left alone. The service gives a new ACL one that accepts everything.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the rule, 1 to 128 characters.
        type: str
      protocol:
        description: Protocol the rule is for.
        type: str
        choices: [all, tcp, udp, icmp, gre]
        default: all
      port:
        description: Range of ports such as V(80/80) for TCP and UDP. The others have no ports, which is V(-1/-1).
        type: str
        default: -1/-1
      cidr_block:
        description: Destination network.
        type: str
        required: true
      policy:
        description: What happens to a packet that fits.
        type: str
        choices: [accept, drop]
        required: true
      description:
        description: Description of the rule, 1 to 256 characters.
        type: str
  vswitch_ids:
    description:
      - The vSwitches that the ACL filters, and no others.
      - Without this option associations are left alone.
    type: list
    elements: str
seealso:
  - module: hybridnet.alicloud.network_acl_info
  - module: hybridnet.alicloud.vswitch
"""

EXAMPLES = r"""
- name: Only the stores reach the tills
  hybridnet.alicloud.network_acl:
    region: cn-hangzhou
    name: acl-tills
    vpc_id: "{{ vpc_id }}"
    ingress:
      - name: tills
        protocol: tcp
        port: 8443/8443
        cidr_block: 192.168.0.0/16
        policy: accept
      - cidr_block: 0.0.0.0/0
        policy: drop
    egress:
      - cidr_block: 192.168.0.0/16
        policy: accept
    vswitch_ids:
      - "{{ vswitch_a_id }}"

- name: Remove it
  hybridnet.alicloud.network_acl:
    region: cn-hangzhou
    name: acl-tills
    vpc_id: "{{ vpc_id }}"
    state: absent
"""

RETURN = r"""
network_acl:
  description: The network ACL without the rules of the system; empty after a delete. In check mode the values that are
    known before it exists.
  returned: success
  type: dict
  sample:
    network_acl_id: nacl-bp1lhl0taikrbgnh80oxx
    name: acl-tills
    status: Available
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    ingress: [{protocol: tcp, port: 8443/8443, cidr_block: 192.168.0.0/16, policy: accept, name: tills}]
    egress: [{protocol: all, port: -1/-1, cidr_block: 192.168.0.0/16, policy: accept}]
    vswitch_ids: [vsw-bp1i3v1xnmcs4kmnb8hki]
    tags: {}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeNetworkAcls, CreateNetworkAcl]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateNetworkAcl, code: Resource.QuotaFull, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._network_acl import NETWORK_ACL


def main():
    run_resource_module(NETWORK_ACL)


if __name__ == "__main__":
    main()
