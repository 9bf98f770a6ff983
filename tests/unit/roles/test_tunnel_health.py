"""The pure parts of the program of the role tunnel_health: evidence, states, decisions, metrics."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_raw

PROGRAM = Path(__file__).resolve().parents[3] / "roles" / "tunnel_health" / "files" / "tunnel_health"
sys.path.insert(0, str(PROGRAM))
# On the host the collection's parser lies beside the program.
sys.modules.setdefault("_swanctl_raw", _swanctl_raw)
evidence, decision, metrics, probe, daemon, routing = (
    importlib.import_module(f"tunnel_{part}")
    for part in ("evidence", "decision", "metrics", "probe", "daemon", "routing")
)

DUMP = """\
list-sa event {
  office {
    uniqueid = 3
    state = ESTABLISHED
    established = 120
    rekey-time = 70000
    child-sas {
      office-1 {
        name = office
        uniqueid = 1
        state = REKEYED
        bytes-in = 1
      }
      office-2 {
        name = office
        uniqueid = 2
        state = INSTALLED
        bytes-in = 840
        packets-in = 10
        use-in = 4
        rekey-time = 600
        life-time = 3600
      }
    }
  }
}
list-sa event {
  office {
    uniqueid = 4
    state = CONNECTING
    child-sas {
    }
  }
}
"""
BACK_OFF = decision.BackOff(first=30, factor=2.0, longest=600)
STATES = (
    evidence.UP,
    evidence.DEGRADED,
    evidence.SILENT,
    evidence.CONNECTING,
    evidence.NO_CHILD,
    evidence.DOWN,
    evidence.UNLOADED,
)


def found(loaded=True, ike=True, child=True, coming=False, answer=None):
    return evidence.Evidence(
        loaded, {"state": "ESTABLISHED"} if ike else {}, {"name": "x"} if child else {}, coming, answer
    )


def answers(received, rtt=0.01, sent=10):
    return evidence.Probe("172.16.1.10", sent, received, rtt if received else None)


def test_the_child_that_is_in_use_is_found_while_another_is_negotiated():
    look = evidence.look("office", {"office"}, _swanctl_raw.associations(DUMP))
    assert look.loaded and look.coming
    assert look.ike["uniqueid"] == "3"
    assert look.child["bytes-in"] == "840"


def test_a_tunnel_of_another_name_is_not_this_one():
    assert evidence.look("offic", {"office"}, _swanctl_raw.associations(DUMP)) == (False, {}, {}, False, None, None)


@pytest.mark.parametrize(
    ("look", "state"),
    [
        (found(), evidence.UP),
        (found(answer=answers(10)), evidence.UP),
        (found(answer=answers(5)), evidence.UP),
        (found(answer=answers(4)), evidence.DEGRADED),
        (found(answer=answers(10, rtt=0.31)), evidence.DEGRADED),
        (found(answer=answers(0)), evidence.SILENT),
        (found(child=False), evidence.NO_CHILD),
        (found(child=False, coming=True), evidence.CONNECTING),
        (found(ike=False, child=False), evidence.DOWN),
        (found(loaded=False, ike=False, child=False), evidence.UNLOADED),
        (found(loaded=False), evidence.UNLOADED),
    ],
)
def test_states(look, state):
    assert evidence.judge(look, max_loss=0.5, max_rtt=0.3)[0] == state


def test_a_dead_tunnel_is_set_up_at_once_and_then_with_growing_pauses():
    memory, change = decision.remember(decision.Memory(), evidence.DOWN, "no IKE_SA", 1000)
    assert (change.before, change.after, change.seconds) == ("unknown", "down", None)
    attempts = []
    for now in range(1000, 4000, 10):
        memory, change = decision.remember(memory, evidence.DOWN, "no IKE_SA", now)
        assert change is None
        action, memory = decision.decide(memory, BACK_OFF, 0, now)
        attempts += [now] if action else []
    pauses = [later - earlier for earlier, later in zip(attempts, attempts[1:], strict=False)]
    assert attempts[0] == 1000
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


def test_a_tunnel_that_came_back_starts_with_the_first_pause_again():
    memory = decision.Memory(evidence.DOWN, 0, attempts=5, next_attempt=5000, downs=1)
    memory, change = decision.remember(memory, evidence.UP, "answers", 100)
    assert (change.seconds, memory.attempts) == (100, 0)
    memory, _change = decision.remember(memory, evidence.DOWN, "gone", 200)
    assert memory.downs == 2
    action, memory = decision.decide(memory, BACK_OFF, 0, 200)
    assert action == decision.INITIATE and memory.next_attempt == 230


def test_a_clock_that_was_set_back_does_not_stop_the_attempts():
    memory = decision.Memory(evidence.DOWN, attempts=9, next_attempt=1_000_000)
    assert decision.decide(memory, BACK_OFF, 0, 1000)[0] == decision.INITIATE


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("after", [0, 2])
def test_only_dead_tunnels_are_touched(state, after):
    """One that is up, is being negotiated or is not configured never is; a silent one only if that is wanted."""
    memory = decision.Memory()
    actions = []
    for now in (10, 20, 30):
        memory, _change = decision.remember(memory, state, "", now)
        action, memory = decision.decide(memory, decision.BackOff(1, 1.0, 1), after, now)
        actions.append(action)
    if state in (evidence.DOWN, evidence.NO_CHILD):
        assert actions == [decision.INITIATE] * 3
    elif state == evidence.SILENT and after:
        assert actions == [None, decision.REESTABLISH, None]
    else:
        assert actions == [None] * 3


@given(st.lists(st.sampled_from(STATES), max_size=30))
def test_every_change_is_told_once(states):
    memory, told = decision.Memory(), []
    for now, state in enumerate(states):
        memory, change = decision.remember(memory, state, "", now)
        told += [change.after] if change else []
    changes = [state for before, state in zip([None, *states], states, strict=False) if state != before]
    assert told == changes
    carried = [state in evidence.CARRYING for state in states]
    assert memory.downs == sum(before and not after for before, after in zip(carried, carried[1:], strict=False))


def parsed(text):
    return {
        (sample.name, sample.labels.get("connection")): (sample.value, dict(sample.labels))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_tunnel_has_every_series_whatever_is_known_of_it():
    up = evidence.look("office", {"office"}, _swanctl_raw.associations(DUMP))._replace(probe=answers(9, rtt=0.0123))
    tunnels = [
        metrics.Measured("office", "active", decision.Memory(evidence.UP, 50, downs=2, initiations=3), up, 60),
        metrics.Measured('no"\\body', "standby", decision.Memory(evidence.DOWN, 0), found(child=False, ike=False), 60),
    ]
    values = parsed(metrics.render(tunnels, True, 0, 60.5))
    series = {name for name, connection in values if connection == "office"}
    assert series == {name for name, connection in values if connection == 'no"\\body'}
    assert {tuple(labels) for (_name, connection), (_value, labels) in values.items() if connection} == {
        ("connection", "role")
    }
    expected = {
        "strongswan_tunnel_up": 1,
        "strongswan_sa_inbound_bytes": 840,
        "strongswan_sa_last_inbound_seconds": 4,
        "strongswan_probe_rtt_seconds": 0.0123,
        "strongswan_tunnel_downs_total": 2,
        "strongswan_tunnel_initiations_total": 3,
        "strongswan_tunnel_state_seconds": 10,
    }
    assert {name: values[name, "office"][0] for name in expected} == expected
    assert values["strongswan_probe_loss_ratio", "office"][0] == pytest.approx(0.1)
    assert values["strongswan_tunnel_up", 'no"\\body'][0] == 0
    assert math.isnan(values["strongswan_ike_rekey_seconds", 'no"\\body'][0])
    assert values["strongswan_up", None][0] == 1


@given(st.text(), st.floats(0, 1e9), st.integers(0, 2**63))
def test_any_name_and_number_survives_the_text(name, seconds, octets):
    look = evidence.Evidence(True, {"established": str(int(seconds))}, {"bytes-in": str(octets)}, False)
    text = metrics.render([metrics.Measured(name, "active", decision.Memory(), look, seconds)], False, 3, seconds)
    values = parsed(text)
    assert values["strongswan_sa_inbound_bytes", name][0] == octets
    assert values["strongswan_health_breaches", None][0] == 3


PINGS = {
    "iputils": (
        "5 packets transmitted, 4 received, 20% packet loss, time 804ms\nrtt min/avg/max/mdev = 0.4/1.5/9/2.1 ms\n",
        (4, 0.0015),
    ),
    "iputils with errors": ("5 packets transmitted, 0 received, +5 errors, 100% packet loss, time 80ms\n", (0, None)),
    "busybox": (
        "5 packets transmitted, 5 packets received, 0% packet loss\nround-trip min/avg/max = 0.1/0.25/0.4 ms\n",
        (5, 0.00025),
    ),
    "no such source": ("", (0, None)),
}


@pytest.mark.parametrize(("output", "expected"), PINGS.values(), ids=PINGS)
def test_what_ping_says(output, expected):
    answer = probe.read_ping(output, "172.16.1.10", 5)
    assert (answer.received, answer.rtt) == (expected[0], expected[1] and pytest.approx(expected[1]))


def test_a_connection_that_is_refused_is_an_answer():
    """Loopback refuses at once where nothing listens; from an address that this host does not have nothing is sent."""
    assert probe.probe("127.0.0.1", None, 1, 1).received == 1
    assert probe.probe("127.0.0.1", "192.0.2.77", 1, 1).received == 0


SUMMARY = """{"routerId":"169.254.10.2","peers":{
  "169.254.10.1":{"remoteAs":45104,"pfxRcd":2,"state":"Established"},
  "169.254.10.5":{"remoteAs":45104,"state":"Idle"}}}"""


@pytest.mark.parametrize(
    ("output", "sessions"),
    [
        (SUMMARY, {"169.254.10.1": (True, 2), "169.254.10.5": (False, 0)}),
        ("{}", {}),
        ("", {}),
        ("% BGP instance not found", {}),
        ('{"peers": [1]}', {}),
    ],
)
def test_what_frr_says_of_its_sessions(output, sessions):
    assert routing.parse_sessions(output) == sessions


def test_a_session_that_comes_and_goes_is_told_once_each_time():
    memory, told = decision.Memory(), []
    up, down = routing.Session(True, 2), routing.NONE
    for session in (down, down, up, up, down, None):
        memory, change = decision.remember_session(memory, session)
        told += [change] if change else []
    assert told == [("unknown", "down"), ("down", "established"), ("established", "down")]


def test_the_metrics_of_a_session():
    tunnels = [
        metrics.Measured(name, "active", decision.Memory(), found()._replace(session=session), 0)
        for name, session in (("up", routing.Session(True, 2)), ("down", routing.NONE), ("policy", None))
    ]
    values = parsed(metrics.render(tunnels, True, 0, 0))
    assert [values["frr_bgp_peer_state", name][0] for name in ("up", "down")] == [1, 0]
    assert values["frr_bgp_peer_prefixes_received", "up"][0] == 2
    assert math.isnan(values["frr_bgp_peer_state", "policy"][0])


def test_without_swanctl_the_reason_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(daemon.NoAnswer, match="swanctl cannot be run: No such file"):
        daemon.read_connections()


def test_what_swanctl_says_of_a_daemon_that_is_not_there(monkeypatch, tmp_path):
    swanctl = tmp_path / "swanctl"
    swanctl.write_text(
        "#!/bin/sh\necho \"plugin 'x': failed to load\nconnecting to 'default' URI failed: gone\" >&2; exit 22\n"
    )
    swanctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(daemon.NoAnswer, match="URI failed: gone"):
        daemon.read_associations()
