"""Two tunnels with the same networks, each an XFRM interface: routes decide, so the active one carries the traffic."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.kernel.world import CLOUD_NETWORK, SERVER, World, tunnel

DEAD_PEER_AFTER = 5
PING = f"ip netns exec lan ping -n -c 3 -i 0.2 -W 2 {SERVER}"


def site(**changes) -> list[dict]:
    """The two tunnels of the site."""
    return [tunnel(1, **changes), tunnel(2, **changes)]


def answer(world: World, connections: list[dict]) -> None:
    """Give each end the mirror of its own connections; nothing that is up is touched."""
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address])


@pytest.fixture(scope="module")
def store(world: World) -> World:
    """The store after one run of the role."""
    answer(world, site())
    world.first_run = world.role(site(), strongswan_dead_peer_after=DEAD_PEER_AFTER)
    return world


def routes(world: World) -> list[str]:
    return [line.split(" dev ")[1].split()[0] for line in world.run(f"ip route show {CLOUD_NETWORK}").splitlines()]


def carries(world: World) -> list[int]:
    """How many of three pings each end received."""
    before = [end.packets_in() for end in world.ends]
    world.run(PING)
    return [end.packets_in() - earlier for end, earlier in zip(world.ends, before, strict=True)]


def test_a_second_run_of_the_role_changes_nothing(store, say):
    again = store.role(site(), strongswan_dead_peer_after=DEAD_PEER_AFTER)
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
