"""VTIs and policies carry packets, and nothing is left of a connection that goes away."""

from __future__ import annotations

import pytest

from tests.kernel.world import HERE, World, answer, carries, completed, site, tunnel

# The first one ends the tunnels that other tests have left.
pytestmark = pytest.mark.whole_role


def remains(world: World) -> str:
    """What there would be of a tunnel: interfaces, routes, addresses, states and policies of the kernel, files.

    Policies of sockets are the daemon's own: they keep IKE outside of all tunnels.
    """
    return world.run(
        "ls /sys/class/net | grep '^vpn-'; ip route show table all | grep -e vpn- -e 'table 220';"
        " ip xfrm state list; ip xfrm policy list nosock; ls /etc/swanctl/conf.d | grep ^hybridnet-",
        check=False,
    )


def test_vtis_carry_packets_and_go_with_their_connections(world: World, say):
    answer(world, site())
    made = world.role(site(), "--tags", "configure,connections", strongswan_datapath="vti")
    shown = world.run("ip -d link show type vti")
    carried = carries(world)
    removed = world.role([], "--tags", "configure,connections")
    say(f"VTI: {made.seconds:.0f} s, pings carried by the ends: {carried}; removed in {removed.seconds:.0f} s")
    assert carried == [3, 0]
    assert shown.count(": vpn-main-") == 2
    assert remains(world) == ""


def test_policies_carry_packets_and_go_with_their_connection(world: World, say):
    answer(world, [tunnel(1)])
    made = world.play(HERE / "connections.yml", strongswan_connections=completed([tunnel(1)]))
    assert "src 192.168.1.0/24 dst 172.16.0.0/16" in world.run("ip xfrm policy list nosock")
    carried = carries(world)
    removed = world.play(HERE / "connections.yml", strongswan_connections=[])
    say(f"policy: {made.seconds:.0f} s, pings carried by the ends: {carried}; removed in {removed.seconds:.0f} s")
    assert carried == [3, 0]
    assert remains(world) == ""
