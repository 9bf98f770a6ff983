# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packets through a tunnel: echo requests with ping, or TCP connections."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time

from tunnel_evidence import Probe

#: Seconds between two packets, and until an answer is given up.
INTERVAL = 0.2
WAIT = 1.0

_RECEIVED = re.compile(r"(\d+) packets transmitted, (\d+) (?:packets )?received")
_TIMES = re.compile(r"^(?:rtt|round-trip) min/avg/max(?:/mdev)? = [\d.]+/([\d.]+)/", re.MULTILINE)


def probe(target, source, port, packets):
    """Send ``packets`` to an address, from ``source`` if given; to a TCP port, or as echo requests when it is None."""
    if port:
        return _connect(target, source, int(port), packets)
    return _ping(target, source, packets)


def _ping(target, source, packets):
    argv = ["ping", "-n", "-q", "-c", str(packets), "-i", str(INTERVAL), "-W", str(int(WAIT))]
    argv += ["-I", source] if source else []
    limit = packets * INTERVAL + WAIT + 5
    try:
        done = subprocess.run(
            argv + [target],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=limit,
            env=dict(os.environ, LC_ALL="C"),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Probe(target, packets, 0, None)
    return read_ping(done.stdout, target, packets)


def read_ping(output, target, packets):
    """What ping's summary says. Without one (no route, no such source) nothing was answered."""
    counted = _RECEIVED.search(output)
    received = min(packets, int(counted.group(2))) if counted else 0
    times = _TIMES.search(output)
    return Probe(target, packets, received, float(times.group(1)) / 1000 if times and received else None)


def _connect(target, source, port, packets):
    times = []
    for number in range(packets):
        if number:
            time.sleep(INTERVAL)
        started = time.monotonic()
        try:
            with socket.create_connection((target, port), WAIT, (source, 0) if source else None):
                times.append(time.monotonic() - started)
        except ConnectionRefusedError:
            # Also an answer: it came through the tunnel.
            times.append(time.monotonic() - started)
        except OSError:
            continue
    return Probe("%s port %d" % (target, port), packets, len(times), sum(times) / len(times) if times else None)
