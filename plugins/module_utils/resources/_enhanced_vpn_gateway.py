# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enhanced VPN gateway (Create-, Update-, DeleteEnhancedVpnGateway, DescribeVpnGateway(s), MoveVpnResourceGroup).

Private to this collection. It has no bandwidth to choose and is paid by use; connections treat it like any other.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import VPN_GATEWAY

GATEWAY_TYPE = "Enhanced.SiteToSite"
_OPTIONS = (
    "vpn_gateway_id",
    "name",
    "vpc_id",
    "vswitch_id",
    "disaster_recovery_vswitch_id",
    "network_type",
    "auto_propagate",
    "description",
    "resource_group_id",
    "status",
    "business_status",
    "gateway_type",
    "internet_ip",
    "disaster_recovery_internet_ip",
    "enable_bgp",
    "create_time",
)
_ALWAYS_TWO = ("vswitch_id", "disaster_recovery_vswitch_id")

ENHANCED_VPN_GATEWAY = dataclasses.replace(
    VPN_GATEWAY,
    kind="enhanced_vpn_gateway",
    title="enhanced VPN gateway",
    constants={
        "DescribeVpnGateways": {"GatewayType": GATEWAY_TYPE},
        "CreateEnhancedVpnGateway": {"GatewayType": GATEWAY_TYPE},
    },
    create_action="CreateEnhancedVpnGateway",
    delete_action="DeleteEnhancedVpnGateway",
    verbs={**VPN_GATEWAY.verbs, "modify": Verb("UpdateEnhancedVpnGateway")},
    check=None,
    undeletable=None,
    fields=tuple(
        dataclasses.replace(VPN_GATEWAY.field(option), required=True)
        if option in _ALWAYS_TWO
        else VPN_GATEWAY.field(option)
        for option in _OPTIONS
    ),
)
