"""The role cloud_network, run by ansible-playbook against the practice cloud."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.module_cases_compute import IMAGE, PUBLIC_KEY

ROOT = Path(__file__).resolve().parents[2]
TAGS = {"purpose": "pilot"}
NETWORK: dict[str, Any] = {
    "cloud_network_zone": "cn-hangzhou-h",
    "cloud_network_image": IMAGE,
    "cloud_network_instance_type": "ecs.g7.large",
    "cloud_network_tags": TAGS,
    "cloud_network_vpcs": [
        {
            "name": "vpc-a",
            "cidr_block": "172.16.0.0/16",
            "vswitches": [{"name": "vsw-a", "cidr_block": "172.16.1.0/24"}],
            "security_groups": [{"name": "sg-a", "rules": [{"protocol": "icmp", "cidr": "192.168.1.0/24"}]}],
            "routes": [{"destination": "192.168.1.0/24", "instance": "ecs-a"}],
        },
        {"name": "vpc-b", "cidr_block": "192.168.0.0/16"},
    ],
    "cloud_network_key_pairs": [{"name": "operators", "public_key": PUBLIC_KEY}],
    "cloud_network_instances": [
        {
            "name": "ecs-a",
            "vswitch": "vsw-a",
            "security_groups": ["sg-a"],
            "key_pair": "operators",
            "private_ip": "172.16.1.10",
            "eip": {"bandwidth": 5, "internet_charge_type": "PayByTraffic"},
        }
    ],
}
PLAYBOOK = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "roles": ["hybridnet.alicloud.cloud_network"],
        "tasks": [
            {
                "ansible.builtin.copy": {
                    "content": "{{ cloud_network_found | default({}) | to_json }}",
                    "dest": "{{ found }}",
                }
            }
        ],
    }
]


@pytest.fixture
def role(account, tmp_path):
    """Run the role with variables; the number of changed tasks, the output and what it found."""
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(yaml.safe_dump(PLAYBOOK))
    found = tmp_path / "found.json"

    def run(*arguments: str, status: int = 0, **variables: Any) -> tuple[int, str, dict[str, Any]]:
        given = {
            **{f"alicloud_{name}": value for name, value in account.connection.items()},
            "found": str(found),
            **NETWORK,
            **variables,
        }
        done = subprocess.run(
            ["ansible-playbook", str(playbook), "-e", json.dumps(given), *arguments],
            cwd=ROOT,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        changed = int(re.findall(r"changed=(\d+)", done.stdout)[-1])
        return changed, done.stdout, json.loads(found.read_text()) if found.exists() else {}

    return run


def test_life(account, role):
    _changed, plan, _found = role("--check", "--diff")
    assert "to be made as well, once what it stands in exists: ecs-a, sg-a, vsw-a" in plan
    assert account.writes() == {}

    changed, _output, found = role()
    assert changed
    assert found["private_addresses"] == {"ecs-a": "172.16.1.10"}
    assert found["public_addresses"].keys() == {"ecs-a"} and found["vpcs"].keys() == {"vpc-a", "vpc-b"}
    (instance,) = account.ok("ecs_instance_info", tags=TAGS)["ecs_instances"]
    assert instance["status"] == "running" and instance["instance_id"] == found["instances"]["ecs-a"]

    account.forget_calls()
    changed, _output, _found = role()
    assert changed == 0 and account.writes() == {}

    other = account.api("CreateVpc", CidrBlock="10.0.0.0/8", VpcName="vpc-a-of-others")["VpcId"]
    role(cloud_network_state="absent")
    assert [vpc["vpc_id"] for vpc in account.ok("vpc_info")["vpcs"]] == [other]
    for module, listed in (("eip", "eips"), ("key_pair", "key_pairs"), ("ecs_instance", "ecs_instances")):
        assert account.ok(f"{module}_info")[listed] == []
    changed, _output, _found = role(cloud_network_state="absent")
    assert changed == 0


def test_nothing_is_removed_without_a_mark(account, role):
    _changed, output, _found = role(status=2, cloud_network_state="absent", cloud_network_tags={})
    assert "would select every object of the region" in output
    assert account.cloud.admin("GET", "calls")["total"] == 0
