"""What the lab raises when it cannot go on."""

from __future__ import annotations

from pathlib import Path


class LabError(Exception):
    """A problem the user can act on: the text is one sentence that names the problem and its fix.

    ``log`` is the file that tells more; its end is shown, because the file goes away with a lab that never came up.
    """

    def __init__(self, message: str, log: Path | None = None):
        super().__init__(message)
        self.log = log
