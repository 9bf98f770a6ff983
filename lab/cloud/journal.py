"""What was called: counters by action and a journal of requests without their secrets."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SECRET_NAMES = frozenset(
    {
        "psk",
        "authkey",
        "signature",
        "securitytoken",
        "accesskeysecret",
        "clientkey",
        "clientconfig",
        "cakey",
        "userdata",
    }
)
JSON_NAMES = frozenset({"IkeConfig", "IpsecConfig", "BgpConfig", "HealthCheckConfig"})
HIDDEN = "***"
KEPT_ENTRIES = 5000


def scrub(value: Any, name: str = "") -> Any:
    """A copy of parameters or replies in which every secret, also inside JSON text, is hidden."""
    if name.replace("_", "").lower() in SECRET_NAMES and value not in (None, ""):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: scrub(item, key.rsplit(".", 1)[-1]) for key, item in value.items()}
    if isinstance(value, list):
        return [scrub(item, name) for item in value]
    if name in JSON_NAMES and isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return HIDDEN
        return json.dumps(scrub(parsed)) if isinstance(parsed, dict) else HIDDEN
    return value


@dataclass
class ActionCount:
    """Calls of one action.

    ``ok`` took effect (a read: was answered), ``replayed`` were answered from their ClientToken, ``refused`` broke
    a rule, ``faulted`` met an injected fault before they took effect.
    """

    kind: str
    ok: int = 0
    replayed: int = 0
    refused: int = 0
    faulted: int = 0

    @property
    def calls(self) -> int:
        """Calls of any outcome."""
        return self.ok + self.replayed + self.refused + self.faulted


@dataclass
class Calls:
    """Counters since the start or the last reset.

    A call that took effect counts as ``ok`` even when an injected fault swallowed its reply.
    """

    by_action: dict[str, ActionCount] = field(default_factory=dict)
    unknown: int = 0

    def count(self, action: str, kind: str, outcome: str) -> None:
        """Count one call. ``outcome``: ok, replayed, refused or faulted."""
        entry = self.by_action.setdefault(action, ActionCount(kind))
        setattr(entry, outcome, getattr(entry, outcome) + 1)

    def clear(self) -> None:
        """Start again from zero."""
        self.by_action.clear()
        self.unknown = 0

    def as_dict(self) -> dict[str, Any]:
        """Totals and counts by action. ``write_calls`` are calls of writing actions whatever their outcome."""
        entries = self.by_action.values()
        writes = [entry for entry in entries if entry.kind == "write"]
        return {
            "reads": sum(entry.ok for entry in entries if entry.kind == "read"),
            "writes": sum(entry.ok for entry in writes),
            "replayed": sum(entry.replayed for entry in entries),
            "refused": sum(entry.refused for entry in entries) + self.unknown,
            "faulted": sum(entry.faulted for entry in entries),
            "write_calls": sum(entry.calls for entry in writes),
            "total": sum(entry.calls for entry in entries) + self.unknown,
            "by_action": {
                name: {"calls": entry.calls, **asdict(entry)} for name, entry in sorted(self.by_action.items())
            },
        }


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT_ENTRIES)

    def add(self, entry: dict[str, Any]) -> None:
        """Remember a request; ``parameters`` are scrubbed here."""
        self._entries.append({**entry, "parameters": scrub(entry.get("parameters", {}))})

    def entries(self) -> list[dict[str, Any]]:
        """All remembered requests."""
        return list(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
