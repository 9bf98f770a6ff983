#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_attachment_info
short_description: Read IPsec connections for transit routers of Alibaba Cloud
version_added: 1.0.0
description:
  - Returns the VPN attachments of a region that match all given options, in the shape of
    M(hybridnet.alicloud.vpn_attachment).
  - Pre-shared keys are never returned. The list does not show everything, so each attachment costs one call.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_connection_id:
    description: Id of the attachment.
    type: str
  customer_gateway_id:
    description: Customer gateway of the attachments, of any of their tunnels.
    type: str
  name:
    description: Name of the attachments. The API has no such filter, so all pages are read.
    type: str
  tags:
    description: Tags that the attachments carry, each with this value.
    type: dict
seealso:
  - module: hybridnet.alicloud.vpn_attachment
"""

EXAMPLES = r"""
- name: Attachments of a site
  hybridnet.alicloud.vpn_attachment_info:
    region: cn-hangzhou
    tags:
      site: dc-1
"""

RETURN = r"""
vpn_attachments:
  description: The attachments found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_connection_id: vco-bp1bbi27hojx80nckuvly, name: attach-dc-1, state: attached}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeVpnConnections, DescribeVpnConnection]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_attachment import VPN_ATTACHMENT


def main():
    filters = {
        "vpn_connection_id": {"type": "str"},
        "customer_gateway_id": {"type": "str"},
    }
    run_info_module(VPN_ATTACHMENT, filters, "vpn_attachments")


if __name__ == "__main__":
    main()
