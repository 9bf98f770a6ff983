"""What the customer gateways' side of ``site.yml`` costs on many hosts: ``python -m tests.bench.hosts --help`` (root).

Real machines of a lab, booted with systemd, each with the tunnels of one site. Prints tables and gates nothing.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import yaml

from lab.hosts.boot import wait_for_logins
from lab.hosts.layout import Site
from lab.identity import lab_at
from lab.lifecycle import boot
from lab.progress import Progress
from lab.removal import remove
from tests.bench.module_runs import NO_QUOTAS, head, line
from tests.lab.world import SITE, World

FIRST_NUMBER = 101


@dataclass(frozen=True)
class Cost:
    """One run: wall and CPU seconds of the controller, tasks and changed tasks of all hosts, seconds by task."""

    seconds: float
    cpu_seconds: float
    tasks: int
    changed: int
    by_task: dict[str, float]


def sites(count: int) -> list[Site]:
    """Sites of the same make, none of them the lab's own."""
    return [
        Site(
            f"store-{number}",
            number,
            f"198.51.100.{number}",
            f"192.168.{number}.0/24",
            f"192.168.{number}.1",
            f"192.168.{number}.10",
        )
        for number in range(FIRST_NUMBER, FIRST_NUMBER + count)
    ]


def write_inventory(world: World, addresses: dict[Site, str]) -> None:
    """The lab's inventory with these sites in place of its own."""
    names = [site.name for site in addresses]
    world.edit("hosts.yml", lambda document: document["customer_gateways"].update(hosts=dict.fromkeys(names)))
    for site, address in addresses.items():
        document = {
            "ansible_host": address,
            "vpn_site": {"public_address": site.public_address, "networks": [site.network]},
        }
        (world.inventory / f"host_vars/{site.name}.yml").write_text(yaml.safe_dump(document))


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(world: World, folder: Path, *arguments: str) -> Cost:
    """Run ``site.yml`` and read from Ansible's JUnit report how long each task took its slowest host."""
    for old in folder.glob("*.xml"):
        old.unlink()
    before, begun = children_cpu(), time.monotonic()
    play = world.play(SITE, *arguments)
    seconds = time.monotonic() - begun
    by_task: dict[str, float] = defaultdict(float)
    tasks = 0
    (report,) = folder.glob("*.xml")
    slowest: dict[tuple[str, str], float] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        # "[host] play: task" of the class, which is the place of the task in its file.
        name = case.get("name", "").partition(": ")[2]
        if case.find("skipped") is None:
            tasks += 1
        key = (case.get("classname", ""), name)
        slowest[key] = max(slowest.get(key, 0.0), float(case.get("time", 0)))
    for (_place, name), longest in slowest.items():
        by_task[name] += longest
    return Cost(seconds, children_cpu() - before, tasks, sum(play.changed.values()), by_task)


def report(title: str, hosts: int, cost: Cost) -> None:
    print(line(title, f"{cost.seconds:.1f}", f"{cost.cpu_seconds:.1f}", f"{cost.tasks / hosts:.1f}", cost.changed))


def longest(cost: Cost, count: int) -> None:
    for name, seconds in sorted(cost.by_task.items(), key=lambda item: -item[1])[:count]:
        print(line(name, f"{seconds:.1f}", f"{seconds / cost.seconds:.0%}"))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--forks", type=int, nargs="+", default=[5, 20])
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = folder / "reports"
        world = World(folder)
        world.environment |= {
            "ANSIBLE_CALLBACKS_ENABLED": "junit",
            "JUNIT_OUTPUT_DIR": str(reports),
            "JUNIT_HIDE_TASK_ARGUMENTS": "true",
        }
        lab = lab_at(world.state)
        try:
            world.lab("up")
            world.admin("POST", "settings", {"quotas": NO_QUOTAS})
            chosen = sites(given.hosts)
            machines = boot(lab, Progress(), chosen)
            wait_for_logins(machines, Progress())
            write_inventory(world, {site: one.address for site, one in zip(chosen, machines, strict=True)})
            print(head("run", "seconds", "CPU seconds", "tasks of a host", "changed in all"))
            most = max(given.forks)
            first = measured(world, reports, "--forks", str(most))
            report(f"first, {most} forks", given.hosts, first)
            again = {forks: measured(world, reports, "--forks", str(forks)) for forks in given.forks}
            for forks, cost in again.items():
                report(f"no change, {forks} forks", given.hosts, cost)
            one = measured(world, reports, "--limit", chosen[0].name)
            report("no change, --limit to one host", 1, one)
            for title, cost in (("first", first), ("no change", again[most])):
                print()
                print(head(f"{title}: the longest tasks", "seconds", "of the run"))
                longest(cost, 12)
        finally:
            remove(lab)


if __name__ == "__main__":
    main()
