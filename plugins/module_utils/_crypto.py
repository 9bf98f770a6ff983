# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of IPsec algorithms, the named suites, and what both ends make of them.

Everything here speaks the canonical vocabulary of the site document and of the module options::

    ike:   version ikev1|ikev2, mode main|aggressive, encryption aes128|aes192|aes256|3des|des,
           integrity md5|sha1|sha256|sha384|sha512, dh_group 1|2|5|14, lifetime (seconds)
    ipsec: encryption, integrity (as above), pfs_group disabled|1|2|5|14, lifetime (seconds)

Sources: CreateVpnConnection (IkeConfig, IpsecConfig) for the cloud's values, the strongSwan
documentation of IKEv2 cipher suites for its keywords, swanctl.conf(5) for its times, and
RFC 2404, 2451, 3602 and 4868 for block, IV and ICV sizes.

Runs on managed hosts too: standard library only, Python 3.8 and later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import (
    Problem,
    one_of,
    shown,
    unknown_key,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._scalars import boolean, integer

CLOUD = "cloud"
STRONGSWAN = "strongswan"

#: Seconds. The API documents 0 to 86400 and gives 0 no meaning; below a minute
#: the margin left for a rekey (a tenth) is shorter than an exchange over a slow line.
LIFETIME_LIMITS = (60, 86400)


@dataclass(frozen=True)
class Choice:
    """One value of the vocabulary.

    name: canonical value (an int for groups).
    spellings: dialect -> token. A further device family is a further dialect here.
    aliases: other ways people write it, accepted in documents (see :func:`_folded`).
    weak: why it is refused unless weak cryptography is allowed; empty when it is sound.
    block, iv, icv: octets that ESP spends on it (block and IV of a cipher, ICV of a hash).
    """

    name: object
    spellings: Mapping
    aliases: tuple = ()
    weak: str = ""
    sizes: Mapping = field(default_factory=dict)


def _cipher(name, cloud, block, *aliases, weak=""):
    return Choice(name, {CLOUD: cloud, STRONGSWAN: name}, aliases, weak, {"block": block, "iv": block})


def _hash(name, icv, *aliases, weak=""):
    return Choice(name, {CLOUD: name, STRONGSWAN: name}, aliases, weak, {"icv": icv})


def _group(number, modp, weak=""):
    return Choice(number, {CLOUD: f"group{number}", STRONGSWAN: modp}, (f"dh{number}", modp), weak)


_ENCRYPTION = (
    _cipher("aes128", "aes", 16, "aes128cbc"),
    _cipher("aes192", "aes192", 16, "aes192cbc"),
    _cipher("aes256", "aes256", 16, "aes256cbc"),
    _cipher("3des", "3des", 8, "des3", "tripledes", "3descbc", weak="its 64-bit blocks repeat within hours of traffic"),
    _cipher("des", "des", 8, "descbc", weak="its 56-bit key is found in a day"),
)
_INTEGRITY = (
    _hash("md5", 12, "hmacmd5", weak="MD5 is broken"),
    _hash("sha1", 12, "sha", "hmacsha1", weak="SHA-1 is broken"),
    _hash("sha256", 16, "sha2256", "hmacsha256"),
    _hash("sha384", 24, "sha2384", "hmacsha384"),
    _hash("sha512", 32, "sha2512", "hmacsha512"),
)
_GROUPS = (
    _group(1, "modp768", weak="a 768-bit group is within reach of one organisation"),
    _group(2, "modp1024", weak="a 1024-bit group is within reach of a state"),
    _group(5, "modp1536", weak="a 1536-bit group is below the 2048 bits asked for today"),
    _group(14, "modp2048"),
)
# With PFS disabled an ESP proposal simply names no group.
_NO_PFS = Choice("disabled", {CLOUD: "disabled", STRONGSWAN: ""}, ("none", "off", "no", "false"))

#: kind of value -> its choices, in the order messages list them.
TABLE = {
    "version": (
        Choice("ikev1", {CLOUD: "ikev1", STRONGSWAN: "1"}, ("1", "v1"), weak="IKEv1 is retired (RFC 9395)"),
        Choice("ikev2", {CLOUD: "ikev2", STRONGSWAN: "2"}, ("2", "v2")),
    ),
    "mode": (
        Choice("main", {CLOUD: "main", STRONGSWAN: "no"}),
        Choice(
            "aggressive",
            {CLOUD: "aggressive", STRONGSWAN: "yes"},
            weak="aggressive mode sends a hash of the pre-shared key in clear",
        ),
    ),
    "encryption": _ENCRYPTION,
    "integrity": _INTEGRITY,
    "dh_group": _GROUPS,
    "pfs_group": (_NO_PFS,) + _GROUPS,
}

#: kind of value -> the ShangMi algorithms. Only IPsec connections of SM gateways have them, and no strongSwan can be
#: their peer, so they are no part of the vocabulary of site documents.
SHANGMI = {"encryption": ("sm4",), "integrity": ("sm3",)}

#: section -> option -> key of the API's IkeConfig and IpsecConfig (single tunnel),
#: TunnelIkeConfig and TunnelIpsecConfig (dual tunnel).
CLOUD_KEYS = {
    "ike": {
        "version": "IkeVersion",
        "mode": "IkeMode",
        "encryption": "IkeEncAlg",
        "integrity": "IkeAuthAlg",
        "dh_group": "IkePfs",
        "lifetime": "IkeLifetime",
    },
    "ipsec": {
        "encryption": "IpsecEncAlg",
        "integrity": "IpsecAuthAlg",
        "pfs_group": "IpsecPfs",
        "lifetime": "IpsecLifetime",
    },
}

_SUITES = {
    "modern": {
        "ike": {"version": "ikev2", "encryption": "aes256", "integrity": "sha256", "dh_group": 14},
        "ipsec": {"encryption": "aes256", "integrity": "sha256", "pfs_group": 14},
    },
    "compatible": {
        "ike": {"version": "ikev2", "encryption": "aes128", "integrity": "sha256", "dh_group": 14},
        "ipsec": {"encryption": "aes128", "integrity": "sha256", "pfs_group": 14},
    },
    "legacy": {
        "ike": {"version": "ikev1", "encryption": "aes128", "integrity": "sha1", "dh_group": 2},
        "ipsec": {"encryption": "aes128", "integrity": "sha1", "pfs_group": 2},
    },
}
SUITE_NAMES = tuple(_SUITES)
_DAY = 86400


def choices(kind):
    """The canonical values of a kind, such as ``choices("encryption")``."""
    return [choice.name for choice in TABLE[kind]]


def _sound(kind):
    """The choices to recommend."""
    return [choice.name for choice in TABLE[kind] if not choice.weak and choice is not _NO_PFS]


def named_suite(name):
    """A fresh copy of a named suite: ``{ike: {...}, ipsec: {...}, dpd: bool, nat_traversal: bool}``.

    Raises KeyError for a name that is not in :data:`SUITE_NAMES`.
    """
    suite = _SUITES[name]
    return {
        "ike": dict(suite["ike"], mode="main", lifetime=_DAY),
        "ipsec": dict(suite["ipsec"], lifetime=_DAY),
        "dpd": True,
        "nat_traversal": True,
    }


def _folded(word):
    """A spelling without what people vary: case, dashes, underscores, spaces (``SHA-256`` -> ``sha256``)."""
    return "".join(character for character in str(word).lower() if character not in "-_ ")


def _index(kind, words):
    return {_folded(word): choice for choice in TABLE[kind] for word in words(choice)}


_BY_WORD = {
    kind: _index(kind, lambda choice: (choice.name, choice.spellings[CLOUD]) + choice.aliases) for kind in TABLE
}
_BY_CLOUD = {kind: _index(kind, lambda choice: (choice.spellings[CLOUD],)) for kind in TABLE}
_BY_NAME = {kind: {str(choice.name): choice for choice in TABLE[kind]} for kind in TABLE}


def canonical(kind, value):
    """The canonical form of a value however it is written (``AES-256``, ``SHA256``, ``group14``).

    Raises KeyError for a value outside the table.
    """
    return _BY_WORD[kind][_folded(value)].name


def recognised(kind, value):
    """The canonical form of a value, one of :data:`SHANGMI` included; an unknown value as it is."""
    if _folded(value) in SHANGMI.get(kind, ()):
        return _folded(value)
    try:
        return canonical(kind, value)
    except KeyError:
        return value


def spelling(kind, value, dialect):
    """A canonical value in the words of a dialect (:data:`CLOUD`, :data:`STRONGSWAN`)."""
    if dialect == CLOUD and value in SHANGMI.get(kind, ()):
        return value
    return _BY_NAME[kind][str(value)].spellings[dialect]


def sizes(kind, value):
    """What ESP spends on a cipher (``block``, ``iv``) or a hash (``icv``), in octets."""
    return _BY_NAME[kind][str(value)].sizes


def cloud_settings(section, options):
    """Canonical options of ``ike`` or ``ipsec`` as the API's IkeConfig or IpsecConfig.

    Options that are absent or None stay absent: the caller decides what "not managed" means.
    ``{"encryption": "aes128", "dh_group": 14}`` -> ``{"IkeEncAlg": "aes", "IkePfs": "group14"}``
    """
    settings = {}
    for option, key in CLOUD_KEYS[section].items():
        value = options.get(option)
        if value is not None:
            settings[key] = int(value) if option == "lifetime" else spelling(option, value, CLOUD)
    return settings


def from_cloud(section, settings):
    """The reverse of :func:`cloud_settings` for what Describe calls return.

    Lifetimes come back as numbers (single tunnel) or as text (tunnels): both become ints. A value
    the table lacks is returned as it is, so that a newer API shows as a difference, not as a crash.
    Keys other than those of :data:`CLOUD_KEYS` (Psk, LocalId, RemoteId) are left to the caller.
    """
    options = {}
    for option, key in CLOUD_KEYS[section].items():
        value = settings.get(key)
        if value in (None, ""):
            continue
        if option == "lifetime":
            try:
                options[option] = integer(value)
            except ValueError:
                options[option] = value
        else:
            known = _BY_CLOUD[option].get(_folded(value))
            options[option] = known.name if known else value
    return options


def strongswan_proposal(options):
    """The one proposal of an ike or ipsec mapping: ``aes256-sha256-modp2048``.

    An ipsec mapping (``pfs_group``) whose PFS is disabled has no third part. No PRF is named: for
    these ciphers strongSwan derives it from the integrity algorithm. Exactly one proposal, because
    a list would let the two ends agree on something that neither document says.
    """
    group = "pfs_group" if "pfs_group" in options else "dh_group"
    parts = [spelling(kind, options[kind], STRONGSWAN) for kind in ("encryption", "integrity", group)]
    return "-".join(part for part in parts if part)


def strongswan_version(options):
    """``version`` of a swanctl connection: 1 or 2, never 0 (which would accept both)."""
    return int(spelling("version", options["version"], STRONGSWAN))


def strongswan_aggressive(options):
    """``aggressive`` of a swanctl connection: ``yes`` or ``no``."""
    return spelling("mode", options.get("mode") or "main", STRONGSWAN)


def strongswan_ike_times(lifetime):
    """Times of a swanctl connection, in seconds, for an IKE lifetime of the cloud.

    rekey_time + over_time is exactly the lifetime: the hard end on both sides. rand_time is
    strongSwan's default (= over_time), written out, so rekeying starts between 0.8 and 0.9 of it.
    reauth_time 0: IKEv2 rekeys without a break; IKEv1 re-authenticates at rekey_time anyway.
    """
    margin = lifetime // 10
    return {"rekey_time": lifetime - margin, "over_time": margin, "rand_time": margin, "reauth_time": 0}


def strongswan_child_times(lifetime):
    """Times of a swanctl child, in seconds, for an IPsec lifetime of the cloud (life_time = hard end)."""
    margin = lifetime // 10
    return {"life_time": lifetime, "rekey_time": lifetime - margin, "rand_time": margin}


def _read_option(option, value, path):
    """One option of ``ike`` or ``ipsec`` -> (canonical value or None, problem or None)."""
    if option == "lifetime":
        low, high = LIFETIME_LIMITS
        try:
            seconds = integer(value)
        except ValueError:
            seconds = -1
        if low <= seconds <= high:
            return seconds, None
        rule = f"is not a lifetime in whole seconds from {low} to {high}"
        return None, Problem(path, shown(value), rule, f"use {high} (a day) unless both ends need less")
    if isinstance(value, (str, int)):
        try:
            return canonical(option, value), None
        except KeyError:
            pass
    kind = option.replace("_", " ")
    return None, Problem(path, shown(value), f"is not a known {kind}", f"use {one_of(_sound(option))}")


def read_section(section, values, path=""):
    """Check and normalise an ``ike`` or ``ipsec`` mapping, which may be partial.

    Returns (options, problems). None counts as "not given".
    """
    path = path or section
    if not isinstance(values, Mapping):
        fix = f"write its options below it: {', '.join(CLOUD_KEYS[section])}"
        return {}, [Problem(path, shown(values), "is not a mapping", fix)]
    options, problems = {}, []
    for option, value in values.items():
        if option not in CLOUD_KEYS[section]:
            problems.append(unknown_key(option, CLOUD_KEYS[section], path))
        elif value is not None:
            clean, problem = _read_option(option, value, f"{path}.{option}")
            if problem:
                problems.append(problem)
            else:
                options[option] = clean
    return options, problems


_SUITE_KEYS = ("suite", "ike", "ipsec", "dpd", "nat_traversal")


def read_suite(value, base=None, path="crypto"):
    """Check a ``crypto`` value and lay it over a base suite.

    value: None (the base as it is), the name of a suite (replaces the base), or a mapping of
    ``{suite, ike, ipsec, dpd, nat_traversal}`` whose ``suite`` replaces the base and whose other
    keys override single settings of it.
    base: a complete suite; ``modern`` when None.

    Returns (suite, problems); the suite is complete and canonical even when there are problems
    (wrong settings keep the base's value), so that later checks can still run.
    """
    suite = named_suite("modern") if base is None else _copy(base)
    if value is None:
        return suite, []
    if not isinstance(value, Mapping):
        return _read_suite_name(value, suite, path)
    problems = []
    if value.get("suite") is not None:
        suite, problems = _read_suite_name(value["suite"], suite, path + ".suite")
    for key, given in value.items():
        own_path = f"{path}.{key}"
        if key not in _SUITE_KEYS:
            problems.append(unknown_key(key, _SUITE_KEYS, path))
        elif given is None or key == "suite":
            continue
        elif key in CLOUD_KEYS:
            options, wrong = read_section(key, given, own_path)
            suite[key].update(options)
            problems.extend(wrong)
        else:
            try:
                suite[key] = boolean(given)
            except ValueError:
                problems.append(Problem(own_path, shown(given), "is not a boolean", "write true or false"))
    return suite, problems


def _read_suite_name(value, base, path):
    name = _folded(value) if isinstance(value, str) else None
    if name in SUITE_NAMES:
        return named_suite(name), []
    fix = f"use {one_of(SUITE_NAMES)}, or a mapping with ike and ipsec"
    return base, [Problem(path, shown(value), "is not a named suite", fix)]


def _copy(suite):
    return dict(suite, ike=dict(suite["ike"]), ipsec=dict(suite["ipsec"]))


def weaknesses(suite):
    """Every weak choice of a complete suite as a problem with a path such as ``ike.version``.

    The caller refuses them, or, with ``allow_weak_crypto``, passes them on as warnings.
    """
    found = []
    for section, keys in CLOUD_KEYS.items():
        for option in keys:
            choice = _BY_NAME.get(option, {}).get(str(suite[section].get(option)))
            if choice and choice.weak:
                rule = f"is weak: {choice.weak}"
                fix = f"use {one_of(_sound(option))}, or set allow_weak_crypto: true to accept it"
                found.append(Problem(f"{section}.{option}", shown(choice.name), rule, fix))
    return found


def contradictions(suite):
    """Combinations that no peer can negotiate although each value is valid by itself; paths as in weaknesses."""
    ike = suite["ike"]
    if ike["version"] == "ikev2" and ike["mode"] == "aggressive":
        rule = "exists only in IKEv1, but version is ikev2"
        return [Problem("ike.mode", shown(ike["mode"]), rule, "remove it")]
    return []
