"""Modules run as Ansible runs them, through the real SDK over HTTP, against the lab's control plane."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils import basic

from lab.cloud.conformance import PACKAGES
from lab.cloud.testing import RunningCloud
from tests.integration.all_cases import CASES

BEATS = ("test_module_beats.py", "test_error_codes.py")
#: Run playbooks for minutes: begun last, they would keep one worker busy long after the other has nothing left.
PLAYBOOKS = ("test_chain.py", "test_role_cloud_network.py")
MODULES = "ansible_collections.hybridnet.alicloud.plugins.modules"


class Account:
    """One cloud with an account: runs modules against it and tells which calls they made."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.cloud = cloud
        self.connection = {
            "region": cloud.region,
            "endpoint": cloud.endpoint,
            "protocol": "http",
            "access_key_id": cloud.access_key_id,
            "access_key_secret": cloud.access_key_secret,
        }
        #: Everything that modules printed, for the search for secrets.
        self.printed: list[str] = []

    def run(self, module: str, *, check: bool = False, diff: bool = True, **options: Any) -> dict[str, Any]:
        """Run a module and return its result; ``failed`` in it tells a failure."""
        args = {**self.connection, **options, "_ansible_check_mode": check, "_ansible_diff": diff}
        args = {name: value for name, value in args.items() if value is not None}
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        basic._ANSIBLE_PROFILE = "legacy"
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            importlib.import_module(f"{MODULES}.{module}").main()
        self.printed.append(output.getvalue())
        return json.loads(output.getvalue())

    def ok(self, module: str, **options: Any) -> dict[str, Any]:
        """Run a module that must succeed."""
        result = self.run(module, **options)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, module: str, **options: Any) -> dict[str, Any]:
        """Run a module that must fail, in words and without a traceback."""
        result = self.run(module, **options)
        assert result.get("failed"), result
        assert "Traceback" not in self.printed[-1]
        assert "defect" not in result["msg"]
        return result

    def writes(self) -> dict[str, int]:
        """Write calls since the last :meth:`forget_calls`, by action, whatever became of them."""
        actions = self.cloud.admin("GET", "calls")["by_action"]
        return {name: entry["calls"] for name, entry in actions.items() if entry["kind"] == "write"}

    def calls(self, action: str) -> int:
        return self.cloud.admin("GET", "calls")["by_action"].get(action, {}).get("calls", 0)

    def forget_calls(self) -> None:
        self.cloud.admin("DELETE", "calls")

    def fault(self, **rule: Any) -> None:
        self.cloud.admin("POST", "faults", rule)

    def settings(self, **changes: Any) -> None:
        self.cloud.admin("POST", "settings", changes)

    def api(self, action: str, product: str = "Vpc", **params: Any) -> dict[str, Any]:
        """A call as another client would make it."""
        models = importlib.import_module(f"{PACKAGES[product]}.models")
        client = self.cloud.client(product)
        request = getattr(models, f"{action}Request")().from_map(params)
        if hasattr(request, "region_id"):
            request.region_id = self.cloud.region
        method = next(name for name in dir(client) if name.replace("_", "") == action.lower())
        return getattr(client, method)(request).body.to_map()

    def tag_as_the_system_does(self, identifier: str, tags: dict[str, str]) -> None:
        """Put tags on an object that no client may set."""
        region = self.cloud.control.state.regions[self.cloud.region]
        tables = [table for table in vars(region).values() if isinstance(table, dict) and identifier in table]
        (record,) = [table[identifier] for table in tables]
        record.tags = {**record.tags, **tags}

    def network(self) -> dict[str, str]:
        """A VPC with two vSwitches in two zones: ``vpc_id``, ``vswitch_id``, ``disaster_recovery_vswitch_id``."""
        vpc_id = self.api("CreateVpc", CidrBlock="172.16.0.0/16", VpcName="vpc-lab")["VpcId"]
        zones = {"vsw-lab-a": ("cn-hangzhou-h", "172.16.1.0/24"), "vsw-lab-b": ("cn-hangzhou-i", "172.16.2.0/24")}
        first, second = (
            self.api("CreateVSwitch", VpcId=vpc_id, ZoneId=zone, CidrBlock=cidr, VSwitchName=name)["VSwitchId"]
            for name, (zone, cidr) in zones.items()
        )
        return {"vpc_id": vpc_id, "vswitch_id": first, "disaster_recovery_vswitch_id": second}

    def dual_gateway(self, name: str = "vpg-dual") -> dict[str, Any]:
        return self.ok("vpn_gateway", name=name, bandwidth=10, **self.network())["vpn_gateway"]

    def single_gateway(self, name: str = "vpg-single") -> dict[str, Any]:
        network = self.network()
        options = {"vpc_id": network["vpc_id"], "vswitch_id": network["vswitch_id"]}
        return self.ok("vpn_gateway", name=name, bandwidth=10, **options)["vpn_gateway"]

    def customer_gateway(self, name: str = "cgw-a", address: str = "198.51.100.10") -> str:
        result = self.ok("customer_gateway", name=name, ip_address=address)
        return result["customer_gateway"]["customer_gateway_id"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in PLAYBOOKS)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many beats of the tests that all modules share passed for each module, and why the others do not apply."""
    results: dict[str, dict[str, set[str]]] = {"passed": {}, "failed": {}}
    for outcome, beats in results.items():
        for report in terminalreporter.stats.get(outcome, ()):
            file, _colons, name = report.nodeid.partition("::")
            beat, _bracket, case = name.removeprefix("test_").rstrip("]").partition("[")
            if report.when == "call" and file.endswith(BEATS) and case in CASES:
                beats.setdefault(case, set()).add(beat)
    if not any(results.values()):
        return
    terminalreporter.section("modules x beats")
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, case in CASES.items():
        passed, failed = (len(results[outcome].get(name, ())) for outcome in ("passed", "failed"))
        without = len(case.without)
        terminalreporter.line(f"{name:36} {passed:3} passed {failed:3} failed {without:3} do not apply")
        for reason in case.without.items():
            reasons.setdefault(reason, []).append(name)
    for (beat, reason), names in sorted(reasons.items()):
        terminalreporter.line(f"{beat} does not apply, {reason}: {', '.join(names)}")
    total = sum(len(beats) for beats in results["passed"].values())
    terminalreporter.line(f"{len(CASES)} module variants, {total} beats passed")


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[RunningCloud]:
    with RunningCloud() as cloud:
        yield cloud


@pytest.fixture
def account(running_cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An empty account with default settings and no faults."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    running_cloud.admin("POST", "reset")
    return Account(running_cloud)
