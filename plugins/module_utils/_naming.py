# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and tags: the ones we give, and what the cloud accepts of the user's.

Sources: CreateCustomerGateway and CreateVpnConnection (Name, Tags), TagResources.
"""

from __future__ import annotations

import hashlib
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, Refused, shown

OWNER_TAG = "hybridnet:owner"
SITE_TAG = "hybridnet:site"
OWN_TAGS = "hybridnet:"

#: Characters in the name of a customer gateway or a connection.
LONGEST_NAME = 100
LONGEST_TAG_VALUE = 128
MOST_TAGS = 20
#: Tags that travel in a create call. A VPN gateway takes none there: TagResources allows its keys 128.
LONGEST_TAG_KEY = 64
LONGEST_GATEWAY_TAG_KEY = 128

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = ("aliyun", "acs:")
_URL = re.compile(r"https?://", re.IGNORECASE)
_LONGEST_PEER_NAME = 60


def vpn_gateway_name(env, region, vpc):
    """``vpg-<env>-<region>-<vpc>``; vpc is written as in the document, a name or an id."""
    return f"vpg-{env}-{region}-{vpc}"


def customer_gateway_name(site, isp=None):
    """``cgw-<site>-<isp>``, or ``cgw-<site>`` where the document names no ISP."""
    return "-".join(part for part in ("cgw", site, isp) if part)


def connection_name(site, gateway, env=None, purpose=None):
    """``ipsec-<site>-<env>-<purpose>``, or ``ipsec-<site>-<gateway key>`` where the document does not name both."""
    return f"ipsec-{site}-{env}-{purpose}" if env and purpose else f"ipsec-{site}-{gateway}"


def peer_name(site, gateway, tunnel):
    """The name of one tunnel on the site's host: ``<site>-<gateway>-<1|2>``.

    It becomes a swanctl section and a file name, so it matches ``[a-z0-9][a-z0-9_-]{0,59}``: other
    characters become dashes, and a longer one is cut and told apart by a digest of the whole.
    """
    whole = f"{site}-{gateway}"
    plain = re.sub(r"[^a-z0-9_-]", "-", whole.lower())
    ending = f"-{tunnel}"
    if len(plain) + len(ending) > _LONGEST_PEER_NAME:
        digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
        plain = f"{plain[: _LONGEST_PEER_NAME - len(ending) - len(digest) - 1]}-{digest}"
    return plain + ending


def check_key(key):
    """The name of a site or the key of a gateway; other names and every message are made of it. Raises Refused."""
    if isinstance(key, str) and _KEY.fullmatch(key):
        return str(key)
    rule = "is not made of letters, digits, dots, dashes and underscores with a letter or digit first"
    raise Refused(rule, "rename it (a number: quote it)")


def made_name_problem(name, key, path):
    """The length of a name made from the key of a site (and of a gateway), as a problem of that key, or None."""
    if len(name) <= LONGEST_NAME:
        return None
    rule = f"makes a name of {len(name)} characters ({name[:20]}...) where the cloud takes {LONGEST_NAME}"
    return Problem(path, shown(key), rule, "use a shorter name")


def tag_problems(tags, path, longest_key=LONGEST_TAG_KEY):
    """Every rule that single tags of a mapping (text to text) break."""
    problems = []
    for key, value in tags.items():
        refused = _refused_tag_key(key, longest_key) or _refused_tag_value(value)
        if refused:
            problems.append(Problem(f"{path}.{key}", *refused))
    return problems


def _refused_tag_key(key, longest):
    if not 1 <= len(key) <= longest:
        return shown(key), f"has {len(key)} characters where a tag key may have 1 to {longest}", "change it"
    if key.lower().startswith(_RESERVED) or _URL.search(key):
        return shown(key), "is a tag key with aliyun or acs: in front or a URL in it", "rename it"
    if key.startswith(OWN_TAGS):
        return shown(key), f"is a tag key that marks what this collection made ({OWN_TAGS}*)", "rename it"
    return None


def _refused_tag_value(value):
    if len(value) > LONGEST_TAG_VALUE:
        return shown(value), f"has {len(value)} characters where a tag value may have {LONGEST_TAG_VALUE}", "shorten it"
    if value.lower().startswith(_RESERVED) or _URL.search(value):
        return shown(value), "is a tag value with aliyun or acs: in front or a URL in it", "change it"
    return None


def tag_count_problem(tags, path, own):
    """More tags than one object takes, counting the ``own`` ones that we add; or None."""
    room = MOST_TAGS - own
    if len(tags) <= room:
        return None
    rule = f"tags are more than the {room} that fit beside our own ({MOST_TAGS} on one object)"
    return Problem(path, str(len(tags)), rule, "remove some")
