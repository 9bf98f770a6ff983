# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The set commands for PAN-OS are what the vendor's own library makes of the model.

pan-os-python writes XML; a set command is the path to a leaf of it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from panos import network, policies
from panos.base import PanObject

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import DPD_TRIES, Configuration, Tunnel
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import render
from tests.unit.devices.samples import cases, configuration

Command = tuple[str, ...]
CASES = [pytest.param(case, id=str(case)) for case in cases() if case.device == "panos"]
#: Written by the library because it is the device's default.
DEFAULTS = {
    ("anti-replay", "yes"),
    ("rule-type", "universal"),
    ("source-hip", "any"),
    ("destination-hip", "any"),
}


def leaves(element: ElementTree.Element, path: Command) -> Iterator[Command]:
    """Paths to the leaves below an element, which itself is the end of the path."""
    for child in element:
        name = child.get("name")
        own = (*path, *(() if child.tag in ("entry", "member") else (child.tag,)), *((name,) if name else ()))
        if len(child):
            yield from leaves(child, own)
        else:
            yield (*own, child.text) if child.text else own


def commands(thing: PanObject, folder: str) -> set[Command]:
    """What the library says of an object that stands in a folder."""
    start = (*folder.split(), thing.uid)
    return {line for line in leaves(thing.element(), start) if line[len(start) :] not in DEFAULTS}


def of_tunnel(made: Configuration, tunnel: Tunnel) -> Iterator[tuple[str, PanObject]]:
    """Objects of one tunnel, each with the folder it stands in."""
    dpd = {"enable_dead_peer_detection": True, "dead_peer_detection_interval": tunnel.dpd_delay}
    if tunnel.ikev1:
        exchange = {
            "ikev1_crypto_profile": tunnel.label,
            "ikev1_exchange_mode": tunnel.ike["mode"],
            "dead_peer_detection_retry": DPD_TRIES,
            **dpd,
        }
    else:
        exchange = {
            "ikev2_crypto_profile": tunnel.label,
            "enable_liveness_check": True,
            "liveness_check_interval": tunnel.dpd_delay,
        }
    yield (
        "network ike crypto-profiles ike-crypto-profiles",
        network.IkeCryptoProfile(
            tunnel.label,
            dh_group=[f"group{tunnel.ike['dh_group']}"],
            authentication=[tunnel.ike["integrity"]],
            encryption=[f"aes-{tunnel.ike['encryption'].removeprefix('aes')}-cbc"],
            lifetime_seconds=tunnel.ike["lifetime"],
        ),
    )
    yield (
        "network ike crypto-profiles ipsec-crypto-profiles",
        network.IpsecCryptoProfile(
            tunnel.label,
            dh_group=f"group{tunnel.ipsec['pfs_group']}",
            esp_authentication=[tunnel.ipsec["integrity"]],
            esp_encryption=[f"aes-{tunnel.ipsec['encryption'].removeprefix('aes')}-cbc"],
            lifetime_seconds=tunnel.ipsec["lifetime"],
        ),
    )
    yield (
        "network ike gateway",
        network.IkeGateway(
            tunnel.label,
            version=tunnel.ike["version"],
            interface=made.outside_interface,
            auth_type="pre-shared-key",
            pre_shared_key=tunnel.psk,
            local_id_type="ipaddr",
            local_id_value=tunnel.local_id,
            peer_id_type="ipaddr",
            peer_id_value=tunnel.remote_id,
            peer_ip_type="ip",
            peer_ip_value=tunnel.remote_address,
            enable_nat_traversal=tunnel.nat_traversal,
            **exchange,
        ),
    )
    interface = f"tunnel.{tunnel.number}"
    yield (
        "network interface tunnel units",
        network.TunnelInterface(interface, ip=[f"{tunnel.own_address}/30"], mtu=tunnel.mtu, comment=tunnel.name),
    )
    ipsec = network.IpsecTunnel(
        tunnel.label,
        tunnel_interface=interface,
        type="auto-key",
        ak_ike_gateway=tunnel.label,
        ak_ipsec_crypto_profile=tunnel.label,
    )
    for number, (local, remote) in enumerate(tunnel.pairs if made.exact else [], 1):
        name = f"{tunnel.label}-{number}"
        ipsec.add(network.IpsecTunnelIpv4ProxyId(name, local=str(local), remote=str(remote), any_protocol=True))
    yield "network tunnel ipsec", ipsec
    for number, network_of_peer in enumerate(tunnel.remote_networks if not made.bgp else (), 1):
        route = network.StaticRoute(
            f"{tunnel.label}-{number}",
            destination=str(network_of_peer),
            interface=interface,
            nexthop_type=None,
            metric=10 if tunnel.active else 20,
        )
        yield "network virtual-router default routing-table ip static-route", route


def of_rules(made: Configuration) -> Iterator[tuple[str, PanObject]]:
    inside, outside = [str(one) for one in made.local_networks], [str(one) for one in made.remote_networks]
    for name, ends, addresses in (
        ("hybridnet-out", (made.inside_zone, "hybridnet"), (inside, outside)),
        ("hybridnet-in", ("hybridnet", made.inside_zone), (outside, inside)),
    ):
        yield (
            "rulebase security rules",
            policies.SecurityRule(
                name,
                fromzone=[ends[0]],
                tozone=[ends[1]],
                source=addresses[0],
                destination=addresses[1],
                application=["any"],
                service=["any"],
                action="allow",
                category=None,
                source_user=None,
                hip_profiles=None,
            ),
        )
    yield (
        "rulebase nat rules",
        policies.NatRule(
            "hybridnet-no-nat",
            fromzone=[made.inside_zone],
            tozone=["hybridnet"],
            source=inside,
            destination=outside,
            service="any",
            nat_type=None,
        ),
    )


def written(text: str) -> set[Command]:
    """The set commands of a file, lists taken apart."""
    found = set()
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["set"]:
            continue
        if "[" in words:
            opening = words.index("[")
            found |= {(*words[1:opening], value) for value in words[opening + 1 : words.index("]")]}
        else:
            found.add(tuple(words[1:]))
    return found


@pytest.mark.parametrize("case", CASES)
def test_commands_are_those_of_the_vendors_library(case):
    made = configuration(case)
    lines = written(render(made)["set"])
    things = [pair for tunnel in made.tunnels for pair in of_tunnel(made, tunnel)] + list(of_rules(made))
    for folder, thing in things:
        start = (*folder.split(), thing.uid)
        own = {line for line in lines if line[: len(start)] == start}
        assert own == commands(thing, folder)


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].routing == "bgp"])
def test_bgp_peers_are_those_of_the_vendors_library(case):
    made = configuration(case)
    lines = written(render(made)["set"])
    folder = "network virtual-router default protocol bgp peer-group hybridnet peer"
    for tunnel in made.tunnels:
        peer = network.BgpPeer(
            tunnel.label,
            enable=True,
            peer_as=str(tunnel.peer_asn),
            local_interface=f"tunnel.{tunnel.number}",
            local_interface_ip=f"{tunnel.own_address}/30",
            peer_address_ip=tunnel.peer_address,
        )
        own = {line for line in lines if line[:9] == (*folder.split(), tunnel.label)[:9] and tunnel.label in line}
        assert own and own <= commands(peer, folder)
