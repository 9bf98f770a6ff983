"""The role tunnel_health on a booted host whose peer is another strongSwan. The tests run in order."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lab.cloud.dataplane import Endpoint
from lab.hosts.layout import SITES
from lab.identity import lab_at
from lab.management import create_management
from lab.removal import remove
from lab.state_folder import claim
from tests.conftest import Say
from tests.lab.networks import connection, tunnel
from tests.lab.one_host import OneHost
from tests.lab.peer import Peer
from tests.lab.waiting import eventually

HERE, THERE = SITES[0], SITES[2]
PSK = 'Health-"9Kq'
UP, NEVER = "to-store-003", "to-nobody"
METRICS = "/var/lib/prometheus/node-exporter/hybridnet_tunnels.prom"
OTHER_METRICS = "/var/lib/hybridnet-metrics/tunnels.prom"
TUNNEL = tunnel(HERE, "master", id="health", psk=PSK, local_id=HERE.public_address, remote_id=THERE.public_address)
CONNECTION = connection(THERE, TUNNEL, local_subnets=(HERE.network,))
CONNECTIONS = [
    {
        "name": name,
        "role": role,
        "remote_address": address,
        "local_id": HERE.public_address,
        "remote_id": address,
        "psk": PSK,
        "dpd_delay": 1,
        "local_networks": [HERE.network],
        "remote_networks": [network],
    }
    for name, role, address, network in (
        (UP, "active", THERE.public_address, THERE.network),
        (NEVER, "standby", "198.51.100.99", "192.168.99.0/24"),
    )
]
PROBE = {"target": THERE.client_address, "source": HERE.lan_address}
HEALTH = {
    "tunnel_health_tunnels": [{"name": UP, "probe": PROBE}, {"name": NEVER, "role": "standby"}],
    "tunnel_health_interval": 5,
    "tunnel_health_random_delay": 0,
    "tunnel_health_pause": 3,
    "tunnel_health_longest_pause": 12,
    "tunnel_health_initiate_timeout": 2,
}
PAUSES = [3, 6, 12, 12]


class Watched(OneHost):
    """The host, its peer, and what the program on the host says."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        subnet: ipaddress.IPv4Network = create_management(self.lab)
        self.peer = Peer(self.lab, THERE, subnet)
        self.answer()

    def answer(self) -> None:
        """Let the peer take the tunnel."""
        self.peer.configure(CONNECTION, TUNNEL, Endpoint(1, HERE.public_address))

    def health(self, *arguments: str, **changes) -> int:
        return self.changed({**HEALTH, **changes}, *arguments, role="tunnel_health")

    def metrics(self, path: str = METRICS) -> dict[tuple[str, str], float]:
        """{(name, connection): value}"""
        families = text_string_to_metric_families(self.run(f"cat {path}"))
        return {
            (sample.name, sample.labels.get("connection", "")): sample.value
            for family in families
            for sample in family.samples
        }

    def is_up(self) -> bool:
        return self.metrics()["strongswan_tunnel_up", UP] == 1

    def log(self) -> list[str]:
        """What the program has written to the journal."""
        return self.run("journalctl --no-pager -o cat -t hybridnet-tunnel-health").splitlines()

    def transitions(self, name: str) -> list[tuple[str, str]]:
        """[(from, to)] of a tunnel, oldest first."""
        found = [re.search(rf"event=transition tunnel={name} .*from=(\w+) to=(\w+) ", line) for line in self.log()]
        return [match.groups() for match in found if match]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("health")
    lab = lab_at(folder / "state")
    claim(lab)
    try:
        yield Watched(lab, HERE, folder)
    finally:
        remove(lab)


def test_a_working_tunnel_and_one_that_was_never_up(host: Watched) -> None:
    host.play({"strongswan_connections": CONNECTIONS, "strongswan_wait": False}, role="strongswan")
    assert host.health("--check", "--diff") > 0
    assert host.run("ls /etc/hybridnet*", status=None) == ""
    assert host.health() > 0
    eventually(lambda: host.run(f"cat {METRICS}", status=None), "metrics are written")
    eventually(host.is_up, "the tunnel is up in the metrics")
    found = host.metrics()
    assert found["strongswan_up", ""] == 1
    assert found["strongswan_health_breaches", ""] == 0
    assert found["strongswan_probe_success", UP] == 1
    assert 0 < found["strongswan_probe_rtt_seconds", UP] < 1
    eventually(lambda: host.metrics()["strongswan_sa_inbound_packets", UP] > 0, "the packets are counted")
    names = {name for name, connection in found if connection == UP}
    assert names == {name for name, connection in found if connection == NEVER}
    assert len(names) > 15
    assert found["strongswan_tunnel_up", NEVER] == found["strongswan_ike_up", NEVER] == 0
    assert host.run("systemctl show -p Result --value hybridnet-tunnel-health.service").strip() == "success"
    assert host.transitions(UP)[-1][1] == "up"


def test_a_second_run_changes_nothing(host: Watched) -> None:
    assert host.health("--diff") == 0


def test_killed_at_the_peer_seen_logged_and_set_up_again_with_growing_pauses(host: Watched, say: Say) -> None:
    logged = len(host.transitions(UP))
    before = host.metrics()
    # Closed in order, and refused from then on: strongSwan itself would not call again.
    host.peer.charon.unload(TUNNEL.id)
    seen = eventually(lambda: not host.is_up(), "the metric is 0", limit=30)
    tries = []
    eventually(lambda: _new_attempt(host, tries) and len(tries) == len(PAUSES), "four attempts", limit=90)
    pauses = [round(next_attempt - since) for since, next_attempt in tries]
    host.answer()
    again = eventually(host.is_up, "the metric is 1 again", limit=40)
    assert host.transitions(UP)[logged:] == [("up", "down"), ("down", "up")]
    after = host.metrics()
    assert after["strongswan_tunnel_downs_total", UP] == before["strongswan_tunnel_downs_total", UP] + 1
    assert after["strongswan_tunnel_initiations_total", UP] >= len(PAUSES) + 1
    say(f"seen after {seen:.1f} s; pauses {pauses} s; up {again:.1f} s after the peer takes it again")
    assert host.run("systemctl show -p NRestarts --value strongswan.service").strip() == "0"


def _new_attempt(host: Watched, tries: list) -> bool:
    """Note (now, next attempt) of each attempt that was not noted yet, and check its pause."""
    state = json.loads(host.run("cat /var/lib/hybridnet-tunnel-health/state.json"))["tunnels"][UP]
    attempts = state["attempts"]
    if attempts > len(tries):
        now = float(host.run("date +%s.%N"))
        tries.append((now, state["next_attempt"]))
        left = state["next_attempt"] - now
        assert 0 < left <= PAUSES[len(tries) - 1]
    return bool(attempts)


def test_the_daemon_is_gone(host: Watched) -> None:
    """A breach: the unit fails, all metrics are still there, and it is said once; then it is mended."""
    host.run("systemctl stop strongswan.service")
    eventually(lambda: host.metrics()["strongswan_up", ""] == 0, "the daemon is missed")
    eventually(lambda: "failed" in host.run("systemctl is-failed hybridnet-tunnel-health", status=None), "it fails")
    assert host.metrics()["strongswan_tunnel_up", UP] == 0
    assert host.run("systemctl is-active strongswan.service", status=3).strip() == "inactive"
    written = host.metrics()["strongswan_health_last_run_timestamp_seconds", ""]
    key = ("strongswan_health_last_run_timestamp_seconds", "")
    eventually(lambda: host.metrics()[key] > written, "the timer goes on after a failure")
    host.run("systemctl start strongswan.service")
    eventually(host.is_up, "the tunnel is up again", limit=40)
    assert len([line for line in host.log() if line.startswith("event=breach")]) == 1
    assert len([line for line in host.log() if line.startswith("event=mended")]) == 1


def test_changed_settings_and_removal(host: Watched) -> None:
    assert host.health(tunnel_health_metrics_file=OTHER_METRICS, tunnel_health_interval=6) > 0
    eventually(lambda: host.run(f"cat {OTHER_METRICS}", status=None), "metrics are written to the new place")
    assert host.run(f"cat {METRICS}", status=1) == ""
    refused = host.play({**HEALTH, "tunnel_health_pause": 60}, role="tunnel_health", status=2).output
    assert "tunnel_health_pause: 60" in refused and "no less than the first pause" in refused
    assert host.health(tunnel_health_state="absent") > 0
    assert host.health(tunnel_health_state="absent") == 0
    left = (
        "ls -d /etc/hybridnet-* /usr/local/lib/hybridnet-* /var/lib/hybridnet-* /etc/systemd/system/hybridnet-tunnel-h*"
    )
    assert [path for path in host.run(left, status=None).split() if "metrics" not in path] == []
    assert host.run(f"cat {OTHER_METRICS}", status=1) == ""
    assert host.run("swanctl --list-sas --ike " + UP + " 2>/dev/null | grep -c INSTALLED").strip() == "1"


def test_no_secret_and_only_what_matters_in_the_journal(host: Watched) -> None:
    log = host.log()
    assert PSK not in "\n".join(log + host.outputs)
    assert all(re.match(r"event=(transition|breach|mended) ", line) for line in log)
    assert not any("Read-only" in line for line in log)
    noise = host.run("journalctl --no-pager -o cat -u hybridnet-tunnel-health.service").splitlines()
    assert [line for line in noise if "Finished" in line or "Starting" in line] == []
