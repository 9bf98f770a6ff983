"""What fits through a tunnel, as the kernel sees it, is what the arithmetic says."""

from __future__ import annotations

import itertools
import json
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mtu
from tests.kernel.world import ENDS, HERE, STORE, World, loaded

CIPHERS = list(itertools.product(_crypto.choices("encryption"), _crypto.choices("integrity"), (False, True)))


def one_of_each() -> list[dict]:
    """A connection for each combination, told apart by its network.

    All with UDP and all without share one IKE_SA, and none has PFS: fifty key exchanges at once are all that an
    emulated machine does for half a minute, in which the ends retransmit and give up.
    """
    return [
        {
            "name": f"size-{number}",
            "remote_address": ENDS[0],
            "local_address": STORE,
            "local_id": f"store-{'udp' if udp else 'esp'}",
            "remote_id": f"cloud-{'udp' if udp else 'esp'}",
            "psk": "only for this test, sizes",
            "ipsec": {"encryption": encryption, "integrity": integrity, "pfs_group": "disabled"},
            "force_encapsulation": udp,
            "local_networks": ["192.168.1.0/24"],
            "remote_networks": [f"10.50.{number}.0/24"],
        }
        for number, (encryption, integrity, udp) in enumerate(CIPHERS)
    ]


def test_the_largest_unfragmented_packet_is_the_computed_one(world: World, say):
    """For each cipher, with and without UDP: that size passes whole, and the kernel names it as the limit."""
    computed = [tunnel_mtu(encryption, integrity, udp=udp) for encryption, integrity, udp in CIPHERS]
    addresses = {f"10.50.{number}.1": size for number, size in enumerate(computed)}
    world.write({"/root/sizes.py": (HERE / "sizes.py").read_text(), "/root/sizes.json": json.dumps(addresses)})
    world.run(
        "ip netns exec net nft reset counters >/dev/null; ip -n cloud1 -batch -",
        text="".join(f"address replace {address}/32 dev lo\n" for address in addresses),
    )
    # The first packet to each network calls for its tunnel.
    with loaded(world, one_of_each(), start_action="trap"):
        shown = world.run("ip netns exec lan python3 /root/sizes.py </root/sizes.json")
        fragments = int(re.search(r"packets (\d+)", world.run("ip netns exec net nft list counters inet")).group(1))
    found = json.loads(shown)
    say("largest packet: ESP/ESP in UDP  " + " ".join(f"{one:>9}" for one in _crypto.choices("integrity")))
    limits = [found["limits"].get(address, 0) for address in addresses]
    for encryption in _crypto.choices("encryption"):
        own = [limit for limit, one in zip(limits, CIPHERS, strict=True) if one[0] == encryption]
        pairs = (f"{plain}/{wrapped}" for plain, wrapped in zip(own[::2], own[1::2], strict=True))
        say(f"{encryption:<31} " + " ".join(f"{pair:>9}" for pair in pairs))
    equal = sum(limit == size for limit, size in zip(limits, computed, strict=True))
    times = f"up after {found['set_up']:.1f} s, measured in {found['measured']:.1f} s"
    say(f"as computed: {equal} of {len(CIPHERS)}; {times}")
    assert limits == computed
    assert sorted(found["passed"]) == sorted(addresses)
    assert fragments == 0
