"""Which lab this is: its name, its state folder, and the names of everything it may create.

Every name is derived from the absolute path of the state folder, so that labs of several checkouts, or several labs
of one checkout, never collide, and ``lab down`` can remove a lab whose records were lost.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

REPOSITORY = Path(__file__).resolve().parent.parent

RUNTIME_ROOT = Path("/run/hybridnet-lab")
"""Sockets (their paths must be short) and what all labs of a machine share."""

MARKER = "HYBRIDNET_LAB"
"""Environment variable that every process of a lab carries; its value is the lab's state folder."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Lab:
    """One lab. ``state`` is its absolute state folder."""

    name: str
    state: Path

    @property
    def id(self) -> str:
        """Six hexadecimal digits that no other state folder of this machine is likely to share."""
        return hashlib.sha256(str(self.state).encode()).hexdigest()[:6]

    @property
    def prefix(self) -> str:
        """Start of every namespace name; also the whole name of the interface in the root namespace."""
        return f"hn{self.id}"

    @property
    def runtime(self) -> Path:
        """Folder of this lab's sockets."""
        return RUNTIME_ROOT / self.id

    @property
    def description(self) -> Path:
        """``lab.json``: what clients, inventories and the control plane read."""
        return self.state / "lab.json"

    @property
    def logs(self) -> Path:
        """Folder of every log file of the lab."""
        return self.state / "logs"

    @property
    def hosts(self) -> Path:
        """Folder of the machines' file systems."""
        return self.state / "hosts"

    @property
    def ssh_key(self) -> Path:
        """Private key that logs in to every machine of this lab."""
        return self.state / "id_ed25519"

    @property
    def known_hosts(self) -> Path:
        """The machines' SSH host keys, made before the machines boot."""
        return self.state / "known_hosts"

    def namespace(self, what: str) -> str:
        """Name of the network namespace for ``what``."""
        return f"{self.prefix}-{what}"

    def environment(self) -> dict[str, str]:
        """The environment for a process of this lab: the caller's, plus the mark by which it is found again."""
        return {**os.environ, MARKER: str(self.state)}


def lab_of(environ: Mapping[str, str] = os.environ) -> Lab:
    """The lab that ``LAB_NAME`` (default ``default``) and ``LAB_STATE`` (default ``.lab/<name>``) select.

    Raises LabError for a name that cannot be part of file and namespace names.
    """
    name = environ.get("LAB_NAME") or "default"
    if not _NAME.fullmatch(name):
        raise LabError(f"LAB_NAME {name!r} is not usable: give 1 to 31 lower-case letters, digits and dashes.")
    state = environ.get("LAB_STATE")
    return Lab(name, Path(state).resolve() if state else REPOSITORY / ".lab" / name)


def lab_at(state: Path) -> Lab:
    """The lab whose state folder is ``state``."""
    state = state.resolve()
    return Lab(state.name, state)
