"""The state folder: taken into use, held while a command changes the lab, and removed, only if it is a lab's."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from lab.errors import LabError
from lab.identity import Lab

_SIGN = ".hybridnet-lab"
"""A file that says: everything in this folder was made by a lab and may be removed with it."""


def claim(lab: Lab) -> None:
    """Make the state folder, or check that it is a lab's. Raises LabError for a folder that holds anything else."""
    lab.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    sign = lab.state / _SIGN
    if not sign.exists():
        if any(lab.state.iterdir()):
            raise LabError(f"{lab.state} holds files that are not a lab's: set LAB_STATE to a new or empty folder.")
        sign.touch()


@contextmanager
def exclusive(lab: Lab) -> Iterator[None]:
    """Held by whatever changes a lab, so that two commands do not. Makes the state folder if there is none."""
    while True:
        claim(lab)
        handle = os.open(lab.state, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LabError(f"Lab {lab.name} is being changed by another command: wait until it ends.") from None
            # ``down`` removes the folder while it holds the lock.
            if lab.state.exists() and os.fstat(handle).st_ino == lab.state.stat().st_ino:
                yield
                return
        finally:
            os.close(handle)


def remove_state(lab: Lab) -> None:
    """Remove the folder when it is a lab's, and ``.lab`` around it when that is empty then."""
    if not (lab.state / _SIGN).exists():
        return
    shutil.rmtree(lab.state)
    if lab.state.parent.name == ".lab" and not any(lab.state.parent.iterdir()):
        lab.state.parent.rmdir()
