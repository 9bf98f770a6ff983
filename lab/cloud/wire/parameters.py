"""Request parameters: from flat names (``Tag.1.Key``) to typed values, checked against the action's spec."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from lab.cloud.errors import ApiError, invalid, missing, unsupported
from lab.cloud.spec import Action, Parameter

COMMON = frozenset(
    [
        "Action",
        "Version",
        "Format",
        "Timestamp",
        "SignatureNonce",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureType",
        "AccessKeyId",
        "Signature",
        "SecurityToken",
        "AcceptLanguage",
        "SourceIp",
        "SecureTransport",
        "OwnerAccount",
        "OwnerId",
        "ResourceOwnerAccount",
        "ResourceOwnerId",
        "RegionId",
    ]
)
"""Accepted by every action, without effect where it does not name them: parameters of the protocol, the legacy
owner ones, and RegionId, which some clients add to every call."""

MAX_LIST = 100


def decode(action: Action, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Typed parameters of a call: str, bool, int, list, dict as the spec says. Empty scalars count as absent.

    Raises ApiError: unknown parameter, wrong type, missing required one, one parameter given twice.
    """
    flat: dict[str, str] = {}
    for name, value in pairs:
        if name in COMMON and name not in action.parameters:
            continue
        if name in flat and flat[name] != value:
            raise invalid(name, "it is given twice with different values")
        flat[name] = value
    result = _members(action.parameters, _tree(flat), "", action.name)
    for name in ("OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"):
        result.pop(name, None)
    return result


def _tree(flat: Mapping[str, str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in flat.items():
        node = root
        *parents, leaf = name.split(".")
        for part in parents:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise invalid(name, f"{part} is given both as a value and as a structure")
            node = child
        if leaf in node:
            raise invalid(name, f"{leaf} is given both as a value and as a structure")
        node[leaf] = value
    return root


def _members(spec: Mapping[str, Parameter], tree: Mapping[str, Any], path: str, action: str) -> dict[str, Any]:
    for name in tree:
        if name not in spec:
            raise unsupported(f"{path}{name}", f"{action} does not know it")
    result: dict[str, Any] = {}
    for name, parameter in spec.items():
        value = None
        if name in tree:
            value = _value(parameter, tree[name], f"{path}{name}", action)
        if value is not None:
            result[name] = value
        elif parameter.required:
            raise missing(f"{path}{name}")
    return result


def _value(parameter: Parameter, raw: Any, path: str, action: str) -> Any:
    if parameter.type == "list":
        return _list(parameter, raw, path, action)
    if parameter.type == "object":
        if not isinstance(raw, dict):
            raise invalid(path, "it must be a structure")
        return _members(parameter.members, raw, f"{path}.", action)
    if isinstance(raw, dict):
        raise invalid(path, f"it must be a {parameter.type}")
    # An empty tag value is a value; any other empty scalar is what a client sends for "not set".
    if raw == "" and not (parameter.name == "Value" and "." in path):
        return None
    return SCALARS[parameter.type](raw, path)


def _list(parameter: Parameter, raw: Any, path: str, action: str) -> list[Any] | None:
    if raw == "":
        return None
    if not isinstance(raw, dict):
        raise invalid(path, f"list elements are given as {path}.1, {path}.2 and so on")
    indexes = []
    for key in raw:
        if not (key.isascii() and key.isdigit() and 1 <= int(key) <= MAX_LIST):
            raise invalid(f"{path}.{key}", f"list elements are numbered from 1 to {MAX_LIST}")
        indexes.append(key)
    elements = []
    for key in sorted(indexes, key=int):
        element = raw[key]
        if parameter.members:
            if not isinstance(element, dict):
                raise invalid(f"{path}.{key}", "it must be a structure")
            elements.append(_members(parameter.members, element, f"{path}.{key}.", action))
        elif isinstance(element, dict):
            raise invalid(f"{path}.{key}", "it must be a string")
        elif element != "":
            elements.append(element)
    return elements or None


def _boolean(raw: str, path: str) -> bool:
    lowered = raw.lower()
    if lowered not in ("true", "false"):
        raise invalid(path, "it must be true or false")
    return lowered == "true"


def _integer(raw: str, path: str) -> int:
    digits = raw[1:] if raw.startswith("-") else raw
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise invalid(path, "it must be an integer")
    return int(raw)


def _string(raw: str, path: str) -> str:
    return raw


def _number(raw: str, path: str) -> float:
    try:
        number = float(raw)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise invalid(path, "it must be a number")
    return number


SCALARS = {"boolean": _boolean, "integer": _integer, "number": _number, "string": _string}


def client_token(parameters: Mapping[str, Any]) -> str | None:
    """The ClientToken of a call, checked: at most 64 printable ASCII characters."""
    token = parameters.get("ClientToken")
    if token is not None and (len(token) > 64 or not token.isascii() or not token.isprintable()):
        raise ApiError(400, "InvalidParameter", "ClientToken must be at most 64 printable ASCII characters.")
    return token
