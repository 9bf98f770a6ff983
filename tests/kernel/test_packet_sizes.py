"""What fits through a tunnel, as the kernel sees it, is what the arithmetic says."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mtu
from tests.kernel.world import ENDS, SERVER, STORE, World, loaded, tunnel

CIPHERS = list(itertools.product(_crypto.choices("encryption"), _crypto.choices("integrity"), (False, True)))
ICMP_AND_IP = 28
WAYS = {"ESP": False, "ESP in UDP": True}
OCTETS = 10_000_000
RECEIVE = f"""
import socket, time
with socket.create_server(("{SERVER}", 5001)) as server:
    server.settimeout(60)
    connection = server.accept()[0]
    connection.settimeout(30)
    begun, octets = time.monotonic(), 0
    while data := connection.recv(65536):
        octets += len(data)
    print(octets, time.monotonic() - begun)
"""
SEND = f"""
import socket
with socket.create_connection(("{SERVER}", 5001), timeout=30) as connection:
    connection.sendall(bytes({OCTETS}))
"""


def one_of_each() -> list[dict]:
    """A connection for each combination, told apart by its identities and its network."""
    return [
        {
            "name": f"size-{number}",
            "remote_address": ENDS[0],
            "local_address": STORE,
            "local_id": f"store-{number}",
            "remote_id": f"cloud-{number}",
            "psk": f"only for this test {number}",
            "ipsec": {"encryption": encryption, "integrity": integrity},
            "force_encapsulation": udp,
            "local_networks": ["192.168.1.0/24"],
            "remote_networks": [f"10.50.{number}.0/24"],
        }
        for number, (encryption, integrity, udp) in enumerate(CIPHERS)
    ]


def probes() -> str:
    """For each combination: set its tunnel up, send what fits, and one octet more, which the kernel has to refuse."""
    lines = []
    for number, (encryption, integrity, udp) in enumerate(CIPHERS):
        size = tunnel_mtu(encryption, integrity, udp=udp)
        ping = f"ping -n -c 1 -W 3 -M do -I 192.168.1.1 10.50.{number}.1 -s"
        lines += [
            f"ip -n cloud1 address add 10.50.{number}.1/32 dev lo",
            f"swanctl --initiate --ike size-{number} --child size-{number} --timeout 20 >/dev/null",
            f"{ping} {size - ICMP_AND_IP} >/dev/null 2>&1 && echo passed {number}",
            f"{ping} {size - ICMP_AND_IP + 1} 2>&1 | grep -qE 'mtu ?= ?{size}' && echo refused {number}",
        ]
    return "\n".join(lines)


def test_the_largest_unfragmented_packet_is_the_computed_one(world: World, say):
    """For each cipher, with and without UDP: that size passes whole, one octet more is refused by the kernel."""
    world.run("ip netns exec net nft reset counters >/dev/null")
    with loaded(world, one_of_each()):
        shown = world.run("sh -u", check=False, text=probes(), timeout=300)
        fragments = int(re.search(r"packets (\d+)", world.run("ip netns exec net nft list counters inet")).group(1))
    passed, refused = (
        {int(number) for number in re.findall(rf"^{word} (\d+)$", shown, re.MULTILINE)}
        for word in ("passed", "refused")
    )
    table: dict[str, list[str]] = {}
    for number, (encryption, integrity, udp) in enumerate(CIPHERS):
        mark = "" if number in passed & refused else "!"
        table.setdefault(encryption, []).append(f"{tunnel_mtu(encryption, integrity, udp=udp)}{mark}")
    say("largest packet: ESP/ESP in UDP  " + " ".join(f"{one:>9}" for one in _crypto.choices("integrity")))
    for encryption, sizes in table.items():
        pairs = (f"{plain}/{wrapped}" for plain, wrapped in zip(sizes[::2], sizes[1::2], strict=True))
        say(f"{encryption:<31} " + " ".join(f"{pair:>9}" for pair in pairs))
    assert passed == set(range(len(CIPHERS))), shown
    assert refused == passed, shown
    assert fragments == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_transfer_passes_a_way_that_is_narrower_than_its_ends_know(world: World, way, say):
    """Ten megabytes over TCP, from behind the store, while the way between the ends carries 1400 octets."""
    narrow = "ip -n net link set cloud mtu {0}; ip -n net link set port1 mtu {0}; ip -n cloud1 link set wan0 mtu {0}"
    with loaded(world, [tunnel(1, force_encapsulation=WAYS[way])]):
        world.run("swanctl --initiate --ike main-1 --child main-1 --timeout 20")
        try:
            world.run(narrow.format(1400))
            world.run(
                f"ip netns exec cloud1 python3 -c '{RECEIVE}' >/root/received 2>&1 </dev/null & sleep 1;"
                f" ip netns exec lan timeout 60 python3 -c '{SEND}'; wait"
            )
            received, seconds = world.run("cat /root/received").split()
        finally:
            world.run(f"{narrow.format(1500)}; ip route flush cache")
    say(f"{way} over a way of 1400 octets: {int(received):,} octets in {float(seconds):.1f} s")
    assert int(received) == OCTETS
