"""The tutorial from an empty account to an empty account, with real packets in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lab.identity import REPOSITORY, lab_at
from lab.removal import remove
from tests.conftest import Say
from tests.lab.capture import Capture
from tests.lab.machine_state import left_behind, machine_state
from tests.lab.world import World

TUTORIAL, CLEANUP = "playbooks/tutorial.yml", "playbooks/tutorial_cleanup.yml"
POINTS = 15
BLOCK = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
LEFT = "nothing is left: no VPN gateway, elastic address, instance or disk of the tutorial"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("tutorial"), "tutorial_lab")
    lab = lab_at(world.state)
    before = machine_state(lab)
    try:
        world.lab("up")
        yield world
        world.lab("down")
        assert left_behind(before, machine_state(lab)) == {}
    finally:
        remove(lab)


def account(world: World) -> dict[str, list[str]]:
    """Names of what the tutorial's account holds, besides what the lab's account always holds."""
    instances = world.api("DescribeInstances", "Ecs")["Instances"].get("Instance") or []
    addresses = world.api("DescribeEipAddresses")["EipAddresses"].get("EipAddress") or []
    vpcs = world.api("DescribeVpcs")["Vpcs"].get("Vpc") or []
    groups = world.api("DescribeSecurityGroups", "Ecs")["SecurityGroups"].get("SecurityGroup") or []
    pairs = world.api("DescribeKeyPairs", "Ecs")["KeyPairs"].get("KeyPair") or []
    return {
        **world.objects(),
        "instances": sorted(item["InstanceName"] for item in instances),
        "addresses": sorted(item["Name"] for item in addresses),
        "vpcs": sorted(item["VpcName"] for item in vpcs if item["VpcName"] != "vpc-lab"),
        "groups": sorted(item["SecurityGroupName"] for item in groups),
        "pairs": sorted(item["KeyPairName"] for item in pairs),
    }


def checklist(output: str) -> list[str]:
    return re.findall(r"^ +(?:ok|WRONG) .*$", output, re.MULTILINE)


def test_the_pages_show_what_is_tested_here() -> None:
    """README and docs/tutorial.md show these commands and no others; the account's inventory differs in values only."""
    readme = (REPOSITORY / "README.md").read_text()
    shown = [*BLOCK.findall(readme.split("The hands-on tutorial")[1].split("All tests:")[0])]
    shown += BLOCK.findall((REPOSITORY / "docs/tutorial.md").read_text())[1:]
    commands = {line.replace("tutorial_lab", "tutorial") for block in shown for line in block.splitlines()}
    playbook = "ansible-playbook -i inventories/tutorial"
    assert commands == {
        "scripts/demo --tutorial",
        f"{playbook} {TUTORIAL}",
        f"{playbook} {TUTORIAL} --check --diff",
        f"{playbook} {CLEANUP}",
    }
    names = {
        name: set(yaml.safe_load((REPOSITORY / f"inventories/{name}/group_vars/all.yml").read_text()))
        for name in ("tutorial", "tutorial_lab")
    }
    access = {"lab", "lab_name", "lab_state", "tutorial_proxy_command"}
    access |= {f"alicloud_{part}" for part in ("endpoint", "protocol", "access_key_id", "access_key_secret")}
    assert names["tutorial_lab"] - access == names["tutorial"]


def test_a_plan_of_an_empty_account_writes_nothing(world: World) -> None:
    world.forget_calls()
    plan = world.play(TUTORIAL, "--check", "--diff")
    assert "vpc-a" in plan.output and "to be made as well" in plan.output
    assert world.writes() == {}


def test_the_whole_tutorial_as_one_command(world: World, say: Say) -> None:
    """``scripts/demo --tutorial``: every step with its time, every point green, and an empty account."""
    run = world.run(["scripts/demo", "--tutorial"])
    points = checklist(run)
    for point in points:
        say(point.strip())
    assert len(points) == POINTS and not [point for point in points if "WRONG" in point]
    times = re.findall(r"^ +(\d+) s  (Step \d: .*|Clean up)$", run, re.MULTILINE)
    for seconds, name in times:
        say(f"{seconds:>4} s  {name}")
    assert [name[:6] for _seconds, name in times] == [f"Step {number}" for number in range(1, 8)] + ["Clean "]
    assert LEFT in run
    assert not any(account(world).values())


def test_every_step_and_every_point(world: World) -> None:
    run = world.play(TUTORIAL)
    assert len(checklist(run.output)) == POINTS and "WRONG" not in run.output
    assert "every point of the checklist is as expected" in run.output


def test_again_changes_nothing_and_shows_nothing_in_clear(world: World, tmp_path: Path) -> None:
    """No key in any output; and the link between the two ends carries nothing but IKE and ESP in UDP."""
    with Capture(lab_at(world.state), tmp_path / "internet.txt") as capture:
        again = world.play(TUTORIAL, "-vvv", "--diff")
    assert again.changed == {"localhost": 0, "ecs-b-cgw": 0, "ecs-a-private": 0}
    (connection,) = world.connections().values()
    secrets = [connection["IkeConfig"]["Psk"], world.facts["access_key_secret"], "PRIVATE KEY"]
    assert not [secret[:4] for secret in secrets for text in world.outputs if secret in text]

    (gateway,) = world.api("DescribeVpnGateways")["VpnGateways"]["VpnGateway"]
    link = [line for line in capture.lines if f"{gateway['InternetIp']}." in line]
    # Five pings and their replies from each end, and SSH to the private instance.
    assert sum("UDP-encap: ESP" in line for line in link) >= 20
    assert not [line for line in link if not re.search(r"\.(500|4500) > [\d.]+\.(500|4500): ", line)]
    assert not [line for line in capture.lines if re.search(r"\b(172\.16|192\.168)\.", line)]


def test_a_red_point_is_named(world: World) -> None:
    """The instance loses the rule for pings: the checklist says so, and the tutorial puts it back."""
    groups = world.api("DescribeSecurityGroups", "Ecs")["SecurityGroups"]["SecurityGroup"]
    (group,) = [item["SecurityGroupId"] for item in groups if item["SecurityGroupName"] == "sg-a"]
    rule = {"IpProtocol": "ICMP", "PortRange": "-1/-1", "SourceCidrIp": "192.168.1.0/24"}
    world.api("RevokeSecurityGroup", "Ecs", SecurityGroupId=group, Permissions=[rule])
    red = world.play(TUTORIAL, "--tags", "checklist", "--skip-tags", "network", status=2)
    assert "found tcp, expected icmp tcp" in red.output


def test_clean_up_goes_on_where_it_was_cut_off(world: World) -> None:
    other = world.api("CreateVpc", CidrBlock="10.0.0.0/8", VpcName="vpc-of-others")["VpcId"]
    assert world.play_and_kill(CLEANUP, 8.0)
    clean = world.play(CLEANUP)
    assert LEFT in clean.output
    left = account(world)
    assert left.pop("vpcs") == ["vpc-of-others"]
    assert not any(left.values()), left
    assert world.play(CLEANUP).changed == {"localhost": 0}
    world.api("DeleteVpc", VpcId=other)
