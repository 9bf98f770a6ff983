# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate of calls that the service lets through, learnt from its refusals and shared by all threads of a session.

Private to this collection. The service counts the calls of an account, so one thread's refusal concerns all of them.
"""

from __future__ import annotations

import threading
from collections import deque

from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import Pace

# The service counts calls per second.
_WINDOW = 1.0
# A little below what was let through: clocks and ways differ.
_MARGIN = 1.02
# Others may have used the account when a call was refused, so a faster rate is tried after some seconds without one.
_QUIET, _FASTER = 4.0, 0.8


class CallRate:
    """Spaces calls from the first refusal on; until then it keeps nobody waiting. Times in seconds of ``pace.now``."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.Lock()
        self._accepted: deque[float] = deque()
        self._spacing = 0.0
        self._next = 0.0
        self._changed = 0.0

    def wait(self) -> None:
        """Sleep until this call's turn."""
        with self._lock:
            now = self._pace.now()
            if self._spacing and now - self._changed > _QUIET:
                self._spacing *= _FASTER
                self._changed = now
            start = max(now, self._next)
            self._next = start + self._spacing
        if start > now:
            self._pace.sleep(start - now)

    def accepted(self) -> None:
        """Note that a call was not refused for its rate, whatever else became of it."""
        with self._lock:
            self._accepted.append(self._pace.now())
            self._forget()

    def refused(self, retry_after: float | None) -> None:
        """Note that a call was refused; nobody calls before *retry_after* seconds, where the service names them."""
        with self._lock:
            self._forget()
            now = self._pace.now()
            self._spacing = _MARGIN * _WINDOW / max(1, len(self._accepted))
            self._next = max(self._next, now + max(self._spacing, retry_after or 0.0))
            self._changed = now

    def _forget(self) -> None:
        oldest = self._pace.now() - _WINDOW
        while self._accepted and self._accepted[0] <= oldest:
            self._accepted.popleft()
