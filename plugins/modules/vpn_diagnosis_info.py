#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_diagnosis_info
short_description: Have IPsec connections of Alibaba Cloud diagnosed
version_added: 1.0.0
description: Asks the service what is wrong with the tunnels of IPsec connections. At least one option that selects
  tunnels is needed; a tunnel must match all that are given.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_ids:
    description: Ids of the IPsec connections.
    type: list
    elements: str
  tunnel_ids:
    description: Ids of the tunnels.
    type: list
    elements: str
  vpn_gateway_id:
    description: VPN gateway of the connections.
    type: str
seealso:
  - module: hybridnet.alicloud.ipsec_connection_log_info
"""

EXAMPLES = r"""
- name: What is wrong with the connections of a gateway
  hybridnet.alicloud.vpn_diagnosis_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ vpn_gateway_id }}"
  register: diagnosis

- name: Tunnels in trouble
  ansible.builtin.debug:
    msg: "{{ diagnosis.findings | rejectattr('severity', 'eq', 'normal') }}"
"""

RETURN = r"""
findings:
  description: What the service found about each tunnel.
  returned: success
  type: list
  elements: dict
  sample:
    - vpn_connection_id: vco-bp1bbi27hojx80nckuvly
      tunnel_id: tun-opsqc4d97wni27
      severity: critical
      reason_code: IkeNegotiationFailed
      reason: Phase 1 is not established.
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DiagnoseVpnConnections]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DiagnoseVpnConnections, code: Resource.QuotaFull, message: The quota is full., request_id:
    5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import WORD
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, decode

SELECTORS = {
    "vpn_connection_ids": "VpnConnectionIds",
    "tunnel_ids": "TunnelIds",
    "vpn_gateway_id": "VpnGatewayId",
}
FINDING = Resource(
    kind="vpn_diagnosis",
    title="finding",
    key=("tunnel_id",),
    rank=0,
    list_action="DiagnoseVpnConnections",
    list_items=("VpnConnections",),
    list_filters=SELECTORS,
    fields=(
        Field("vpn_connection_id", read="VpnConnectionId"),
        Field("tunnel_id", read="TunnelId"),
        Field("severity", read="Severity", codec=WORD),
        Field("reason_code", read="FailedReasonCode"),
        Field("reason", read="FailedReason"),
        Field("time", read="FailedTime"),
        Field("local_parameter", read="MismatchLocalParam"),
        Field("remote_parameter", read="MismatchRemoteParam"),
        Field("source_log", read="SourceLog"),
    ),
)


def gather(module):
    session = module.session()
    params = FINDING.list_params({option: module.params[option] for option in SELECTORS})
    rows = session.pages(FINDING.list_action, params, FINDING.list_items)
    findings = [decode(FINDING, row) for row in rows]
    module.exit_json(changed=False, findings=findings, actions=sorted(session.calls))


def main():
    spec = {
        "vpn_connection_ids": {"type": "list", "elements": "str"},
        "tunnel_ids": {"type": "list", "elements": "str"},
        "vpn_gateway_id": {"type": "str"},
    }
    module = AlicloudModule(spec, supports_check_mode=True, required_one_of=[list(SELECTORS)])
    module.guarded(lambda: gather(module))


if __name__ == "__main__":
    main()
