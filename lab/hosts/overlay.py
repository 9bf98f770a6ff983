"""A file system of one's own over a shared one."""

from __future__ import annotations

from pathlib import Path

from lab.errors import LabError
from lab.identity import Lab
from lab.removal import mounts_below
from lab.system.command import CommandFailed, run


def mount_overlay(lab: Lab, base: Path, folder: Path) -> Path:
    """Mount ``base`` with changes kept in ``folder`` at ``folder/root``, unless it is; returns that.

    Raises LabError when the folder's file system is not fit for it.
    """
    root = folder / "root"
    for part in ("upper", "work", "root"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if root in mounts_below(folder):
        return root
    # Short paths without special characters: overlayfs separates its options with commas and colons.
    links = lab.runtime / "overlay"
    links.mkdir(parents=True, exist_ok=True)
    lower, own = links / base.name, links / folder.name
    for link, target in ((lower, base), (own, folder)):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    options = f"lowerdir={lower},upperdir={own}/upper,workdir={own}/work"
    try:
        run(["mount", "-t", "overlay", "overlay", "-o", options, str(root)])
    except CommandFailed as error:
        raise LabError(
            f"The machine's file system cannot be mounted in {folder}: set LAB_STATE to a folder on ext4 or "
            f"xfs (overlay needs one): {error.output}"
        ) from None
    return root
