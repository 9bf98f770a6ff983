"""The ``lab/lab`` command as users run it: up, twice, side by side, broken, killed, down."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.identity import REPOSITORY, Lab, lab_at
from lab.removal import remove
from lab.system.process import end, marked
from tests.lab.machine_state import left_behind, machine_state
from tests.lab.waiting import eventually

HOSTS = ["cloud-probe", "store-001", "store-002", "store-003"]


class Command:
    """``lab/lab`` for one lab."""

    def __init__(self, state: Path):
        self.lab: Lab = lab_at(state)
        self.environment = {**os.environ, "LAB_STATE": str(state), "LAB_NAME": "test"}
        self.argv = [sys.executable, str(REPOSITORY / "lab/lab")]

    def __call__(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """Run it, expect an exit status, return what it wrote (standard output, then standard error)."""
        done = subprocess.run(
            [*self.argv, *arguments],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run it in the background, in a session of its own, silently.

        It can be interrupted even if these tests cannot, as when a shell runs them in its background.
        """
        return subprocess.Popen(
            [*self.argv, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[[str], Command]]:
    """Commands for labs in folders of this test; each must leave nothing behind."""
    before: dict[str, dict[str, set[str]]] = {}
    made: list[Command] = []

    def make(name: str) -> Command:
        one = Command(tmp_path / name)
        before[name] = machine_state(one.lab)
        made.append(one)
        return one

    yield make
    try:
        for one in made:
            assert left_behind(before[one.lab.name], machine_state(one.lab)) == {}
    finally:
        for one in made:
            remove(one.lab)


def test_up_status_reset_down(command):
    lab = command("one")
    assert "nothing in" in lab("status", status=3)
    lab("up")
    described = json.loads(lab.lab.description.read_text())
    assert lab.lab.description.stat().st_mode & 0o077 == 0
    assert sorted(described["hosts"]) == HOSTS
    processes = marked(lab.lab).keys()

    lab("ssh", "store-001", "sysctl -w net.ipv4.conf.all.rp_filter=2")
    lab("up")
    assert marked(lab.lab).keys() == processes, "a second up starts nothing"
    assert lab("ssh", "store-001", "sysctl -n net.ipv4.conf.all.rp_filter").strip() == "2", "and undoes no setting"

    status = json.loads(lab("status", "--json"))
    assert status["up"]
    assert all(host["up"] for host in status["hosts"].values())

    shown = lab("ssh", "store-002", "systemctl is-system-running; sysctl -w net.ipv4.ip_forward=1; ls /dev/net/tun")
    assert shown.split() == ["running", "net.ipv4.ip_forward", "=", "1", "/dev/net/tun"]
    assert "172.16.1.10/24" in lab("ssh", "cloud-probe", "ip -4 -o address show dev vpc0")
    assert " 0% packet loss" in lab("ssh", "cloud-probe", "ping -c1 -W2 172.16.1.253")
    assert " 0% packet loss" in lab("run", "store-001-lan", "ping", "-c1", "-W2", "192.168.1.1")
    assert lab("connect", "198.51.100.10", "22").startswith("SSH-2.0")
    assert "198.51.100.10 port 9 does not answer at 192.0.2.10" in lab("connect", "198.51.100.10", "9", status=1)
    lab("ssh", "store-001", "apt-get install -qq --yes charon-systemd libcharon-extra-plugins")

    lab("host", "down", "store-003")
    assert not json.loads(lab("status", "--json", status=3))["hosts"]["store-003"]["up"]
    lab("host", "up", "store-003")
    lab("reset")
    assert " 0% packet loss" in lab("ssh", "cloud-probe", "ping -c1 -W2 172.16.1.253")
    assert "control-plane" in lab("logs")
    lab("down")
    lab("down")


def test_two_labs_side_by_side(command):
    first, second = command("first"), command("second")
    first("up")
    second("up")
    one, two = (json.loads(lab.lab.description.read_text()) for lab in (first, second))
    assert one["endpoint"] != two["endpoint"]
    assert one["access_key_secret"] != two["access_key_secret"]
    assert one["hosts"]["store-001"]["address"] != two["hosts"]["store-001"]["address"]
    first("down")
    second("status")
    assert " 0% packet loss" in second("ssh", "cloud-probe", "ping -c1 -W2 172.16.1.253")
    second("down")


def test_down_after_everything_was_killed(command):
    lab = command("killed")
    lab("up")
    end(marked(lab.lab), grace=0.0)
    lab("down")


def test_up_repairs_what_was_killed(command):
    lab = command("repaired")
    lab("up")
    secret = json.loads(lab.lab.description.read_text())["access_key_secret"]
    end(marked(lab.lab), grace=0.0)
    lab("status", status=3)
    lab("up")
    lab("status")
    assert json.loads(lab.lab.description.read_text())["access_key_secret"] == secret
    assert " 0% packet loss" in lab("ssh", "cloud-probe", "ping -c1 -W2 172.16.1.253")
    lab("down")


@pytest.mark.parametrize("moment", [0.3, 0.8, 1.6])
def test_down_after_up_was_killed(command, moment):
    lab = command("half")
    starting = lab.start("up")
    time.sleep(moment)
    starting.kill()
    starting.wait()
    lab("down")


def test_an_interrupted_up_removes_what_it_made(command):
    lab = command("interrupted")
    starting = lab.start("up")
    eventually(lambda: marked(lab.lab).keys() - {starting.pid}, "it has started something")
    starting.send_signal(signal.SIGINT)
    assert starting.wait(30) == 130
    assert not lab.lab.state.exists()


def test_a_taken_port_is_one_clear_sentence(command):
    lab = command("port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        shown = lab("up", status=1, LAB_PORT=str(port))
    assert f"Port {port} (LAB_PORT) is taken by another program" in shown
    assert not lab.lab.state.exists()


def test_an_unreachable_mirror_is_one_clear_sentence(command, tmp_path):
    lab = command("mirror")
    cache = tmp_path / "cache"
    shown = lab("up", status=1, LAB_MIRROR="http://127.0.0.1:9/debian", XDG_CACHE_HOME=str(cache))
    assert "could not be built; check that a Debian mirror is reachable" in shown
    assert [path.name for path in cache.glob("hybridnet-lab/*") if path.is_dir()] == []
    assert not lab.lab.state.exists()


def test_a_folder_with_other_files_is_never_removed(command):
    lab = command("documents")
    lab.lab.state.mkdir()
    precious = lab.lab.state / "thesis.txt"
    precious.write_text("years of work")
    assert "holds files that are not a lab's" in lab("up", status=1)
    assert "holds files that are not a lab's" in lab("down", status=1)
    assert precious.read_text() == "years of work"
    precious.unlink()
    lab.lab.state.rmdir()


def test_the_control_plane_alone_has_no_hosts(command):
    lab = command("alone")
    lab("up", "--control-plane-only")
    status = json.loads(lab("status", "--json"))
    assert status["up"]
    assert status["hosts"] == {}
    assert not status["dataplane"]
    assert "has no internet: start it with hosts" in lab("connect", "198.51.100.10", "22", status=1)
    lab("down")
