# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the device at the other end of an IPsec connection has to be configured with (DownloadVpnConnectionConfig).

Private to this collection. Read only; local and remote are those of the device.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import ASN, NETWORKS
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._tunnel_blocks import IKE, IPSEC

_ENDS = (
    Field("local_address", read="Local"),
    Field("remote_address", read="Remote"),
    Field("ike", read="IkeConfig", fields=IKE),
    Field("ipsec", read="IpsecConfig", fields=IPSEC),
)
_BGP = (
    Field("tunnel_id", read="TunnelId"),
    Field("tunnel_cidr", read="TunnelCidr"),
    Field("local_asn", read="LocalAsn", codec=ASN),
    Field("local_address", read="LocalBgpIp"),
    Field("peer_asn", read="PeerAsn", codec=ASN),
    Field("peer_address", read="PeerBgpIp"),
)

VPN_PEER_CONFIG = Resource(
    kind="vpn_peer_config",
    title="peer configuration",
    key=("local_subnets",),
    rank=0,
    list_action="DescribeVpnConnections",
    list_items=("VpnConnections", "VpnConnection"),
    get_action="DownloadVpnConnectionConfig",
    fields=(
        Field("local_subnets", read="LocalSubnet", codec=NETWORKS),
        Field("remote_subnets", read="RemoteSubnet", codec=NETWORKS),
        *_ENDS,
        Field(
            "tunnels",
            read="TunnelsConfig.TunnelConfig",
            fields=(Field("tunnel_id", read="TunnelId"), *_ENDS),
            match="tunnel_id",
        ),
        Field("bgp", read="BgpConfigs.BgpConfig", fields=_BGP, match="tunnel_id"),
    ),
)
