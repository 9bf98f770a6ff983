# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Booleans and whole numbers as they arrive from YAML and from templates.

A templated value may reach us as text (``"True"``, ``"28800"``), so text is accepted where it can
mean only one thing. A boolean is never a number, although Python says so.
"""

from __future__ import annotations

_TRUE = frozenset(("true", "yes", "on"))
_FALSE = frozenset(("false", "no", "off"))


def boolean(value):
    """``True`` or ``False``; raises ValueError for anything that is neither."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("not a boolean")


def integer(value):
    """An int; raises ValueError for booleans, fractions and text that is not plain ASCII digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        digits = value.strip()
        # The length limit keeps a pasted blob from becoming a number that takes minutes to print.
        if digits.isascii() and digits.isdigit() and len(digits) <= 12:
            return int(digits)
    raise ValueError("not a whole number")
