#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipsec_server_log_info
short_description: Read the log of an IPsec server of Alibaba Cloud
version_added: 1.0.0
description: Returns what the service logged about an IPsec server and its clients, the newest line first.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  ipsec_server_id:
    description: Id of the IPsec server.
    type: str
    required: true
  minutes:
    description: How many minutes back to read, 1 to 10.
    type: int
    default: 10
seealso:
  - module: hybridnet.alicloud.ipsec_server_info
"""

EXAMPLES = r"""
- name: What happened in the last ten minutes
  hybridnet.alicloud.ipsec_server_log_info:
    region: cn-hangzhou
    ipsec_server_id: "{{ ipsec_server_id }}"
"""

RETURN = r"""
log:
  description: The lines, the newest first.
  returned: success
  type: list
  elements: str
  sample: ['2026-01-05T09:14:07Z <iss-bp1jougp8cfsbo8y9fnuj> IPsec server changed']
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [ListIpsecServerLogs]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: ListIpsecServerLogs, code: Resource.QuotaFull, message: The quota is full., request_id: 5BE01CD7,
    status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._log_module import run_log_module


def main():
    run_log_module(
        "ListIpsecServerLogs",
        {"ipsec_server_id": "IpsecServerId"},
        {"ipsec_server_id": {"type": "str", "required": True}},
    )


if __name__ == "__main__":
    main()
