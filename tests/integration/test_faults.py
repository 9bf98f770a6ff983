"""What the service and the network do wrong, and what a module makes of it."""

from __future__ import annotations

import time

import pytest

OPTIONS = {"name": "cgw-a", "ip_address": "198.51.100.10"}


@pytest.mark.parametrize("kind", ["html", "reset_before", "reset_after"])
def test_broken_transport_creates_one_object(account, kind):
    """The reply is lost, before or after the object exists: the client token keeps the repetition from making two."""
    account.fault(action="CreateCustomerGateway", kind=kind)
    assert account.ok("customer_gateway", **OPTIONS)["changed"]
    assert len(account.ok("customer_gateway_info")["customer_gateways"]) == 1


def test_server_error_after_commit_creates_one_object(account):
    account.fault(action="CreateCustomerGateway", kind="error", status=500, code="InternalError", after_commit=True)
    assert account.ok("customer_gateway", **OPTIONS)["changed"]
    assert len(account.ok("customer_gateway_info")["customer_gateways"]) == 1


def test_retry_after_of_the_server_is_kept(account):
    account.fault(action="DescribeCustomerGateways", kind="throttle", retry_after_ms=1200)
    started = time.monotonic()
    account.ok("customer_gateway", **OPTIONS)
    assert time.monotonic() - started >= 1.2


def test_repetition_ends(account):
    account.fault(action="DescribeCustomerGateways", kind="throttle", count=None)
    failed = account.fails("customer_gateway", **OPTIONS, retry_timeout=1)
    assert "Throttling" in failed["msg"]


def test_new_object_that_is_invisible_at_first(account):
    """List and describe calls may lag behind a create."""
    network = account.network()
    account.fault(action="CreateVpnGateway", kind="stale", reads=3)
    result = account.ok("vpn_gateway", name="vpg-a", bandwidth=10, **network)
    assert result["vpn_gateway"]["status"] == "active"


def test_wait_has_a_limit(account):
    """A gateway that never becomes active: a clear end, and the next run goes on from there."""
    network = account.network()
    account.settings(delays={"gateway_provision": 0.1})
    account.fault(action="CreateVpnGateway", kind="stuck", count=1)
    failed = account.fails("vpn_gateway", name="vpg-a", bandwidth=10, wait_timeout=1, **network)
    assert "is not active but" in failed["msg"] and "run again" in failed["msg"]
    account.cloud.admin("DELETE", "faults")
    result = account.ok("vpn_gateway", name="vpg-a", bandwidth=10, **network)
    assert result["vpn_gateway"]["status"] == "active"
    assert len(account.ok("vpn_gateway_info")["vpn_gateways"]) == 1


def test_busy_gateway_is_waited_for(account):
    """Another client's change holds the gateway for a second; ours comes after it."""
    gateway = account.dual_gateway()
    account.settings(delays={"child": 1.0})
    account.api("ModifyVpnGatewayAttribute", VpnGatewayId=gateway["vpn_gateway_id"], Description="by hand")
    result = account.ok("vpn_gateway", name="vpg-dual", auto_propagate=True)
    assert result["changed"] and result["vpn_gateway"]["auto_propagate"]
    assert result["vpn_gateway"]["description"] == "by hand"


def test_key_that_is_read_back_masked(account, monkeypatch):
    """A PSK that the service shows as asterisks is unreadable: no change is claimed, and the user is told."""
    from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Policy, compare
    from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_connection import IPSEC_CONNECTION

    want = {"ike": {"psk": "Kx7mQ2vT9bR4nZc1"}}
    for masked in ("", None, "****************"):
        warnings: list[str] = []
        assert compare(IPSEC_CONNECTION.fields, want, {"ike": {"psk": masked}}, Policy(), warnings) == []
        assert len(warnings) == 1 and "psk_update: always" in warnings[0]
    assert compare(IPSEC_CONNECTION.fields, want, {"ike": {"psk": ""}}, Policy(psk_update="always"), [])


def test_refusals_name_the_object_that_blocks(account):
    """Deletes that the service refuses."""
    gateway = account.dual_gateway()
    customer = account.customer_gateway()
    tunnels = [{"role": role, "customer_gateway_id": customer} for role in ("master", "slave")]
    account.ok(
        "ipsec_connection",
        name="ipsec-a",
        vpn_gateway_id=gateway["vpn_gateway_id"],
        local_subnets=["172.16.0.0/16"],
        remote_subnets=["192.168.1.0/24"],
        tunnels=tunnels,
    )
    for module, name in (("vpn_gateway", "vpg-dual"), ("customer_gateway", "cgw-a")):
        failed = account.fails(module, name=name, state="absent", retry_timeout=2)
        assert failed["api_error"]["code"] and failed["api_error"]["request_id"]


def test_prepaid_gateway_is_not_deleted(account):
    options = {"charge_type": "prepay", "period": 1, "auto_pay": True, **account.network()}
    account.ok("vpn_gateway", name="vpg-a", bandwidth=10, **options)
    account.forget_calls()
    failed = account.fails("vpn_gateway", name="vpg-a", state="absent")
    assert "is prepaid and cannot be released" in failed["msg"]
    assert account.writes() == {}
