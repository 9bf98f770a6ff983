#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_attachment
short_description: Manage an IPsec connection for a transit router of Alibaba Cloud
version_added: 1.0.0
description:
  - A VPN attachment is an IPsec connection without a VPN gateway, to be attached to a transit router (CEN).
    Attaching it is done by CEN and not by this module; its public addresses appear then.
  - An attachment is found by O(vpn_connection_id), else by O(name). Several of one name are an error that lists them.
  - With O(tunnels) it has two tunnels, without it has one. It must be detached before it can be deleted.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: Id of an existing attachment. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 100 characters.
    type: str
  customer_gateway_id:
    description: Customer gateway of a single-tunnel attachment.
    type: str
  local_subnets:
    description:
      - Networks of the cloud side, 1 to 10. Needed to create the attachment.
      - V(0.0.0.0/0) on both sides makes an attachment whose traffic is chosen by routes alone.
    type: list
    elements: str
  remote_subnets:
    description: Networks of the customer's side, 1 to 10. Needed to create the attachment.
    type: list
    elements: str
  network_type:
    description: Whether the tunnels run over the internet or a private network. Cannot be changed.
    type: str
    choices: [public, private]
  tunnel_bandwidth:
    description: V(Standard) for 1 Gbit/s, V(Large) for 3 Gbit/s. Cannot be changed.
    type: str
    choices: [Standard, Large]
  resource_group_id:
    description: Resource group. A change moves the attachment.
    type: str
  effect_immediately:
    description: Whether negotiation starts at once; otherwise it waits for traffic.
    type: bool
  dpd:
    description: Dead peer detection of a single-tunnel attachment.
    type: bool
  nat_traversal:
    description: NAT traversal of a single-tunnel attachment.
    type: bool
  ike:
    description: Phase 1 of a single-tunnel attachment.
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
        description: Identity of the gateway. Without it the service leaves it open.
        type: str
      remote_id:
        description: Identity of the peer. Without it the service uses the address of the customer gateway.
        type: str
  ipsec:
    description: Phase 2 of a single-tunnel attachment.
    type: dict
    suboptions: &ipsec
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
  health_check:
    description: Health check of a single-tunnel attachment. Dual-tunnel attachments are checked by the service
      itself.
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
        description: Failures after which the attachment counts as broken.
        type: int
      policy:
        description: Whether the routes into the tunnel are withdrawn while the check fails, or kept.
        type: str
        choices: [revoke_route, reserve_route]
  bgp:
    description: BGP of a single-tunnel attachment.
    type: dict
    suboptions:
      enabled:
        description: Whether BGP runs over the tunnel.
        type: bool
      local_asn: &local_asn
        description: AS number of the cloud side. Without it the service uses 45104.
        type: str
      tunnel_cidr: &tunnel_cidr
        description: A /30 of 169.254.0.0/16 for the two ends of the tunnel, unique on the transit router.
        type: str
      local_address: &local_address
        description: Address of the cloud side within O(bgp.tunnel_cidr).
        type: str
  enable_tunnels_bgp:
    description: Whether BGP runs over the tunnels of a dual-tunnel attachment.
    type: bool
  tunnels:
    description: The two tunnels of a dual-tunnel attachment, in any order.
    type: list
    elements: dict
    suboptions:
      tunnel_index:
        description: Which of the two tunnels this is.
        type: int
        required: true
        choices: [1, 2]
      customer_gateway_id:
        description: Customer gateway of the tunnel. Needed to create it.
        type: str
      dpd:
        description: Dead peer detection.
        type: bool
      nat_traversal:
        description: NAT traversal.
        type: bool
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
  - module: hybridnet.alicloud.vpn_attachment_info
  - module: hybridnet.alicloud.customer_gateway
"""

EXAMPLES = r"""
- name: Two tunnels for a transit router
  hybridnet.alicloud.vpn_attachment:
    region: cn-hangzhou
    name: attach-dc-1
    local_subnets: [0.0.0.0/0]
    remote_subnets: [0.0.0.0/0]
    effect_immediately: true
    tunnel_bandwidth: Large
    tunnels:
      - tunnel_index: 1
        customer_gateway_id: "{{ customer_gateway_id }}"
        ike: {psk: "{{ psk }}", version: ikev2, encryption: aes256, integrity: sha256, dh_group: 14}
        ipsec: {encryption: aes256, integrity: sha256, pfs_group: '14'}
      - tunnel_index: 2
        customer_gateway_id: "{{ customer_gateway_id }}"
        ike: {psk: "{{ psk }}", version: ikev2, encryption: aes256, integrity: sha256, dh_group: 14}
        ipsec: {encryption: aes256, integrity: sha256, pfs_group: '14'}
    tags:
      site: dc-1

- name: Remove it
  hybridnet.alicloud.vpn_attachment:
    region: cn-hangzhou
    name: attach-dc-1
    state: absent
"""

RETURN = r"""
vpn_attachment:
  description: The attachment without its keys; empty after a delete. In check mode the values known before it exists.
  returned: success
  type: dict
  sample:
    vpn_connection_id: vco-bp1bbi27hojx80nckuvly
    name: attach-dc-1
    state: init
    attach_type: NO_ASSOCIATED
    local_subnets: [0.0.0.0/0]
    remote_subnets: [0.0.0.0/0]
    tags: {site: dc-1}
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnConnections, CreateVpnAttachment, DescribeVpnConnection]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateVpnAttachment, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module, secret_update_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_attachment import VPN_ATTACHMENT


def main():
    run_resource_module(VPN_ATTACHMENT, secret_update_spec("psk"))


if __name__ == "__main__":
    main()
