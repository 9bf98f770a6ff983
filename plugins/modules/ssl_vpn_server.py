#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_server
short_description: Manage the SSL server of an Alibaba Cloud VPN gateway
version_added: 1.0.0
description:
  - An SSL server lets remote users reach the VPC with an OpenVPN client and a certificate
    (M(hybridnet.alicloud.ssl_vpn_client_cert)). A gateway with SSL-VPN has one.
  - The server is found by O(ssl_vpn_server_id), else by O(name) on the gateway.
  - Deleting it deletes its client certificates. A change disconnects clients.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  ssl_vpn_server_id:
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
  transport:
    description: Transport protocol of the tunnels. A new server gets V(TCP).
    type: str
    choices: [TCP, UDP]
  port:
    description: Port that clients connect to. A new server gets V(1194). Ports that the gateway uses itself are
      refused.
    type: int
  cipher:
    description:
      - Cipher of clients older than OpenVPN 2.4; newer ones negotiate. A new server gets V(AES-256-CBC).
      - V(AES-256-CBC), V(AES-192-CBC), V(AES-128-CBC) or V(none), in upper or lower case.
    type: str
  compress:
    description: Whether traffic is compressed. A new server does not.
    type: bool
  dns_servers:
    description: Addresses of the DNS servers that clients use, in this order.
    type: list
    elements: str
  multi_factor_auth:
    description: Whether users log in to an IDaaS application as well. It needs the three options about that.
    type: bool
  idaas_instance_id:
    description: IDaaS (EIAM) instance that checks users.
    type: str
  idaas_region_id:
    description: Region of the IDaaS instance.
    type: str
  idaas_application_id:
    description: Application of the IDaaS instance.
    type: str
seealso:
  - module: hybridnet.alicloud.ssl_vpn_server_info
  - module: hybridnet.alicloud.ssl_vpn_client_cert
  - module: hybridnet.alicloud.vpn_gateway
"""

EXAMPLES = r"""
- name: Let administrators in
  hybridnet.alicloud.ssl_vpn_server:
    region: cn-hangzhou
    name: ssl-admins
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
    client_ip_pool: 10.9.0.0/24
    local_subnets: [172.16.0.0/16]
    transport: UDP
    dns_servers: [172.16.0.53]

- name: Close the server and void its certificates
  hybridnet.alicloud.ssl_vpn_server:
    region: cn-hangzhou
    name: ssl-admins
    vpn_gateway_id: "{{ ssl_vpn_gateway_id }}"
    state: absent
"""

RETURN = r"""
ssl_vpn_server:
  description: The server; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    ssl_vpn_server_id: vss-bp18q7hzj6largv4v
    name: ssl-admins
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    client_ip_pool: 10.9.0.0/24
    local_subnets: [172.16.0.0/16]
    transport: UDP
    port: 1194
    internet_ip: 203.0.113.12
    max_connections: 5
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSslVpnServers, CreateSslVpnServer, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateSslVpnServer, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_server import SSL_VPN_SERVER


def main():
    run_resource_module(SSL_VPN_SERVER)


if __name__ == "__main__":
    main()
