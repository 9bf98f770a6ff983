"""The installed collection builds the cloud side of its example inventory, called by name from an empty folder."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cloud.testing import RunningCloud
from lab.seeding import VPC_NAME, VSWITCHES, seed


@pytest.fixture
def cloud() -> Iterator[RunningCloud]:
    """An account with the lab's VPC and nothing else."""
    with RunningCloud() as running:
        seed(
            {
                "region": running.region,
                "endpoint": running.endpoint,
                "protocol": "http",
                "access_key_id": running.access_key_id,
                "access_key_secret": running.access_key_secret,
            }
        )
        running.admin("DELETE", "calls")
        yield running


def writes(cloud: RunningCloud) -> int:
    """Write calls since the account was made."""
    return cloud.admin("GET", "calls")["writes"]


def changed(output: str) -> int:
    """Changed tasks over all hosts, from the recap."""
    return sum(int(number) for number in re.findall(r"\bchanged=(\d+)", output))


def test_plan_build_and_build_again(installed, cloud, tmp_path: Path):
    inventory = tmp_path / "inventory"
    shutil.copytree(installed.root / "inventories" / "example", inventory)
    variables = {
        "alicloud_endpoint": cloud.endpoint,
        "alicloud_protocol": "http",
        "vpn_gateways": {"main": {"name": "vpg-main", "vpc": VPC_NAME, "vswitches": list(VSWITCHES), "bandwidth": 10}},
        "vault_psk_store_001": "only-for-this-test-Jw83kQz",
    }

    def site(*options: str) -> str:
        result = installed.run(
            "ansible-playbook",
            *(
                "-i",
                str(inventory),
                "hybridnet.alicloud.site",
                "--tags",
                "cloud",
                "-e",
                json.dumps(variables),
                *options,
            ),
            **cloud.environment(),
        )
        assert result.returncode == 0, result.stdout + result.stderr
        assert variables["vault_psk_store_001"] not in result.stdout + result.stderr
        return result.stdout

    plan = site("--check", "--diff")
    assert "vpg-main" in plan
    assert changed(plan) > 0
    assert writes(cloud) == 0, "a plan writes nothing"

    assert changed(site()) > 0
    built = writes(cloud)
    assert built > 0
    assert changed(site()) == 0
    assert writes(cloud) == built, "what is built stays as it is"
