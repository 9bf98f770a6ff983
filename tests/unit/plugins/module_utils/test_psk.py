# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for pre-shared keys, and that no message repeats one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import is_unreadable, psk_problem

PUNCTUATION = '~!\\`@#$%^&*()_-+={}[]\\|;:",.<>/?'


@pytest.mark.parametrize(
    "key", ["a1b2c3d4", "A" * 99 + "9", PUNCTUATION, "0x1234567890", '"quoted"#key', "{{half-open"]
)
def test_keys_that_the_cloud_takes(key):
    assert psk_problem(key, "psk") is None


REFUSED = [
    ("", "is empty"),
    ("short77", "is not 8 to 100 characters long"),
    ("x7" * 51, "is not 8 to 100 characters long"),
    ("two words here", "has white space inside"),
    ("tab\tinside-key", "has white space inside"),
    ("trailing-newline\n", "begins or ends with white space"),
    (" leading-space", "begins or ends with white space"),
    ("umlaut-\u00fc-key", "has a character that the cloud does not accept"),
    ("single'quote-key", "has a character that the cloud does not accept"),
    ("{{ vault_psk }}", "is a template that was not resolved"),
    ("$ANSIBLE_VAULT;1.1;AES256", "is still encrypted"),
    ("****************", "is a masked value"),
    ("Change_Me", "is a placeholder"),
    ("<your-key-here>", "is a placeholder"),
    (12345678, "is not text"),
    (None, "is not text"),
    ({"psk": "a1b2c3d4"}, "is not text"),
]


@pytest.mark.parametrize(("key", "rule"), REFUSED)
def test_keys_that_are_refused(key, rule):
    problem = psk_problem(key, "vpn_site[store-001].psk")
    assert problem.path == "vpn_site[store-001].psk"
    assert problem.value == "(hidden)"
    assert problem.rule.startswith(rule)
    assert problem.fix


@given(st.text(alphabet=string.ascii_letters + string.digits + PUNCTUATION + " '\u00fc", max_size=120))
def test_no_message_depends_on_the_key(key):
    fixed = {str(psk_problem(refused, "psk")) for refused, _rule in REFUSED}
    problem = psk_problem(key, "psk")
    assert problem is None or str(problem) in fixed


@pytest.mark.parametrize(("value", "unreadable"), [(None, True), ("", True), ("******", True), ("a*", False)])
def test_what_is_read_back_masked_is_no_key(value, unreadable):
    assert is_unreadable(value) is unreadable
