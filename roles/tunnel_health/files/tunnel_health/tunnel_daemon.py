# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""charon through swanctl. It is never restarted, and what was initiated is judged by its state, not by an exit code."""

from __future__ import annotations

import os
import subprocess

import _swanctl_raw as raw

#: Seconds in which a daemon that works answers.
_ANSWER = 10
#: Seconds that a peer gets to confirm the end of a tunnel.
_CLOSE = 3


class NoAnswer(Exception):
    """The daemon does not run, does not answer, or swanctl is not there."""


def _swanctl(*arguments, **options):
    try:
        return subprocess.run(
            ("swanctl",) + arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=options.get("timeout", _ANSWER),
            env=dict(os.environ, LC_ALL="C"),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer("swanctl %s had no answer in time" % arguments[0]) from None
    except OSError as error:
        raise NoAnswer("swanctl cannot be run: %s" % error.strerror) from None


def _read(parse, command):
    done = _swanctl(command, "--raw", "--pretty")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["exit code %d" % done.returncode]
        # What went wrong; the rest may be swanctl's help.
        raise NoAnswer("swanctl %s: %s" % (command, next((line for line in lines if "URI failed" in line), lines[0])))
    try:
        return parse(done.stdout)
    except ValueError as error:
        raise NoAnswer("swanctl %s: %s" % (command, error)) from None


def read_connections():
    """The names of the loaded connections. Raises NoAnswer."""
    return set(_read(raw.connections, "--list-conns"))


def read_associations():
    """The IKE_SAs with their children, see ``_swanctl_raw``. Raises NoAnswer."""
    return _read(raw.associations, "--list-sas")


def initiate(name, seconds):
    """Set a tunnel up and wait for it, at most so long."""
    _try("--initiate", "--ike", name, "--child", name, "--timeout", str(seconds), timeout=seconds + _ANSWER)


def terminate(name):
    """End a tunnel; a peer that does not answer is not waited for."""
    _try("--terminate", "--ike", name, "--force", "--timeout", str(_CLOSE), timeout=_CLOSE + _ANSWER)


def _try(*arguments, **options):
    try:
        _swanctl(*arguments, **options)
    except NoAnswer:
        # The next look at the state says what came of it.
        return
