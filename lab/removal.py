"""Removing everything of one lab, whatever state it is in.

Nothing here depends on records: processes are found by the mark in their environment or by the namespace they are in,
namespaces and interfaces by their names, mounts by their place in the lab's state folder.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from lab.hosts.traces import remove_traces
from lab.identity import Lab
from lab.machine_wide import last_lab_restores
from lab.state_folder import remove_state
from lab.system.command import run
from lab.system.namespace import namespaces_of
from lab.system.process import end, inside, marked


def remove_processes(lab: Lab, *, grace: float) -> None:
    """End every process of the lab, guests' included; they get ``grace`` seconds to end by themselves."""
    if not Path("/proc/self").exists():
        return
    end(marked(lab), grace)
    inodes = {namespace.inode() for namespace in namespaces_of(lab.prefix)}
    end(inside(inodes), grace=0.0)


def remove_mounts(lab: Lab) -> None:
    """Unmount whatever is mounted inside the lab's state folder."""
    for point in mounts_below(lab.state):
        run(["umount", "--lazy", str(point)])


def mounts_below(folder: Path) -> list[Path]:
    """Mount points inside ``folder``, innermost first."""
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = Path(line.split()[4].encode().decode("unicode_escape"))
        if folder in point.parents:
            points.append(point)
    return sorted(points, key=lambda point: len(point.parts), reverse=True)


def remove_networks(lab: Lab) -> None:
    """Remove the lab's namespaces and its interface in the root namespace."""
    for namespace in namespaces_of(lab.prefix):
        namespace.delete()
    run(["ip", "link", "delete", lab.prefix], check=False)


def remove_files(lab: Lab) -> None:
    """Remove the state folder, the sockets, and what systemd-nspawn left."""
    remove_traces(f"{lab.prefix}-")
    shutil.rmtree(lab.runtime, ignore_errors=True)
    remove_state(lab)


def remove(lab: Lab, *, grace: float = 2.0, step: Callable[[str], object] = lambda _text: None) -> None:
    """Remove the whole lab. Idempotent; ``step`` is told what comes next.

    Without Linux or root only the control plane and the files can exist, and are removed.
    """
    step("stopping processes")
    remove_processes(lab, grace=grace)
    if sys.platform.startswith("linux") and Path("/proc/self/mountinfo").exists():
        step("removing mounts, namespaces and interfaces")
        remove_mounts(lab)
        if shutil.which("ip"):
            remove_networks(lab)
    step("removing files")
    remove_files(lab)
    last_lab_restores(lab)
