"""The two tunnels of a site with ``routing: bgp``: what BGP prefers is the way that the packets take.

The first file of its folder: the run of the role for all others makes their tunnels of these. The tests build on each
other. The cloud's ends have XFRM interfaces here, too, and an FRR each. As one gateway they tell each other what they
have learned, so that the shorter AS path decides the way back, whichever tunnel a request came through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from tests.kernel.pinging import pinging
from tests.kernel.world import (
    CLOUD_NETWORK,
    DEAD_PEER_AFTER,
    ENDS,
    HERE,
    SERVER,
    STORE_NETWORK,
    Play,
    World,
    answer,
    tunnel,
)

pytestmark = pytest.mark.whole_role

PASSWORD = "only-for-this-test"
# Seconds. FRR spreads its timers a little, and a loaded machine runs them late.
HOLD, RESTART, ALLOWANCE = 6, 4, 2
INSIDE = (("169.254.10.1", "169.254.10.2"), ("169.254.10.5", "169.254.10.6"))
ACTIVE, STANDBY = "vpn-main-1", "vpn-main-2"
EVERYTHING = ["0.0.0.0/0"]
# What the document of such a site becomes: an interface for each tunnel, and no routes but those that BGP learns.
TUNNELS = [
    tunnel(
        number,
        local_networks=EVERYTHING,
        remote_networks=EVERYTHING,
        interface_address=f"{here}/30",
        routes=[],
    )
    for number, (_there, here) in enumerate(INSIDE, 1)
]
BGP = {
    "bgp_asn": 65010,
    "bgp_neighbors": [
        {"name": one["name"], "role": one["role"], "address": there, "source": here, "asn": 45104}
        for one, (there, here) in zip(TUNNELS, INSIDE, strict=True)
    ],
    "bgp_password": PASSWORD,
    "bgp_networks": [STORE_NETWORK],
    "bgp_accepted_networks": [CLOUD_NETWORK],
    "bgp_keepalive": HOLD // 3,
    "bgp_hold": HOLD,
    "bgp_connect_retry": 1,
    "bgp_graceful_restart_time": RESTART,
}
# Believes everything, and keeps routes of a neighbour that restarts, as the store does; with FRR's own times, which
# must not matter.
SPEAKER = """\
log syslog informational
ip prefix-list NOTHING seq 5 deny any
router bgp 45104
 bgp router-id {own}
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp graceful-restart
 neighbor {store} remote-as 65010
 neighbor {store} password {password}
 neighbor {store} timers connect 1
 neighbor {other} remote-as 45104
 neighbor {other} timers connect 1
 address-family ipv4 unicast
  network {network}
  neighbor {other} next-hop-self
 exit-address-family
"""
# The server's address is one of both ends, so each has to forward what comes from it. The counters see what comes out
# of a tunnel and what goes into it, of pings of 128 octets alone: others run through whole tests.
START = """\
ip -n {name} link add tunnel type xfrm dev lo if_id {number}
ip -n {name} link set tunnel mtu 1438 up
ip -n {name} address add {inside}/30 dev tunnel
ip netns exec {name} sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.conf.all.accept_local=1
ip netns exec {name} nft -f - <<'RULES'
table inet watch {{
  counter requests {{ }}
  counter replies {{ }}
  chain in {{
    type filter hook prerouting priority 0
    iifname tunnel ip length 128 icmp type echo-request counter name requests
  }}
  chain out {{
    type filter hook postrouting priority 0
    oifname tunnel ip length 128 icmp type echo-reply counter name replies
  }}
}}
RULES
touch /etc/frr/{name}/vtysh.conf
chown -R frr:frr /etc/frr/{name}
install -d -o frr -g frr /run/frr /run/frr/{name}
for daemon in zebra bgpd; do ip netns exec {name} /usr/lib/frr/$daemon -d -N {name} -A 127.0.0.1 </dev/null; done
ip netns exec {name} vtysh -N {name} -b </dev/null
"""
STOP = """\
for daemon in bgpd zebra; do
  pid=$(cat /run/frr/{name}/$daemon.pid) && kill $pid && timeout 20 tail --pid=$pid -f /dev/null
done
ip -n {name} link delete tunnel
ip netns exec {name} nft delete table inet watch
"""


class Carried(NamedTuple):
    """Of three pings, by each end: requests that came through its tunnel, replies that it sent back through it."""

    requests: list[int]
    replies: list[int]


class Cloud:
    """The BGP of the cloud's two ends."""

    def __init__(self, world: World):
        self._world = world
        self.store_run: Play | None = None

    def start(self) -> None:
        for index, (inside, store) in enumerate(INSIDE):
            name = self._world.ends[index].namespace
            text = SPEAKER.format(
                own=ENDS[index], other=ENDS[1 - index], store=store, password=PASSWORD, network=CLOUD_NETWORK
            )
            self._world.write({f"/etc/frr/{name}/frr.conf": text})
            number = tunnel_interface.interface_id(TUNNELS[index])
            self._world.run("sh -eu", text=START.format(name=name, number=number, inside=inside))

    def stop(self) -> None:
        for end in self._world.ends:
            self._world.run("sh -u", text=STOP.format(name=end.namespace))

    def change(self, statements: Sequence[str], address_family: bool = False) -> None:
        """Change what the first end has for its neighbour, the store."""
        words = ["configure terminal", "router bgp 45104", *(["address-family ipv4 unicast"] * address_family)]
        shown = " ".join(f"-c '{one}'" for one in [*words, *statements])
        self._world.run(f"ip netns exec cloud1 vtysh -N cloud1 {shown}")

    def told(self) -> list[str]:
        """The AS path of the store's network that the store told each end."""
        shown = (
            self._world.run(f"ip netns exec {end.namespace} vtysh -N {end.namespace} -c 'show bgp ipv4 unicast json'")
            for end in self._world.ends
        )
        return [
            next(
                path["path"] for path in json.loads(text)["routes"][STORE_NETWORK] if path["nexthops"][0]["ip"] == store
            )
            for text, (_there, store) in zip(shown, INSIDE, strict=True)
        ]

    def ways_back(self) -> list[str]:
        """The interface by which each end's kernel sends to the store."""
        shown = (self._world.run(f"ip -n {end.namespace} route get 192.168.1.10") for end in self._world.ends)
        return [re.search(r" dev (\S+)", text).group(1) for text in shown]

    def carries(self) -> Carried:
        """What of three pings to the server passed the tunnels; all of them are answered."""
        counters = "; ".join(f"ip netns exec {end.namespace} nft reset counters" for end in self._world.ends)
        self._world.run(f"({counters}) >/dev/null; ip netns exec lan ping -n -s 100 -c 3 -i 0.2 -W 2 {SERVER}")
        found = [int(number) for number in re.findall(r"packets (\d+)", self._world.run(counters))]
        return Carried(found[0::2], found[1::2])


def wait_for(world: World, interface: str, seconds: float = 20) -> float:
    """Wait until the store's route leads into this interface; the guest's seconds since the epoch."""
    world.wait_until(f"ip route show {CLOUD_NETWORK} | grep -q 'dev {interface} '", seconds)
    return now(world)


def now(world: World) -> float:
    return float(world.run("date +%s.%N"))


@pytest.fixture(scope="module")
def cloud(world: World) -> Iterator[Cloud]:
    """After a run of both roles for the store: FRR is installed, and nothing of it configured, before."""
    cloud = Cloud(world)
    answer(world, TUNNELS, "xfrm")
    cloud.start()
    try:
        # Not the parts that every other run has, too: each task costs an emulated machine a second or more.
        cloud.store_run = world.play(
            HERE / "bgp.yml",
            *("--tags", "configure,connections"),
            strongswan_connections=TUNNELS,
            strongswan_dead_peer_after=DEAD_PEER_AFTER,
            **BGP,
        )
        assert PASSWORD not in cloud.store_run.output
        yield cloud
    finally:
        cloud.stop()
        # Takes its routes with it.
        world.run("systemctl disable -q --now frr.service")


def test_the_active_tunnel_carries_both_ways(cloud, world, say):
    """The store prefers by local preference, the cloud by the path that the store made longer."""
    wait_for(world, ACTIVE)
    world.wait_until("ip -n cloud2 route get 192.168.1.10 | grep -q 'dev wan0'")
    carried = cloud.carries()
    run = cloud.store_run
    say(f"roles strongswan and bgp: {run.seconds:.0f} s, {run.tasks} tasks; {carried}")
    assert carried == Carried([3, 0], [3, 0])
    assert cloud.told() == ["65010", "65010 65010 65010"]
    assert cloud.ways_back() == ["tunnel", "wan0"]


def test_a_session_that_the_peer_ends_moves_the_traffic_and_the_tunnel_stays(cloud, world, say):
    neighbor = f"neighbor {INSIDE[0][1]} shutdown"
    with pinging(world, SERVER, 0.2) as pings:
        begun = now(world)
        cloud.change([neighbor])
        moved = wait_for(world, STANDBY) - begun
        assert "INSTALLED" in world.run("swanctl --list-sas --ike main-1")
        carried = cloud.carries()
        begun = now(world)
        cloud.change([f"no {neighbor}"])
        back = wait_for(world, ACTIVE) - begun
    say(f"session ended by the peer: moved in {moved:.1f} s, back in {back:.1f} s, {pings.lost} of {pings.sent} lost")
    assert carried == Carried([0, 3], [0, 3])
    assert cloud.carries() == Carried([3, 0], [3, 0])


def test_a_withdrawn_prefix_moves_one_direction_only(cloud, world, say):
    """The session goes on, so the way back stays where the path is shorter."""
    statement = f"neighbor {INSIDE[0][1]} prefix-list NOTHING out"
    with pinging(world, SERVER, 0.2) as pings:
        begun = now(world)
        cloud.change([statement], address_family=True)
        moved = wait_for(world, STANDBY) - begun
        carried = cloud.carries()
        begun = now(world)
        cloud.change([f"no {statement}"], address_family=True)
        back = wait_for(world, ACTIVE) - begun
    say(f"prefix withdrawn: moved in {moved:.1f} s, back in {back:.1f} s, {pings.lost} of {pings.sent} lost; {carried}")
    assert carried == Carried([0, 3], [3, 0])
    assert cloud.carries() == Carried([3, 0], [3, 0])


def test_a_dead_tunnel_costs_no_more_than_the_times_that_were_set(cloud, world, say):
    blocked = ENDS[0]
    with pinging(world, SERVER, 0.2) as pings:
        world.run(
            f"ip netns exec net nft 'add rule inet faults forward ip saddr {blocked} drop;"
            f" add rule inet faults forward ip daddr {blocked} drop'"
        )
        try:
            wait_for(world, STANDBY, HOLD + RESTART + 20)
            world.wait_until("ip -n cloud2 route get 192.168.1.10 | grep -q 'dev tunnel'")
            carried = cloud.carries()
        finally:
            world.run("ip netns exec net nft flush chain inet faults forward")
        opened = now(world)
        back = wait_for(world, ACTIVE, 60) - opened
        world.wait_until("ip -n cloud2 route get 192.168.1.10 | grep -q 'dev wan0'")
    say(
        f"dead tunnel, hold time {HOLD} s, graceful restart {RESTART} s: {pings.longest_gap:.1f} s without traffic; "
        f"back {back:.1f} s after the way was open, {pings.lost} of {pings.sent} pings lost"
    )
    assert carried == Carried([0, 3], [0, 3])
    assert pings.longest_gap <= HOLD + RESTART + ALLOWANCE
    assert cloud.carries() == Carried([3, 0], [3, 0])
