"""What labs change on the machine as a whole, and that the last one puts it back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab import machine_wide
from lab.identity import Lab, lab_at


@pytest.fixture
def limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the kernel's limit, of a machine that had no lab yet."""
    shared, file = tmp_path / "shared", tmp_path / "max_user_instances"
    file.write_text("128\n")
    monkeypatch.setattr("lab.identity.RUNTIME_ROOT", shared)
    monkeypatch.setattr(machine_wide, "RUNTIME_ROOT", shared)
    monkeypatch.setattr(machine_wide, "_RECORD", shared / "machine.json")
    monkeypatch.setattr(machine_wide, "_INOTIFY", file)
    monkeypatch.setattr(machine_wide, "_netns_mounted", lambda: True)
    return file


def start(lab: Lab) -> None:
    with machine_wide.machine_lock():
        machine_wide.first_lab_records(lab)


def end(lab: Lab) -> None:
    lab.runtime.rmdir()
    machine_wide.last_lab_restores(lab)


def test_the_last_lab_puts_the_limit_back(tmp_path: Path, limit: Path) -> None:
    first, second = lab_at(tmp_path / "first"), lab_at(tmp_path / "second")
    start(first)
    start(second)
    assert limit.read_text() == "4096\n"
    end(first)
    assert limit.read_text() == "4096\n"
    end(second)
    assert limit.read_text() == "128\n"
    assert not (tmp_path / "shared").exists()


def test_a_higher_limit_is_left_alone(tmp_path: Path, limit: Path) -> None:
    limit.write_text("10000\n")
    lab = lab_at(tmp_path / "first")
    start(lab)
    assert limit.read_text() == "10000\n"
    end(lab)
    assert limit.read_text() == "10000\n"


def test_the_record_of_an_older_lab_is_completed(tmp_path: Path, limit: Path) -> None:
    first, second = lab_at(tmp_path / "first"), lab_at(tmp_path / "second")
    first.runtime.mkdir(parents=True)
    record = first.runtime.parent / "machine.json"
    record.write_text(json.dumps({"netns_mounted": False}))
    start(second)
    assert json.loads(record.read_text()) == {"netns_mounted": False, "inotify_instances": 128}
