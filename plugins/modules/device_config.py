#!/usr/bin/python

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: device_config
short_description: Write the VPN configuration of a hardware gateway to a file
description:
  - Writes what a customer gateway other than strongSwan has to be configured with, in the language of the device, into
    files on the controller. The device is not touched.
  - The connections are those that the role P(hybridnet.alicloud.strongswan#role) takes. What the device cannot do is
    refused before a file is written, with the option, the value and what to use in its place.
  - Both tunnels of a connection are always written, with routes into them, the segment size that fits, rules that keep
    NAT away, and dead peer detection.
  - "C(docs/devices.md) lists the devices with their algorithms and limits."
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
requirements:
  - netaddr on the controller
attributes:
  check_mode:
    description: Can run in check mode and return what it would do without changing anything.
    support: full
    details:
      - Values that only exist after the other end has been made may then be V((known after apply\)), and keys may be
        missing.
  diff_mode:
    description: Returns what was changed, or would be changed, when in diff mode.
    support: full
    details:
      - Of a pre-shared key only whether it is new is shown.
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
options:
  device:
    description: Kind of the device. V(parameter_sheet) is a page in Markdown for devices that only have a web page.
    type: str
    required: true
    choices:
      - cisco_ios_xe
      - cisco_asa
      - fortios
      - panos
      - junos
      - routeros
      - huawei
      - h3c
      - vyos
      - libreswan
      - parameter_sheet
  name:
    description: Name of the files, without the ending that belongs to the device.
    type: str
    required: true
  folder:
    description: Folder of the files, made for the owner alone where it is missing.
    type: path
    required: true
  connections:
    description: The tunnels of the device. With none of them its files are removed.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the tunnel, 1 to 60 of a-z, 0-9, C(_) and C(-).
        type: str
        required: true
      role:
        description: Which of two tunnels to one network carries the traffic while both are up.
        type: str
        choices: [active, standby]
        default: active
      remote_address:
        description: Address of the peer.
        type: str
        required: true
      local_id:
        description: Identity of the device, as the peer expects it.
        type: str
        required: true
      remote_id:
        description: Identity of the peer.
        type: str
        required: true
      psk:
        description: The pre-shared key. Required, except with O(psk=placeholder) and in check mode.
        type: str
      ike:
        description: Settings of phase 1.
        type: dict
        suboptions:
          version:
            description: Version of the protocol.
            type: str
            choices: [ikev1, ikev2]
            default: ikev2
          mode:
            description: Exchange of IKEv1.
            type: str
            choices: [main, aggressive]
            default: main
          encryption:
            description: Encryption algorithm.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          dh_group:
            description: Diffie-Hellman group.
            type: int
            choices: [1, 2, 5, 14]
            default: 14
          lifetime:
            description: Seconds, 60 to 86400.
            type: int
            default: 86400
      ipsec:
        description: Settings of phase 2.
        type: dict
        suboptions:
          encryption:
            description: Encryption algorithm.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          pfs_group:
            description: Diffie-Hellman group of each rekey, or V(disabled).
            type: str
            choices: [disabled, "1", "2", "5", "14"]
            default: "14"
          lifetime:
            description: Seconds, 60 to 86400.
            type: int
            default: 86400
      dpd:
        description: Whether a silent peer is probed.
        type: bool
        default: true
      dpd_delay:
        description: Seconds of silence before a probe.
        type: int
        default: 10
      nat_traversal:
        description: Whether the peer does NAT traversal.
        type: bool
        default: true
      force_encapsulation:
        description: Whether ESP is wrapped in UDP even without NAT.
        type: bool
        default: false
      local_networks:
        description: Networks on the device's side.
        type: list
        elements: str
        required: true
      remote_networks:
        description: Networks behind the peer.
        type: list
        elements: str
        required: true
      routing:
        description:
          - How packets find the tunnel, the same for all connections of a device.
          - V(policy) negotiates exactly O(connections[].local_networks) and O(connections[].remote_networks).
          - V(static) and V(bgp) negotiate 0.0.0.0/0 and route the networks into the tunnel.
        type: str
        choices: [policy, static, bgp]
        default: policy
      tunnel_cidr:
        description:
          - A /30 of 169.254.0.0/16 inside the tunnel. The peer has the first address, the device the second.
          - Required with O(connections[].routing=bgp). Otherwise a free one is chosen, which only the device sees.
        type: str
      bgp:
        description: AS numbers. Required with O(connections[].routing=bgp).
        type: dict
        suboptions:
          local_asn:
            description: AS number of the site, plain or in two parts.
            type: str
          peer_asn:
            description: AS number of the peer; Alibaba Cloud has V(45104) unless it was told another one.
            type: str
  psk:
    description: Whether the pre-shared keys are written out, or placeholders for which they are entered by hand.
    type: str
    choices: [inline, placeholder]
    default: inline
  outside_interface:
    description: Interface towards the peer. By default the one that the device is usually shipped with.
    type: str
  inside_interface:
    description: Interface of the networks. By default the one that the device is usually shipped with.
    type: str
  outside_zone:
    description: Security zone of O(outside_interface), for devices with zones.
    type: str
  inside_zone:
    description: Security zone of O(inside_interface), for devices with zones.
    type: str
  first_tunnel:
    description: Number of the first tunnel interface, 1 to 90. The others follow. They have to be free on the device.
    type: int
    default: 51
  outer_mtu:
    description: MTU of the way between the two gateways, such as 1492 on PPPoE. It decides what fits into a tunnel.
    type: int
    default: 1500
seealso:
  - module: hybridnet.alicloud.strongswan_connections
"""

EXAMPLES = r"""
- name: Configuration of a FortiGate with two tunnels
  hybridnet.alicloud.device_config:
    device: fortios
    name: store-001
    folder: ./devices
    outside_interface: wan1
    connections:
      - name: store-001-main-1
        role: active
        remote_address: 203.0.113.11
        local_id: 198.51.100.10
        remote_id: 203.0.113.11
        psk: "{{ vault_psk_1 }}"
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]
      - name: store-001-main-2
        role: standby
        remote_address: 203.0.113.12
        local_id: 198.51.100.10
        remote_id: 203.0.113.12
        psk: "{{ vault_psk_2 }}"
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]
"""

RETURN = r"""
files:
  description: Files of the device.
  returned: success
  type: list
  elements: str
  sample: [/home/ops/devices/store-001.conf]
"""
