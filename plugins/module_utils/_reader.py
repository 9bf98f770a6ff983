# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is there: lists read once in a run, objects found by id or name, references resolved to ids.

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import ApiError, Session
from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import ErrorClass
from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import get, listed
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Index, PlanError, Target
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Resource, secrets_of


class Reader:
    """The reads of one run. *on_secret* is told every secret read, so that it can be kept out of logs.

    *lookups*: the resources, by kind, that a reference may name without their being managed in the run. ``marks``: sets
    of tags. Where there are any, what carries one of them is asked for first, and everything only for what is missing.
    """

    marks: tuple[Mapping[str, str], ...] = ()

    def __init__(
        self,
        session: Session,
        *,
        lookups: Mapping[str, Resource] | None = None,
        on_secret: Callable[[str], None] = lambda value: None,
    ) -> None:
        self.session = session
        self.ids: dict[tuple[str, str], str] = {}
        self.looked_up: dict[Reference, dict[str, Any]] = {}
        self._lookups = dict(lookups or {})
        self._listed: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self._indexes: dict[tuple[Any, ...], Index] = {}
        self._on_secret = on_secret

    def list(self, resource: Resource, filters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All objects of *resource* that the API shows for *filters* (options), in option shape, each once."""
        names = (resource.id_option,) if resource.id_option else (*resource.key, *resource.scope)
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for have in listed(self.session, resource, filters or {}):
            self._register(resource, have)
            found[tuple(have.get(name) for name in names)] = have
        return [*found.values()]

    def get(
        self, resource: Resource, identifier: str, within: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """One object with everything that only the single-object read shows."""
        have = get(self.session, resource, identifier, within)
        if have is not None:
            self._register(resource, have)
        return have

    def find(self, target: Target) -> dict[str, Any] | None:
        """The existing object that *target* means. Raises :class:`PlanError` when its name is ambiguous."""
        resource, options = target.resource, target.options
        identifier = options.get(resource.id_option) if resource.id_option else None
        if identifier:
            return self.get(resource, identifier, options)
        if any(isinstance(options.get(name), Reference) for name in resource.scope):
            return None  # the parent does not exist yet, so nothing can exist under it
        scope = {name: options[name] for name in resource.scope if options.get(name) is not None}
        names = (*(target.identity or resource.key), *scope)
        try:
            have = self._index(resource, names, scope, marked=True).find(target) if self._knows(resource) else None
            if have is None:
                have = self._index(resource, names, scope, marked=False).find(target)
        except ApiError as error:
            if target.absent and error.error_class is ErrorClass.ABSENT:
                return None  # without its parent it is gone as well
            raise
        return None if have is None else self.detailed(resource, dict(have), options)

    def _index(self, resource: Resource, names: tuple[str, ...], scope: Mapping[str, Any], *, marked: bool) -> Index:
        key = (marked, resource.kind, names, *scope.values())
        if key not in self._indexes:
            present = self.marked(resource, scope) if marked else self.listed(resource, scope)
            self._indexes[key] = Index(resource, names, present)
        return self._indexes[key]

    def _knows(self, resource: Resource) -> bool:
        """Whether objects of *resource* can be asked for by the marks."""
        return bool(self.marks and resource.list_tags)

    def marked(self, resource: Resource, scope: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All objects within *scope* (options) that carry one of the marks, or just all where there are none."""
        if not self._knows(resource):
            return self.listed(resource, scope)
        key = ("marked", resource.kind, *scope.values())
        if key not in self._listed:
            found = (item for mark in self.marks for item in self.list(resource, {**scope, "tags": mark}))
            self._listed[key] = [{**item, **scope} for item in found]
        return self._listed[key]

    def listed(self, resource: Resource, scope: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All objects within *scope* (options), read once in a run."""
        key = (resource.kind, *scope.values())
        if key not in self._listed:
            # A route does not repeat the gateway it was asked for in every reply; what was asked for is known.
            self._listed[key] = [{**item, **scope} for item in self.list(resource, scope)]
        return self._listed[key]

    def detailed(
        self, resource: Resource, have: dict[str, Any], options: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """*have* from a list, completed by the single-object read where an option of interest needs it."""
        wanted = [item.option for item in resource.fields if item.detail]
        if options is not None:
            wanted = [name for name in wanted if options.get(name) is not None]
        if not wanted or not (resource.get_action or resource.more_reads):
            return have
        return self.get(resource, have[resource.id_option], have) or have

    def resolve(self, value: Any) -> Any:
        """*value* with each reference replaced by the id it stands for, where that is known."""
        if isinstance(value, Reference):
            return self._known_id(value) or value
        if isinstance(value, Mapping):
            return {name: self.resolve(element) for name, element in value.items()}
        if isinstance(value, list):
            return [self.resolve(element) for element in value]
        return value

    def _known_id(self, reference: Reference) -> str | None:
        known = self.ids.get((reference.kind, reference.key))
        resource = self._lookups.get(reference.kind)
        if known or resource is None:
            return known
        found: list[dict[str, Any]] = []
        for name in ("name", resource.id_option):  # a name may look like an id, so the name is asked for first
            found = self.list(resource, {name: reference.key})
            if found:
                break
        if len(found) != 1:
            rule = (
                f"does not exist in region {self.session.options.region}"
                if not found
                else f"is the name of {len(found)}: {', '.join(sorted(item[resource.id_option] for item in found))}"
            )
            fix = f"give the name or id of an existing {resource.title} of this region" if not found else "give the id"
            raise PlanError([Problem(resource.title, shown(reference.key), rule, fix)])
        self.looked_up[reference] = found[0]
        self.ids[(reference.kind, reference.key)] = found[0][resource.id_option]
        return found[0][resource.id_option]

    def _register(self, resource: Resource, have: Mapping[str, Any]) -> None:
        for secret in secrets_of(resource.fields, have):
            self._on_secret(secret)

    def remember(self, target: Target, have: Mapping[str, Any] | None) -> None:
        """Note the id of an existing object, so that references to it resolve."""
        if have is not None and target.resource.id_option:
            self.ids[(target.resource.kind, target.key)] = have[target.resource.id_option]
