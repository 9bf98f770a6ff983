"""Injected faults, throttling, and how they are counted."""

from __future__ import annotations

import http.client
import time

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException
from alibabacloud_vpc20160428 import models
from darabonba.exceptions import UnretryableException


def describe(cloud):
    return cloud.client().describe_vpcs(models.DescribeVpcsRequest(region_id="cn-hangzhou"))


def create(cloud, token="t"):
    request = models.CreateVpcRequest(region_id="cn-hangzhou", cidr_block="10.0.0.0/16", client_token=token)
    return cloud.client().create_vpc(request)


def vpcs(cloud):
    return describe(cloud).body.total_count


def inject(cloud, **fault):
    return cloud.admin("POST", "faults", fault)["ids"][0]


class TestThroughTheSdk:
    def test_server_error(self, cloud):
        inject(cloud, action="Describe*", kind="error")
        with pytest.raises(ServerException) as caught:
            describe(cloud)
        assert (caught.value.code, caught.value.status_code) == ("ServiceUnavailable", 503)
        assert vpcs(cloud) == 0

    def test_chosen_code(self, cloud):
        inject(cloud, action="CreateVpc", kind="error", status=400, code="TaskConflict", message="busy")
        with pytest.raises(ClientException) as caught:
            create(cloud)
        assert caught.value.code == "TaskConflict"

    def test_error_after_commit_and_the_token_finds_the_object(self, cloud):
        inject(cloud, action="CreateVpc", kind="error", status=500, code="InternalError", after_commit=True)
        with pytest.raises(ServerException):
            create(cloud)
        assert vpcs(cloud) == 1
        create(cloud)
        assert vpcs(cloud) == 1
        counts = cloud.admin("GET", "calls")["by_action"]["CreateVpc"]
        assert (counts["ok"], counts["replayed"], counts["faulted"]) == (1, 1, 0)

    def test_throttling_with_a_delay(self, cloud):
        inject(cloud, action="*", kind="throttle", retry_after_ms=250)
        with pytest.raises(ThrottlingException) as caught:
            describe(cloud)
        assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 250)

    def test_throttling_without(self, cloud):
        inject(cloud, action="*", kind="throttle")
        with pytest.raises(ClientException) as caught:
            describe(cloud)
        assert caught.value.code == "Throttling.User"

    def test_html(self, cloud):
        inject(cloud, action="*", kind="html")
        with pytest.raises(UnretryableException):
            describe(cloud)

    @pytest.mark.parametrize(("kind", "made"), [("reset_before", 0), ("reset_after", 1)])
    def test_resets(self, cloud, kind, made):
        inject(cloud, action="CreateVpc", kind=kind)
        with pytest.raises(UnretryableException):
            create(cloud)
        assert vpcs(cloud) == made
        create(cloud)
        assert vpcs(cloud) == 1


def test_a_reset_is_one_on_the_wire(cloud, api):
    inject(cloud, action="*", kind="reset_before")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        api.call("DescribeVpcs")


def test_latency(cloud, api):
    inject(cloud, action="DescribeVpcs", kind="latency", seconds=0.3)
    start = time.monotonic()
    api.call("DescribeVpcs")
    assert time.monotonic() - start >= 0.3


def test_latency_for_every_call(cloud, api):
    cloud.admin("POST", "settings", {"latency": 0.2})
    start = time.monotonic()
    api.call("DescribeVpcs")
    assert time.monotonic() - start >= 0.2


def test_stale_reads(cloud, world):
    inject(cloud, action="CreateCustomerGateway", kind="stale", reads=2)
    peer = world.peer()
    assert world.api.call("DescribeCustomerGateways")["TotalCount"] == 0
    missing = "InvalidCustomerGatewayInstanceId.NotFound 404"
    assert world.api.refused("DescribeCustomerGateway", CustomerGatewayId=peer) == missing
    assert world.api.call("DescribeCustomerGateways")["TotalCount"] == 1


def test_stuck_until_the_rule_is_deleted(cloud, world):
    rule = inject(cloud, action="CreateVpnGateway", kind="stuck")
    gateway = world.gateway()
    time.sleep(0.1)
    assert world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["Status"] == "init"
    assert cloud.admin("DELETE", f"faults?id={rule}") == {"deleted": 1, "released": 1}
    assert world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["Status"] == "active"


def test_nth_and_count(cloud, api):
    inject(cloud, action="DescribeVpcs", kind="error", nth=2, count=2)
    assert [api.try_call("DescribeVpcs").status for _ in range(5)] == [200, 503, 503, 200, 200]
    (rule,) = cloud.admin("GET", "faults")["faults"]
    assert (rule["seen"], rule["fired"]) == (5, 2)


def test_for_ever(cloud, api):
    inject(cloud, action="DescribeVpcs", kind="error", count=None)
    assert {api.try_call("DescribeVpcs").status for _ in range(5)} == {503}
    cloud.admin("DELETE", "faults")
    assert api.try_call("DescribeVpcs").status == 200


@pytest.mark.parametrize(
    "fault",
    [
        {},
        "x",
        {"action": "*"},
        {"action": "*", "kind": "earthquake"},
        {"action": "*", "kind": "error", "color": "red"},
        {"action": "*", "kind": "error", "status": "503"},
        {"action": "*", "kind": "error", "count": True},
        {"action": "*", "kind": "error", "id": 7},
    ],
)
def test_bad_rules(cloud, fault):
    with pytest.raises(RuntimeError):
        cloud.admin("POST", "faults", fault)
    assert cloud.admin("GET", "faults") == {"faults": []}


def test_throttle_limit(cloud, api):
    cloud.admin("POST", "settings", {"throttle": {"calls_per_second": 3, "retry_after_ms": 100}})
    replies = [api.try_call("DescribeVpcs") for _ in range(5)]
    assert [reply.status for reply in replies].count(200) == 3
    assert replies[-1].code == "Throttling.User"
    assert replies[-1].headers["x-acs-retry-after"] == "100"
    assert cloud.admin("GET", "calls")["faulted"] == 2
