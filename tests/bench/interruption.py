"""Runs that are killed: ``python -m tests.bench.interruption --help``. Exits with 1 when one of them does not converge.

A first run and a change of every site are killed at random moments. The run after that must reach the state that an
undisturbed run reaches, object by object, and the run after that must find nothing to do.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lab.cloud.testing import RunningCloud
from tests.bench.module_runs import Bench, changed_documents, documents, head, line

# The service takes its time here, too: a run may be killed while a gateway is busy.
DELAYS = {"child": 0.004, "gateway_init": 0.1, "gateway_provision": 0.1}
TABLES = ("vpcs", "vswitches", "vpn_gateways", "customer_gateways", "connections", "routes", "route_entries")
# When and how often something happened to an object, not what it is.
HISTORY = frozenset({"created", "hidden_reads", "generation", "statuses", "log", "end_time"})


@dataclasses.dataclass(frozen=True)
class Killed:
    """What became of a run that was killed after ``calls`` calls.

    ``left``: objects there at that moment. ``differing``: objects after the next run that an undisturbed run does not
    leave, or that are missing. ``settled``: whether the run after that found nothing to do.
    """

    calls: int
    left: int
    differing: list[str]
    settled: bool

    @property
    def converged(self) -> bool:
        return self.settled and not self.differing


def objects(cloud: RunningCloud) -> Counter[str]:
    """Every object of the account with all it is made of, as text, and how often it is there.

    What the service hands out at random (ids, addresses of gateways) is replaced by whose it is, so that the same state
    of two accounts reads the same. Holds pre-shared keys.
    """
    region = cloud.control.state.regions[cloud.region]
    names: dict[str, str] = {}
    for table in TABLES:
        for record in getattr(region, table).values():
            name = f"{table} {getattr(record, 'name', '')}"
            names[record.id] = name
            for part in ("vrouter_id", "route_table_id"):
                if getattr(record, part, ""):
                    names[getattr(record, part)] = f"{name} {part}"
            for position, address in enumerate(getattr(record, "addresses", ())):
                names[address] = f"{name} address {position}"
            for tunnel in getattr(record, "tunnels", ()):
                names[tunnel.id] = f"{name} {tunnel.role}"
    found = (record for table in TABLES for record in getattr(region, table).values())
    return Counter(f"{type(record).__name__} {_named(dataclasses.asdict(record), names)}" for record in found)


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(item, names) for name, item in value.items() if name not in HISTORY}
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def undisturbed(bench: Bench, count: int) -> Iterator[tuple[str, int, Counter[str]]]:
    """The first run and the change without a kill: name, number of calls, objects afterwards."""
    bench.empty_account(delays=DELAYS)
    for name, options in (("first run", documents(count)), ("change", changed_documents(count))):
        calls = sum(bench.run("vpn_sites", **options).calls.values())
        yield name, calls, objects(bench.cloud)


def killed(bench: Bench, name: str, count: int, moment: int, wanted: Counter[str]) -> Killed:
    """Kill the run *name* over *count* sites at call *moment*, run it again, and compare with *wanted*."""
    bench.empty_account(delays=DELAYS)
    options = documents(count)
    if name == "change":
        bench.run("vpn_sites", **options)
        options = changed_documents(count)
    calls = bench.kill_after(moment, "vpn_sites", **options)
    left = objects(bench.cloud).total()
    bench.run("vpn_sites", **options)
    found = objects(bench.cloud)
    differing = [f"too many: {item}" for item in found - wanted] + [f"missing: {item}" for item in wanted - found]
    return Killed(calls, left, differing, not bench.run("vpn_sites", **options).result["changed"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--times", type=int, default=10, help="how often each of the two runs is killed")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    chance = random.Random(given.seed)
    wrong = 0
    with RunningCloud() as cloud:
        bench = Bench(cloud)
        print(head("run", "killed after call", "of", "objects then", "objects of the next run", "run after that"))
        for name, length, wanted in list(undisturbed(bench, given.sites)):
            for _time in range(given.times):
                end = killed(bench, name, given.sites, chance.randrange(1, length), wanted)
                same = "as undisturbed" if not end.differing else f"{len(end.differing)} DIFFER"
                print(
                    line(name, end.calls, length, end.left, same, "no change" if end.settled else "CHANGES"), flush=True
                )
                wrong += not end.converged
                for difference in end.differing[:4]:
                    print(f"  {difference}", file=sys.stderr)
    print(f"\n{given.sites} sites, seed {given.seed}: {2 * given.times - wrong} of {2 * given.times} converged")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
