#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: key_pair_info
short_description: Read SSH key pairs of Alibaba Cloud ECS
version_added: 1.0.0
description: Returns the key pairs of a region that match all given options, in the shape of
  M(hybridnet.alicloud.key_pair).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  name:
    description: Name of the key pair.
    type: str
  resource_group_id:
    description: Resource group of the key pairs.
    type: str
  tags:
    description: Tags that the key pairs carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.key_pair
"""

EXAMPLES = r"""
- name: Key pairs of the network operators
  hybridnet.alicloud.key_pair_info:
    region: cn-hangzhou
    tags:
      owner: netops
  register: found

- name: Their fingerprints
  ansible.builtin.debug:
    msg: "{{ found.key_pairs | map(attribute='fingerprint') }}"
"""

RETURN = r"""
key_pairs:
  description: The key pairs found.
  returned: success
  type: list
  elements: dict
  sample: [{name: operators, fingerprint: "89:f0:ba:62:ac:b8:aa:e1:61:5e:fd:81:69:86:6d:6b"}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeKeyPairs]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._key_pair import KEY_PAIR


def main():
    run_info_module(KEY_PAIR, {"name": {"type": "str"}, "resource_group_id": {"type": "str"}}, "key_pairs")


if __name__ == "__main__":
    main()
