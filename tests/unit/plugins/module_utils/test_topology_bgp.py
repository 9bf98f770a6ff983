# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites with ``routing: bgp``: what both ends get, that they agree, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import TopologyError, build_topology
from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.site_documents import small_fleet

CIDRS = ["169.254.10.0/30", "169.254.10.4/30"]
EVERYTHING = ["0.0.0.0/0"]


def fleet_with_bgp(**changes):
    fleet = small_fleet()
    fleet["sites"]["store-001"].update(routing="bgp", bgp={"asn": 65010, "tunnel_cidrs": CIDRS}, **changes)
    return fleet


def objects(topology):
    return {(item.kind, item.key): item.options for item in topology.cloud_objects()}


def test_both_ends_of_a_site_with_bgp():
    topology = build_topology(**fleet_with_bgp())
    wanted = objects(topology)
    connection = wanted["ipsec_connection", "store-001/main"]
    assert connection["enable_tunnels_bgp"] is True
    assert connection["local_subnets"] == connection["remote_subnets"] == EVERYTHING
    blocks = {tunnel["role"]: tunnel["bgp"] for tunnel in connection["tunnels"]}
    assert blocks["master"] == {
        "local_asn": "45104",
        "tunnel_cidr": "169.254.10.0/30",
        "local_address": "169.254.10.1",
    }
    assert wanted["customer_gateway", "store-001"]["asn"] == "65010"
    peers = topology.peer_connections("store-001", {})
    assert [peer["interface_address"] for peer in peers] == ["169.254.10.2/30", "169.254.10.6/30"]
    for peer in peers:
        assert peer["local_networks"] == peer["remote_networks"] == EVERYTHING
        assert peer["routes"] == []
    routing = topology.bgp("store-001")
    assert (routing["asn"], routing["networks"], routing["accepted_networks"]) == (
        "65010",
        ["192.168.1.0/24"],
        ["172.16.0.0/16"],
    )
    assert [neighbor["name"] for neighbor in routing["neighbors"]] == [peer["name"] for peer in peers]
    assert [neighbor["role"] for neighbor in routing["neighbors"]] == ["active", "standby"]
    for neighbor, role in zip(routing["neighbors"], ("master", "slave"), strict=True):
        assert neighbor["address"] == blocks[role]["local_address"]
        assert neighbor["asn"] == blocks[role]["local_asn"]
    assert [neighbor["source"] for neighbor in routing["neighbors"]] == ["169.254.10.2", "169.254.10.6"]


def test_routes_are_learned_and_not_written():
    wanted = objects(build_topology(**fleet_with_bgp()))
    assert {key for kind, key in wanted if kind == "vpn_policy_route"} == {
        "store-002/main/172.16.0.0/16-192.168.2.0/24"
    }
    assert wanted["vpn_gateway", "main"]["auto_propagate"] is True
    assert "auto_propagate" not in objects(build_topology(**small_fleet()))["vpn_gateway", "main"]


def test_other_sites_stay_as_they_are():
    plain, mixed = build_topology(**small_fleet()), build_topology(**fleet_with_bgp())
    assert mixed.peer_connections("store-002", {}) == plain.peer_connections("store-002", {})
    assert mixed.bgp("store-002") is None
    assert objects(mixed)["ipsec_connection", "store-002/main"] == objects(plain)["ipsec_connection", "store-002/main"]


def test_a_single_tunnel():
    fleet = fleet_with_bgp()
    fleet["gateways"]["main"]["vswitches"] = ["vsw-a"]
    fleet["sites"]["store-001"]["bgp"]["tunnel_cidrs"] = CIDRS[:1]
    topology = build_topology(**fleet)
    connection = objects(topology)["ipsec_connection", "store-001/main"]
    assert connection["bgp"] == {
        "enabled": True,
        "local_asn": "45104",
        "tunnel_cidr": "169.254.10.0/30",
        "local_address": "169.254.10.1",
    }
    assert [neighbor["role"] for neighbor in topology.bgp("store-001")["neighbors"]] == ["active"]


def test_two_gateways_share_the_addresses_out_in_the_order_of_their_keys():
    fleet = fleet_with_bgp(gateways=["west", "main"], cloud_networks=None)
    fleet["gateways"]["main"]["cloud_networks"] = ["172.16.0.0/16"]
    fleet["gateways"]["west"] = {
        "name": "vpg-west",
        "vpc": "vpc-west",
        "bandwidth": 10,
        "vswitches": ["vsw-w"],
        "cloud_networks": ["172.20.0.0/16"],
    }
    fleet["sites"]["store-001"]["bgp"] = {"asn": "1.10", "tunnel_cidrs": [*CIDRS, "169.254.11.0/30"]}
    fleet["sites"]["store-002"]["gateways"] = ["main"]
    topology = build_topology(**fleet)
    routing = topology.bgp("store-001")
    assert [(one["name"], one["source"]) for one in routing["neighbors"]] == [
        ("store-001-main-1", "169.254.10.2"),
        ("store-001-main-2", "169.254.10.6"),
        ("store-001-west-1", "169.254.11.2"),
    ]
    assert routing["accepted_networks"] == ["172.16.0.0/16", "172.20.0.0/16"]
    assert [one["accepted_networks"] for one in routing["neighbors"]] == [
        ["172.16.0.0/16"],
        ["172.16.0.0/16"],
        ["172.20.0.0/16"],
    ]
    assert routing["asn"] == str(65536 + 10)
    assert objects(topology)["ipsec_connection", "store-001/west"]["bgp"]["tunnel_cidr"] == "169.254.11.0/30"


def test_many_networks_with_ike_v1():
    """What IKEv1 cannot carry as selectors it carries as routes."""
    fleet = fleet_with_bgp(crypto="legacy", networks=["192.168.1.0/24", "192.168.9.0/24"])
    fleet["defaults"]["allow_weak_crypto"] = True
    assert build_topology(**fleet).bgp("store-001")["networks"] == ["192.168.1.0/24", "192.168.9.0/24"]


@pytest.mark.parametrize(
    ("bgp", "path", "value", "rule", "fix"),
    [
        ({"tunnel_cidrs": CIDRS}, "asn", "(missing)", "is required with routing bgp", "such as 65010"),
        ({"asn": 65010}, "tunnel_cidrs", "(missing)", "is required", "[169.254.0.4/30, 169.254.0.8/30]"),
        ({"asn": 65010, "tunnel_cidrs": CIDRS[:1]}, "tunnel_cidrs", "1", "do not fit the 2 tunnels", "one for each"),
    ],
)
def test_what_is_refused(bgp, path, value, rule, fix):
    fleet = fleet_with_bgp()
    fleet["sites"]["store-001"]["bgp"] = bgp
    with pytest.raises(TopologyError) as caught:
        build_topology(**fleet)
    (problem,) = caught.value.problems
    assert (problem.path, problem.value) == (f"vpn_site[store-001].bgp.{path}", value)
    assert rule in problem.rule and fix in problem.fix


def test_a_gateway_that_keeps_routes_to_itself_is_refused():
    fleet = fleet_with_bgp()
    fleet["gateways"]["main"]["auto_propagate"] = False
    with pytest.raises(TopologyError, match="cannot work while auto_propagate of vpn_gateways"):
        build_topology(**fleet)
