#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_client_cert_info
short_description: Read SSL client certificates of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the SSL client certificates of a region that match all given options, in the shape of
    M(hybridnet.alicloud.ssl_vpn_client_cert).
  - Private keys are returned only when asked for.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  ssl_vpn_client_cert_id:
    description: Id of the SSL client certificate.
    type: str
  name:
    description: Name of the SSL client certificates.
    type: str
  ssl_vpn_server_id:
    description: SSL server of the certificates.
    type: str
  return_secrets:
    description:
      - Whether to return the private key and the profile in clear. Keep them out of logs then, with C(no_log) on the
        task.
    type: bool
    default: false
seealso:
  - module: hybridnet.alicloud.ssl_vpn_client_cert
"""

EXAMPLES = r"""
- name: Certificates that end soon
  hybridnet.alicloud.ssl_vpn_client_cert_info:
    region: cn-hangzhou
    ssl_vpn_server_id: "{{ ssl_vpn_server_id }}"
  register: certificates

- name: Their names
  ansible.builtin.debug:
    msg: "{{ certificates.ssl_vpn_client_certs | rejectattr('status', 'eq', 'normal') | map(attribute='name') }}"
"""

RETURN = r"""
ssl_vpn_client_certs:
  description: The SSL client certificates found.
  returned: success
  type: list
  elements: dict
  sample: [{ssl_vpn_client_cert_id: vsc-bp13k5mp4tg8v3z9b, name: laptop-alice, status: normal}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSslVpnClientCerts, DescribeSslVpnClientCert]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_client_cert import (
    SSL_VPN_CLIENT_CERT,
)


def main():
    filters = {"ssl_vpn_client_cert_id": {"type": "str"}, "ssl_vpn_server_id": {"type": "str"}}
    extra = {"return_secrets": {"type": "bool", "default": False}}
    run_info_module(SSL_VPN_CLIENT_CERT, filters, "ssl_vpn_client_certs", extra)


if __name__ == "__main__":
    main()
