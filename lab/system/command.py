"""Running a command and telling why it failed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence


class CommandFailed(Exception):
    """A command ended with a non-zero status. ``output`` is what it printed last (standard error first)."""

    def __init__(self, argv: Sequence[str], status: int, output: str):
        super().__init__(f"{' '.join(argv)}: exit status {status}: {output}")
        self.status = status
        self.output = output


def run(
    argv: Sequence[str],
    *,
    text: str | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
    check: bool = True,
) -> str:
    """Run ``argv`` with ``text`` on its standard input and return its standard output.

    Raises CommandFailed on a non-zero status unless ``check`` is false. Secrets go through ``text``, never ``argv``.
    """
    done = subprocess.run(
        list(argv), input=text if text is not None else "", text=True, capture_output=True, env=env, timeout=timeout
    )
    if check and done.returncode:
        raise CommandFailed(argv, done.returncode, (done.stderr.strip() or done.stdout.strip())[-2000:])
    return done.stdout
