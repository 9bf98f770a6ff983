"""What a run of the role costs tunnels that it does not change, and those that it does."""

from __future__ import annotations

import pytest

from tests.kernel.pinging import pinging
from tests.kernel.world import SERVER, World, tunnel

OTHER_SERVER = "172.17.1.1"


def other(**changes) -> dict:
    """A tunnel to another network, at the second end."""
    return {
        **tunnel(2, local_id="other-store", remote_id="other-cloud", remote_networks=["172.17.0.0/16"]),
        "name": "other",
        "role": "active",
        **changes,
    }


def site(**changes) -> list[dict]:
    return [tunnel(1, **changes), tunnel(2, **changes)]


def answer(world: World, connections: list[dict]) -> None:
    """Give each end the mirror of its own connections; nothing that is up is touched."""
    for end in world.ends:
        end.answer([one for one in connections if one["remote_address"] == end.address])


CHANGES = {
    "nothing": {},
    "the key": {"psk": "only for this test, rotated"},
    "the ciphers": {"ipsec": {"encryption": "aes128"}, "psk": "only for this test, rotated"},
}


@pytest.fixture(scope="module")
def store(world: World) -> World:
    """The store with the two tunnels of one site, and one to another network."""
    world.run(f"ip -n cloud2 address add {OTHER_SERVER}/32 dev lo")
    connections = [*site(), other()]
    answer(world, connections)
    world.role(connections)
    return world


def test_a_run_costs_an_untouched_tunnel_nothing(store, say):
    """A run that changes nothing, a rotated key and other ciphers of a second tunnel."""
    lost = {}
    with pinging(store, SERVER) as pings:
        for what, changes in CHANGES.items():
            before = len(pings.answered)
            connections = [*site(), other(**changes)]
            answer(store, connections)
            run = store.role(connections, "--tags", "connections")
            assert run.changed == (1 if changes else 0)
            lost[what] = before
    say(f"changes to a second tunnel ({', '.join(CHANGES)}): {pings.lost} of {pings.sent} pings lost")
    assert pings.sent > 100
    assert pings.lost == 0


def test_a_rotated_key_costs_a_site_with_two_tunnels_at_most_one_probe(store, say):
    changed = [*site(psk="only for this test, new"), other(**CHANGES["the ciphers"])]
    with pinging(store, SERVER) as pings:
        answer(store, changed)
        assert store.role(changed, "--tags", "connections").changed == 1
    say(f"key of both tunnels of a site rotated: {pings.lost} of {pings.sent} pings lost")
    assert pings.lost <= 1
