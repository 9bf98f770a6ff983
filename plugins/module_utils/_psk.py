# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of a site, and the rules for pre-shared ones. No message here ever holds a key or a part of one.

Source: CreateVpnConnection, IkeConfig.Psk: 1 to 100 characters, letters, digits and
``~!\\`@#$%^&*()_-+={}[]\\|;:",.<>/?``, no space.
"""

from __future__ import annotations

import re
import string

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem

#: What Ansible must never show of a site, each with the option of the modules for whole sites that hides it.
KEYS = {"psk": "psks", "bgp_auth_key": "bgp_auth_keys"}

#: Ours is stricter than the API's 1: Ansible hides a secret by replacing its text in the output,
#: which for a key of a few characters garbles everything else; and such a key is guessed at once.
PSK_LENGTH = (8, 100)
PSK_CHARACTERS = frozenset(string.ascii_letters + string.digits + '~!`@#$%^&*()_-+={}[]\\|;:",.<>/?')

#: Without dashes and underscores, in lower case.
_PLACEHOLDERS = frozenset(("changeme", "changeit", "replaceme", "placeholder", "password", "presharedkey", "12345678"))


def is_unreadable(value):
    """Whether a key read back from the cloud says nothing: empty, or masked with asterisks."""
    return not value or not str(value).strip("*")


def untyped_problem(key, path):
    """A key has to be text: what YAML reads as a number may have lost digits. None when it is."""
    if isinstance(key, str):
        return None
    return Problem(path, HIDDEN, "is not text", "quote it, so that YAML does not read it as something else")


def psk_problem(value, path):
    """The first rule that a pre-shared key breaks, or None."""
    problem = untyped_problem(value, path)
    if problem:
        return problem
    rule_and_fix = _broken_rule(value)
    return Problem(path, HIDDEN, *rule_and_fix) if rule_and_fix else None


def _broken_rule(value):
    low, high = PSK_LENGTH
    if not value:
        return "is empty", "set it, or leave psk out and the cloud generates one"
    if "{{" in value and "}}" in value:
        return "is a template that was not resolved", "define the variable it names"
    if value.startswith("$ANSIBLE_VAULT"):
        return "is still encrypted", "write it as a !vault value or put the file in the vault"
    if not value.strip("*"):
        return "is a masked value, not a key", "write the key itself"
    if re.sub("[-_]", "", value.lower()) in _PLACEHOLDERS or (value.startswith("<") and value.endswith(">")):
        return "is a placeholder", "set a random key, such as 32 letters and digits"
    if value != value.strip():
        return "begins or ends with white space", "remove it (in a template: | trim)"
    if any(character.isspace() for character in value):
        return "has white space inside", "use a key without spaces"
    if not low <= len(value) <= high:
        return f"is not {low} to {high} characters long", "set a random key, such as 32 letters and digits"
    if not PSK_CHARACTERS.issuperset(value):
        allowed = "".join(sorted(PSK_CHARACTERS - set(string.ascii_letters + string.digits)))
        return "has a character that the cloud does not accept", f"use letters, digits and {allowed}"
    return None
