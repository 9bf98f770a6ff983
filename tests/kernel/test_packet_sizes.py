"""What fits through a tunnel, as the kernel sees it, is what the arithmetic says."""

from __future__ import annotations

import itertools
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mtu
from tests.kernel.world import ENDS, STORE, World, loaded

CIPHERS = list(itertools.product(_crypto.choices("encryption"), _crypto.choices("integrity"), (False, True)))
ICMP_AND_IP = 28


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
    """From behind the store: a first packet that sets all tunnels up, then what fits, and one octet more.

    The store is a router for these: of the larger one it has to say what would have fitted.
    """
    networks = range(len(CIPHERS))
    lines = [f"ip -n cloud1 address replace 10.50.{number}.1/32 dev lo" for number in networks]
    lines += [f"ip netns exec lan ping -n -c 1 -i 0.5 -w 30 10.50.{number}.1 >/dev/null 2>&1 &" for number in networks]
    lines.append("wait")
    for number, (encryption, integrity, udp) in enumerate(CIPHERS):
        size = tunnel_mtu(encryption, integrity, udp=udp)
        ping = f"ip netns exec lan ping -n -c 1 -W 2 -M do 10.50.{number}.1 -s"
        lines += [
            f"{ping} {size - ICMP_AND_IP} >/dev/null 2>&1 && echo passed {number}",
            f"{ping} {size - ICMP_AND_IP + 1} 2>&1 | sed -n 's/.*mtu = \\([0-9]*\\).*/limit {number} \\1/p'",
        ]
    return "\n".join(lines)


def test_the_largest_unfragmented_packet_is_the_computed_one(world: World, say):
    """For each cipher, with and without UDP: that size passes whole, and the kernel names it as the limit."""
    world.run("ip netns exec net nft reset counters >/dev/null")
    # The first packet of each network calls for its tunnel.
    with loaded(world, one_of_each(), start_action="trap"):
        shown = world.run("sh -u", check=False, text=probes(), timeout=400)
        fragments = int(re.search(r"packets (\d+)", world.run("ip netns exec net nft list counters inet")).group(1))
    passed = {int(number) for number in re.findall(r"^passed (\d+)$", shown, re.MULTILINE)}
    limits = {int(number): int(limit) for number, limit in re.findall(r"^limit (\d+) (\d+)$", shown, re.MULTILINE)}
    say("largest packet: ESP/ESP in UDP  " + " ".join(f"{one:>9}" for one in _crypto.choices("integrity")))
    for encryption in _crypto.choices("encryption"):
        found = [limits.get(number, 0) for number, one in enumerate(CIPHERS) if one[0] == encryption]
        pairs = (f"{plain}/{wrapped}" for plain, wrapped in zip(found[::2], found[1::2], strict=True))
        say(f"{encryption:<31} " + " ".join(f"{pair:>9}" for pair in pairs))
    computed = {number: tunnel_mtu(one[0], one[1], udp=one[2]) for number, one in enumerate(CIPHERS)}
    assert limits == computed, shown
    assert passed == set(computed), shown
    assert fragments == 0
