"""The role cloud_vpn on a chain of sites from a table, run by ansible-playbook against the practice cloud."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOK = [{"hosts": "customer_gateways", "gather_facts": False, "roles": ["hybridnet.alicloud.cloud_vpn"]}]


@pytest.fixture
def play(account, tmp_path):
    """Run the role over inventories/chain in an account that has its VPC."""
    vpc = account.ok("vpc", name="vpc-stores", cidr_block="172.16.0.0/16")["vpc"]["vpc_id"]
    for number, letter in enumerate("ab"):
        network = {"zone_id": f"cn-hangzhou-{'hi'[number]}", "cidr_block": f"172.16.{number}.0/24"}
        account.ok("vswitch", name=f"vsw-stores-{letter}", vpc_id=vpc, **network)
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(yaml.safe_dump(PLAYBOOK))
    given = {f"alicloud_{name}": value for name, value in account.connection.items()}

    def run(*arguments: str) -> str:
        account.forget_calls()
        tool = str(Path(sys.executable).parent / "ansible-playbook")
        table = [tool, "-i", "inventories/chain/sites.py", str(playbook), "-e", json.dumps(given), *arguments]
        done = subprocess.run(
            table,
            cwd=ROOT,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.DEVNULL,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def names(account: Any, kind: str) -> list[str]:
    return sorted(item["name"] for item in account.ok(f"{kind}_info")[f"{kind}s"])


def test_a_chain_from_a_table(account, play):
    play("--limit", "store-002")
    assert names(account, "vpn_gateway") == ["vpg-prod-cn-hangzhou-vpc-stores"]
    assert names(account, "customer_gateway") == ["cgw-store-002-unicom"]
    assert names(account, "ipsec_connection") == ["ipsec-store-002-prod-retail"]
    assert "changed=1" in play()
    assert account.writes() == {"CreateCustomerGateway": 2, "CreateVpnConnection": 2, "CreateVpnPbrRouteEntry": 2}
