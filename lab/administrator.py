"""The administrator's place on the lab's internet, from where public addresses of instances are reached."""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import sys
import threading
from typing import BinaryIO

from lab.errors import LabError
from lab.identity import REPOSITORY, Lab
from lab.network.internet import gateway_for, join_internet
from lab.system.namespace import Namespace, entered

ADDRESS = "192.0.2.10"
CONNECT_SECONDS = 30.0
_CHUNK = 65536


def administrator(lab: Lab) -> Namespace:
    """The namespace of the administrator's place."""
    return Namespace(lab.namespace("admin"))


def create_administrator(lab: Lab) -> None:
    """Make the place, on the internet. Idempotent."""
    here = administrator(lab)
    here.create()
    join_internet(lab, here, "wan0", "admin", ADDRESS)
    here.ip(f"route replace default via {gateway_for(ADDRESS)} dev wan0 onlink")


def proxy_command(lab: Lab) -> str:
    """What goes into SSH's ProxyCommand; the same from any folder and in any environment."""
    words = ["env", f"LAB_NAME={lab.name}", f"LAB_STATE={lab.state}", sys.executable, str(REPOSITORY / "lab/lab")]
    return f"{shlex.join(words).replace('%', '%%')} connect %h %p"


def connect(lab: Lab, host: str, port: int) -> None:
    """Join standard input and output with a TCP connection from the administrator's place, until the far end closes.

    Raises LabError when there is no such place, it is another user's, or there is no answer.
    """
    where = administrator(lab)
    if not where.exists():
        raise LabError(f"Lab {lab.name} has no internet: start it with hosts, as root, with 'lab/lab up'.")
    try:
        with entered(where.path):
            connection = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
    except PermissionError:
        raise LabError("Connections into the lab need root: run it as the user who started the lab.") from None
    except OSError as error:
        raise LabError(
            f"{host} port {port} does not answer at {ADDRESS}: {error}; check its security group, its elastic address "
            "and that the instance runs."
        ) from None
    with connection, contextlib.suppress(ConnectionError):
        connection.settimeout(None)
        sender = threading.Thread(target=_send, args=(sys.stdin.buffer, connection), daemon=True)
        sender.start()
        _receive(connection, sys.stdout.buffer)


def _send(source: BinaryIO, connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := os.read(source.fileno(), _CHUNK):
            connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)


def _receive(connection: socket.socket, target: BinaryIO) -> None:
    while data := connection.recv(_CHUNK):
        target.write(data)
        target.flush()
