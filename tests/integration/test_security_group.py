"""What is special about security groups: sets of rules, their batches, and what keeps a group from being deleted."""

from __future__ import annotations

import pytest

from tests.integration.module_cases_compute import OUT, PING, SSH

NUMBERED = [{"protocol": "tcp", "ports": str(port), "cidr": "10.0.0.0/8"} for port in range(1, 190)]


@pytest.fixture
def options(account):
    return {"name": "sg-a", "vpc_id": account.network()["vpc_id"]}


def test_many_rules_travel_in_batches(account, options):
    account.ok("security_group", rules=NUMBERED, **options)
    assert account.calls("AuthorizeSecurityGroup") == 2
    assert not account.ok("security_group", rules=NUMBERED[::-1], **options)["changed"]
    assert account.ok("security_group", rules=[], **options)["security_group"]["rules"] == []
    assert account.calls("RevokeSecurityGroup") == 2


def test_rules_on_several_pages_are_all_seen(account, options, monkeypatch):
    """A group with more rules than one page of them holds."""
    from lab.cloud.services.ecs import security_rules

    account.ok("security_group", rules=NUMBERED, **options)
    # A page of the service holds 500 rules, more than a group's quota: smaller ones show the same.
    original = security_rules.token_page
    monkeypatch.setattr(
        security_rules, "token_page", lambda params, items, name, size, most: original(params, items, name, 50, most)
    )
    account.forget_calls()
    assert not account.ok("security_group", rules=NUMBERED, **options)["changed"]
    assert account.calls("DescribeSecurityGroupAttribute") >= 4


def test_other_rules_stay_without_purge(account, options):
    account.ok("security_group", rules=[SSH, OUT], **options)
    account.forget_calls()
    result = account.ok("security_group", rules=[PING], purge_rules=False, **options)
    assert account.writes() == {"AuthorizeSecurityGroup": 1}
    assert [rule["protocol"] for rule in result["security_group"]["rules"]] == ["all", "icmp", "tcp"]
    assert len(result["diff"]["before"]["rules"]) == 2 and len(result["diff"]["after"]["rules"]) == 3
    kept = [rule for rule in result["diff"]["after"]["rules"] if rule["protocol"] != "icmp"]
    assert kept == result["diff"]["before"]["rules"]


def test_what_is_allowed_all_along_is_never_cut_off(account, options):
    """New rules come before old ones go."""
    account.ok("security_group", rules=[SSH], **options)
    account.cloud.admin("DELETE", "journal")
    account.ok("security_group", rules=[SSH | {"cidr": "0.0.0.0/0"}], **options)
    journal = account.cloud.admin("GET", "journal")["requests"]
    writes = [entry["action"] for entry in journal if not entry["action"].startswith("Describe")]
    assert writes == ["AuthorizeSecurityGroup", "RevokeSecurityGroup"]


def test_rules_that_name_groups(account, options):
    other = account.ok("security_group", name="sg-b", vpc_id=options["vpc_id"])["security_group"]["security_group_id"]
    rules = [{"protocol": "tcp", "ports": "3306", "group_id": other}, PING | {"direction": "egress"}]
    account.ok("security_group", rules=rules, **options)
    assert not account.ok("security_group", rules=rules, **options)["changed"]
    failed = account.fails("security_group", name="sg-b", state="absent")
    assert failed["api_error"]["code"] == "DependencyViolation"
    assert "named by a rule of" in failed["msg"] and "remove that one" in failed["msg"]


def test_description_that_is_not_given_is_kept(account, options):
    account.ok("security_group", rules=[SSH], **options)
    bare = {name: value for name, value in SSH.items() if name != "description"}
    assert not account.ok("security_group", rules=[bare], **options)["changed"]
    assert not account.ok("security_group", rules=[SSH | {"description": ""}], **options)["changed"]


def test_groups_of_two_vpcs_with_one_name(account, options):
    account.ok("security_group", **options)
    other = account.api("CreateVpc", CidrBlock="10.0.0.0/8")["VpcId"]
    assert account.ok("security_group", name="sg-a", vpc_id=other)["changed"]
    assert not account.ok("security_group", **options)["changed"]
    assert "is the name of 2 security groups" in account.fails("security_group", name="sg-a")["msg"]


def test_pages(account, options):
    """More than two pages of groups."""
    account.settings(quotas={"security_groups": 250})
    for number in range(210):
        account.api("CreateSecurityGroup", "Ecs", SecurityGroupName=f"sg-{number}", VpcId=options["vpc_id"])
    account.forget_calls()
    found = account.ok("security_group_info", vpc_id=options["vpc_id"])["security_groups"]
    assert len({item["security_group_id"] for item in found}) == 210
    account.settings(quotas={"security_groups": 100})
