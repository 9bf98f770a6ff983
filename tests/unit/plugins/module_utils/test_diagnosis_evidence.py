"""What the cloud's objects say about a site, and what its host is compared with."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.filter.cloud_peers import cloud_peers
from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis_evidence import admits, cloud_evidence

GATEWAY = {"vpn_gateway_id": "vpn-1", "name": "vpg", "vpc_id": "vpc-1"}
IKE = {"version": "ikev2", "encryption": "aes192", "local_id": "203.0.113.11", "remote_id": "198.51.100.10"}
TUNNELS = [
    {
        "role": role,
        "internet_ip": f"203.0.113.1{number}",
        "status": "ipsec_sa_established",
        "customer_gateway_id": "cgw-1",
        "ike": IKE,
        "ipsec": {"encryption": "aes256"},
        "dpd": False,
    }
    for number, role in ((1, "master"), (2, "slave"))
]
CONNECTION = {
    "vpn_connection_id": "vco-1",
    "name": "ipsec",
    "local_subnets": ["172.16.0.0/16"],
    "remote_subnets": ["192.168.1.0/24"],
    "tunnels": TUNNELS,
}
SITE = {"connections": {"main": CONNECTION}}
POLICY = {"next_hop": "vco-1", "route_source": "172.16.0.0/16", "route_dest": "192.168.1.0/24"}
ROUTE = {"next_hop_id": "vpn-1", "destination_cidr_block": "192.168.0.0/16"}
GROUP = {"security_group_id": "sg-1", "name": "tills", "type": "normal", "rules": []}
INSTANCE = {"name": "till", "private_ip": "172.16.1.20", "security_group_ids": ["sg-1"]}


def rule(**changes):
    standard = {"direction": "ingress", "protocol": "icmp", "policy": "accept", "priority": 1, "cidr": "192.168.0.0/16"}
    return {**standard, **changes}


def seen(**networks):
    whole = {
        "gateways": {"main": GATEWAY},
        "customer_gateways": [{"customer_gateway_id": "cgw-1", "ip_address": "198.51.100.10"}],
        "policy_routes": [POLICY],
        "routes": [ROUTE],
    }
    document = {"public_address": "198.51.100.10"}
    return cloud_evidence("store-001", document, SITE, (), {**whole, **networks}, ["172.16.1.20"])


def test_nothing_is_wrong():
    found = seen()
    assert found["connections"]["store-001-main-2"] == {
        "status": "ipsec_sa_established",
        "address": "203.0.113.12",
        "reported": [],
    }
    assert found["routes"] == found["security"] == found["missing"] == []


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        ({"policy_routes": []}, "VPN gateway vpg has no policy route to 192.168.1.0/24 into ipsec"),
        ({"routes": []}, "no route table of vpc-1 leads 192.168.1.0/24 to VPN gateway vpg"),
        ({"routes": [{**ROUTE, "next_hop_id": "vpn-2"}]}, "no route table of vpc-1"),
        ({"routes": [{**ROUTE, "destination_cidr_block": "192.168.1.0/25"}]}, "no route table of vpc-1"),
    ],
)
def test_a_route_is_missing(networks, words):
    (found,) = seen(**networks)["routes"]
    assert words in found


def test_a_group_lets_nothing_in():
    (found,) = seen(instances=[INSTANCE], groups=[GROUP])["security"]
    assert found == "tills of instance till (172.16.1.20) lets no ICMP in from 192.168.1.0/24"
    assert seen(instances=[INSTANCE], groups=[{**GROUP, "rules": [rule()]}])["security"] == []
    assert seen(instances=[{**INSTANCE, "private_ip": "172.16.1.21"}], groups=[GROUP])["security"] == []


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([], False),
        ([rule()], True),
        ([rule(protocol="all")], True),
        ([rule(protocol="tcp")], False),
        ([rule(cidr="10.0.0.0/8")], False),
        ([rule(cidr=None)], False),
        ([rule(), rule(policy="drop")], False),
        ([rule(), rule(policy="drop", priority=2)], True),
        ([rule(priority=2), rule(policy="drop")], False),
        ([rule(direction="egress")], False),
    ],
)
def test_ingress(rules, verdict):
    assert admits([{**GROUP, "rules": rules}], "ingress", "192.168.1.0/24") is verdict


def test_egress_without_rules():
    assert admits([GROUP], "egress", "192.168.1.0/24")
    assert not admits([{**GROUP, "type": "enterprise"}], "egress", "192.168.1.0/24")


def test_the_cloud_takes_the_place_of_the_document():
    peer = {
        "name": "store-001-main-1",
        "remote_address": "(known after apply)",
        "local_id": "a",
        "remote_id": "b",
        "ike": {"version": "ikev2", "encryption": "aes256"},
        "ipsec": {"encryption": "aes256"},
        "dpd": True,
        "local_networks": ["192.168.9.0/24"],
        "remote_networks": ["172.16.9.0/24"],
    }
    (found,) = cloud_peers([peer], SITE, "store-001")
    assert found == {
        "name": "store-001-main-1",
        "remote_address": "203.0.113.11",
        "local_id": "198.51.100.10",
        "remote_id": "203.0.113.11",
        "ike": {"version": "ikev2", "encryption": "aes192"},
        "ipsec": {"encryption": "aes256"},
        "dpd": False,
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": ["172.16.0.0/16"],
    }
    assert cloud_peers([peer], {}, "store-001") == [peer]


def test_what_the_service_says_of_a_tunnel_that_is_down():
    tunnels = [{**tunnel, "tunnel_id": f"tun-{number}"} for number, tunnel in enumerate(TUNNELS, start=1)]
    site = {"connections": {"main": {**CONNECTION, "tunnels": tunnels}}}
    findings = [
        {"vpn_connection_id": "vco-1", "tunnel_id": "tun-1", "severity": "normal", "reason": "fine"},
        {
            "vpn_connection_id": "vco-1",
            "tunnel_id": "tun-2",
            "severity": "critical",
            "reason": "no proposal is common",
            "local_parameter": "aes256",
            "remote_parameter": "aes128",
        },
        {"vpn_connection_id": "vco-2", "tunnel_id": "tun-9", "severity": "critical", "reason": "of another site"},
    ]
    networks = {"findings": findings, "logs": {"tun-2": [f"line {number}" for number in range(9)]}}
    found = cloud_evidence("store-001", {}, site, (), networks, ())["connections"]
    assert found["store-001-main-1"]["reported"] == []
    assert found["store-001-main-2"]["reported"] == [
        "the service finds: no proposal is common: the gateway has aes256, the peer aes128",
        "the gateway's log: line 0",
        "the gateway's log: line 1",
        "the gateway's log: line 2",
    ]
