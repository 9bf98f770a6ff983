# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client that is connected to the SSL server of a VPN gateway (DescribeSslVpnClients). Read only.

Private to this collection.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import INTEGER
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource

SSL_VPN_CLIENT = Resource(
    kind="ssl_vpn_client",
    title="SSL client",
    key=("private_ip",),
    scope=("vpn_gateway_id",),
    rank=0,
    list_action="DescribeSslVpnClients",
    list_items=("ClientInfoList",),
    list_filters={"vpn_gateway_id": "VpnGatewayId"},
    fields=(
        Field("common_name", read="CommonName"),
        Field("ip", read="Ip"),
        Field("port", read="Port", codec=INTEGER),
        Field("private_ip", read="PrivateIp"),
        Field("status", read="Status"),
        Field("connected_time", read="ConnectedTime"),
        Field("receive_bytes", read="ReceiveBytes"),
        Field("send_bytes", read="SendBytes"),
    ),
)
