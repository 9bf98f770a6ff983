"""What a lab could leave behind on the machine it ran on."""

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
_OF_A_LAB = re.compile(r"hn[0-9a-f]{6}")


def machine_state(lab: Lab) -> dict[str, set[str]]:
    """Everything by kind, without what names another lab: those may come and go meanwhile."""
    found = {
        "namespaces": set(run(["ip", "netns", "list"]).split()),
        "interfaces": set(re.findall(r"^\d+: ([^:@]+)", run(["ip", "-o", "link"]), re.MULTILINE)),
        "routes": set(run(["ip", "route", "show", "table", "all"]).splitlines()),
        "nftables": set(run(["nft", "list", "tables"]).splitlines()),
        "mounts": {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()},
        "control groups": {str(path) for path in Path("/sys/fs/cgroup").glob("**/*hn??????*")},
        "sockets": {str(path) for path in RUNTIME_ROOT.glob("*/**")},
        "forwarding": {Path("/proc/sys/net/ipv4/ip_forward").read_text()},
        "processes": {str(pid) for pid in _processes(lab)},
        "files": {str(path) for path in lab.state.glob("**/*")} if lab.state.exists() else set(),
        "systemd-nspawn": {str(path) for path in _NSPAWN.glob("propagate/*")},
        "abandoned locks": {str(path) for path in _NSPAWN.glob("locks/*") if _abandoned(path)},
    }
    return {kind: {item for item in items if not _another_labs(lab, item)} for kind, items in found.items()}


def left_behind(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is there now and was not before, by kind; only kinds with something."""
    return {kind: after[kind] - before[kind] for kind in after if after[kind] - before[kind]}


def _abandoned(lock: Path) -> bool:
    try:
        with lock.open("r+b") as handle:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _another_labs(lab: Lab, text: str) -> bool:
    if lab.id in text or str(lab.state) in text:
        return False
    return bool(_OF_A_LAB.search(text)) or text.startswith(str(RUNTIME_ROOT)) or "/.lab/" in text


def _processes(lab: Lab) -> set[int]:
    named = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                line = Path("/proc", entry, "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if lab.prefix in line or str(lab.state) in line:
                named.add(int(entry))
    return named | marked(lab).keys() | set(inside({namespace.inode() for namespace in namespaces_of(lab.prefix)}))
