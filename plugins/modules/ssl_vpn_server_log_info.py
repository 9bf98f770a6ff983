#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_server_log_info
short_description: Read the log of an SSL server of Alibaba Cloud
version_added: 1.0.0
description: Returns what the service logged about an SSL server and its clients, the newest line first.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  ssl_vpn_server_id:
    description: Id of the SSL server.
    type: str
    required: true
  ssl_vpn_client_cert_id:
    description: Only lines about the client with this certificate.
    type: str
  minutes:
    description: How many minutes back to read, 1 to 10.
    type: int
    default: 10
seealso:
  - module: hybridnet.alicloud.ssl_vpn_server_info
  - module: hybridnet.alicloud.ssl_vpn_client_info
"""

EXAMPLES = r"""
- name: What happened in the last five minutes
  hybridnet.alicloud.ssl_vpn_server_log_info:
    region: cn-hangzhou
    ssl_vpn_server_id: "{{ ssl_vpn_server_id }}"
    minutes: 5
"""

RETURN = r"""
log:
  description: The lines, the newest first.
  returned: success
  type: list
  elements: str
  sample: ['2026-01-05T09:14:07Z <vsc-bp13k5mp4tg8v3z9b> client certificate created']
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnSslServerLogs]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DescribeVpnSslServerLogs, code: Resource.QuotaFull, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._log_module import run_log_module


def main():
    run_log_module(
        "DescribeVpnSslServerLogs",
        {"ssl_vpn_server_id": "VpnSslServerId", "ssl_vpn_client_cert_id": "SslVpnClientCertId"},
        {"ssl_vpn_server_id": {"type": "str", "required": True}, "ssl_vpn_client_cert_id": {"type": "str"}},
    )


if __name__ == "__main__":
    main()
