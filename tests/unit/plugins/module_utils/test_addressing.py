# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv4 rules, against literal tables and against the plain definition of an overlap."""

from __future__ import annotations

import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _addressing as addressing

# outer MTU -> cipher and hash -> inner MTU as plain ESP and as ESP in UDP.
MTU = {
    1500: {
        ("aes128", "md5"): (1438, 1422),
        ("aes256", "sha1"): (1438, 1422),
        ("aes256", "sha256"): (1438, 1422),
        ("aes256", "sha384"): (1422, 1422),
        ("aes256", "sha512"): (1422, 1406),
        ("3des", "sha1"): (1446, 1438),
        ("des", "sha1"): (1446, 1438),
        ("3des", "sha256"): (1446, 1438),
    },
    1492: {
        ("aes128", "md5"): (1422, 1422),
        ("aes192", "sha1"): (1422, 1422),
        ("aes256", "sha256"): (1422, 1422),
        ("aes256", "sha384"): (1422, 1406),
        ("aes256", "sha512"): (1406, 1406),
        ("3des", "sha1"): (1438, 1430),
        ("des", "sha256"): (1438, 1430),
    },
    1480: {
        ("aes128", "sha1"): (1422, 1406),
        ("aes256", "sha256"): (1406, 1406),
        ("aes256", "sha384"): (1406, 1390),
        ("aes256", "sha512"): (1390, 1390),
        ("3des", "sha1"): (1430, 1422),
        ("3des", "sha256"): (1422, 1414),
    },
    1400: {
        ("aes128", "sha1"): (1342, 1326),
        ("aes256", "sha256"): (1326, 1326),
        ("aes256", "sha384"): (1326, 1310),
        ("aes256", "sha512"): (1310, 1310),
        ("3des", "sha1"): (1350, 1342),
        ("3des", "sha256"): (1342, 1334),
    },
}

cidrs = st.builds(
    lambda number, prefix: str(ipaddress.ip_network((number, prefix), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
# Few enough that overlaps are common.
crowded = st.builds(
    lambda number, prefix: str(ipaddress.ip_network((number << 20, prefix), strict=False)),
    st.integers(0, 63),
    st.integers(5, 14),
)


@pytest.mark.parametrize(
    ("outer", "algorithms", "expected"), [(outer, *item) for outer, row in MTU.items() for item in row.items()]
)
def test_inner_mtu(outer, algorithms, expected):
    assert tuple(addressing.tunnel_mtu(*algorithms, outer=outer, udp=udp) for udp in (False, True)) == expected


def test_overheads_at_1500():
    assert 1500 - addressing.tunnel_mtu("aes256", "sha256") == 62
    assert 1500 - addressing.tunnel_mtu("aes256", "sha256", udp=True) == 78
    assert 1500 - addressing.tunnel_mtu("aes256", "sha512", udp=True) == 94


def test_segments_are_forty_smaller_than_packets():
    assert addressing.tunnel_mss(1400) == 1360
    assert addressing.tunnel_mss(10) == 0
    assert addressing.tunnel_mtu("aes256", "sha256", outer=20) == 0


@given(cidrs)
def test_a_correct_network_reads_back_as_itself(cidr):
    network = addressing.parse_network(cidr)
    assert str(network) == cidr
    assert (network.first, network.last) == (
        int(ipaddress.ip_network(cidr)[0]),
        int(ipaddress.ip_network(cidr)[-1]),
    )


@given(cidrs, cidrs)
def test_networks_meet_when_they_share_an_address(one, other):
    expected = ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))
    assert addressing.parse_network(one).meets(addressing.parse_network(other)) is expected


@given(st.text() | st.from_regex(r"[0-9./]{1,20}", fullmatch=True) | st.none() | st.integers() | st.lists(st.text()))
def test_anything_else_is_refused_and_nothing_crashes(value):
    for parse in (addressing.parse_network, addressing.parse_address, addressing.parse_tunnel_cidr):
        try:
            parse(value)
        except addressing.AddressError as error:
            assert error.rule and error.fix


@pytest.mark.parametrize(
    ("value", "rule", "fix"),
    [
        ("192.168.1.5/24", "has host bits set", "write 192.168.1.0/24"),
        ("10.0.0.1/8", "has host bits set", "write 10.0.0.0/8"),
        ("192.168.1.0/255.255.255.0", "has a netmask", "write 192.168.1.0/24"),
        ("192.168.1.0", "has no prefix length", "write 192.168.1.0/32"),
        ("192.168.1.0/33", "is out of range", "/0 to /32"),
        ("192.168.256.0/24", "is out of range", "0 to 255"),
        ("192.168.1.0/255.0.255.0", "is out of range", "/0 to /32"),
        ("192.168.01.0/24", "leading zero", "without the zero"),
        ("192.168.1/24", "is not a CIDR", "192.168.1.0/24"),
        ("192.168.1.0/24,10.0.0.0/8", "is not a CIDR", "192.168.1.0/24"),
        ("fd00::/8", "is not an IPv4 network", "IPv4"),
        ("", "is not a CIDR", "192.168.1.0/24"),
        (24, "is not a CIDR", "192.168.1.0/24"),
        ("\u0661.1.1.0/24", "is not a CIDR", "192.168.1.0/24"),
    ],
)
def test_wrong_networks_name_the_correction(value, rule, fix):
    with pytest.raises(addressing.AddressError) as caught:
        addressing.parse_network(value)
    assert rule in caught.value.rule
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("100.64.0.1", "100.64.0.0/10"),
        ("100.127.255.255", "100.64.0.0/10"),
        ("127.0.0.1", "127.0.0.0/8"),
        ("169.254.1.1", "169.254.0.0/16"),
        ("224.0.0.1", "224.0.0.0/4"),
        ("239.255.255.255", "224.0.0.0/4"),
        ("255.255.255.255", "255.0.0.0/8"),
        ("0.0.0.0", "0.0.0.0/8"),
        ("10.1.2.3", "is a private address"),
        ("172.31.0.1", "is a private address"),
        ("192.168.0.1", "is a private address"),
        ("198.51.100.10/32", "is a network"),
        ("2001:db8::1", "is not an IPv4 address"),
        ("store.example.com", "is not an IPv4 address"),
    ],
)
def test_addresses_that_no_customer_gateway_can_have(value, rule):
    with pytest.raises(addressing.AddressError, match=rule):
        addressing.check_customer_address(value)


@pytest.mark.parametrize("value", ["198.51.100.10", "100.63.255.255", "100.128.0.0", "172.32.0.1", " 203.0.113.1 "])
def test_addresses_that_one_can_have(value):
    assert addressing.check_customer_address(value) == value.strip()


def test_a_private_link_has_private_addresses():
    assert addressing.check_customer_address("10.1.2.3", private_link=True) == "10.1.2.3"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("0.0.0.0/0", "is everything"),
        ("100.64.0.0/10", "overlaps 100.64.0.0/10"),
        ("100.100.0.0/16", "overlaps 100.64.0.0/10"),
        ("96.0.0.0/4", "overlaps 100.64.0.0/10"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("224.0.0.0/4", "multicast"),
    ],
)
def test_networks_that_cannot_be_routed(value, rule):
    with pytest.raises(addressing.AddressError, match=rule):
        addressing.check_routed_network(value)


RESERVED = [f"169.254.{octet}.0/30" for octet in range(7)] + ["169.254.169.252/30"]


@pytest.mark.parametrize("value", RESERVED)
def test_reserved_tunnel_networks(value):
    with pytest.raises(addressing.AddressError, match="is reserved by the cloud"):
        addressing.parse_tunnel_cidr(value)


@pytest.mark.parametrize("value", ["169.254.10.0/29", "169.254.10.0/31", "10.0.0.0/30", "169.255.0.0/30"])
def test_tunnel_networks_of_another_size_or_range(value):
    with pytest.raises(addressing.AddressError, match=r"is not a /30 of 169\.254\.0\.0/16"):
        addressing.parse_tunnel_cidr(value)


def test_tunnel_addresses():
    assert addressing.tunnel_addresses("169.254.10.0/30") == ("169.254.10.1", "169.254.10.2")


def test_free_tunnel_networks_are_neither_reserved_nor_used_nor_repeated():
    used = addressing.free_tunnel_cidrs(5)
    assert used == ["169.254.0.4/30", "169.254.0.8/30", "169.254.0.12/30", "169.254.0.16/30", "169.254.0.20/30"]
    assert addressing.free_tunnel_cidrs(1, used) == ["169.254.0.24/30"]
    everything = addressing.free_tunnel_cidrs(16376)
    assert len(set(everything)) == 16376
    assert not set(everything) & set(RESERVED)
    with pytest.raises(addressing.AddressError, match="leaves 16376 free"):
        addressing.free_tunnel_cidrs(16377)


claims = st.lists(
    st.builds(
        lambda cidr, owner, path: addressing.Claim(addressing.parse_network(cidr), owner, path),
        crowded,
        st.sampled_from("abcd"),
        st.uuids().map(str),
    ),
    max_size=12,
)


@given(claims, claims)
def test_overlaps_agree_with_the_definition(own, others):
    found = addressing.overlaps(own, others)
    ordered = sorted(
        [(claim.network, 0, *claim[1:], claim) for claim in own] + [(o.network, 1, *o[1:], o) for o in others]
    )
    expected = {
        (inner[-1], outer[-1])
        for outer, inner in itertools.combinations(ordered, 2)
        if inner[-1].network.meets(outer[-1].network)
        and not (inner[1] and outer[1])
        and (inner[1] != outer[1] or inner[-1].owner != outer[-1].owner)
    }
    assert set(found) <= expected
    # Not every pair, but everything that lies within something else.
    assert {inner for inner, _outer in found} == {inner for inner, _outer in expected}


@given(claims)
def test_overlaps_do_not_depend_on_order(own):
    assert addressing.overlaps(own) == addressing.overlaps(own[::-1])


@given(st.lists(crowded, max_size=10))
def test_duplicates_agree_with_the_definition(written):
    networks = [addressing.parse_network(cidr) for cidr in written]
    found = dict(addressing.duplicates(networks))
    for position, network in enumerate(networks):
        inside = any(
            network.first >= other.first and network.last <= other.last and (network != other or position > place)
            for place, other in enumerate(networks)
            if place != position
        )
        assert (position in found) is inside
