# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec connection for a transit router (Create-, ModifyAttribute-, DeleteVpnAttachment, DescribeVpnConnection(s)).

Private to this collection. DescribeVpnAttachments is not used: it shows little, and nothing of what no transit router
has yet, so that a connection would be made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import (
    BOOLEAN,
    INTEGER,
    NETWORKS,
    TEXT_BOOLEAN,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import networks, plain_text
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._tunnel_blocks import (
    HEALTH_CHECK,
    IKE,
    IPSEC,
    TUNNEL_BGP,
    TUNNEL_STATE,
    is_attachment,
    tunnel_problems,
    tunnel_settings,
)

INDEXES = (1, 2)
SINGLE_TUNNEL_OPTIONS = ("customer_gateway_id", "ike", "ipsec", "health_check", "bgp", "dpd", "nat_traversal")
_INDEX = {"type": "int", "choices": list(INDEXES), "required": True}
_POLICIES = {"type": "str", "choices": ["revoke_route", "reserve_route"]}
_TUNNELS = (
    Field("tunnel_index", _INDEX, write="TunnelIndex", read="TunnelIndex", codec=INTEGER),
    Field("tunnel_id", write="TunnelId", read="TunnelId", create=False),
    *tunnel_settings(),
    Field("role", read="Role"),
    *TUNNEL_STATE,
)
_NETWORKS = {"type": "list", "elements": "str"}
_BGP = (
    Field("enabled", {"type": "bool"}, write="EnableBgp", read="EnableBgp", codec=TEXT_BOOLEAN),
    *TUNNEL_BGP,
)


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    return tunnel_problems(want, "tunnel_index", INDEXES, SINGLE_TUNNEL_OPTIONS)


def _move(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {
        "InstanceId": have["vpn_connection_id"],
        "ResourceType": "VpnAttachment",
        "NewResourceGroupId": want["resource_group_id"],
    }


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("transit_router_id"):
        return f"is attached to transit router {have['transit_router_id']}", "detach it from the transit router first"
    return None


_SETTINGS = (
    Field("customer_gateway_id", {"type": "str"}, "CustomerGatewayId", "CustomerGatewayId", verb="modify"),
    Field(
        "local_subnets", _NETWORKS, "LocalSubnet", "LocalSubnet", NETWORKS, verb="modify", required=True, rule=networks
    ),
    Field(
        "remote_subnets",
        _NETWORKS,
        "RemoteSubnet",
        "RemoteSubnet",
        NETWORKS,
        verb="modify",
        required=True,
        rule=networks,
    ),
    Field("effect_immediately", {"type": "bool"}, "EffectImmediately", "EffectImmediately", BOOLEAN, verb="modify"),
    Field("dpd", {"type": "bool"}, "EnableDpd", "EnableDpd", BOOLEAN, verb="modify"),
    Field("nat_traversal", {"type": "bool"}, "EnableNatTraversal", "EnableNatTraversal", BOOLEAN, verb="modify"),
    Field("ike", {"type": "dict"}, "IkeConfig", "IkeConfig", verb="modify", fields=IKE, as_json=True),
    Field("ipsec", {"type": "dict"}, "IpsecConfig", "IpsecConfig", verb="modify", fields=IPSEC, as_json=True),
    Field(
        "health_check",
        {"type": "dict"},
        "HealthCheckConfig",
        "VcoHealthCheck",
        verb="modify",
        fields=(*HEALTH_CHECK, Field("policy", _POLICIES, "Policy", "Policy")),
        as_json=True,
    ),
    # The list leaves EnableBgp out.
    Field("bgp", {"type": "dict"}, "BgpConfig", "VpnBgpConfig", verb="modify", fields=_BGP, as_json=True, detail=True),
    Field("enable_tunnels_bgp", {"type": "bool"}, "EnableTunnelsBgp", "EnableTunnelsBgp", BOOLEAN, verb="modify"),
    Field(
        "tunnels",
        {"type": "list", "elements": "dict"},
        write="TunnelOptionsSpecification",
        read="TunnelOptionsSpecification.TunnelOptions",
        verb="modify",
        fields=_TUNNELS,
        match="tunnel_index",
    ),
    Field("network_type", {"type": "str", "choices": ["public", "private"]}, "NetworkType", "NetworkType"),
    Field("resource_group_id", {"type": "str"}, "ResourceGroupId", "ResourceGroupId", verb="move"),
    Field("state", read="State"),
    Field("status", read="Status"),
    Field("internet_ip", read="InternetIp"),
    Field("create_time", read="CreateTime"),
)

VPN_ATTACHMENT = Resource(
    kind="vpn_attachment",
    title="VPN attachment",
    id_option="vpn_connection_id",
    id_param="VpnConnectionId",
    key=("name",),
    rank=30,
    list_action="DescribeVpnConnections",
    list_items=("VpnConnections", "VpnConnection"),
    list_filters={"vpn_connection_id": "VpnConnectionId", "customer_gateway_id": "CustomerGatewayId"},
    belongs=is_attachment,
    get_action="DescribeVpnConnection",
    create_action="CreateVpnAttachment",
    delete_action="DeleteVpnAttachment",
    dry_run=True,
    verbs={
        "modify": Verb("ModifyVpnAttachmentAttribute"),
        "move": Verb("MoveVpnResourceGroup", _move),
    },
    tag_type="VPNATTACHMENT",
    tags_at_create="Tags",
    lifecycle=Lifecycle("state", frozenset({"init", "attached", "active"}), frozenset({"deleting", "deleted"})),
    check=_check,
    undeletable=_undeletable,
    fields=(
        Field("vpn_connection_id", {"type": "str"}, read="VpnConnectionId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=plain_text),
        Field(
            "tunnel_bandwidth",
            {"type": "str", "choices": ["Standard", "Large"]},
            write="TunnelBandwidth",
            read="TunnelBandwidth",
        ),
        Field("attach_type", read="AttachType"),
        Field("transit_router_id", read="TransitRouterId"),
        *_SETTINGS,
    ),
)
