#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway_zone_info
short_description: Read where VPN gateways can be made in a region of Alibaba Cloud
version_added: 1.0.0
description: Returns the zones of a region that offer VPN gateways of a bandwidth, and whether the region offers BGP.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  bandwidth:
    description: Bandwidth of the gateway in Mbit/s.
    type: int
    choices: [5, 10, 20, 50, 100, 200, 500, 1000]
    required: true
seealso:
  - module: hybridnet.alicloud.vpn_gateway
  - module: hybridnet.alicloud.vswitch
"""

EXAMPLES = r"""
- name: Two zones for the endpoints of a gateway
  hybridnet.alicloud.vpn_gateway_zone_info:
    region: cn-hangzhou
    bandwidth: 100
  register: offer

- name: Their ids
  ansible.builtin.debug:
    msg: "{{ offer.zones[:2] | map(attribute='zone_id') }}"
"""

RETURN = r"""
zones:
  description: The zones.
  returned: success
  type: list
  elements: dict
  sample: [{zone_id: cn-hangzhou-h, name: Zone H}]
bgp:
  description: Whether gateways of the region can speak BGP.
  returned: success
  type: bool
  sample: true
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnGatewayAvailableZones, CheckVpnBgpEnabled]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import BANDWIDTHS


def gather(module):
    session = module.session()
    offer = session.call("DescribeVpnGatewayAvailableZones", {"Spec": f"{module.params['bandwidth']}M"})
    zones = [{"zone_id": zone["ZoneId"], "name": zone.get("ZoneName")} for zone in offer["AvailableZoneIdList"]]
    bgp = bool(session.call("CheckVpnBgpEnabled", {}).get("BgpEnabled"))
    module.exit_json(changed=False, zones=zones, bgp=bgp, actions=sorted(session.calls))


def main():
    spec = {"bandwidth": {"type": "int", "choices": list(BANDWIDTHS), "required": True}}
    module = AlicloudModule(spec, supports_check_mode=True)
    module.guarded(lambda: gather(module))


if __name__ == "__main__":
    main()
