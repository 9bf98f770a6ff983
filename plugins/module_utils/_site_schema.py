# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of the documents: which keys there are, what each may hold.

A reader is a function ``(value, path, problems) -> clean value``; it appends what is wrong to
``problems`` and then returns None, which everywhere means "not given". Rules that need more than
one value (a bandwidth and a network type) are not here but where the values meet.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    check_routed_network,
    parse_address,
    parse_tunnel_cidr,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import NAMES as DEVICE_NAMES
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import check_key
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    auth_key,
    customer_asn,
    gateway_name,
    identity,
    plain_text,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import (
    HIDDEN,
    Problem,
    Refused,
    nearest,
    one_of,
    shown,
    unknown_key,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import psk_problem, untyped_problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._scalars import boolean, integer


def _scalar(parse):
    """A reader from a function that returns the clean value or raises Refused."""

    def read(value, path, problems):
        try:
            return parse(value)
        except Refused as refused:
            problems.append(refused.at(path, value))
            return None

    return read


def _parse_text(value):
    if not isinstance(value, str):
        raise Refused("is not text", "quote it" if isinstance(value, (bool, int, float)) else "write one text value")
    if not value.strip():
        raise Refused("is empty", "write a value or remove the key")
    return str(value)


def _parse_boolean(value):
    try:
        return boolean(value)
    except ValueError:
        raise Refused("is not a boolean", "write true or false") from None


def _kept(parse, rule):
    """A reader that parses, then asks a rule of the modules' options: ``(value, path)`` -> problem or None."""
    parsed = _scalar(parse)

    def read(value, path, problems):
        clean = parsed(value, path, problems)
        broken = None if clean is None else rule(value, path)
        if broken:
            problems.append(broken)
            return None
        return clean

    return read


def _whole(lowest, highest, unit):
    def parse(value):
        try:
            number = integer(value)
        except ValueError:
            number = None
        if number is None or not lowest <= number <= highest:
            raise Refused(f"is not a whole number of {unit} from {lowest} to {highest}", "write one in that range")
        return number

    return _scalar(parse)


def _choice(*choices, number=False):
    """One of some words (in any case) or, with ``number``, of some numbers."""

    def parse(value):
        folded = {str(choice).lower(): choice for choice in choices}
        if isinstance(value, (str, int)) and str(value).strip().lower() in folded and not isinstance(value, bool):
            return folded[str(value).strip().lower()]
        suggestion = None if number else nearest(value, choices) if isinstance(value, str) else None
        raise Refused(f"is not {one_of(choices)}", f"did you mean {suggestion}?" if suggestion else "write one of them")

    return _scalar(parse)


def _only(*available, later):
    """A choice of which only some values work so far; the ``later`` ones are known and said to be missing."""
    known = _choice(*available, *later)

    def read(value, path, problems):
        word = known(value, path, problems)
        if word in later:
            problems.append(Problem(path, shown(value), "is not available yet", f"use {one_of(available)}"))
            return None
        return word

    return read


def _parse_asn(value):
    # YAML reads the two-part form 1.10 as the fraction 1.1, which would be another AS number.
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value).strip()
    raise Refused("is not an AS number", 'write a whole number, or the two-part form as text ("1.10")')


def _list_of(reader):
    """A list whose usable elements come out as ``[(path, value)]``, so that later messages can name them."""

    def read(value, path, problems):
        if not isinstance(value, (list, tuple)):
            problems.append(Problem(path, shown(value), "is not a list", "write a list, even of one: [...]"))
            return None
        if not value:
            problems.append(Problem(path, "[]", "is empty", "name at least one or remove the key"))
            return None
        elements = []
        for position, element in enumerate(value):
            own_path = f"{path}[{position}]"
            clean = reader(element, own_path, problems)
            if clean is not None:
                elements.append((own_path, clean))
        return elements or None

    return read


def _read_tags(value, path, problems):
    if not isinstance(value, Mapping):
        problems.append(Problem(path, shown(value), "is not a mapping", "write tags as key: value"))
        return None
    tags = {}
    for key, text in value.items():
        if not isinstance(key, str) or isinstance(text, (bool, float)) or not isinstance(text, (str, int)):
            problems.append(Problem(f"{path}.{key}", shown(text), "is not text", "quote the tag's key and value"))
        else:
            tags[str(key)] = str(text)
    return tags


def _read_psk(value, path, problems):
    """One key for every tunnel, or a list of one for each -> tuple of keys."""
    if not isinstance(value, (list, tuple)):
        problem = psk_problem(value, path)
        if problem:
            problems.append(problem)
        return None if problem else (str(value),)
    wrong = [psk_problem(key, f"{path}[{position}]") for position, key in enumerate(value)]
    if not value:
        wrong = [Problem(path, "[]", "is empty", "name a key or leave psk out and the cloud generates one")]
    problems.extend(problem for problem in wrong if problem)
    return None if any(wrong) else tuple(str(key) for key in value)


def _read_auth_key(value, path, problems):
    """The MD5 key of the BGP sessions."""
    problem = untyped_problem(value, path) or auth_key(value, path)
    problems.extend([problem] if problem else [])
    return None if problem else str(value)


def _as_it_is(value, _path, _problems):
    return value


def _mapping(shape):
    """A reader of a nested mapping."""
    return lambda value, path, problems: read_mapping(value, shape, path, problems)


class Values(dict):
    """The usable values of a mapping. ``given`` has all keys that were there, so that a key whose
    value is wrong is not reported once more as missing."""

    given = frozenset()


def read_mapping(value, shape, path, problems):
    """Read a mapping by its shape (key -> reader) as :class:`Values`.

    Always returns one, so that what is right can be checked further.
    """
    if not isinstance(value, Mapping):
        # Text in place of a whole document may hold anything, a key included.
        text = HIDDEN if isinstance(value, str) else shown(value)
        problems.append(Problem(path, text, "is not a mapping", "indent its keys below it"))
        return Values()
    clean = Values()
    clean.given = frozenset(key for key, given in value.items() if given is not None)
    for key, given in value.items():
        if key not in shape:
            problems.append(unknown_key(key, shape, path))
        elif given is not None:
            read = shape[key](given, f"{path}.{key}", problems)
            if read is not None:
                clean[key] = read
    return clean


_KEY = _scalar(check_key)
_TEXT = _scalar(_parse_text)
_BOOLEAN = _scalar(_parse_boolean)
_NETWORKS = _list_of(_scalar(check_routed_network))
_TUNNELS = _choice(1, 2, number=True)

GATEWAY = {
    "name": _kept(_parse_text, gateway_name),
    "vpn_gateway_id": _TEXT,
    "vpc": _TEXT,
    "vswitches": _list_of(_TEXT),
    # Only for a gateway given by its id, whose vSwitches the document need not name.
    "tunnels": _TUNNELS,
    "bandwidth": _whole(1, 1000, "Mbit/s"),
    "network_type": _choice("public", "private"),
    "vpn_type": _only("Normal", later=["NationalStandard"]),
    "charge_type": _choice("prepay", "postpay"),
    "period": _choice(1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, number=True),
    "auto_pay": _BOOLEAN,
    "enable_ipsec": _BOOLEAN,
    "enable_ssl": _BOOLEAN,
    "ssl_connections": _choice(5, 10, 20, 50, 100, 200, 500, 1000, number=True),
    "auto_propagate": _BOOLEAN,
    "description": _kept(_parse_text, plain_text),
    "resource_group_id": _TEXT,
    "tags": _read_tags,
    # What sites reach through this gateway, where gateways lead to different networks.
    "cloud_networks": _NETWORKS,
    # What names are made of, see _naming.
    "env": _KEY,
    "purpose": _KEY,
}

#: Keys that a site may set and that have a default for all sites.
_SHARED = {
    "gateways": _list_of(_KEY),
    "cloud_networks": _NETWORKS,
    "routing": _only("policy", "bgp", later=["static"]),
    "device": _choice(*DEVICE_NAMES),
    "crypto": _as_it_is,
    "allow_weak_crypto": _BOOLEAN,
    "dpd_delay": _whole(1, 3600, "seconds"),
    "tags": _read_tags,
    "env": _KEY,
    "purpose": _KEY,
    "isp": _KEY,
}

DEFAULTS = dict(_SHARED)

SITE = dict(
    _SHARED,
    state=_choice("present", "absent"),
    public_address=_scalar(parse_address),
    customer_gateway_name=_kept(_parse_text, plain_text),
    networks=_NETWORKS,
    bgp=_mapping({"asn": _kept(_parse_asn, customer_asn), "tunnel_cidrs": _list_of(_scalar(parse_tunnel_cidr))}),
    tunnels=_TUNNELS,
    psk=_read_psk,
    bgp_auth_key=_read_auth_key,
    behind_nat=_BOOLEAN,
    local_id=_kept(_parse_text, identity),
    remote_id=_kept(_parse_text, identity),
)
