"""The saved state: complete, private, versioned; and the program that uses it."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lab.cloud import snapshot
from lab.cloud.state import State
from tests.unit.lab.conftest import RawClient

ROOT = Path(__file__).parents[3]


def test_round_trip(cloud, world, tmp_path):
    gateway = world.gateway()
    world.dual(gateway, world.peer(Asn="65000"), AutoConfigRoute=True, ClientToken="t")
    cloud.admin("POST", "faults", {"action": "ModifyVpnGatewayAttribute", "kind": "stuck"})
    world.api.call("ModifyVpnGatewayAttribute", VpnGatewayId=gateway, Name="stuck-one")
    state = cloud.control.state
    path = tmp_path / "cloud.json"
    snapshot.save(state, path)
    assert snapshot.load(path) == state
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_none_yet(tmp_path):
    assert snapshot.load(tmp_path / "x") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "not JSON"),
        ("[]", "not a snapshot"),
        (json.dumps({"format": 99, "state": {}}), "newer"),
        (json.dumps({"format": 1, "state": {"pending": [{}]}}), "damaged"),
        (json.dumps({"format": 1, "state": {"pending": [], "colour": 1}}), "damaged"),
    ],
)
def test_unusable_ones(tmp_path, text, word):
    path = tmp_path / "cloud.json"
    path.write_text(text)
    with pytest.raises(snapshot.SnapshotError, match=word):
        snapshot.load(path)


def test_a_failed_save_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "cloud.json"
    snapshot.save(State(revision=1), path)
    monkeypatch.setattr(snapshot.os, "replace", lambda *_names: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        snapshot.save(State(revision=2), path)
    assert list(tmp_path.iterdir()) == [path]
    assert snapshot.load(path).revision == 1


class TestProgram:
    @pytest.fixture
    def state_dir(self, tmp_path):
        (tmp_path / "lab.json").write_text(json.dumps({"access_key_id": "id", "access_key_secret": "secret"}))
        return tmp_path

    def start(self, state_dir, *arguments):
        command = [sys.executable, "-m", "lab.cloud", "--state-dir", str(state_dir), "--control-plane-only", *arguments]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def endpoint(self, process):
        line = process.stdout.readline()
        return re.search(r"127\.0\.0\.1:\d+", line)[0]

    def test_state_survives_a_restart(self, state_dir):
        process = self.start(state_dir)
        api = RawClient(self.endpoint(process), "id", "secret")
        vpc_id = api.call("CreateVpc", CidrBlock="10.0.0.0/16", VpcName="kept")["VpcId"]
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "secret" not in errors
        process = self.start(state_dir)
        api.endpoint = self.endpoint(process)
        (vpc,) = api.call("DescribeVpcs")["Vpcs"]["Vpc"]
        assert (vpc["VpcId"], vpc["VpcName"], vpc["Status"]) == (vpc_id, "kept", "Available")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)

    def test_problems_are_one_sentence(self, state_dir, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            cases = {
                ("--port", str(taken.getsockname()[1])): "cannot listen on 127.0.0.1",
                ("--state-dir", str(tmp_path / "none")): "does not exist",
            }
            for arguments, text in cases.items():
                process = self.start(state_dir, *arguments)
                _out, errors = process.communicate(timeout=20)
                assert process.returncode == 1
                assert text in errors
                assert errors.count("\n") == 1

    @pytest.mark.parametrize("content", [None, "{", "{}", "[]"])
    def test_unusable_keys(self, tmp_path, content):
        if content is not None:
            (tmp_path / "lab.json").write_text(content)
        process = self.start(tmp_path)
        _out, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "access_key_id" in errors
