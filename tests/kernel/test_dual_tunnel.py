"""Two tunnels with the same networks, each an XFRM interface: routes decide, so the active one carries the traffic."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from tests.kernel.pinging import pinging
from tests.kernel.world import (
    CLOUD_NETWORK,
    DEAD_PEER_AFTER,
    HERE,
    SERVER,
    World,
    answer,
    carries,
    completed,
    site,
    tunnel,
)

# Seconds, for timers that a loaded machine runs late and for the script that switches the routes.
ALLOWANCE = 2
SETTINGS, CONNECTION = "/etc/strongswan.d/hybridnet.conf", "/etc/swanctl/conf.d/hybridnet-main-1.conf"
OTHER_SERVER = "172.17.1.1"
ROTATED = {"psk": "only for this test, rotated"}
OTHER_CIPHERS = {**ROTATED, "ipsec": {"encryption": "aes128"}}


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


def configure(world: World, connections: list[dict]) -> float:
    """Give both sides these connections; the store's has to change. Returns the seconds it took."""
    answer(world, connections)
    planned = completed(connections, "auto", DEAD_PEER_AFTER)
    run = world.play(HERE / "connections.yml", strongswan_connections=planned)
    assert run.changed == 1, run.output
    return run.seconds


def routes(world: World) -> list[str]:
    return [line.split(" dev ")[1].split()[0] for line in world.run(f"ip route show {CLOUD_NETWORK}").splitlines()]


def test_each_tunnel_is_an_interface_with_its_routes(store):
    shown = store.run("ip -d link show type xfrm")
    assert len(re.findall(r"if_id", shown)) == 2
    assert shown.count("mtu 1438") == 2, shown
    assert routes(store) == ["vpn-main-1", "vpn-main-2"]


@pytest.mark.whole_role
def test_a_second_run_of_the_role_changes_nothing_and_costs_no_packet(store, say):
    with pinging(store, SERVER) as pings:
        again = store.role(site(), strongswan_dead_peer_after=DEAD_PEER_AFTER)
    assert again.changed == 0, again.output
    first = store.first_run
    say(f"role: to these tunnels {first.seconds:.0f} s, {first.tasks} tasks; again {again.seconds:.0f} s")
    say(f"role run again: {pings.lost} of {pings.sent} pings lost")
    assert pings.sent > 100
    assert pings.lost == 0


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
    """A tunnel more, then another key and other ciphers for it."""
    store.run(f"ip -n cloud2 address replace {OTHER_SERVER}/32 dev lo")
    with pinging(store, SERVER) as pings:
        seconds = [configure(store, [*site(), other(**changes)]) for changes in ({}, OTHER_CIPHERS)]
    assert " 0% packet loss" in store.run(f"ip netns exec lan ping -n -c 2 -W 2 {OTHER_SERVER}")
    took = " and ".join(f"{one:.0f}" for one in seconds)
    say(f"another tunnel added, then its key and ciphers changed, {took} s: {pings.lost} of {pings.sent} pings lost")
    assert pings.sent > 100
    assert pings.lost == 0


def test_a_rotated_key_of_a_site_with_two_tunnels_costs_at_most_one_ping(store, say):
    with pinging(store, SERVER) as pings:
        seconds = configure(store, site(**ROTATED))
    say(f"key of both tunnels of a site rotated, {seconds:.0f} s: {pings.lost} of {pings.sent} pings lost")
    assert pings.lost <= 1


# The last one is what the role has set.
@pytest.mark.parametrize("wanted", [30, 10, DEAD_PEER_AFTER])
def test_failover_within_the_computed_bound_and_back(store, wanted, say):
    silence, retransmission, problems = rules.dead_peer_times([{"name": "main"}], wanted)
    assert problems == []
    store.run(
        f"sed -i -e 's/retransmit_timeout = .*/retransmit_timeout = {retransmission.timeout}/'"
        f" -e 's/retransmit_tries = .*/retransmit_tries = {retransmission.tries}/' {SETTINGS};"
        f" sed -i 's/dpd_delay = .*/dpd_delay = {silence}s/' {CONNECTION};"
        " swanctl --reload-settings; swanctl --load-conns >/dev/null;"
        " swanctl --terminate --ike main-1 --force --timeout 3; swanctl --initiate --child main-1 --timeout 20"
    )
    blocked = store.ends[0].address
    # Each ping is work for an emulated machine, and these are for half a minute.
    with pinging(store, SERVER, 0.2) as pings:
        begun = float(
            store.run(
                f"date +%s.%N; ip netns exec net nft 'add rule inet faults forward ip saddr {blocked} drop;"
                f" add rule inet faults forward ip daddr {blocked} drop'"
            )
        )
        try:
            store.wait_until("! ip route show | grep -q 'dev vpn-main-1'", wanted + 20)
            by_active, by_standby = carries(store)
            assert by_active == 0 and by_standby >= 3
        finally:
            store.run("ip netns exec net nft flush chain inet faults forward")
        opened = float(store.run("date +%s.%N"))
        store.wait_until("ip route show | grep -q 'dev vpn-main-1'", wanted + 20)
        back = float(store.run("date +%s.%N")) - opened
        assert carries(store)[0] >= 3
    log = store.run(f"journalctl -u strongswan -o short-unix --no-pager --since @{int(begun)}")
    given_up = float(re.search(r"^(\S+) .*giving up after", log, re.MULTILINE).group(1))
    noticed = given_up - pings.longest_gap_begins
    say(
        f"dead peer after {wanted} s: noticed after {noticed:.1f} s, {pings.longest_gap:.1f} s without traffic; "
        f"back {back:.1f} s after the way was open, {pings.lost} of {pings.sent} pings lost"
    )
    # The journal may be a little late, and there is no answer between two pings.
    assert noticed <= pings.longest_gap + pings.interval
    assert pings.longest_gap <= wanted + ALLOWANCE
