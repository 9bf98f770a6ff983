# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of algorithms against the values published by the cloud and the keywords of strongSwan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto as crypto

# Written out a second time on purpose: value of the API, keyword of strongSwan.
ENCRYPTION = {
    "aes128": ("aes", "aes128"),
    "aes192": ("aes192", "aes192"),
    "aes256": ("aes256", "aes256"),
    "3des": ("3des", "3des"),
    "des": ("des", "des"),
}
INTEGRITY = {name: (name, name) for name in ("md5", "sha1", "sha256", "sha384", "sha512")}
GROUPS = {
    1: ("group1", "modp768"),
    2: ("group2", "modp1024"),
    5: ("group5", "modp1536"),
    14: ("group14", "modp2048"),
}
PFS = {"disabled": ("disabled", ""), **GROUPS}
VERSIONS = {"ikev1": ("ikev1", "1"), "ikev2": ("ikev2", "2")}
MODES = {"main": ("main", "no"), "aggressive": ("aggressive", "yes")}
EXPECTED = {
    "encryption": ENCRYPTION,
    "integrity": INTEGRITY,
    "dh_group": GROUPS,
    "pfs_group": PFS,
    "version": VERSIONS,
    "mode": MODES,
}
WEAK = {"3des", "des", "md5", "sha1", 1, 2, 5, "ikev1", "aggressive"}

lifetimes = st.integers(*crypto.LIFETIME_LIMITS)
ike_options = st.fixed_dictionaries(
    {
        "version": st.sampled_from(list(VERSIONS)),
        "mode": st.sampled_from(list(MODES)),
        "encryption": st.sampled_from(list(ENCRYPTION)),
        "integrity": st.sampled_from(list(INTEGRITY)),
        "dh_group": st.sampled_from(list(GROUPS)),
        "lifetime": lifetimes,
    }
)
ipsec_options = st.fixed_dictionaries(
    {
        "encryption": st.sampled_from(list(ENCRYPTION)),
        "integrity": st.sampled_from(list(INTEGRITY)),
        "pfs_group": st.sampled_from(list(PFS)),
        "lifetime": lifetimes,
    }
)


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_table_has_the_published_values(kind):
    found = {
        name: (crypto.spelling(kind, name, crypto.CLOUD), crypto.spelling(kind, name, crypto.STRONGSWAN))
        for name in crypto.choices(kind)
    }
    assert found == EXPECTED[kind]


@pytest.mark.parametrize("kind", EXPECTED)
def test_exactly_the_weak_ones_are_weak(kind):
    assert {choice.name for choice in crypto.TABLE[kind] if choice.weak} == WEAK & set(EXPECTED[kind])


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_word_means_two_things(kind):
    owners = {}
    for choice in crypto.TABLE[kind]:
        for word in {str(choice.name), choice.spellings[crypto.CLOUD], *choice.aliases}:
            assert owners.setdefault(word, choice.name) == choice.name


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("encryption", "AES256", "aes256"),
        ("encryption", "AES-256", "aes256"),
        ("encryption", "aes-128-cbc", "aes128"),
        ("encryption", "aes", "aes128"),
        ("encryption", "3DES", "3des"),
        ("integrity", "SHA-256", "sha256"),
        ("integrity", "sha2_256", "sha256"),
        ("integrity", "HMAC-SHA1", "sha1"),
        ("dh_group", "group14", 14),
        ("dh_group", "14", 14),
        ("dh_group", 14, 14),
        ("dh_group", "modp2048", 14),
        ("dh_group", "DH 14", 14),
        ("pfs_group", False, "disabled"),
        ("pfs_group", "none", "disabled"),
        ("version", 2, "ikev2"),
        ("version", "IKEv2", "ikev2"),
        ("mode", "Main", "main"),
    ],
)
def test_the_ways_people_write_it(kind, written, meant):
    assert crypto.canonical(kind, written) == meant


@pytest.mark.parametrize(
    ("kind", "written"),
    [("encryption", "aes512"), ("integrity", "sha386"), ("dh_group", 24), ("dh_group", "disabled"), ("version", 3)],
)
def test_unknown_words_are_not_guessed(kind, written):
    with pytest.raises(KeyError):
        crypto.canonical(kind, written)


@given(ike_options)
def test_ike_survives_the_cloud(options):
    settings = crypto.cloud_settings("ike", options)
    assert set(settings) == {"IkeVersion", "IkeMode", "IkeEncAlg", "IkeAuthAlg", "IkePfs", "IkeLifetime"}
    assert crypto.from_cloud("ike", settings) == options
    # Tunnels give their numbers back as text.
    assert crypto.from_cloud("ike", {**settings, "IkeLifetime": str(settings["IkeLifetime"])}) == options


@given(ipsec_options)
def test_ipsec_survives_the_cloud(options):
    settings = crypto.cloud_settings("ipsec", options)
    assert set(settings) == {"IpsecEncAlg", "IpsecAuthAlg", "IpsecPfs", "IpsecLifetime"}
    assert crypto.from_cloud("ipsec", settings) == options


@given(ike_options, ipsec_options)
def test_options_already_canonical_are_read_as_they_are(ike, ipsec):
    suite, problems = crypto.read_suite({"ike": ike, "ipsec": ipsec})
    assert problems == []
    assert (suite["ike"], suite["ipsec"]) == (ike, ipsec)


@given(ike_options, ipsec_options)
def test_proposals_are_one_exact_offer(ike, ipsec):
    assert crypto.strongswan_proposal(ike) == "-".join(
        [ENCRYPTION[ike["encryption"]][1], INTEGRITY[ike["integrity"]][1], GROUPS[ike["dh_group"]][1]]
    )
    group = PFS[ipsec["pfs_group"]][1]
    assert crypto.strongswan_proposal(ipsec) == "-".join(
        [ENCRYPTION[ipsec["encryption"]][1], INTEGRITY[ipsec["integrity"]][1]] + ([group] if group else [])
    )


def test_the_module_option_for_pfs_is_text():
    assert crypto.strongswan_proposal({"encryption": "aes256", "integrity": "sha256", "pfs_group": "14"}) == (
        "aes256-sha256-modp2048"
    )
    assert crypto.cloud_settings("ipsec", {"pfs_group": "14"}) == {"IpsecPfs": "group14"}


def test_absent_and_none_options_are_not_sent():
    assert crypto.cloud_settings("ike", {"encryption": "aes128", "lifetime": None}) == {"IkeEncAlg": "aes"}
    assert crypto.from_cloud("ike", {"IkePfs": None, "IkeMode": "", "Psk": "x", "LocalId": "y"}) == {}


def test_a_value_newer_than_the_table_shows_as_itself():
    assert crypto.from_cloud("ike", {"IkeEncAlg": "aes256gcm16", "IkeLifetime": "soon"}) == {
        "encryption": "aes256gcm16",
        "lifetime": "soon",
    }


def test_lifetimes_of_a_day():
    assert crypto.strongswan_ike_times(86400) == {
        "rekey_time": 77760,
        "over_time": 8640,
        "rand_time": 8640,
        "reauth_time": 0,
    }
    assert crypto.strongswan_child_times(86400) == {"life_time": 86400, "rekey_time": 77760, "rand_time": 8640}


@given(lifetimes)
def test_both_ends_end_at_the_same_second(lifetime):
    ike, child = crypto.strongswan_ike_times(lifetime), crypto.strongswan_child_times(lifetime)
    assert ike["rekey_time"] + ike["over_time"] == lifetime == child["life_time"]
    for times in (ike, child):
        assert 0.79 * lifetime <= times["rekey_time"] - times["rand_time"] < times["rekey_time"] < lifetime


@pytest.mark.parametrize(("version", "number"), [("ikev1", 1), ("ikev2", 2)])
def test_the_version_is_never_left_open(version, number):
    assert crypto.strongswan_version({"version": version}) == number


def test_aggressive_mode_is_off_unless_asked_for():
    assert [crypto.strongswan_aggressive(options) for options in ({}, {"mode": "main"}, {"mode": "aggressive"})] == [
        "no",
        "no",
        "yes",
    ]


def test_named_suites():
    modern, compatible = crypto.named_suite("modern"), crypto.named_suite("compatible")
    assert crypto.strongswan_proposal(modern["ike"]) == crypto.strongswan_proposal(modern["ipsec"])
    assert crypto.strongswan_proposal(modern["ike"]) == "aes256-sha256-modp2048"
    assert crypto.strongswan_proposal(compatible["ike"]) == "aes128-sha256-modp2048"
    assert [crypto.weaknesses(suite) for suite in (modern, compatible)] == [[], []]
    assert {problem.path for problem in crypto.weaknesses(crypto.named_suite("legacy"))} == {
        "ike.version",
        "ike.integrity",
        "ike.dh_group",
        "ipsec.integrity",
        "ipsec.pfs_group",
    }


def test_a_named_suite_is_a_copy():
    crypto.named_suite("modern")["ike"]["encryption"] = "des"
    assert crypto.named_suite("modern")["ike"]["encryption"] == "aes256"


def test_overrides_lie_over_the_base_and_leave_it_alone():
    base = crypto.named_suite("compatible")
    suite, problems = crypto.read_suite({"ike": {"lifetime": "28800"}, "dpd": "no"}, base)
    assert problems == []
    assert suite == {**base, "ike": {**base["ike"], "lifetime": 28800}, "dpd": False}
    assert base == crypto.named_suite("compatible")


def test_a_name_replaces_the_base_and_may_be_overridden_in_place():
    suite, problems = crypto.read_suite(
        {"suite": "compatible", "ipsec": {"pfs_group": False}}, crypto.named_suite("legacy")
    )
    assert problems == []
    assert suite["ike"] == crypto.named_suite("compatible")["ike"]
    assert suite["ipsec"]["pfs_group"] == "disabled"


@pytest.mark.parametrize(
    ("value", "path", "fragment"),
    [
        ("modren", "crypto", "modern, compatible or legacy"),
        (5, "crypto", "is not a named suite"),
        ({"suite": "old"}, "crypto.suite", "is not a named suite"),
        ({"ikev2": {}}, "crypto.ikev2", "did you mean ike?"),
        ({"ike": {"encrytion": "aes256"}}, "crypto.ike.encrytion", "did you mean encryption?"),
        ({"ike": "aes256"}, "crypto.ike", "is not a mapping"),
        ({"ike": {"encryption": "aes512"}}, "crypto.ike.encryption", "use aes128, aes192 or aes256"),
        ({"ike": {"encryption": ["aes256"]}}, "crypto.ike.encryption", "(a list) is not a known encryption"),
        ({"ike": {"dh_group": 24}}, "crypto.ike.dh_group", "24 is not a known dh group; use 14"),
        ({"ike": {"lifetime": 0}}, "crypto.ike.lifetime", "0 is not a lifetime in whole seconds from 60 to 86400"),
        ({"ike": {"lifetime": 86401}}, "crypto.ike.lifetime", "86401 is not"),
        ({"ipsec": {"lifetime": True}}, "crypto.ipsec.lifetime", "true is not"),
        ({"dpd": "perhaps"}, "crypto.dpd", "is not a boolean"),
    ],
)
def test_wrong_suites(value, path, fragment):
    suite, (problem,) = crypto.read_suite(value)
    assert problem.path == path
    assert fragment in str(problem)
    assert suite == crypto.named_suite("modern")


def test_aggressive_mode_contradicts_ikev2():
    suite, _none = crypto.read_suite({"ike": {"mode": "aggressive"}})
    assert [problem.path for problem in crypto.contradictions(suite)] == ["ike.mode"]
    suite, _none = crypto.read_suite({"ike": {"mode": "aggressive", "version": "ikev1"}})
    assert crypto.contradictions(suite) == []
