"""playbooks/diagnose.yml names each cause that is made on purpose, at the site that has it, and nothing else.

Two sites can be broken at a time, for each gets a verdict of its own. Blocked ESP without NAT traversal is made in
tests/kernel/test_esp_blocked.py, for it needs a kernel with ESP. A missing end is judged from evidence in
tests/unit/plugins/module_utils/test_diagnosis.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.identity import lab_at
from lab.removal import remove
from tests.conftest import Say
from tests.lab.faults import ESP_IN_UDP, Faults, Undo
from tests.lab.waiting import eventually
from tests.lab.world import SITE, World

DIAGNOSE = "playbooks/diagnose.yml"
HEALTHY = "healthy"
Make = Callable[[Faults], Undo]

ESP_FROM_CLOUD = f'oifname "inside" {ESP_IN_UDP.format(side="sport")}'
ROUNDS: list[dict[str, tuple[str, Make]]] = [
    {
        "store-001": ("peer_address", lambda site: site.setting("s/(remote_addrs = ).*/\\1203.0.113.99/")),
        "store-002": ("udp_500", lambda site: site.path("udp dport 500 drop", "udp sport 500 drop", breaks=True)),
    },
    {
        "store-001": ("psk", lambda site: site.key()),
        "store-002": ("udp_4500", lambda site: site.path("udp dport 4500 drop", "udp sport 4500 drop", breaks=True)),
    },
    {
        "store-001": ("ike_proposals", lambda site: site.setting("s/^( *proposals = )aes256/\\1aes192/")),
        "store-002": ("one_way", lambda site: site.path(ESP_FROM_CLOUD, breaks=False)),
    },
    {
        "store-001": ("esp_proposals", lambda site: site.setting("s/(esp_proposals = aes256-)sha256/\\1sha512/")),
        "store-002": ("packet_size", lambda site: site.path("ip length > 1200 drop", breaks=False)),
    },
    {
        "store-001": ("ike_version", lambda site: site.setting("s/^( *version = )2/\\11/")),
        "store-002": (
            "host_firewall",
            lambda site: site.firewall("output", "udp dport { 500, 4500 } counter drop"),
        ),
    },
    {
        "store-001": ("identities", lambda site: site.setting("/^ *remote \\{/,/\\}/s/( id = ).*/\\1203.0.113.99/")),
        "store-002": (
            "host_firewall_forward",
            lambda site: site.firewall("forward", "ip daddr 192.168.2.0/24 counter drop"),
        ),
    },
    {
        "store-001": ("traffic_selectors", lambda site: site.setting("s/(local_ts = ).*/\\1192.168.77.0\\/24/")),
        "store-002": ("forwarding", lambda site: site.sysctl("net.ipv4.ip_forward=0")),
    },
    {
        "store-001": ("vpc_route", lambda site: site.unpublished("192.168.1.0/24")),
        "store-002": ("reverse_path", lambda site: site.reverse_path()),
    },
    {
        # Neither breaks anything yet: what differs shows when the tunnel is rekeyed, or the peer dies.
        "store-001": ("pfs", lambda site: site.setting("s/(esp_proposals = .*-)modp2048/\\1modp1024/", works=True)),
        "store-002": ("idle", lambda site: site.idle()),
    },
    {
        "store-001": ("dpd", lambda site: site.setting("/dpd_delay = /d", works=True)),
        "store-002": ("security_group", lambda site: site.security_group()),
    },
    {"store-001": ("one_end_only", lambda site: site.dead_endpoint())},
    {"store-002": ("host_unreachable", lambda site: site.unreachable())},
]
LATENT = ("pfs", "dpd")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("diagnose"))
    try:
        world.lab("up")
        world.play(SITE)
        eventually(world.tunnels_up, "all tunnels are up")
        yield world
    finally:
        remove(lab_at(world.state))


def diagnosis(world: World) -> tuple[dict[str, Any], str]:
    """The verdicts by site, and the output."""
    file = Path(world.state) / "diagnosis.json"
    file.unlink(missing_ok=True)
    play = world.play(DIAGNOSE, "-e", f"vpn_diagnose_json={file}", "-e", "vpn_diagnose_fail=false")
    assert set(play.changed.values()) == {0}
    return json.loads(file.read_text()), play.output


def named(verdict: dict[str, Any]) -> str:
    """The first finding's cause."""
    return verdict["findings"][0]["cause"] if verdict["findings"] else HEALTHY


def row(site: str, made: str, verdict: dict[str, Any]) -> str:
    """A line of the table of causes and verdicts."""
    right = "ok" if named(verdict) == made else "WRONG"
    return f"{site}  made: {made:<22} named first: {named(verdict):<22} {right}"


def test_healthy(world: World, say: Say) -> None:
    verdicts, output = diagnosis(world)
    for site, verdict in verdicts.items():
        say(row(site, HEALTHY, verdict))
        assert verdict["healthy"] and not verdict["findings"], verdict
    assert "store-001: healthy, every tunnel is up and carries packets" in output


@pytest.mark.parametrize("causes", ROUNDS, ids=["+".join(cause for cause, _make in row.values()) for row in ROUNDS])
def test_cause(world: World, causes: dict[str, tuple[str, Make]], say: Say) -> None:
    undone = []
    try:
        for site, (_cause, make) in causes.items():
            undone.append(make(Faults(world, site)))
        verdicts, output = diagnosis(world)
    finally:
        for undo in undone:
            undo()
    for site, (cause, _make) in causes.items():
        verdict = verdicts[site]
        say(row(site, cause, verdict))
        assert named(verdict) == cause, json.dumps(verdict, indent=1)
        assert verdict["healthy"] == (cause in LATENT), json.dumps(verdict, indent=1)
        assert verdict["findings"][0]["sentence"] in output
    for site in ("store-001", "store-002"):
        Faults(world, site).renegotiate()
        eventually(Faults(world, site).up, f"{site} is up again", limit=60)
