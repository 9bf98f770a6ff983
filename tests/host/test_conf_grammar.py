"""The parser of swanctl.conf against strongSwan's own, on thousands of texts that are nearly right."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf

LIBRARY = "/usr/lib/ipsec/libstrongswan.so.0"
PIECES = (
    *("a", "b", "c", "x", "{", "}", "=", '"', "\n", " ", "#", "\\", ".", ":", ",", "\t", "\r", "= ", "a {\n", "}\n"),
    *("b = c\n", '"s"', '\\"', "\\n", "=1", "\r\n", "include ", "include y\n"),
)
KEYS = ("a", "b", "c", "x", "a.a", "a.b", "a.c", "b.a")
TEXTS = 20_000

# Runs in a process of its own: the library prints what it refuses, and has state.
ASK_STRONGSWAN = """
import ctypes, json, os, sys
directory = sys.argv[1]
os.environ["STRONGSWAN_CONF"] = directory + "/strongswan.conf"
library = ctypes.CDLL(sys.argv[2])
library.library_init.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
if not library.library_init(None, b"test"):
    sys.exit("libstrongswan does not start")
library.settings_create.restype = ctypes.c_void_p
settings = library.settings_create(None)
# settings_t is a table of functions: get_str is the first, load_files the fifteenth (settings/settings.h).
table = ctypes.cast(settings, ctypes.POINTER(ctypes.c_void_p))
get_text = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)(table[0])
load = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_bool)(table[14])
path = directory + "/text.conf"
for line in sys.stdin:
    with open(path, "w", newline="") as stream:
        stream.write(json.loads(line))
    values = None
    if load(settings, path.encode(), False):
        found = [get_text(settings, key.encode(), None) for key in json.loads(sys.argv[3])]
        values = [value and value.decode() for value in found]
    print(json.dumps(values))
"""


def read_here(text: str) -> list | None:
    """The values of KEYS, None for a text that is refused."""
    try:
        root = conf.parse_text(text)
    except conf.SyntaxProblem:
        return None
    paths = [key.split(".") for key in KEYS]
    return [root.find(*sections).settings.get(name) for *sections, name in paths]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_parsers_accept_the_same_texts_and_read_the_same_values(tmp_path, seed):
    (tmp_path / "strongswan.conf").write_text("")
    chance = random.Random(seed)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 14))) for _number in range(TEXTS)]
    # An include between a name and its '=' is accepted by strongSwan by accident; values of a section that refers to
    # others also come from those.
    texts = [text for text in texts if "include" not in text.lstrip()[1:] and ":" not in text]
    process = subprocess.run(
        [sys.executable, "-c", ASK_STRONGSWAN, str(tmp_path), LIBRARY, json.dumps(KEYS)],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    assert len(answers) == len(texts)
    assert any(answer is None for answer in answers)
    assert any(answer is not None for answer in answers)
    different = [text for text, answer in zip(texts, answers, strict=True) if read_here(text) != answer]
    assert different == []
