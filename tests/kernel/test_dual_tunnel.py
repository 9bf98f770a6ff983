"""Two tunnels with the same networks, each an XFRM interface: routes decide, so the active one carries the traffic."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from tests.kernel.pinging import pinging
from tests.kernel.world import CLOUD_NETWORK, HERE, SERVER, World, completed, tunnel

DEAD_PEER_AFTER = 5
# charon keeps times in whole seconds, and an emulated machine that shares its processors needs seconds to run a script.
ALLOWANCE = 8
SETTINGS, CONNECTIONS = "/etc/strongswan.d/hybridnet.conf", "/etc/swanctl/conf.d/hybridnet-main-*.conf"
PING = f"ip netns exec lan ping -n -c 3 -i 0.2 -W 2 {SERVER}"
OTHER_SERVER = "172.17.1.1"
ROTATED = {"psk": "only for this test, rotated"}
CIPHERS = {**ROTATED, "ipsec": {"encryption": "aes128"}}


def site(**changes) -> list[dict]:
    """The two tunnels of the site."""
    return [tunnel(1, **changes), tunnel(2, **changes)]


def other(**changes) -> dict:
    """A tunnel to another network, at the second end."""
    return tunnel(
        2,
        **{
            "name": "other",
            "role": "active",
            "local_id": "other-store",
            "remote_id": "other-cloud",
            "remote_networks": ["172.17.0.0/16"],
            **changes,
        },
    )


def answer(world: World, connections: list[dict]) -> None:
    """Give each end the mirror of its own connections; nothing that is up is touched."""
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address])


def configure(world: World, connections: list[dict]) -> None:
    """Give both sides these connections; the store's has to change."""
    answer(world, connections)
    assert world.play(HERE / "connections.yml", strongswan_connections=completed(connections, "auto")).changed == 1


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


def test_a_second_run_of_the_role_changes_nothing_and_costs_no_packet(store, say):
    with pinging(store, SERVER) as pings:
        again = store.role(site(), strongswan_dead_peer_after=DEAD_PEER_AFTER)
    assert again.changed == 0, again.output
    first = store.first_run
    say(f"role: first run {first.seconds:.0f} s, {first.tasks} tasks; again {again.seconds:.0f} s, {again.tasks} tasks")
    say(f"role run again: {pings.lost} of {pings.sent} pings lost")
    assert pings.lost == 0
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


def test_a_change_of_a_second_tunnel_costs_an_untouched_one_nothing(store, say):
    """A tunnel more, then its key, then its ciphers."""
    store.run(f"ip -n cloud2 address replace {OTHER_SERVER}/32 dev lo")
    with pinging(store, SERVER) as pings:
        for changes in ({}, ROTATED, CIPHERS):
            configure(store, [*site(), other(**changes)])
    assert " 0% packet loss" in store.run(f"ip netns exec lan ping -n -c 2 -W 2 {OTHER_SERVER}")
    say(f"another tunnel added, its key rotated, its ciphers changed: {pings.lost} of {pings.sent} pings lost")
    assert pings.sent > 100
    assert pings.lost == 0


def test_a_rotated_key_of_a_site_with_two_tunnels_costs_at_most_one_ping(store, say):
    with pinging(store, SERVER) as pings:
        configure(store, [*site(**ROTATED), other(**CIPHERS)])
    say(f"key of both tunnels of a site rotated: {pings.lost} of {pings.sent} pings lost")
    assert pings.lost <= 1


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
    blocked = store.ends[0].address
    with pinging(store, SERVER) as pings:
        store.run(
            f"ip netns exec net nft 'add rule inet faults forward ip saddr {blocked} drop;"
            f" add rule inet faults forward ip daddr {blocked} drop'"
        )
        try:
            store.wait_until("! ip route show | grep -q 'dev vpn-main-1'", wanted + 10)
            store.run(PING)
            assert routes(store) == ["vpn-main-2"]
        finally:
            store.run("ip netns exec net nft flush chain inet faults forward")
        store.wait_until("ip route show | grep -q 'dev vpn-main-1'", wanted + 10)
        assert carries(store)[0] >= 3
    bound = silence + retransmission.seconds
    say(f"dead peer after {wanted} s: {pings.longest_gap:.1f} s without traffic, computed bound {bound:.1f} s")
    assert pings.longest_gap <= bound + ALLOWANCE
