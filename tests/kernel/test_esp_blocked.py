"""IP protocol 50 does not pass between the ends, and nothing wraps ESP in UDP: the tunnels are up and carry nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis import ESTABLISHED, diagnose
from tests.kernel.world import DEAD_PEER_AFTER, HERE, SERVER, STORE, World, completed, site

VERDICTS = {"nothing": [], "esp": ["esp_blocked"]}


def verdict(world: World, seen: Path) -> dict:
    """The diagnosis of the store, as it sees itself; the cloud says that both tunnels are up."""
    wanted = completed(site(), "auto", DEAD_PEER_AFTER)
    named = [{key: value for key, value in one.items() if key != "psk"} for one in wanted]
    targets = [{"address": SERVER, "source": "192.168.1.1"}]
    world.play(HERE / "look.yml", strongswan_connections=named, vpn_verify_targets=targets, seen=str(seen))
    host = json.loads(seen.read_text())
    return diagnose(
        {
            "site": "store",
            "problem": host.get("problem"),
            "cloud": {
                "connections": {
                    one["name"]: {"status": ESTABLISHED, "address": one["remote_address"]} for one in wanted
                },
                "missing": [],
                "peers": {one["name"]: {"configured": STORE, "wanted": STORE} for one in wanted},
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


@pytest.mark.parametrize("blocked", VERDICTS)
def test_the_diagnosis_names_blocked_esp_first(store: World, blocked, tmp_path, say):
    if blocked == "esp":
        store.run("ip netns exec net nft add rule inet faults forward ip protocol esp counter drop")
    try:
        found = verdict(store, tmp_path / "seen.json")
    finally:
        dropped = store.run("ip netns exec net nft -j list chain inet faults forward")
        store.run("ip netns exec net nft flush chain inet faults forward")
    packets = sum(rule["counter"]["packets"] for rule in _expressions(dropped) if "counter" in rule)
    first = found["findings"][0]["cause"] if found["findings"] else "healthy"
    say(f"made: {blocked} blocked, {packets} packets dropped; named first: {first}; {found['verdict']}")
    assert [one["cause"] for one in found["findings"] if not one["latent"]] == VERDICTS[blocked]


def _expressions(shown: str) -> list[dict]:
    """Of all rules in what nft prints as JSON."""
    return [part for one in json.loads(shown)["nftables"] for part in one.get("rule", {}).get("expr", [])]
