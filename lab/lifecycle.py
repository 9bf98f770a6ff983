"""Bringing a lab up, step by step and idempotently; resetting it; single machines up and down."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from lab import control_plane
from lab.administrator import create_administrator
from lab.description import read_description, recorded_port, write_description
from lab.errors import LabError
from lab.hosts.base_image import ensure_base
from lab.hosts.boot import serve_packages, wait_for_logins, write_known_hosts
from lab.hosts.layout import HOSTS, PROBE, CloudHost, Site
from lab.hosts.machine import Machine
from lab.hosts.setup import Setup, host_key_of, make_key
from lab.hosts.wiring import namespace_of, unwire, wire
from lab.identity import Lab
from lab.management import create_management, management
from lab.network.interfaces import bridge_name
from lab.network.internet import PROXY_ADDRESS, create_internet, internet
from lab.network.vpc import plug_in, router_of
from lab.preflight import control_plane_problem, data_plane_problem, hosts_problem
from lab.progress import Progress
from lab.removal import remove
from lab.seeding import VSWITCHES, Seed, seed
from lab.state_folder import exclusive

PLUG_SECONDS = 30.0


def up(lab: Lab, progress: Progress, *, dataplane: bool) -> None:
    """Bring the lab up, or complete it when parts are missing. Raises LabError.

    A lab that did not exist before is removed again when this fails or is interrupted.
    """
    problem = control_plane_problem() or (dataplane and (data_plane_problem() or hosts_problem())) or None
    if problem:
        raise LabError(problem)
    fresh = not lab.description.exists()
    with exclusive(lab):
        try:
            port = _port(lab, dataplane)
            machines = boot(lab, progress) if dataplane else []
            description = write_description(
                lab, port, dataplane=dataplane, addresses={machine.name: machine.address for machine in machines}
            )
            if control_plane.running(lab) is None:
                with progress.step(f"starting the control plane on 127.0.0.1:{port}"):
                    control_plane.start(lab, port, dataplane=dataplane)
            _seed_and_plug(lab, progress, description)
            wait_for_logins(machines, progress)
        except BaseException as error:
            if isinstance(error, LabError) and error.log is not None:
                progress.quote(error.log)
            if fresh:
                progress.say("removing what was made so far")
                remove(lab)
            raise


def down(lab: Lab, progress: Progress) -> None:
    """Remove the lab and everything it made. Idempotent."""
    with exclusive(lab):
        remove(lab, step=progress.say)


def reset(lab: Lab, progress: Progress, *, hosts: bool) -> None:
    """Empty the account and seed it again; with ``hosts``, give the machines fresh file systems, too."""
    with exclusive(lab):
        description = _existing(lab)
        port = recorded_port(lab)
        with progress.step("emptying the account"):
            control_plane.admin(port, "POST", "reset")
        if hosts and description["dataplane"]:
            with progress.step("removing the machines"), ThreadPoolExecutor(len(HOSTS)) as pool:
                list(pool.map(lambda host: host_down(lab, host), HOSTS))
            machines = boot(lab, progress)
        else:
            machines = []
        _seed_and_plug(lab, progress, description)
        wait_for_logins(machines, progress)


def host_up(lab: Lab, host: Site | CloudHost, progress: Progress) -> None:
    """Boot one machine of a running lab, with a fresh file system when it was down."""
    with exclusive(lab):
        description = _existing(lab)
        if not description["dataplane"]:
            raise LabError("This lab has a control plane only: start it with hosts, as root, with 'lab/lab up'.")
        machines = boot(lab, progress, [host])
        if host == PROBE:
            _seed_and_plug(lab, progress, description)
        wait_for_logins(machines, progress)


def host_down(lab: Lab, host: Site | CloudHost) -> None:
    """Power one machine off and remove it with its networks."""
    _machine(lab, host, "").remove()
    unwire(lab, host)


def machines_of(lab: Lab) -> list[Machine]:
    """Every machine ``lab.json`` names."""
    described = (read_description(lab) or {}).get("hosts", {})
    return [_machine(lab, host, described[host.name]["address"]) for host in HOSTS if host.name in described]


def _machine(lab: Lab, host: Site | CloudHost, address: str) -> Machine:
    return Machine(lab, host.name, namespace_of(lab, host), address)


def _port(lab: Lab, dataplane: bool) -> int:
    """The port to use; ends a control plane that is there but does not answer, or is of the other kind."""
    description = read_description(lab)
    recorded = recorded_port(lab)
    if control_plane.running(lab) is not None:
        if description and description["dataplane"] == dataplane and control_plane.healthy(recorded):
            return recorded
        control_plane.stop(lab)
    return control_plane.choose_port(recorded)


def boot(lab: Lab, progress: Progress, hosts: list[Site | CloudHost] | None = None) -> list[Machine]:
    """Make the networks of machines (default: all) and boot those that are off; returns before they take logins."""
    hosts = list(HOSTS) if hosts is None else hosts
    base = ensure_base(lab, progress)
    with progress.step("making the internet, the sites' networks and the management network"):
        make_key(lab.ssh_key, f"lab {lab.name}")
        create_internet(lab)
        create_administrator(lab)
        subnet = create_management(lab)
        machines = [_machine(lab, host, wire(lab, host, subnet)) for host in hosts]
    asleep = [machine for machine in machines if not machine.runners()]
    with progress.step(f"booting {', '.join(machine.name for machine in asleep) or 'nothing: all machines run'}"):
        for machine in machines:
            make_key(host_key_of(lab, machine.name), machine.name)
        write_known_hosts(lab, {host.name: str(subnet[host.number]) for host in {*HOSTS, *hosts}})
        serve_packages(lab, internet(lab), PROXY_ADDRESS)
        packages = serve_packages(lab, management(lab), str(subnet[2]))
        login = lab.ssh_key.with_suffix(".pub").read_text()
        for machine in asleep:
            machine.start(base, Setup(machine.name, host_key_of(lab, machine.name), login, packages))
    return machines


def _seed_and_plug(lab: Lab, progress: Progress, description: dict) -> None:
    with progress.step("the account's VPC and vSwitches"):
        seeded = seed(description)
        if description["dataplane"]:
            _plug_probe(lab, seeded)


def _plug_probe(lab: Lab, seeded: Seed) -> None:
    """Put the probe into its vSwitch, once the data plane has made it."""
    vswitch_id = seeded.vswitches[PROBE.vswitch]
    router = router_of(lab, seeded.vpc_id)
    deadline = time.monotonic() + PLUG_SECONDS
    while not (router.exists() and router.has_link(bridge_name(vswitch_id))):
        if time.monotonic() > deadline:
            raise LabError(
                f"The data plane did not make {PROBE.vswitch} within {PLUG_SECONDS:.0f} s; its log follows.",
                control_plane.log_of(lab),
            )
        time.sleep(0.05)
    here = namespace_of(lab, PROBE)
    if here.exists():
        plug_in(lab, seeded.vpc_id, vswitch_id, VSWITCHES[PROBE.vswitch][0], here, "vpc0", PROBE.private_address)


def _existing(lab: Lab) -> dict:
    description = read_description(lab)
    if description is None:
        raise LabError(f"Lab {lab.name} is not up: start it with 'lab/lab up'.")
    return description
