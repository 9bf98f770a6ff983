#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_instance
short_description: Manage an ECS instance of Alibaba Cloud
version_added: 1.0.0
description:
  - Creates an instance, changes what can be changed while it exists, starts, stops and terminates it.
  - An instance is found by O(instance_id), else by O(name). Several instances of one name are an error that lists them.
  - An instance is billed from its creation.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  instance_id:
    description: Id of an existing instance. O(name) then renames it.
    type: str
  name:
    description: Name, 2 to 128 letters, digits, dots, colons, dashes and underscores, the first one a letter.
    type: str
  state:
    description:
      - V(present) creates the instance, which then runs, and leaves one that exists running or stopped as it is.
      - V(running) and V(stopped) also start or stop it.
      - V(absent) terminates it, running or not. Its system disk is lost. A protected or prepaid instance is refused.
    type: str
    choices: [present, absent, running, stopped]
    default: present
  description:
    description: Description, 2 to 256 characters.
    type: str
  host_name:
    description: Host name inside the system. A change takes effect when the instance is started the next time.
    type: str
  image_id:
    description: Image of the system disk. Needed to create the instance; cannot be changed.
    type: str
  instance_type:
    description: Type such as V(ecs.g7.large). Needed to create the instance; cannot be changed.
    type: str
  vswitch_id:
    description: vSwitch of the instance, which determines its VPC and zone. Needed to create it; cannot be changed.
    type: str
  security_group_ids:
    description: Security groups, all of the same VPC and kind. Needed to create the instance. Order carries no meaning.
    type: list
    elements: str
  key_pair:
    description: Name of the key pair whose public key may log in. Cannot be changed.
    type: str
  user_data:
    description:
      - Text for cloud-init, up to 32 KB, as it is, not encoded. It acts when the instance starts for the first time,
        so it cannot be changed.
      - It may hold secrets, so neither result nor diff shows it.
    type: str
  private_ip:
    description: Address in the vSwitch. Without it the cloud chooses one. Cannot be changed.
    type: str
  system_disk:
    description: System disk. It acts at creation only; the disk of an existing instance is not compared.
    type: dict
    suboptions:
      category:
        description: Kind of disk.
        type: str
        choices: [cloud_essd, cloud_essd_entry, cloud_auto, cloud_efficiency, cloud_ssd]
      size:
        description: Size in GiB, at least that of the image.
        type: int
      performance_level:
        description: Level of a disk of the kind V(cloud_essd).
        type: str
        choices: [PL0, PL1, PL2, PL3]
  internet_bandwidth:
    description:
      - Bandwidth to the internet in Mbit/s. With more than 0 the instance gets a public address. Cannot be changed.
      - Leave it out for an instance that gets an elastic address (EIP).
    type: int
  internet_charge_type:
    description: How traffic to the internet is billed. Cannot be changed.
    type: str
    choices: [pay_by_traffic, pay_by_bandwidth]
  charge_type:
    description: How the instance is billed. Without it as it goes. A prepaid one cannot be deleted inside its term.
      Cannot be changed.
    type: str
    choices: [postpaid, prepaid]
  period:
    description: Months to pay for with O(charge_type=prepaid).
    type: int
    choices: [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60]
  deletion_protection:
    description: Whether the instance is protected against deletion, also by this module.
    type: bool
  resource_group_id:
    description: Resource group. A change moves the instance.
    type: str
  stopped_mode:
    description: Whether O(state=stopped) gives the machine back, so that only its disks are billed, or keeps it.
    type: str
    choices: [keep_charging, stop_charging]
seealso:
  - module: hybridnet.alicloud.ecs_instance_info
  - module: hybridnet.alicloud.key_pair
  - module: hybridnet.alicloud.security_group
"""

EXAMPLES = r"""
- name: A host in the VPC to measure the tunnels with
  hybridnet.alicloud.ecs_instance:
    region: cn-hangzhou
    name: probe
    image_id: debian_12_6_x64_20G_alibase_20240711.vhd
    instance_type: ecs.e-c1m1.large
    vswitch_id: "{{ vswitch_a_id }}"
    security_group_ids: ["{{ security_group_id }}"]
    key_pair: "{{ key_pair_name }}"
    private_ip: 172.16.1.10
    system_disk:
      category: cloud_essd
      size: 20
      performance_level: PL0
    user_data: |
      #cloud-config
      packages: [iperf3]
    tags:
      env: prod

- name: Stop it, and pay for its disk only
  hybridnet.alicloud.ecs_instance:
    region: cn-hangzhou
    name: probe
    state: stopped
    stopped_mode: stop_charging

- name: Start it again
  hybridnet.alicloud.ecs_instance:
    region: cn-hangzhou
    name: probe
    state: running

- name: Terminate it
  hybridnet.alicloud.ecs_instance:
    region: cn-hangzhou
    name: probe
    state: absent
"""

RETURN = r"""
ecs_instance:
  description: The instance; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  contains:
    status:
      description: State of the instance - pending, starting, running, stopping or stopped.
      returned: success
      type: str
    private_ip:
      description: Address in the vSwitch.
      returned: success
      type: str
    public_ip:
      description: Public address that came with the instance, if any.
      returned: success
      type: str
    eip:
      description: Elastic address that is bound to the instance, if any.
      returned: success
      type: str
    user_data_set:
      description: Whether the instance has user data.
      returned: success
      type: bool
  sample:
    instance_id: i-bp67acfmxazb4ph0ab1c
    name: probe
    status: running
    image_id: debian_12_6_x64_20G_alibase_20240711.vhd
    instance_type: ecs.e-c1m1.large
    vpc_id: vpc-bp1m7v25emi1h5mtc8v6x
    vswitch_id: vsw-bp1i3v1xnmcs4kmnb8hki
    zone_id: cn-hangzhou-h
    private_ip: 172.16.1.10
    security_group_ids: [sg-bp15ed6xe1yxeycg7ov3]
    user_data_set: true
    tags: {env: prod}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeInstances, DescribeUserData, RunInstances]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: RunInstances, code: InvalidImageId.NotFound, message: The image does not exist.,
    request_id: 5BE01CD7, status: 404}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs_instance import ECS_INSTANCE


def main():
    run_resource_module(ECS_INSTANCE)


if __name__ == "__main__":
    main()
