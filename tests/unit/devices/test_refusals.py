# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device cannot do is refused with the option, the value and what to do; what fits is computed."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mss, tunnel_mtu
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import (
    LARGEST_MTU,
    build_configuration,
    device_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES, STRONGSWAN, site_problems
from tests.unit.devices.samples import NAME, connection

ROWS = {
    "an algorithm": (
        "routeros", {"ipsec__integrity": "sha384"},
        "ipsec.integrity: 'sha384' is not available on MikroTik RouterOS with ikev2; use md5, sha1, sha256 or sha512",
    ),
    "an algorithm of one version": (
        "cisco_asa", {"version": "ikev1", "ike__integrity": "sha512"},
        "ike.integrity: 'sha512' is not available on Cisco ASA with ikev1; use md5 or sha1",
    ),
    "a group": (
        "libreswan", {"ike__dh_group": 2},
        "ike.dh_group: 2 is not available on Libreswan with ikev2; use 5 or 14",
    ),
    "aggressive mode": (
        "cisco_asa", {"version": "ikev1", "ike__mode": "aggressive"},
        "ike.mode: 'aggressive' is not available on Cisco ASA; use main, or ike.version ikev2",
    ),
    "a name as identity": (
        "cisco_asa", {"local_id": "store-001.example.com"},
        "local_id: 'store-001.example.com' is a name, and Cisco ASA has only its address as identity with ikev2; "
        "remove local_id",
    ),
    "a name as identity with one version": (
        "cisco_ios_xe", {"version": "ikev1", "local_id": "store-001.example.com"},
        "local_id: 'store-001.example.com' is a name, and Cisco IOS XE has only its address as identity with ikev1; "
        "remove local_id, or use ike.version ikev2",
    ),
    "a short lifetime": (
        "panos", {"ipsec__lifetime": 90},
        "ipsec.lifetime: 90 seconds are less than the 180 that Palo Alto Networks PAN-OS takes; use 180 or more",
    ),
    "a long wait before a probe": (
        "junos", {"dpd_delay": 120},
        "dpd_delay: 120 is not between the 10 and 60 seconds that Juniper Junos OS, SRX Series takes; use 60",
    ),
    "a character in a key": (
        "h3c", {"psk": 'some"key-1234'},
        "psk: (hidden) has a character (\" or ?) that the command line of H3C Comware 7 does not take inside a key; "
        "choose another key, or write placeholders and enter it by hand",
    ),
    "a key that looks encoded": (
        "fortios", {"psk": "0xsomekey1234"},
        "psk: (hidden) begins with 0x, which Fortinet FortiOS takes for an encoded key; "
        "choose another key, or write placeholders and enter it by hand",
    ),
    "UDP without NAT": (
        "junos", {"force_encapsulation": True},
        "force_encapsulation: true is not available: Juniper Junos OS, SRX Series cannot be told to use UDP where "
        "there is no NAT; remove it",
    ),
    "a host name as peer": (
        "fortios", {"remote_address": "vpn.example.com"},
        "remote_address: 'vpn.example.com' is not an IPv4 address; write four numbers such as 198.51.100.10",
    ),
    "a way of routing": (
        "routeros", {"routing": "static"},
        "routing: 'static' is not available on MikroTik RouterOS; use policy, or another device",
    ),
    "BGP without AS number": (
        "fortios", {"routing": "bgp", "bgp": {"local_asn": "65010"}},
        "bgp.peer_asn: (missing) is required with routing bgp; write the AS number",
    ),
    "BGP without address": (
        "fortios", {"routing": "bgp", "tunnel_cidr": None},
        "tunnel_cidr: (missing) is required with routing bgp; write the /30 that the peer has",
    ),
    "a wrong AS number": (
        "fortios", {"routing": "bgp", "bgp": {"local_asn": "0", "peer_asn": "45104"}},
        "bgp.local_asn: '0' is not between 1 and 4294967295; use another AS number",
    ),
    "an address outside the range": (
        "fortios", {"tunnel_cidr": "10.0.0.0/30"},
        "tunnel_cidr: '10.0.0.0/30' is not a /30 of 169.254.0.0/16; use one such as 169.254.10.0/30",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_refusals(name):
    device, changes, message = ROWS[name]
    made = connection(**changes)
    assert [str(problem) for problem in device_problems(device, [made])] == [f"connections[{NAME}-main-1].{message}"]


def test_two_tunnels_where_the_device_can_have_one():
    (first, second) = (str(one) for one in device_problems("h3c", [connection(1), connection(2)]))
    assert first.startswith(
        f"connections[{NAME}-main-1].routing: 'policy' allows H3C Comware 7 one tunnel to a network"
    )
    assert second.startswith(f"connections[{NAME}-main-2].routing: ")


def test_two_active_tunnels_to_one_network():
    (problem,) = device_problems("fortios", [connection(1), connection(2, role="active")])
    assert str(problem) == (
        f"connections[{NAME}-main-2].role: 'active' is also that of {NAME}-main-1, which carries the same networks; "
        "make one active and the other standby"
    )


def test_two_ways_of_routing():
    made = [connection(1), connection(2, "static", remote_networks=["10.9.0.0/16"])]
    (problem,) = device_problems("fortios", made)
    assert str(problem).startswith("connections: policy, static are mixed on one device; ")


def test_a_key_is_needed_where_it_is_written_out():
    made = [connection(psk=None)]
    assert [problem.path for problem in device_problems("fortios", made)] == [f"connections[{NAME}-main-1].psk"]
    assert device_problems("fortios", made, psk_inline=False) == []
    assert device_problems("fortios", made, allow_unknown=True) == []


def test_a_key_that_is_entered_by_hand_may_have_any_character():
    assert device_problems("h3c", [connection(psk='some"key-1234')], psk_inline=False) == []


def test_problems_of_a_site_have_the_paths_of_its_document():
    suite = {**{key: connection()[key] for key in ("ike", "ipsec", "dpd")}}
    suite["ike"]["dh_group"] = 1
    found = site_problems("libreswan", suite, 0, "store-001", ("0123456789",), "policy", 2)
    assert [problem.path for problem in found] == ["crypto.ike.dh_group", "dpd_delay"]
    assert site_problems(STRONGSWAN, suite, 0, "store-001", ('any"?key',), "policy", 2) == []


@pytest.mark.parametrize("outer", [1500, 1492, 1400, 576])
@pytest.mark.parametrize("udp", [False, True])
def test_what_fits_is_computed(outer, udp):
    made = [connection(nat_traversal=udp, ipsec__integrity="sha512")]
    (tunnel,) = build_configuration(NAME, "vyos", made, {}, outer_mtu=outer).tunnels
    assert tunnel.mtu == min(LARGEST_MTU, tunnel_mtu("aes256", "sha512", outer, udp))
    assert tunnel.mss == tunnel_mss(tunnel.mtu)


def test_names_on_the_device():
    made = build_configuration(NAME, "junos", [connection()], {"outside_interface": "ge-0/0/7.0", "inside_zone": None})
    assert (made.outside_interface, made.inside_zone) == ("ge-0/0/7.0", DEVICES["junos"].inside_zone)
    assert [tunnel.number for tunnel in made.tunnels] == [51]
