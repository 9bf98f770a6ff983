# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine: plans against what is there and carries the plan out, for one object or for thousands.

Private to this collection. Writes to one gateway are made one after the other, different gateways are served side by
side;
objects are created in the order of their rank and deleted in the reverse order, after everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from threading import Event
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import blocking
from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import ApiError, Session
from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import ErrorClass
from ansible_collections.hybridnet.alicloud.plugins.module_utils._gateway_lock import GatewayLocks
from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import Waiter, WaitError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import (
    Change,
    Index,
    PlanError,
    Policy,
    Target,
    check_options,
    compare,
    label,
    plan,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reader import Reader
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import (
    Resource,
    encode,
    encode_tags,
    merge,
)


@dataclass(frozen=True)
class Settings:
    """How a run behaves. ``wait_timeout`` in seconds; ``on_error`` is ``stop`` or ``continue``."""

    policy: Policy = field(default_factory=Policy)
    check_mode: bool = False
    wait: bool = True
    wait_timeout: float = 900.0
    on_error: str = "stop"
    concurrency: int = 4
    # In check mode, let the service check what is to be created, where it can.
    api_dry_run: bool = False
    # Read each changed object again, so that the result shows what the service made of it.
    reread: bool = True


@dataclass
class Outcome:
    """What became of one change. ``have`` is the object afterwards (option shape, holds secrets).

    ``reached``: not so where the run stopped at an error before.
    """

    change: Change
    have: dict[str, Any] | None = None
    error: Exception | None = None
    reached: bool = True


# The two products spell it differently.
_UNTAG = {"vpc": "UnTagResources", "ecs": "UntagResources"}


class HandOverError(Exception):
    """What a create reply shows only once could not be kept; the text is meant for the user."""


class DependencyError(Exception):
    """An object was not touched because one it needs could not be made."""


class Engine(Reader):
    """One run.

    *on_created* is given the reply of each create, which may hold what is shown only once; it raises
    :class:`HandOverError` when it cannot keep it. *on_begin* is told how many objects are to be worked on, *on_done*
    each of them with what became of it, from any thread.
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        *,
        lookups: Mapping[str, Resource] | None = None,
        on_secret: Callable[[str], None] = lambda value: None,
        on_created: Callable[[Mapping[str, Any]], None] = lambda reply: None,
        on_begin: Callable[[int], None] = lambda total: None,
        on_done: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        super().__init__(session, lookups=lookups, on_secret=on_secret)
        self.settings = settings
        self.waiter = Waiter(session, settings.wait_timeout)
        self._on_created = on_created
        self._on_begin = on_begin
        self._on_done = on_done
        self.locks = GatewayLocks(self.waiter, session.pace)

    # -- planning -----------------------------------------------------------------------------------------------------

    def plan(self, targets: Iterable[Target]) -> list[Change]:
        """The changes for *targets*; every problem of all of them is reported in one :class:`PlanError`."""
        targets = sorted(targets, key=lambda target: target.resource.rank)
        problems = [problem for target in targets for problem in check_options(target)]
        if problems:
            raise PlanError(problems)
        changes = []
        for target in targets:
            try:
                target.options = self.resolve(target.options)
                if target.resource.canonical:
                    target.options = target.resource.canonical(target.options)
                have = self.find(target)
                self.remember(target, have)
                if have is not None and target.complete:
                    target.options = target.complete(target.options, have)
                changes.append(plan(target, have, self.settings.policy))
            except PlanError as error:
                problems.extend(error.problems)
        if problems:
            raise PlanError(problems)
        return changes

    # -- applying -----------------------------------------------------------------------------------------------------

    def apply(self, changes: list[Change]) -> list[Outcome]:
        """Carry out *changes* and tell what became of each. In check mode nothing is written."""
        outcomes = [Outcome(change, have=change.have) for change in changes]
        if self.settings.check_mode:
            if self.settings.api_dry_run:
                self._rehearse(outcomes)
            return outcomes
        work = [outcome for outcome in outcomes if outcome.change.changed or self._unfinished(outcome.change)]
        for outcome in work:
            outcome.reached = False
        self._on_begin(len(work))
        building = [outcome for outcome in work if outcome.change.action != "delete"]
        deleting = [outcome for outcome in work if outcome.change.action == "delete"]
        stages = [list(group) for _rank, group in groupby(building, key=lambda item: item.change.resource.rank)]
        stages += [
            list(group)
            for _rank, group in groupby(
                sorted(deleting, key=lambda item: -item.change.resource.rank),
                key=lambda item: item.change.resource.rank,
            )
        ]
        for stage in stages:
            if self.settings.on_error == "stop" and any(outcome.error for outcome in outcomes):
                break
            self._run_stage(stage)
        return outcomes

    def _rehearse(self, outcomes: Iterable[Outcome]) -> None:
        """Ask the service whether it would accept what is to be done, where it can be asked (DryRun)."""
        for outcome in outcomes:
            try:
                for action, params in self._rehearsals(outcome.change):
                    product = outcome.change.resource.product
                    if self.session.takes(action, "DryRun", product=product):
                        self._call(outcome.change.resource, action, {**params, "DryRun": True})
            except ApiError as error:
                if error.error_class is not ErrorClass.DRY_RUN:
                    outcome.error = error

    def _rehearsals(self, change: Change) -> Iterable[tuple[str, dict[str, Any]]]:
        """The actions with their parameters that *change* begins with, as far as they are known before it."""
        resource, have = change.resource, change.have or {}
        options = self.resolve(change.target.options)
        if any(_references(options)):
            return
        if change.action == "create":
            yield self._creation(resource, options)
        elif change.action == "update":
            changed = {difference.option for difference in change.differences}
            yield from self._update_calls(resource, have, merge(resource.fields, have, options), changed)
        elif change.action == "delete":
            detachments = list(resource.detach(have)) if resource.detach else []
            # What it is attached to holds it until it is detached: before that, the delete would be refused.
            yield from detachments or [(resource.delete_action, self._deletion(resource, have))]

    def _run_stage(self, stage: list[Outcome]) -> None:
        queues: dict[str, list[Outcome]] = {}
        for number, outcome in enumerate(stage):
            queues.setdefault(self._lock_of(outcome.change) or f"free-{number % self.settings.concurrency}", []).append(
                outcome
            )

        stopped = Event()

        def run(queue: list[Outcome]) -> None:
            last: Outcome | None = None
            for outcome in queue:
                if stopped.is_set():
                    break
                if last:
                    self._on_done(last)
                last = outcome
                last.reached = True
                try:
                    self._execute(last)
                except (ApiError, WaitError, DependencyError, HandOverError) as error:
                    last.error = error
                    if self.settings.on_error == "stop":
                        stopped.set()
            if last:
                self._settle(last)
                self._on_done(last)

        with ThreadPoolExecutor(max_workers=max(1, min(self.settings.concurrency, len(queues)))) as pool:
            for future in [pool.submit(run, queue) for queue in queues.values()]:
                future.result()

    def _settle(self, last: Outcome) -> None:
        """See the writes of a queue to their end, of which *last* made the last one."""
        gateway_id = self._lock_of(last.change)
        try:
            if gateway_id:
                self.locks.settle(gateway_id)
        except (ApiError, WaitError) as error:
            last.error = last.error or error

    def _unfinished(self, change: Change) -> bool:
        """Whether an object needs no change but an earlier run, cut off, has not seen it become usable."""
        lifecycle = change.resource.lifecycle
        if change.action != "none" or change.have is None or lifecycle is None or not self.settings.wait:
            return False
        return not change.target.absent and change.have.get(lifecycle.option) not in lifecycle.ready

    def _lock_of(self, change: Change) -> str | None:
        parent = change.resource.parent
        if not parent:
            return None
        return self.resolve((change.have or {}).get(parent) or change.target.options.get(parent))

    def _execute(self, outcome: Outcome) -> None:
        change = outcome.change
        change.target.options = self._without_references(change)
        if change.action in ("delete", "recreate"):
            self._delete(change)
            outcome.have = None
        if change.action in ("create", "recreate"):
            outcome.have = self._create(change)
        elif self._unfinished(change):
            outcome.have = self._ready(
                change.resource, (change.have or {})[change.resource.id_option], change.have or {}
            )
        elif change.action == "update":
            options = {difference.option for difference in change.differences}
            outcome.have = self._update(change, self._settled(change), options)
        self.remember(change.target, outcome.have)

    def _call(
        self,
        resource: Resource,
        action: str,
        params: Mapping[str, Any],
        when_busy: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        whole = {**resource.constants.get(action, {}), **params}
        return self.session.call(action, whole, product=resource.product, when_busy=when_busy)

    def _settled(self, change: Change) -> dict[str, Any]:
        """The object to be updated, once it is out of the state it is only passing through."""
        resource, have = change.resource, change.have or {}
        lifecycle = resource.lifecycle
        if lifecycle is None or resource.parent or have.get(lifecycle.option) in lifecycle.ready:
            return have
        return self.waiter.until_ready(resource, have[resource.id_option], have)

    def _without_references(self, change: Change) -> dict[str, Any]:
        options = self.resolve(change.target.options)
        missing = next(_references(options), None)
        if missing is not None:
            raise DependencyError(
                f"{label(change.resource, options)}: not touched, because the {missing} could not be made"
            )
        return options

    def _create(self, change: Change) -> dict[str, Any]:
        resource, want = change.resource, change.target.options
        tags = want.get("tags") or {}
        reply = self._write(change, *self._creation(resource, want))
        self._on_created(reply)
        identifier = reply.get(resource.id_param) if resource.id_option else None
        if resource.created_id:
            identifier = resource.created_id(reply)
        have = dict(want)
        if identifier:
            have[resource.id_option] = identifier
            self.ids[(resource.kind, change.target.key)] = identifier
            # Before any waiting: a run that is cut off must leave an object that can be told to be ours.
            if tags and not resource.tags_at_create:
                self._tag(resource, identifier, set_tags=tags)
        self._after_write(change, have)
        later = [
            item for item in resource.fields if item.verb and not item.create and want.get(item.option) is not None
        ]
        if identifier and (later or self.settings.reread):
            have = self._ready(resource, identifier, have)
            differences = compare(later, want, have, self.settings.policy, [])
            if differences:
                have = self._update(change, have, {difference.option for difference in differences})
        if not resource.id_option and self.settings.reread:
            return self._seen(change, have)
        return have

    def _creation(self, resource: Resource, want: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The action that creates an object, with its parameters."""
        params = encode(resource.fields, want, creating=True)
        if want.get("tags") and resource.tags_at_create:
            params[resource.tags_at_create] = encode_tags(want["tags"])
        return resource.choose_create(want) if resource.choose_create else resource.create_action, params

    def _deletion(self, resource: Resource, have: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that delete an object."""
        return resource.build_delete(have) if resource.build_delete else {resource.id_param: have[resource.id_option]}

    def _seen(self, change: Change, have: dict[str, Any]) -> dict[str, Any]:
        """An object without an id as the service shows it now; *have* while a list does not show it yet."""
        resource = change.resource
        scope = {name: have[name] for name in resource.scope}
        present = ({**item, **scope} for item in self.list(resource, scope))
        index = Index(resource, (*resource.key, *scope), present)
        return dict(index.find(Target(resource, key="", options=have)) or have)

    def _ready(
        self, resource: Resource, identifier: str, have: dict[str, Any], state: str | None = None
    ) -> dict[str, Any]:
        """The object after a write; waited for when the run waits, and in any case when a second write must follow."""
        have = (
            self.waiter.until_ready(resource, identifier, have, state)
            if self.settings.wait
            else (self.get(resource, identifier, have) or have)
        )
        self._register(resource, have)
        return have

    def _update(self, change: Change, have: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
        resource, want = change.resource, change.target.options
        merged = merge(resource.fields, have, want)
        identifier = have.get(resource.id_option) if resource.id_option else None
        for number, (action, params) in enumerate(self._update_calls(resource, have, merged, options)):
            if number and identifier and resource.lifecycle:
                # What the call before began must end first.
                self.waiter.until_ready(resource, identifier, have)
            self._write(change, action, params)
            self._after_write(change, merged)
        if change.action == "update":
            self._tag(resource, identifier, change.tags_set, change.tags_unset)
        if identifier and self.settings.reread:
            lifecycle = resource.lifecycle
            return self._ready(resource, identifier, merged, want.get(lifecycle.option) if lifecycle else None)
        if not resource.id_option and self.settings.reread:
            return self._seen(change, merged)
        return merged

    def _update_calls(
        self, resource: Resource, have: Mapping[str, Any], merged: Mapping[str, Any], options: set[str]
    ) -> list[tuple[str, dict[str, Any]]]:
        """The actions with their parameters that turn *have* into *merged*, which differ in *options*."""
        by_verb: dict[str, list[Any]] = {}
        for item in resource.fields:
            if item.option in options:
                by_verb.setdefault(item.verb, []).append(item)
        return [call for name, items in by_verb.items() for call in self._calls(resource, name, items, have, merged)]

    def _calls(
        self, resource: Resource, name: str, items: list[Any], have: Mapping[str, Any], merged: Mapping[str, Any]
    ) -> Iterable[tuple[str, dict[str, Any]]]:
        """The actions of the verb *name* with their parameters, for the fields *items* that differ."""
        verb = resource.verbs[name]
        if verb.calls:
            return verb.calls(have, merged)
        if verb.build:
            return [(verb.action, verb.build(have, merged, {item.option for item in items}))]
        # A write-only option cannot be compared; it rides along with the first change of its verb.
        silent = [item for item in resource.fields if item.verb == name and not item.readable]
        params = {resource.id_param: have.get(resource.id_option), **encode([*items, *silent], merged, creating=False)}
        return [(verb.action, params)]

    def _tag(
        self, resource: Resource, identifier: str | None, set_tags: Mapping[str, str], unset: Sequence[str] = ()
    ) -> None:
        where = {"ResourceType": resource.tag_type, "ResourceId": [identifier]}
        for names in _batches(sorted(set_tags), 20):
            tags = encode_tags({name: set_tags[name] for name in names})
            self.session.call("TagResources", {**where, "Tag": tags}, product=resource.product)
        for names in _batches(unset, 20):
            params = {**where, "TagKey": list(names)}
            self.session.call(_UNTAG[resource.product], params, product=resource.product)

    def _delete(self, change: Change) -> None:
        resource, have = change.resource, change.have or {}
        identifier = have.get(resource.id_option) if resource.id_option else None
        for action, detachment in resource.detach(have) if resource.detach else ():
            self._write(change, action, detachment)
            if identifier and resource.lifecycle:
                self.waiter.until_ready(resource, identifier, have)
        params = self._deletion(resource, have)
        self.waiter.until_let_go(lambda: self._delete_unless_used(change, have, params), label(resource, have))
        # Of many, the gateway's return to active tells that one is gone.
        watched = self.settings.wait and (self.settings.reread or not resource.parent)
        if identifier and resource.lifecycle and (watched or change.action == "recreate"):
            self.waiter.until_gone(resource, identifier, have)
        self._after_write(change, have)

    def _delete_unless_used(self, change: Change, have: Mapping[str, Any], params: dict[str, Any]) -> bool:
        """Whether the delete went through. What is gone already counts; what others use raises, naming them."""
        resource = change.resource
        try:
            self._write(change, resource.delete_action, params)
        except ApiError as error:
            if error.error_class is ErrorClass.ABSENT:
                return True
            if not resource.blockers or not str(error.code).startswith("DependencyViolation"):
                raise
            users = blocking(self.session, resource.blockers, have)
            if users or not self.settings.wait or resource.other_blockers:
                named = f"{resource.title} {label(resource, have)} is still used by {', '.join(users)}"
                message = f"{named}; remove them first" if users else error.message
                raise ApiError(
                    error.action, error.code, message, request_id=error.request_id, status=error.status
                ) from error
            return False  # the last of them is gone, and the service has yet to notice
        return True

    def _write(self, change: Change, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Call a writing *action* for *change* when its gateway should take it, and in any case once it does."""
        gateway_id = self._lock_of(change)
        if not gateway_id:
            return self._call(change.resource, action, params)
        self.locks.before_write(gateway_id)
        return self._call(change.resource, action, params, when_busy=lambda: self.locks.refused(gateway_id))

    def _after_write(self, change: Change, have: Mapping[str, Any]) -> None:
        """The parent's return to active is the completion of a child's write."""
        parent = change.resource.parent
        gateway_id = have.get(parent) if parent else None
        if not gateway_id:
            return
        if self.settings.wait:
            self.locks.written(gateway_id, to_the_end=self.settings.reread)
        else:
            self.locks.forget(gateway_id)


def _references(value: Any) -> Iterable[Reference]:
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Mapping):
        for element in value.values():
            yield from _references(element)
    elif isinstance(value, list):
        for element in value:
            yield from _references(element)


def _batches(names: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))
