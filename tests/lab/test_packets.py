"""The data plane alone: tunnels between a gateway and hand-made peers, packets, routes, failures."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lab.cloud.dataplane import Network
from lab.identity import Lab
from lab.management import create_management
from lab.network import open_data_plane
from lab.network.plane import LinuxDataPlane
from lab.network.vpc import plug_in
from lab.system.command import run
from lab.system.namespace import Namespace, namespaces_of
from lab.system.process import inside
from tests.lab.capture import Capture
from tests.lab.networks import ENDPOINTS, STORE, STORE_BEHIND_NAT, VSWITCH, connection, network, tunnel
from tests.lab.peer import Peer
from tests.lab.waiting import eventually

SERVER = "172.16.1.10"


@pytest.fixture(scope="module")
def plane(plane_lab: Lab) -> Iterator[LinuxDataPlane]:
    opened = open_data_plane(plane_lab.state)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def peers(plane_lab: Lab, plane: LinuxDataPlane) -> Iterator[Callable]:
    """The peer of a site, made at the first call."""
    subnet = create_management(plane_lab)
    made: dict[str, Peer] = {}

    def peer(site) -> Peer:
        if site.name not in made:
            made[site.name] = Peer(plane_lab, site, subnet)
        return made[site.name]

    yield peer
    for each in made.values():
        each.charon.stop()


@pytest.fixture
def connect(plane_lab: Lab, plane: LinuxDataPlane, peers: Callable) -> Iterator[Callable]:
    """Apply a network, configure the sites' peers alike, plug a server into the vSwitch; the peers forget it after."""
    configured = []

    def apply(wanted: Network, *sites) -> Namespace:
        for item in wanted.gateways[0].connections:
            for site in sites:
                if item.id == f"vco-{site.name}":
                    for each in item.tunnels:
                        peers(site).configure(item, each, ENDPOINTS[each.endpoint - 1])
                        configured.append((peers(site), each.id))
        plane.apply(wanted)
        server = Namespace(plane_lab.namespace("server"))
        server.create()
        plug_in(plane_lab, "vpc-1", VSWITCH.id, VSWITCH.cidr, server, "eth0", SERVER)
        return server

    yield apply
    for peer, name in configured:
        peer.charon.unload(name)
    plane.apply(Network())


def ping(where: Namespace, address: str, count: int = 3) -> int:
    """How many of ``count`` echo requests were answered."""
    shown = run(where.argv("ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", address), check=False)
    return shown.count("bytes from")


def all_up(plane: LinuxDataPlane, count: int) -> Callable[[], bool]:
    return lambda: sum(state.child for state in plane.sa_states().values()) == count


def gateway_sockets(lab: Lab) -> list[Path]:
    return [path for path in lab.runtime.glob("*.vici") if not path.stem.startswith("store")]


def security_associations(lab: Lab) -> set[str]:
    """The SPIs of every IKE SA on the gateway: they change whenever a tunnel is negotiated anew."""
    shown = [run(["swanctl", "--list-sas", "--raw", "--uri", f"unix://{path}"]) for path in gateway_sockets(lab)]
    return set(re.findall(r"initiator-spi=(\w+)", "".join(shown)))


def test_packets_cross_both_ways_and_only_encrypted(plane_lab, plane, peers, connect, tmp_path):
    server = connect(network(connection(STORE)), STORE)
    eventually(all_up(plane, 2), "both tunnels are up")
    with Capture(plane_lab, tmp_path / "internet.txt") as capture:
        assert ping(peers(STORE).client, SERVER) == 3
        assert ping(server, STORE.client_address) == 3
        capture.eventually_has("UDP-encap: ESP", 12)
    encrypted = [line for line in capture.lines if "UDP-encap: ESP" in line]
    assert len(encrypted) >= 12
    inner = [line for line in capture.lines if "172.16." in line or "192.168." in line or "ICMP" in line]
    assert inner == []
    states = plane.sa_states().values()
    assert sum(state.bytes_in for state in states) >= 6 * 84
    assert sum(state.bytes_out for state in states) >= 6 * 84
    assert all(abs(time.time() - state.established_at) < 60 for state in states)


def test_a_peer_behind_nat_connects_with_the_address_of_its_router(plane, peers, connect):
    wanted = network(connection(STORE_BEHIND_NAT))
    server = connect(wanted, STORE_BEHIND_NAT)
    for each in wanted.gateways[0].connections[0].tunnels:
        peers(STORE_BEHIND_NAT).charon.initiate(each.id)
    eventually(all_up(plane, 2), "both tunnels are up through the NAT router")
    assert ping(peers(STORE_BEHIND_NAT).client, SERVER) == 3
    assert ping(server, STORE_BEHIND_NAT.client_address) == 3


def test_without_a_published_route_the_vpc_does_not_answer(plane, peers, connect):
    server = connect(network(connection(STORE), published=False), STORE)
    eventually(all_up(plane, 2), "both tunnels are up")
    assert ping(server, STORE.client_address) == 0
    assert ping(peers(STORE).client, SERVER) == 0
    assert sum(state.bytes_in for state in plane.sa_states().values()) > 0, "the request itself came through"
    plane.apply(network(connection(STORE)))
    assert ping(peers(STORE).client, SERVER) == 3


def test_without_a_route_of_its_own_the_gateway_carries_nothing_out(plane, peers, connect):
    server = connect(network(connection(STORE), routed=False), STORE)
    eventually(all_up(plane, 2), "both tunnels are up")
    assert ping(server, STORE.client_address) == 0
    assert sum(state.bytes_out for state in plane.sa_states().values()) == 0


def test_a_change_touches_only_its_own_tunnel(plane_lab, plane, connect):
    first, second = connection(STORE), connection(STORE_BEHIND_NAT, effect_immediately=False)
    connect(network(first, second), STORE)
    eventually(all_up(plane, 2), "the first site's tunnels are up")
    before = security_associations(plane_lab)
    assert len(before) == 2
    changed = replace(second, tunnels=(replace(second.tunnels[0], ike_enc="aes192"), second.tunnels[1]))
    plane.apply(network(first, changed))
    plane.apply(network(first))
    assert security_associations(plane_lab) == before


def test_a_changed_key_ends_the_tunnel_until_the_peer_has_it_too(plane, peers, connect):
    one = connection(STORE, tunnel(STORE, "single"))
    connect(network(one), STORE)
    eventually(all_up(plane, 1), "the tunnel is up")
    changed = replace(one, tunnels=(replace(one.tunnels[0], psk="another-key"),), generation=2)
    plane.apply(network(changed))
    eventually(all_up(plane, 0), "the tunnel is down")
    peers(STORE).configure(changed, changed.tunnels[0], ENDPOINTS[0])
    eventually(all_up(plane, 1), "the tunnel is up with the new key")


def test_a_responder_waits_for_its_peer(plane, peers, connect):
    passive = connection(STORE, tunnel(STORE, "single"), effect_immediately=False)
    connect(network(passive), STORE)
    assert not plane.sa_states()["tun-store-001-single"].ike
    peers(STORE).charon.initiate("tun-store-001-single")
    eventually(all_up(plane, 1), "the tunnel is up after the peer initiated")


def test_the_slave_carries_on_when_the_master_endpoint_vanishes(plane, peers, connect):
    server = connect(network(connection(STORE)), STORE)
    eventually(all_up(plane, 2), "both tunnels are up")
    plane.kill_endpoint("vpn-1", 1)
    assert not plane.sa_states()["tun-store-001-master"].ike
    gap = eventually(lambda: ping(server, STORE.client_address, 1) == 1, "traffic flows over the slave")
    assert gap < 10
    outside = plane.sa_states()["tun-store-001-slave"].bytes_out
    assert ping(server, STORE.client_address) == 3
    assert plane.sa_states()["tun-store-001-slave"].bytes_out > outside
    plane.revive_endpoint("vpn-1", 1)
    eventually(all_up(plane, 2), "the master is up again")
    before = plane.sa_states()["tun-store-001-master"].bytes_out
    eventually(
        lambda: ping(server, STORE.client_address, 1) and plane.sa_states()["tun-store-001-master"].bytes_out > before,
        "traffic is back on the master",
    )


def test_a_daemon_that_dies_comes_back(plane_lab, plane, peers, connect):
    connect(network(connection(STORE)), STORE)
    eventually(all_up(plane, 2), "both tunnels are up")
    namespace = Namespace(plane_lab.namespace("net-vpn-1-2"))
    (pid,) = inside({namespace.inode()})
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: inside({namespace.inode()}) not in ([], [pid]), "the daemon runs again")
    eventually(all_up(plane, 2), "both tunnels are up again", limit=30)


ALGORITHMS = [
    ("ikev1", "main", "aes", "sha1", "group2", "disabled"),
    ("ikev1", "aggressive", "aes192", "sha384", "group5", "group5"),
    ("ikev1", "main", "3des", "md5", "group1", "group1"),
    ("ikev1", "main", "aes256", "sha512", "group14", "group14"),
    ("ikev2", "main", "aes", "md5", "group1", "group2"),
    ("ikev2", "main", "des", "sha1", "group2", "disabled"),
    ("ikev2", "main", "aes192", "sha512", "group5", "group14"),
    ("ikev2", "main", "aes256", "sha384", "group14", "group5"),
]


@pytest.mark.parametrize(("version", "mode", "encryption", "integrity", "group", "pfs"), ALGORITHMS)
def test_every_algorithm_of_the_api_negotiates(plane, connect, version, mode, encryption, integrity, group, pfs):
    settings = {"ike_enc": encryption, "ike_auth": integrity, "ike_pfs": group}
    settings |= {"ipsec_enc": encryption, "ipsec_auth": integrity, "ipsec_pfs": pfs}
    single = tunnel(STORE, "single", ike_version=version, ike_mode=mode, **settings)
    connect(network(connection(STORE, single)), STORE)
    eventually(all_up(plane, 1), "the tunnel is up")


def test_what_is_gone_from_the_network_is_gone_from_the_machine(plane_lab, plane, connect):
    connect(network(connection(STORE)), STORE)
    assert namespaces_of(plane_lab.namespace("net"))
    plane.apply(Network())
    assert namespaces_of(plane_lab.namespace("net")) == []
    assert gateway_sockets(plane_lab) == []
