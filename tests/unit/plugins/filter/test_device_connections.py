# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a site document says of a site with a device is what the device's connections say."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hybridnet.alicloud.plugins.action.device_config import ARGUMENTS
from ansible_collections.hybridnet.alicloud.plugins.filter.device_connections import FilterModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import device_problems
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import build_topology

device_connections = FilterModule().filters()["device_connections"]
FACTS = {
    "store-001/main": [
        {"role": role, "address": f"203.0.113.{number}", "local_id": f"203.0.113.{number}"}
        for number, role in ((11, "master"), (12, "slave"))
    ]
}
ROUTING = {
    "policy": ({}, (None, None)),
    "bgp": (
        {"bgp": {"asn": 65010, "tunnel_cidrs": ["169.254.10.0/30", "169.254.10.4/30"]}},
        ("169.254.10.0/30", "169.254.10.4/30"),
    ),
}


@pytest.mark.parametrize("routing", ROUTING)
def test_connections_of_a_site(routing):
    more, cidrs = ROUTING[routing]
    site = {
        "public_address": "198.51.100.10",
        "networks": ["192.168.1.0/24"],
        "psk": "example-key-Rq7w",
        "device": "fortios",
        "routing": routing,
        **more,
    }
    topology = build_topology(
        gateways={"main": {"name": "vpg-main", "vpc": "vpc-a", "vswitches": ["vsw-a", "vsw-b"], "bandwidth": 10}},
        defaults={"cloud_networks": ["172.16.0.0/16"]},
        sites={"store-001": site},
    )
    connections = device_connections(topology.peer_connections("store-001", FACTS), topology.bgp("store-001"))
    options = {"device": "fortios", "name": "store-001", "folder": "/tmp", "connections": connections}
    checked = ArgumentSpecValidator(ARGUMENTS).validate(options)
    assert checked.error_messages == []
    read = checked.validated_parameters["connections"]
    assert device_problems("fortios", read) == []
    assert {(tuple(one["local_networks"]), tuple(one["remote_networks"])) for one in read} == {
        (("192.168.1.0/24",), ("172.16.0.0/16",))
    }
    assert tuple(one["tunnel_cidr"] for one in read) == cidrs
    assert {one["routing"] for one in read} == {routing}
    if routing == "bgp":
        assert [one["bgp"] for one in read] == 2 * [{"local_asn": "65010", "peer_asn": "45104"}]


def test_each_gateway_is_believed_its_own_networks():
    """With two gateways there are two active tunnels, each to other networks."""
    gateways = {
        key: {
            "name": f"vpg-{key}",
            "vpc": f"vpc-{key}",
            "vswitches": [f"vsw-{key}-a", f"vsw-{key}-b"],
            "bandwidth": 10,
            "cloud_networks": [network],
        }
        for key, network in (("main", "172.16.0.0/16"), ("west", "172.20.0.0/16"))
    }
    site = {
        "gateways": list(gateways),
        "public_address": "198.51.100.10",
        "networks": ["192.168.1.0/24"],
        "psk": "example-key-Rq7w",
        "device": "cisco_ios_xe",
        "routing": "bgp",
        "bgp": {"asn": 65010, "tunnel_cidrs": [f"169.254.10.{4 * number}/30" for number in range(4)]},
    }
    topology = build_topology(gateways=gateways, defaults={}, sites={"store-001": site})
    facts = {
        f"store-001/{key}": [
            {"role": role, "address": f"203.0.113.{first + number}", "local_id": f"203.0.113.{first + number}"}
            for number, role in enumerate(("master", "slave"))
        ]
        for key, first in (("main", 10), ("west", 20))
    }
    connections = device_connections(topology.peer_connections("store-001", facts), topology.bgp("store-001"))
    options = {"device": "cisco_ios_xe", "name": "store-001", "folder": "/tmp", "connections": connections}
    read = ArgumentSpecValidator(ARGUMENTS).validate(options).validated_parameters["connections"]
    assert [(one["role"], one["remote_networks"]) for one in read] == [
        ("active", ["172.16.0.0/16"]),
        ("standby", ["172.16.0.0/16"]),
        ("active", ["172.20.0.0/16"]),
        ("standby", ["172.20.0.0/16"]),
    ]
    assert device_problems("cisco_ios_xe", read) == []
