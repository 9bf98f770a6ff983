# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The blocks that every kind of IPsec object shares: phase 1, phase 2, BGP, health check, tunnels, and their rules.

Private to this collection. Parameters as in CreateVpnConnection (IkeConfig, IpsecConfig, BgpConfig, HealthCheckConfig,
TunnelOptionsSpecification), which CreateVpnAttachment and CreateIpsecServer repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_addresses
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import (
    ASN,
    BOOLEAN,
    INTEGER,
    TEXT_BOOLEAN,
    algorithm,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import (
    CLOUD_KEYS,
    LIFETIME_LIMITS,
    SHANGMI,
    choices,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    address,
    asn,
    identity,
    one_of_the_words,
    tunnel_cidr,
    whole_number,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import psk_problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field


def _algorithm(section: str, option: str, shangmi: bool = False) -> Field:
    key = CLOUD_KEYS[section][option]
    if option == "lifetime":
        return Field(option, {"type": "int"}, key, key, INTEGER, rule=whole_number(*LIFETIME_LIMITS, "seconds"))
    values = [*choices(option), *(SHANGMI.get(option, ()) if shangmi else ())]
    # Not "choices" of the argument spec: these compare letter by letter.
    return Field(option, {"type": "str"}, key, key, algorithm(section, option), rule=one_of_the_words(values))


def ike_fields(shangmi: bool = False) -> tuple[Field, ...]:
    """Phase 1, with the ShangMi algorithms or without."""
    return (
        Field(
            "psk",
            {"type": "str", "no_log": True},
            write="Psk",
            read="Psk",
            secret=True,
            generated=True,
            rule=psk_problem,
        ),
        *(_algorithm("ike", option, shangmi) for option in CLOUD_KEYS["ike"]),
        Field("local_id", {"type": "str"}, write="LocalId", read="LocalId", rule=identity),
        Field("remote_id", {"type": "str"}, write="RemoteId", read="RemoteId", rule=identity),
    )


def ipsec_fields(shangmi: bool = False) -> tuple[Field, ...]:
    """Phase 2, with the ShangMi algorithms or without."""
    return tuple(_algorithm("ipsec", option, shangmi) for option in CLOUD_KEYS["ipsec"])


IKE = ike_fields()
IPSEC = ipsec_fields()
TUNNEL_BGP = (
    Field("local_asn", {"type": "str"}, write="LocalAsn", read="LocalAsn", codec=ASN, rule=asn),
    Field("tunnel_cidr", {"type": "str"}, write="TunnelCidr", read="TunnelCidr", rule=tunnel_cidr),
    Field("local_address", {"type": "str"}, write="LocalBgpIp", read="LocalBgpIp", rule=address),
    Field("peer_asn", read="PeerAsn", codec=ASN),
    Field("peer_address", read="PeerBgpIp"),
    Field("status", read="BgpStatus|Status"),
)
HEALTH_CHECK = (
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


def tunnel_settings(shangmi: bool = False) -> tuple[Field, ...]:
    """What can be set in each tunnel of a dual-tunnel object, next to what tells the tunnels apart."""
    ike, ipsec = ike_fields(shangmi), ipsec_fields(shangmi)
    return (
        Field(
            "customer_gateway_id", {"type": "str"}, write="CustomerGatewayId", read="CustomerGatewayId", required=True
        ),
        Field("dpd", {"type": "bool"}, write="EnableDpd", read="EnableDpd", codec=BOOLEAN),
        Field("nat_traversal", {"type": "bool"}, write="EnableNatTraversal", read="EnableNatTraversal", codec=BOOLEAN),
        Field("ike", {"type": "dict"}, write="TunnelIkeConfig", read="TunnelIkeConfig", fields=ike),
        Field("ipsec", {"type": "dict"}, write="TunnelIpsecConfig", read="TunnelIpsecConfig", fields=ipsec),
        Field("bgp", {"type": "dict"}, write="TunnelBgpConfig", read="TunnelBgpConfig", fields=TUNNEL_BGP),
    )


def is_attachment(item: Mapping[str, Any]) -> bool:
    """Whether an element of DescribeVpnConnections is for a transit router (attached or not), not of a VPN gateway."""
    return item.get("AttachType") in ("CEN", "NO_ASSOCIATED")


TUNNEL_STATE = (
    Field("internet_ip", read="InternetIp"),
    Field("state", read="State"),
    Field("status", read="Status"),
    Field("zone_id", read="ZoneNo"),
)


def tunnel_problems(
    want: Mapping[str, Any], match: str, pair: tuple[Any, Any], single_options: Iterable[str]
) -> Iterable[Problem]:
    """Contradictions of a connection with one or two tunnels.

    *match* is the option that tells its tunnels apart and *pair* its two values; *single_options* are the options that
    only an object with one tunnel has.
    """
    tunnels = want.get("tunnels")
    if tunnels is not None:
        for option in single_options:
            if want.get(option) is not None:
                yield Problem(
                    option,
                    "(given)",
                    "belongs to a single-tunnel connection, yet tunnels is given",
                    f"move {option} into tunnels",
                )
        if sorted(tunnel[match] for tunnel in tunnels) != sorted(pair):
            value = ", ".join(str(tunnel[match]) for tunnel in tunnels) or "(empty)"
            yield Problem(
                "tunnels",
                value,
                f"is not one {pair[0]} and one {pair[1]}",
                f"give exactly two tunnels, one of each {match}",
            )
        cidrs = [(tunnel.get("bgp") or {}).get("tunnel_cidr") for tunnel in tunnels]
        if len(cidrs) == 2 and cidrs[0] and cidrs[0] == cidrs[1]:
            yield Problem(
                "tunnels", shown(cidrs[0]), "is the tunnel_cidr of both tunnels", "give each tunnel a /30 of its own"
            )
        if want.get("enable_tunnels_bgp"):
            for tunnel in tunnels:
                if not (tunnel.get("bgp") or {}).get("tunnel_cidr"):
                    path = f"tunnels[{tunnel[match]}].bgp.tunnel_cidr"
                    yield Problem(
                        path, "(missing)", "is needed with enable_tunnels_bgp", "give it a /30 of 169.254.0.0/16"
                    )
    elif want.get("enable_tunnels_bgp"):
        yield Problem(
            "enable_tunnels_bgp", "true", "belongs to a dual-tunnel connection", "use bgp.enabled, or give tunnels"
        )
    yield from _address_problems(want, match)
    yield from crypto_problems(want, match)


def _address_problems(want: Mapping[str, Any], match: str) -> Iterable[Problem]:
    """The cloud's BGP address is one of the two that a /30 has, where both are given."""
    for path, block in _blocks(want, match):
        bgp = block.get("bgp") or {}
        cidr, local = bgp.get("tunnel_cidr"), bgp.get("local_address")
        if not cidr or not local or tunnel_cidr(cidr, "") or local in tunnel_addresses(cidr):
            continue
        prefix = f"{path}." if path else ""
        rule = f"is not an address of the tunnel {cidr}"
        yield Problem(f"{prefix}bgp.local_address", shown(local), rule, f"use {' or '.join(tunnel_addresses(cidr))}")


def shangmi_problems(want: Mapping[str, Any], match: str) -> Iterable[Problem]:
    """SM algorithms come together, with IKEv1 in main mode and with the certificate of the peer's authority."""
    for path, block in _blocks(want, match):
        prefix = f"{path}." if path else ""
        ike = block.get("ike") or {}
        given = {
            f"{section}.{option}": word
            for section in ("ike", "ipsec")
            for option in SHANGMI
            if (word := (block.get(section) or {}).get(option)) is not None
        }
        ours = {name: word for name, word in given.items() if word in SHANGMI[name.split(".")[1]]}
        if not ours and not block.get("remote_ca_certificate"):
            continue
        reason = "goes with an SM gateway" if ours else "is not an SM algorithm, yet remote_ca_certificate is given"
        for name, word in given.items():
            if name not in ours:
                (sm,) = SHANGMI[name.split(".")[1]]
                rule = "is mixed with SM algorithms" if ours else reason
                yield Problem(f"{prefix}{name}", shown(word), rule, f"use {sm} everywhere or nowhere")
        if ours and not block.get("remote_ca_certificate"):
            name, word = min(ours.items())
            yield Problem(
                f"{prefix}{name}",
                shown(word),
                "belongs to an SM gateway, whose peers are known by certificate",
                f"add {prefix}remote_ca_certificate, or use another algorithm",
            )
        for option, only in (("version", "ikev1"), ("mode", "main")):
            if ike.get(option) not in (None, only):
                value = shown(ike[option])
                yield Problem(f"{prefix}ike.{option}", value, "is not possible with SM algorithms", f"use {only}")


def crypto_problems(want: Mapping[str, Any], match: str) -> Iterable[Problem]:
    """What contradicts itself in the IKE settings of *want* or of its tunnels, which *match* tells apart."""
    for path, block in _blocks(want, match):
        ike = block.get("ike") or {}
        if ike.get("version") == "ikev2" and ike.get("mode") == "aggressive":
            path = f"{path}.ike.mode" if path else "ike.mode"
            yield Problem(path, "'aggressive'", "exists only in IKEv1, but version is ikev2", "remove it")
    several = [name for name in ("local_subnets", "remote_subnets") if len(want.get(name) or []) > 1]
    for path, block in _blocks(want, match):
        if several and (block.get("ike") or {}).get("version") == "ikev1":
            yield Problem(
                several[0],
                f"{len(want[several[0]])} networks",
                "do not work with IKEv1, which negotiates one pair of networks",
                f"set {path + '.' if path else ''}ike.version: ikev2, or make one connection for each network",
            )
            break


def _blocks(want: Mapping[str, Any], match: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if want.get("tunnels") is None:
        yield "", want
    else:
        for tunnel in want["tunnels"]:
            yield f"tunnels[{tunnel[match]}]", tunnel
