#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vco_route_entry_info
short_description: Read routes of an Alibaba Cloud IPsec connection for a transit router
version_added: 1.0.0
description: Returns the routes of an IPsec connection for a transit router that match all given options, in the shape
  of M(hybridnet.alicloud.vco_route_entry).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: IPsec connection of the routes.
    type: str
    required: true
  route_dest:
    description: Destination of the routes.
    type: str
  route_entry_type:
    description: V(custom) for routes made by users, V(bgp) for those learned by BGP.
    type: str
    choices: [custom, bgp]
    default: custom
seealso:
  - module: hybridnet.alicloud.vco_route_entry
"""

EXAMPLES = r"""
- name: Routes of a connection
  hybridnet.alicloud.vco_route_entry_info:
    region: cn-hangzhou
    vpn_connection_id: "{{ attached_connection_id }}"
"""

RETURN = r"""
vco_route_entries:
  description: The routes found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_connection_id: vco-bp1bbi27hojx80nckuvly, route_dest: 192.168.1.0/24, weight: 100, state: published}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVcoRouteEntries]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vco_route_entry import VCO_ROUTE_ENTRY


def main():
    filters = {
        "vpn_connection_id": {"type": "str", "required": True},
        "route_dest": {"type": "str"},
        "route_entry_type": {"type": "str", "choices": ["custom", "bgp"], "default": "custom"},
    }
    run_info_module(VCO_ROUTE_ENTRY, filters, "vco_route_entries")


if __name__ == "__main__":
    main()
