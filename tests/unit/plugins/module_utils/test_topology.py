# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The model: what the cloud shall have, what the sites' hosts shall have, and that the two agree."""

from __future__ import annotations

import copy
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import cloud_settings
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import (
    PENDING,
    TopologyError,
    build_topology,
)
from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.site_documents import (
    SECRETS,
    fleets,
    small_fleet,
)

MODERN_IKE = {
    "version": "ikev2",
    "mode": "main",
    "encryption": "aes256",
    "integrity": "sha256",
    "dh_group": 14,
    "lifetime": 86400,
}
MODERN_IPSEC = {"encryption": "aes256", "integrity": "sha256", "pfs_group": "14", "lifetime": 86400}


def wanted(topology, *names):
    return {(item.kind, item.key): item.options for item in topology.cloud_objects(*names)}


def test_the_objects_of_a_small_fleet():
    objects = wanted(build_topology(**small_fleet(), owner="netops"))
    site_tags = {"team": "net", "hybridnet:owner": "netops", "hybridnet:site": "store-001"}
    tunnel = {
        "customer_gateway_id": Reference("customer_gateway", "store-001"),
        "dpd": True,
        "nat_traversal": True,
        "ike": {**MODERN_IKE, "psk": SECRETS[0], "remote_id": "198.51.100.10"},
        "ipsec": MODERN_IPSEC,
    }
    assert objects["vpn_gateway", "main"] == {
        "name": "vpg-test",
        "vpc_id": Reference("vpc", "vpc-test"),
        "vswitch_id": Reference("vswitch", "vsw-a"),
        "disaster_recovery_vswitch_id": Reference("vswitch", "vsw-b"),
        "bandwidth": 100,
        "tags": {"env": "test", "hybridnet:owner": "netops"},
    }
    assert objects["customer_gateway", "store-001"] == {
        "name": "cgw-store-001",
        "ip_address": "198.51.100.10",
        "tags": site_tags,
    }
    assert objects["ipsec_connection", "store-001/main"] == {
        "name": "ipsec-store-001-main",
        "vpn_gateway_id": Reference("vpn_gateway", "main"),
        "local_subnets": ["172.16.0.0/16"],
        "remote_subnets": ["192.168.1.0/24"],
        "effect_immediately": True,
        "auto_config_route": False,
        "enable_tunnels_bgp": False,
        "tunnels": [{**tunnel, "role": "master"}, {**tunnel, "role": "slave"}],
        "tags": site_tags,
    }
    assert objects["vpn_policy_route", "store-001/main/172.16.0.0/16-192.168.1.0/24"] == {
        "vpn_gateway_id": Reference("vpn_gateway", "main"),
        "next_hop": Reference("ipsec_connection", "store-001/main"),
        "route_source": "172.16.0.0/16",
        "route_dest": "192.168.1.0/24",
        "weight": 100,
        "priority": 10,
        "publish_vpc": True,
    }
    assert len(objects) == 1 + 2 * 3
    assert "psk" not in objects["ipsec_connection", "store-002/main"]["tunnels"][0]["ike"]


def test_objects_come_in_the_order_of_creation():
    kinds = [item.kind for item in build_topology(**small_fleet()).cloud_objects()]
    assert kinds == sorted(kinds, key=["vpn_gateway", "customer_gateway", "ipsec_connection", "vpn_policy_route"].index)


def test_a_gateway_of_one_zone_has_one_tunnel():
    fleet = small_fleet()
    fleet["gateways"]["main"]["vswitches"] = ["vsw-a"]
    topology = build_topology(**fleet)
    connection = wanted(topology)["ipsec_connection", "store-001/main"]
    assert "tunnels" not in connection
    assert connection["customer_gateway_id"] == Reference("customer_gateway", "store-001")
    assert connection["ike"] == {**MODERN_IKE, "psk": SECRETS[0], "remote_id": "198.51.100.10"}
    (peer,) = topology.peer_connections("store-001", {"store-001/main": [{"role": None, "address": "203.0.113.1"}]})
    assert (peer["name"], peer["role"], peer["remote_address"]) == ("store-001-main-1", "active", "203.0.113.1")


def test_an_existing_gateway_is_not_tagged_as_ours():
    fleet = small_fleet()
    fleet["gateways"]["main"] = {"vpn_gateway_id": "vpn-bp1abc", "tunnels": 2, "tags": {"env": "test"}}
    objects = wanted(build_topology(**fleet))
    assert objects["vpn_gateway", "main"] == {"vpn_gateway_id": "vpn-bp1abc", "tags": {"env": "test"}}
    assert len(objects["ipsec_connection", "store-001/main"]["tunnels"]) == 2
    fleet["gateways"]["main"] = {"vpn_gateway_id": "vpn-bp1abc", "tunnels": "1"}
    assert wanted(build_topology(**fleet))["vpn_gateway", "main"] == {"vpn_gateway_id": "vpn-bp1abc"}


def test_ids_change_places_between_the_ends():
    fleet = small_fleet()
    fleet["sites"]["store-002"].update(local_id="store-002.example.com", remote_id="cloud.example.com")
    topology = build_topology(**fleet)
    ike = wanted(topology)["ipsec_connection", "store-002/main"]["tunnels"][0]["ike"]
    assert (ike["local_id"], ike["remote_id"]) == ("cloud.example.com", "store-002.example.com")
    peer = topology.peer_connections("store-002", {})[0]
    assert (peer["local_id"], peer["remote_id"]) == ("store-002.example.com", "cloud.example.com")


def test_peers_before_the_cloud_answers():
    peers = build_topology(**small_fleet()).peer_connections("store-002", {})
    assert [(peer["remote_address"], peer["remote_id"], peer["psk"]) for peer in peers] == [
        (PENDING, PENDING, None)
    ] * 2
    assert {peer["local_id"] for peer in peers} == {"198.51.100.20"}


def test_a_key_that_the_cloud_made_reaches_the_host_and_a_masked_one_does_not():
    facts = {
        "store-002/main": [
            {"role": "slave", "address": "203.0.113.12", "psk": "****************"},
            {"role": "master", "address": "203.0.113.11", "psk": SECRETS[1], "local_id": "203.0.113.11"},
        ]
    }
    active, standby = build_topology(**small_fleet()).peer_connections("store-002", facts)
    assert (active["role"], active["remote_address"], active["psk"]) == ("active", "203.0.113.11", SECRETS[1])
    assert (standby["role"], standby["remote_address"], standby["psk"]) == ("standby", "203.0.113.12", None)


def test_the_document_wins_over_what_the_cloud_still_has():
    facts = {"store-001/main": [{"role": "master", "address": "203.0.113.11", "psk": SECRETS[1]}]}
    assert build_topology(**small_fleet()).peer_connections("store-001", facts)[0]["psk"] == SECRETS[0]


def test_the_cloud_decides_its_own_id_and_the_document_the_site_s():
    facts = {
        "store-002/main": [
            {
                "role": "master",
                "address": "203.0.113.11",
                "local_id": "gw.example.com",
                "remote_id": "edited.example.com",
            }
        ]
    }
    topology = build_topology(**small_fleet())
    peer = topology.peer_connections("store-002", facts)[0]
    assert (peer["local_id"], peer["remote_id"]) == ("198.51.100.20", "gw.example.com")
    ike = wanted(topology)["ipsec_connection", "store-002/main"]["tunnels"][0]["ike"]
    assert ike["remote_id"] == "198.51.100.20"
    assert "local_id" not in ike


@pytest.mark.parametrize(
    ("where", "expected"),
    [(("site", "gateway", "defaults"), "site"), (("gateway", "defaults"), "gateway"), (("defaults",), "defaults")],
)
def test_the_nearest_cloud_networks_count(where, expected):
    fleet = small_fleet()
    documents = {
        "site": fleet["sites"]["store-001"],
        "gateway": fleet["gateways"]["main"],
        "defaults": fleet["defaults"],
    }
    networks = {"site": ["172.17.0.0/16"], "gateway": ["172.18.0.0/16"], "defaults": ["172.16.0.0/16"]}
    for name in where:
        documents[name]["cloud_networks"] = networks[name]
    connection = wanted(build_topology(**fleet))["ipsec_connection", "store-001/main"]
    assert connection["local_subnets"] == networks[expected]


def test_absent_sites_are_named_and_have_nothing():
    fleet = small_fleet()
    # What another site takes over from it is no conflict, and what is left of it need not be complete.
    fleet["sites"]["old"] = {"state": "absent", "public_address": "198.51.100.10", "networks": ["192.168.1.0/24"]}
    fleet["sites"]["older"] = {"state": "ABSENT"}
    topology = build_topology(**fleet)
    assert topology.absent_sites == ("old", "older")
    assert wanted(topology) == wanted(build_topology(**small_fleet()))
    assert topology.peer_connections("old", {}) == []
    assert {kind for kind, _key in wanted(topology, ["old"])} == {"vpn_gateway"}


def test_some_sites_only():
    topology = build_topology(**small_fleet())
    keys = {key for kind, key in wanted(topology, ["store-002"]) if kind != "vpn_gateway"}
    assert keys == {"store-002", "store-002/main", "store-002/main/172.16.0.0/16-192.168.2.0/24"}
    with pytest.raises(TopologyError, match="did you mean store-002"):
        topology.cloud_objects(["stroe-002"])
    with pytest.raises(TopologyError, match="is not a site"):
        topology.peer_connections("elsewhere", {})


def test_every_pair_of_networks_gets_a_published_route():
    fleet = small_fleet()
    fleet["defaults"]["cloud_networks"] = ["172.17.0.0/16", "172.16.0.0/16"]
    fleet["sites"]["store-001"]["networks"] = ["192.168.9.0/24", "192.168.1.0/24"]
    routes = [item for item in build_topology(**fleet).cloud_objects(["store-001"]) if item.kind == "vpn_policy_route"]
    assert [(route.options["route_source"], route.options["route_dest"]) for route in routes] == [
        ("172.16.0.0/16", "192.168.1.0/24"),
        ("172.16.0.0/16", "192.168.9.0/24"),
        ("172.17.0.0/16", "192.168.1.0/24"),
        ("172.17.0.0/16", "192.168.9.0/24"),
    ]


def test_one_site_on_two_gateways():
    fleet = small_fleet()
    fleet["gateways"]["main"]["cloud_networks"] = ["172.16.0.0/16"]
    fleet["gateways"]["second"] = {
        "name": "vpg-2",
        "vpc": "vpc-2",
        "bandwidth": 10,
        "cloud_networks": ["172.17.0.0/16"],
    }
    fleet["defaults"] = {"gateways": ["main"]}
    fleet["sites"]["store-001"]["gateways"] = ["second", "main"]
    topology = build_topology(**fleet)
    objects = wanted(topology, ["store-001"])
    assert objects["ipsec_connection", "store-001/main"]["local_subnets"] == ["172.16.0.0/16"]
    assert objects["ipsec_connection", "store-001/second"]["local_subnets"] == ["172.17.0.0/16"]
    assert len([key for kind, key in objects if kind == "customer_gateway"]) == 1
    assert [peer["name"] for peer in topology.peer_connections("store-001", {})] == [
        "store-001-main-1",
        "store-001-main-2",
        "store-001-second-1",
    ]
    assert topology.sites["store-002"].gateways == ("main",)


def test_least_access_and_site_overrides():
    fleet = small_fleet()
    fleet["defaults"].update(crypto="compatible", dpd_delay=20)
    fleet["sites"]["store-001"].update(
        cloud_networks=["172.16.1.0/24"],
        crypto={"ike": {"lifetime": 28800}},
        dpd_delay="30",
        tags={"team": "shop", "floor": 1},
        bgp={"asn": "1.10"},
    )
    topology = build_topology(**fleet)
    objects = wanted(topology)
    connection = objects["ipsec_connection", "store-001/main"]
    assert connection["local_subnets"] == ["172.16.1.0/24"]
    assert (connection["tags"]["team"], connection["tags"]["floor"]) == ("shop", "1")
    assert objects["customer_gateway", "store-001"]["asn"] == "1.10"
    first, second = (topology.peer_connections(name, {})[0] for name in ("store-001", "store-002"))
    assert (first["ike"]["encryption"], first["ike"]["lifetime"], first["dpd_delay"]) == ("aes128", 28800, 30)
    assert (second["ike"]["encryption"], second["ike"]["lifetime"], second["dpd_delay"]) == ("aes128", 86400, 20)


def test_settings_come_as_text_from_templates():
    fleet = small_fleet()
    fleet["gateways"]["main"]["bandwidth"] = "100"
    fleet["gateways"]["main"]["auto_propagate"] = "False"
    fleet["sites"]["store-001"]["tunnels"] = "2"
    options = wanted(build_topology(**fleet))["vpn_gateway", "main"]
    assert options["bandwidth"] == 100
    assert options["auto_propagate"] is False


def test_allowed_weak_crypto_is_a_warning_said_once():
    fleet = small_fleet()
    fleet["defaults"].update(crypto="legacy", allow_weak_crypto=True)
    topology = build_topology(**fleet)
    paths = [warning.path for warning in topology.warnings]
    assert sorted(paths) == sorted(set(paths))
    assert "vpn_defaults.crypto.ike.version" in paths
    assert wanted(topology)["ipsec_connection", "store-001/main"]["tunnels"][0]["ike"]["version"] == "ikev1"


def test_other_warnings():
    fleet = small_fleet()
    fleet["gateways"]["main"]["vswitches"] = ["vsw-a", "vsw-a"]
    fleet["sites"]["store-002"].update(
        psk=SECRETS[0], bgp={"asn": 65010, "tunnel_cidrs": ["169.254.10.0/30", "169.254.11.0/30"]}
    )
    warnings = build_topology(**fleet).warnings
    assert {warning.path for warning in warnings} == {
        "vpn_gateways[main].vswitches",
        "vpn_site[store-002].bgp.tunnel_cidrs",
        "vpn_site[store-002].psk",
    }
    assert SECRETS[0] not in "".join(map(str, warnings))


def test_sites_that_overlap_the_vpc_itself():
    topology = build_topology(**small_fleet())
    networks = {"main": [("VPC vpc-test", "192.168.0.0/16"), ("vSwitch vsw-a", "172.16.1.0/24")]}
    assert [str(problem) for problem in topology.vpc_problems(networks)] == [
        "vpn_site[store-001].networks[0]: '192.168.1.0/24' overlaps 192.168.0.0/16 of VPC vpc-test on gateway main; "
        "use separate networks on both sides",
        "vpn_site[store-002].networks[0]: '192.168.2.0/24' overlaps 192.168.0.0/16 of VPC vpc-test on gateway main; "
        "use separate networks on both sides",
    ]
    assert topology.vpc_problems({"main": [("VPC vpc-test", "172.16.0.0/16")]}) == []


def test_an_empty_fleet_is_no_error():
    topology = build_topology(gateways={}, defaults=None, sites={})
    assert topology.cloud_objects() == []


def test_nothing_shows_a_key():
    topology = build_topology(**small_fleet())
    assert SECRETS[0] not in repr(topology) + repr(topology.cloud_objects()) + repr(topology.sites["store-001"])


def test_the_documents_are_left_as_they_were():
    fleet = small_fleet()
    topology = build_topology(**fleet)
    topology.peer_connections("store-001", {})
    assert fleet == small_fleet()


def shuffled(fleet, seed):
    """The same fleet written in another order."""
    order = random.Random(seed)

    def shuffle(value):
        if isinstance(value, dict):
            items = [(key, shuffle(item)) for key, item in value.items()]
            order.shuffle(items)
            return dict(items)
        if isinstance(value, list) and not any("vsw" in str(item) for item in value):
            return order.sample(value, len(value))
        return value

    other = {part: shuffle(value) for part, value in fleet.items()}
    for name, site in other["sites"].items():
        if "psk" in site:
            site["psk"] = fleet["sites"][name]["psk"]
    return other


@given(fleets(), st.integers())
def test_the_order_of_writing_does_not_matter(fleet, seed):
    one, other = build_topology(**fleet), build_topology(**shuffled(copy.deepcopy(fleet), seed))
    assert [(item, item.options) for item in one.cloud_objects()] == [
        (item, item.options) for item in other.cloud_objects()
    ]
    for name in fleet["sites"]:
        assert one.peer_connections(name, {}) == other.peer_connections(name, {})


def the_cloud_made(objects):
    """What a cloud that fills in its defaults tells of the connections it was given."""
    facts = {}
    for (kind, key), options in objects.items():
        if kind != "ipsec_connection":
            continue
        tunnels = options.get("tunnels") or [dict(options, role="single")]
        facts[key] = []
        for number, tunnel in enumerate(tunnels, start=len(facts) * 2 + 1):
            address = f"203.0.113.{number}"
            customer = objects["customer_gateway", tunnel["customer_gateway_id"].key]
            facts[key].insert(
                0,
                {
                    "role": tunnel["role"],
                    "address": address,
                    "psk": tunnel["ike"].get("psk", f"generated-{number}"),
                    "local_id": tunnel["ike"].get("local_id", address),
                    "remote_id": tunnel["ike"].get("remote_id", customer["ip_address"]),
                },
            )
    return facts


@given(fleets())
def test_both_ends_agree(fleet):
    topology = build_topology(**fleet)
    objects = wanted(topology)
    facts = the_cloud_made(objects)
    seen = set()
    for name in fleet["sites"]:
        for peer in topology.peer_connections(name, facts):
            (key, fact), *rest = [
                (key, fact) for key in facts for fact in facts[key] if fact["address"] == peer["remote_address"]
            ]
            assert not rest
            seen.add(fact["address"])
            connection = objects["ipsec_connection", key]
            tunnels = {tunnel["role"]: tunnel for tunnel in connection.get("tunnels", [])}
            tunnel = tunnels.get(fact["role"], connection)
            assert peer["role"] == ("standby" if fact["role"] == "slave" else "active")
            assert (peer["local_networks"], peer["remote_networks"]) == (
                connection["remote_subnets"],
                connection["local_subnets"],
            )
            assert (peer["local_id"], peer["remote_id"], peer["psk"]) == (
                fact["remote_id"],
                fact["local_id"],
                fact["psk"],
            )
            assert cloud_settings("ike", peer["ike"]) == cloud_settings("ike", tunnel["ike"])
            assert cloud_settings("ipsec", peer["ipsec"]) == cloud_settings("ipsec", tunnel["ipsec"])
            assert (peer["dpd"], peer["nat_traversal"]) == (tunnel["dpd"], tunnel["nat_traversal"])
    # No tunnel in the cloud without its peer, and every host's names are its own.
    assert seen == {fact["address"] for tunnels in facts.values() for fact in tunnels}
    for name in fleet["sites"]:
        names = [peer["name"] for peer in topology.peer_connections(name, facts)]
        assert len(names) == len(set(names))


def thousand_sites(network):
    return {
        "gateways": small_fleet()["gateways"],
        "defaults": {"cloud_networks": ["172.16.0.0/16"]},
        "sites": {
            f"store-{number:04}": {
                "public_address": f"198.{18 + number // 250}.{number % 250}.1",
                "networks": [network(number), f"192.168.{number // 64}.{number % 64 * 4}/30"],
            }
            for number in range(1000)
        },
    }


def test_a_thousand_sites_are_checked_at_once():
    fleet = thousand_sites(lambda number: f"10.{number // 250}.{number % 250}.0/24")
    started = time.monotonic()
    topology = build_topology(**fleet)
    assert len(topology.cloud_objects()) == 1 + 4 * 1000
    assert time.monotonic() - started < 2


def test_a_thousand_sites_that_all_overlap_are_told_so_at_once():
    fleet = thousand_sites(lambda number: "10.0.0.0/16")
    started = time.monotonic()
    with pytest.raises(TopologyError) as caught:
        build_topology(**fleet)
    assert time.monotonic() - started < 2
    assert len(caught.value.problems) == 999


def test_a_customer_gateway_of_another_name():
    fleet = small_fleet()
    fleet["sites"]["store-001"]["customer_gateway_name"] = "cgw-b"
    names = [
        item.options["name"] for item in build_topology(**fleet).cloud_objects() if item.kind == "customer_gateway"
    ]
    assert "cgw-b" in names and "cgw-store-001" not in names
    fleet["sites"]["store-002"]["customer_gateway_name"] = "cgw-b"
    with pytest.raises(TopologyError) as refused:
        build_topology(**fleet)
    (problem,) = refused.value.problems
    assert problem.path == "vpn_site[store-002].customer_gateway_name"
    assert "is the customer gateway of vpn_site[store-001] too" in str(problem)


def one_site():
    fleet = small_fleet()
    fleet["sites"] = {"store-001": fleet["sites"]["store-001"]}
    return fleet


def names_of(topology):
    return {item.key: item.options["name"] for item in topology.cloud_objects() if "name" in item.options}


def test_words_of_a_site_count_before_those_of_its_gateway_and_of_all():
    fleet = one_site()
    del fleet["gateways"]["main"]["name"]
    fleet["defaults"] |= {"env": "prod", "purpose": "retail", "isp": "telecom"}
    assert names_of(build_topology(**fleet)) == {
        "main": "vpg-prod-cn-hangzhou-vpc-test",
        "store-001": "cgw-store-001-telecom",
        "store-001/main": "ipsec-store-001-prod-retail",
    }
    fleet["gateways"]["main"] |= {"env": "test", "purpose": "pci"}
    fleet["sites"]["store-001"] |= {"purpose": "pos", "isp": "unicom"}
    assert names_of(build_topology(**fleet)) == {
        "main": "vpg-test-cn-hangzhou-vpc-test",
        "store-001": "cgw-store-001-unicom",
        "store-001/main": "ipsec-store-001-test-pos",
    }


def test_connections_of_a_site_need_names_of_their_own():
    fleet = one_site()
    fleet["defaults"] |= {"env": "prod", "purpose": "retail", "gateways": ["main", "other"]}
    fleet["gateways"]["other"] = {**fleet["gateways"]["main"], "name": "vpg-other", "vpc": "vpc-other"}
    fleet["gateways"]["other"]["cloud_networks"] = ["172.31.0.0/16"]
    with pytest.raises(TopologyError) as raised:
        build_topology(**fleet)
    [problem] = raised.value.problems
    assert problem.value == "'ipsec-store-001-prod-retail'" and "main and other" in problem.rule
    fleet["gateways"]["other"]["purpose"] = "pci"
    assert names_of(build_topology(**fleet))["store-001/other"] == "ipsec-store-001-prod-pci"


def test_a_name_by_convention_that_is_too_long():
    fleet = one_site()
    del fleet["gateways"]["main"]["name"]
    fleet["gateways"]["main"] |= {"env": "prod", "vpc": "v" * 90}
    with pytest.raises(TopologyError) as raised:
        build_topology(**fleet)
    [problem] = raised.value.problems
    assert problem.path == "vpn_gateways[main].vpc" and "111 characters" in problem.rule
