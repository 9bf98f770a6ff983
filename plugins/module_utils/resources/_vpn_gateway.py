# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPN gateway (Create-, Delete-, DescribeVpnGateway(s), ModifyVpnGatewayAttribute, MoveVpnResourceGroup).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, INTEGER, MEGABITS, WORD
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    gateway_name,
    plain_text,
    whole_number,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb

BANDWIDTHS = (5, 10, 20, 50, 100, 200, 500, 1000)
SSL_CONNECTIONS = (5, 10, 20, 50, 100, 200, 500, 1000)


def _charge_type(value: Any) -> str:
    """``Prepay`` and the several pay-as-you-go words of ChargeType as the create parameter spells them."""
    return "prepay" if str(value).lower().startswith("prepa") else "postpay"


def _move(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {
        "InstanceId": have["vpn_gateway_id"],
        "ResourceType": "VpnGateway",
        "NewResourceGroupId": want["resource_group_id"],
    }


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    if want.get("ssl_connections") is not None and not want.get("enable_ssl"):
        value = shown(want["ssl_connections"])
        yield Problem("ssl_connections", value, "is given without SSL", "add enable_ssl: true or remove it")
    if want.get("network_type") == "private" and want.get("bandwidth") not in (None, 200, 1000):
        yield Problem("bandwidth", shown(want["bandwidth"]), "is not offered for a private gateway", "use 200 or 1000")
    if want.get("period") is not None and want.get("charge_type") != "prepay":
        value = shown(want["period"])
        yield Problem("period", value, "belongs to a prepaid gateway", "set charge_type: prepay or remove it")
    if want.get("disaster_recovery_vswitch_id") and not want.get("vswitch_id"):
        value = shown(want["disaster_recovery_vswitch_id"])
        yield Problem(
            "disaster_recovery_vswitch_id",
            value,
            "is given without vswitch_id",
            "add it: a dual-tunnel gateway needs both",
        )


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("charge_type") == "prepay":
        return "is prepaid and cannot be released inside its term", "let it expire or refund it in the console"
    return None


def _of_it(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"VpnGatewayId": have["vpn_gateway_id"]}


def _leads_to_it(entry: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    hops = (entry.get("NextHops") or {}).get("NextHop") or []
    # The routes that come and go with the gateway are the system's.
    return entry.get("Type") == "Custom" and any(hop.get("NextHopId") == have["vpn_gateway_id"] for hop in hops)


_BLOCKERS = (
    Blocker(
        "IPsec connection",
        "DescribeVpnConnections",
        ("VpnConnections", "VpnConnection"),
        "VpnConnectionId",
        _of_it,
    ),
    Blocker("SSL server", "DescribeSslVpnServers", ("SslVpnServers", "SslVpnServer"), "SslVpnServerId", _of_it),
    Blocker(
        "IPsec server",
        "ListIpsecServers",
        ("IpsecServers",),
        "IpsecServerId",
        _of_it,
        token_size="MaxResults",
        page_size=20,
    ),
    Blocker(
        "route",
        "DescribeRouteEntryList",
        ("RouteEntrys", "RouteEntry"),
        "RouteEntryId",
        lambda table: {"RouteTableId": table["RouteTableId"]},
        _leads_to_it,
        token_size="MaxResult",
        within=Blocker(
            "route table",
            "DescribeRouteTableList",
            ("RouterTableList", "RouterTableListType"),
            "RouteTableId",
            lambda have: {"VpcId": have["vpc_id"]},
        ),
    ),
)

VPN_GATEWAY = Resource(
    kind="vpn_gateway",
    title="VPN gateway",
    id_option="vpn_gateway_id",
    id_param="VpnGatewayId",
    key=("name",),
    rank=10,
    list_action="DescribeVpnGateways",
    list_items=("VpnGateways", "VpnGateway"),
    list_filters={"vpn_gateway_id": "VpnGatewayId", "vpc_id": "VpcId", "resource_group_id": "ResourceGroupId"},
    get_action="DescribeVpnGateway",
    create_action="CreateVpnGateway",
    delete_action="DeleteVpnGateway",
    verbs={
        "modify": Verb("ModifyVpnGatewayAttribute"),
        "move": Verb("MoveVpnResourceGroup", _move),
    },
    tag_type="VPNGATEWAY",
    lifecycle=Lifecycle("status", frozenset({"active"}), frozenset({"deleting"})),
    parent="vpn_gateway_id",
    check=_check,
    undeletable=_undeletable,
    blockers=_BLOCKERS,
    other_blockers=True,
    fields=(
        Field("vpn_gateway_id", {"type": "str"}, read="VpnGatewayId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=gateway_name),
        Field("vpc_id", {"type": "str"}, write="VpcId", read="VpcId", required=True),
        Field("vswitch_id", {"type": "str"}, write="VSwitchId", read="VSwitchId"),
        Field(
            "disaster_recovery_vswitch_id",
            {"type": "str"},
            write="DisasterRecoveryVSwitchId",
            read="DisasterRecoveryVSwitchId",
        ),
        Field(
            "bandwidth",
            {"type": "int", "choices": list(BANDWIDTHS)},
            write="Bandwidth",
            read="Spec",
            codec=MEGABITS,
            required=True,
        ),
        Field(
            "network_type", {"type": "str", "choices": ["public", "private"]}, write="NetworkType", read="NetworkType"
        ),
        Field("vpn_type", {"type": "str", "choices": ["Normal", "NationalStandard"]}, write="VpnType", read="VpnType"),
        Field(
            "charge_type",
            {"type": "str", "choices": ["prepay", "postpay"]},
            write="InstanceChargeType",
            read="ChargeType",
            codec=WORD.with_(to_api=str.upper, from_api=_charge_type),
        ),
        Field("period", {"type": "int"}, write="Period", rule=whole_number(1, 36, "months")),
        Field("auto_pay", {"type": "bool"}, write="AutoPay"),
        Field("enable_ipsec", {"type": "bool"}, write="EnableIpsec", read="IpsecVpn", codec=BOOLEAN),
        Field("enable_ssl", {"type": "bool"}, write="EnableSsl", read="SslVpn", codec=BOOLEAN),
        Field(
            "ssl_connections",
            {"type": "int", "choices": list(SSL_CONNECTIONS)},
            write="SslConnections",
            read="SslMaxConnections",
            codec=INTEGER,
        ),
        Field(
            "auto_propagate",
            {"type": "bool"},
            write="AutoPropagate",
            read="AutoPropagate",
            codec=BOOLEAN,
            create=False,
            verb="modify",
        ),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            create=False,
            verb="modify",
            rule=plain_text,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("status", read="Status"),
        Field("business_status", read="BusinessStatus"),
        Field("gateway_type", read="GatewayType"),
        Field("internet_ip", read="InternetIp"),
        Field("disaster_recovery_internet_ip", read="DisasterRecoveryInternetIp"),
        Field("ssl_vpn_internet_ip", read="SslVpnInternetIp"),
        Field("enable_bgp", read="EnableBgp", codec=BOOLEAN),
        Field("create_time", read="CreateTime"),
        Field("end_time", read="EndTime"),
    ),
)
