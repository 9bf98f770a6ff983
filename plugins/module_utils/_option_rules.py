# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of single module options: ``rule(value, path)`` returns a :class:`Problem` or ``None``.

Private to this collection. Sources: the published parameter descriptions of the actions named at each rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    AddressError,
    check_customer_address,
    check_routed_network,
    parse_address,
    parse_network,
    parse_tunnel_cidr,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import asn_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, one_of, shown

#: The cloud's own AS number (CreateVpnConnection, BgpConfig.LocalAsn).
CLOUD_ASN = 45104
#: LocalSubnet and RemoteSubnet of one connection.
MOST_NETWORKS = 10


_GATEWAY_NAME = re.compile(r"[^\W\d_][\w.\-]{1,99}")
_IDENTITY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def gateway_name(value: str, path: str) -> Problem | None:
    """CreateVpnGateway (Name)."""
    if _GATEWAY_NAME.fullmatch(value):
        return None
    rule = "is not 2 to 100 letters, digits, dots, dashes or underscores, the first one a letter"
    return Problem(path, shown(value), rule, "change the name")


def plain_text(value: str, path: str) -> Problem | None:
    """Name of a customer gateway or connection, any Description: 1 to 100 characters that do not start like a URL."""
    if 1 <= len(value) <= 100 and not value.lower().startswith(("http://", "https://")):
        return None
    return Problem(path, shown(value), "is not 1 to 100 characters without http:// in front", "change it")


def identity(value: str, path: str) -> Problem | None:
    """CreateVpnConnection (LocalId, RemoteId): an address or a domain name."""
    if len(value) <= 100 and _IDENTITY.fullmatch(value):
        return None
    rule = "is not an address or domain name of at most 100 characters"
    return Problem(path, shown(value), rule, "write one such as 198.51.100.10 or store-001.example.com")


def whole_number(lowest: int, highest: int, unit: str = "") -> Callable[[Any, str], Problem | None]:
    """A number within limits."""

    def check(value: int, path: str) -> Problem | None:
        if lowest <= value <= highest:
            return None
        rule = f"is not between {lowest} and {highest}{' ' + unit if unit else ''}"
        return Problem(path, shown(value), rule, "choose a number in that range")

    return check


def one_of_the_words(words: Iterable[Any]) -> Callable[[Any, str], Problem | None]:
    """One of the values that the API has for an option, in the option's own spelling."""
    # A group may be a number or its digits.
    known = [str(word) for word in words]

    def check(value: Any, path: str) -> Problem | None:
        if str(value) in known:
            return None
        return Problem(path, shown(value), "is not a value that the API has", f"use {one_of(known)}")

    return check


def auth_key(value: str, path: str) -> Problem | None:
    """CreateCustomerGateway (AuthKey): the MD5 key of the BGP session."""
    if 1 <= len(value) <= 64 and value.isascii() and " " not in value and "?" not in value:
        return None
    return Problem(path, HIDDEN, "is not 1 to 64 ASCII characters without spaces and '?'", "choose another key")


def asn(value: Any, path: str) -> Problem | None:
    """An AS number, plain or in two parts (RFC 5396)."""
    try:
        number = asn_number(value)
    except ValueError:
        return Problem(
            path, shown(value), "is not an AS number", "write a number such as 65010, or two parts such as 1.10"
        )
    if 1 <= number <= 4294967295:
        return None
    return Problem(path, shown(value), "is not between 1 and 4294967295", "use another AS number")


def customer_asn(value: Any, path: str) -> Problem | None:
    """CreateCustomerGateway (Asn)."""
    broken = asn(value, path)
    if broken is None and asn_number(value) == CLOUD_ASN:
        return Problem(path, shown(value), "belongs to the cloud side", "use a private AS number such as 65010")
    return broken


def _by_parsing(parse: Callable[[Any], Any]) -> Callable[[Any, str], Problem | None]:
    def check(value: Any, path: str) -> Problem | None:
        try:
            parse(value)
        except AddressError as error:
            return Problem(path, shown(value), error.rule, error.fix)
        return None

    return check


address = _by_parsing(parse_address)
network = _by_parsing(parse_network)
tunnel_cidr = _by_parsing(parse_tunnel_cidr)
route_network = _by_parsing(check_routed_network)
# Whether the VPN gateway is a private one is not known to the option, so private addresses are left to the API.
customer_address = _by_parsing(lambda value: check_customer_address(value, private_link=True))


def networks(value: list[str], path: str) -> Problem | None:
    """CreateVpnConnection (LocalSubnet, RemoteSubnet)."""
    if not 1 <= len(value) <= MOST_NETWORKS:
        rule = f"are not 1 to {MOST_NETWORKS} networks"
        return Problem(path, f"{len(value)} networks", rule, "split them over several connections")
    return next(
        (broken for broken in (network(item, f"{path}[{index}]") for index, item in enumerate(value)) if broken), None
    )
