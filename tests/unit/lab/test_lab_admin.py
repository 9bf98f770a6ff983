"""The admin endpoint: counters, journal, settings, snapshot; and that it shows no secret."""

from __future__ import annotations

import json
import urllib.request

import pytest

SECRETS = ("psk-of-single", "psk-of-dual", "bgp-key", "lab-test-secret")


@pytest.fixture
def busy(world):
    """A cloud with every kind of secret in it."""
    peer = world.peer(Asn="65000", AuthKey="bgp-key")
    single = world.gateway(dual=False)
    world.single(single, peer, IkeConfig=json.dumps({"Psk": "psk-of-single"}))
    dual = world.gateway()
    options = [
        {"Role": role, "CustomerGatewayId": peer, "TunnelIkeConfig": {"Psk": "psk-of-dual"}}
        for role in ("master", "slave")
    ]
    world.dual(dual, peer, TunnelOptionsSpecification=options)
    world.api.v1("DescribeVpcs", {"RegionId": "cn-hangzhou"})
    return world


@pytest.mark.parametrize("path", ["health", "calls", "journal", "faults", "settings", "snapshot", "tunnels"])
def test_no_secret_is_shown(cloud, busy, path):
    with urllib.request.urlopen(f"{cloud.admin_url}/{path}") as reply:
        text = reply.read().decode()
    assert not [secret for secret in SECRETS if secret in text]
    assert "Signature" not in text or '"Signature":"***"' in text


def test_malformed_blocks_are_hidden_too(cloud, world):
    world.api.refused("CreateVpnConnection", VpnGatewayId="x", IkeConfig='{"Psk": "psk-of-single"')
    assert "psk-of-single" not in json.dumps(cloud.admin("GET", "journal"))


def test_counters(cloud, api):
    api.call("CreateVpc")
    api.call("DescribeVpcs")
    api.refused("CreateVpc", CidrBlock="nonsense")
    api.refused("DescribeVpcAttribute", VpcId="vpc-none")
    api.v3("NoSuchAction")
    counts = cloud.admin("GET", "calls")
    totals = {name: counts[name] for name in ("reads", "writes", "refused", "faulted", "write_calls", "total")}
    assert totals == {"reads": 1, "writes": 1, "refused": 3, "faulted": 0, "write_calls": 2, "total": 5}
    assert counts["by_action"]["CreateVpc"]["calls"] == 2
    cloud.admin("DELETE", "calls")
    assert cloud.admin("GET", "calls")["total"] == 0


def test_journal(cloud, api):
    api.call("CreateVpc", ClientToken="t-1")
    api.refused("DescribeVpcAttribute", VpcId="vpc-none")
    entries = cloud.admin("GET", "journal")["requests"]
    assert [entry["action"] for entry in entries] == ["CreateVpc", "DescribeVpcAttribute"]
    assert entries[0]["parameters"]["ClientToken"] == "t-1"
    assert (entries[1]["status"], entries[1]["code"], entries[1]["outcome"]) == (
        404,
        "InvalidVpcID.NotFound",
        "refused",
    )
    assert len(cloud.admin("GET", "journal?limit=1")["requests"]) == 1
    assert len(cloud.admin("GET", "journal?action=CreateVpc")["requests"]) == 1
    cloud.admin("DELETE", "journal")
    assert cloud.admin("GET", "journal") == {"requests": []}


def test_settings(cloud):
    changed = cloud.admin("POST", "settings", {"delays": {"child": 2}, "dual_tunnel_regions": []})
    assert (changed["delays"]["child"], changed["delays"]["vpc"]) == (2.0, 0.0)
    cloud.admin("POST", "reset")
    assert cloud.admin("GET", "settings")["delays"]["child"] == 0.0


@pytest.mark.parametrize(
    "document",
    [
        {"x": 1},
        {"delays": {"x": 1}},
        {"delays": 1},
        {"delays": {"child": "1"}},
        {"latency": -1},
        [],
        {"quotas": None},
        {"latency": 1, "x": 1},
    ],
)
def test_bad_settings(cloud, document):
    before = cloud.admin("GET", "settings")
    with pytest.raises(RuntimeError):
        cloud.admin("POST", "settings", document)
    assert cloud.admin("GET", "settings") == before


def test_health(cloud):
    health = cloud.admin("GET", "health")
    assert (health["status"], health["dataplane"], health["reply_check"]) == ("ok", False, True)


def test_reset(cloud, busy):
    cloud.admin("POST", "reset")
    assert cloud.admin("GET", "calls")["total"] == 0
    assert cloud.admin("GET", "tunnels") == {"tunnels": []}
    assert busy.api.call("DescribeVpcs")["TotalCount"] == 0


def test_financial_lock(cloud, world):
    gateway = world.gateway()
    cloud.admin("POST", f"gateways/{gateway}/lock")
    shown = world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)
    assert (shown["Status"], shown["BusinessStatus"]) == ("active", "FinancialLocked")
    params = world.dual_params(gateway, world.peer())
    assert world.api.refused("CreateVpnConnection", **params) == "VpnGateway.FinancialLocked 400"
    cloud.admin("POST", f"gateways/{gateway}/unlock")
    world.api.call("CreateVpnConnection", **params)
    for path in ("gateways/vpn-none/lock", f"gateways/{gateway}/explode"):
        with pytest.raises(RuntimeError):
            cloud.admin("POST", path)


def test_no_data_plane_to_kill(cloud):
    with pytest.raises(RuntimeError, match="no data plane"):
        cloud.admin("POST", "endpoints/vpn-x/1/kill")


@pytest.mark.parametrize("path", ["journal?limit=x", "faults?id=x"])
def test_bad_queries(cloud, path):
    with pytest.raises(RuntimeError):
        cloud.admin("DELETE" if "faults" in path else "GET", path)
