"""What crosses the lab's internet, as tcpdump tells it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from lab.identity import Lab
from lab.network.internet import BRIDGE, internet
from tests.lab.waiting import eventually


class Capture:
    """What crosses the lab's internet while the block runs, one line of text per packet."""

    def __init__(self, lab: Lab, into: Path):
        self._file = into
        self._argv = internet(lab).argv("tcpdump", "-n", "-l", "-i", BRIDGE, "--immediate-mode", "ip")

    def __enter__(self) -> Capture:
        self._errors = self._file.with_suffix(".err")
        with self._file.open("w") as out, self._errors.open("w") as err:
            self._process = subprocess.Popen(self._argv, stdout=out, stderr=err)
        eventually(lambda: "listening on" in self._errors.read_text(), "tcpdump listens")
        return self

    def eventually_has(self, text: str, count: int) -> None:
        """Wait until *count* lines have *text*: what has just crossed may not be written yet."""
        eventually(lambda: self._file.read_text().count(text) >= count, f"{count} packets {text}", limit=5)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(10)
        self.lines = self._file.read_text().splitlines()
