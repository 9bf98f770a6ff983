# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each kind of customer gateway can do: one declaration, from which refusals and the documentation are made.

A site names its kind in ``device``. strongSwan is configured by its role; every other one gets files.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import choices
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import WORDS, words_of
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, one_of, shown

STRONGSWAN = "strongswan"

POLICY, STATIC, BGP = ROUTINGS = ("policy", "static", "bgp")
VERSIONS = ("ikev1", "ikev2")


@dataclass(frozen=True)
class Device:
    """One kind of gateway that is configured by hand from files.

    title, minimum: how people call it, and the oldest release with every command that is used.
    documents: names of the vendor's documents that the commands come from.
    files: ((ending of the file's name, template), ...); a template that renders to nothing makes no file.
    outside, inside: interfaces it is usually shipped with. outside_zone, inside_zone: its usual zones, if it has any.
    aggressive: whether IKEv1 may use aggressive mode.
    routings: ways of routing that it can do. dual: those in which it can have two tunnels to one network.
    names: IKE versions in which its own identity may be a name instead of an address.
    psk_refused: characters that its command line takes as something else inside a key.
    psk_decoded: beginnings of a key that make it read the rest as hexadecimal or base64.
    shortest_ike, shortest_ipsec: seconds, the least lifetimes that it takes. dpd_delays: seconds, least and most.
    silent: {parameter of ``_device_model``: why no command says it, worded to follow the title}.
    notes: limits that nobody can check here.
    """

    title: str
    minimum: str
    documents: tuple
    files: tuple
    outside: str
    inside: str
    outside_zone: str = ""
    inside_zone: str = ""
    aggressive: bool = True
    routings: tuple = ROUTINGS
    dual: tuple = ROUTINGS
    names: tuple = VERSIONS
    psk_refused: str = ""
    psk_decoded: tuple = ()
    shortest_ike: int = 60
    shortest_ipsec: int = 60
    dpd_delays: tuple = (1, 3600)
    silent: dict = field(default_factory=dict)
    notes: tuple = ()


_NO_ZONES = {
    "outside_zone": "has no zones",
    "inside_zone": "has no zones",
}
_NO_FORCED_UDP = {"force_encapsulation": "cannot be told to use UDP where there is no NAT"}
_BY_ADDRESS = {"remote_id": "takes any identity from the peer's address"}
_INSIDE_BY_ROUTE = {"inside_interface": "knows the inside by its routes"}

DEVICES = {
    "cisco_ios_xe": Device(
        title="Cisco IOS XE",
        minimum="16.12",
        documents=(
            "Security and VPN Configuration Guide, Cisco IOS XE 17.x: IPsec Virtual Tunnel Interfaces",
            "Configure Multi-SA Virtual Tunnel Interface on a Cisco IOS XE Router",
            "FlexVPN and Internet Key Exchange Version 2 Configuration Guide",
        ),
        files=(("cfg", "cisco_ios_xe.j2"),),
        outside="GigabitEthernet1",
        inside="GigabitEthernet2",
        names=("ikev2",),
        psk_refused="?",
        shortest_ike=120,
        shortest_ipsec=120,
        dpd_delays=(10, 3600),
        silent={**_NO_ZONES, **_INSIDE_BY_ROUTE},
        notes=(
            "Packets that leave by a tunnel interface are not translated by NAT on the outside interface.",
            "With IKEv1 the identity sent is always the address of the outside interface.",
            "Releases from 17.11 on refuse DES, 3DES, MD5 and groups 1, 2 and 5 unless told to accept weak ones.",
        ),
    ),
    "cisco_asa": Device(
        title="Cisco ASA",
        minimum="9.19",
        documents=(
            "Cisco ASA Series VPN CLI Configuration Guide, 9.19: Virtual Tunnel Interface",
            "Cisco ASA Series VPN CLI Configuration Guide, 9.19: IPsec and ISAKMP",
            "Cisco ASA Series Command Reference: tunnel protection ipsec policy",
        ),
        files=(("cfg", "cisco_asa.j2"),),
        outside="outside",
        inside="inside",
        aggressive=False,
        names=(),
        psk_refused="?",
        shortest_ike=120,
        shortest_ipsec=120,
        dpd_delays=(10, 3600),
        silent={
            **_NO_ZONES,
            **_NO_FORCED_UDP,
            "local_id": "always sends the address of its outside interface",
            "mtu": "computes the MTU of a tunnel interface from the outside one",
        },
        notes=(
            "Interfaces are named by nameif. The outside one must have the site's public address: an ASA behind NAT "
            "would send its private address as its identity.",
            "Releases from 9.15 on have no DES, 3DES, MD5 and groups 1, 2 and 5.",
        ),
    ),
    "fortios": Device(
        title="Fortinet FortiOS",
        minimum="7.0",
        documents=(
            "FortiOS CLI Reference 7.4: config vpn ipsec phase1-interface, phase2-interface",
            "FortiOS CLI Reference 7.4: config firewall policy, config router static, bgp, prefix-list",
            "FortiOS Administration Guide 7.4: Site-to-site VPN",
        ),
        files=(("conf", "fortios.j2"),),
        outside="wan1",
        inside="internal",
        psk_refused="?",
        shortest_ike=120,
        shortest_ipsec=120,
        psk_decoded=("0x",),
        silent={**_NO_ZONES, **_BY_ADDRESS, "mtu": "computes the MTU of a tunnel interface itself"},
        notes=("Each pair of networks is a child SA of its own.",),
    ),
    "panos": Device(
        title="Palo Alto Networks PAN-OS",
        minimum="10.1",
        documents=(
            "PAN-OS CLI Quick Start: configuration mode, set commands",
            "PAN-OS Administrator's Guide 10.1: Set Up Site-to-Site VPN",
        ),
        files=(("set", "panos.j2"),),
        outside="ethernet1/1",
        inside="ethernet1/2",
        outside_zone="untrust",
        inside_zone="trust",
        psk_refused='?"',
        shortest_ike=180,
        shortest_ipsec=180,
        dpd_delays=(2, 100),
        silent={
            "inside_interface": "knows the inside by its zone",
            "outside_zone": "lets IKE to the firewall itself through unless a rule forbids it",
            "mss": "clamps the segment size to the MTU of the tunnel interface itself",
            **_NO_FORCED_UDP,
        },
        notes=("The virtual router is the one called default.",),
    ),
    "junos": Device(
        title="Juniper Junos OS, SRX Series",
        minimum="22.2R1",
        documents=(
            "Junos OS IPsec VPN User Guide for Security Devices: Route-Based VPNs, Traffic Selectors",
            "Junos CLI Reference: ike (Security), ipsec (Security), tcp-mss (Security Flow)",
        ),
        files=(("set", "junos.j2"),),
        outside="ge-0/0/0.0",
        inside="ge-0/0/1.0",
        outside_zone="untrust",
        inside_zone="trust",
        shortest_ike=180,
        shortest_ipsec=180,
        dpd_delays=(10, 60),
        silent={"inside_interface": "knows the inside by its zone", **_NO_FORCED_UDP},
        notes=(
            "SHA-512, and for ESP SHA-384, exist only on some models with the package junos-ike: they are not offered.",
            "Each pair of networks is a traffic selector and a child SA of its own.",
        ),
    ),
    "routeros": Device(
        title="MikroTik RouterOS",
        minimum="7.1",
        documents=(
            "RouterOS Documentation: IPsec",
            "RouterOS Documentation: NAT, Mangle, Scripting",
            "RouterOS changelog 6.46: two peers for one policy",
        ),
        files=(("rsc", "routeros.j2"),),
        outside="ether1",
        inside="bridge",
        routings=(POLICY,),
        dual=(POLICY,),
        psk_decoded=("0x",),
        silent={
            **_NO_ZONES,
            **_NO_FORCED_UDP,
            **_INSIDE_BY_ROUTE,
            "mtu": "has no interface for a tunnel; the segment size says the same",
            "cidr": "has no interface for a tunnel",
        },
        notes=(
            "IPsec has no tunnel interfaces, so networks are exact and BGP cannot run over it.",
            "A policy names both peers and moves to the second when the first is gone.",
            "Rules are placed in front of the first one (place-before=0), which has to exist.",
        ),
    ),
    "huawei": Device(
        title="Huawei USG6000",
        minimum="V500R005",
        documents=(
            "HUAWEI USG6000 Series Product Documentation: IPSec",
            "HUAWEI USG6000 Series Command Reference: IKE and IPSec, Security Policy, NAT Policy",
            "Alibaba Cloud VPN Gateway: Configure a Huawei firewall",
        ),
        files=(("cfg", "huawei.j2"),),
        outside="GigabitEthernet1/0/1",
        inside="GigabitEthernet1/0/2",
        outside_zone="untrust",
        inside_zone="trust",
        psk_refused='?"',
        shortest_ipsec=480,
        dpd_delays=(10, 3600),
        silent={"inside_interface": "knows the inside by its zone", **_NO_FORCED_UDP},
        notes=(
            "ipsec sha2 compatible enable makes it cut SHA-2 as RFC 4868 says; it holds for the whole device.",
            "Security and NAT rules are appended: move them in front of rules that deny or translate the same packets.",
        ),
    ),
    "h3c": Device(
        title="H3C Comware 7",
        minimum="R0821",
        documents=(
            "H3C MSR Routers Command Reference (V7): IPsec, IKE and IKEv2 commands",
            "H3C SecPath Firewalls Configuration Guide (V7): IPsec",
            "Alibaba Cloud VPN Gateway: Configure an H3C firewall",
        ),
        files=(("cfg", "h3c.j2"),),
        outside="GigabitEthernet1/0/1",
        inside="GigabitEthernet1/0/2",
        outside_zone="Untrust",
        inside_zone="Trust",
        dual=(STATIC, BGP),
        psk_refused='?"',
        shortest_ike=120,
        shortest_ipsec=180,
        dpd_delays=(10, 300),
        silent={
            "inside_interface": "knows the inside by its zone",
            "nat_traversal": "always does NAT traversal",
            **_NO_FORCED_UDP,
        },
        notes=(
            "With exact networks the IPsec policy is bound to the outside interface, where one policy for a pair of "
            "networks can be active only.",
            "Where nat outbound is on the outside interface, rules that permit translation come after the denied ones.",
        ),
    ),
    "vyos": Device(
        title="VyOS",
        minimum="1.5",
        documents=(
            "VyOS User Guide: Site-to-Site VPN",
            "VyOS User Guide: NAT44, VTI, BGP, Policy",
        ),
        files=(("vyos", "vyos.j2"),),
        outside="eth0",
        inside="eth1",
        psk_refused='"\\',
        dpd_delays=(2, 3600),
        psk_decoded=("0x", "0s"),
        silent={**_NO_ZONES, **_INSIDE_BY_ROUTE, "nat_traversal": "always does NAT traversal"},
        notes=("The commands are for configuration mode; commit and save follow.",),
    ),
    "libreswan": Device(
        title="Libreswan",
        minimum="4.5",
        documents=(
            "ipsec.conf(5)",
            "ipsec.secrets(5)",
            "Libreswan Wiki: Route-based VPN using VTI",
            "FRR User Guide: BGP",
        ),
        files=(
            ("conf", "libreswan.conf.j2"),
            ("secrets", "libreswan.secrets.j2"),
            ("sh", "libreswan.sh.j2"),
            ("frr", "libreswan.frr.j2"),
        ),
        outside="eth0",
        inside="eth1",
        silent={
            **_NO_ZONES,
            **_INSIDE_BY_ROUTE,
            "outside_interface": "finds the outside by the default route",
        },
        notes=("Distributions build it without groups 1 and 2 and without DES.",),
    ),
    "parameter_sheet": Device(
        title="Any other device (parameter sheet)",
        minimum="",
        documents=(),
        files=(("md", "parameter_sheet.j2"),),
        outside="WAN",
        inside="LAN",
        outside_zone="WAN",
        inside_zone="LAN",
        notes=("A sheet to fill a web page from. What the device cannot do shows only there.",),
    ),
}

NAMES = (STRONGSWAN, *DEVICES)


def crypto_problems(name, suite):
    """What a device lacks of a suite (``ike`` and ``ipsec``), as problems with paths such as ``ipsec.integrity``."""
    device = DEVICES.get(name)
    if device is None:
        return []
    version = suite["ike"]["version"]
    found = {}
    for kind, (section, option, _rows) in WORDS.items():
        words = words_of(name, version, kind)
        value = suite[section][option]
        if words and str(value) not in words:
            offered = [str(choice) for choice in choices(option) if str(choice) in words]
            rule = f"is not available on {device.title} with {version}"
            found.setdefault(
                (section, option), Problem(f"{section}.{option}", shown(value), rule, f"use {one_of(offered)}")
            )
    if version == "ikev1" and suite["ike"].get("mode") == "aggressive" and not device.aggressive:
        rule = f"is not available on {device.title}"
        found["mode"] = Problem("ike.mode", shown("aggressive"), rule, "use main, or ike.version ikev2")
    return list(found.values())


def time_problems(name, connection):
    """Lifetimes and the wait before a probe that a device does not take; paths such as ``ike.lifetime``."""
    device = DEVICES.get(name)
    if device is None:
        return []
    least, most = device.dpd_delays
    found = []
    for section, shortest in (("ike", device.shortest_ike), ("ipsec", device.shortest_ipsec)):
        seconds = connection[section]["lifetime"]
        if seconds < shortest:
            rule = f"seconds are less than the {shortest} that {device.title} takes"
            found.append(Problem(f"{section}.lifetime", shown(seconds), rule, f"use {shortest} or more"))
    delay = connection["dpd_delay"]
    if connection["dpd"] and not least <= delay <= most:
        rule = f"is not between the {least} and {most} seconds that {device.title} takes"
        found.append(Problem("dpd_delay", shown(delay), rule, f"use {min(max(delay, least), most)}"))
    return found


def routing_problems(name, routing, tunnels):
    """Whether a device can do a way of routing, and with that many tunnels to one network; the path is ``routing``."""
    device = DEVICES.get(name)
    if device is None:
        return []
    if routing not in device.routings:
        rule = f"is not available on {device.title}"
        return [Problem("routing", shown(routing), rule, f"use {one_of(device.routings)}, or another device")]
    if tunnels > 1 and routing not in device.dual:
        rule = f"allows {device.title} one tunnel to a network, but there are {tunnels}"
        fix = f"use {one_of(device.dual)}, or a gateway with one tunnel"
        return [Problem("routing", shown(routing), rule, fix)]
    return []


def identity_problems(name, version, local_id):
    """Whether a device can call itself by this name; the path is ``local_id``."""
    device = DEVICES.get(name)
    named = any(character.isalpha() for character in str(local_id or ""))
    if device is None or not named or version in device.names:
        return []
    rule = f"is a name, and {device.title} has only its address as identity with {version}"
    fix = "remove local_id" + (f", or use ike.version {one_of(device.names)}" if device.names else "")
    return [Problem("local_id", shown(str(local_id)), rule, fix)]


def psk_problems(name, psk):
    """Whether the command line of a device takes this key as it is; the path is ``psk``. Never shows the key."""
    device = DEVICES.get(name)
    if device is None or not psk:
        return []
    fix = "choose another key, or write placeholders and enter it by hand"
    if set(device.psk_refused) & set(psk):
        characters = one_of(sorted(device.psk_refused))
        rule = f"has a character ({characters}) that the command line of {device.title} does not take inside a key"
        return [Problem("psk", HIDDEN, rule, fix)]
    if device.psk_decoded and psk.startswith(device.psk_decoded):
        rule = f"begins with {one_of(device.psk_decoded)}, which {device.title} takes for an encoded key"
        return [Problem("psk", HIDDEN, rule, fix)]
    return []


def site_problems(name, suite, dpd_delay, local_id, psks, routing, tunnels):
    """What a device cannot do of a site, as problems with paths as in its document, such as ``crypto.ike.version``.

    tunnels: to one network. psks: the keys that the document gives.
    """
    version = suite["ike"]["version"]
    times = time_problems(name, dict(suite, dpd_delay=dpd_delay))
    return [
        *(problem.under("crypto") for problem in crypto_problems(name, suite)),
        *(problem if problem.path == "dpd_delay" else problem.under("crypto") for problem in times),
        *identity_problems(name, version, local_id),
        *(problem for psk in psks for problem in psk_problems(name, psk)),
        *routing_problems(name, routing, tunnels),
    ]
