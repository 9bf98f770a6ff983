"""IP protocol 50 does not pass between the ends, and nothing wraps ESP in UDP: the tunnel is up and carries nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis import ESTABLISHED, diagnose
from tests.kernel.world import HERE, SERVER, STORE, World, loaded, tunnel

BLOCKS = {"nothing": None, "ESP": "ip protocol esp"}
VERDICTS = {"nothing": [], "ESP": ["esp_blocked"]}


def verdict(world: World, connection: dict, seen: Path) -> dict:
    """The diagnosis of the store, as it sees itself; the cloud says that the tunnel is up."""
    named = {key: value for key, value in connection.items() if key != "psk"}
    targets = [{"address": SERVER, "source": "192.168.1.1"}]
    world.play(HERE / "look.yml", strongswan_connections=[named], vpn_verify_targets=targets, seen=str(seen))
    host = json.loads(seen.read_text())
    name, peer = connection["name"], {"configured": STORE, "wanted": STORE}
    return diagnose(
        {
            "site": "store",
            "problem": host.get("problem"),
            "cloud": {
                "connections": {name: {"status": ESTABLISHED, "address": connection["remote_address"]}},
                "missing": [],
                "peers": {name: peer},
                "routes": [],
                "security": [],
            },
            "host": host["before"],
            "path": host["path"],
            "filtered_before": host["path_before"]["filtered_packets"],
            "measured": host["measured"],
            "far": [],
        }
    )


@pytest.mark.parametrize("blocked", BLOCKS)
def test_the_diagnosis_names_blocked_esp_first(world: World, blocked, tmp_path, say):
    connection = tunnel(1)
    with loaded(world, [connection], managed=True):
        world.run("swanctl --initiate --ike main-1 --child main-1 --timeout 20")
        if BLOCKS[blocked]:
            world.run(f"ip netns exec net nft add rule inet faults forward {BLOCKS[blocked]} drop")
        try:
            found = verdict(world, connection, tmp_path / "seen.json")
        finally:
            world.run("ip netns exec net nft flush chain inet faults forward")
    say(f"blocked: {blocked}; verdict: {found['verdict']}")
    assert [one["cause"] for one in found["findings"] if not one["latent"]] == VERDICTS[blocked]
