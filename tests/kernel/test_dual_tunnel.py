"""Two tunnels with the same networks, each an XFRM interface: routes decide, so the active one carries the traffic."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from tests.kernel.pinging import pinging
from tests.kernel.world import CLOUD_NETWORK, SERVER, World, tunnel

DEAD_PEER_AFTER = 5
# charon keeps times in whole seconds, and an emulated machine is slow.
ALLOWANCE = 1.5
SETTINGS, CONNECTIONS = "/etc/strongswan.d/hybridnet.conf", "/etc/swanctl/conf.d/hybridnet-main-*.conf"
PING = f"ip netns exec lan ping -n -c 3 -i 0.2 -W 2 {SERVER}"


@pytest.fixture(scope="module")
def store(world: World) -> World:
    """The store after one run of the role."""
    tunnels = [tunnel(1), tunnel(2)]
    for end, own in zip(world.ends, tunnels, strict=True):
        end.answer([own])
    world.first_run = world.role(tunnels, strongswan_dead_peer_after=DEAD_PEER_AFTER)
    return world


def routes(world: World) -> list[str]:
    return [line.split(" dev ")[1].split()[0] for line in world.run(f"ip route show {CLOUD_NETWORK}").splitlines()]


def carries(world: World) -> list[int]:
    """How many of three pings each end received."""
    before = [end.packets_in() for end in world.ends]
    world.run(PING)
    return [end.packets_in() - earlier for end, earlier in zip(world.ends, before, strict=True)]


def block(world: World, address: str, rule: str = "") -> None:
    """Let nothing (or nothing of ``rule``) pass between the store and one end."""
    world.run(
        f"ip netns exec net nft 'add rule inet faults forward ip saddr {address} {rule} drop;"
        f" add rule inet faults forward ip daddr {address} {rule} drop'"
    )


def unblock(world: World) -> None:
    world.run("ip netns exec net nft flush chain inet faults forward")


def test_the_role_makes_an_interface_of_each_tunnel_and_a_second_run_changes_nothing(store, say):
    again = store.role([tunnel(1), tunnel(2)], strongswan_dead_peer_after=DEAD_PEER_AFTER)
    assert again.changed == 0, again.output
    first = store.first_run
    say(f"role: first run {first.seconds:.0f} s, {first.tasks} tasks; again {again.seconds:.0f} s, {again.tasks} tasks")
    shown = store.run("ip -d link show type xfrm")
    assert len(re.findall(r"if_id", shown)) == 2
    assert shown.count("mtu 1438") == 2, shown
    assert routes(store) == ["vpn-main-1", "vpn-main-2"]


@pytest.mark.parametrize("order", list(itertools.permutations(("main-1", "main-2"))), ids="-".join)
def test_the_active_tunnel_carries_the_traffic_after_any_order_of_set_up(store, order, say):
    for name in order:
        store.run(
            f"swanctl --terminate --ike {name} --force --timeout 3; swanctl --initiate --child {name} --timeout 20"
        )
    found = carries(store)
    say(f"set up in the order {', '.join(order)}: active carries {found[0]}, standby {found[1]} of 3")
    assert found == [3, 0]


@pytest.mark.parametrize("wanted", [5, 10, 30])
def test_failover_within_the_computed_bound_and_back(store, wanted, say):
    silence, retransmission, problems = rules.dead_peer_times([{"name": "main"}], wanted)
    assert problems == []
    store.run(
        f"sed -i -e 's/retransmit_timeout = .*/retransmit_timeout = {retransmission.timeout}/'"
        f" -e 's/retransmit_tries = .*/retransmit_tries = {retransmission.tries}/' {SETTINGS};"
        f" sed -i 's/dpd_delay = .*/dpd_delay = {silence}s/' {CONNECTIONS};"
        " swanctl --reload-settings; swanctl --load-conns >/dev/null;"
        " for name in main-2 main-1; do"
        " swanctl --terminate --ike $name --force --timeout 3; swanctl --initiate --child $name --timeout 20; done"
    )
    with pinging(store, SERVER) as pings:
        block(store, store.ends[0].address)
        store.wait_until("! ip route show | grep -q 'dev vpn-main-1'", wanted + 10)
        store.run(PING)
        assert routes(store) == ["vpn-main-2"]
        unblock(store)
        store.wait_until("ip route show | grep -q 'dev vpn-main-1'", wanted + 10)
        assert carries(store)[0] >= 3
    bound = silence + retransmission.seconds
    say(f"dead peer after {wanted} s: {pings.longest_gap:.1f} s without traffic, computed bound {bound:.1f} s")
    assert pings.longest_gap <= bound + ALLOWANCE
