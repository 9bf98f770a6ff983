#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_sites_info
short_description: Read the cloud side of VPN sites and make their peers' configuration
version_added: 1.0.0
description:
  - Returns what exists of the sites that the documents describe, and the configuration of each site's own end of its
    tunnels,
    made by the same code that makes the cloud's end.
  - It reads by page, not by site.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
  - hybridnet.alicloud.sites
author: Hybridnet contributors (@hybridnet)
options:
  include_psk:
    description:
      - Whether RV(peers) holds the pre-shared keys as the cloud has them. Set C(no_log) on the task then.
    type: bool
    default: false
  include_documents:
    description: Whether to return RV(documents), what is there in the shape that describes it.
    type: bool
    default: false
seealso:
  - module: hybridnet.alicloud.vpn_sites
"""

EXAMPLES = r"""
- name: Status of all tunnels
  hybridnet.alicloud.vpn_sites_info:
    region: cn-hangzhou
    gateways: "{{ vpn_gateways }}"
    defaults: "{{ vpn_defaults }}"
    sites: "{{ sites }}"
  register: cloud

- name: Configuration for the customer gateways, with keys
  hybridnet.alicloud.vpn_sites_info:
    region: cn-hangzhou
    gateways: "{{ vpn_gateways }}"
    defaults: "{{ vpn_defaults }}"
    sites: "{{ sites }}"
    include_psk: true
  register: cloud
  no_log: true
"""

RETURN = r"""
gateways:
  description: The VPN gateways by key, in the shape of M(hybridnet.alicloud.vpn_gateway).
  returned: success
  type: dict
  sample: {main: {vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f, status: active}}
sites:
  description: For each site its customer gateway and, by key of the gateway, its connections, without keys.
  returned: success
  type: dict
  sample:
    store-001:
      customer_gateway: {customer_gateway_id: cgw-bp1pvpl9r9adju6l5w4xm, ip_address: 198.51.100.10}
      connections:
        main: {vpn_connection_id: vco-bp1bbi27hojx80nckuvly, state: active, status: ipsec_sa_established}
peers:
  description:
    - For each site the list that the role P(hybridnet.alicloud.strongswan#role) takes as C(strongswan_connections), and
      the role P(hybridnet.alicloud.device_config#role) as C(device_config_connections).
    - Addresses that the cloud has not given out yet read V((known after apply\)).
  returned: success
  type: dict
  sample:
    store-001:
      - name: store-001-main-1
        role: active
        remote_address: 203.0.113.10
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]
bgp:
  description:
    - For each site that is routed by BGP, what the role P(hybridnet.alicloud.bgp#role) takes, made of the documents.
  returned: success
  type: dict
  sample:
    store-001:
      asn: "65010"
      networks: [192.168.1.0/24]
      accepted_networks: [172.16.0.0/16]
      neighbors:
        - name: store-001-main-1
          role: active
          address: 169.254.10.1
          source: 169.254.10.2
          asn: "45104"
          accepted_networks: [172.16.0.0/16]
documents:
  description:
    - What exists of the gateways and sites, written as the options O(gateways) and O(sites). They stand alone, without
      O(defaults); given to M(hybridnet.alicloud.vpn_sites) they change nothing.
    - What a document says once for a site is taken from its first connection. Pre-shared keys are not part of it.
  returned: when O(include_documents=true)
  type: dict
  sample:
    gateways:
      main: {name: vpg-lab, vpc: vpc-bp1q, vswitches: [vsw-bp1a, vsw-bp1b], bandwidth: 10}
    sites:
      store-001:
        public_address: 198.51.100.10
        networks: [192.168.1.0/24]
        cloud_networks: [172.16.0.0/16]
        gateways: [main]
actions:
  description: API actions that were called with how often.
  returned: success
  type: dict
  sample: {DescribeVpnGateways: 1, DescribeCustomerGateways: 1, DescribeVpnConnections: 1}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import Engine, Settings
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet import LOOKUPS, describe
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet_documents import documents
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet_module import (
    SitesModule,
    read_topology,
    sites_spec,
)


def run(module):
    params = module.params
    topology = read_topology(module)
    include_psk = params["include_psk"]
    # Keys that are to be returned must not be scrubbed; all others must.
    engine = Engine(
        module.session(),
        Settings(),
        lookups=LOOKUPS,
        on_secret=(lambda value: None) if include_psk else module.keep_secret,
    )
    limit = None if params["limit"] is None else tuple(params["limit"])
    found = describe(engine, topology, limit)
    peers = {name: topology.peer_connections(name, found["facts"]) for name in (limit or topology.sites)}
    bgp = {name: topology.bgp(name) for name in peers}
    if not include_psk:
        peers = {
            name: [{key: value for key, value in peer.items() if key != "psk"} for peer in connections]
            for name, connections in peers.items()
        }
    result = {"documents": documents(topology, found)} if params["include_documents"] else {}
    module.exit_json(
        changed=False,
        **result,
        gateways=found["gateways"],
        sites=found["sites"],
        peers=peers,
        bgp={name: routing for name, routing in bgp.items() if routing},
        actions=dict(engine.session.calls),
    )


def main():
    spec = {
        **sites_spec(),
        "include_psk": {"type": "bool", "default": False, "no_log": False},
        "include_documents": {"type": "bool", "default": False},
    }
    module = SitesModule(spec, supports_check_mode=True)
    module.guarded(lambda: run(module))


if __name__ == "__main__":
    main()
