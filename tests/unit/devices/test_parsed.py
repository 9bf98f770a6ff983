# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What parsers of the devices' languages read in the files is what the model says.

Parsers: netutils (Cisco, Fortinet, Comware and VRP), junoscfg (Junos), routeros-diff (RouterOS), and for VyOS, whose
configuration mode is a shell, the shell's own splitting.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

import junoscfg
import pytest
from netaddr import IPNetwork
from netutils.config import parser
from routeros_diff.parser import RouterOSConfig

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import Configuration, Tunnel
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import WORDS, words_of
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import render
from tests.unit.devices.samples import cases, configuration

#: What every reader has to find, where the device says it at all.
REQUIRED = {
    "remote_address", "psk", "ike_encryption", "ike_integrity", "dh_group", "ike_lifetime", "esp_encryption",
    "esp_integrity", "pfs_group", "ipsec_lifetime", "dpd_delay", "selectors",
}  # fmt: skip
EVERYTHING = "0.0.0.0/0"


def expected(made: Configuration, tunnel: Tunnel) -> dict[str, Any]:
    """Everything that a reader may find of a tunnel, in canonical words."""
    pairs = tunnel.pairs if made.exact else [(EVERYTHING, EVERYTHING)]
    facts: dict[str, Any] = {
        "remote_address": tunnel.remote_address,
        "local_id": tunnel.local_id,
        "remote_id": tunnel.remote_id,
        "psk": tunnel.psk,
        "version": tunnel.ike["version"],
        "ike_encryption": tunnel.ike["encryption"],
        "ike_integrity": tunnel.ike["integrity"],
        "dh_group": str(tunnel.ike["dh_group"]),
        "ike_lifetime": tunnel.ike["lifetime"],
        "esp_encryption": tunnel.ipsec["encryption"],
        "esp_integrity": tunnel.ipsec["integrity"],
        "pfs_group": tunnel.ipsec["pfs_group"],
        "ipsec_lifetime": tunnel.ipsec["lifetime"],
        "dpd_delay": tunnel.dpd_delay,
        "selectors": {(str(local), str(remote)) for local, remote in pairs},
        "inside": f"{tunnel.own_address}/30",
        "mtu": tunnel.mtu,
        "mss": tunnel.mss,
        "untranslated": {(str(local), str(remote)) for local, remote in made.pairs},
        "networks": ({str(one) for one in tunnel.local_networks}, {str(one) for one in tunnel.remote_networks}),
    }
    if made.bgp:
        facts["bgp"] = (tunnel.local_asn, tunnel.peer_address, tunnel.peer_asn)
    else:
        facts["routes"] = {str(network) for network in tunnel.remote_networks}
    return facts


def canonical(made: Configuration, tunnel: Tunnel, name: str, word: str | None) -> str:
    """A word of the device as the canonical value."""
    words = words_of(made.device, tunnel.ike["version"], name)
    (value,) = [value for value, spelled in words.items() if spelled == (word or "")]
    return value


def in_canonical_words(made: Configuration, tunnel: Tunnel, read: dict[str, Any]) -> dict[str, Any]:
    return {
        name: canonical(made, tunnel, name, value) if name in WORDS else int(value) if name in NUMBERS else value
        for name, value in read.items()
    }


NUMBERS = {"ike_lifetime", "ipsec_lifetime", "dpd_delay", "mtu", "mss"}


class Lines:
    """Lines of a configuration, each with the lines above it that it belongs to."""

    def __init__(self, paths: list[tuple[str, ...]]) -> None:
        self.paths = paths

    def under(self, *parents: str) -> Lines:
        """The lines below these."""
        depth = len(parents)
        return Lines([path[depth:] for path in self.paths if path[:depth] == parents and len(path) > depth])

    def all(self, start: str) -> list[str]:
        """What follows a beginning, in every line that has it."""
        return [path[0][len(start) :].strip() for path in self.paths if len(path) == 1 and path[0].startswith(start)]

    def one(self, start: str) -> str:
        """What follows a beginning that exactly one line has."""
        (found,) = self.all(start)
        return found

    def maybe(self, start: str) -> str | None:
        return self.one(start) if self.all(start) else None


def parsed(kind: type[parser.BaseConfigParser], text: str) -> Lines:
    return Lines(
        [tuple(part.strip() for part in (*line.parents, line.config_line)) for line in kind(text).config_lines]
    )


def cidr(words: str, wild: bool = False) -> str:
    """``192.168.1.0 255.255.255.0`` (or a wildcard) as a CIDR."""
    address, mask = words.split()[:2]
    # netaddr reads a wildcard as the mask that it stands for.
    return str(IPNetwork(f"{address}/{mask}")) if not wild else str(IPNetwork(f"{address}/{inverse(mask)}"))


def inverse(mask: str) -> str:
    return ".".join(str(255 - int(octet)) for octet in mask.split("."))


def acl_pair(rule: str, wild: bool) -> tuple[str, str]:
    """``... permit ip A M A M`` or ``... source A M destination A M`` as two CIDRs."""
    words = [word for word in rule.split() if word[0].isdigit() and "." in word]
    return cidr(" ".join(words[:2]), wild), cidr(" ".join(words[2:]), wild)


def cisco_ios_xe(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = parsed(parser.IOSConfigParser, texts["cfg"])
    label = tunnel.label
    interface = lines.under(f"interface Tunnel{tunnel.number}")
    ipsec = lines.under(f"crypto ipsec profile {label}")
    transform = lines.one(f"crypto ipsec transform-set {label}").split()
    read = {
        "remote_address": interface.one("tunnel destination"),
        "inside": str(IPNetwork("/".join(interface.one("ip address").split()))),
        "mtu": interface.one("ip mtu"),
        "mss": interface.one("ip tcp adjust-mss"),
        "esp_encryption": " ".join(transform[:-1]),
        "esp_integrity": transform[-1],
        "pfs_group": ipsec.maybe("set pfs"),
        "ipsec_lifetime": ipsec.one("set security-association lifetime seconds"),
        "selectors": {(EVERYTHING, EVERYTHING)},
    }
    assert interface.one("tunnel protection ipsec profile") == label
    if interface.maybe("tunnel protection ipsec policy ipv4"):
        acl = lines.under(f"ip access-list extended {interface.one('tunnel protection ipsec policy ipv4')}")
        read["selectors"] = {acl_pair(rule, wild=True) for rule in acl.all("permit ip")}
    if tunnel.ikev1:
        policy, profile = (
            lines.under(f"crypto isakmp {part}") for part in (f"policy {tunnel.number}", f"profile {label}")
        )
        key = lines.under(f"crypto keyring {label}").one("pre-shared-key address").split()
        assert key[0] == tunnel.remote_address and ipsec.one("set isakmp-profile") == label
        read.update(
            ike_encryption=policy.one("encryption"),
            ike_integrity=policy.one("hash"),
            dh_group=policy.one("group"),
            ike_lifetime=policy.one("lifetime"),
            psk=key[-1],
            remote_id=profile.one("match identity address").split()[0],
            dpd_delay=profile.one("keepalive").split()[0],
        )
    else:
        proposal, profile = (lines.under(f"crypto ikev2 {part} {label}") for part in ("proposal", "profile"))
        ring = lines.under(f"crypto ikev2 keyring {label}", f"peer {label}")
        assert ring.one("address") == tunnel.remote_address and ipsec.one("set ikev2-profile") == label
        assert label in lines.under("crypto ikev2 policy hybridnet").all("proposal")
        read.update(
            ike_encryption=proposal.one("encryption"),
            ike_integrity=proposal.one("integrity"),
            dh_group=proposal.one("group"),
            ike_lifetime=profile.one("lifetime"),
            psk=ring.one("pre-shared-key 0"),
            local_id=profile.one("identity local address"),
            remote_id=profile.one("match identity remote address").split()[0],
            dpd_delay=profile.one("dpd").split()[0],
        )
    if made.bgp:
        asn = lines.one("router bgp")
        bgp = lines.under(f"router bgp {asn}")
        read["bgp"] = (int(asn), tunnel.peer_address, int(bgp.one(f"neighbor {tunnel.peer_address} remote-as")))
    else:
        routes = [words for words in lines.all("ip route") if words.split()[2] == f"Tunnel{tunnel.number}"]
        read["routes"] = {cidr(words) for words in routes}
    return read


def cisco_asa(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = parsed(parser.ASAConfigParser, texts["cfg"])
    label, version = tunnel.label, tunnel.ike["version"]
    interface = lines.under(f"interface Tunnel{tunnel.number}")
    profile = lines.under(f"crypto ipsec profile {interface.one('tunnel protection ipsec profile')}")
    policy = lines.under(f"crypto {version} policy {tunnel.number}")
    group = lines.under(f"tunnel-group {tunnel.remote_address} ipsec-attributes")
    objects = {
        side: {cidr(words) for words in lines.under(f"object-group network hybridnet-{side}").all("network-object")}
        for side in ("local", "remote")
    }
    exempt = lines.one(f"nat (inside,{label})")
    assert exempt.count("hybridnet-local") == exempt.count("hybridnet-remote") == 2
    read = {
        "remote_address": interface.one("tunnel destination"),
        "inside": str(IPNetwork("/".join(interface.one("ip address").split()))),
        "mss": lines.one("sysopt connection tcpmss"),
        "pfs_group": profile.maybe("set pfs"),
        "ipsec_lifetime": profile.one("set security-association lifetime seconds"),
        "ike_encryption": policy.one("encryption"),
        "dh_group": policy.one("group"),
        "ike_lifetime": policy.one("lifetime").removeprefix("seconds "),
        "dpd_delay": group.one("isakmp keepalive threshold").split()[0],
        "selectors": {(EVERYTHING, EVERYTHING)},
        "untranslated": {(local, remote) for local in objects["local"] for remote in objects["remote"]},
    }
    if tunnel.ikev1:
        encryption, integrity = lines.one(f"crypto ipsec ikev1 transform-set {label}").split()
        read.update(ike_integrity=policy.one("hash"), psk=group.one("ikev1 pre-shared-key"))
    else:
        proposal = lines.under(f"crypto ipsec ikev2 ipsec-proposal {profile.one('set ikev2 ipsec-proposal')}")
        encryption, integrity = (proposal.one(f"protocol esp {kind}") for kind in ("encryption", "integrity"))
        (psk,) = {group.one(f"ikev2 {side}-authentication pre-shared-key") for side in ("remote", "local")}
        read.update(ike_integrity=policy.one("integrity"), prf=policy.one("prf"), psk=psk)
    read.update(esp_encryption=encryption, esp_integrity=integrity)
    if interface.maybe("tunnel protection ipsec policy"):
        rules = lines.all(f"access-list {interface.one('tunnel protection ipsec policy')} extended permit ip")
        read["selectors"] = {acl_pair(rule, wild=False) for rule in rules}
    if made.bgp:
        asn = lines.one("router bgp")
        neighbour = lines.under(f"router bgp {asn}", "address-family ipv4 unicast")
        read["bgp"] = (int(asn), tunnel.peer_address, int(neighbour.one(f"neighbor {tunnel.peer_address} remote-as")))
    else:
        read["routes"] = {cidr(words) for words in lines.all(f"route {label}")}
    return read


def fortios(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = parsed(parser.FortinetConfigParser, texts["conf"])
    phase1 = lines.under("config vpn ipsec phase1-interface", f'edit "{tunnel.label}"')
    every = lines.under("config vpn ipsec phase2-interface")
    names = [
        name for name in every.all("edit") if every.under(f"edit {name}").one("set phase1name") == f'"{tunnel.label}"'
    ]
    children = [every.under(f"edit {name}") for name in names]
    interface = lines.under("config system interface", f'edit "{tunnel.label}"')
    encryption, integrity = phase1.one("set proposal").split("-")
    esp = {child.one("set proposal") for child in children}
    esp_encryption, esp_integrity = esp.pop().split("-")
    assert not esp and {child.one("set pfs") for child in children} == {"enable"}
    read = {
        "remote_address": phase1.one("set remote-gw"),
        "local_id": shlex.split(phase1.one("set localid "))[0],
        "psk": shlex.split(phase1.one("set psksecret"))[0],
        "version": f"ikev{phase1.one('set ike-version')}",
        "ike_encryption": encryption,
        "ike_integrity": integrity,
        "dh_group": phase1.one("set dhgrp"),
        "ike_lifetime": phase1.one("set keylife"),
        "dpd_delay": phase1.one("set dpd-retryinterval"),
        "esp_encryption": esp_encryption,
        "esp_integrity": esp_integrity,
        "pfs_group": children[0].one("set dhgrp"),
        "ipsec_lifetime": children[0].one("set keylifeseconds"),
        "selectors": {(cidr(child.one("set src-subnet")), cidr(child.one("set dst-subnet"))) for child in children},
        "inside": f"{interface.one('set ip').split()[0]}/30",
    }
    assert interface.one("set remote-ip").split()[0] == tunnel.peer_address
    # The parser keeps the lines of rules without a name together.
    policies = lines.under("config firewall policy", "edit 0")
    assert set(policies.all("set nat")) == {"disable"}
    assert {policy for policy in policies.all("set name") if tunnel.label in policy} == {
        f'"{tunnel.label}-{way}"' for way in ("in", "out")
    }
    (read["mss"],) = {*policies.all("set tcp-mss-sender"), *policies.all("set tcp-mss-receiver")}
    if made.bgp:
        bgp = lines.under("config router bgp")
        neighbour = bgp.under("config neighbor", f'edit "{tunnel.peer_address}"')
        read["bgp"] = (int(bgp.one("set as")), tunnel.peer_address, int(neighbour.one("set remote-as")))
    return read


def comware(made: Configuration, tunnel: Tunnel, lines: Lines, no_nat: str, rule: str) -> dict[str, Any]:
    """What the two languages of one origin have in common."""
    label = tunnel.label
    exempt = lines.under(no_nat)
    read = {
        "selectors": {(EVERYTHING, EVERYTHING)},
        "untranslated": {acl_pair(words, wild=True) for words in exempt.all("rule")}
        if rule == "acl"
        else {
            (cidr(local.replace("mask ", "")), cidr(remote.replace("mask ", "")))
            for local in lines.under(no_nat, rule).all("source-address")
            for remote in lines.under(no_nat, rule).all("destination-address")
        },
    }
    if made.bgp:
        asn = lines.one("bgp")
        bgp = lines.under(f"bgp {asn}")
        read["bgp"] = (int(asn), tunnel.peer_address, int(bgp.one(f"peer {tunnel.peer_address} as-number")))
    if not made.exact:
        interface = lines.under(
            next(path[0] for path in lines.paths if path[0].startswith(f"interface Tunnel{tunnel.number}"))
        )
        read.update(
            remote_address=interface.one("destination"),
            inside=str(IPNetwork("/".join(interface.one("ip address").split()))),
            mtu=interface.one("mtu"),
        )
        assert interface.maybe("ipsec profile") == label or interface.one("tunnel protection ipsec profile") == label
    return read


def huawei(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = parsed(parser.HPComwareConfigParser, texts["cfg"])
    label = tunnel.label
    proposal, peer, esp = (
        lines.under(start)
        for start in (f"ike proposal {tunnel.number}", f"ike peer {label}", f"ipsec proposal {label}")
    )
    ipsec = lines.under(f"ipsec policy {label} 1 isakmp" if made.exact else f"ipsec profile {label}")
    read = comware(made, tunnel, lines, "nat-policy", "rule name hybridnet-no-nat")
    if made.exact:
        acl = lines.under(f"acl number {ipsec.one('security acl')}")
        read["selectors"] = {acl_pair(words, wild=True) for words in acl.all("rule")}
    assert ipsec.one("ike-peer") == label and ipsec.one("proposal") == label
    return {
        **read,
        "remote_address": peer.one("remote-address"),
        "local_id": peer.one("local-id "),
        "remote_id": peer.one("remote-id "),
        "psk": peer.one("pre-shared-key"),
        "version": {"1": "ikev2", "2": "ikev1"}[peer.one("undo version")],
        "ike_encryption": proposal.one("encryption-algorithm"),
        "ike_integrity": proposal.one("authentication-algorithm" if tunnel.ikev1 else "integrity-algorithm"),
        "dh_group": proposal.one("dh"),
        "ike_lifetime": proposal.one("sa duration"),
        "dpd_delay": peer.one("dpd idle-time"),
        "esp_encryption": esp.one("esp encryption-algorithm"),
        "esp_integrity": esp.one("esp authentication-algorithm"),
        "pfs_group": ipsec.maybe("pfs"),
        "ipsec_lifetime": ipsec.one("sa duration time-based"),
        "mss": lines.under(f"interface Tunnel{tunnel.number}").one("tcp adjust-mss"),
    }


def h3c(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = parsed(parser.HPComwareConfigParser, texts["cfg"])
    label = tunnel.label
    esp = lines.under(f"ipsec transform-set {label}")
    ipsec = lines.under(
        f"ipsec policy hybridnet {tunnel.number} isakmp" if made.exact else f"ipsec profile {label} isakmp"
    )
    read = comware(made, tunnel, lines, "acl advanced name hybridnet-no-nat", "acl")
    assert ipsec.one("transform-set") == label
    if made.exact:
        acl = lines.under(f"acl advanced name {ipsec.one('security acl name')}")
        read["selectors"] = {acl_pair(words, wild=True) for words in acl.all("rule")}
        read["remote_address"] = ipsec.one("remote-address")
        read["mss"] = lines.under(f"interface {made.outside_interface}").one("tcp mss")
    else:
        read["mss"] = lines.under(f"interface Tunnel{tunnel.number} mode ipsec").one("tcp mss")
    if tunnel.ikev1:
        profile, proposal = lines.under(f"ike profile {label}"), lines.under(f"ike proposal {tunnel.number}")
        key = lines.under(f"ike keychain {label}").one("pre-shared-key address")
        assert profile.one("proposal") == str(tunnel.number) and ipsec.one("ike-profile") == label
        read.update(
            ike_encryption=proposal.one("encryption-algorithm"),
            ike_integrity=proposal.one("authentication-algorithm"),
            ike_lifetime=proposal.one("sa duration"),
            local_id=profile.one("local-identity address"),
            psk=key.split()[-1],
        )
    else:
        profile, proposal = (lines.under(f"ikev2 {part} {label}") for part in ("profile", "proposal"))
        assert label in lines.under("ikev2 policy hybridnet").all("proposal") and ipsec.one("ikev2-profile") == label
        read.update(
            ike_encryption=proposal.one("encryption"),
            ike_integrity=proposal.one("integrity"),
            ike_lifetime=profile.one("sa duration"),
            local_id=profile.one("identity local address"),
            psk=lines.under(f"ikev2 keychain {label}", f"peer {label}").one("pre-shared-key plaintext"),
        )
    return {
        **read,
        "dh_group": proposal.one("dh"),
        "remote_id": profile.one("match remote identity address").split()[0],
        "dpd_delay": profile.one("dpd interval").split()[0],
        "esp_encryption": esp.one("esp encryption-algorithm"),
        "esp_integrity": esp.one("esp authentication-algorithm"),
        "pfs_group": esp.maybe("pfs"),
        "ipsec_lifetime": ipsec.one("sa duration time-based"),
    }


def loose(node: dict[str, Any], start: str) -> dict[str, list[str]]:
    """Statements that junoscfg's schema, made for another series, keeps as whole lines: ``{name: values}``."""
    found: dict[str, list[str]] = {}
    for line in node:
        if line.startswith(start):
            name, value = line[len(start) :].split(" ", 1)
            found.setdefault(name, []).append(value)
    return found


def junos(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    as_json = junoscfg.convert_config(
        texts["set"], from_format=junoscfg.Format.SET, to_format=junoscfg.Format.JSON, validate=False
    )
    whole = json.loads(as_json)["configuration"]
    security = whole["security"]
    ike, ipsec = (
        {kind: next(one for one in security[part][kind] if one["name"] == tunnel.label) for kind in kinds}
        for part, kinds in (("ike", ("proposal", "policy", "gateway")), ("ipsec", ("proposal", "policy", "vpn")))
    )
    gateway, vpn = ike["gateway"], ipsec["vpn"]
    (st0,) = [one for one in whole["interfaces"]["interface"] if one["name"] == "st0"]
    (unit,) = [one for one in st0["unit"] if str(one["name"]) == str(tunnel.number)]
    selectors = [loose(vpn, f"traffic-selector ts{number} ") for number in range(1, 1 + len(tunnel.pairs))]
    matches = loose(security, "nat source rule-set hybridnet rule hybridnet-no-nat match ")
    assert vpn["bind-interface"] == f"st0.{tunnel.number}" and gateway["ike-policy"] == tunnel.label
    read = {
        "remote_address": gateway["address"][0],
        "local_id": gateway["local-identity"]["inet"]["identity-ipv4"],
        "remote_id": gateway["remote-identity"]["inet"]["identity-ipv4"],
        "version": {"v1-only": "ikev1", "v2-only": "ikev2"}[gateway["version"]],
        "dpd_delay": gateway["dead-peer-detection"]["interval"],
        "psk": ike["policy"]["pre-shared-key"]["ascii-text"],
        "ike_encryption": ike["proposal"]["encryption-algorithm"],
        "ike_integrity": ike["proposal"]["authentication-algorithm"],
        "dh_group": ike["proposal"]["dh-group"],
        "ike_lifetime": ike["proposal"]["lifetime-seconds"],
        "esp_encryption": ipsec["proposal"]["encryption-algorithm"],
        "esp_integrity": ipsec["proposal"]["authentication-algorithm"],
        "ipsec_lifetime": ipsec["proposal"]["lifetime-seconds"],
        "pfs_group": ipsec["policy"]["perfect-forward-secrecy"]["keys"],
        "selectors": {
            (one["local-ip"][0], one["remote-ip"][0]) if one else (EVERYTHING, EVERYTHING) for one in selectors
        },
        "inside": unit["family"]["inet"]["address"][0]["name"],
        "mtu": unit["family"]["inet"]["mtu"],
        "mss": loose(security, "flow tcp-mss ipsec-vpn ")["mss"][0],
        "untranslated": {
            (local, remote) for local in matches["source-address"] for remote in matches["destination-address"]
        },
    }
    if made.bgp:
        (group,) = whole["protocols"]["bgp"]["group"]
        (neighbour,) = [one for one in group["neighbor"] if one["name"] == tunnel.peer_address]
        read["bgp"] = (int(group["local-as"]["as-number"]), neighbour["name"], int(neighbour["peer-as"]))
    return read


def routeros(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    config = RouterOSConfig.parse(texts["rsc"])
    menus = {
        str(section.path): [{arg.key: str(arg.value) for arg in line.args} for line in section.expressions]
        for section in config.sections
    }
    by_name = {
        menu: next(one for one in menus[f"/ip ipsec {menu}"] if one["name"] == tunnel.label)
        for menu in ("profile", "peer", "proposal")
    }
    (identity,) = [one for one in menus["/ip ipsec identity"] if one["peer"] == tunnel.label]
    policies = [one for one in menus["/ip ipsec policy"] if tunnel.label in one["peer"].split(",")]
    (mss,) = {one["new-mss"] for one in menus["/ip firewall mangle"]}
    assert by_name["peer"]["profile"] == tunnel.label
    assert {one["tunnel"] for one in policies} == {"yes"}
    return {
        "remote_address": by_name["peer"]["address"].removesuffix("/32"),
        "version": {"ike2": "ikev2", "main": "ikev1"}[by_name["peer"]["exchange-mode"]],
        "local_id": identity["my-id"].removeprefix("address:"),
        "remote_id": identity["remote-id"].removeprefix("address:"),
        "psk": identity["secret"],
        "ike_encryption": by_name["profile"]["enc-algorithm"],
        "ike_integrity": by_name["profile"]["hash-algorithm"],
        "dh_group": by_name["profile"]["dh-group"],
        "ike_lifetime": by_name["profile"]["lifetime"].removesuffix("s"),
        "dpd_delay": by_name["profile"]["dpd-interval"].removesuffix("s"),
        "esp_encryption": by_name["proposal"]["enc-algorithms"],
        "esp_integrity": by_name["proposal"]["auth-algorithms"],
        "pfs_group": by_name["proposal"]["pfs-group"],
        "ipsec_lifetime": by_name["proposal"]["lifetime"].removesuffix("s"),
        "selectors": {(one["src-address"], one["dst-address"]) for one in policies},
        "mss": mss,
        "untranslated": {(one["src-address"], one["dst-address"]) for one in menus["/ip firewall nat"]},
    }


def vyos(made: Configuration, tunnel: Tunnel, texts: dict[str, str]) -> dict[str, Any]:
    lines = [shlex.split(line, comments=True)[1:] for line in texts["vyos"].splitlines()]

    def values(*start: str) -> list[str]:
        return [" ".join(line[len(start) :]) for line in lines if tuple(line[: len(start)]) == start]

    def one(*start: str) -> str:
        (found,) = values(*start)
        return found

    label, vti = tunnel.label, f"vti{tunnel.number}"
    peer = ("vpn", "ipsec", "site-to-site", "peer", label)
    ike, esp = ("vpn", "ipsec", "ike-group", label), ("vpn", "ipsec", "esp-group", label)
    assert one(*peer, "vti", "bind") == vti
    pairs = {
        (local, remote)
        for local in values(*peer, "vti", "traffic-selector", "local", "prefix")
        for remote in values(*peer, "vti", "traffic-selector", "remote", "prefix")
    }
    rules = {line[3] for line in lines if line[:3] == ["nat", "source", "rule"]}
    read = {
        "remote_address": one(*peer, "remote-address"),
        "local_id": one(*peer, "authentication", "local-id"),
        "remote_id": one(*peer, "authentication", "remote-id"),
        "psk": one("vpn", "ipsec", "authentication", "psk", label, "secret"),
        "version": one(*ike, "key-exchange"),
        "ike_encryption": one(*ike, "proposal", "1", "encryption"),
        "ike_integrity": one(*ike, "proposal", "1", "hash"),
        "dh_group": one(*ike, "proposal", "1", "dh-group"),
        "ike_lifetime": one(*ike, "lifetime"),
        "dpd_delay": one(*ike, "dead-peer-detection", "interval"),
        "esp_encryption": one(*esp, "proposal", "1", "encryption"),
        "esp_integrity": one(*esp, "proposal", "1", "hash"),
        "pfs_group": one(*esp, "pfs"),
        "ipsec_lifetime": one(*esp, "lifetime"),
        "selectors": pairs or {(EVERYTHING, EVERYTHING)},
        "inside": one("interfaces", "vti", vti, "address"),
        "mtu": one("interfaces", "vti", vti, "mtu"),
        "mss": one("interfaces", "vti", vti, "ip", "adjust-mss"),
        "untranslated": {
            tuple(one("nat", "source", "rule", rule, side, "address") for side in ("source", "destination"))
            for rule in rules
        },
    }
    if made.bgp:
        peer_asn = one("protocols", "bgp", "neighbor", tunnel.peer_address, "remote-as")
        read["bgp"] = (int(one("protocols", "bgp", "system-as")), tunnel.peer_address, int(peer_asn))
    else:
        read["routes"] = {line[3] for line in lines if line[:3] == ["protocols", "static", "route"] and vti in line}
    return read


READERS: dict[str, Callable[..., dict[str, Any]]] = {
    reader.__name__: reader for reader in (cisco_ios_xe, cisco_asa, fortios, huawei, h3c, junos, routeros, vyos)
}
CASES = [pytest.param(case, id=f"{case.device}-{case}") for case in cases() if case.device in READERS]


@pytest.mark.parametrize("case", CASES)
def test_what_is_parsed_is_the_model(case):
    made = configuration(case)
    texts = render(made)
    for tunnel in made.tunnels:
        read = in_canonical_words(made, tunnel, READERS[case.device](made, tunnel, texts))
        wanted = {**expected(made, tunnel), "prf": tunnel.ike["integrity"]}
        assert read.keys() >= REQUIRED
        assert read == {name: wanted[name] for name in read}
