"""Customer gateways without a cloud, joined by the lab's internet: what the roles' own tests need.

Run as ``python -m lab.gateways up RELEASE...`` (one gateway for each Debian release named) and ``python -m lab.gateways
down``; LAB_NAME and LAB_STATE select the lab.
``gateways.json`` in its state folder says how to reach the machines.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lab.errors import LabError
from lab.hosts.base_image import MACHINES, ensure_base
from lab.hosts.boot import serve_packages, wait_for_logins, write_known_hosts
from lab.hosts.layout import Site
from lab.hosts.machine import Machine
from lab.hosts.setup import Setup, host_key_of, make_key
from lab.hosts.wiring import WAN, client_of, namespace_of, wire
from lab.identity import Lab, lab_of
from lab.management import create_management, management
from lab.network.internet import create_internet
from lab.preflight import data_plane_problem, hosts_problem
from lab.progress import Progress
from lab.removal import remove
from lab.state_folder import exclusive
from lab.system.command import CommandFailed

RELEASES = ("bullseye", "bookworm", "trixie")


def gateway(number: int) -> Site:
    """The gateway of that number, from 1."""
    octet = 10 + number
    network = f"10.{octet}.0"
    return Site(f"gw-{number}", octet, f"198.51.100.{octet}", f"{network}.0/24", f"{network}.1", f"{network}.10")


def second_address(site: Site) -> str:
    """The other public address of a gateway, for a second tunnel to it."""
    return f"203.0.113.{site.number}"


def up(lab: Lab, progress: Progress, releases: Sequence[str]) -> None:
    """Boot a gateway of each of these Debian releases. Raises LabError; then nothing is left."""
    problem = data_plane_problem() or hosts_problem()
    if problem:
        raise LabError(problem)
    sites = [gateway(number) for number, _release in enumerate(releases, 1)]
    with exclusive(lab):
        try:
            machines = _boot(lab, progress, sites, releases)
            _describe(lab, sites, machines)
            wait_for_logins(machines, progress)
        except BaseException as error:
            if isinstance(error, LabError) and error.log is not None:
                progress.quote(error.log)
            remove(lab)
            raise


def _boot(lab: Lab, progress: Progress, sites: Sequence[Site], releases: Sequence[str]) -> list[Machine]:
    bases = {release: ensure_base(lab, progress, replace(MACHINES, suite=release)) for release in set(releases)}
    with progress.step(f"booting {len(sites)} gateways"):
        make_key(lab.ssh_key, f"lab {lab.name}")
        create_internet(lab)
        subnet = create_management(lab)
        packages = serve_packages(lab, management(lab), str(subnet[2]))
        login = lab.ssh_key.with_suffix(".pub").read_text()
        machines = []
        for site in sites:
            machine = Machine(lab, site.name, namespace_of(lab, site), wire(lab, site, subnet))
            namespace_of(lab, site).ip(f"addr replace {second_address(site)}/32 dev {WAN}")
            make_key(host_key_of(lab, site.name), site.name)
            machines.append(machine)
        write_known_hosts(lab, {machine.name: machine.address for machine in machines})
        for machine, release in zip(machines, releases, strict=True):
            machine.start(bases[release], Setup(machine.name, host_key_of(lab, machine.name), login, packages))
    return machines


def _describe(lab: Lab, sites: Sequence[Site], machines: Sequence[Machine]) -> None:
    """Write what the inventory reads: the variables of each gateway by its name."""
    described = {
        site.name: {
            "ansible_host": machine.address,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(lab.ssh_key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={lab.known_hosts} -o StrictHostKeyChecking=yes",
            "public_address": site.public_address,
            "second_address": second_address(site),
            "network": site.network,
            "lan_address": site.lan_address,
            "client_address": site.client_address,
            "client_namespace": str(client_of(lab, site).path),
        }
        for site, machine in zip(sites, machines, strict=True)
    }
    description_of(lab).write_text(json.dumps(described, indent=2) + "\n")


def description_of(lab: Lab) -> Path:
    """Where the gateways are described."""
    return lab.state / "gateways.json"


def main() -> int:
    """Run one command; the exit status: 0 done, 1 a problem (one sentence on standard error)."""
    parser = argparse.ArgumentParser(prog="lab.gateways", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up").add_argument("releases", nargs="+", choices=RELEASES, metavar="RELEASE")
    commands.add_parser("down")
    arguments = parser.parse_args()
    lab = lab_of()
    try:
        if arguments.command == "up":
            up(lab, Progress(), arguments.releases)
        else:
            with exclusive(lab):
                remove(lab)
    except (LabError, CommandFailed) as error:
        print(f"lab.gateways: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
