"""The ``lab/lab`` command."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from lab import control_plane
from lab.administrator import connect
from lab.description import read_description, recorded_port
from lab.errors import LabError
from lab.hosts.layout import HOSTS, host_named
from lab.identity import Lab, lab_of
from lab.lifecycle import down, host_down, host_up, machines_of, reset, up
from lab.progress import Progress
from lab.state_folder import exclusive
from lab.status import read_status, show_status
from lab.system.command import CommandFailed
from lab.system.namespace import Namespace, namespaces_of

_DESCRIPTION = """\
A practice cloud on this machine: a control plane that speaks the cloud's API, real VPN gateways, and customer sites to
connect. LAB_NAME selects one of several labs (default: default), LAB_STATE another state folder, LAB_PORT the port."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 a problem (one sentence on standard error), 3 status: not up."""
    arguments = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return arguments.run(lab_of(), arguments) or 0
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
    except CommandFailed as error:
        print(f"lab: A step failed: {error}; try again, or remove the lab with 'lab/lab down'.", file=sys.stderr)
    except PermissionError as error:
        print(f"lab: No permission for {error.filename}: run it as the user who started the lab.", file=sys.stderr)
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130
    return 1


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _up(lab: Lab, arguments: argparse.Namespace) -> None:
    progress = Progress()
    up(lab, progress, dataplane=not arguments.control_plane_only)
    description = read_description(lab) or {}
    progress.say(f"lab {lab.name} is up: API http://{description['endpoint']}, described in {lab.description}")
    if arguments.control_plane_only:
        progress.say("control plane only: the API answers, but there are no hosts and no packets")


def _down(lab: Lab, _arguments: argparse.Namespace) -> None:
    progress = Progress()
    down(lab, progress)
    progress.say(f"lab {lab.name} is gone")


def _status(lab: Lab, arguments: argparse.Namespace) -> int:
    status = read_status(lab)
    print(json.dumps(status, indent=2) if arguments.json else show_status(status))
    return 0 if status["up"] else 3


def _reset(lab: Lab, arguments: argparse.Namespace) -> None:
    reset(lab, Progress(), hosts=arguments.hosts)


def _logs(lab: Lab, arguments: argparse.Namespace) -> None:
    files = {path.name.removesuffix(".log"): path for path in sorted(lab.logs.glob("*.log"))}
    if not files:
        raise LabError(f"Lab {lab.name} has no logs: start it with 'lab/lab up'.")
    if arguments.name is None:
        for name, path in files.items():
            print(f"{name:40} {path.stat().st_size:>9} bytes  {path}")
        return
    if arguments.name not in files:
        raise LabError(f"There is no log {arguments.name!r}; there are: {', '.join(files)}")
    follow = ["-F"] if arguments.follow else []
    os.execvp("tail", ["tail", "-n", str(arguments.lines), *follow, str(files[arguments.name])])


def _host(lab: Lab, arguments: argparse.Namespace) -> None:
    host = host_named(arguments.name)
    progress = Progress()
    if arguments.change == "up":
        host_up(lab, host, progress)
        return
    with exclusive(lab), progress.step(f"removing {host.name}"):
        host_down(lab, host)


def _endpoint(lab: Lab, arguments: argparse.Namespace) -> None:
    port = recorded_port(lab)
    if port is None:
        raise LabError(f"Lab {lab.name} is not up: start it with 'lab/lab up'.")
    verb = arguments.command.partition("-")[0]
    control_plane.admin(port, "POST", f"endpoints/{arguments.gateway}/{arguments.index}/{verb}")
    print(f"{arguments.gateway} endpoint {arguments.index}: {'gone' if verb == 'kill' else 'back'}")


def _ssh(lab: Lab, arguments: argparse.Namespace) -> NoReturn:
    for machine in machines_of(lab):
        if machine.name == arguments.name:
            argv = machine.ssh_argv(*arguments.remote)
            os.execvp(argv[0], argv)
    raise LabError(f"Lab {lab.name} has no machine {arguments.name} that is up: see 'lab/lab status'.")


def _connect(lab: Lab, arguments: argparse.Namespace) -> None:
    # SSH ends its ProxyCommand with SIGHUP when it is done.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    connect(lab, arguments.host, arguments.port)


def _run(lab: Lab, arguments: argparse.Namespace) -> NoReturn:
    where = Namespace(lab.namespace(arguments.where))
    if not where.exists():
        names = [found.name.removeprefix(f"{lab.prefix}-") for found in namespaces_of(lab.prefix)]
        raise LabError(f"Lab {lab.name} has no place {arguments.where!r}; there are: {', '.join(names) or 'none'}")
    argv = where.argv(*(arguments.words or ["sh"]))
    os.execvp(argv[0], argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab/lab", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    added = command("up", _up, "start the lab, or complete it; does nothing when it is up")
    added.add_argument("--control-plane-only", action="store_true", help="the API alone: needs no root, has no hosts")
    command("down", _down, "remove the lab and everything it made, also after a crash")
    added = command("status", _status, "show what is up")
    added.add_argument("--json", action="store_true", help="as JSON")
    added = command("reset", _reset, "empty the account and make its VPC again")
    added.add_argument("--hosts", action="store_true", help="machines with fresh file systems, too")
    added = command("logs", _logs, "list the logs, or show one")
    added.add_argument("name", nargs="?", help="one of the listed names")
    added.add_argument("-n", "--lines", type=int, default=50, help="how many lines (default 50)")
    added.add_argument("-f", "--follow", action="store_true", help="go on as the log grows")
    added = command("host", _host, "start or remove one machine")
    added.add_argument("change", choices=["up", "down"])
    added.add_argument("name", choices=[host.name for host in HOSTS])
    for verb, text in (("kill", "let a gateway's endpoint vanish, as if its zone failed"), ("revive", "bring it back")):
        added = command(f"{verb}-endpoint", _endpoint, text)
        added.add_argument("gateway", help="VPN gateway id")
        added.add_argument("index", type=int, choices=[1, 2], help="1: first zone, 2: second")
    added = command("ssh", _ssh, "log in to a machine, or run a command there")
    added.add_argument("name", choices=[host.name for host in HOSTS])
    added.add_argument("remote", nargs=argparse.REMAINDER, metavar="command")
    added = command("connect", _connect, "join standard input and output with HOST PORT on the internet (ProxyCommand)")
    added.add_argument("host")
    added.add_argument("port", type=int, choices=range(1, 65536), metavar="port")
    added = command("run", _run, "run a command in one of the lab's networks, such as internet or store-001-lan")
    added.add_argument("where")
    added.add_argument("words", nargs=argparse.REMAINDER, metavar="command")
    return parser
