#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_server
short_description: Manage the IPsec server of an Alibaba Cloud VPN gateway
version_added: 1.0.0
description:
  - An IPsec server lets remote users reach the VPC with the IKE client of their phone or computer. A gateway with
    SSL-VPN and without IPsec connections can have one.
  - The server is found by O(ipsec_server_id), else by O(name) on the gateway.
  - Without O(ike) and O(ipsec) the API's own algorithms apply, which include SHA-1 and group 2. Name strong ones.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  ipsec_server_id:
    description: Id of an existing server. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 100 characters.
    type: str
  vpn_gateway_id:
    description: VPN gateway of the server, with SSL-VPN. Needed to create it; cannot be changed.
    type: str
  client_ip_pool:
    description:
      - Network of V(/16) to V(/29) that clients get their addresses from. It must not overlap O(local_subnets) or the
        VPC, and needs four addresses for each SSL connection of the gateway. Needed to create the server.
      - The system route table of the VPC gets a route to it.
    type: str
  local_subnets:
    description: Networks that clients may reach, at most 5, of V(/8) to V(/32). Needed to create the server.
    type: list
    elements: str
  effect_immediately:
    description: Whether a change renegotiates tunnels at once.
    type: bool
  psk:
    description: Pre-shared key of all clients. Without it the service makes one of 16 characters.
    type: str
  psk_update:
    description: When O(psk) is sent - when the one read back differs, in every run, or never.
    type: str
    choices: [on_change, always, never]
    default: on_change
  ike:
    description: Phase 1. It has no key of its own; see O(psk).
    type: dict
    suboptions:
      version:
        description: Version of IKE, V(ikev1) or V(ikev2).
        type: str
      mode:
        description: Mode of IKEv1, V(main) or V(aggressive), which reveals a hash of the key.
        type: str
      encryption:
        description: Cipher, in any spelling - V(aes256), V(aes192), V(aes128), V(3des) or V(des). The last are weak.
        type: str
      integrity:
        description: Hash, in any spelling - V(sha512), V(sha384), V(sha256), V(sha1) or V(md5). The last two are weak.
        type: str
      dh_group:
        description:
          - Diffie-Hellman group, also as V(group14) or V(modp2048) - V(14), V(5), V(2) or V(1).
          - All but V(14) are weak.
        type: str
      lifetime:
        description: Life of the IKE SA in seconds, 60 to 86400.
        type: int
      local_id:
        description: Identity of the gateway. Without it the service uses its public address.
        type: str
      remote_id:
        description: Identity of the clients. Without it any is accepted.
        type: str
  ipsec:
    description: Phase 2.
    type: dict
    suboptions:
      encryption:
        description: Cipher, in any spelling - V(aes256), V(aes192), V(aes128), V(3des) or V(des). The last are weak.
        type: str
      integrity:
        description: Hash, in any spelling - V(sha512), V(sha384), V(sha256), V(sha1) or V(md5). The last two are weak.
        type: str
      pfs_group:
        description:
          - Diffie-Hellman group of perfect forward secrecy - V(14), V(5), V(2), V(1) or V(disabled).
          - Spelled V(group14) or V(modp2048) a group is the same.
          - All groups but V(14) are weak.
        type: str
      lifetime:
        description: Life of the IPsec SA in seconds, 60 to 86400.
        type: int
seealso:
  - module: hybridnet.alicloud.ipsec_server_info
  - module: hybridnet.alicloud.ssl_vpn_server
"""

EXAMPLES = r"""
- name: Phones of the sales team
  hybridnet.alicloud.ipsec_server:
    region: cn-hangzhou
    name: ike-phones
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
    client_ip_pool: 10.10.0.0/24
    local_subnets: [172.16.0.0/16]
    psk: "{{ psk }}"
    ike: {version: ikev2, encryption: aes256, integrity: sha256, dh_group: 14}
    ipsec: {encryption: aes256, integrity: sha256, pfs_group: '14'}

- name: Close the server
  hybridnet.alicloud.ipsec_server:
    region: cn-hangzhou
    name: ike-phones
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
    state: absent
"""

RETURN = r"""
ipsec_server:
  description: The server without its key; empty after a delete. In check mode the values known before it exists.
  returned: success
  type: dict
  contains:
    psk_set:
      description: Whether there is a pre-shared key.
      returned: success
      type: bool
  sample:
    ipsec_server_id: iss-bp1bo3xuvcxo7ixllab1
    name: ike-phones
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    client_ip_pool: 10.10.0.0/24
    local_subnets: [172.16.0.0/16]
    internet_ip: 203.0.113.12
    psk_set: true
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [ListIpsecServers, CreateIpsecServer, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateIpsecServer, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module, secret_update_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_server import IPSEC_SERVER


def main():
    run_resource_module(IPSEC_SERVER, secret_update_spec("psk"))


if __name__ == "__main__":
    main()
