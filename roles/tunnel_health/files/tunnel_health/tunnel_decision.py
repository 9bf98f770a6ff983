# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows from the state of a tunnel: whether to initiate it now, and what to log. No I/O."""

from __future__ import annotations

from typing import NamedTuple

import tunnel_evidence as evidence

INITIATE = "initiate"
REESTABLISH = "reestablish"

_DEAD = (evidence.NO_CHILD, evidence.DOWN)


class Memory(NamedTuple):
    """What is kept of a tunnel from one run to the next. Times in seconds since the epoch.

    attempts: since it last carried packets. downs, initiations: in all. session: of BGP, established, down or empty.
    """

    state: str = ""
    since: float = 0.0
    attempts: int = 0
    next_attempt: float = 0.0
    silent_runs: int = 0
    downs: int = 0
    initiations: int = 0
    session: str = ""


class BackOff(NamedTuple):
    """Seconds between two attempts: the first pause, the factor of each further one, the longest."""

    first: float
    factor: float
    longest: float

    def pause(self, attempts):
        """Seconds to wait after so many attempts in a row."""
        pause = self.first
        for _attempt in range(attempts - 1):
            pause *= self.factor
            if pause >= self.longest:
                break
        return min(pause, self.longest)


class Transition(NamedTuple):
    """A change of state. seconds: how long the state before it lasted, None when there was none."""

    before: str
    after: str
    reason: str
    seconds: int | None


def remember(memory, state, reason, now):
    """Enter what was found: (memory, Transition or None)."""
    carrying = state in evidence.CARRYING
    silent_runs = memory.silent_runs + 1 if state == evidence.SILENT else 0
    found = memory._replace(silent_runs=silent_runs)
    if carrying:
        found = found._replace(attempts=0, next_attempt=0.0)
    if state == memory.state:
        return found, None
    fell = memory.state in evidence.CARRYING and not carrying
    found = found._replace(state=state, since=now, downs=memory.downs + int(fell))
    seconds = max(0, int(now - memory.since)) if memory.state else None
    return found, Transition(memory.state or "unknown", state, reason, seconds)


def remember_session(memory, session):
    """Enter the state of the BGP session: (memory, (before, after) or None)."""
    state = "" if session is None else "established" if session.established else "down"
    if state == memory.session:
        return memory, None
    change = (memory.session or "unknown", state) if state else None
    return memory._replace(session=state), change


def decide(memory, back_off, reestablish_after, now):
    """What to do about a tunnel now: (action or None, memory).

    reestablish_after: runs in a row without an answer through an established tunnel after which it is closed and set up
    again; 0 for never.
    """
    silent = bool(reestablish_after) and memory.silent_runs >= reestablish_after
    action = INITIATE if memory.state in _DEAD else REESTABLISH if silent else None
    # A clock that was set back must not postpone the next attempt for longer than a pause.
    if action is None or 0 < memory.next_attempt - now <= back_off.longest:
        return None, memory
    attempts = memory.attempts + 1
    return action, memory._replace(
        attempts=attempts,
        next_attempt=now + back_off.pause(attempts),
        silent_runs=0,
        initiations=memory.initiations + 1,
    )
