"""What all labs of a machine share, and how the last lab puts it back as it was.

``ip netns`` mounts its folder when the first namespace is made and never unmounts it. Every booted machine takes six
of the kernel's inotify instances, of which root has 128 by default: the 22nd machine would hang while it boots.
``machine.json`` in the shared folder says how both were before the first lab. A lock serialises labs that start or end
at the same time.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.identity import RUNTIME_ROOT, Lab
from lab.system.command import run
from lab.system.namespace import NETNS

_RECORD = RUNTIME_ROOT / "machine.json"
_INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
_INOTIFY_WANTED = 4096


@contextmanager
def machine_lock() -> Iterator[None]:
    """Held while a lab takes or gives back something that other labs of this machine could take too."""
    path = RUNTIME_ROOT / "lock"
    while True:
        RUNTIME_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # The last lab removes the file: one that waited for it holds a lock nobody else will look at.
            if path.exists() and os.fstat(handle.fileno()).st_ino == path.stat().st_ino:
                yield
                return


def first_lab_records(lab: Lab) -> None:
    """Note how the machine was before the first lab, and make room for booted machines.

    Call with the lock held; idempotent.
    """
    lab.runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = json.loads(_RECORD.read_text()) if _RECORD.exists() else {}
    found = {"netns_mounted": _netns_mounted(), "inotify_instances": _inotify_instances(), **before}
    if found != before:
        _RECORD.write_text(json.dumps(found))
    if found["inotify_instances"] < _INOTIFY_WANTED:
        _allow_inotify_instances(_INOTIFY_WANTED)


def last_lab_restores(lab: Lab) -> None:
    """When no lab is left on this machine: put back what the first one found, and remove the shared folder."""
    if os.name != "posix" or not RUNTIME_ROOT.is_dir() or not os.access(RUNTIME_ROOT, os.W_OK):
        return
    with machine_lock():
        if any(path.is_dir() for path in RUNTIME_ROOT.iterdir()):
            return
        if _RECORD.exists():
            found = json.loads(_RECORD.read_text())
            if not found["netns_mounted"] and NETNS.is_dir() and not any(NETNS.iterdir()):
                run(["umount", str(NETNS)], check=False)
                NETNS.rmdir()
            if found.get("inotify_instances", _INOTIFY_WANTED) < _INOTIFY_WANTED:
                _allow_inotify_instances(found["inotify_instances"])
            _RECORD.unlink()
        (RUNTIME_ROOT / "lock").unlink(missing_ok=True)
        RUNTIME_ROOT.rmdir()


def _inotify_instances() -> int:
    return int(_INOTIFY.read_text())


def _allow_inotify_instances(number: int) -> None:
    # Read-only in some containers; there the machine's own limit has to do.
    with contextlib.suppress(OSError):
        _INOTIFY.write_text(f"{number}\n")


def _netns_mounted() -> bool:
    return any(line.split()[4] == str(NETNS) for line in Path("/proc/self/mountinfo").read_text().splitlines())
