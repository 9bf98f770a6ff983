"""What a firewall has to let pass, from the connections of a host."""

from __future__ import annotations

import ipaddress

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.filter.firewall_flows import firewall_flows


def connection(name="one", remote_address="203.0.113.11", local=("192.168.1.0/24",), remote=("172.16.0.0/16",), **more):
    return {
        "name": name,
        "remote_address": remote_address,
        "local_networks": list(local),
        "remote_networks": list(remote),
        **more,
    }


def test_two_tunnels_of_one_site_are_taken_together_with_the_smaller_segment():
    found = firewall_flows(
        [
            connection("one", ipsec={"encryption": "aes256", "integrity": "sha512"}),
            connection("two", "203.0.113.12", ipsec={"encryption": "aes128", "integrity": "sha1"}),
        ],
        largest=1500,
    )
    assert found["peers"] == ["203.0.113.11", "203.0.113.12"]
    # The table of RFC 4303 arithmetic: AES with SHA-512 in UDP leaves 1406 octets, 40 of them headers.
    assert [(flow["names"], flow["mss"]) for flow in found["flows"]] == [(["one", "two"], 1366)]
    assert found["pairs"] == [{"local": "192.168.1.0/24", "remote": "172.16.0.0/16"}]


@pytest.mark.parametrize(
    "more, arguments, mss",
    [
        ({}, {}, 1360),
        ({}, {"outer": 1492, "largest": 1500}, 1382),
        ({"nat_traversal": False}, {"largest": 1500}, 1398),
        ({"nat_traversal": False, "force_encapsulation": True}, {"largest": 1500}, 1382),
        ({}, {"outer": "1400"}, 1286),
    ],
)
def test_segment_size(more, arguments, mss):
    assert firewall_flows([connection(**more)], **arguments)["flows"][0]["mss"] == mss


def test_of_an_interface_its_routes_are_what_is_joined():
    found = firewall_flows([connection(remote=["0.0.0.0/0"], routes=["172.16.0.0/16"])])
    assert found["pairs"] == [{"local": "192.168.1.0/24", "remote": "172.16.0.0/16"}]


def test_everything_can_be_said_otherwise():
    found = firewall_flows([connection(local=["0.0.0.0/0"])], local=["10.1.0.0/16"], remote=["10.2.0.0/16"])
    assert found["pairs"] == [{"local": "10.1.0.0/16", "remote": "172.16.0.0/16"}]


def test_everything_is_refused_by_name_because_the_site_would_lose_the_internet():
    with pytest.raises(
        AnsibleFilterError,
        match=r"one\.remote_networks: '0\.0\.0\.0/0' is everything.*lose the internet.*gateway_firewall_remote",
    ):
        firewall_flows([connection(remote=["0.0.0.0/0"])])


def test_a_wrong_network_is_named():
    with pytest.raises(AnsibleFilterError, match=r"one\.local_networks: '192\.168\.1\.1/24' has host bits set"):
        firewall_flows([connection(local=["192.168.1.1/24"])])


def test_names_of_peers_and_what_is_not_known_yet():
    found = firewall_flows(
        [
            connection(remote_address="vpn.example.com"),
            connection("two", "(known after apply)", remote=["(known after apply)"]),
        ]
    )
    assert (found["peers"], found["named_peers"], len(found["flows"])) == ([], ["vpn.example.com"], 1)


def test_no_key_is_returned():
    assert "secret" not in str(firewall_flows([connection(psk="secret")]))


networks = st.builds(
    lambda address, prefix: str(ipaddress.ip_network((address, prefix), strict=False)),
    st.integers(2**24, 2**32 - 1),
    st.integers(8, 32),
)


@given(st.lists(networks, min_size=1), st.lists(networks, min_size=1))
def test_networks_are_the_same_addresses_and_none_twice(local, remote):
    found = firewall_flows([connection(local=local, remote=remote)])["flows"][0]
    for given_networks, kept in ((local, found["local_networks"]), (remote, found["remote_networks"])):
        wanted = [ipaddress.ip_network(network) for network in given_networks]
        have = [ipaddress.ip_network(network) for network in kept]
        assert all(any(one.subnet_of(other) for other in have) for one in wanted)
        assert not any(one.overlaps(other) for one in have for other in have if one != other)
