"""A lab with a copy of its inventory that tests may edit, and the playbooks run on it as users run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from lab.cloud.conformance import PACKAGES
from lab.identity import REPOSITORY

SITE, VERIFY, TEARDOWN = ("playbooks/site.yml", "playbooks/verify.yml", "playbooks/teardown.yml")
_RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
_ASSOCIATION = re.compile(r"([\w-]+) \{uniqueid=(\d+) version=")


@dataclass(frozen=True)
class Play:
    """What a playbook run left: exit status, output, and by host the number of changed tasks."""

    status: int
    output: str

    @property
    def changed(self) -> dict[str, int]:
        return {host: int(changed) for host, changed, _unreachable, _failed in _RECAP.findall(self.output)}


class World:
    """One running lab. *folder* holds its state and a copy of one of the repository's inventories."""

    def __init__(self, folder: Path, inventory: str = "lab") -> None:
        self.state = folder / "state"
        self.inventory = folder / "inventory"
        self.environment = {
            **os.environ,
            "LAB_STATE": str(self.state),
            "LAB_NAME": "both-ends",
            "ANSIBLE_FORCE_COLOR": "0",
            "ANSIBLE_LOCAL_TEMP": str(folder / "ansible-tmp"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        #: Output of every run, for the search for secrets.
        self.outputs: list[str] = []
        shutil.copytree(REPOSITORY / "inventories" / inventory, self.inventory)

    def lab(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "lab/lab"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, argv: list[str], status: int = 0) -> str:
        """Run a command of the checkout on this lab to its end and expect an exit status; what it printed."""
        done = subprocess.run(
            argv,
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        self.outputs.append(done.stdout)
        assert done.returncode == status, done.stdout[-6000:]
        return done.stdout

    @cached_property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.state / "lab.json").read_text())

    # -- playbooks ----------------------------------------------------------------------------------------------------

    def _argv(self, playbook: str, *arguments: str) -> list[str]:
        return ["ansible-playbook", "-i", str(self.inventory), playbook, *arguments]

    def play(self, playbook: str, *arguments: str, status: int = 0) -> Play:
        """Run a playbook to its end and expect an exit status."""
        output = self.run(self._argv(playbook, *arguments), status=status)
        assert "Traceback (most recent call last)" not in output
        return Play(status, output)

    def play_and_kill(self, playbook: str, seconds: float) -> bool:
        """Start a playbook and kill it with everything it started after *seconds*; whether it was still running."""
        process = subprocess.Popen(
            self._argv(playbook),
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def edit(self, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a YAML file of the inventory."""
        file = self.inventory / path
        document = yaml.safe_load(file.read_text()) if file.exists() else {}
        change(document)
        file.write_text(yaml.safe_dump(document))

    # -- the cloud ----------------------------------------------------------------------------------------------------

    def admin(self, method: str, path: str, document: Any = None) -> Any:
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.facts['admin']}/{path}", data=data, method=method)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=60) as reply:
            return json.load(reply)

    def writes(self) -> dict[str, int]:
        """Write calls since the last :meth:`forget_calls`, by action."""
        actions = self.admin("GET", "calls")["by_action"]
        return {name: entry["calls"] for name, entry in actions.items() if entry["kind"] == "write"}

    def forget_calls(self) -> None:
        self.admin("DELETE", "calls")

    def api(self, action: str, product: str = "Vpc", **params: Any) -> dict[str, Any]:
        """A call as another client of the account would make it."""
        from alibabacloud_tea_openapi.models import Config

        package = PACKAGES[product]
        models, client_class = import_module(f"{package}.models"), import_module(f"{package}.client").Client
        keys = ("access_key_id", "access_key_secret", "endpoint", "protocol")
        client = client_class(Config(region_id=self.facts["region"], **{key: self.facts[key] for key in keys}))
        request = getattr(models, f"{action}Request")().from_map({"RegionId": self.facts["region"], **params})
        method = next(name for name in dir(client) if name.replace("_", "") == action.lower())
        return getattr(client, method)(request).body.to_map()

    def connections(self) -> dict[str, dict[str, Any]]:
        """The account's IPsec connections by name, as the API shows them."""
        found = self.api("DescribeVpnConnections", PageSize=50)["VpnConnections"].get("VpnConnection") or []
        return {item["Name"]: item for item in found}

    def objects(self) -> dict[str, list[str]]:
        """Names of everything a site is made of."""
        gateways = self.api("DescribeVpnGateways", PageSize=50)["VpnGateways"].get("VpnGateway") or []
        customers = self.api("DescribeCustomerGateways", PageSize=50)["CustomerGateways"].get("CustomerGateway") or []
        routes = [
            f"{route['RouteSource']}-{route['RouteDest']}"
            for gateway in gateways
            for route in self.api("DescribeVpnPbrRouteEntries", VpnGatewayId=gateway["VpnGatewayId"], PageSize=50)[
                "VpnPbrRouteEntries"
            ].get("VpnPbrRouteEntry")
            or []
        ]
        return {
            "gateways": sorted(item["Name"] for item in gateways),
            "customer gateways": sorted(item["Name"] for item in customers),
            "connections": sorted(self.connections()),
            "routes": sorted(set(routes)),
        }

    def tunnels_up(self) -> bool:
        """Whether the cloud's own strongSwan has all tunnels up."""
        tunnels = self.admin("GET", "tunnels")["tunnels"]
        return bool(tunnels) and all(tunnel["child"] for tunnel in tunnels)

    # -- the hosts ----------------------------------------------------------------------------------------------------

    def ssh_argv(self, host: str) -> list[str]:
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=5"]
        given = [word for option in options for word in ("-o", option)]
        return ["ssh", *given, "-i", self.facts["ssh_private_key"], f"root@{self.facts['hosts'][host]['address']}"]

    def ssh(self, host: str, command: str, status: int | None = 0) -> str:
        """Run a shell command on a host of the lab."""
        done = subprocess.run([*self.ssh_argv(host), command], capture_output=True, text=True, timeout=60)
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def associations(self, host: str) -> dict[str, str]:
        """The number of the IKE_SA of each connection of a host."""
        return dict(_ASSOCIATION.findall(self.ssh(host, "swanctl --list-sas --raw 2>/dev/null")))
