# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are made of the user's, and tags."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _naming as naming

KEYS = st.from_regex(naming._KEY, fullmatch=True)


@pytest.mark.parametrize(
    ("site", "gateway", "name"),
    [
        ("store-001", "main", "store-001-main-2"),
        ("Store_001.example.com", "Main.EU", "store_001-example-com-main-eu-2"),
    ],
)
def test_peer_names_stay_readable(site, gateway, name):
    assert naming.peer_name(site, gateway, 2) == name


@given(KEYS, KEYS, st.sampled_from([1, 2]))
def test_peer_names_fit_files_and_sections(site, gateway, tunnel):
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", naming.peer_name(site, gateway, tunnel))


def test_long_peer_names_stay_apart():
    names = {naming.peer_name("a" * 60 + ending, "main", tunnel) for ending in "bc" for tunnel in (1, 2)}
    assert len(names) == 4
    assert {len(name) for name in names} == {60}


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({"": "x"}, "has 0 characters"),
        ({"k" * 65: "x"}, "has 65 characters"),
        ({"aliyunkey": "x"}, "with aliyun or acs: in front"),
        ({"acs:rm": "x"}, "with aliyun or acs: in front"),
        ({"see-http://x": "x"}, "a URL in it"),
        ({"hybridnet:owner": "me"}, "marks what this collection made"),
        ({"k": "v" * 129}, "has 129 characters"),
        ({"k": "http://example.com"}, "a URL in it"),
        ({"k": "acs:x"}, "with aliyun or acs: in front"),
    ],
)
def test_wrong_tags(tags, rule):
    (problem,) = naming.tag_problems(tags, "tags")
    assert rule in problem.rule
    assert problem.path == f"tags.{next(iter(tags))}"


def test_right_tags():
    assert naming.tag_problems({"env": "prod", "cost center": "4711", "k" * 64: "", "purpose": "v" * 128}, "tags") == []
    assert naming.tag_problems({"k" * 128: ""}, "tags", naming.LONGEST_GATEWAY_TAG_KEY) == []


def test_our_own_tags_count():
    tags = {f"k{number}": "" for number in range(19)}
    assert naming.tag_count_problem(tags, "tags", 1) is None
    assert "more than the 18" in naming.tag_count_problem(tags, "tags", 2).rule
