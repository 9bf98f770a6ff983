"""Connections with certificates: their options, identities and files. What openssl judges is tested on hosts."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----"
KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"


def connection(**changes):
    given = {
        "name": "office-1",
        "remote_address": "203.0.113.11",
        "local_id": "head.example.com",
        "remote_id": "C=CN, O=Example Co, CN=office",
        "auth": "pubkey",
        "certificate": CERTIFICATE,
        "private_key": KEY,
        "ca_certificates": [CERTIFICATE],
        "local_networks": ["10.1.0.0/16"],
        "remote_networks": ["10.2.0.0/16"],
        **changes,
    }
    result = ArgumentSpecValidator(model.connection_options()).validate(given)
    assert not result.error_messages
    return result.validated_parameters


def problems(**changes):
    return ["%s" % problem for problem in model.connection_problems([connection(**changes)])]


def test_a_correct_connection_has_no_problem():
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"psk": "secret"}, "psk: (hidden) is of no use with auth pubkey"),
        ({"certificate": None}, "certificate: (missing) is not given"),
        ({"private_key": None}, "private_key: (missing) is not given"),
        ({"ca_certificates": []}, "ca_certificates: (missing) is not given"),
        ({"certificate": "own.pem"}, "certificate: 'own.pem' is neither PEM text nor a path"),
        ({"private_key": "secret.key"}, "private_key: (hidden) is neither PEM text nor a path"),
        ({"auth": "psk", "psk": "secret"}, "certificate: (given) is of no use with auth psk"),
        ({"local_id": "two words"}, "local_id: 'two words' is not an identity"),
    ],
)
def test_options_that_cannot_work_are_named(changes, words):
    found = problems(**changes)
    assert any(words in one for one in found), found
    assert "secret" not in str(found)


def test_a_subject_is_no_identity_for_a_key():
    found = problems(auth="psk", psk="x", certificate=None, private_key=None, ca_certificates=None)
    assert any("remote_id: 'C=CN, O=Example Co, CN=office' is not an identity" in one for one in found)


SUBJECT = "C=CN, O=Example Co, CN=head"
NAMES = ["DNS:Head.example.com", "IP Address:198.51.100.10", "IP Address:2001:DB8:0:0:0:0:0:1", "email:vpn@example.com"]


@pytest.mark.parametrize(
    "identity",
    ["head.example.com", "@head.example.com", "198.51.100.10", "2001:db8::1", "vpn@example.com", SUBJECT]
    + ["c=cn,o=Example Co,cn=HEAD"],
)
def test_identities_of_a_certificate(identity):
    assert credentials.in_certificate(identity, SUBJECT, NAMES)


@pytest.mark.parametrize(
    "identity", ["head", "example.com", "198.51.100.11", "CN=head", "O=Example Co, C=CN, CN=head", "other@example.com"]
)
def test_other_identities(identity):
    assert not credentials.in_certificate(identity, SUBJECT, NAMES)


def test_the_authorities_of_one_option_are_files_of_their_own():
    chain = connection(ca_certificates=[CERTIFICATE + "\n" + CERTIFICATE.replace("b25l", "dHdv"), CERTIFICATE])
    wanted = files.wanted("/s/conf.d", [chain])
    assert sorted(wanted) == [
        "/s/conf.d/hybridnet-office-1.conf",
        "/s/private/hybridnet-office-1.pem",
        "/s/x509/hybridnet-office-1.pem",
        "/s/x509ca/hybridnet-office-1-1.pem",
        "/s/x509ca/hybridnet-office-1-2.pem",
        "/s/x509ca/hybridnet-office-1-3.pem",
    ]
    assert {files.name_of(path) for path in wanted} == {"office-1"}
    remote = model.connection_tree(chain)["connections"]["office-1"]["remote"]
    assert remote["cacerts"] == "hybridnet-office-1-1.pem, hybridnet-office-1-2.pem, hybridnet-office-1-3.pem"
    assert "secret" not in str(model.connection_tree(chain))


def test_files_of_others_are_nobody_s():
    assert [
        files.name_of(path) for path in ("/s/x509/other.pem", "/s/private/hybridnet-a.key", "/s/x509ca/x-1.pem")
    ] == [
        None,
        None,
        None,
    ]


def test_the_diff_shows_certificates_and_no_key():
    before = files.wanted("/s/conf.d", [connection()])
    after = files.wanted("/s/conf.d", [connection(private_key=KEY.replace("c2VjcmV0", "b3RoZXI="))])
    for shown in (files.diff({}, before), files.diff(before, after), files.diff(before, {})):
        assert "c2VjcmV0" not in str(shown) and "b3RoZXI" not in str(shown)
    (changed,) = files.diff(before, after)
    assert (changed["before"], changed["after"]) == ("(hidden)\n", "(hidden, changed)\n")
    assert "b25l" in str(files.diff({}, before))


def test_the_folder_of_swanctl_is_the_one_that_exists(tmp_path):
    places = [str(tmp_path / "etc/swanctl"), str(tmp_path / "etc/strongswan/swanctl")]
    assert daemon.find_swanctl_dir(None, places) == places[0]
    os.makedirs(places[1])
    assert daemon.find_swanctl_dir(None, places) == places[1]
    os.makedirs(places[0])
    assert daemon.find_swanctl_dir(None, places) == places[0]
    assert daemon.find_swanctl_dir("/given", places) == "/given"
