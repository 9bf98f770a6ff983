# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a write locks a VPN gateway, learnt on the way, so that its state is not asked for after each write.

Private to this collection. A gateway takes one write at a time and refuses others until it is active again. After a
few writes it is known how long that takes: the next write comes when the lock should be over. One that comes too early
is refused without effect, which corrects the estimate.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import Waiter
from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import Pace

# Locks are taken for steady when so many in a row took about the same time: the longest at most so many times as long
# as the shortest, or so many seconds longer.
_ALIKE, _RATIO, _SLACK = 3, 1.25, 0.05
# One in so many is watched later on.
_WATCHED_EVERY = 12
# A lock is looked at before its end is due: only so is a shorter one noticed. The looks come at parts of its length.
_EARLY, _FIRST_LOOK, _LOOKS = 0.9, 0.02, 0.05
_MARGIN = 1.05


@dataclass
class _Lock:
    """Of one gateway: seconds of the last locks seen to end, and since when (``Pace.now``) an unseen one goes on."""

    spans: deque[float] = field(default_factory=lambda: deque(maxlen=_ALIKE))
    since: float | None = None
    writes: int = 0

    @property
    def longest(self) -> float:
        return max(self.spans, default=0.0)

    @property
    def shortest(self) -> float:
        return min(self.spans, default=0.0)

    @property
    def steady(self) -> bool:
        return len(self.spans) == _ALIKE and self.longest <= self.shortest * _RATIO + _SLACK


class GatewayLocks:
    """The locks of one run. A gateway is written to by one thread at a time, different gateways by several."""

    def __init__(self, waiter: Waiter, pace: Pace) -> None:
        self._waiter = waiter
        self._pace = pace
        self._locks: dict[str, _Lock] = {}

    def before_write(self, gateway_id: str) -> None:
        """Wait until the gateway should take a write. Raises WaitError."""
        lock = self._locks.get(gateway_id)
        if lock is None:
            self._waiter.until_gateway_ready(gateway_id)
            self._locks[gateway_id] = _Lock()
        elif lock.since is not None:
            self._sleep_until(lock.since + lock.longest * _MARGIN)

    def written(self, gateway_id: str, *, to_the_end: bool) -> None:
        """Note an accepted write. *to_the_end*: come back only when the gateway is active again. Raises WaitError."""
        lock = self._locks.setdefault(gateway_id, _Lock())
        lock.since = since = self._pace.now()
        lock.writes += 1
        if to_the_end or not lock.steady or lock.writes % _WATCHED_EVERY == 0:
            self._watch(gateway_id, since, lock)

    def refused(self, gateway_id: str) -> None:
        """Wait for the gateway that refused a write because it is locked. Raises WaitError."""
        lock = self._locks.get(gateway_id)
        if lock is None or lock.since is None:
            # Locked by somebody else, which says nothing about the next lock of ours.
            self._waiter.until_gateway_ready(gateway_id)
        else:
            self._watch(gateway_id, lock.since, lock)

    def settle(self, gateway_id: str) -> None:
        """See the last write to its end. Raises WaitError."""
        lock = self._locks.get(gateway_id)
        if lock is not None and lock.since is not None:
            self._watch(gateway_id, lock.since, lock)

    def forget(self, gateway_id: str) -> None:
        """Note a write whose end nobody waits for: the next one must ask."""
        self._locks.pop(gateway_id, None)

    def _watch(self, gateway_id: str, since: float, lock: _Lock) -> None:
        self._sleep_until(since + lock.shortest * _EARLY)
        asked = self._waiter.until_gateway_ready(gateway_id, max(_FIRST_LOOK, lock.shortest * _LOOKS))
        # A write that is sent as late as the look was will be as much in time.
        lock.spans.append(max(0.0, asked - since))
        lock.since = None

    def _sleep_until(self, moment: float) -> None:
        rest = moment - self._pace.now()
        if rest > 0:
            self._pace.sleep(rest)
