"""Every error code of the service, and every action that writes: repeated, taken as absent, or reported in words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _retry
from tests.integration.module_cases import Case
from tests.integration.test_module_beats import every_case, takes, updated, wanted

OPTIONS = {"name": "cgw-a", "ip_address": "198.51.100.10"}
BUSY, REFUSAL = "TaskConflict", "SomeCodeOfTomorrow"

REPEATED = [
    *((code, 400) for code in ("Throttling", "Throttling.User", "Throttling.user", "Throttling.Api")),
    *((code, 400) for code in ("Rejected.Throttling", "Throttling.ConcurrentLimitExceeded")),
    ("ServiceUnavailable", 503),
    ("InternalError", 500),
    ("SomeFaultOfTomorrow", 502),
    *(
        (code, 400)
        for code in (
            "UnknownError",
            "VpnGateway.Configuring",
            "VpnConnection.Configuring",
            "VpnRouteEntry.Configuring",
            "VpnTask.CONFLICT",
            "VPC_TASK_CONFLICT",
            "TaskConflict",
            "Appliance.Configuring",
            "OperationConflict",
            "Operation.Blocking",
            "SystemBusy",
            "LastTokenProcessing",
            "LastRequestProcessing",
            "LastOrderProcessing",
            "OperationFailed.LastTokenProcessing",
            "OperationFailed.IdempotentTokenProcessing",
            "OperationFailed.SslNotSupport",
            "OperationFailed.AllocateCidrFailed",
            "OperationFailed.QueryCenIpv6Status",
            "OperationFailed.DistibuteLock",
            "OperationFailed.NotifyCenCreate",
            "OperationDenied.OtherSubnetProcessing",
            "IncorrectStatus",
            "IncorrectStatus.Status",
            "IncorrectStatus.VpnGateway",
            "IncorrectStatus.cbnStatus",
            "IncorrectStatus.VSwitch",
            "IncorrectStatus.VpcRouteEntry",
            "IncorrectStatus.Ipv4Gateway",
            "IncorrectStatus.Ipv6Address",
            "IncorrectStatus.VpcPeer",
            "IncorrectStatus.RouteTableStatus",
            "IncorrectStatus.MultiScopeRiRouteEntry",
            "IncorrectStatus.RouterInterface",
            "IncorrectStatus.PrefixList",
            "IncorrectStatus.NatGateway",
            "IncorrectVpcStatus",
            "IncorrectVSwitchStatus",
            "IncorrectRouteEntryStatus",
            "IncorrectInstanceStatus",
            "IncorrectInstanceStatus.Initializing",
            "IncorrectEipStatus",
            "InvalidStatus.RouteEntry",
            "InvalidStatus.EcsStatusNotSupport",
            "InvalidStatus.EniStatusNotSupport",
            "InvalidStatus.InstanceHasBandWidth",
            "InvalidVBRStatus",
            "InvalidBindingStatus",
            "FrequentPurchase.EIP",
        )
    ),
]
ABSENT = [
    ("InvalidVpnGatewayInstanceId.NotFound", 404),
    ("InvalidVpnGatewayId.NotFound", 404),
    ("INSTANCE_NOT_EXISTS", 400),
    ("InvalidVpnInstanceId.NotFound", 404),
    ("InvalidCustomerGatewayInstanceId.NotFound", 404),
    ("InvalidVpnConnectionInstanceId.NotFound", 404),
    ("InvalidSslVpnServerId.NotFound", 404),
    ("InvalidSslVpnClientCertId.NotFound", 404),
    ("InvalidInstanceId.NotFound", 404),
    ("InvalidRouteEntry.NotFound", 404),
    ("InvalidVpcID.NotFound", 404),
    ("InvalidVswitchID.NotFound", 404),
    ("InvalidVSwitchId.NotFound", 400),
    ("InvalidRouteTable.NotFound", 404),
    ("InvalidSecurityGroupId.NotFound", 404),
    ("InvalidInstanceIds.NotFound", 404),
    ("InvalidResource.NotFound", 404),
]
REPORTED = [
    # Taken for an absent object they would hide what is really wrong.
    ("InvalidRegionId.NotFound", 404),
    ("InvalidAction.NotFound", 404),
    ("InvalidAccessKeyId.NotFound", 404),
    # Duplicates.
    ("InvalidVpnConnection.AlreadyExists", 400),
    ("InvalidIpAddress.AlreadyExist", 400),
    ("OperationFailed.IPsecServerExist", 400),
    ("RouterEntryConflict.Duplicated", 400),
    ("Duplicated.VpcNextHop", 400),
    ("InvalidCIDRBlock.Duplicate", 400),
    ("InvalidInstanceId.AlreadyExists", 400),
    # Quotas.
    ("Resource.QuotaFull", 400),
    ("QuotaExceeded.VpnRouteEntry", 400),
    ("QuotaExceeded.PolicyBasedRoute", 400),
    # Parameters.
    ("IllegalParam.LocalSubnet", 400),
    ("IllegalParam.RemoteSubnet", 400),
    ("InvalidName", 400),
    ("InvalidDescription", 400),
    ("InvalidIpAddress.WrongFormat", 400),
    ("MissingParameter", 400),
    ("MissingVpcId", 400),
    ("InvalidParameter", 400),
    ("UnsupportedParameter", 400),
    ("UnnecessarySslConnection", 400),
    # Rights and money.
    ("Forbidden", 403),
    ("Forbidden.RAM", 403),
    ("Forbidden.SubUser", 403),
    ("Forbbiden.SubUser", 403),
    ("Forbbiden", 403),
    ("Forbidden.RiskControl", 403),
    ("Forbidden.UserVerification", 403),
    ("ForbiddenRelease", 403),
    ("SignatureDoesNotMatch", 400),
    ("IncompleteSignature", 400),
    ("IllegalTimestamp", 400),
    ("SignatureNonceUsed", 400),
    ("InvalidTimeStamp.Expired", 400),
    ("InvalidSecurityToken.Expired", 400),
    ("InvalidAction", 403),
    ("NoSuchVersion", 400),
    ("AccountBalanceForVpn.NotFull", 400),
    ("AccountMoneyValidateError", 400),
    ("VpnGateway.FinancialLocked", 400),
    ("VpnGateway.SslVpnDisabled", 400),
    ("OperationUnsupported.IPsecServer", 400),
    (REFUSAL, 400),
]


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a call is repeated is the question here, not how long it takes."""
    quick = {error_class: _retry.Backoff(base=0.001, cap=0.001) for error_class in _retry.BACKOFFS}
    monkeypatch.setattr(_retry, "BACKOFFS", quick)


def refuse(account: Any, action: str, code: str, status: int = 400) -> None:
    account.fault(action=action, kind="error", code=code, status=status, message="As the table says.")


def assert_reported(failed: dict[str, Any], action: str, code: str) -> None:
    assert failed["api_error"]["code"] == code and failed["api_error"]["action"] == action
    for part in (action, code, "As the table says", failed["api_error"]["request_id"]):
        assert part in failed["msg"], failed["msg"]


@pytest.mark.parametrize(("code", "status"), REPEATED)
def test_repeated(account, code, status):
    refuse(account, "CreateCustomerGateway", code, status)
    assert account.ok("customer_gateway", **OPTIONS)["changed"]
    assert account.calls("CreateCustomerGateway") == 2
    assert len(account.ok("customer_gateway_info")["customer_gateways"]) == 1


@pytest.mark.parametrize(("code", "status"), ABSENT)
def test_taken_as_absent(account, code, status):
    """By a read of the object, and by its delete."""
    made = account.ok("customer_gateway", **OPTIONS)["customer_gateway"]["customer_gateway_id"]
    refuse(account, "DescribeCustomerGateway", code, status)
    failed = account.fails("customer_gateway", customer_gateway_id=made, description="x")
    assert "is not the id of a customer gateway" in failed["msg"]
    refuse(account, "DeleteCustomerGateway", code, status)
    assert account.ok("customer_gateway", customer_gateway_id=made, state="absent")["changed"]
    assert account.calls("DeleteCustomerGateway") == 1


@pytest.mark.parametrize(("code", "status"), [*REPORTED, *ABSENT])
def test_reported(account, code, status):
    """By a create, for which something that does not exist is an error, too."""
    refuse(account, "CreateCustomerGateway", code, status)
    failed = account.fails("customer_gateway", **OPTIONS)
    assert account.calls("CreateCustomerGateway") == 1
    assert_reported(failed, "CreateCustomerGateway", code)
    assert account.ok("customer_gateway", **OPTIONS)["changed"]


def steps(account: Any, case: Case) -> list[tuple[str, dict[str, Any]]]:
    """(action, options that make the module call it), in an order that works; the delete has a test of its own."""
    options = wanted(account, case)
    found = [(case.create_action, options)]
    for update in case.one_for_each_action:
        options = updated(account, options, update)
        found.append((update.action, options))
    if case.tagged:
        options = {**options, "tags": {"extra": "1"}}
        found.append(("TagResources", options))
        options = {**options, "tags": {}}
        found.append((case.untag_action, options))
    return found


@every_case
def test_every_write_of_every_module(account, case):
    """A busy service is waited for; a refusal is reported whole and the next run goes on from there."""
    for action, options in steps(account, case):
        refuse(account, action, REFUSAL)
        assert_reported(account.fails(case.module, **options), action, REFUSAL)
        account.forget_calls()
        refuse(account, action, BUSY)
        assert account.ok(case.module, **options)["changed"], action
        assert account.calls(action) >= 2, action
        assert not account.ok(case.module, **options)["changed"], action


@every_case
def test_every_delete(account, case):
    options = wanted(account, case)
    account.ok(case.module, **options)
    absent = {name: options[name] for name in (*case.key, *case.scope)} | {"state": "absent"}
    refuse(account, case.delete_action, REFUSAL)
    assert_reported(account.fails(case.module, **absent), case.delete_action, REFUSAL)
    refuse(account, case.delete_action, BUSY)
    assert account.ok(case.module, **absent)["changed"]
    assert not account.ok(case.module, **absent)["changed"]


@every_case
def test_a_repeated_create_carries_the_client_token_of_the_first_call(account, case):
    """For each action that takes a token; without one the service could not tell a repetition from a second order."""
    options = wanted(account, case)
    account.cloud.admin("DELETE", "journal")
    account.fault(action=case.create_action, kind="error", code=BUSY, status=400, count=2)
    account.ok(case.module, **options)
    entries = account.cloud.admin("GET", f"journal?action={case.create_action}")["requests"]
    tokens = [entry["parameters"].get("ClientToken") for entry in entries]
    assert len(tokens) == 3 and len(set(tokens)) == 1
    assert bool(tokens[0]) == takes(case.create_action, "client_token")


@every_case
def test_a_create_whose_reply_is_lost_makes_one_object(account, case):
    """The repetition carries the client token of the first call, or finds the object by its name."""
    options = wanted(account, case)
    account.fault(action=case.create_action, kind="reset_after")
    result = account.run(case.module, **options)
    if result.get("failed"):  # a create without a token is not repeated blindly; the next run finds the object
        assert case.create_action in result["msg"]
        account.ok(case.module, **options)
    keyed = {name: options[name] for name in (*case.key, *case.scope)}
    assert len(account.ok(case.info, **keyed)[case.plural]) == 1
    assert not account.ok(case.module, **options)["changed"]
