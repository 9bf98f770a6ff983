"""Waiting for a state instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


def eventually(condition: Callable[[], object], what: str, limit: float = 20.0) -> float:
    """Wait until ``condition()`` is true; the seconds it took. Fails with ``what`` after ``limit`` seconds."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > limit:
            pytest.fail(f"not within {limit:.0f} s: {what}")
        time.sleep(0.05)
    return time.monotonic() - start
