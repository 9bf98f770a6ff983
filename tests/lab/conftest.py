"""The data plane's tests: need root and Linux, use namespaces and daemons of labs of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.identity import Lab, lab_at
from lab.preflight import data_plane_problem
from lab.removal import remove


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without root or the tools nothing here can run: say why, once per test."""
    problem = data_plane_problem()
    if problem:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=problem))


def eventually(condition: Callable[[], object], what: str, limit: float = 15.0) -> float:
    """Wait until ``condition()`` is true; the seconds it took. Fails with ``what`` after ``limit`` seconds."""
    start = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - start
        if time.monotonic() - start > limit:
            pytest.fail(f"not within {limit:.0f} s: {what}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def plane_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab identity for tests of the data plane alone; everything it made is removed at the end."""
    os.environ.pop("LAB_STATE", None)
    lab = lab_at(tmp_path_factory.mktemp("plane") / "state")
    lab.state.mkdir()
    yield lab
    remove(lab)
