"""Prints `N passed, N failed` for a run of scripts/test.

Usage: count_tests.py RESULTS-FOLDER KIND|STEP|RESULT...

A step of kind `pytest` counts the tests in its JUnit file, a step of kind `gate` counts as one test. A pytest step that
failed without a failing test (it could not start, or was killed) counts as one failed test, so the line never looks
better than the run.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def count_junit(path: Path) -> Counter:
    """Counts the test cases of a JUnit file as passed, failed or skipped; an absent or broken file counts nothing."""
    counts: Counter = Counter()
    try:
        cases = ElementTree.parse(path).getroot().iter("testcase")
        for case in cases:
            outcomes = {child.tag for child in case}
            if outcomes & {"failure", "error"}:
                counts["failed"] += 1
            elif "skipped" in outcomes:
                counts["skipped"] += 1
            else:
                counts["passed"] += 1
    except (OSError, ElementTree.ParseError):
        return Counter()
    return counts


def count_step(results: Path, kind: str, step: str, result: str) -> Counter:
    """Counts one step; RESULT is `passed`, `FAILED` or the reason why it was left out."""
    if result not in ("passed", "FAILED"):
        return Counter()
    if kind == "gate":
        return Counter({"passed" if result == "passed" else "failed": 1})
    counts = count_junit(results / f"{step}.xml")
    if result == "FAILED" and not counts["failed"]:
        counts["failed"] += 1
    return counts


def main(arguments: list[str]) -> None:
    """Adds the steps up and prints one line."""
    results = Path(arguments[0])
    total: Counter = Counter()
    for row in arguments[1:]:
        kind, step, result = row.split("|", 2)
        total += count_step(results, kind, step, result)
    parts = [f"{total['passed']} passed", f"{total['failed']} failed"]
    if total["skipped"]:
        parts.append(f"{total['skipped']} skipped")
    print(", ".join(parts))


if __name__ == "__main__":
    main(sys.argv[1:])
