# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a document, said so that its author can put it right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

#: Shown in place of a value that must not be printed.
HIDDEN = "(hidden)"
#: Shown in place of a value that was not given.
MISSING = "(missing)"

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One wrong value.

    path: where it stands, such as ``vpn_site[store-001].networks[1]``.
    value: the value as text fit for output (see :func:`shown`), never a secret.
    rule: what it breaks, worded to follow the value ("has host bits set").
    fix: what to do about it, worded as an instruction.
    """

    path: str
    value: str
    rule: str
    fix: str

    def __str__(self):
        return f"{self.path}: {self.value} {self.rule}; {self.fix}"

    def under(self, prefix):
        """The same problem with its path continued from ``prefix``."""
        if not self.path:
            return replace(self, path=prefix)
        joint = "" if self.path.startswith("[") else "."
        return replace(self, path=prefix + joint + self.path)


class Refused(ValueError):
    """A value that is not usable, wherever it stands.

    rule follows the value in a sentence, fix says what to do about it.
    """

    def __init__(self, rule, fix):
        self.rule = rule
        self.fix = fix
        super().__init__(f"{rule}; {fix}")

    def at(self, path, value):
        """The problem of this value at a path."""
        return Problem(path, shown(value), self.rule, self.fix)


class TopologyError(ValueError):
    """The documents are wrong. ``problems`` holds every reason, ``str()`` one line for each."""

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(value):
    """A value as it may appear in a message: quoted text, bare numbers, containers by their type only.

    Containers are not printed because a mapping in the wrong place may hold a key.
    """
    if value is None:
        return "(empty)"
    if isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, str):
        text = repr(str(value))
        return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + "...'"
    if isinstance(value, Mapping):
        return "(a mapping)"
    return "(a list)" if isinstance(value, (list, tuple)) else f"(a {type(value).__name__})"


def nearest(word, known):
    """The known name closest to a misspelt one, or None when none is close."""
    by_folded = {str(name).lower(): str(name) for name in known}
    matches = difflib.get_close_matches(str(word).lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def one_of(choices):
    """Choices as English: ``a, b or c``."""
    words = [str(choice) for choice in choices]
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def unknown_key(key, known, path=""):
    """The problem of a key that the document does not have, with the nearest one it has."""
    suggestion = nearest(key, known)
    fix = f"did you mean {suggestion}?" if suggestion else f"remove it; known keys are {', '.join(sorted(known))}"
    own_path = f"{path}.{key}" if path else str(key)
    return Problem(own_path, shown(key), "is not a known key", fix)
