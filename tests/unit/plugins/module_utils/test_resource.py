"""Declarations: what is written, what is read back, and that secrets stay out of everything shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import asn_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import connection_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Policy, Target, plan
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import (
    decode,
    encode,
    secrets_of,
    without_secrets,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._customer_gateway import CUSTOMER_GATEWAY
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_connection import IPSEC_CONNECTION
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_server import IPSEC_SERVER
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_client_cert import (
    SSL_VPN_CLIENT_CERT,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_server import SSL_VPN_SERVER
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_attachment import VPN_ATTACHMENT
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import VPN_GATEWAY
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import VPN_POLICY_ROUTE
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_route_entry import VPN_ROUTE_ENTRY

PSK = "Kx7mQ2vT9bR4nZc1"
RESOURCES = [
    VPN_GATEWAY,
    CUSTOMER_GATEWAY,
    IPSEC_CONNECTION,
    VPN_ROUTE_ENTRY,
    VPN_POLICY_ROUTE,
    SSL_VPN_SERVER,
    SSL_VPN_CLIENT_CERT,
    IPSEC_SERVER,
    VPN_ATTACHMENT,
]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda item: item.kind)
def test_declaration_is_sound(resource):
    """Every verb that a field names exists, every identifying option is a field, and what is settable can be sent."""
    names = {field.option for field in resource.fields}
    assert {*resource.key, *resource.scope, resource.id_option or resource.key[0]} <= names
    assert not names & set(connection_spec()), "an option of the connection has this name"
    assert {field.verb for field in resource.fields if field.verb} <= set(resource.verbs)
    for field in resource.fields:
        if field.settable and field.option != resource.id_option:
            assert field.write, field.option


def test_json_blocks_travel_as_text_and_tunnels_do_not():
    options = {"ike": {"psk": PSK, "encryption": "aes128", "dh_group": 14}, "tunnels": None}
    sent = encode(IPSEC_CONNECTION.fields, options, creating=True)
    assert json.loads(sent["IkeConfig"]) == {"Psk": PSK, "IkeEncAlg": "aes", "IkePfs": "group14"}
    sent = encode(IPSEC_CONNECTION.fields, {"tunnels": [{"role": "master", "dpd": False}]}, creating=True)
    assert sent == {"TunnelOptionsSpecification": [{"Role": "master", "EnableDpd": False}]}


def test_what_reads_otherwise_than_it_is_written():
    have = decode(
        VPN_GATEWAY, {"Spec": "10M", "IpsecVpn": "enable", "SslVpn": "disable", "ChargeType": "PostpayByFlow"}
    )
    assert (have["bandwidth"], have["enable_ipsec"], have["enable_ssl"], have["charge_type"]) == (
        10,
        True,
        False,
        "postpay",
    )
    tunnel = {"Role": "master", "EnableDpd": "true", "TunnelIkeConfig": {"IkeLifetime": "86400", "IkeEncAlg": "aes"}}
    have = decode(IPSEC_CONNECTION, {"TunnelOptionsSpecification": {"TunnelOptions": [tunnel]}})
    assert have["tunnels"][0]["dpd"] is True
    assert have["tunnels"][0]["ike"]["lifetime"] == 86400
    assert have["tunnels"][0]["ike"]["encryption"] == "aes128"


def test_a_word_of_a_newer_api_is_a_difference_and_not_a_crash():
    have = decode(IPSEC_CONNECTION, {"IkeConfig": {"IkeEncAlg": "aes256gcm16"}})
    change = plan(Target(IPSEC_CONNECTION, "", {"ike": {"encryption": "aes256"}}), have, Policy())
    assert [(item.before, item.after) for item in change.differences] == [("aes256gcm16", "aes256")]


def test_tags_of_both_wrappers():
    tags = [{"Key": "env", "Value": "prod"}]
    for reply in (
        {"Tags": {"Tag": tags}},
        {"Tag": {"Tag": tags}},
        {"Tag": "[system labels as text]", "Tags": {"Tag": tags}},
    ):
        assert decode(VPN_GATEWAY, reply)["tags"] == {"env": "prod"}


def test_secrets_are_found_and_hidden():
    reply = {
        "IkeConfig": {"Psk": PSK},
        "TunnelOptionsSpecification": {"TunnelOptions": [{"TunnelIkeConfig": {"Psk": "x" * 9}}]},
    }
    have = decode(IPSEC_CONNECTION, reply)
    assert secrets_of(IPSEC_CONNECTION.fields, have) == {PSK, "x" * 9}
    shown = json.dumps(without_secrets(IPSEC_CONNECTION, have))
    assert PSK not in shown and "x" * 9 not in shown and '"psk_set": true' in shown


def test_marks_of_creation_are_neither_added_nor_purged_later():
    mark = "hybridnet:owner"
    target = Target(CUSTOMER_GATEWAY, "", {"name": "a", "tags": {mark: "us", "env": "prod"}})
    found_by_name = plan(target, {"name": "a", "tags": {"old": "1", "acs:x": "1"}}, Policy())
    assert (found_by_name.tags_set, found_by_name.tags_unset) == ({"env": "prod"}, ["old"])
    ours = plan(Target(CUSTOMER_GATEWAY, "", {"name": "a", "tags": {}}), {"name": "a", "tags": {mark: "us"}}, Policy())
    assert not ours.changed


def test_an_id_that_is_not_known_yet_is_shown_as_such():
    options = {
        "name": "a",
        "vpn_gateway_id": Reference("vpn_gateway", "main"),
        "local_subnets": ["10.0.0.0/8"],
        "remote_subnets": ["172.16.0.0/16"],
    }
    change = plan(Target(IPSEC_CONNECTION, "", options), None, Policy())
    assert change.diff()["after"]["vpn_gateway_id"] == "(known after apply)"


@given(st.integers(0, 2**32 - 1))
def test_asn_in_two_parts(number):
    assert asn_number(f"{number >> 16}.{number & 65535}") == asn_number(number) == asn_number(str(number)) == number


@given(st.lists(st.sampled_from(["10.0.0.0/8", "172.16.0.0/16", "192.168.0.0/24"]), min_size=1, unique=True))
def test_order_of_networks_is_no_difference(networks):
    have = {"local_subnets": sorted(networks)}
    change = plan(Target(IPSEC_CONNECTION, "", {"local_subnets": networks}), have, Policy())
    assert not change.changed
