# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repetition of failed calls: full jitter, a budget in seconds, one policy per class of error.

Private to this collection. Pure but for the injected clock, sleep and random source.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import ErrorClass


@dataclass(frozen=True)
class Backoff:
    """Delays of full jitter: a random time between 0 and ``min(cap, base * 2**attempt)`` seconds, at least *floor*."""

    base: float
    cap: float
    floor: float = 0.0

    def delay(self, attempt: int, uniform: Callable[[float, float], float]) -> float:
        # 2**16 base seconds is far above any cap; the bound keeps the power from overflowing in long waits.
        return max(self.floor, uniform(0, min(self.cap, self.base * 2 ** min(attempt, 16))))


BACKOFFS = {
    ErrorClass.THROTTLED: Backoff(base=0.5, cap=10.0, floor=0.05),
    ErrorClass.TRANSIENT: Backoff(base=0.5, cap=8.0, floor=0.05),
    ErrorClass.BUSY: Backoff(base=0.5, cap=5.0, floor=0.2),
}


@dataclass
class Pace:
    """Clock, sleep and chance of one session; replaced as a whole by tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = field(default=random.uniform)


def next_delay(
    error_class: ErrorClass,
    attempt: int,
    *,
    pace: Pace,
    deadline: float,
    repeatable: bool,
    at_least: float | None = None,
) -> float | None:
    """Seconds to wait before repeating a failed call, or ``None`` when it must not be repeated.

    *attempt* counts failures so far from 0, *deadline* is in the time of ``pace.now``. *repeatable* says that the call
    changes nothing when sent twice (a read, or a write with a client token). *at_least* is the server's own wish
    (``x-acs-retry-after``) in seconds.
    """
    backoff = BACKOFFS.get(error_class)
    if backoff is None:
        return None
    if error_class is ErrorClass.TRANSIENT and not repeatable:
        return None
    delay = backoff.delay(attempt, pace.uniform)
    if at_least is not None:
        delay = max(delay, at_least)
    return delay if pace.now() + delay <= deadline else None
