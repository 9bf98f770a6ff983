"""Connections of a Linux host as a device has them."""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.filter.device_connections import device_connections

PEER = {"name": "store-001-main-1", "psk": "k", "local_networks": ["0.0.0.0/0"], "remote_networks": ["0.0.0.0/0"]}
HOST = {"local_address": "10.0.0.1", "interface_address": "169.254.10.2/30", "routes": [], "path_mtu": 1400}


def test_what_only_a_linux_host_needs_is_left_out():
    assert device_connections([{**PEER, **HOST}]) == [PEER]


def test_a_session_gives_its_numbers_addresses_and_networks():
    session = {"name": PEER["name"], "address": "169.254.10.1", "source": "169.254.10.2", "asn": "45104"}
    bgp = {
        "asn": "65010",
        "networks": ["192.168.1.0/24"],
        "accepted_networks": ["172.16.0.0/16"],
        "neighbors": [session],
    }
    (found,) = device_connections([{**PEER, **HOST}], bgp)
    assert found == {
        **PEER,
        "routing": "bgp",
        "tunnel_cidr": "169.254.10.0/30",
        "bgp": {"local_asn": "65010", "peer_asn": "45104"},
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": ["172.16.0.0/16"],
    }
