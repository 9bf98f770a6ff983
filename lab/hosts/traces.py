"""What systemd-nspawn leaves behind on the machine it runs on, and its removal."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

_RUNTIME = Path("/run/systemd/nspawn")
_HIERARCHIES = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))


def remove_traces(machine_prefix: str) -> None:
    """Remove the mount hand-over folders and the control groups of machines whose name starts with the prefix."""
    for folder in _RUNTIME.glob(f"propagate/{machine_prefix}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for empty in (_RUNTIME / "propagate", _RUNTIME / "locks", _RUNTIME):
        with contextlib.suppress(OSError):
            empty.rmdir()
    for hierarchy in _HIERARCHIES:
        for group in hierarchy.glob(f"{machine_prefix}*"):
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
