# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.filter.site_keys import only_keys, with_psk, without_keys

CONNECTIONS = [{"name": "main-1", "role": "active", "psk": "cloud"}, {"name": "main-2", "role": "standby"}]


@pytest.mark.parametrize(
    ("psk", "keys"),
    [
        (None, ["cloud", None]),
        ("one", ["one", "one"]),
        (["first", "second"], ["first", "second"]),
        ({"main-2": "own"}, ["cloud", "own"]),
        ({}, ["cloud", None]),
    ],
    ids=["none", "text", "of each role", "by connection", "by connection, none"],
)
def test_the_key_of_each_connection(psk, keys):
    found = with_psk(CONNECTIONS, psk)
    assert [one.get("psk") for one in found] == keys
    assert [one["name"] for one in found] == ["main-1", "main-2"]
    assert CONNECTIONS[0]["psk"] == "cloud" and "psk" not in CONNECTIONS[1]


def test_the_keys_of_the_documents_are_taken_apart():
    documents = {"one": {"psk": "p", "bgp_auth_key": "b", "networks": []}, "two": {"psk": ""}, "three": "no mapping"}
    assert without_keys(documents) == {"one": {"networks": []}, "two": {}, "three": "no mapping"}
    assert only_keys(documents, "psk") == {"one": "p"}
    assert only_keys(documents, "bgp_auth_key") == {"one": "b"}
