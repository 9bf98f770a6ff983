"""What is special about instances: power, states on the way, dry runs, refusals, secrets, addresses."""

from __future__ import annotations

import pytest

from tests.integration.module_cases_compute import COMPUTE_CASES, PUBLIC_KEY, USER_DATA

CASE = COMPUTE_CASES["ecs_instance"]
DELAYS = ("instance_create", "instance_start", "instance_stop", "instance_release")


@pytest.fixture
def options(account):
    return {**CASE.build(account), **CASE.create}


@pytest.fixture
def slow(account):
    """A cloud whose instances take a moment for each state."""
    account.settings(delays=dict.fromkeys(DELAYS, 0.3))


def test_every_state_is_waited_for(account, options, slow):
    def reach(state):
        assert account.ok("ecs_instance", check=True, state=state, **options)["changed"]
        result = account.ok("ecs_instance", state=state, **options)
        assert result["changed"] and result["ecs_instance"]["status"] == state
        assert not account.ok("ecs_instance", state=state, **options)["changed"]

    assert account.ok("ecs_instance", **options)["ecs_instance"]["status"] == "running"
    reach("stopped")
    assert not account.ok("ecs_instance", **options)["changed"], "present leaves a stopped instance as it is"
    reach("running")
    assert account.ok("ecs_instance", state="absent", **options)["changed"]
    assert account.ok("ecs_instance_info")["ecs_instances"] == []


def test_created_stopped(account, options, slow):
    account.forget_calls()
    result = account.ok("ecs_instance", state="stopped", stopped_mode="stop_charging", **options)
    assert result["ecs_instance"]["status"] == "stopped"
    assert account.writes() == {"RunInstances": 1, "StopInstance": 1}


def test_instance_on_its_way_is_let_arrive(account, options, slow):
    """An earlier run did not wait: this one does, before it changes anything, and makes no second start."""
    started = account.ok("ecs_instance", wait=False, **options)
    assert started["ecs_instance"]["status"] == "pending"
    account.forget_calls()
    result = account.ok("ecs_instance", state="running", **{**options, "description": "probe"})
    assert result["ecs_instance"]["status"] == "running"
    assert account.writes() == {"ModifyInstanceAttribute": 1}
    account.ok("ecs_instance", wait=False, state="stopped", **options)
    account.forget_calls()
    assert not account.ok("ecs_instance", state="stopped", **options)["changed"]
    assert account.writes() == {}
    account.ok("ecs_instance", wait=False, state="running", **options)
    assert account.ok("ecs_instance", state="stopped", **options)["ecs_instance"]["status"] == "stopped"


def test_addresses_are_returned(account, options):
    shown = account.ok("ecs_instance", **options)["ecs_instance"]
    assert shown["private_ip"] == "172.16.1.10" and shown["public_ip"].startswith("192.0.2.")
    assert shown["vpc_id"] and shown["zone_id"] == "cn-hangzhou-h"
    without = {**options, "name": "i-b", "internet_bandwidth": 0, "private_ip": None}
    second = account.ok("ecs_instance", **without)["ecs_instance"]
    assert not second["public_ip"] and second["private_ip"] != shown["private_ip"]
    found = account.ok("ecs_instance_info", private_ip="172.16.1.10")["ecs_instances"]
    assert [item["name"] for item in found] == ["i-a"]


def test_groups_are_a_set(account, options):
    vpc = account.ok("ecs_instance", **options)["ecs_instance"]["vpc_id"]
    other = account.ok("security_group", name="sg-b", vpc_id=vpc)["security_group"]["security_group_id"]
    both = [*options["security_group_ids"], other]
    account.forget_calls()
    assert account.ok("ecs_instance", **{**options, "security_group_ids": both})["changed"]
    assert account.writes() == {"ModifyInstanceAttribute": 1}
    assert not account.ok("ecs_instance", **{**options, "security_group_ids": both[::-1]})["changed"]
    failed = account.fails("security_group", security_group_id=other, state="absent")
    instance = account.ok("ecs_instance_info", security_group_id=other)["ecs_instances"][0]["instance_id"]
    assert f"is still used by ECS instance {instance}" in failed["msg"] and "remove that one" in failed["msg"]


def test_key_pair_in_use_is_kept(account, options):
    account.ok("key_pair", name="pair", public_key=PUBLIC_KEY)
    account.ok("ecs_instance", key_pair="pair", **options)
    failed = account.fails("key_pair", name="pair", state="absent")
    assert "is used by i-" in failed["msg"] and "detach it" in failed["msg"]


def test_protected_and_prepaid_instances_stay(account, options):
    account.ok("ecs_instance", deletion_protection=True, **options)
    prepaid = {**options, "name": "i-b", "private_ip": None, "charge_type": "prepaid", "period": 1}
    account.ok("ecs_instance", **prepaid)
    assert not account.ok("ecs_instance", **prepaid)["changed"]
    account.forget_calls()
    failed = account.fails("ecs_instance", name="i-a", state="absent")
    assert "i-a" in failed["msg"] and "deletion_protection: false" in failed["msg"]
    assert "is prepaid" in account.fails("ecs_instance", name="i-b", state="absent")["msg"]
    assert account.writes() == {}
    account.ok("ecs_instance", **{**options, "deletion_protection": False})
    assert account.ok("ecs_instance", name="i-a", state="absent")["changed"]


def test_dry_run_in_check_mode(account, options):
    assert account.ok("ecs_instance", check=True, api_dry_run=True, **options)["changed"]
    wrong = {**options, "image_id": "no-such-image"}
    assert account.ok("ecs_instance", check=True, **wrong)["changed"], "not asked, the API is not"
    failed = account.fails("ecs_instance", check=True, api_dry_run=True, **wrong)
    assert failed["api_error"]["code"] == "InvalidImageId.NotFound"
    assert account.ok("ecs_instance_info")["ecs_instances"] == []


def test_user_data_is_never_shown(account, options):
    secret = "#cloud-config\npassword: Qx7mQ2vT9bR4\n"
    account.ok("ecs_instance", **{**options, "user_data": secret})
    failed = account.fails("ecs_instance", **options)
    assert "user_data" in failed["msg"]
    assert account.ok("ecs_instance_info")["ecs_instances"][0]["user_data_set"] is True
    assert not [text for text in account.printed if "Qx7mQ2vT9bR4" in text or USER_DATA.splitlines()[1] in text]


@pytest.mark.parametrize("kind", ["reset_after", "html", "error"])
def test_lost_reply_makes_one_instance(account, options, kind):
    details = {"status": 500, "code": "InternalError", "after_commit": True} if kind == "error" else {}
    account.fault(action="RunInstances", kind=kind, **details)
    assert account.ok("ecs_instance", **options)["changed"]
    assert len(account.ok("ecs_instance_info")["ecs_instances"]) == 1


# How a module treats codes that the ECS API has besides those of every API.
CODES = [
    ("Throttling.ConcurrentLimitExceeded", "repeated"),
    ("LastTokenProcessing", "repeated"),
    ("LastRequestProcessing", "repeated"),
    ("LastOrderProcessing", "repeated"),
    ("IncorrectInstanceStatus", "repeated"),
    ("IncorrectInstanceStatus.Initializing", "repeated"),
    ("InvalidSecurityGroupId.VPCMismatch", "reported"),
    ("QuotaExceed.ElasticQuota", "reported"),
    ("OperationDenied.NoStock", "reported"),
]


@pytest.mark.parametrize(("code", "treatment"), CODES)
def test_error_codes(account, options, code, treatment):
    account.fault(action="RunInstances", kind="error", code=code, status=403, message="As the table says.")
    if treatment == "repeated":
        assert account.ok("ecs_instance", **options)["changed"]
    else:
        failed = account.fails("ecs_instance", **options)
        assert failed["api_error"]["code"] == code and "As the table says" in failed["msg"]
    assert account.calls("RunInstances") == (2 if treatment == "repeated" else 1)


def test_new_instance_that_is_invisible_at_first(account, options):
    account.fault(action="RunInstances", kind="stale", reads=3)
    assert account.ok("ecs_instance", **options)["ecs_instance"]["status"] == "running"


def test_pages(account, options):
    """More than two pages of instances."""
    account.settings(quotas={"instances": 300})
    place = {"VSwitchId": options["vswitch_id"], "SecurityGroupIds": options["security_group_ids"]}
    for _batch in range(3):
        account.api("RunInstances", "Ecs", Amount=70, ImageId=options["image_id"], InstanceType="ecs.g7.large", **place)
    account.forget_calls()
    assert len({item["instance_id"] for item in account.ok("ecs_instance_info")["ecs_instances"]}) == 210
    assert account.calls("DescribeInstances") >= 3
