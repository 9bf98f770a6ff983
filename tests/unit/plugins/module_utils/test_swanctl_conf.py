# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf

READ = [
    ("a = b", {"a": "b"}),
    ("a=b=c", {"a": "b=c"}),
    ("a =", {"a": None}),
    ("a = b   c\td", {"a": "b c d"}),
    ('a = b "c  d" e', {"a": "b c  d e"}),
    ('a = "x # } \\" \\\\ \\n\\t\\q"', {"a": 'x # } " \\ \n\tq'}),
    ('a = "two\nlines"', {"a": "two\nlines"}),
    ('a = "joined\\\nlines"', {"a": "joinedlines"}),
    ("a = b # comment }\nc = d", {"a": "b", "c": "d"}),
    ("# only a comment", {}),
    ("a { b = c }", {"a": {"b": "c"}}),
    ("a\n\n{\nb { c = d }\n}", {"a": {"b": {"c": "d"}}}),
    ("a { b = 1 }\na { b = 2\n c = 3 }", {"a": {"b": "2", "c": "3"}}),
    ("a : b, c.d { e = f }", {"a": {"e": "f"}}),
    ("a = {x", {"a": "{x"}),
    ("include = x", {"include": "x"}),
    ("a = b\r\nc { d = e\r\n}\r\n", {"a": "b", "c": {"d": "e"}}),
]


@pytest.mark.parametrize(("text", "tree"), READ, ids=[text for text, _tree in READ])
def test_read(text, tree):
    assert conf.parse_text(text).as_dict() == tree


REFUSED = [
    ("a {\n b = c\n", 1, "section 'a' is opened here and never closed"),
    ("a = b\n}\n", 2, "unexpected '}'"),
    ("a {\n b\n}\n", 2, "'b' is neither a setting nor a section"),
    ("a b = c", 1, "'a' is neither a setting nor a section"),
    ('a = b\nc = "d\n\n', 2, "a string starts here and never ends"),
    ('\n"a" = b', 2, "unexpected '\"'"),
    ("a.b = c", 1, "'a' is neither a setting nor a section"),
    ("= b", 1, "unexpected '='"),
    ("{ }", 1, "unexpected '{'"),
    ("a : { b = c\n}", 1, "section 'a' refers to nothing"),
    ("a : b = c", 1, "section 'a' has no body"),
    ("a { b = {}\n}", 2, "unexpected '}'"),
]


@pytest.mark.parametrize(("text", "line", "message"), REFUSED, ids=[text for text, _line, _message in REFUSED])
def test_refused(text, line, message):
    with pytest.raises(conf.SyntaxProblem) as caught:
        conf.parse_text(text, "x.conf")
    assert (caught.value.line, caught.value.message) == (line, message)
    assert str(caught.value).startswith(f"x.conf:{line}: {message}; ")


names = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True).filter(lambda name: name != "include")
values = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(
    st.recursive(st.dictionaries(names, values, max_size=3), lambda child: st.dictionaries(names, child, max_size=3))
)
def test_what_is_written_is_read_back(tree):
    assert conf.parse_text(conf.render(tree)).as_dict() == tree


def tree_of(tmp_path, overlay=None):
    overlay = {str(tmp_path / name): text for name, text in (overlay or {}).items()}
    return conf.FileTree(str(tmp_path / "swanctl.conf"), overlay).read()


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "swanctl.conf").write_text("a { b = 1 }\ninclude conf.d/*.conf\n")
    (tmp_path / "conf.d" / "one.conf").write_text("a { c = 2 }\n")
    return tmp_path


def test_includes_are_followed_and_merged(directory):
    (directory / "conf.d" / "ignored.txt").write_text("}")
    tree = tree_of(directory)
    assert tree.problems == []
    assert tree.root.as_dict() == {"a": {"b": "1", "c": "2"}}
    assert tree.root.find("a").paths == [str(directory / "swanctl.conf"), str(directory / "conf.d" / "one.conf")]


def test_an_include_within_a_section_adds_to_that_section(tmp_path):
    (tmp_path / "swanctl.conf").write_text("a {\n include part\n}\n")
    (tmp_path / "part").write_text("b = c\n")
    assert tree_of(tmp_path).root.as_dict() == {"a": {"b": "c"}}


def test_an_include_that_matches_nothing_is_no_problem(tmp_path):
    (tmp_path / "swanctl.conf").write_text('include "none here/*.conf"\ninclude /nowhere/*\n')
    assert tree_of(tmp_path).problems == []


def test_coming_files_replace_those_on_disk(directory):
    tree = tree_of(directory, {"conf.d/one.conf": None, "conf.d/two.conf": "a { d = 3 }"})
    assert tree.root.as_dict() == {"a": {"b": "1", "d": "3"}}


def test_problems_of_all_files_are_reported(directory):
    (directory / "conf.d" / "one.conf").write_text("a {\n")
    tree = tree_of(directory, {"conf.d/two.conf": "\n}\n"})
    assert [(problem.path.rsplit("/", 1)[1], problem.line) for problem in tree.problems] == [
        ("one.conf", 1),
        ("two.conf", 2),
    ]


def test_files_that_include_each_other_end(directory):
    (directory / "conf.d" / "one.conf").write_text("include one.conf\n")
    assert [problem.message for problem in tree_of(directory).problems] == ["files include each other"]
