# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cloud resource is: its options, how they are written and read, how it is identified and changed.

Private to this collection. A resource is data; every verb that acts on it lives in ``_engine`` and ``_lifecycle``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import TEXT, Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference

SYSTEM_TAG_PREFIXES = ("aliyun", "acs:")


@dataclasses.dataclass(frozen=True)
class Field:
    """One option of a resource.

    ``option``: its name. ``spec``: its part of the argument spec, ``None`` for a value that is only returned or,
    with a ``verb``, set through the module's ``state``.
    ``write``:
    name of the parameter that carries it, empty if none does. ``read``: dotted path in the object read back,
    alternatives
    separated by ``|``, empty for a write-only option. ``create``: whether the create action takes it. ``initial``: what
    it is given when the user leaves it open. ``verb``: key in
    ``Resource.verbs`` of the action that changes it; empty means immutable. ``secret``: never returned or shown.
    ``generated``: the service makes a secret that is not given, so one read back empty is merely unreadable.
    ``rule(value, path)``: what is wrong with a value, or ``None``. ``detail``: only the single-object read shows it.
    ``fields``: makes it a block; ``as_json``: the block travels as JSON text; ``match``: it is a list of blocks told
    apart
    by this sub-option.
    """

    option: str
    spec: Mapping[str, Any] | None = None
    write: str = ""
    read: str = ""
    codec: Codec = TEXT
    create: bool = True
    initial: Any = None
    verb: str = ""
    required: bool = False
    secret: bool = False
    generated: bool = False
    rule: Callable[[Any, str], Problem | None] | None = None
    detail: bool = False
    fields: tuple[Field, ...] = ()
    as_json: bool = False
    match: str = ""

    @property
    def settable(self) -> bool:
        return self.spec is not None or bool(self.verb)

    @property
    def readable(self) -> bool:
        return bool(self.read)


@dataclasses.dataclass(frozen=True)
class Verb:
    """What changes a resource.

    Simply an ``action``, whose parameters are the id and the changed fields; or ``build(have, want, options)`` returns
    them; or ``calls(have, want)`` returns several actions with their parameters. *have* and *want* are objects in
    option shape, *options* the names of the options that differ.
    """

    action: str = ""
    build: Callable[[Mapping[str, Any], Mapping[str, Any], set[str]], dict[str, Any]] | None = None
    calls: Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[tuple[str, dict[str, Any]]]] | None = None


@dataclasses.dataclass(frozen=True)
class Lifecycle:
    """States of an object by the option that shows them: usable, and already leaving."""

    option: str
    ready: frozenset[str]
    leaving: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Resource:
    """The declaration of one kind of cloud object.

    ``product``: whose API it is. ``id_option``/``id_param`` name its id in options and on the wire; an object without
    an id of its own (a route) leaves ``id_option`` empty and is identified by ``key`` alone. ``key``: the options that
    identify it among the objects of the same ``scope`` (the options that name its parent). ``parent``: the option that
    holds the id of the VPN gateway which a write locks. ``rank`` orders creation (ascending) and deletion (descending).

    ``list_action`` with ``list_items`` (path of the list), ``list_filters`` (option to parameter), ``list_codecs``
    (filters that are spelled differently on the wire), ``list_tags`` (the parameter that filters by tags),
    ``list_needs`` (options it cannot do without, even to find one object by its id), ``page_size`` and ``token_size``
    (see ``Session.pages``). Where a list holds objects of several kinds, ``belongs(item)`` tells those of this one, as
    the API shows them.
    ``get_action`` reads one object and ``more_reads`` add to it; without one the list filtered by id is used.
    ``named``: the id is a name that the user gives, so that an unknown one is an object to be created.
    ``constants``: parameters that always go with an action. ``choose_create(options)`` names the create action where
    there are several, ``created_id(reply)`` finds the id where the reply holds it elsewhere. ``canonical(options)``:
    the options in the spelling that is compared and shown. ``states``: values of ``state`` besides present and
    absent, each with the options it stands for.
    ``dry_run``: whether an action has a DryRun. ``check`` finds contradictions between options, ``undeletable`` the
    rule and the fix that keep an existing object from being deleted. ``detach(have)`` are the actions with their
    parameters that undo, before the object is deleted, what its own options attach it to; ``blockers`` are what else
    may hold it, and ``other_blockers`` says that something which no list shows may hold it too.
    """

    kind: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rank: int
    list_action: str
    list_items: tuple[str, ...]
    id_option: str = ""
    id_param: str = ""
    scope: tuple[str, ...] = ()
    list_filters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    list_codecs: Mapping[str, Callable[[Any], Any]] = dataclasses.field(default_factory=dict)
    list_tags: str = ""
    list_needs: tuple[str, ...] = ()
    belongs: Callable[[Mapping[str, Any]], bool] = lambda item: True
    page_size: int = 50
    token_size: str = ""
    product: str = "vpc"
    get_action: str = ""
    more_reads: tuple[str, ...] = ()
    dry_run: bool = False
    named: bool = False
    constants: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    choose_create: Callable[[Mapping[str, Any]], str] | None = None
    created_id: Callable[[Mapping[str, Any]], str] | None = None
    canonical: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    states: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    other_blockers: bool = False
    create_action: str = ""
    delete_action: str = ""
    build_delete: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    verbs: Mapping[str, Verb] = dataclasses.field(default_factory=dict)
    tag_type: str = ""
    tags_at_create: str = ""
    lifecycle: Lifecycle | None = None
    parent: str = ""
    check: Callable[[Mapping[str, Any]], Iterable[Problem]] | None = None
    undeletable: Callable[[Mapping[str, Any]], tuple[str, str] | None] | None = None
    detach: Callable[[Mapping[str, Any]], Iterable[tuple[str, dict[str, Any]]]] | None = None
    blockers: tuple[Blocker, ...] = ()

    @property
    def plural(self) -> str:
        """The title of several."""
        return f"{self.title}es" if self.title.endswith("ch") else f"{self.title}s"

    def argument_spec(self) -> dict[str, Any]:
        """The argument spec of the resource's own options."""
        return _argument_spec(self.fields)

    def list_params(self, filters: Mapping[str, Any]) -> dict[str, Any]:
        """The list action's parameters for *filters*, options and ``tags`` with their values; ``None`` does not
        filter."""
        params = dict(self.constants.get(self.list_action, {}))
        for option, value in filters.items():
            if value is not None and option == "tags":
                params[self.list_tags] = encode_tags(value)
            elif value is not None:
                params[self.list_filters[option]] = self.list_codecs.get(option, lambda given: given)(value)
        return params

    def field(self, option: str) -> Field:
        return next(item for item in self.fields if item.option == option)


def accepted(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* as a user wrote them, in the spelling that everything else compares, checks and shows."""
    result = dict(values)
    for item in fields:
        value = values.get(item.option)
        if value is None or isinstance(value, Reference):
            continue
        if item.match:
            result[item.option] = [accepted(item.fields, element) for element in value]
        elif item.fields:
            result[item.option] = accepted(item.fields, value)
        else:
            result[item.option] = item.codec.accept(value)
    return result


def _argument_spec(fields: Iterable[Field]) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    for item in fields:
        if item.spec is not None:
            spec[item.option] = dict(item.spec or {})
            if item.fields:
                spec[item.option]["options"] = _argument_spec(item.fields)
    return spec


def decode(resource: Resource, reply: Mapping[str, Any]) -> dict[str, Any]:
    """The object of a Describe reply in option shape, with its ``tags`` as a mapping. Holds secrets."""
    have = _decode(resource.fields, reply)
    if resource.tag_type:
        have["tags"] = _decode_tags(reply)
    return have


def _decode(fields: Iterable[Field], reply: Mapping[str, Any]) -> dict[str, Any]:
    have: dict[str, Any] = {}
    for item in fields:
        if not item.readable:
            continue
        raw = _first(reply, item.read)
        if raw is None or (raw == "" and not item.secret):
            have[item.option] = None
        elif item.match:
            have[item.option] = [_decode(item.fields, element) for element in raw]
        elif item.fields:
            have[item.option] = _decode(item.fields, raw)
        else:
            have[item.option] = item.codec.from_api(raw)
    return have


def _first(reply: Mapping[str, Any], paths: str) -> Any:
    for path in paths.split("|"):
        value: Any = reply
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            return value
    return None


def _decode_tags(reply: Mapping[str, Any]) -> dict[str, str]:
    for wrapper in ("Tags", "Tag"):
        inner = reply.get(wrapper)
        found = inner.get("Tag") if isinstance(inner, Mapping) else inner
        # A Tag that is text holds the labels of the system.
        if isinstance(found, list):
            return {tag.get("Key") or tag.get("TagKey"): tag.get("Value") or tag.get("TagValue") or "" for tag in found}
    return {}


def encode(fields: Iterable[Field], values: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
    """The parameters that carry *values* (option shape); options that are ``None`` are left out or, when *creating*,
    ``initial``."""
    params: dict[str, Any] = {}
    for item in fields:
        value = values.get(item.option)
        if value is None and creating:
            value = item.initial
        if value is None or not item.write or (creating and not item.create):
            continue
        if item.match:
            params[item.write] = [encode(item.fields, element, creating=creating) for element in value]
        elif item.fields:
            block = encode(item.fields, value, creating=creating)
            if block:
                params[item.write] = json.dumps(block) if item.as_json else block
        else:
            params[item.write] = item.codec.to_api(value)
    return params


def encode_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def merge(fields: Iterable[Field], have: Mapping[str, Any], want: Mapping[str, Any]) -> dict[str, Any]:
    """*have* overlaid with what *want* manages: the object as it will be, in option shape."""
    merged = dict(have)
    for item in fields:
        value = want.get(item.option)
        if value is None:
            continue
        before = have.get(item.option)
        if item.match:
            existing = {element.get(item.match): element for element in before or []}
            merged[item.option] = [
                merge(item.fields, existing.get(element.get(item.match), {}), element) for element in value
            ]
        elif item.fields:
            merged[item.option] = merge(item.fields, before or {}, value)
        else:
            merged[item.option] = value
    return merged


def without_secrets(resource: Resource, have: Mapping[str, Any]) -> dict[str, Any]:
    """*have* for results: each secret is replaced by ``<option>_set``, references not known yet by their text."""
    public = _without_secrets(resource.fields, have)
    if resource.tag_type:
        public["tags"] = dict(have.get("tags") or {})
    return public


def _without_secrets(fields: Iterable[Field], have: Mapping[str, Any]) -> dict[str, Any]:
    public: dict[str, Any] = {}
    for item in fields:
        if item.option not in have:
            continue
        value = have[item.option]
        if item.secret:
            public[f"{item.option}_set"] = bool(value)
        elif item.match:
            public[item.option] = [_without_secrets(item.fields, element) for element in value or []]
        elif item.fields:
            public[item.option] = _without_secrets(item.fields, value) if value is not None else None
        else:
            public[item.option] = shown(value)
    return public


def secrets_of(fields: Iterable[Field], have: Mapping[str, Any]) -> set[str]:
    """All secret values in *have*, to be registered with Ansible's log scrubber."""
    found: set[str] = set()
    for item in fields:
        value = have.get(item.option)
        if not value:
            continue
        if item.secret:
            found.add(str(value))
        elif item.match:
            for element in value:
                found |= secrets_of(item.fields, element)
        elif item.fields:
            found |= secrets_of(item.fields, value)
    return found


def shown(value: Any) -> Any:
    """*value* as a user sees it: a reference to an object that does not exist yet has no id to show."""
    return "(known after apply)" if isinstance(value, Reference) else value
