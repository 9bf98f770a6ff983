# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The BGP sessions through the tunnels, as FRR tells them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import NamedTuple

_ANSWER = 10


class Session(NamedTuple):
    """A session with a neighbour. prefixes: how many are believed."""

    established: bool
    prefixes: int


#: What is known of a neighbour that FRR does not know, or of any when FRR does not answer.
NONE = Session(False, 0)


def read_sessions():
    """{address of the neighbour: Session}; empty when FRR does not answer."""
    try:
        done = subprocess.run(
            ("vtysh", "-c", "show bgp ipv4 unicast summary json"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=_ANSWER,
            env=dict(os.environ, LC_ALL="C"),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return parse_sessions(done.stdout)


def parse_sessions(output):
    """The same from FRR's JSON; anything else is no session."""
    try:
        peers = json.loads(output).get("peers", {})
        return {
            address: Session(peer["state"] == "Established", int(peer.get("pfxRcd", 0)))
            for address, peer in peers.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
