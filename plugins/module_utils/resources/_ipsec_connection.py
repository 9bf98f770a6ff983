# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec connection (Create-, Modify-, Delete-, DescribeVpnConnection(s)) of a single- or dual-tunnel VPN gateway.

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import (
    BOOLEAN,
    NETWORKS,
    PEM,
    TEXT_BOOLEAN,
    WORD,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import networks, plain_text
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._tunnel_blocks import (
    HEALTH_CHECK,
    TUNNEL_BGP,
    TUNNEL_STATE,
    ike_fields,
    ipsec_fields,
    is_attachment,
    shangmi_problems,
    tunnel_problems,
    tunnel_settings,
)

ROLES = ("master", "slave")
# Options that the API takes for one kind of gateway only (CreateVpnConnection).
SINGLE_TUNNEL_OPTIONS = (
    "customer_gateway_id",
    "ike",
    "ipsec",
    "health_check",
    "bgp",
    "dpd",
    "nat_traversal",
    "remote_ca_certificate",
)


_IKE, _IPSEC = ike_fields(shangmi=True), ipsec_fields(shangmi=True)
_TUNNELS = (
    Field("role", {"type": "str", "choices": list(ROLES), "required": True}, write="Role", read="Role", codec=WORD),
    Field("tunnel_id", write="TunnelId", read="TunnelId", create=False),
    Field("remote_ca_certificate", {"type": "str"}, write="RemoteCaCertificate", read="RemoteCaCertificate", codec=PEM),
    *tunnel_settings(shangmi=True),
    *TUNNEL_STATE,
)


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    yield from tunnel_problems(want, "role", ROLES, SINGLE_TUNNEL_OPTIONS)
    yield from shangmi_problems(want, "role")


def _of_its_gateway(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"VpnGatewayId": have["vpn_gateway_id"]}


def _leads_into_it(route: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    return route.get("NextHop") == have["vpn_connection_id"]


_BLOCKERS = tuple(
    Blocker(title, f"Describe{items}", (items, item), "RouteDest", _of_its_gateway, _leads_into_it)
    for title, items, item in (
        ("destination-based route to", "VpnRouteEntries", "VpnRouteEntry"),
        ("policy-based route to", "VpnPbrRouteEntries", "VpnPbrRouteEntry"),
    )
)

IPSEC_CONNECTION = Resource(
    kind="ipsec_connection",
    title="IPsec connection",
    id_option="vpn_connection_id",
    id_param="VpnConnectionId",
    key=("name",),
    scope=("vpn_gateway_id",),
    rank=30,
    list_action="DescribeVpnConnections",
    list_items=("VpnConnections", "VpnConnection"),
    list_filters={
        "vpn_connection_id": "VpnConnectionId",
        "vpn_gateway_id": "VpnGatewayId",
        "customer_gateway_id": "CustomerGatewayId",
    },
    list_tags="Tag",
    belongs=lambda item: not is_attachment(item),
    get_action="DescribeVpnConnection",
    create_action="CreateVpnConnection",
    delete_action="DeleteVpnConnection",
    dry_run=True,
    verbs={"modify": Verb("ModifyVpnConnectionAttribute")},
    tag_type="VPNCONNECTION",
    tags_at_create="Tags",
    lifecycle=Lifecycle("state", frozenset({"active", "attached", "init"}), frozenset({"deleting", "deleted"})),
    parent="vpn_gateway_id",
    check=_check,
    blockers=_BLOCKERS,
    fields=(
        Field("vpn_connection_id", {"type": "str"}, read="VpnConnectionId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=plain_text),
        Field("vpn_gateway_id", {"type": "str"}, write="VpnGatewayId", read="VpnGatewayId", required=True),
        Field("customer_gateway_id", {"type": "str"}, write="CustomerGatewayId", read="CustomerGatewayId"),
        Field(
            "local_subnets",
            {"type": "list", "elements": "str"},
            write="LocalSubnet",
            read="LocalSubnet",
            codec=NETWORKS,
            verb="modify",
            required=True,
            rule=networks,
        ),
        Field(
            "remote_subnets",
            {"type": "list", "elements": "str"},
            write="RemoteSubnet",
            read="RemoteSubnet",
            codec=NETWORKS,
            verb="modify",
            required=True,
            rule=networks,
        ),
        Field(
            "effect_immediately",
            {"type": "bool"},
            write="EffectImmediately",
            read="EffectImmediately",
            codec=BOOLEAN,
            verb="modify",
        ),
        Field("auto_config_route", {"type": "bool"}, write="AutoConfigRoute", verb="modify"),
        Field("dpd", {"type": "bool"}, write="EnableDpd", read="EnableDpd", codec=BOOLEAN, verb="modify"),
        Field(
            "nat_traversal",
            {"type": "bool"},
            write="EnableNatTraversal",
            read="EnableNatTraversal",
            codec=BOOLEAN,
            verb="modify",
        ),
        Field(
            "remote_ca_certificate",
            {"type": "str"},
            write="RemoteCaCertificate",
            read="RemoteCaCertificate",
            codec=PEM,
            verb="modify",
        ),
        Field("ike", {"type": "dict"}, "IkeConfig", "IkeConfig", verb="modify", fields=_IKE, as_json=True),
        Field("ipsec", {"type": "dict"}, "IpsecConfig", "IpsecConfig", verb="modify", fields=_IPSEC, as_json=True),
        Field(
            "health_check",
            {"type": "dict"},
            "HealthCheckConfig",
            "VcoHealthCheck",
            verb="modify",
            fields=HEALTH_CHECK,
            as_json=True,
        ),
        Field(
            "bgp",
            {"type": "dict"},
            "BgpConfig",
            "VpnBgpConfig",
            verb="modify",
            # The list of connections leaves EnableBgp out.
            detail=True,
            fields=(
                Field("enabled", {"type": "bool"}, write="EnableBgp", read="EnableBgp", codec=TEXT_BOOLEAN),
                *TUNNEL_BGP,
            ),
            as_json=True,
        ),
        Field(
            "enable_tunnels_bgp",
            {"type": "bool"},
            write="EnableTunnelsBgp",
            read="EnableTunnelsBgp",
            codec=BOOLEAN,
            verb="modify",
        ),
        Field(
            "tunnels",
            {"type": "list", "elements": "dict"},
            write="TunnelOptionsSpecification",
            read="TunnelOptionsSpecification.TunnelOptions",
            verb="modify",
            fields=_TUNNELS,
            match="role",
        ),
        Field("state", read="State"),
        Field("status", read="Status"),
        Field("internet_ip", read="InternetIp"),
        Field("resource_group_id", read="ResourceGroupId"),
        Field("create_time", read="CreateTime"),
    ),
)
