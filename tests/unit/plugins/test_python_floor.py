"""What runs on managed hosts is held to Python 3.8 by the linter, all of it."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "ansible_collections.hybridnet.alicloud."
# Keyword arguments that the linter does not know to be newer than 3.8.
NEWER_KEYWORDS = {("dataclass", "slots"), ("dataclass", "kw_only"), ("zip", "strict")}
# Calls that came with 3.9.
NEWER_METHODS = {"removeprefix", "removesuffix"}


def imports(path: Path) -> set[Path]:
    """The files of this collection that PATH imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith(PREFIX):
                candidate = ROOT / (name[len(PREFIX) :].replace(".", "/") + ".py")
                if candidate.is_file():
                    found.add(candidate)
    return found


def sent_to_hosts() -> list[Path]:
    """The modules and programs that run on managed hosts and everything they import."""
    modules = ROOT / "plugins" / "modules"
    waiting = [*modules.glob("strongswan_*.py"), modules / "gateway_firewall_info.py"]
    waiting += (ROOT / "roles").glob("*/files/**/*.py")
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(imports(path))
    return sorted(found)


FILES = sent_to_hosts()


def held_to_python_38() -> list[str]:
    """The patterns of pyproject.toml whose target is Python 3.8 (tomllib is newer than the oldest Python in use)."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = text.split("[tool.ruff.per-file-target-version]", 1)[1].split("\n[", 1)[0]
    return re.findall(r'^"([^"]+)" = "py38"$', table, flags=re.MULTILINE)


def test_there_are_such_files():
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_linter_knows_the_floor(path):
    name = str(path.relative_to(ROOT))
    assert any(fnmatch(name, pattern) for pattern in held_to_python_38()), f"add {name} to pyproject.toml"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_newer_than_python_38(path):
    """What the linter's syntax check cannot see: calls and keywords of later versions, unions evaluated at run time."""
    newer = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            newer += [f"{name}({keyword.arg}=)" for keyword in node.keywords if (name, keyword.arg) in NEWER_KEYWORDS]
            newer += [name] if name in NEWER_METHODS else []
    assert not newer
