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


def test_the_key_of_the_sessions_goes_to_the_customer_gateway(account):
    """Given in an option of its own, changed in one call, shown nowhere, and left alone by a run that has none."""
    account.network()
    options, first, second = documents(2), "first-Qm4Vx8Lz", "second-Rb7Tn2Ks"
    made = account.ok("vpn_sites", **options, bgp_auth_keys={"store-001": first})
    account.forget_calls()
    again = account.ok("vpn_sites", **options, bgp_auth_keys={"store-001": first})
    assert not again["changed"] and account.writes() == {}
    changed = account.ok("vpn_sites", diff=True, **options, bgp_auth_keys={"store-001": second})
    assert account.writes() == {"ModifyCustomerGatewayAttribute": 1}
    account.forget_calls()
    without = account.ok("vpn_sites", **options)
    assert not without["changed"] and account.writes() == {}
    (found,) = account.api("DescribeCustomerGateways")["CustomerGateways"]["CustomerGateway"]
    assert found["AuthKey"] == second
    info = account.ok("vpn_sites_info", **options)
    assert not [key for key in (first, second) if key in str([made, again, changed, without, info])]


@pytest.mark.parametrize("key", ["with space", "with?", "k" * 65, 12345678])
def test_a_wrong_key_of_the_sessions_is_refused_unseen(account, key):
    account.network()
    account.forget_calls()
    failed = account.fails("vpn_sites", **documents(2), bgp_auth_keys={"store-001": key})
    assert "vpn_site[store-001].bgp_auth_key" in failed["msg"] and str(key) not in str(failed)
    assert account.writes() == {}


def test_a_device_whose_files_have_no_key_of_the_sessions(account):
    account.network()
    options = documents(1)
    options["sites"]["store-001"]["device"] = "cisco_ios_xe"
    failed = account.fails("vpn_sites", **options, bgp_auth_keys={"store-001": "Qm4Vx8LzRb7Tn2Ks"})
    assert "bgp_auth_key: (hidden) is not written into the files for cisco_ios_xe" in failed["msg"]
