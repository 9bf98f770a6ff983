"""Where the time of a call goes: ``python -m tests.bench.call_cost --help``. Prints tables and gates nothing.

CPU time, which other work on the machine hardly changes. The practice cloud runs in this process, calls are made by
another one.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import time
from collections.abc import Sequence

from lab.cloud.testing import RunningCloud
from tests.bench.module_runs import ROOT, head, line

SDK_MODELS = "ansible_collections.hybridnet.alicloud.plugins.module_utils._sdk_models"
DEFER = f"import {SDK_MODELS} as m; m.defer_models('alibabacloud_vpc20160428')"
IMPORTS = (
    ("Python itself", "pass"),
    ("ansible.module_utils.basic", "import ansible.module_utils.basic"),
    ("requests (part of the SDK)", "import requests"),
    ("credentials of the SDK, with aiohttp", "import alibabacloud_tea_openapi.utils_models"),
    ("core of the SDK, with all above but Ansible", "import alibabacloud_tea_openapi.client"),
    ("request and reply classes of the VPC API", "import alibabacloud_vpc20160428.models"),
    ("client of the VPC API, with core and classes", "import alibabacloud_vpc20160428.client"),
    ("the same as this collection does it, classes on first use", f"{DEFER}; import alibabacloud_vpc20160428.client"),
)
# Whose code takes the time, by a part of the file's path; built-in functions count as Python's.
OWNERS = (
    ("this collection", ("hybridnet/alicloud",)),
    ("SDK: models, signing", ("alibabacloud_", "darabonba", "Tea/")),
    ("requests, urllib3", ("requests/", "urllib3/")),
    ("Python: HTTP, sockets, the rest", ("",)),
)


def imports() -> None:
    """CPU seconds of a process that only imports, the best of five."""
    print(head("import", "CPU seconds of the process"))
    for name, code in IMPORTS:
        times = []
        for _time in range(5):
            before = _children()
            subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": f"{ROOT}/.collections"})
            times.append(_children() - before)
        print(line(name, f"{min(times):.2f}"), flush=True)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def calls(count: int, connection: dict[str, str]) -> dict[str, object]:
    """Make *count* calls twice in this process, plainly and watched; CPU milliseconds and connections."""
    from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import open_session

    session = open_session(connection)
    started = time.process_time()
    session.call("DescribeVpcs", {})
    first = time.process_time() - started

    def several() -> None:
        for _number in range(count):
            session.call("DescribeVpcs", {"PageNumber": 1, "PageSize": 50})

    started = time.process_time()
    several()
    each = (time.process_time() - started) / count
    profile = cProfile.Profile(time.process_time)
    profile.runcall(several)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    shares = dict.fromkeys((name for name, _paths in OWNERS), 0.0)
    for (path, _line, _name), (_calls, _primitive, own, _all, _callers) in stats.items():
        shares[next(name for name, parts in OWNERS if any(part in path for part in parts))] += own
    opened = sum(entry[0] for (path, _line, name), entry in stats.items() if name == "_new_conn" and "urllib3" in path)
    whole = sum(shares.values())
    split = {name: own / whole * each * 1000 for name, own in shares.items()}
    return {"first": first * 1000, "each": each * 1000, "split": split, "opened": opened}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--no-imports", action="store_true", help="leave out what importing costs")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.inside:
        print(json.dumps(calls(given.calls, json.loads(given.inside))))
        return
    if not given.no_imports:
        imports()
    with RunningCloud() as cloud:
        connection = {"region": cloud.region, "endpoint": cloud.endpoint, "protocol": "http"}
        connection |= {"access_key_id": cloud.access_key_id, "access_key_secret": cloud.access_key_secret}
        command = [sys.executable, "-m", "tests.bench.call_cost", "--calls", str(given.calls)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / '.collections'}:{ROOT}"}
        done = subprocess.run(
            [*command, "--inside", json.dumps(connection)], check=True, stdout=subprocess.PIPE, env=environment
        )
    found = json.loads(done.stdout)
    print(f"\n{head('call', 'CPU milliseconds')}")
    print(line("first one: import of the client, connection", f"{found['first']:.0f}"))
    print(line("each further one", f"{found['each']:.2f}"))
    for name, share in found["split"].items():
        print(line(f"- {name}", f"{share:.2f}"))
    print(f"\nconnections opened during {given.calls} further calls: {found['opened']}")


if __name__ == "__main__":
    main()
