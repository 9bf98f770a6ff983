"""The control plane's process: started detached, found again by the record of its id, ended."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.identity import Lab
from lab.system.process import command_line, end, spawn

MODULE = "lab.cloud"

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy: proxy variables capture loopback traffic too."""


def log_of(lab: Lab) -> Path:
    """The control plane's log."""
    return lab.logs / "control-plane.log"


def running(lab: Lab) -> int | None:
    """Process id of the lab's control plane, or None."""
    try:
        pid = int(_record(lab).read_text())
    except (FileNotFoundError, ValueError):
        return None
    line = command_line(pid)
    return pid if MODULE in line and str(lab.state) in line else None


def healthy(port: int) -> bool:
    """Whether the control plane answers on ``port``."""
    try:
        admin(port, "GET", "health", timeout=2)
    except LabError:
        return False
    return True


def admin(port: int, method: str, what: str, *, timeout: float = 60) -> Any:
    """One call of the admin endpoint; the decoded reply. Raises LabError when it fails."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_lab/{what}", method=method)
    try:
        with _DIRECT.open(request, timeout=timeout) as reply:
            text = reply.read().decode()
    except urllib.error.HTTPError as error:
        raise LabError(f"The control plane refuses {method} {what}: {_reason(error)}") from None
    except (OSError, ValueError) as error:
        raise LabError(
            f"The control plane does not answer on port {port} ({error}): start it with 'lab/lab up'."
        ) from None
    return json.loads(text) if text.strip() else None


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        return f"status {error.code} {text[:200]}".strip()


def choose_port(recorded: int | None) -> int:
    """``LAB_PORT`` when set, else the recorded port, else a free one. Raises LabError when it is taken."""
    wanted = os.environ.get("LAB_PORT")
    if wanted and not (wanted.isdigit() and 0 < int(wanted) < 65536):
        raise LabError(f"LAB_PORT {wanted!r} is not a port: give a number from 1 to 65535, or unset it.")
    if wanted:
        if not _free(int(wanted)):
            raise LabError(f"Port {wanted} (LAB_PORT) is taken by another program: choose another, or unset LAB_PORT.")
        return int(wanted)
    if recorded and _free(recorded):
        return recorded
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(lab: Lab, port: int, *, dataplane: bool, limit: float = 60.0) -> None:
    """Start it and wait until it answers. Raises LabError, and ends it, when it does not."""
    argv = [sys.executable, "-m", MODULE, "--state-dir", str(lab.state), "--port", str(port)]
    process = spawn(lab, argv if dataplane else [*argv, "--control-plane-only"], log_of(lab))
    _record(lab).write_text(f"{process.pid}\n")
    deadline = time.monotonic() + limit
    while not healthy(port):
        if process.poll() is not None:
            _record(lab).unlink(missing_ok=True)
            raise LabError(f"The control plane ended at once: {_last_line(log_of(lab))}", log_of(lab))
        if time.monotonic() > deadline:
            stop(lab)
            raise LabError(f"The control plane did not answer within {limit:.0f} s; its log follows.", log_of(lab))
        time.sleep(0.05)


def stop(lab: Lab, grace: float = 10.0) -> None:
    """End it. Idempotent."""
    pid = running(lab)
    if pid is not None:
        end([pid], grace)
    _record(lab).unlink(missing_ok=True)


def _record(lab: Lab) -> Path:
    return lab.state / "control-plane.pid"


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines()
    return lines[-1] if lines else "it said nothing"
