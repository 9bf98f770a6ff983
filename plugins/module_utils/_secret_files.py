# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that hold secrets: readable by their owner only, replaced as a whole, touched only when they differ.

Private to this collection.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

OWNER_ONLY = 0o600


class SecretFileError(Exception):
    """A file could not be written; the text names it and the reason, never its content."""


def differs(path: Path, content: str) -> bool:
    """Whether *path* is not a file with exactly *content* that its owner alone can read. Raises
    :class:`SecretFileError`."""
    try:
        with path.open("rb") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            return stream.read() != content.encode() or mode != OWNER_ONLY
    except FileNotFoundError:
        return True
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read: {error.strerror}") from None


def write(path: Path, content: str) -> None:
    """Put *content* in place of *path* in one step; nobody else can read it at any moment. Raises
    :class:`SecretFileError`."""
    temporary = None
    try:
        # mkstemp creates with the owner's permissions only.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise SecretFileError(f"{path} cannot be written: {error.strerror}; its folder must exist") from None
