"""Tests of real packets and real machines: need root and Linux, and make labs of their own under pytest's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.identity import Lab, lab_at
from lab.preflight import data_plane_problem
from lab.removal import remove
from lab.state_folder import claim

#: Begun last, one of these would keep one worker busy long after the other has nothing left.
LONGEST = ("test_both_ends.py", "test_diagnose.py", "test_tutorial.py", "test_tunnel_health.py", "test_bgp.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; and without root or the tools nothing here can run: say why."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    problem = data_plane_problem()
    if problem:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=problem))


@pytest.fixture(scope="module")
def plane_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab identity for tests of the data plane alone; everything it made is removed at the end."""
    lab = lab_at(tmp_path_factory.mktemp("plane") / "state")
    claim(lab)
    yield lab
    remove(lab)
