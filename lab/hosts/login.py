"""Logging in to a machine as root, with the lab's key and its known hosts only."""

from __future__ import annotations

import shlex
import socket

from lab.identity import Lab

SSH_PORT = 22


def ssh_argv(lab: Lab, address: str, *command: str, port: int = SSH_PORT) -> list[str]:
    """``command`` (or a login) as run over SSH."""
    options = {
        "IdentityFile": shlex.quote(str(lab.ssh_key)),
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": shlex.quote(str(lab.known_hosts)),
        "StrictHostKeyChecking": "yes",
        "ConnectTimeout": "5",
        "LogLevel": "ERROR",
    }
    given = [item for key, value in options.items() for item in ("-o", f"{key}={value}")]
    return ["ssh", "-F", "none", *given, "-p", str(port), f"root@{address}", *command]


def answers(address: str, port: int = SSH_PORT) -> bool:
    """Whether an SSH server greets."""
    try:
        with socket.create_connection((address, port), timeout=1) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
