"""Sites with BGP in the fleet module: made, made again, and changed from and to policy routing."""

from __future__ import annotations

from typing import Any

import pytest

CIDRS = ["169.254.10.0/30", "169.254.10.4/30"]


def documents(vswitches: int, routing: str = "bgp") -> dict[str, Any]:
    names = ["vsw-lab-a", "vsw-lab-b"][:vswitches]
    site = {"public_address": "198.51.100.10", "networks": ["192.168.1.0/24"], "bgp": {"asn": 65010}}
    if routing == "bgp":
        site["bgp"]["tunnel_cidrs"] = CIDRS[:vswitches]
    return {
        "gateways": {"main": {"name": "vpg-lab", "vpc": "vpc-lab", "vswitches": names, "bandwidth": 10}},
        "defaults": {"cloud_networks": ["172.16.0.0/16"]},
        "sites": {"store-001": {**site, "routing": routing}},
    }


@pytest.mark.parametrize("tunnels", [1, 2])
def test_built_and_again(account, tunnels):
    account.network()
    options = documents(tunnels)
    account.ok("vpn_sites", **options)
    account.forget_calls()
    again = account.ok("vpn_sites", **options)
    assert not again["changed"] and again["plan"] == [], again["plan"]
    assert account.writes() == {}
    found = account.ok("vpn_sites_info", **options)
    assert found["gateways"]["main"]["auto_propagate"] is True
    connection = found["sites"]["store-001"]["connections"]["main"]
    assert connection["local_subnets"] == connection["remote_subnets"] == ["0.0.0.0/0"]
    blocks = [tunnel["bgp"] for tunnel in connection["tunnels"]] if tunnels == 2 else [connection["bgp"]]
    neighbors = found["bgp"]["store-001"]["neighbors"]
    assert [(block["local_address"], block["peer_address"], str(block["local_asn"])) for block in blocks] == [
        (neighbor["address"], neighbor["source"], neighbor["asn"]) for neighbor in neighbors
    ]
    assert all(str(block["peer_asn"]) == found["bgp"]["store-001"]["asn"] for block in blocks)


def test_from_policy_to_bgp_and_back(account):
    account.network()
    policy, bgp = documents(2, "policy"), documents(2)
    account.ok("vpn_sites", **policy)
    account.forget_calls()
    account.ok("vpn_sites", **bgp)
    assert account.writes() == {
        "ModifyVpnGatewayAttribute": 1,
        "ModifyVpnConnectionAttribute": 1,
        "DeleteVpnPbrRouteEntry": 1,
    }
    assert not account.ok("vpn_sites", **bgp)["changed"]
    account.forget_calls()
    account.ok("vpn_sites", **policy)
    assert account.writes() == {"ModifyVpnConnectionAttribute": 1, "CreateVpnPbrRouteEntry": 1}
    assert not account.ok("vpn_sites", **policy)["changed"]
    assert account.ok("vpn_sites_info", **policy)["bgp"] == {}
