"""What the lab raises when it cannot go on."""

from __future__ import annotations


class LabError(Exception):
    """A problem the user can act on: the text is one sentence that names the problem and its fix."""
