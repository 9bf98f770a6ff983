"""``lab.json``: the one file that says how to reach a lab. Written by ``lab up``, readable by its owner only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from lab.administrator import ADDRESS, proxy_command
from lab.errors import LabError
from lab.hosts.layout import HOSTS, Site
from lab.identity import Lab

REGION = "cn-hangzhou"


def read_description(lab: Lab) -> dict[str, Any] | None:
    """What ``lab.json`` says, or None when there is none."""
    try:
        return json.loads(lab.description.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        raise LabError(f"{lab.description} is damaged: remove the lab with 'lab/lab down' first.") from None


def write_description(lab: Lab, port: int, *, dataplane: bool, addresses: dict[str, str]) -> dict[str, Any]:
    """Write ``lab.json`` and return it. Access keys are kept when there are some, else made at random."""
    before = read_description(lab) or {}
    description = {
        "name": lab.name,
        "endpoint": f"127.0.0.1:{port}",
        "protocol": "http",
        "region": REGION,
        "access_key_id": before.get("access_key_id") or f"LTAI{secrets.token_hex(8)}",
        "access_key_secret": before.get("access_key_secret") or secrets.token_hex(15),
        "admin": f"http://127.0.0.1:{port}/_lab",
        "ssh_private_key": str(lab.ssh_key),
        "ssh_known_hosts": str(lab.known_hosts),
        "dataplane": dataplane,
        "administrator": {"address": ADDRESS, "proxy_command": proxy_command(lab)} if dataplane else None,
        "hosts": {host.name: _host(host, addresses[host.name]) for host in HOSTS if host.name in addresses},
    }
    _write_private(lab.description, json.dumps(description, indent=2) + "\n")
    return description


def recorded_port(lab: Lab) -> int | None:
    """The control plane's port as recorded, so that a restart keeps it."""
    description = read_description(lab)
    return int(description["endpoint"].rpartition(":")[2]) if description else None


def _host(host: Any, address: str) -> dict[str, str]:
    common = {"address": address, "user": "root"}
    if isinstance(host, Site):
        return {
            **common,
            "public_address": host.public_address,
            "wan_address": host.wan_address or host.public_address,
            "lan_address": host.lan_address,
            "lan_client": host.client_address,
            "network": host.network,
        }
    return {**common, "private_address": host.private_address}


def _write_private(path: Path, text: str) -> None:
    """Replace ``path`` in one step; never readable by others, not even for a moment."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    temporary.replace(path)
