"""The way between the ends carries smaller packets than the store knows of."""

from __future__ import annotations

import pytest

from tests.kernel.world import SERVER, World, loaded, tunnel

WAYS = {"ESP": False, "ESP in UDP": True}
OCTETS = 10_000_000
RECEIVE = f"""
import socket, time
with socket.create_server(("{SERVER}", 5001)) as server:
    server.settimeout(60)
    connection = server.accept()[0]
    connection.settimeout(60)
    begun, octets = time.monotonic(), 0
    while data := connection.recv(65536):
        octets += len(data)
    print(octets, time.monotonic() - begun)
"""
SEND = f"""
import socket
with socket.create_connection(("{SERVER}", 5001), timeout=60) as connection:
    connection.sendall(bytes({OCTETS}))
"""
NARROW = "for link in cloud port1; do ip -n net link set $link mtu {0}; done; ip -n cloud1 link set wan0 mtu {0}"


@pytest.mark.parametrize("way", WAYS)
def test_a_transfer_passes_a_way_of_1400_octets(world: World, way, say):
    """Ten megabytes over TCP from behind the store: the router between tells the store, and that tells the sender."""
    with loaded(world, [tunnel(1, name="transfer", force_encapsulation=WAYS[way])]):
        world.run("swanctl --initiate --ike transfer --child transfer --timeout 20")
        try:
            world.run(NARROW.format(1400))
            world.run(f"ip netns exec cloud1 timeout 120 python3 -c '{RECEIVE}' >/root/received 2>&1 </dev/null &")
            world.wait_until("ip netns exec cloud1 ss -Htln 'sport = :5001' | grep -q LISTEN")
            world.run(f"ip netns exec lan python3 -c '{SEND}'", timeout=180)
            world.wait_until("[ -s /root/received ]")
            received, seconds = world.run("cat /root/received").split()
        finally:
            # What was learned of the way would be believed for ten minutes.
            world.run(f"{NARROW.format(1500)}; for name in lan cloud1; do ip -n $name route flush cache; done")
            world.run("ip route flush cache")
    say(f"{way} over a way of 1400 octets: {int(received):,} octets in {float(seconds):.1f} s")
    assert int(received) == OCTETS
