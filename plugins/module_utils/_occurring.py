# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of many secrets occur in a result, in time that grows with the result alone.

Private to this collection. Ansible's scrubber looks for each secret in each text: with a key for each of a thousand
sites that takes longer than the run. Nearly always none of them is there, and it need not look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# The cloud's shortest pre-shared key.
_PIECE = 8


def occurring(secrets: Iterable[str], result: Any) -> set[str]:
    """The *secrets* that are part of any text, number or key in *result* (nested mappings and lists)."""
    short = set()
    by_start: dict[str, list[str]] = {}
    for secret in secrets:
        if len(secret) < _PIECE:
            short.add(secret)
        else:
            by_start.setdefault(secret[:_PIECE], []).append(secret)
    found = set()
    for text in set(_texts(result)):
        found.update(secret for secret in short if secret in text)
        for start in range(len(text) - _PIECE + 1 if by_start else 0):
            for secret in by_start.get(text[start : start + _PIECE], ()):
                if text.startswith(secret, start):
                    found.add(secret)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, element in value.items():
            yield str(key)
            yield from _texts(element)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "surrogateescape")
    else:
        yield str(value)
