"""Replies checked against the SDK's own response models: what the SDK does not know must not be served."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


class ReplyMismatch(Exception):
    """A reply that the SDK would read differently from what was written. The text names the fields."""


PACKAGES = {"Vpc": "alibabacloud_vpc20160428", "Ecs": "alibabacloud_ecs20140526"}
"""SDK package by product."""


class ReplyChecker:
    """Round trips through ``<Action>ResponseBody``. Needs the SDK's packages (ImportError without)."""

    def __init__(self) -> None:
        self._models = {product: import_module(f"{package}.models") for product, package in PACKAGES.items()}

    def check(self, action: str, reply: Mapping[str, Any], product: str = "Vpc") -> None:
        """Raise ReplyMismatch unless the SDK's model keeps every field of the reply as it is."""
        model = getattr(self._models[product], f"{action}ResponseBody")()
        kept = model.from_map(dict(reply)).to_map()
        if kept != reply:
            raise ReplyMismatch(f"{action}: {', '.join(differences(reply, kept))}")


def differences(reply: Any, kept: Any, path: str = "") -> list[str]:
    """Paths at which two plain structures differ."""
    if isinstance(reply, Mapping) and isinstance(kept, Mapping):
        names = [*reply, *(name for name in kept if name not in reply)]
        return [line for name in names for line in differences(reply.get(name), kept.get(name), f"{path}.{name}")]
    if isinstance(reply, list) and isinstance(kept, list) and len(reply) == len(kept):
        pairs = enumerate(zip(reply, kept, strict=True))
        return [line for index, (left, right) in pairs for line in differences(left, right, f"{path}[{index}]")]
    return [] if reply == kept else [path.lstrip(".") or "(whole reply)"]
