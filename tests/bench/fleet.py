"""What a fleet costs: ``python -m tests.bench.fleet --help``. Prints tables and gates nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from lab.cloud.testing import RunningCloud
from tests.bench.module_runs import Bench, Run, documents, head, line


def fleet_runs(bench: Bench, count: int) -> Iterator[tuple[str, Run]]:
    """First run, no change, one site changed, one removed."""
    options = documents(count)
    yield "first run", bench.run("vpn_sites", **options)
    yield "no change", bench.run("vpn_sites", **options)
    first, last = "store-0001", f"store-{count:04}"
    options["sites"][first]["networks"] = ["10.250.0.0/24"]
    yield "one changed", bench.run("vpn_sites", **options)
    del options["sites"][last], options["psks"][last]
    yield "one removed", bench.run("vpn_sites", **options)


def loop_without_change(bench: Bench, count: int) -> tuple[float, int]:
    """Seconds and calls of the single modules, one process for each of *count* sites' three objects."""
    options = documents(count)
    bench.run("vpn_sites", **options)
    gateway = bench.run("vpn_gateway_info", name="vpg-lab").result["vpn_gateways"][0]["vpn_gateway_id"]
    connections = bench.run("ipsec_connection_info").result["ipsec_connections"]
    customers = bench.run("customer_gateway_info").result["customer_gateways"]
    routes = bench.run("vpn_policy_route_info", vpn_gateway_id=gateway).result["vpn_policy_routes"]
    work = [("customer_gateway", {"customer_gateway_id": item["customer_gateway_id"]}) for item in customers]
    work += [("ipsec_connection", {"vpn_connection_id": item["vpn_connection_id"]}) for item in connections]
    key = ("vpn_gateway_id", "next_hop", "route_source", "route_dest")
    work += [("vpn_policy_route", {name: item[name] for name in key if name in item}) for item in routes]
    seconds, calls = 0.0, 0
    for module, identity in work:
        done = bench.run(module, **identity)
        if done.result["changed"]:
            raise RuntimeError(f"{module} {identity} was to be left alone")
        seconds += done.seconds
        calls += sum(done.calls.values())
    return seconds, calls


# Writes that lock their gateway.
LOCKING = ("VpnConnection", "VpnPbrRouteEntry")


def gateway_idle(run: Run, lock: float) -> float:
    """The part of the run in which no write locked the gateway, from 0 to 1; a write locks it for *lock* seconds."""
    locking = sum(
        number
        for action, number in run.calls.items()
        if not action.startswith("Describe") and any(kind in action for kind in LOCKING)
    )
    return max(0.0, 1 - locking * lock / run.seconds)


def row(count: int, name: str, run: Run, lock: float, limit: int) -> str:
    calls = sum(run.calls.values())
    cells = [count, name, f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.peak_mib:.0f}"]
    cells += [f"{run.result_bytes / 1024:.0f}", f"{run.server_idle:.0%}"]
    if lock:
        cells.append(f"{gateway_idle(run, lock):.0%}")
    if limit:
        least = (calls - run.turned_away) / limit
        cells += [run.turned_away, f"{least:.1f}", f"{run.seconds / least:.2f}"]
    return line(*cells, calls, ", ".join(f"{action} {number}" for action, number in sorted(run.calls.items())))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 500, 1000])
    parser.add_argument("--latency", type=float, default=0.0, help="seconds for each call")
    parser.add_argument("--calls-per-second", type=int, default=0, help="the server's limit; 0: none")
    parser.add_argument("--lock", type=float, default=0.0, help="seconds that a write locks its gateway")
    parser.add_argument("--loop", type=int, default=0, help="sites to serve with the single modules, for comparison")
    given = parser.parse_args(arguments)
    limit = given.calls_per_second
    settings = {
        "latency": given.latency,
        "throttle": {"calls_per_second": limit},
        "delays": {"child": given.lock},
    }
    names = ["sites", "run", "seconds", "CPU s", "peak MiB", "result KiB", "server idle"]
    names += ["gateway idle"] if given.lock else []
    names += ["turned away", "least seconds", "times as long"] if limit else []
    print(head(*names, "calls", "by action"))
    with RunningCloud() as cloud:
        bench = Bench(cloud)
        for count in given.sizes:
            bench.empty_account(**settings)
            for name, run in fleet_runs(bench, count):
                print(row(count, name, run, given.lock, limit), flush=True)
        if given.loop:
            bench.empty_account(**settings)
            seconds, calls = loop_without_change(bench, given.loop)
            print(f"\nsingle modules in a loop, {given.loop} sites, no change: {seconds:.1f} s, {calls} calls")


if __name__ == "__main__":
    main()
