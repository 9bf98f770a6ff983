"""What systemd-nspawn leaves behind on the machine it runs on, and its removal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

_RUNTIME = Path("/run/systemd/nspawn")
_HIERARCHIES = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))


def remove_traces(machine_prefix: str) -> None:
    """Remove what ended machines, whose name starts with the prefix, left: hand-over folders, locks, control groups."""
    for folder in _RUNTIME.glob(f"propagate/{machine_prefix}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for lock in _RUNTIME.glob("locks/inode-*"):
        _remove_unless_held(lock)
    for empty in (_RUNTIME / "propagate", _RUNTIME / "locks", _RUNTIME):
        with contextlib.suppress(OSError):
            empty.rmdir()
    for hierarchy in _HIERARCHIES:
        for group in hierarchy.glob(f"{machine_prefix}*"):
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)


def _remove_unless_held(lock: Path) -> None:
    """A killed systemd-nspawn leaves its lock file, named after an inode nobody can look up any more.

    Holding the lock while removing the file is what systemd-nspawn itself does when it ends.
    """
    with contextlib.suppress(OSError), lock.open("r+b") as handle:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.unlink()
