#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_peer_config_info
short_description: Read what the device at the other end of an IPsec connection needs
version_added: 1.0.0
description:
  - Returns the configuration of the customer's device for an IPsec connection of Alibaba Cloud, seen from that
    device - local is the device, remote is the cloud.
  - Pre-shared keys are returned only when asked for.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: Id of the IPsec connection.
    type: str
    required: true
  include_psk:
    description: Whether to return the pre-shared keys in clear. Keep them out of logs then, with C(no_log) on the
      task.
    type: bool
    default: false
seealso:
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: What the router of the store needs
  hybridnet.alicloud.vpn_peer_config_info:
    region: cn-hangzhou
    vpn_connection_id: "{{ vpn_connection_id }}"
  register: peer

- name: Addresses of the cloud that it talks to
  ansible.builtin.debug:
    msg: "{{ peer.vpn_peer_config.tunnels | map(attribute='remote_address') }}"
"""

RETURN = r"""
vpn_peer_config:
  description:
    - The configuration. C(tunnels) holds it for a dual-tunnel connection; otherwise C(ike), C(ipsec) and the addresses
      stand at the top.
  returned: success
  type: dict
  sample:
    local_subnets: [192.168.1.0/24]
    remote_subnets: [172.16.0.0/16]
    tunnels:
      - tunnel_id: tun-opsqc4d97wni27
        local_address: 198.51.100.10
        remote_address: 203.0.113.10
        ike: {version: ikev2, encryption: aes256, integrity: sha256, dh_group: 14, psk_set: true}
        ipsec: {encryption: aes256, integrity: sha256, pfs_group: '14', lifetime: 3600}
    bgp: []
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DownloadVpnConnectionConfig]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DownloadVpnConnectionConfig, code: Resource.QuotaFull, message: The quota is full., request_id:
    5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import decode, secrets_of, without_secrets
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_peer_config import VPN_PEER_CONFIG


def gather(module):
    session = module.session()
    reply = session.call(VPN_PEER_CONFIG.get_action, {"VpnConnectionId": module.params["vpn_connection_id"]})
    config = decode(VPN_PEER_CONFIG, reply.get("VpnConnectionConfig") or {})
    if not module.params["include_psk"]:
        for secret in secrets_of(VPN_PEER_CONFIG.fields, config):
            module.keep_secret(secret)
        config = without_secrets(VPN_PEER_CONFIG, config)
    module.exit_json(changed=False, vpn_peer_config=config, actions=sorted(session.calls))


def main():
    spec = {
        "vpn_connection_id": {"type": "str", "required": True},
        "include_psk": {"type": "bool", "default": False},
    }
    module = AlicloudModule(spec, supports_check_mode=True)
    module.guarded(lambda: gather(module))


if __name__ == "__main__":
    main()
