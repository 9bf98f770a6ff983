# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How option values are spelled on the wire, both ways, and when two of them mean the same.

Private to this collection. The API reads and writes the same value differently: a bandwidth is sent as ``10`` and comes
back as ``"10M"``, a switch is sent as ``True`` and comes back as ``"enable"`` or ``"true"``. Each such pair is a codec.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import (
    CLOUD,
    CLOUD_KEYS,
    from_cloud,
    recognised,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import spelling as crypto_spelling


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Codec:
    """One spelling.

    ``to_api`` makes the wire value of an option, ``from_api`` the option of a wire value (never given ``None``),
    ``normal`` the form in which two options are compared. ``accept`` makes the option of what a user may write for it;
    what it does not know it returns as it is, for the field's rule to refuse.
    """

    to_api: Callable[[Any], Any] = _same
    from_api: Callable[[Any], Any] = _same
    normal: Callable[[Any], Any] = _same
    accept: Callable[[Any], Any] = _same

    def with_(self, **functions: Callable[[Any], Any]) -> Codec:
        """The same spelling but for the named *functions*."""
        return replace(self, **functions)


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in ("true", "enable", "1", "yes")


def _integer(value: Any) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"-?\d+", text) else None


def _megabits(value: Any) -> int | None:
    """``"10M"`` (Spec) as 10."""
    return _integer(str(value).rstrip("Mm"))


def _networks(value: Any) -> list[str]:
    return [part.strip() for part in str(value).split(",") if part.strip()]


def asn_number(value: Any) -> int:
    """An AS number as an integer; accepts the two-part form ``hi.lo`` (RFC 5396 asdot+). Raises ``ValueError``."""
    text = str(value).strip()
    if re.fullmatch(r"\d+\.\d+", text):
        high, low = (int(part) for part in text.split("."))
        if high > 65535 or low > 65535:
            raise ValueError(text)
        return high * 65536 + low
    return int(text)


def _asn_or_none(value: Any) -> int | None:
    try:
        return asn_number(value)
    except ValueError:
        return None


def algorithm(section: str, option: str) -> Codec:
    """An option of ``ike`` or ``ipsec``, in any spelling that :func:`canonical` knows.

    A word that the table lacks is kept, so that it shows as a difference.
    """
    key = CLOUD_KEYS[section][option]
    return Codec(
        to_api=lambda value: crypto_spelling(option, value, CLOUD),
        from_api=lambda value: from_cloud(section, {key: value}).get(option),
        normal=lambda value: str(value).lower(),
        accept=lambda value: recognised(option, value),
    )


TEXT = Codec()
WORD = Codec(from_api=lambda value: str(value).lower(), normal=lambda value: str(value).lower())
BOOLEAN = Codec(from_api=_boolean)
# Inside the JSON-text blocks and the health check the API takes and gives switches as text.
TEXT_BOOLEAN = Codec(to_api=lambda value: "true" if value else "false", from_api=_boolean)
INTEGER = Codec(from_api=_integer)
MEGABITS = Codec(from_api=_megabits)
ASN = Codec(to_api=asn_number, from_api=_asn_or_none, normal=_asn_or_none)
NETWORKS = Codec(
    to_api=",".join,
    from_api=_networks,
    # Order carries no meaning in a set of traffic selectors.
    normal=lambda value: sorted(set(value)),
)
PEM = Codec(normal=lambda value: str(value).strip())
