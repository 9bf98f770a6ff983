#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway_certificate_info
short_description: Read the certificates of SM gateways of Alibaba Cloud
version_added: 1.0.0
description: Returns the certificates associated with VPN gateways of a region that match all given options, in the
  shape of M(hybridnet.alicloud.vpn_gateway_certificate).
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes.info_module
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway that uses the certificates.
    type: str
  certificate_type:
    description: What the certificates are used for.
    type: str
    choices: [encryption, signature]
  certificate_id:
    description: Id of the certificate.
    type: str
seealso:
  - module: hybridnet.alicloud.vpn_gateway_certificate
"""

EXAMPLES = r"""
- name: Certificates of a gateway
  hybridnet.alicloud.vpn_gateway_certificate_info:
    region: cn-hangzhou
    vpn_gateway_id: "{{ sm_gateway_id }}"
"""

RETURN = r"""
vpn_gateway_certificates:
  description: The associations found.
  returned: success
  type: list
  elements: dict
  sample: [{vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f, certificate_type: signature, certificate_id: 6bfe4218-ea1d}]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [ListVpnCertificateAssociations]
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_info_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway_certificate import (
    TYPES,
    VPN_GATEWAY_CERTIFICATE,
)


def main():
    filters = {
        "vpn_gateway_id": {"type": "str"},
        "certificate_type": {"type": "str", "choices": list(TYPES)},
        "certificate_id": {"type": "str"},
    }
    run_info_module(VPN_GATEWAY_CERTIFICATE, filters, "vpn_gateway_certificates")


if __name__ == "__main__":
    main()
