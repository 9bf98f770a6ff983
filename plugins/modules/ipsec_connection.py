#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_connection
short_description: Manage an IPsec connection of a VPN gateway of Alibaba Cloud
version_added: 1.0.0
description:
  - Creates, changes and deletes an IPsec connection between a VPN gateway and a customer gateway.
  - On a gateway with two endpoints give O(tunnels), on one with a single endpoint the options at the top level.
  - The connection is found by O(vpn_connection_id), else by O(name) on its gateway. Several of one name are an error
    that lists them.
  - An option that is left out is not managed. The API's own defaults for a new connection (IKEv1, AES-128, MD5,
    group 2) are weak, so name the algorithms.
  - The service takes one change at a time on a gateway; a gateway that is busy is waited for.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: Id of an existing connection. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 100 characters.
    type: str
  vpn_gateway_id:
    description: VPN gateway of the connection. Needed to create it; cannot be changed.
    type: str
  customer_gateway_id:
    description: Customer gateway of a single-tunnel connection. Cannot be changed.
    type: str
  local_subnets:
    description:
      - Networks of the cloud side, 1 to 10. Needed to create the connection.
      - V(0.0.0.0/0) on both sides makes a connection whose traffic is chosen by routes alone.
    type: list
    elements: str
  remote_subnets:
    description: Networks of the customer's side, 1 to 10. Needed to create the connection.
    type: list
    elements: str
  effect_immediately:
    description: Whether the gateway starts to negotiate at once; otherwise it waits for traffic.
    type: bool
  auto_config_route:
    description:
      - Whether the service makes policy-based routes of the gateway out of the networks (they are not published to
        the VPC).
      - The API never returns this option, so it is sent when the connection is created and along with other changes.
    type: bool
  dpd:
    description: Dead peer detection of a single-tunnel connection.
    type: bool
  nat_traversal:
    description: NAT traversal of a single-tunnel connection.
    type: bool
  remote_ca_certificate:
    description: CA certificate of the peer in PEM. A single-tunnel gateway of type V(NationalStandard) needs it.
    type: str
  ike:
    description: Phase 1 of a single-tunnel connection.
    type: dict
    suboptions: &ike
      psk:
        description:
          - Pre-shared key, 8 to 100 characters without spaces. Without it the service makes one.
          - It is never returned or shown.
        type: str
      version:
        description: Version of IKE, V(ikev1) or V(ikev2).
        type: str
      mode:
        description: Mode of IKEv1, V(main) or V(aggressive), which reveals a hash of the key.
        type: str
      encryption:
        description:
          - Cipher, in any spelling - V(aes256), V(aes192), V(aes128), V(3des), V(des) or V(sm4).
          - V(des) and V(3des) are weak; V(sm4) is for gateways of type V(NationalStandard) only.
        type: str
      integrity:
        description:
          - Hash, in any spelling - V(sha512), V(sha384), V(sha256), V(sha1), V(md5) or V(sm3).
          - V(md5) and V(sha1) are weak; V(sm3) is for gateways of type V(NationalStandard) only.
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
        description: Identity of the gateway. Without it the service uses the public address of the endpoint.
        type: str
      remote_id:
        description: Identity of the peer. Without it the service uses the address of the customer gateway.
        type: str
  ipsec:
    description: Phase 2 of a single-tunnel connection.
    type: dict
    suboptions: &ipsec
      encryption:
        description:
          - Cipher, in any spelling - V(aes256), V(aes192), V(aes128), V(3des), V(des) or V(sm4).
          - V(des) and V(3des) are weak; V(sm4) is for gateways of type V(NationalStandard) only.
        type: str
      integrity:
        description:
          - Hash, in any spelling - V(sha512), V(sha384), V(sha256), V(sha1), V(md5) or V(sm3).
          - V(md5) and V(sha1) are weak; V(sm3) is for gateways of type V(NationalStandard) only.
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
  health_check:
    description: Health check of a single-tunnel connection. Dual-tunnel connections are checked by the service itself.
    type: dict
    suboptions:
      enabled:
        description: Whether the check runs.
        type: bool
      destination:
        description: Address on the customer's side that is pinged.
        type: str
      source:
        description: Address in the VPC that the ping comes from.
        type: str
      interval:
        description: Seconds between two checks.
        type: int
      retry:
        description: Failures after which the connection counts as broken.
        type: int
  bgp:
    description: BGP of a single-tunnel connection.
    type: dict
    suboptions:
      enabled:
        description: Whether BGP runs over the tunnel.
        type: bool
      local_asn: &local_asn
        description: AS number of the cloud side. Without it the service uses 45104.
        type: str
      tunnel_cidr: &tunnel_cidr
        description: A /30 of 169.254.0.0/16 for the two ends of the tunnel, unique on the gateway.
        type: str
      local_address: &local_address
        description: Address of the cloud side within O(bgp.tunnel_cidr).
        type: str
  enable_tunnels_bgp:
    description: Whether BGP runs over the tunnels of a dual-tunnel connection.
    type: bool
  tunnels:
    description: The two tunnels of a dual-tunnel connection, in any order.
    type: list
    elements: dict
    suboptions:
      role:
        description: Active (V(master)) or standby (V(slave)) tunnel.
        type: str
        required: true
        choices: [master, slave]
      customer_gateway_id:
        description: Customer gateway of the tunnel. Needed to create it.
        type: str
      dpd:
        description: Dead peer detection.
        type: bool
      nat_traversal:
        description: NAT traversal.
        type: bool
      remote_ca_certificate:
        description: CA certificate of the peer in PEM. A gateway of type V(NationalStandard) needs it.
        type: str
      ike:
        description: Phase 1 of the tunnel.
        type: dict
        suboptions: *ike
      ipsec:
        description: Phase 2 of the tunnel.
        type: dict
        suboptions: *ipsec
      bgp:
        description: BGP of the tunnel.
        type: dict
        suboptions:
          local_asn: *local_asn
          tunnel_cidr: *tunnel_cidr
          local_address:
            description: Address of the cloud side within the tunnel's C(tunnel_cidr).
            type: str
  psk_update:
    description:
      - When pre-shared keys are sent - when the one read back differs, in every run, or only at creation.
      - A key that the service does not read back is treated as unchanged, with a warning.
    type: str
    choices: [on_change, always, never]
    default: on_change
seealso:
  - module: hybridnet.alicloud.ipsec_connection_info
  - module: hybridnet.alicloud.vpn_sites
    description: Whole sites in one task.
"""

EXAMPLES = r"""
- name: A dual-tunnel connection
  hybridnet.alicloud.ipsec_connection:
    region: cn-hangzhou
    name: ipsec-store-001-main
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    local_subnets: [172.16.0.0/16]
    remote_subnets: [192.168.1.0/24]
    effect_immediately: true
    auto_config_route: false
    tunnels:
      - role: master
        customer_gateway_id: "{{ customer_gateway_id }}"
        dpd: true
        nat_traversal: true
        ike: &ike
          psk: "{{ psk }}"
          version: ikev2
          encryption: aes256
          integrity: sha256
          dh_group: 14
        ipsec: &ipsec
          encryption: aes256
          integrity: sha256
          pfs_group: '14'
      - role: slave
        customer_gateway_id: "{{ customer_gateway_id }}"
        dpd: true
        nat_traversal: true
        ike: *ike
        ipsec: *ipsec

- name: A single-tunnel connection with a health check
  hybridnet.alicloud.ipsec_connection:
    region: cn-hangzhou
    name: ipsec-store-002-main
    vpn_gateway_id: "{{ single_tunnel_gateway_id }}"
    customer_gateway_id: "{{ customer_gateway_id }}"
    local_subnets: [172.16.0.0/16]
    remote_subnets: [192.168.2.0/24]
    ike:
      psk: "{{ psk }}"
      version: ikev2
      encryption: aes256
      integrity: sha256
      dh_group: 14
    ipsec:
      encryption: aes256
      integrity: sha256
      pfs_group: '14'
    health_check:
      enabled: true
      source: 172.16.1.10
      destination: 192.168.2.10

- name: Change the group of one tunnel, and nothing else
  hybridnet.alicloud.ipsec_connection:
    region: cn-hangzhou
    name: ipsec-store-001-main
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    tunnels:
      - role: master
        ipsec:
          pfs_group: disabled
      - role: slave

- name: Remove the connection
  hybridnet.alicloud.ipsec_connection:
    region: cn-hangzhou
    name: ipsec-store-001-main
    vpn_gateway_id: "{{ vpn_gateway_id }}"
    state: absent
"""

RETURN = r"""
ipsec_connection:
  description:
    - The connection without its keys; empty after a delete. In check mode the values that are known before it exists.
    - C(state) is the life of the object, C(status) the outcome of the negotiation (V(ipsec_sa_established) when it
      carries traffic).
  returned: success
  type: dict
  sample:
    vpn_connection_id: vco-bp1bbi27hojx80nckuvly
    name: ipsec-store-001-main
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    local_subnets: [172.16.0.0/16]
    remote_subnets: [192.168.1.0/24]
    state: active
    status: ipsec_sa_established
    tunnels:
      - role: master
        tunnel_id: tun-opsqc4d97wni27dfpe1vh
        internet_ip: 203.0.113.10
        status: ipsec_sa_established
        ike: {version: ikev2, encryption: aes256, integrity: sha256, dh_group: 14, lifetime: 86400, psk_set: true}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnConnections, DescribeVpnGateway, ModifyVpnConnectionAttribute]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVpnConnection, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module, secret_update_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_connection import IPSEC_CONNECTION


def main():
    run_resource_module(IPSEC_CONNECTION, secret_update_spec("psk"))


if __name__ == "__main__":
    main()
