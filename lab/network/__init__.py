"""The lab's data plane: real strongSwan in Linux network namespaces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lab.identity import lab_at

if TYPE_CHECKING:
    from lab.network.plane import LinuxDataPlane


class DataPlaneUnavailable(Exception):
    """This machine cannot carry packets for the lab; the text is one sentence with the fix."""


def open_data_plane(state_dir: Path) -> LinuxDataPlane:
    """The data plane of the lab whose state folder is ``state_dir``; starts empty, whatever was there before.

    Raises DataPlaneUnavailable when not root, not on Linux, or a tool or device is missing.
    """
    from lab.preflight import data_plane_problem

    problem = data_plane_problem()
    if problem:
        raise DataPlaneUnavailable(problem)
    from lab.network.plane import LinuxDataPlane

    return LinuxDataPlane(lab_at(state_dir))
