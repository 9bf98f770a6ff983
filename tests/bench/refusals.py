"""Sites that the API refuses: ``python -m tests.bench.refusals --help``. Exits with 1 when others suffer from it.

Ten connections of a first run are refused (quota, conflict, refused value). All others must be done, each of the ten be
reported by name with the code and the id of the request, and the next run touch these ten and nothing else.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence

from lab.cloud.testing import RunningCloud
from tests.bench.module_runs import Bench, documents, head, line

CODES = ("Resource.QuotaFull", "InvalidVpnConnection.AlreadyExists", "VpnConnectionParam.Invalid")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--refused", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args(arguments)
    numbers = sorted(random.Random(given.seed).sample(range(1, given.sites + 1), given.refused))
    reasons = {f"ipsec-store-{number:04}-main": CODES[place % len(CODES)] for place, number in enumerate(numbers)}
    options = documents(given.sites)
    print(head("run", "seconds", "exit", "created", "failed", "not touched", "unchanged", "write calls"))
    with RunningCloud() as cloud:
        bench = Bench(cloud)
        bench.empty_account()
        for number, code in zip(numbers, reasons.values(), strict=True):
            rule = {"action": "CreateVpnConnection", "kind": "error", "nth": number, "status": 400, "code": code}
            cloud.admin("POST", "faults", {**rule, "message": "Refused."})
        runs = [bench.attempt("vpn_sites", **options) for _run in range(3)]
    for name, run in zip(("first run", "next run", "run after that"), runs, strict=True):
        summary, failures = run.result["summary"], run.result["failures"]
        refused = [item for item in failures if item["code"]]
        writes = {action: count for action, count in run.calls.items() if not action.startswith("Describe")}
        shown = ", ".join(f"{action} {count}" for action, count in sorted(writes.items()))
        end = "failed" if run.result.get("failed") else "ok"
        cells = (f"{run.seconds:.1f}", end, summary["created"], len(refused), len(failures) - len(refused))
        print(line(name, *cells, summary["unchanged"], shown))
    print(f"\nrefused, as reported ({given.sites} sites, seed {given.seed}):")
    for item in runs[0].result["failures"]:
        if item["code"]:
            print(f"  {item['object']}: {item['code']}, request id {item['request_id']}")
    first, second, third = (run.result for run in runs)
    reported = {item["object"]: item["code"] for item in first["failures"] if item["request_id"]}
    right = (
        bool(first.get("failed"))
        and reported == reasons
        # A connection and its route are missing for each of them; the gateway comes along.
        and first["summary"]["created"] == 1 + 3 * given.sites - 2 * given.refused
        and Counter(second["summary"]) == Counter(created=2 * given.refused, unchanged=first["summary"]["created"])
        and not third["changed"]
    )
    print("as it must be" if right else "NOT AS IT MUST BE")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
