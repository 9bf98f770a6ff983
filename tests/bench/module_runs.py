"""Runs of modules against the practice cloud, each a process of its own as Ansible starts it, and what they cost.

Imports, connection set-up and the printing of the result are part of what is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alibabacloud_vpc20160428 import models

from lab.cloud.testing import RunningCloud

ROOT = Path(__file__).resolve().parents[2]
# ru_maxrss would be that of this process where it is larger: it survives the start of another program.
CHILD = """
import importlib, json, resource, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.buffer.read(), "legacy"
try:
    importlib.import_module("ansible_collections.hybridnet.alicloud.plugins.modules." + sys.argv[1]).main()
finally:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([peak / 1024, usage.ru_utime + usage.ru_stime]), file=sys.stderr)
"""
NO_QUOTAS = dict.fromkeys(("customer_gateways", "connections_per_gateway", "policy_routes_per_gateway"), 10_000)


@dataclass(frozen=True)
class Run:
    """One module process: the module's result; seconds, MiB, CPU seconds of it, bytes printed, and the cloud's part.

    ``server_idle``: the part of the time in which the practice cloud had nothing to compute, from 0 to 1.
    ``turned_away``: calls refused for their rate.
    """

    result: dict[str, Any]
    seconds: float
    peak_mib: float
    cpu_seconds: float
    result_bytes: int
    calls: dict[str, int]
    server_idle: float
    turned_away: int = 0


class Bench:
    """A practice cloud with one VPC, and module runs against it."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.cloud = cloud
        self._connection: dict[str, Any] = {
            "region": cloud.region,
            "endpoint": cloud.endpoint,
            "protocol": "http",
            "access_key_id": cloud.access_key_id,
            "access_key_secret": cloud.access_key_secret,
        }

    def empty_account(self, **settings: Any) -> None:
        """An empty account with a network, quotas out of the way, and the lab's *settings* (see ``Settings``)."""
        self.cloud.admin("POST", "reset")
        self.cloud.admin("POST", "settings", {"quotas": NO_QUOTAS})
        client, region = self.cloud.client(), self.cloud.region
        vpc = models.CreateVpcRequest(region_id=region, vpc_name="vpc-lab", cidr_block="172.16.0.0/16")
        vpc_id = client.create_vpc(vpc).body.vpc_id
        for number, (letter, zone) in enumerate((("a", "h"), ("b", "i"))):
            vswitch = models.CreateVSwitchRequest(region_id=region, vpc_id=vpc_id, v_switch_name=f"vsw-lab-{letter}")
            vswitch.cidr_block, vswitch.zone_id = f"172.16.{number}.0/24", f"{region}-{zone}"
            client.create_vswitch(vswitch)
        self.cloud.admin("POST", "settings", settings)

    def run(self, module: str, **options: Any) -> Run:
        """Run *module* once in a process of its own. Raises RuntimeError with its message when it fails."""
        done = self.attempt(module, **options)
        if done.result.get("failed"):
            raise RuntimeError(f"{module}: {done.result['msg']}")
        return done

    def attempt(self, module: str, **options: Any) -> Run:
        """Run *module*, which may fail."""
        own_before, started = time.process_time(), time.monotonic()
        child = self._start(module)
        printed, errors = child.communicate(self._arguments(options))
        seconds, own = time.monotonic() - started, time.process_time() - own_before
        peak, cpu = json.loads(errors.splitlines()[-1])
        counted = self.cloud.admin("GET", "calls")["by_action"]
        calls = {name: entry["calls"] for name, entry in counted.items()}
        idle, turned_away = max(0.0, 1 - own / seconds), sum(entry["faulted"] for entry in counted.values())
        return Run(json.loads(printed), seconds, peak, cpu, len(printed), calls, idle, turned_away)

    def kill_after(self, calls: int, module: str, **options: Any) -> int:
        """Start *module* and kill its process as soon as the cloud has seen *calls* calls of it.

        Returns how many it had seen in the end: some more may have been on their way.
        """
        with self._start(module) as child:
            if child.stdin is None:
                raise RuntimeError("a child process without standard input")
            child.stdin.write(self._arguments(options))
            child.stdin.close()
            while self._seen() < calls and child.poll() is None:
                time.sleep(0.0005)  # between two looks at the counter
            child.kill()
        return self._seen()

    def _seen(self) -> int:
        return sum(entry.calls for entry in list(self.cloud.control.calls.by_action.values()))

    def _start(self, module: str) -> subprocess.Popen[bytes]:
        self.cloud.admin("DELETE", "calls")
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


def changed_documents(count: int) -> dict[str, Any]:
    """:func:`documents` with another network and another key for each site."""
    options = documents(count)
    for number, site in enumerate(options["sites"].values()):
        site["networks"] = [f"10.{128 + number // 250}.{number % 250}.0/24"]
    options["psks"] = {name: f"Wd5hJ8sY3g-{name}" for name in options["psks"]}
    return options


def line(*cells: Any) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def head(*names: str) -> str:
    """The head of a Markdown table."""
    return f"{line(*names)}\n{line(*['---'] * len(names))}"
