"""What the served actions accept: products, versions, actions, parameters (generated, see ``generate.py``)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Parameter:
    """One request parameter. ``members`` are the fields of an object, or of each element of a list of objects."""

    name: str
    type: Literal["string", "boolean", "integer", "number", "list", "object"]
    required: bool = False
    members: dict[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """One API action: whether it reads or writes, the HTTP methods it answers to, its parameters by name."""

    name: str
    product: str
    kind: Literal["read", "write"]
    methods: tuple[str, ...]
    parameters: dict[str, Parameter]


@dataclass(frozen=True)
class Product:
    """A product at one version, with the actions that the lab serves."""

    name: str
    version: str
    host: str
    actions: dict[str, Action]


def _parameter(name: str, entry: dict[str, Any]) -> Parameter:
    members = {key: _parameter(key, value) for key, value in entry.get("members", {}).items()}
    return Parameter(name, entry["type"], entry.get("required", False), members)


HOSTS = {"vpc": "vpc.aliyuncs.com", "ecs": "ecs.aliyuncs.com"}
"""Host name by file of this folder."""


@cache
def products() -> dict[str, Product]:
    """All products by version, each with the actions of its file."""
    found = {}
    for name, host in HOSTS.items():
        data = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
        actions = {
            action: Action(
                action,
                data["product"],
                entry["kind"],
                tuple(entry["methods"]),
                {key: _parameter(key, value) for key, value in entry["parameters"].items()},
            )
            for action, entry in data["actions"].items()
        }
        found[data["version"]] = Product(data["product"], data["version"], host, actions)
    return found
