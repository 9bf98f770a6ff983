# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate of an SM gateway (Associate-, DissociateVpnGatewayWithCertificate, ListVpnCertificateAssociations).

Private to this collection. The association has no id: a gateway has one certificate of each type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import WORD
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource

TYPES = ("encryption", "signature")
_KEY = {"type": "str", "required": True}
_TYPE = WORD.with_(to_api=str.capitalize)


def _identity(have: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "VpnGatewayId": have["vpn_gateway_id"],
        "CertificateType": _TYPE.to_api(have["certificate_type"]),
        "CertificateId": have["certificate_id"],
    }


# A connection of an SM gateway needs the gateway's certificates.
_BLOCKERS = (
    Blocker(
        "IPsec connection",
        "DescribeVpnConnections",
        ("VpnConnections", "VpnConnection"),
        "VpnConnectionId",
        lambda have: {"VpnGatewayId": have["vpn_gateway_id"]},
    ),
)

VPN_GATEWAY_CERTIFICATE = Resource(
    kind="vpn_gateway_certificate",
    title="certificate association",
    key=("certificate_type",),
    scope=("vpn_gateway_id",),
    rank=15,
    list_action="ListVpnCertificateAssociations",
    list_items=("VpnCertificateRelations",),
    list_filters={
        "vpn_gateway_id": "VpnGatewayId",
        "certificate_id": "CertificateId",
        "certificate_type": "CertificateType",
    },
    list_codecs={
        "vpn_gateway_id": lambda identifier: [identifier],
        "certificate_id": lambda identifier: [identifier],
        "certificate_type": _TYPE.to_api,
    },
    page_size=20,
    token_size="MaxResults",
    create_action="AssociateVpnGatewayWithCertificate",
    delete_action="DissociateVpnGatewayWithCertificate",
    build_delete=_identity,
    dry_run=True,
    parent="vpn_gateway_id",
    blockers=_BLOCKERS,
    fields=(
        Field("vpn_gateway_id", _KEY, write="VpnGatewayId", read="VpnGatewayId"),
        Field(
            "certificate_type",
            {**_KEY, "choices": list(TYPES)},
            write="CertificateType",
            read="CertificateType",
            codec=_TYPE,
        ),
        Field("certificate_id", {"type": "str"}, write="CertificateId", read="CertificateId", required=True),
        Field("association_time", read="AssociationTime"),
    ),
)
