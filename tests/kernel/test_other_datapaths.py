"""VTIs and policies, and what is left when a connection goes away."""

from __future__ import annotations

import pytest

from tests.kernel.world import SERVER, World, tunnel

PING = f"ip netns exec lan ping -n -c 3 -i 0.2 -W 2 {SERVER}"


@pytest.mark.parametrize("datapath", ["vti", "policy"])
def test_the_data_path_carries_packets(world: World, datapath, say):
    connections = [tunnel(1), tunnel(2)] if datapath == "vti" else [tunnel(1)]
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address])
    run = world.role(connections, "--tags", "configure,connections,verify", strongswan_datapath=datapath)
    before = [end.packets_in() for end in world.ends]
    shown = world.run(PING)
    carried = [end.packets_in() - earlier for end, earlier in zip(world.ends, before, strict=True)]
    say(f"{datapath}: {run.seconds:.0f} s, pings carried by the ends: {carried}")
    assert " 0% packet loss" in shown
    assert carried == [3, 0]
    devices = world.run("ls /sys/class/net").split()
    assert [name for name in devices if name.startswith("vpn-")] == (
        ["vpn-main-1", "vpn-main-2"] if datapath == "vti" else []
    )


def test_interfaces_and_routes_go_with_their_connections_and_come_back_with_the_daemon(world: World):
    """After a policy, interfaces again; a daemon that is killed brings all of it back by itself."""
    connections = [tunnel(1), tunnel(2)]
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address])
    world.role(connections, "--tags", "configure,connections")
    world.run("systemctl kill --signal=KILL strongswan.service; ip link delete vpn-main-2")
    world.wait_until("ip route show | grep -q 'dev vpn-main-1' && ip route show | grep -q 'dev vpn-main-2'", 60)
    assert " 0% packet loss" in world.run(PING)
    world.role([], "--tags", "configure,connections")
    assert "vpn-" not in world.run("ls /sys/class/net; ip route")
