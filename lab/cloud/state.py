"""The state of the cloud and the timeline of its asynchronous steps.

Steps are data: after ``delay`` seconds some attributes change or objects vanish. A step with ``barrier`` also
waits until the data plane has applied the change that started it, so a gateway is ``active`` only when its
tunnels are really configured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lab.cloud.model import Region
from lab.cloud.settings import REGIONS


@dataclass
class Effect:
    """Set ``attribute`` of an object to ``value``; no attribute: remove the object. A vanished object is skipped."""

    table: str
    id: str
    attribute: str | None = None
    value: Any = None


@dataclass
class Step:
    """Effects after a delay; ``barrier``: not before the data plane caught up."""

    delay: float
    effects: list[Effect]
    barrier: bool = False


@dataclass
class Pending:
    """A chain of steps under way in a region; ``due`` is epoch seconds (None when stuck)."""

    region: str
    due: float | None
    revision: int
    steps: list[Step]
    action: str


@dataclass
class TokenEntry:
    """The answer kept for a ClientToken: fingerprint of the parameters and the reply without its RequestId."""

    fingerprint: str
    reply: dict[str, Any]
    time: float


@dataclass
class State:
    """Everything the control plane remembers. ``revision`` grows with every change of the network."""

    regions: dict[str, Region] = field(default_factory=lambda: {name: Region(name) for name in REGIONS})
    pending: list[Pending] = field(default_factory=list)
    tokens: dict[str, TokenEntry] = field(default_factory=dict)
    revision: int = 0

    def start(self, region: str, steps: list[Step], now: float, *, action: str, stuck: bool = False) -> None:
        """Begin a chain of steps as part of the change being committed. A stuck one waits for ``release_stuck``."""
        due = None if stuck else now + steps[0].delay
        self.pending.append(Pending(region, due, self.revision + 1, steps, action))

    def advance(self, now: float, applied_revision: float) -> bool:
        """Run every step that is due. ``applied_revision``: what the data plane has caught up with.

        Returns whether anything changed.
        """
        changed = False
        while True:
            ready = [
                p for p in self.pending if p.due is not None and p.due <= now and self._passes(p, applied_revision)
            ]
            if not ready:
                return changed
            changed = True
            for chain in ready:
                self._run(chain, now)

    def next_due(self, applied_revision: float) -> float | None:
        """When the next step is due (epoch seconds), leaving out those that wait for the data plane."""
        times = [p.due for p in self.pending if p.due is not None and self._passes(p, applied_revision)]
        return min(times, default=None)

    def release_stuck(self, now: float) -> int:
        """Let stuck chains go on; returns how many."""
        stuck = [p for p in self.pending if p.due is None]
        for chain in stuck:
            chain.due = now + chain.steps[0].delay
        return len(stuck)

    def _passes(self, chain: Pending, applied_revision: float) -> bool:
        return not chain.steps[0].barrier or applied_revision >= chain.revision

    def _run(self, chain: Pending, now: float) -> None:
        step, *rest = chain.steps
        region = self.regions[chain.region]
        for effect in step.effects:
            apply_effect(region, effect)
        self.revision += 1
        if rest:
            chain.steps = rest
            # Counted from when this step was due, so that a late tick does not stretch the whole chain.
            chain.due = (now if chain.due is None else chain.due) + rest[0].delay
            if chain.steps[0].barrier:
                chain.revision = self.revision
        else:
            self.pending.remove(chain)


def apply_effect(region: Region, effect: Effect) -> None:
    """Change or remove one object of a region."""
    table: dict[str, Any] = getattr(region, effect.table)
    record = table.get(effect.id)
    if record is None:
        return
    if effect.attribute is None:
        del table[effect.id]
        return
    setattr(record, effect.attribute, effect.value)
