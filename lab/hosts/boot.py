"""What machines need around them while they boot: their packages, their host keys, and somebody who waits for them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.hosts import package_proxy
from lab.hosts.machine import Machine
from lab.hosts.setup import host_key_of
from lab.identity import Lab
from lab.progress import Progress
from lab.system.namespace import Namespace
from lab.system.process import marked, spawn


def serve_packages(lab: Lab, where: Namespace, address: str) -> str:
    """Start the package proxy of a network unless it runs; its URL."""
    words = ["-m", package_proxy.__name__, where.name, address]
    if not any(" ".join(words) in line for line in marked(lab).values()):
        spawn(lab, [sys.executable, *words], lab.logs / "package-proxy.log")
    return package_proxy.url(address)


def write_known_hosts(lab: Lab, addresses: Mapping[str, str]) -> None:
    """Write the host keys of the machines that have one. ``addresses``: management addresses by name."""
    lines = []
    for name, address in addresses.items():
        public = host_key_of(lab, name).with_suffix(".pub")
        if public.exists():
            kind, key = public.read_text().split()[:2]
            lines.append(f"{address} {kind} {key}\n")
    lab.known_hosts.write_text("".join(lines))


def wait_for_logins(machines: Sequence[Machine], progress: Progress) -> None:
    """Return once every machine takes a login. Raises LabError."""
    if not machines:
        return
    names = ", ".join(machine.name for machine in machines)
    with progress.step(f"waiting for SSH on {names}"), ThreadPoolExecutor(len(machines)) as pool:
        list(pool.map(Machine.wait_ready, machines))
