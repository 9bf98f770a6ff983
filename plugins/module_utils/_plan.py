# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: what must change to turn the objects that are there into the objects that are wanted.

Private to this collection. Nothing here does I/O. Check mode, diff mode and a real run all use the plan made here, so
what
check mode shows is what a real run does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import (
    LONGEST_GATEWAY_TAG_KEY,
    LONGEST_TAG_KEY,
    OWNER_TAG,
    SITE_TAG,
    tag_count_problem,
    tag_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import is_unreadable
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import (
    SYSTEM_TAG_PREFIXES,
    Field,
    Resource,
    merge,
    without_secrets,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import shown as shown_reference

SECRET_CHANGED = "(hidden, changed)"
CREATION_MARKS = (OWNER_TAG, SITE_TAG)


class PlanError(Exception):
    """The wanted state cannot be reached or is not allowed; ``problems`` lists why. Raised before any write."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Policy:
    """How a plan treats what it may do in more than one way.

    ``psk_update``: ``on_change`` (when the key read back differs), ``always`` or ``never``.
    """

    purge_tags: bool = True
    recreate: bool = False
    psk_update: str = "on_change"


@dataclass
class Target:
    """One wanted object. ``options`` is in option shape; ids that do not exist yet are :class:`Reference`.

    ``path``: where the object comes from in the user's input, for messages. ``identity`` replaces the resource's
    ``key`` where more options tell objects apart. ``complete(options, have)`` adds what is wanted of an object that
    exists and could not be known before.
    """

    resource: Resource
    key: str
    options: dict[str, Any]
    path: str = ""
    absent: bool = False
    identity: tuple[str, ...] = ()
    complete: Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Difference:
    """One option that differs. ``path`` is dotted, tunnels are named by role (``tunnels[master].ike.dh_group``)."""

    path: str
    option: str
    before: Any
    after: Any
    secret: bool = False


@dataclass
class Change:
    """What happens to one object: ``action`` is none, create, update, delete or recreate."""

    target: Target
    action: str
    have: dict[str, Any] | None = None
    differences: list[Difference] = field(default_factory=list)
    tags_set: dict[str, str] = field(default_factory=dict)
    tags_unset: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def resource(self) -> Resource:
        return self.target.resource

    @property
    def changed(self) -> bool:
        return self.action != "none"

    def summary(self) -> str:
        """The change in a line, without secrets: ``update IPsec connection ipsec-a (ike.dh_group, psk)``."""
        text = f"{self.action} {self.resource.title} {label(self.resource, self.have or self.target.options)}"
        names = [difference.path for difference in self.differences]
        names += [f"tags.{name}" for name in sorted(set(self.tags_set) | set(self.tags_unset))]
        return f"{text} ({', '.join(names)})" if names and self.action in ("update", "recreate") else text

    def diff(self) -> dict[str, Any]:
        """Before and after for Ansible's diff mode, secrets replaced by whether they change."""
        header = f"{self.resource.title} {label(self.resource, self.have or self.target.options)}"
        # Text in place of a mapping shows as nothing, which is what an object that does not exist looks like.
        before: Any = _public(self, self.have) if self.have is not None else ""
        after: Any = ""
        if self.action != "delete":
            after = _public(self, merge(self.resource.fields, self.have or {}, self.target.options))
            if self.resource.tag_type:
                after["tags"] = self.tags_after()
            for difference in self.differences:
                if difference.secret:
                    _place(after, difference.path, SECRET_CHANGED)
        return {"before_header": header, "after_header": header, "before": before, "after": after}

    def tags_after(self) -> dict[str, str]:
        tags = {
            name: value for name, value in ((self.have or {}).get("tags") or {}).items() if name not in self.tags_unset
        }
        tags.update(self.tags_set)
        return tags


def label(resource: Resource, options: Mapping[str, Any]) -> str:
    """How an object is called in messages: its name and id, or its key options."""
    name = options.get("name")
    identifier = options.get(resource.id_option) if resource.id_option else None
    if name and identifier and name != identifier:
        return f"{name} ({identifier})"
    if name or identifier:
        return str(name or identifier)
    return " ".join(f"{option}={shown_reference(options.get(option))}" for option in resource.key)


class Index:
    """Existing objects by the options that tell them apart, so that finding one of a thousand costs one look-up."""

    def __init__(self, resource: Resource, names: tuple[str, ...], candidates: Iterable[Mapping[str, Any]]) -> None:
        self._resource = resource
        self._names = names
        self._found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
        leaving = resource.lifecycle.leaving if resource.lifecycle else frozenset()
        for item in candidates:
            # An object that is on its way out no longer counts.
            if not (resource.lifecycle and item.get(resource.lifecycle.option) in leaving):
                self._found.setdefault(self._key(item), []).append(item)

    def _key(self, options: Mapping[str, Any]) -> tuple[Any, ...]:
        values = ((self._resource.field(name), options.get(name)) for name in self._names)
        return tuple(None if value is None else item.codec.normal(value) for item, value in values)

    def find(self, target: Target) -> Mapping[str, Any] | None:
        """The object that *target* means, or ``None``.

        Raises :class:`PlanError` when several objects answer to one name, because picking one would be a guess.
        """
        found = self._found.get(self._key(target.options), [])
        if len(found) > 1:
            resource = self._resource
            ids = ", ".join(sorted(str(item.get(resource.id_option)) for item in found))
            rule = f"is the name of {len(found)} {resource.plural}: {ids}"
            fix = f"say which one with {resource.id_option}, or rename the others"
            raise PlanError([Problem(target.path or "name", shown(target.options.get("name")), rule, fix)])
        return found[0] if found else None


def check_options(target: Target) -> list[Problem]:
    """Everything wrong with the options themselves: known before the first call."""
    problems: list[Problem] = []
    _check_fields(target.resource.fields, target.options, target.path, problems)
    problems.extend(_check_tags(target))
    if target.resource.check and not target.absent:
        problems.extend(
            problem.under(target.path) if target.path else problem for problem in target.resource.check(target.options)
        )
    return problems


def plan(target: Target, have: Mapping[str, Any] | None, policy: Policy) -> Change:
    """The change that turns *have* (option shape, ``None`` if it does not exist) into *target*.

    Raises :class:`PlanError` for an immutable option that differs (unless ``recreate``), an option that is missing for
    creation, and a delete that is refused.
    """
    resource = target.resource
    if target.absent:
        if have is None:
            return Change(target, "none")
        refusal = resource.undeletable(have) if resource.undeletable else None
        if refusal:
            raise PlanError([Problem(target.path or "state", label(resource, have), *refusal)])
        return Change(target, "delete", have=dict(have))
    if have is None:
        identifier = target.options.get(resource.id_option) if resource.id_option else None
        if identifier and not resource.named:
            path = _join(target.path, resource.id_option)
            rule = f"is not the id of a {resource.title} in this region"
            raise PlanError(
                [Problem(path, shown(identifier), rule, "check the id and the region, or leave it out to create one")]
            )
        _require_for_creation(target)
        return Change(target, "create", tags_set=dict(target.options.get("tags") or {}))
    change = Change(target, "none", have=dict(have))
    change.differences = compare(resource.fields, target.options, have, policy, change.warnings)
    change.tags_set, change.tags_unset = _compare_tags(resource, target.options, have, policy.purge_tags)
    fixed = [difference for difference in change.differences if not _mutable(resource, difference)]
    if fixed and policy.recreate:
        _require_for_creation(target)
        change.action = "recreate"
    elif fixed:
        raise PlanError(
            Problem(
                _join(target.path, difference.path),
                shown(shown_reference(difference.after)),
                f"differs from {shown(difference.before)} of {resource.title} {label(resource, have)} "
                f"and cannot be changed after creation",
                "keep the present value, or set recreate: true to delete the object and create it again",
            )
            for difference in fixed
        )
    elif change.differences or change.tags_set or change.tags_unset:
        change.action = "update"
    return change


def compare(
    fields: Iterable[Field],
    want: Mapping[str, Any],
    have: Mapping[str, Any],
    policy: Policy,
    warnings: list[str],
    path: str = "",
    option: str = "",
) -> list[Difference]:
    """The options of *want* (``None`` is not managed) that *have* does not show. Unreadable secrets are warned
    about."""
    found: list[Difference] = []
    for item in fields:
        value, before = want.get(item.option), have.get(item.option)
        if value is None or not item.readable or not item.settable:
            continue
        where, top = _join(path, item.option), option or item.option
        if item.match:
            existing = {element.get(item.match): element for element in before or []}
            for element in value:
                inside = f"{where}[{element.get(item.match)}]"
                found += compare(
                    item.fields, element, existing.get(element.get(item.match), {}), policy, warnings, inside, top
                )
        elif item.fields:
            found += compare(item.fields, value, before or {}, policy, warnings, where, top)
        elif item.secret:
            if _secret_differs(item, value, before, policy, where, warnings):
                found.append(Difference(where, top, HIDDEN, SECRET_CHANGED, secret=True))
        elif not _same(item, value, before):
            found.append(Difference(where, top, before, value))
    return found


def _secret_differs(
    item: Field, value: str, before: str | None, policy: Policy, where: str, warnings: list[str]
) -> bool:
    if policy.psk_update == "always":
        return True
    if policy.psk_update == "never" or value == before:
        return False
    if is_unreadable(before) and (before or item.generated):
        warnings.append(
            f"{where} cannot be read back from the cloud, so a change of it cannot be seen; "
            f"use psk_update: always to set it in this run"
        )
        return False
    return True


def _same(item: Field, value: Any, before: Any) -> bool:
    if before is None or isinstance(value, Reference):
        # An empty text asks for nothing to be there.
        return before is None and value in (None, "")
    return item.codec.normal(value) == item.codec.normal(before)


def _mutable(resource: Resource, difference: Difference) -> bool:
    return bool(resource.field(difference.option).verb)


def _require_for_creation(target: Target) -> None:
    missing = list(_missing(target.resource.fields, target.options, target.path))
    if missing:
        rule = f"is needed to create the {target.resource.title}"
        raise PlanError(Problem(path, "(missing)", rule, "add it") for path in missing)


def _missing(fields: Iterable[Field], values: Mapping[str, Any], path: str) -> Iterable[str]:
    """Paths of the required options that *values* leave open, also in the blocks that they give."""
    for item in fields:
        value = values.get(item.option)
        where = _join(path, item.option)
        if value is None:
            if item.required:
                yield where
        elif item.match:
            for element in value:
                yield from _missing(item.fields, element, f"{where}[{element.get(item.match)}]")
        elif item.fields:
            yield from _missing(item.fields, value, where)


def _compare_tags(
    resource: Resource, want: Mapping[str, Any], have: Mapping[str, Any], purge: bool
) -> tuple[dict[str, str], list[str]]:
    if not resource.tag_type or want.get("tags") is None:
        return {}, []
    wanted, present = want["tags"], have.get("tags") or {}
    # The marks of who made an object are set when it is made: an object that was there before must not look like ours.
    to_set = {
        name: value for name, value in wanted.items() if present.get(name) != value and name not in CREATION_MARKS
    }
    kept = (*SYSTEM_TAG_PREFIXES, *CREATION_MARKS)
    extra = [name for name in present if name not in wanted and not name.startswith(kept)]
    return to_set, sorted(extra) if purge else []


def _check_fields(fields: Iterable[Field], values: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
    for item in fields:
        value = values.get(item.option)
        if value is None or isinstance(value, Reference):
            continue
        where = _join(path, item.option)
        if item.match:
            for index, element in enumerate(value):
                _check_fields(item.fields, element, f"{where}[{element.get(item.match) or index}]", problems)
        elif item.fields:
            _check_fields(item.fields, value, where, problems)
        problem = item.rule(value, where) if item.rule else None
        if problem:
            problems.append(problem)


def _check_tags(target: Target) -> list[Problem]:
    tags = {str(name): str(value) for name, value in (target.options.get("tags") or {}).items()}
    own = [name for name in tags if name in CREATION_MARKS]
    for name in own:
        del tags[name]
    path = _join(target.path, "tags")
    too_many = tag_count_problem(tags, path, len(own))
    longest_key = LONGEST_TAG_KEY if target.resource.tags_at_create else LONGEST_GATEWAY_TAG_KEY
    return ([too_many] if too_many else []) + tag_problems(tags, path, longest_key)


def _public(change: Change, options: Mapping[str, Any]) -> dict[str, Any]:
    """The managed part of an object for a diff: what the user did not ask about would only be noise."""
    managed = change.target.options
    if change.have is not None:
        # What cannot be read back has no before, so showing it would look like a change.
        silent = {item.option for item in change.resource.fields if not item.readable}
        managed = {name: value for name, value in managed.items() if name not in silent}
    visible = _managed(change.resource.fields, managed, options) if change.action != "delete" else dict(options)
    public = without_secrets(change.resource, visible)
    if change.resource.tag_type:
        public["tags"] = dict(options.get("tags") or {})
        if managed.get("tags") is None and change.action != "delete":
            del public["tags"]
    return {name: value for name, value in public.items() if value is not None}


def _managed(fields: Iterable[Field], want: Mapping[str, Any], have: Mapping[str, Any]) -> dict[str, Any]:
    visible: dict[str, Any] = {}
    for item in fields:
        value = want.get(item.option)
        if value is None:
            continue
        present = have.get(item.option)
        if item.match:
            existing = {element.get(item.match): element for element in present or []}
            visible[item.option] = [
                _managed(item.fields, element, existing.get(element.get(item.match), {})) for element in value
            ]
        elif item.fields:
            visible[item.option] = _managed(item.fields, value, present or {})
        else:
            # Equal values are shown in one spelling, so that the diff holds real differences only.
            visible[item.option] = value if present is not None and _same(item, value, present) else present
    return visible


def _place(tree: dict[str, Any], path: str, value: Any) -> None:
    """Show *value* at the dotted *path* of a diff; ``tunnels[master]`` names the element whose ``role`` is master."""
    names = path.split(".")
    node: Any = tree
    for name in names[:-1]:
        base, _bracket, role = name.partition("[")
        node = node.setdefault(base, {})
        if role:
            node = next((element for element in node if role[:-1] in map(str, element.values())), {})
    node.pop(f"{names[-1]}_set", None)
    node[names[-1]] = value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
