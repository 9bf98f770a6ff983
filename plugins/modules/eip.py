#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: eip
short_description: Manage an elastic IP address of Alibaba Cloud
version_added: 1.0.0
description:
  - An elastic IP address (EIP) is a public address that can be bound to an instance and moved to another.
  - It is found by O(allocation_id), else by O(name). Several of one name are an error that lists them.
  - O(state=absent) unbinds the address before it is released.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
options:
  allocation_id:
    description: Id of an existing EIP. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 128 letters, digits, dots, dashes and underscores, the first one a letter.
    type: str
  bandwidth:
    description:
      - Bandwidth in Mbit/s. Without it the API gives a new address 5.
      - At most 500 for V(PayByBandwidth), 200 for V(PayByTraffic), 1000 for a subscription, whose bandwidth the
        API cannot change.
    type: int
  internet_charge_type:
    description: Whether the bandwidth or the traffic is paid for. Cannot be changed.
    type: str
    choices: [PayByBandwidth, PayByTraffic]
  charge_type:
    description: How the address is billed. A prepaid one cannot be released inside its term. Cannot be changed.
    type: str
    choices: [prepay, postpay]
  period:
    description: Months or years (see O(pricing_cycle)) to pay for with O(charge_type=prepay).
    type: int
  pricing_cycle:
    description: Unit of O(period).
    type: str
    choices: [Month, Year]
  auto_pay:
    description: Whether a prepaid order is paid at once. Without it the order waits to be paid in the console.
    type: bool
  isp:
    description: Line, such as V(BGP) or V(BGP_PRO). Cannot be changed.
    type: str
  description:
    description: Description, 2 to 256 characters that begin with a letter.
    type: str
  resource_group_id:
    description: Resource group. A change moves the address.
    type: str
  instance_id:
    description:
      - What the address is bound to. An address that is bound to something else is unbound from it first.
      - An empty text unbinds it; without this option the binding is left alone.
    type: str
  instance_type:
    description: What O(instance_id) is. Without it an address that was not bound takes it for an ECS instance.
    type: str
    choices: [EcsInstance, NetworkInterface, Nat, SlbInstance, HaVip, IpAddress]
  private_ip_address:
    description: Private address of the instance that the address stands for.
    type: str
  mode:
    description: How the address is bound to a network interface.
    type: str
    choices: [NAT, MULTI_BINDED, BINDED]
  instance_vpc_id:
    description: VPC of the address in O(instance_id) with O(instance_type=IpAddress).
    type: str
seealso:
  - module: hybridnet.alicloud.eip_info
"""

EXAMPLES = r"""
- name: An address for the jump host, paid by traffic
  hybridnet.alicloud.eip:
    region: cn-hangzhou
    name: eip-jump-host
    bandwidth: 20
    internet_charge_type: PayByTraffic
    instance_id: "{{ instance_id }}"
    tags:
      env: prod

- name: Take it off the host and keep it
  hybridnet.alicloud.eip:
    region: cn-hangzhou
    name: eip-jump-host
    instance_id: ""

- name: Release it
  hybridnet.alicloud.eip:
    region: cn-hangzhou
    name: eip-jump-host
    state: absent
"""

RETURN = r"""
eip:
  description: The EIP; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    allocation_id: eip-bp1rm8kg8ft0zsfhg2twh
    name: eip-jump-host
    ip_address: 203.0.113.50
    status: InUse
    bandwidth: 20
    instance_id: i-bp1cqhiw8jlxajsrdsvm
    instance_type: EcsInstance
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeEipAddresses, AllocateEipAddress]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: AllocateEipAddress, code: QuotaExceeded.Eip, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._eip import EIP


def main():
    run_resource_module(EIP)


if __name__ == "__main__":
    main()
