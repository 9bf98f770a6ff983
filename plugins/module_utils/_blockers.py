# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps an object from being deleted, found and named.

Private to this collection. The API says that something depends on the object, not what; and it says so for a while
after the last dependent is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import Session


def _every(item: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True)
class Blocker:
    """Objects of one kind that may depend on another object.

    ``title`` names the kind. ``list_action`` with ``items`` (path of the list) lists them, ``params(have)`` narrows the
    list to the object *have* (option shape) and ``matches(item, have)`` tells which of the listed ones, as the API
    shows them, depend on it. ``id_key`` is their id. Where they can be listed only within something else, ``within``
    lists that, and ``params`` is given each of those as the API shows them.
    """

    title: str
    list_action: str
    items: tuple[str, ...]
    id_key: str
    params: Callable[[Mapping[str, Any]], dict[str, Any]]
    matches: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] = _every
    product: str = "vpc"
    token_size: str = ""
    page_size: int = 50
    within: Blocker | None = None


def blocking(session: Session, blockers: tuple[Blocker, ...], have: Mapping[str, Any]) -> list[str]:
    """What depends on *have* now, as ``<title> <id>``. Raises ``ApiError``."""
    return [
        f"{kind.title} {item[kind.id_key]}"
        for kind in blockers
        for place in ([have] if kind.within is None else _listed(session, kind.within, have))
        for item in _listed(session, kind, place)
        if kind.matches(item, have)
    ]


def _listed(session: Session, kind: Blocker, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return session.pages(
        kind.list_action,
        kind.params(place),
        kind.items,
        product=kind.product,
        page_size=kind.page_size,
        token_size=kind.token_size,
    )
