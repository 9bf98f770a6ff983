"""What a lab could leave behind on the machine it ran on.

Told apart from what others do on the machine meanwhile by the lab's id, which is in every name it uses, and by its
state folder; the machine's own settings are compared as they are.
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

from lab.identity import RUNTIME_ROOT, Lab
from lab.system.command import run
from lab.system.namespace import namespaces_of
from lab.system.process import inside, marked

_NSPAWN = Path("/run/systemd/nspawn")


def machine_state(lab: Lab) -> dict[str, set[str]]:
    """Everything of the lab by kind, and the machine's settings."""
    listed = {
        "namespaces": run(["ip", "netns", "list"]).splitlines(),
        "interfaces": re.findall(r"^\d+: ([^:@]+)", run(["ip", "-o", "link"]), re.MULTILINE),
        "routes": run(["ip", "route", "show", "table", "all"]).splitlines(),
        "nftables": run(["nft", "list", "tables"]).splitlines(),
        "mounts": [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()],
        "control groups": [folder for folder, _, _ in os.walk("/sys/fs/cgroup")],
        "sockets": [str(path) for path in RUNTIME_ROOT.glob("**/*")],
        "systemd-nspawn": [str(path) for path in _NSPAWN.glob("propagate/*")],
        "files": [str(path) for path in (lab.state, *lab.state.glob("**/*")) if path.exists()],
    }
    found = {kind: {item for item in items if _of(lab, item)} for kind, items in listed.items()}
    found["processes"] = {str(pid) for pid in _processes(lab)}
    found["abandoned locks"] = {str(path) for path in _NSPAWN.glob("locks/*") if _abandoned(path)}
    if not _others(lab):
        found["forwarding"] = {Path("/proc/sys/net/ipv4/ip_forward").read_text()}
        found["records"] = {str(path) for path in RUNTIME_ROOT.glob("*")}
    return found


def left_behind(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is there now and was not before, by kind; only kinds seen both times, and with something."""
    return {kind: after[kind] - before[kind] for kind in after if after[kind] - before.get(kind, after[kind])}


def _others(lab: Lab) -> bool:
    """Whether other labs are up, whose the machine's settings then are, too."""
    return any(path.is_dir() and lab.id not in path.name for path in RUNTIME_ROOT.glob("*"))


def _of(lab: Lab, text: str) -> bool:
    return lab.id in text or str(lab.state) in text


def _abandoned(lock: Path) -> bool:
    try:
        with lock.open("r+b") as handle:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _processes(lab: Lab) -> set[int]:
    named = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                line = Path("/proc", entry, "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if _of(lab, line):
                named.add(int(entry))
    return named | marked(lab).keys() | set(inside({namespace.inode() for namespace in namespaces_of(lab.prefix)}))
