# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client certificate of an SSL server (Create-, Modify-, Delete-, DescribeSslVpnClientCert(s)).

Private to this collection.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import plain_text
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb

SSL_VPN_CLIENT_CERT = Resource(
    kind="ssl_vpn_client_cert",
    title="SSL client certificate",
    id_option="ssl_vpn_client_cert_id",
    id_param="SslVpnClientCertId",
    key=("name",),
    scope=("ssl_vpn_server_id",),
    rank=60,
    list_action="DescribeSslVpnClientCerts",
    list_items=("SslVpnClientCertKeys", "SslVpnClientCertKey"),
    list_filters={
        "ssl_vpn_client_cert_id": "SslVpnClientCertId",
        "ssl_vpn_server_id": "SslVpnServerId",
        "name": "Name",
    },
    get_action="DescribeSslVpnClientCert",
    create_action="CreateSslVpnClientCert",
    delete_action="DeleteSslVpnClientCert",
    verbs={"modify": Verb("ModifySslVpnClientCert")},
    fields=(
        Field("ssl_vpn_client_cert_id", {"type": "str"}, read="SslVpnClientCertId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=plain_text),
        Field("ssl_vpn_server_id", {"type": "str"}, write="SslVpnServerId", read="SslVpnServerId", required=True),
        Field("status", read="Status"),
        Field("create_time", read="CreateTime"),
        Field("end_time", read="EndTime"),
        Field("ca_certificate", read="CaCert", detail=True),
        Field("certificate", read="ClientCert", detail=True),
        Field("private_key", read="ClientKey", detail=True, secret=True),
        # The profile holds the key.
        Field("client_profile", read="ClientConfig", detail=True, secret=True),
    ),
)
