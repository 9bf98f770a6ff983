"""The last line of scripts/test counts what ran and never looks better than the run."""

from __future__ import annotations

import pytest

from scripts import count_tests

JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure message="x"/></testcase>
<testcase name="d"><error message="x"/></testcase>
<testcase name="e"><skipped message="x"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def results(tmp_path):
    (tmp_path / "unit.xml").write_text(JUNIT)
    (tmp_path / "good.xml").write_text("<testsuites><testsuite><testcase/></testsuite></testsuites>")
    (tmp_path / "broken.xml").write_text("<testsuites>")
    return tmp_path


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([], "0 passed, 0 failed"),
        (["gate|style|passed", "gate|docs|FAILED"], "1 passed, 1 failed"),
        (["pytest|unit|FAILED"], "2 passed, 2 failed, 1 skipped"),
        (["pytest|good|passed", "gate|style|passed"], "2 passed, 0 failed"),
        # Died before or after its tests, or wrote half a file.
        (["pytest|absent|FAILED"], "0 passed, 1 failed"),
        (["pytest|good|FAILED"], "1 passed, 1 failed"),
        (["pytest|broken|FAILED"], "0 passed, 1 failed"),
        (["pytest|lab|left out by --without-lab"], "0 passed, 0 failed"),
    ],
)
def test_line(results, capsys, rows, line):
    count_tests.main([str(results), *rows])
    assert capsys.readouterr().out == line + "\n"
