#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_gateway_certificate
short_description: Manage the certificates of an SM gateway of Alibaba Cloud
version_added: 1.0.0
description:
  - Associates an SSL certificate with a VPN gateway of type V(NationalStandard), or ends the association.
  - Such a gateway needs two different certificates of an SM algorithm, one to encrypt and one to sign with, before it
    can have IPsec connections.
  - The association has no id or name. O(vpn_gateway_id) and O(certificate_type) identify it.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.dry_run
author: Hybridnet contributors (@hybridnet)
options:
  vpn_gateway_id:
    description: VPN gateway of type V(NationalStandard).
    type: str
    required: true
  certificate_type:
    description: What the gateway uses the certificate for.
    type: str
    choices: [encryption, signature]
    required: true
  certificate_id:
    description:
      - Id of the certificate. Needed to associate it.
      - The gateway keeps a certificate until the association ends, so another one needs O(recreate). If the service
        lists the certificate under another id than the one it was associated by, give the listed id from then on.
    type: str
seealso:
  - module: hybridnet.alicloud.vpn_gateway_certificate_info
  - module: hybridnet.alicloud.vpn_gateway
"""

EXAMPLES = r"""
- name: The certificate to sign with
  hybridnet.alicloud.vpn_gateway_certificate:
    region: cn-hangzhou
    vpn_gateway_id: "{{ sm_gateway_id }}"
    certificate_type: signature
    certificate_id: 6bfe4218-ea1d

- name: Another certificate in its place
  hybridnet.alicloud.vpn_gateway_certificate:
    region: cn-hangzhou
    vpn_gateway_id: "{{ sm_gateway_id }}"
    certificate_type: signature
    certificate_id: 77aa01f2-90bc
    recreate: true

- name: No certificate any more
  hybridnet.alicloud.vpn_gateway_certificate:
    region: cn-hangzhou
    vpn_gateway_id: "{{ sm_gateway_id }}"
    certificate_type: signature
    state: absent
"""

RETURN = r"""
vpn_gateway_certificate:
  description: The association; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  sample:
    vpn_gateway_id: vpn-bp1q8bgx4xnkm2ogj6h0f
    certificate_type: signature
    certificate_id: 6bfe4218-ea1d
    association_time: '2026-01-05T09:14:07Z'
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [ListVpnCertificateAssociations, AssociateVpnGatewayWithCertificate, DescribeVpnGateway]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: AssociateVpnGatewayWithCertificate, code: Resource.QuotaFull, message: The quota is full.,
    request_id: 5BE01CD7, status: 400}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway_certificate import (
    VPN_GATEWAY_CERTIFICATE,
)


def main():
    run_resource_module(VPN_GATEWAY_CERTIFICATE)


if __name__ == "__main__":
    main()
