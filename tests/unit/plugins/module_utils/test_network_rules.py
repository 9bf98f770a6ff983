# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules and spellings of the options of the network modules, and that their declarations are sound."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _network_rules as rules
from ansible_collections.hybridnet.alicloud.plugins.module_utils._acl_entries import check_entries, entries
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._eip import EIP
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._network_acl import NETWORK_ACL
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._route_table import ROUTE_TABLE
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc import VPC
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc_route_entry import VPC_ROUTE_ENTRY
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vswitch import VSWITCH

RESOURCES = [VPC, VSWITCH, EIP, ROUTE_TABLE, VPC_ROUTE_ENTRY, NETWORK_ACL]
WEB = {"protocol": "tcp", "port": "443/443", "cidr_block": "10.0.0.0/8", "policy": "accept"}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda item: item.kind)
def test_declaration_is_sound(resource):
    """Every verb that a field names exists, every identifying option is a field, and what is settable can be sent."""
    names = {field.option for field in resource.fields}
    assert {*resource.key, *resource.scope, *resource.list_filters, *resource.list_needs, resource.id_option} <= names
    assert {field.verb for field in resource.fields if field.verb} == set(resource.verbs)
    for field in resource.fields:
        if field.settable and field.option != resource.id_option:
            assert field.write, field.option


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        (rules.vpc_network, ["10.0.0.0/8", "192.168.0.0/28"], ["10.0.0.0/7", "10.0.0.1/8", "100.64.1.0/24", "x"]),
        (rules.vswitch_network, ["10.0.0.0/16", "10.0.0.0/29"], ["10.0.0.0/15", "10.0.0.0/30"]),
        (rules.route_destination, ["0.0.0.0/0", "100.0.0.0/8"], ["100.64.0.0/10", "100.64.1.0/24", "10.0.0.1/8"]),
        (rules.user_networks, [["10.0.0.0/8"], []], [["10.0.0.0/8"] * 4, ["10.0.0.1/8"]]),
        (rules.eip_name, ["a", "eip-1.x_y"], ["", "1", "a b", "a" * 129]),
        (rules.eip_description, ["ab"], ["a", "1a", "http://x", "a" * 257]),
        (rules.name, ["1", "a" * 128], ["", "a" * 129, "https://x"]),
    ],
)
def test_rules(rule, right, wrong):
    assert [value for value in right if rule(value, "option") is not None] == []
    assert [value for value in wrong if rule(value, "option") is None] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"port": "443"}, "ingress[1].port"),
        ({"port": "0/1"}, "ingress[1].port"),
        ({"port": "2/1"}, "ingress[1].port"),
        ({"port": "1/65536"}, "ingress[1].port"),
        ({"protocol": "icmp"}, "ingress[1].port"),
        ({"cidr_block": "10.0.0.1/8"}, "ingress[1].cidr_block"),
        ({"name": "http://x"}, "ingress[1].name"),
    ],
)
def test_a_wrong_rule_of_an_acl_is_named(change, path):
    assert check_entries([WEB, WEB], "ingress") is None
    problem = check_entries([WEB, {**WEB, **change}], "ingress")
    assert problem is not None and problem.path == path


def test_rules_of_an_acl_travel_in_order_and_without_those_of_the_system():
    codec = entries("SourceCidrIp")
    sent = codec.to_api([{**WEB, "name": None}, {"protocol": "all", "port": "-1/-1", "cidr_block": "0.0.0.0/0"}])
    assert sent == [
        {"Protocol": "tcp", "Port": "443/443", "Policy": "accept", "SourceCidrIp": "10.0.0.0/8"},
        {"Protocol": "all", "Port": "-1/-1", "SourceCidrIp": "0.0.0.0/0"},
    ]
    read = codec.from_api([{**sent[0], "Protocol": "TCP", "NetworkAclEntryName": ""}, {"EntryType": "system"}])
    assert len(read) == 1 and codec.normal(read) == codec.normal([WEB])
    other = {**WEB, "policy": "drop"}
    assert codec.normal([WEB, other]) != codec.normal([other, WEB])
