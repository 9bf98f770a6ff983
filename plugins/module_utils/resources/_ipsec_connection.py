# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec connection (Create-, Modify-, Delete-, DescribeVpnConnection(s)) of a single- or dual-tunnel VPN gateway.

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import (
    ASN,
    BOOLEAN,
    INTEGER,
    NETWORKS,
    PEM,
    TEXT_BOOLEAN,
    WORD,
    algorithm,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import CLOUD_KEYS, LIFETIME_LIMITS, choices
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    address,
    asn,
    identity,
    networks,
    plain_text,
    tunnel_cidr,
    whole_number,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import psk_problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb

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


def _algorithm(section: str, option: str) -> Field:
    key = CLOUD_KEYS[section][option]
    if option == "lifetime":
        return Field(option, {"type": "int"}, key, key, INTEGER, rule=whole_number(*LIFETIME_LIMITS, "seconds"))
    values = choices(option)
    kind = "int" if all(isinstance(value, int) for value in values) else "str"
    spec = {"type": kind, "choices": values if kind == "int" else [str(value) for value in values]}
    return Field(option, spec, key, key, algorithm(section, option))


_IKE = (
    Field(
        "psk", {"type": "str", "no_log": True}, write="Psk", read="Psk", secret=True, generated=True, rule=psk_problem
    ),
    *(_algorithm("ike", option) for option in CLOUD_KEYS["ike"]),
    Field("local_id", {"type": "str"}, write="LocalId", read="LocalId", rule=identity),
    Field("remote_id", {"type": "str"}, write="RemoteId", read="RemoteId", rule=identity),
)
_IPSEC = tuple(_algorithm("ipsec", option) for option in CLOUD_KEYS["ipsec"])
_TUNNEL_BGP = (
    Field("local_asn", {"type": "str"}, write="LocalAsn", read="LocalAsn", codec=ASN, rule=asn),
    Field("tunnel_cidr", {"type": "str"}, write="TunnelCidr", read="TunnelCidr", rule=tunnel_cidr),
    Field("local_address", {"type": "str"}, write="LocalBgpIp", read="LocalBgpIp", rule=address),
    Field("peer_asn", read="PeerAsn", codec=ASN),
    Field("peer_address", read="PeerBgpIp"),
    Field("status", read="BgpStatus|Status"),
)
_HEALTH_CHECK = (
    Field("enabled", {"type": "bool"}, write="enable", read="Enable", codec=TEXT_BOOLEAN),
    Field("destination", {"type": "str"}, write="dip", read="Dip", rule=address),
    Field("source", {"type": "str"}, write="sip", read="Sip", rule=address),
    Field(
        "interval",
        {"type": "int"},
        write="interval",
        read="Interval",
        codec=INTEGER,
        rule=whole_number(1, 3600, "seconds"),
    ),
    Field("retry", {"type": "int"}, write="retry", read="Retry", codec=INTEGER, rule=whole_number(1, 10)),
    Field("status", read="Status"),
)
_TUNNELS = (
    Field("role", {"type": "str", "choices": list(ROLES), "required": True}, write="Role", read="Role", codec=WORD),
    Field("tunnel_id", write="TunnelId", read="TunnelId", create=False),
    Field("customer_gateway_id", {"type": "str"}, write="CustomerGatewayId", read="CustomerGatewayId"),
    Field("dpd", {"type": "bool"}, write="EnableDpd", read="EnableDpd", codec=BOOLEAN),
    Field("nat_traversal", {"type": "bool"}, write="EnableNatTraversal", read="EnableNatTraversal", codec=BOOLEAN),
    Field("remote_ca_certificate", {"type": "str"}, write="RemoteCaCertificate", read="RemoteCaCertificate", codec=PEM),
    Field("ike", {"type": "dict"}, write="TunnelIkeConfig", read="TunnelIkeConfig", fields=_IKE),
    Field("ipsec", {"type": "dict"}, write="TunnelIpsecConfig", read="TunnelIpsecConfig", fields=_IPSEC),
    Field("bgp", {"type": "dict"}, write="TunnelBgpConfig", read="TunnelBgpConfig", fields=_TUNNEL_BGP),
    Field("internet_ip", read="InternetIp"),
    Field("state", read="State"),
    Field("status", read="Status"),
    Field("zone_id", read="ZoneNo"),
)


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    tunnels = want.get("tunnels")
    if tunnels is not None:
        for option in SINGLE_TUNNEL_OPTIONS:
            if want.get(option) is not None:
                yield Problem(
                    option,
                    "(given)",
                    "belongs to a single-tunnel connection, yet tunnels is given",
                    f"move {option} into tunnels",
                )
        if sorted(tunnel["role"] for tunnel in tunnels) != sorted(ROLES):
            value = ", ".join(tunnel["role"] for tunnel in tunnels) or "(empty)"
            yield Problem(
                "tunnels", value, "is not one master and one slave", "give exactly two tunnels, one of each role"
            )
        cidrs = [(tunnel.get("bgp") or {}).get("tunnel_cidr") for tunnel in tunnels]
        if len(cidrs) == 2 and cidrs[0] and cidrs[0] == cidrs[1]:
            yield Problem(
                "tunnels", shown(cidrs[0]), "is the tunnel_cidr of both tunnels", "give each tunnel a /30 of its own"
            )
        if want.get("enable_tunnels_bgp"):
            for tunnel in tunnels:
                if not (tunnel.get("bgp") or {}).get("tunnel_cidr"):
                    path = f"tunnels[{tunnel['role']}].bgp.tunnel_cidr"
                    yield Problem(
                        path, "(missing)", "is needed with enable_tunnels_bgp", "give it a /30 of 169.254.0.0/16"
                    )
    elif want.get("enable_tunnels_bgp"):
        yield Problem(
            "enable_tunnels_bgp", "true", "belongs to a dual-tunnel connection", "use bgp.enabled, or give tunnels"
        )
    for path, block in _crypto_blocks(want):
        ike = block.get("ike") or {}
        if ike.get("version") == "ikev2" and ike.get("mode") == "aggressive":
            path = f"{path}.ike.mode" if path else "ike.mode"
            yield Problem(path, "'aggressive'", "exists only in IKEv1, but version is ikev2", "remove it")
    several = [name for name in ("local_subnets", "remote_subnets") if len(want.get(name) or []) > 1]
    for path, block in _crypto_blocks(want):
        if several and (block.get("ike") or {}).get("version") == "ikev1":
            yield Problem(
                several[0],
                f"{len(want[several[0]])} networks",
                "do not work with IKEv1, which negotiates one pair of networks",
                f"set {path + '.' if path else ''}ike.version: ikev2, or make one connection for each network",
            )
            break


def _crypto_blocks(want: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if want.get("tunnels") is None:
        yield "", want
    else:
        for tunnel in want["tunnels"]:
            yield f"tunnels[{tunnel['role']}]", tunnel


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
            fields=_HEALTH_CHECK,
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
                *_TUNNEL_BGP,
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
