#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway_diagnosis_info
short_description: Have a VPN gateway of Alibaba Cloud diagnosed for one of its IPsec connections
version_added: 1.0.0
description:
  - Starts the one-click diagnosis of a VPN gateway for one of its IPsec connections and waits for its result. Nothing
    is changed by it.
  - It looks at conflicts of routes, quotas, the settings of both ends, and whether the customer gateway can be
    reached. M(hybridnet.alicloud.vpn_diagnosis_info) tells why a tunnel does not negotiate.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway to diagnose.
    type: str
    required: true
  vpn_connection_id:
    description: IPsec connection of the gateway.
    type: str
    required: true
  private_source_ip:
    description: Address in the VPC. With O(private_destination_ip) the way between the two is looked at as well.
    type: str
  private_destination_ip:
    description: Address on the customer's side.
    type: str
  wait_timeout:
    description: Seconds to wait for the result.
    type: int
    default: 120
seealso:
  - module: hybridnet.alicloud.vpn_diagnosis_info
  - module: hybridnet.alicloud.ipsec_connection_log_info
"""

EXAMPLES = r"""
- name: Look at everything between an instance and a till
  hybridnet.alicloud.vpn_gateway_diagnosis_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    vpn_connection_id: "{{ vpn_connection_id }}"
    private_source_ip: 172.16.1.10
    private_destination_ip: 192.168.99.10
  register: diagnosis

- name: What is not as it should be
  ansible.builtin.debug:
    msg: "{{ diagnosis.findings | rejectattr('level', 'eq', 'normal') }}"
"""

RETURN = r"""
findings:
  description: The items that were looked at, each with its level (V(normal), V(warning), V(error)) and details.
  returned: success
  type: list
  elements: dict
  sample:
    - item: VpnIPsecQuota
      level: normal
      details: {quotaName: connections_per_gateway, quantity: 10, used: 1}
diagnosis_id:
  description: Id of the diagnosis.
  returned: success
  type: str
  sample: vpndgn-bp1fj1eh0nb4uifqbx4fn
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DiagnoseVpnGateway, GetVpnGatewayDiagnoseResult]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DiagnoseVpnGateway, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

import json

from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import Waiter
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import address
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import PlanError

ENDS = {"private_source_ip": "PrivateSourceIp", "private_destination_ip": "PrivateDestinationIp"}


def details(text):
    """The description of an item, which is JSON where it has parts."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def gather(module):
    params = module.params
    wrong = [address(params[option], option) for option in ENDS if params[option] is not None]
    if any(wrong):
        raise PlanError([problem for problem in wrong if problem])
    session = module.session()
    asked = {
        "VpnGatewayId": params["vpn_gateway_id"],
        "ResourceId": params["vpn_connection_id"],
        "ResourceType": "IPsec",
    }
    ends = {name: params[option] for option, name in ENDS.items() if params[option] is not None}
    if ends:
        asked["IPsecExtendInfo"] = json.dumps(ends)
    identifier = session.call("DiagnoseVpnGateway", asked)["DiagnoseId"]

    def look():
        reply = session.call("GetVpnGatewayDiagnoseResult", {"DiagnoseId": identifier})
        state = f"{reply.get('FinishedCount') or 0} of {reply.get('TotalCount')} items"
        return bool(reply.get("FinishTime")), state, reply

    result = Waiter(session, params["wait_timeout"]).until(look, f"diagnosis {identifier}", "finished")
    findings = [
        {
            "item": item["DiagnoseName"],
            "level": item["DiagnoseResultLevel"],
            "details": details(item.get("DiagnoseResultDescription")),
        }
        for item in result["DiagnoseResult"]
    ]
    module.exit_json(changed=False, findings=findings, diagnosis_id=identifier, actions=sorted(session.calls))


def main():
    spec = {
        "vpn_gateway_id": {"type": "str", "required": True},
        "vpn_connection_id": {"type": "str", "required": True},
        **{option: {"type": "str"} for option in ENDS},
        "wait_timeout": {"type": "int", "default": 120},
    }
    module = AlicloudModule(spec, supports_check_mode=True, required_together=[list(ENDS)])
    module.guarded(lambda: gather(module))


if __name__ == "__main__":
    main()
