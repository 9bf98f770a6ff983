"""What a command is doing, one line per step, with the time it took; long steps show that they are alive."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

ALIVE_SECONDS = 5.0


class Progress:
    """Writes to ``out``. ``step`` may be used from one thread at a time."""

    def __init__(self, out: TextIO = sys.stderr):
        self._out = out
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """One line, with the seconds since the start."""
        print(f"[{time.monotonic() - self._start:6.1f} s] {text}", file=self._out, flush=True)

    def quote(self, log: Path, lines: int = 20) -> None:
        """The end of a log file, for a problem that needs more than one sentence."""
        if log.exists():
            for line in log.read_text(errors="replace").splitlines()[-lines:]:
                print(f"  | {line}", file=self._out, flush=True)

    @contextmanager
    def step(self, text: str, detail: Callable[[], str] = lambda: "") -> Iterator[None]:
        """Announce ``text``; every few seconds say that it goes on, with ``detail()``; tell how long it took."""
        self.say(text)
        begun = time.monotonic()
        done = threading.Event()

        def remind() -> None:
            while not done.wait(ALIVE_SECONDS):
                more = detail()
                self.say(f"  still at it after {time.monotonic() - begun:.0f} s{': ' + more if more else ''}")

        reminder = threading.Thread(target=remind, daemon=True)
        reminder.start()
        try:
            yield
        finally:
            done.set()
            reminder.join()
        self.say(f"  done in {time.monotonic() - begun:.1f} s")
