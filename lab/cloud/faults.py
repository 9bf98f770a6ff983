"""Injected faults: rules that match calls by action and say what goes wrong."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

KINDS = ("error", "html", "throttle", "latency", "reset_before", "reset_after", "stale", "stuck")


@dataclass
class Fault:
    """A rule. ``action`` is a name or a pattern (``Create*``).

    It fires from the ``nth`` matching call on, ``count`` times (None: always). Kinds: ``error`` (status, code,
    message; with ``after_commit`` the call takes effect first), ``html`` (a 502 page without JSON), ``throttle``
    (Throttling.User, with x-acs-retry-after when ``retry_after_ms``), ``latency`` (``seconds`` before the call),
    ``reset_before`` and ``reset_after`` (the connection is reset instead of a reply, before or after the call took
    effect), ``stale`` (what the call creates stays invisible for ``reads`` reads), ``stuck`` (the asynchronous part
    never ends until the rule is deleted).
    """

    action: str
    kind: str
    nth: int = 1
    count: int | None = 1
    status: int = 503
    code: str = "ServiceUnavailable"
    message: str = "The request has failed due to a temporary failure of the server."
    after_commit: bool = False
    seconds: float = 1.0
    retry_after_ms: int = 0
    reads: int = 3
    id: int = 0
    seen: int = 0
    fired: int = 0

    def matches(self, action: str) -> bool:
        """Count a call of ``action``; whether the rule fires for it."""
        if not fnmatchcase(action, self.action):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.count is not None and self.fired >= self.count):
            return False
        self.fired += 1
        return True


@dataclass
class FaultTable:
    """The rules in force, in the order they were given."""

    rules: list[Fault] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def add(self, document: Any) -> list[int]:
        """Add one rule or a list of them; their ids. Raises ValueError for an unknown key, kind or type."""
        documents = document if isinstance(document, list) else [document]
        parsed = [_parse(item) for item in documents]
        for rule in parsed:
            rule.id = next(self._numbers)
        self.rules += parsed
        return [rule.id for rule in parsed]

    def firing(self, action: str) -> list[Fault]:
        """The rules that fire for this call."""
        return [rule for rule in self.rules if rule.matches(action)]

    def delete(self, identifier: int | None = None) -> int:
        """Delete one rule, or all; how many."""
        kept = [rule for rule in self.rules if identifier is not None and rule.id != identifier]
        removed = len(self.rules) - len(kept)
        self.rules = kept
        return removed

    def as_list(self) -> list[dict[str, Any]]:
        """All rules with how often they were seen and fired."""
        return [asdict(rule) for rule in self.rules]


_GIVEN = {f.name: f for f in fields(Fault) if f.name not in ("id", "seen", "fired")}
_TYPES: dict[str, tuple[type, ...]] = {
    "nth": (int,),
    "count": (int, type(None)),
    "status": (int,),
    "after_commit": (bool,),
    "seconds": (int, float),
    "retry_after_ms": (int,),
    "reads": (int,),
}


def _parse(document: Any) -> Fault:
    if not isinstance(document, dict):
        raise ValueError("a fault must be an object")
    for name, value in document.items():
        if name not in _GIVEN:
            raise ValueError(f"unknown fault key {name}; known: {', '.join(_GIVEN)}")
        expected = _TYPES.get(name, (str,))
        if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
            raise ValueError(f"fault key {name} has the wrong type")
    if not document.get("action") or document.get("kind") not in KINDS:
        raise ValueError(f"a fault needs an action and a kind out of {', '.join(KINDS)}")
    return Fault(**document)
