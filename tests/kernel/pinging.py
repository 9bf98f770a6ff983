"""A ping every 50 ms in the background of the guest, and what it lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.kernel.world import World

INTERVAL = 0.05
_REPLY = re.compile(r"^\[([\d.]+)\] \d+ bytes from .*icmp_seq=(\d+)", re.MULTILINE)
_SENT = re.compile(r"(\d+) packets transmitted")


@dataclass
class Pings:
    """``sent`` packets; ``answered``: sequence number -> time of the answer, in the guest's seconds since the epoch."""

    sent: int = 0
    answered: dict[int, float] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        return self.sent - len(self.answered)

    @property
    def longest_gap(self) -> float:
        """Seconds without an answer, above what lies between two pings."""
        times = sorted(self.answered.values())
        gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
        return max(gaps, default=0.0) - INTERVAL


@contextmanager
def pinging(world: World, address: str) -> Iterator[Pings]:
    """Ping from the machine behind the store while the block runs; the result is filled in at its end."""
    name = address.replace(".", "-")
    world.run(
        f"setsid ip netns exec lan ping -n -D -i {INTERVAL} {address} >/root/ping-{name} 2>&1 </dev/null &"
        f" echo $! >/root/ping-{name}.pid"
    )
    # The first answers have come: what follows is not the start's loss.
    world.wait_until(f"[ $(grep -c 'bytes from' /root/ping-{name}) -ge 3 ]")
    pings = Pings()
    yield pings
    # SIGINT: it prints its summary, and waits for nothing.
    shown = world.run(f"kill -INT $(cat /root/ping-{name}.pid); sleep 0.3; cat /root/ping-{name}")
    pings.answered = {int(sequence): float(moment) for moment, sequence in _REPLY.findall(shown)}
    summary = _SENT.search(shown)
    assert summary, shown[-500:]
    pings.sent = int(summary.group(1))
    # The last one may have been on its way.
    if pings.sent not in pings.answered and pings.sent - 1 in pings.answered:
        pings.sent -= 1
