# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads a class of the SDK's requests and replies when it is asked for.

Each SDK has 1,700 and more of them, each action's in modules of their own, and its package ``models`` imports them all:
that is 40 % of the processor time of a task that makes a call or two.
"""

from __future__ import annotations

import importlib
import re
import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

_REEXPORT = re.compile(r"from \.(\w+) import (\w+)")
#: What such a file may hold besides: comments, the future statement and the list ``__all__``.
_OTHER_LINE = re.compile(r"(#.*|from __future__ import annotations|__all__ = \[|    ['\"]?\w+['\"]?,?|\]|)")


def defer_models(package: str) -> None:
    """Let ``<package>.models`` import each class on its first use; ImportError when there is no such package.

    Only where that module is a package that does nothing but re-export classes, one in a line, and is not imported yet;
    any other is left to a plain import.
    """
    name = f"{package}.models"
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        return
    modules = _reexports(spec.loader.get_source(name))
    if modules is None:
        return
    models = module_from_spec(spec)

    def load(attribute: str) -> Any:
        if attribute not in modules:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        value = getattr(importlib.import_module(f"{name}.{modules[attribute]}"), attribute)
        setattr(models, attribute, value)
        return value

    models.__getattr__ = load
    sys.modules[name] = models


def _reexports(source: str) -> dict[str, str] | None:
    """Class name -> module of a file that only re-exports; None when it does anything else."""
    modules = {}
    for line in source.splitlines():
        found = _REEXPORT.fullmatch(line)
        if found:
            modules[found[2]] = found[1]
        elif not _OTHER_LINE.fullmatch(line):
            return None
    return modules
