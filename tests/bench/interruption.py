"""Runs that are killed: ``python -m tests.bench.interruption --help``. Exits with 1 when one of them does not converge.

A first run and a change of every site are killed at random moments. The run after that must reach the state that an
undisturbed run reaches, object by object.
"""

from __future__ import annotations

import argparse
import random
import sys
from typing import Any

from lab.cloud.testing import RunningCloud
from tests.bench.fleet import Bench, documents

LISTS = (("customer_gateway_info", "customer_gateways"), ("ipsec_connection_info", "ipsec_connections"))
# What differs between two accounts in the same state: what the service hands out.
HANDED_OUT = frozenset({"customer_gateway_id", "vpn_connection_id", "vpn_gateway_id", "next_hop", "create_time"})
HANDED_OUT_ADDRESSES = frozenset({"internet_ip", "local_id", "tunnel_id"})


def changed_documents(count: int) -> dict[str, Any]:
    """:func:`documents` with another network and another key for each site."""
    options = documents(count)
    for number, site in enumerate(options["sites"].values()):
        site["networks"] = [f"10.{128 + number // 250}.{number % 250}.0/24"]
    options["psks"] = {name: f"Wd5hJ8sY3g-{name}" for name in options["psks"]}
    return options


def described(bench: Bench) -> list[Any]:
    """All objects of the account without what the service hands out, sorted; a duplicate or an orphan shows.

    Pre-shared keys are not among it: one that differs is a change of the next run.
    """
    found: list[Any] = []
    for module, name in LISTS:
        found += bench.run(module).result[name]
    for gateway in bench.run("vpn_gateway_info").result["vpn_gateways"]:
        found += bench.run("vpn_policy_route_info", vpn_gateway_id=gateway["vpn_gateway_id"]).result[
            "vpn_policy_routes"
        ]
        found.append(gateway)
    return sorted((_without(item) for item in found), key=repr)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        hidden = HANDED_OUT | HANDED_OUT_ADDRESSES
        return {name: _without(item) for name, item in sorted(value.items()) if name not in hidden}
    return [_without(item) for item in value] if isinstance(value, list) else value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--times", type=int, default=10, help="how often each of the two runs is killed")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    chance = random.Random(given.seed)
    first, second = documents(given.sites), changed_documents(given.sites)
    wrong = 0
    with RunningCloud() as cloud:
        bench = Bench(cloud)
        bench.empty_account(0, 0)
        lengths = {"first run": sum(bench.run("vpn_sites", **first).calls.values())}
        wanted = {"first run": described(bench)}
        lengths["change"] = sum(bench.run("vpn_sites", **second).calls.values())
        wanted["change"] = described(bench)
        for run, options in (("first run", first), ("change", second)):
            for _time in range(given.times):
                bench.empty_account(0, 0)
                if run == "change":
                    bench.run("vpn_sites", **first)
                moment = chance.randrange(1, lengths[run])
                bench.kill_after(moment, "vpn_sites", **options)
                bench.run("vpn_sites", **options)
                same = described(bench) == wanted[run]
                again = bench.run("vpn_sites", **options).result["changed"]
                wrong += not same or again
                verdict = "same objects as an undisturbed run" if same else "OTHER OBJECTS"
                rest = "CHANGES AGAIN" if again else "then no change"
                print(f"{run}, killed at call {moment} of {lengths[run]}: {verdict}, {rest}", flush=True)
    print(f"{given.sites} sites, seed {given.seed}: {2 * given.times - wrong} of {2 * given.times} converged")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
