"""The fleet module in processes of its own: what tests/bench measures, in small."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.bench import call_cost, fleet, refusals
from tests.bench.interruption import killed, undisturbed
from tests.bench.module_runs import Bench, Run
from tests.integration.conftest import Account

SITES, KILLS = 8, 3


class InThisProcess(Bench):
    """A bench of which only the runs that are killed are processes: that is quicker."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.cloud)
        self._account = account

    def attempt(self, module: str, **options: Any) -> Run:
        self._account.forget_calls()
        result = self._account.run(module, **options)
        counted = self.cloud.admin("GET", "calls")["by_action"]
        return Run(result, 0.0, 0.0, 0.0, 0, {name: entry["calls"] for name, entry in counted.items()}, 0.0)


@pytest.fixture
def bench(account):
    return InThisProcess(account)


def test_killed_runs_are_finished_by_the_next(bench):
    """Three kills of a first run and of a change: the same objects as an undisturbed run leaves, then no change."""
    chance = random.Random(20)
    for name, length, wanted in list(undisturbed(bench, SITES)):
        assert wanted.total() == len(wanted)
        for _time in range(KILLS):
            end = killed(bench, name, SITES, chance.randrange(3, length), wanted)
            assert end.converged, end


def test_the_loop_of_single_modules_leaves_a_fleet_alone(bench):
    bench.empty_account()
    _seconds, calls = fleet.loop_without_change(bench, 2)
    assert calls > 2 * 3


def test_the_benches_run(capsys):
    fleet.main(["--sizes", "1"])
    assert refusals.main(["--sites", "11"]) == 0
    call_cost.main(["--calls", "5", "--no-imports"])
    printed = capsys.readouterr().out
    assert "| 1 | one removed |" in printed
    assert "- this collection" in printed and "further calls: 0" in printed
