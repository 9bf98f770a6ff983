"""Processes of a lab: starting them detached, finding them again without any record, ending them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from lab.identity import MARKER, REPOSITORY, Lab

_PROC = Path("/proc")


def spawn(lab: Lab, argv: Sequence[str], log: Path, extra: dict[str, str] | None = None) -> subprocess.Popen:
    """Start ``argv`` in a session of its own, so that it outlives the caller, with its output added to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=REPOSITORY,
            env={**lab.environment(), **(extra or {})},
        )


def marked(lab: Lab) -> dict[int, str]:
    """Process id -> command line of every process that carries the lab's mark (see ``Lab.environment``)."""
    wanted = f"{MARKER}={lab.state}".encode()
    found = {}
    for pid in _pids():
        try:
            if wanted in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                found[pid] = command_line(pid)
        except OSError:
            continue  # ended meanwhile, or another user's
    return found


def command_line(pid: int) -> str:
    """The command line of a process, empty when it is gone. Works without /proc, too."""
    if _PROC.joinpath("self").exists():
        try:
            return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout


def inside(namespace_inodes: Collection[int]) -> list[int]:
    """Ids of every process whose network namespace is one of ``namespace_inodes``."""
    found = []
    for pid in _pids():
        try:
            if os.stat(_PROC / str(pid) / "ns/net").st_ino in namespace_inodes:
                found.append(pid)
        except OSError:
            continue
    return found


def end(pids: Iterable[int], grace: float) -> None:
    """SIGTERM, up to ``grace`` seconds, then SIGKILL; returns when all are gone. Never the caller or its ancestors."""
    left = set(pids) - _ancestors()
    for number, limit in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        for pid in left:
            _send(pid, number)
        left = wait_gone(left, limit)
        if not left:
            return


def wait_gone(pids: Iterable[int], limit: float) -> set[int]:
    """Wait up to ``limit`` seconds for processes to end; the ids still alive then."""
    deadline = time.monotonic() + limit
    left = {pid for pid in pids if alive(pid)}
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {pid for pid in left if alive(pid)}
    return left


def alive(pid: int) -> bool:
    """Whether the process runs (one that has ended and only waits for its parent does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return not _PROC.joinpath("self").exists()  # no /proc: only the signal test is there


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir(_PROC) if entry.isdigit()]


def _ancestors() -> set[int]:
    """The caller and its ancestors: somebody may run ``lab down`` from a shell inside one of the namespaces."""
    chain: set[int] = set()
    pid = os.getpid()
    while pid > 0 and pid not in chain:
        chain.add(pid)
        try:
            pid = int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    return chain
