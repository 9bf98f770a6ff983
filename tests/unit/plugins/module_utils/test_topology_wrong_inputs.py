# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong documents: each is told its path, its value, the rule and the fix, and no key is ever shown.

A row is one change to a correct fleet: (where to set, what to set, path, shown value, part of the rule,
part of the fix), where and what being the arguments of fleet_with.
"""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import TopologyError, build_topology
from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.site_documents import (
    REMOVED,
    SECRETS,
    fleet_with,
    small_fleet,
)

SITE = "sites.store-001."
GATEWAY = "gateways.main."
DEFAULTS = "defaults."
SITE_PATH = "vpn_site[store-001]."
GATEWAY_PATH = "vpn_gateways[main]."
LONG = "s" * 97

ROWS = {
    # networks
    "host bits set": (
        SITE + "networks", ["192.168.9.0/24", "192.168.1.5/24"],
        SITE_PATH + "networks[1]", "'192.168.1.5/24'", "has host bits set", "write 192.168.1.0/24",
    ),
    "malformed CIDR": (
        SITE + "networks", ["192.168.1/24"],
        SITE_PATH + "networks[0]", "'192.168.1/24'", "is not a CIDR", "such as 192.168.1.0/24",
    ),
    "octet out of range": (
        DEFAULTS + "cloud_networks", ["172.16.256.0/24"],
        "vpn_defaults.cloud_networks[0]", "'172.16.256.0/24'", "is out of range", "use 0 to 255",
    ),
    "no prefix length": (
        SITE + "networks", ["192.168.1.0"],
        SITE_PATH + "networks[0]", "'192.168.1.0'", "has no prefix length", "192.168.1.0/32",
    ),
    "IPv6": (
        SITE + "networks", ["fd00:1::/64"],
        SITE_PATH + "networks[0]", "'fd00:1::/64'", "is not an IPv4 network", "use an IPv4 network",
    ),
    "text instead of a list": (
        SITE + "networks", "192.168.1.0/24",
        SITE_PATH + "networks", "'192.168.1.0/24'", "is not a list", "write a list",
    ),
    "no networks": (
        SITE + "networks", [], SITE_PATH + "networks", "[]", "is empty", "name at least one",
    ),
    "everything as a network": (
        SITE + "networks", ["0.0.0.0/0"],
        SITE_PATH + "networks[0]", "'0.0.0.0/0'", "policy routing cannot carry", "list the networks",
    ),
    "the cloud's own range": (
        SITE + "networks", ["100.100.0.0/16"],
        SITE_PATH + "networks[0]", "'100.100.0.0/16'", "overlaps 100.64.0.0/10", "use another network",
    ),
    "a network twice": (
        SITE + "networks", ["192.168.1.0/24", "192.168.1.0/24"],
        SITE_PATH + "networks[1]", "'192.168.1.0/24'", "is listed twice", "remove it",
    ),
    "a network within another": (
        SITE + "networks", ["192.168.1.128/25", "192.168.1.0/24"],
        SITE_PATH + "networks[0]", "'192.168.1.128/25'", "lies within 192.168.1.0/24", "remove it",
    ),
    "eleven networks": (
        SITE + "networks", [f"192.168.{number}.0/24" for number in range(100, 111)],
        SITE_PATH + "networks", "11", "more than the 10", "merge",
    ),
    "two sites overlap": (
        SITE + "networks", ["192.168.0.0/16"],
        "vpn_site[store-002].networks[0]", "'192.168.2.0/24'",
        "overlaps 192.168.0.0/16 of vpn_site[store-001].networks[0] on gateway main", "give each site its own networks",
    ),
    "a site overlaps the cloud": (
        SITE + "networks", ["172.16.5.0/24"],
        SITE_PATH + "networks[0]", "'172.16.5.0/24'",
        "overlaps 172.16.0.0/16 of vpn_defaults.cloud_networks[0]", "separate networks",
    ),
    "a site encloses the cloud": (
        SITE + "networks", ["172.16.0.0/12"],
        SITE_PATH + "networks[0]", "'172.16.0.0/12'",
        "overlaps 172.16.0.0/16 of vpn_defaults.cloud_networks[0]", "separate networks",
    ),
    "no cloud networks anywhere": (
        DEFAULTS + "cloud_networks", REMOVED,
        SITE_PATH + "cloud_networks", "(missing)", "is required", "list them here",
    ),
    # addresses
    "no address": (
        SITE + "public_address", REMOVED,
        SITE_PATH + "public_address", "(missing)", "is required", "write the address that the cloud sees",
    ),
    "a private address": (
        SITE + "public_address", "10.20.0.2",
        SITE_PATH + "public_address", "'10.20.0.2'", "is a private address", "behind_nat: true",
    ),
    "a link-local address": (
        SITE + "public_address", "169.254.1.1",
        SITE_PATH + "public_address", "'169.254.1.1'", "is in 169.254.0.0/16", "write the public address",
    ),
    "a host name for an address": (
        SITE + "public_address", "store-001.example.com",
        SITE_PATH + "public_address", "'store-001.example.com'", "is not an IPv4 address", "write four numbers",
    ),
    "one address at two sites": (
        SITE + "public_address", "198.51.100.20",
        "vpn_site[store-002].public_address", "'198.51.100.20'", "is the address of site store-001 too", "its own",
    ),
    # pre-shared keys
    "a key with a space": (
        SITE + "psk", "correct horse battery", SITE_PATH + "psk", "(hidden)", "white space inside", "without spaces",
    ),
    "a key that is too long": (
        SITE + "psk", "Q7" * 51, SITE_PATH + "psk", "(hidden)", "is not 8 to 100 characters", "random key",
    ),
    "a key that is too short": (
        SITE + "psk", "Q7vz", SITE_PATH + "psk", "(hidden)", "is not 8 to 100 characters", "random key",
    ),
    "a key that YAML read as a number": (
        SITE + "psk", 4711471147, SITE_PATH + "psk", "(hidden)", "is not text", "quote it",
    ),
    "a key that was not decrypted": (
        SITE + "psk", "{{ vault_psk_store_001 }}",
        SITE_PATH + "psk", "(hidden)", "is a template that was not resolved", "define the variable",
    ),
    "the second key is wrong": (
        SITE + "psk", [SECRETS[0], "has spaces in it"],
        SITE_PATH + "psk[1]", "(hidden)", "white space inside", "without spaces",
    ),
    "three keys for two tunnels": (
        SITE + "psk", ["Q7vz-one-1", "Q7vz-two-2", "Q7vz-three-3"],
        SITE_PATH + "psk", "3", "do not fit gateway main, which has 2", "one for each",
    ),
    # cryptography
    "weak encryption": (
        SITE + "crypto", {"ike": {"encryption": "3des"}},
        SITE_PATH + "crypto.ike.encryption", "'3des'", "is weak", "allow_weak_crypto: true",
    ),
    "weak group in the defaults": (
        DEFAULTS + "crypto", {"ike": {"dh_group": "group2"}},
        "vpn_defaults.crypto.ike.dh_group", "2", "is weak", "use 14",
    ),
    "an unknown algorithm": (
        SITE + "crypto", {"ipsec": {"integrity": "sha386"}},
        SITE_PATH + "crypto.ipsec.integrity", "'sha386'", "is not a known integrity", "use sha256, sha384 or sha512",
    ),
    "an unknown suite": (
        DEFAULTS + "crypto", "strong", "vpn_defaults.crypto", "'strong'", "is not a named suite", "modern",
    ),
    "a lifetime out of range": (
        SITE + "crypto", {"ike": {"lifetime": 100000}},
        SITE_PATH + "crypto.ike.lifetime", "100000", "from 60 to 86400", "use 86400",
    ),
    "aggressive mode of IKEv2": (
        SITE + "crypto", {"ike": {"mode": "aggressive"}},
        SITE_PATH + "crypto.ike.mode", "'aggressive'", "exists only in IKEv1", "remove it",
    ),
    "NAT without NAT traversal": (
        "sites.store-002.crypto", {"nat_traversal": False},
        "vpn_site[store-002].behind_nat", "true", "crypto.nat_traversal is false", "remove nat_traversal",
    ),
    # keys and words
    "an unknown key of a site": (
        SITE + "netwroks", ["192.168.1.0/24"],
        SITE_PATH + "netwroks", "'netwroks'", "is not a known key", "did you mean networks?",
    ),
    "a key misspelt around a secret": (
        SITE + "pks", SECRETS[1], SITE_PATH + "pks", "'pks'", "is not a known key", "did you mean psk?",
    ),
    "an unknown key of the defaults": (
        DEFAULTS + "public_address", "198.51.100.1",
        "vpn_defaults.public_address", "'public_address'", "is not a known key", "remove it",
    ),
    "an unknown key of a suite": (
        SITE + "crypto", {"ike": {"dhgroup": 14}},
        SITE_PATH + "crypto.ike.dhgroup", "'dhgroup'", "is not a known key", "did you mean dh_group?",
    ),
    "a site that is not a mapping": (
        "sites.store-001", SECRETS[1], "vpn_site[store-001]", "(hidden)", "is not a mapping", "indent its keys",
    ),
    "a site without anything": (
        "sites.store-001", {}, "vpn_site[store-001]", "{}", "is empty", "write public_address and networks",
    ),
    "sites that are a list": (
        "sites", [1], "vpn_site", "(a list)", "is not a mapping", "one entry per name",
    ),
    "a boolean that is none": (
        SITE + "behind_nat", "maybe", SITE_PATH + "behind_nat", "'maybe'", "is not a boolean", "true or false",
    ),
    "a state that is none": (
        SITE + "state", "presnt", SITE_PATH + "state", "'presnt'", "is not present or absent", "did you mean present?",
    ),
    "routing not available yet": (
        SITE + "routing", "static", SITE_PATH + "routing", "'static'", "is not available yet", "use policy or bgp",
    ),
    "a device that is none": (
        SITE + "device", "fortiso",
        SITE_PATH + "device", "'fortiso'", "is not strongswan, cisco_ios_xe", "did you mean fortios?",
    ),
    "a device that has one tunnel to a network only": (
        SITE + "device", "h3c",
        SITE_PATH + "routing", "'policy'", "allows H3C Comware 7 one tunnel", "use static or bgp",
    ),
    "an identity with a space": (
        SITE + "local_id", "store 1",
        SITE_PATH + "local_id", "'store 1'", "is not an address or domain name", "write one",
    ),
    "a delay out of range": (
        SITE + "dpd_delay", 0, SITE_PATH + "dpd_delay", "0", "seconds from 1 to 3600", "in that range",
    ),
    # gateways
    "an unknown gateway": (
        SITE + "gateways", ["mian"],
        SITE_PATH + "gateways[0]", "'mian'", "is not a key of vpn_gateways", "did you mean main?",
    ),
    "no gateway chosen among two": (
        "gateways.second", {"name": "vpg-2", "vpc": "vpc-2", "bandwidth": 10},
        SITE_PATH + "gateways", "(missing)", "there are several gateways", "main, second",
    ),
    "no gateways at all": (
        "gateways", {}, "vpn_gateways", "(missing)", "is required", "describe the VPN gateway",
    ),
    "tunnels that the gateway does not have": (
        SITE + "tunnels", 1, SITE_PATH + "tunnels", "1", "contradict gateway main, which has 2", "remove it",
    ),
    "a bandwidth that is not sold": (
        GATEWAY + "bandwidth", 30,
        GATEWAY_PATH + "bandwidth", "30", "is not a bandwidth of a public gateway", "use 5, 10, 20, 50, 100",
    ),
    "a private gateway's bandwidth": (
        GATEWAY + "network_type", "private",
        GATEWAY_PATH + "bandwidth", "100", "is not a bandwidth of a private gateway", "use 200 or 1000",
    ),
    "three vSwitches": (
        GATEWAY + "vswitches", ["a", "b", "c"], GATEWAY_PATH + "vswitches", "3", "two zones", "name one or two",
    ),
    "no VPC": (
        GATEWAY + "vpc", REMOVED, GATEWAY_PATH + "vpc", "(missing)", "is required", "id or the name",
    ),
    "no name": (
        GATEWAY + "name", REMOVED, GATEWAY_PATH + "name", "(missing)", "is required", "or vpn_gateway_id",
    ),
    "a gateway's name too long": (
        GATEWAY + "name", "v" * 101,
        GATEWAY_PATH + "name", "'vvvvvvvvvv", "is not 2 to 100 letters", "change the name",
    ),
    "a malformed gateway id": (
        GATEWAY + "vpn_gateway_id", "vgw-123",
        GATEWAY_PATH + "vpn_gateway_id", "'vgw-123'", "is not the id of a VPN gateway", "vpn-",
    ),
    "an existing gateway of unknown size": (
        "gateways.main", {"vpn_gateway_id": "vpn-123"},
        GATEWAY_PATH + "tunnels", "(missing)", "is required with vpn_gateway_id", "tunnels: 2",
    ),
    "IPsec switched off": (
        GATEWAY + "enable_ipsec", False,
        GATEWAY_PATH + "enable_ipsec", "false", "leaves the gateway without IPsec", "remove it",
    ),
    "SSL connections without SSL": (
        GATEWAY + "ssl_connections", 5,
        GATEWAY_PATH + "ssl_connections", "5", "only with enable_ssl: true", "remove it",
    ),
    "a period without prepayment": (
        GATEWAY + "period", 12, GATEWAY_PATH + "period", "12", "only with charge_type prepay", "remove it",
    ),
    "one gateway twice": (
        "gateways.other", {"name": "vpg-test", "vpc": "v", "bandwidth": 10},
        "vpn_gateways[other].name", "'vpg-test'", "is the name of vpn_gateways[main] too", "name another",
    ),
    "keys of gateways that hosts cannot tell apart": (
        "gateways.Main", {"name": "vpg-2", "vpc": "v", "bandwidth": 10},
        "vpn_gateways[main]", "'main'", "differs from vpn_gateways[Main] only in case", "rename it",
    ),
    # names and tags
    "a site's name too long": (
        f"sites.{LONG}", {"public_address": "198.51.100.30", "networks": ["192.168.3.0/24"]},
        f"vpn_site[{LONG}]", "'ssss", "makes a name of", "use a shorter name",
    ),
    "a site's name with a slash": (
        "sites.store/3", {"public_address": "198.51.100.30", "networks": ["192.168.3.0/24"]},
        "vpn_site[store/3]", "'store/3'", "is not made of letters", "rename it",
    ),
    "a reserved tag": (
        GATEWAY + "tags", {"acs:x": "y"},
        GATEWAY_PATH + "tags.acs:x", "'acs:x'", "aliyun or acs: in front", "rename it",
    ),
    "our own tag": (
        SITE + "tags", {"hybridnet:owner": "me"},
        SITE_PATH + "tags.hybridnet:owner", "'hybridnet:owner'", "marks what this collection made", "rename it",
    ),
    "a tag that is not text": (
        DEFAULTS + "tags", {"prod": True}, "vpn_defaults.tags.prod", "true", "is not text", "quote",
    ),
    "too many tags": (
        SITE + "tags", {f"k{number}": "v" for number in range(18)},
        SITE_PATH + "tags", "19", "more than the 18", "remove some",
    ),
    # BGP, checked although it cannot be switched on yet
    "a reserved tunnel network": (
        SITE + "bgp", {"asn": 65010, "tunnel_cidrs": ["169.254.1.0/30"]},
        SITE_PATH + "bgp.tunnel_cidrs[0]", "'169.254.1.0/30'", "is reserved by the cloud", "169.254.7.0/30",
    ),
    "one tunnel network twice": (
        SITE + "bgp", {"asn": 65010, "tunnel_cidrs": ["169.254.10.0/30", "169.254.10.0/30"]},
        SITE_PATH + "bgp.tunnel_cidrs[1]", "'169.254.10.0/30'", "is used on gateway main", "its own /30",
    ),
    "the cloud's own AS number": (
        SITE + "bgp", {"asn": 45104}, SITE_PATH + "bgp.asn", "45104", "belongs to the cloud", "private AS number",
    ),
    "an AS number that YAML read as a fraction": (
        SITE + "bgp", {"asn": 1.1}, SITE_PATH + "bgp.asn", "1.1", "is not an AS number", "as text",
    ),
    # settings
    "a region that is none": (
        "region", "Hangzhou", "alicloud_region", "'Hangzhou'", "is not a region id", "cn-hangzhou",
    ),
    "an empty owner": ("owner", "", "owner", "''", "1 to 128 characters", "write a short word"),
}  # fmt: skip


def secrets_of(value):
    """Every text below a key called psk (or misspelt so) in any document."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("psk", "pks"):
                yield from map(str, item if isinstance(item, list) else [item])
            else:
                yield from secrets_of(item)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_wrong_input(row):
    where, value, path, shown, rule, fix = row
    fleet = fleet_with(where, value)
    with pytest.raises(TopologyError) as caught:
        build_topology(**fleet)
    problems = [problem for problem in caught.value.problems if problem.path == path]
    assert len(problems) == 1, str(caught.value)
    (problem,) = problems
    assert problem.value.startswith(shown)
    assert rule in problem.rule
    assert fix in problem.fix
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems)
    assert f"{path}: {problem.value} {problem.rule}; {problem.fix}" in lines
    for secret in (*SECRETS, *secrets_of(fleet)):
        assert secret not in str(caught.value)


# These break for every site at once, or make another rule fail too.
NOT_ALONE = {
    "no cloud networks anywhere",
    "no gateway chosen among two",
    "one gateway twice",
    "keys of gateways that hosts cannot tell apart",
    "no gateways at all",
}


@pytest.mark.parametrize("name", [name for name in ROWS if name not in NOT_ALONE])
def test_one_mistake_is_one_problem(name):
    where, value, *_expected = ROWS[name]
    with pytest.raises(TopologyError) as caught:
        build_topology(**fleet_with(where, value))
    assert len(caught.value.problems) == 1, str(caught.value)


@pytest.mark.parametrize("side", ["networks", "cloud_networks"])
def test_ike_v1_carries_one_network_on_a_side(side):
    fleet = small_fleet()
    fleet["defaults"].update(allow_weak_crypto=True)
    fleet["sites"]["store-001"].update({"crypto": "legacy", side: [f"192.168.{number}.0/24" for number in (5, 6)]})
    with pytest.raises(TopologyError) as caught:
        build_topology(**fleet)
    assert [str(problem) for problem in caught.value.problems] == [
        f"vpn_site[store-001].{side}: 2 networks are more than the one on each side that IKEv1 carries "
        "(vpn_site[store-001]); use ikev2, or one network that covers them"
    ]


def test_two_gateways_that_promise_a_site_the_same_network():
    fleet = small_fleet()
    fleet["gateways"]["second"] = {"name": "vpg-2", "vpc": "vpc-2", "bandwidth": 10}
    fleet["defaults"]["gateways"] = ["main"]
    fleet["sites"]["store-001"]["gateways"] = ["main", "second"]
    with pytest.raises(TopologyError, match="give each of these gateways its own cloud_networks") as caught:
        build_topology(**fleet)
    assert [problem.path for problem in caught.value.problems] == ["vpn_site[store-001].cloud_networks"]


def test_two_gateways_of_one_vpc_cannot_both_route_a_network():
    fleet = small_fleet()
    fleet["gateways"]["second"] = {
        "name": "vpg-2",
        "vpc": "vpc-test",
        "bandwidth": 10,
        "cloud_networks": ["172.17.0.0/16"],
    }
    fleet["defaults"]["gateways"] = ["main"]
    fleet["sites"]["store-001"]["gateways"] = ["main", "second"]
    with pytest.raises(TopologyError, match="is routed in VPC vpc-test to gateway second") as caught:
        build_topology(**fleet)
    assert [problem.path for problem in caught.value.problems] == ["vpn_site[store-001].networks[0]"]


def test_everything_wrong_is_said_in_one_go_and_in_one_order():
    fleet = small_fleet()
    fleet["gateways"]["main"].update(bandwidth=7, nam="x")
    fleet["defaults"]["routing"] = "static"
    fleet["sites"]["store-001"].update(networks=["192.168.1.1/24", "nonsense"], psk="with a space", gateways=["mian"])
    fleet["sites"]["store-002"].update(crypto={"ike": {"integrity": "md5"}}, tunnels=3)
    paths = []
    for part in (fleet, {name: fleet[name] for name in reversed(fleet)}):
        with pytest.raises(TopologyError) as caught:
            build_topology(**part)
        paths.append([problem.path for problem in caught.value.problems])
    assert paths[0] == paths[1]
    assert set(paths[0]) == {
        "vpn_gateways[main].bandwidth",
        "vpn_gateways[main].nam",
        "vpn_defaults.routing",
        "vpn_site[store-001].networks[0]",
        "vpn_site[store-001].networks[1]",
        "vpn_site[store-001].psk",
        "vpn_site[store-001].gateways[0]",
        "vpn_site[store-002].crypto.ike.integrity",
        "vpn_site[store-002].tunnels",
    }
