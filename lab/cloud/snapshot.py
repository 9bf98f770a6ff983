"""The state as one JSON document, written atomically and readable by its owner only (it holds pre-shared keys)."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import types
import typing
from pathlib import Path
from typing import Any

from lab.cloud.model import Region
from lab.cloud.services.vpcs import system_table
from lab.cloud.settings import REGIONS
from lab.cloud.state import State

FORMAT = 1


class SnapshotError(Exception):
    """A snapshot that cannot be read: damaged, or written by a newer version. The text says what to do."""


def to_text(state: State) -> str:
    """The state as JSON text with its format number."""
    # Dataclasses are encoded as their attributes; asdict would copy everything first and take six times as long.
    return json.dumps({"format": FORMAT, "state": state}, default=vars)


def from_document(document: Any) -> State:
    """The state of a document; SnapshotError when it is not one this version understands."""
    if not isinstance(document, dict) or not isinstance(document.get("format"), int):
        raise SnapshotError("The snapshot is not a snapshot of the lab's control plane: delete it to start empty.")
    if document["format"] > FORMAT:
        message = f"The snapshot has format {document['format']}, newer than {FORMAT}: use the lab that wrote it"
        raise SnapshotError(f"{message}, or delete it to start empty.")
    try:
        state = _build(State, document["state"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SnapshotError(f"The snapshot is damaged ({error!r}): delete it to start empty.") from None
    for name in REGIONS:
        state.regions.setdefault(name, Region(name))
    for region in state.regions.values():
        for vpc in region.vpcs.values():
            # An older lab did not write system route tables down.
            region.route_tables.setdefault(vpc.route_table_id, system_table(vpc))
    return state


def save(state: State, path: Path) -> None:
    """Write atomically with mode 0600."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(to_text(state))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(path: Path) -> State | None:
    """The saved state, or None when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        raise SnapshotError(f"The snapshot {path} is not JSON: delete it to start empty.") from None
    return from_document(document)


def _build(annotation: Any, value: Any) -> Any:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = [item for item in typing.get_args(annotation) if item is not type(None)]
        return None if value is None else _build(inner[0], value)
    if origin is list:
        return [_build(typing.get_args(annotation)[0], item) for item in value]
    if origin is dict:
        return {key: _build(typing.get_args(annotation)[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        return annotation(**{key: _build(hints[key], item) for key, item in value.items()})
    return value
