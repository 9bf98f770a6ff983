"""Pings in the background of the guest, and what was lost of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.kernel.world import World

_REPLY = re.compile(r"^\[([\d.]+)\] \d+ bytes from .*icmp_seq=(\d+)", re.MULTILINE)
_SENT = re.compile(r"(\d+) packets transmitted")


@dataclass
class Pings:
    """``sent`` packets, ``interval`` seconds apart.

    answered: sequence number -> time of the answer, in the guest's seconds since the epoch.
    """

    interval: float
    sent: int = 0
    answered: dict[int, float] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        return self.sent - len(self.answered)

    def _longest_gap(self) -> tuple[float, float]:
        """Seconds between two answers, and when the former came."""
        times = sorted(self.answered.values())
        return max(((later - earlier, earlier) for earlier, later in itertools.pairwise(times)), default=(0.0, 0.0))

    @property
    def longest_gap(self) -> float:
        """Seconds without an answer, above what lies between two pings."""
        return self._longest_gap()[0] - self.interval

    @property
    def longest_gap_begins(self) -> float:
        """When the last answer before it came, in the guest's seconds since the epoch."""
        return self._longest_gap()[1]


@contextmanager
def pinging(world: World, address: str, interval: float = 0.05) -> Iterator[Pings]:
    """Ping from the machine behind the store while the block runs; the result is filled in at its end."""
    name = address.replace(".", "-")
    world.run(
        f"setsid ip netns exec lan ping -n -D -i {interval} {address} >/root/ping-{name} 2>&1 </dev/null &"
        f" echo $! >/root/ping-{name}.pid"
    )
    # The first answers have come: what follows is not the start's loss.
    world.wait_until(f"[ $(grep -c 'bytes from' /root/ping-{name}) -ge 3 ]")
    pings = Pings(interval)
    try:
        yield pings
    finally:
        # SIGINT: it prints its summary, and waits for nothing.
        shown = world.run(
            f"pid=$(cat /root/ping-{name}.pid); kill -INT $pid; timeout 10 tail --pid=$pid -f /dev/null;"
            f" cat /root/ping-{name}"
        )
    pings.answered = {int(sequence): float(moment) for moment, sequence in _REPLY.findall(shown)}
    summary = _SENT.search(shown)
    assert summary, shown[-500:]
    pings.sent = int(summary.group(1))
    # The last one may have been on its way.
    if pings.sent not in pings.answered and pings.sent - 1 in pings.answered:
        pings.sent -= 1
