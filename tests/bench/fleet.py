"""What a fleet costs: ``python -m tests.bench.fleet --help``. Prints tables and gates nothing.

Every run is a process of its own, as Ansible starts it, against the practice cloud's control plane in this process:
imports, connection set-up and the printing of the result are part of what is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.cloud.testing import RunningCloud

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import importlib, json, resource, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.buffer.read(), "legacy"
try:
    importlib.import_module("ansible_collections.hybridnet.alicloud.plugins.modules." + sys.argv[1]).main()
finally:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime]), file=sys.stderr)
"""
MORE_THAN_ENOUGH = 10_000


@dataclass(frozen=True)
class Run:
    """One module process: the module's result; seconds, MiB, CPU seconds of it, bytes printed, and the cloud's part."""

    result: dict[str, Any]
    seconds: float
    peak_mib: float
    cpu_seconds: float
    result_bytes: int
    calls: dict[str, int]
    server_idle: float


class Bench:
    """A practice cloud with one VPC, and module runs against it."""

    def __init__(self, cloud: RunningCloud) -> None:
        self._cloud = cloud
        self._connection = {
            "region": cloud.region,
            "endpoint": cloud.endpoint,
            "protocol": "http",
            "access_key_id": cloud.access_key_id,
            "access_key_secret": cloud.access_key_secret,
        }

    def empty_account(self, latency: float, calls_per_second: int) -> None:
        """An empty account with a network, quotas out of the way, *latency* seconds for each call, and a limit."""
        self._cloud.admin("POST", "reset")
        quotas = ("customer_gateways", "connections_per_gateway", "policy_routes_per_gateway")
        self._cloud.admin("POST", "settings", {"quotas": dict.fromkeys(quotas, MORE_THAN_ENOUGH)})
        vpc = self.run("vpc", name="vpc-lab", cidr_block="172.16.0.0/16").result["vpc"]["vpc_id"]
        for letter, zone in (("a", "h"), ("b", "i")):
            network = f"172.16.{ord(letter) - 96}.0/24"
            zone_id = f"{self._cloud.region}-{zone}"
            self.run("vswitch", name=f"vsw-lab-{letter}", vpc_id=vpc, zone_id=zone_id, cidr_block=network)
        self._cloud.admin("POST", "settings", {"latency": latency, "throttle": {"calls_per_second": calls_per_second}})

    def run(self, module: str, **options: Any) -> Run:
        """Run *module* once in a process of its own. Raises RuntimeError with its message when it fails."""
        own_before, started = time.process_time(), time.monotonic()
        child = self._start(module)
        printed, errors = child.communicate(self._arguments(options))
        seconds, own = time.monotonic() - started, time.process_time() - own_before
        result = json.loads(printed)
        if result.get("failed"):
            raise RuntimeError(f"{module}: {result['msg']}")
        peak, cpu = json.loads(errors.splitlines()[-1])
        counted = self._cloud.admin("GET", "calls")["by_action"]
        calls = {name: entry["calls"] for name, entry in counted.items()}
        return Run(result, seconds, peak, cpu, len(printed), calls, max(0.0, 1 - own / seconds))

    def _start(self, module: str) -> subprocess.Popen[bytes]:
        self._cloud.admin("DELETE", "calls")
        pipe, path = subprocess.PIPE, f"{ROOT / '.collections'}:{ROOT}"
        command = [sys.executable, "-c", CHILD, module]
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={"PYTHONPATH": path})

    def _arguments(self, options: dict[str, Any]) -> bytes:
        return json.dumps({"ANSIBLE_MODULE_ARGS": {**self._connection, **options}}).encode()


def documents(count: int) -> dict[str, Any]:
    """Options of ``vpn_sites`` for *count* sites with a pre-shared key each."""
    names = [f"store-{number:04}" for number in range(1, count + 1)]
    return {
        "gateways": {
            "main": {"name": "vpg-lab", "vpc": "vpc-lab", "vswitches": ["vsw-lab-a", "vsw-lab-b"], "bandwidth": 10}
        },
        "defaults": {"crypto": "modern", "cloud_networks": ["172.16.0.0/16"]},
        "sites": {
            name: {
                "public_address": f"198.18.{number // 250}.{number % 250 + 1}",
                "networks": [f"10.{number // 250}.{number % 250}.0/24"],
            }
            for number, name in enumerate(names)
        },
        "psks": {name: f"Kx7mQ2vT9b-{name}" for name in names},
    }


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


def line(*cells: Any) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 500, 1000])
    parser.add_argument("--latency", type=float, default=0.0, help="seconds for each call")
    parser.add_argument("--calls-per-second", type=int, default=0, help="the server's limit; 0: none")
    parser.add_argument("--loop", type=int, default=0, help="sites to serve with the single modules, for comparison")
    given = parser.parse_args()
    print(line("sites", "run", "seconds", "CPU s", "peak MiB", "result KiB", "server idle", "calls", "by action"))
    print(line(*["---"] * 9))
    with RunningCloud() as cloud:
        bench = Bench(cloud)
        for count in given.sizes:
            bench.empty_account(given.latency, given.calls_per_second)
            for name, run in fleet_runs(bench, count):
                calls = ", ".join(f"{action} {number}" for action, number in sorted(run.calls.items()))
                cells = (f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.peak_mib:.0f}")
                more = (f"{run.result_bytes / 1024:.0f}", f"{run.server_idle:.0%}", sum(run.calls.values()), calls)
                print(line(count, name, *cells, *more), flush=True)
        if given.loop:
            bench.empty_account(given.latency, given.calls_per_second)
            seconds, calls = loop_without_change(bench, given.loop)
            print(f"\nsingle modules in a loop, {given.loop} sites, no change: {seconds:.1f} s, {calls} calls")


if __name__ == "__main__":
    main()
