# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for an object, and for the VPN gateway that a write to one of its children locks.

Private to this collection. Nothing sleeps for a fixed time: a state is asked for until it is there or a limit is
reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import ApiError, Session
from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import ErrorClass
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Resource, decode

GATEWAY_READY = "active"
_FIRST_DELAY, _LONGEST_DELAY, _GROWTH = 0.2, 5.0, 1.5


class WaitError(Exception):
    """The limit passed before the state came; the text is meant for the user."""


def get(
    session: Session, resource: Resource, identifier: str, within: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """The object *identifier* in option shape, or ``None`` when it does not exist. Holds secrets.

    *within* holds the options of its scope, which a list may insist on.
    """
    reply: dict[str, Any] = {}
    actions = resource.more_reads
    if resource.get_action:
        actions = (resource.get_action, *actions)
    else:
        needed = {name: (within or {}).get(name) for name in resource.list_needs}
        found = [
            item
            for item in _list(session, resource, {resource.id_option: identifier, **needed})
            if decode(resource, item).get(resource.id_option) == identifier
        ]
        if not found:
            return None
        reply.update(found[0])
    try:
        for action in actions:
            reply.update(_whole(session, resource, action, {resource.id_param: identifier}))
    except ApiError as error:
        if error.error_class is ErrorClass.ABSENT:
            return None
        raise
    have = decode(resource, reply)
    # Some reads of a missing object answer with an empty one.
    return have if have.get(resource.id_option) else None


def _whole(session: Session, resource: Resource, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The reply of a single-object read whose lists may go on over several pages."""
    reply = session.call(action, params, product=resource.product)
    token = reply.get("NextToken")
    while token:
        more = session.call(action, {**params, "NextToken": token}, product=resource.product)
        reply, token = _joined(reply, more), more.get("NextToken")
    return reply


def _joined(first: Any, second: Any) -> Any:
    """Two pages of one object: lists are put together, anything else is the same in both."""
    if isinstance(first, list) and isinstance(second, list):
        return first + second
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {name: _joined(first.get(name), second[name]) for name in second} | {
            name: value for name, value in first.items() if name not in second
        }
    return second


def listed(session: Session, resource: Resource, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects that the API shows for *filters* (options and their values), in option shape. Hold secrets."""
    return (decode(resource, item) for item in _list(session, resource, filters))


def _list(session: Session, resource: Resource, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    items = session.pages(
        resource.list_action,
        resource.list_params(filters),
        resource.list_items,
        product=resource.product,
        page_size=resource.page_size,
        token_size=resource.token_size,
    )
    return (item for item in items if resource.belongs(item))


class Waiter:
    """Waits of one run; *timeout* seconds is the limit of each of them."""

    def __init__(self, session: Session, timeout: float) -> None:
        self._session = session
        self._timeout = timeout

    def until_ready(
        self,
        resource: Resource,
        identifier: str,
        within: Mapping[str, Any] | None = None,
        state: str | None = None,
    ) -> dict[str, Any]:
        """Wait until the object is usable, or in *state* where one is given, and return it.

        A new object may be invisible at first. *within*: see :func:`get`.
        """
        lifecycle = resource.lifecycle
        wanted = frozenset({state}) if state else lifecycle.ready if lifecycle else frozenset()

        def look() -> tuple[bool, str, dict[str, Any] | None]:
            have = get(self._session, resource, identifier, within)
            present = "not visible yet" if have is None else str(have.get(lifecycle.option) if lifecycle else "")
            ready = have is not None and (lifecycle is None or present in wanted)
            return ready, present, have

        have = self.until(look, f"{resource.title} {identifier}", state or "usable")
        return have or {}

    def until_gone(self, resource: Resource, identifier: str, within: Mapping[str, Any] | None = None) -> None:
        """Wait until the object does not exist any more."""

        def look() -> tuple[bool, str, None]:
            have = get(self._session, resource, identifier, within)
            state = "" if have is None else str(have.get(resource.lifecycle.option) if resource.lifecycle else "there")
            return have is None, state, None

        self.until(look, f"{resource.title} {identifier}", "gone")

    def until_let_go(self, delete: Callable[[], bool], what: str) -> None:
        """Repeat *delete* until it says that it went through."""

        def look() -> tuple[bool, str, None]:
            return delete(), "held by something that is being removed", None

        self.until(look, what, "free to be deleted")

    def until_gateway_ready(self, gateway_id: str, first_delay: float = _FIRST_DELAY) -> float:
        """Wait until the gateway takes writes again, and return when (``Pace.now``) the look began that told so.

        A gateway that is gone is nothing to wait for.
        """

        def look() -> tuple[bool, str, Any]:
            asked = self._session.pace.now()
            try:
                reply = self._session.call("DescribeVpnGateway", {"VpnGatewayId": gateway_id})
            except ApiError as error:
                if error.error_class is ErrorClass.ABSENT:
                    return True, "gone", asked
                raise
            state = str(reply.get("Status"))
            return state == GATEWAY_READY, state, asked

        return self.until(look, f"VPN gateway {gateway_id}", GATEWAY_READY, first_delay)

    def until(
        self,
        look: Callable[[], tuple[bool, str, Any]],
        what: str,
        wanted: str,
        first_delay: float = _FIRST_DELAY,
    ) -> Any:
        """Repeat *look* until it is done, and return its result. *first_delay* in seconds is the first one's; it grows.

        *look* returns whether it is done, the present state and the result; *what* and *wanted* say in a
        :class:`WaitError` what was waited for.
        """
        pace = self._session.pace
        started, delay = pace.now(), first_delay
        while True:
            done, state, result = look()
            if done:
                return result
            waited = pace.now() - started
            if waited + delay > self._timeout:
                raise WaitError(
                    f"{what} is not {wanted} but {state!r} after {waited:.0f} s; "
                    f"run again to go on from here, or raise wait_timeout (now {self._timeout:.0f} s)"
                )
            pace.sleep(pace.uniform(delay / 2, delay))
            delay = min(_LONGEST_DELAY, delay * _GROWTH)
