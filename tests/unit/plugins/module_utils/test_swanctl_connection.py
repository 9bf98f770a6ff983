# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model

CONNECTION = {
    "name": "store-001-main-1",
    "role": "active",
    "remote_address": "203.0.113.11",
    "local_address": None,
    "local_id": "198.51.100.10",
    "remote_id": "203.0.113.11",
    "psk": "correct horse",
    "ike": {
        "version": "ikev2",
        "mode": "main",
        "encryption": "aes256",
        "integrity": "sha256",
        "dh_group": 14,
        "lifetime": 86400,
    },
    "ipsec": {"encryption": "aes256", "integrity": "sha256", "pfs_group": "14", "lifetime": 86400},
    "dpd": True,
    "dpd_delay": 10,
    "nat_traversal": True,
    "force_encapsulation": False,
    "local_networks": ["192.168.1.0/24"],
    "remote_networks": ["172.16.0.0/16"],
}

RENDERED = """\
connections {
    store-001-main-1 {
        version = 2
        remote_addrs = 203.0.113.11
        proposals = aes256-sha256-modp2048
        rekey_time = 77760s
        over_time = 8640s
        rand_time = 8640s
        reauth_time = 0s
        dpd_delay = 10s
        keyingtries = 0
        unique = replace
        mobike = no
        fragmentation = yes
        encap = no
        local {
            auth = psk
            id = 198.51.100.10
        }
        remote {
            auth = psk
            id = 203.0.113.11
        }
        children {
            store-001-main-1 {
                local_ts = 192.168.1.0/24
                remote_ts = 172.16.0.0/16
                esp_proposals = aes256-sha256-modp2048
                mode = tunnel
                life_time = 86400s
                rekey_time = 77760s
                rand_time = 8640s
                start_action = none
                dpd_action = restart
                close_action = none
            }
        }
    }
}
"""


def connection(**changes):
    """The usual connection with changes; ``ike__version`` changes an option of ``ike``."""
    changed = copy.deepcopy(CONNECTION)
    for key, value in changes.items():
        if "__" in key:
            section, option = key.split("__")
            changed[section][option] = value
        else:
            changed[key] = value
    return changed


def settings(**changes):
    return model.connection_tree(connection(**changes))["connections"]["store-001-main-1"]


def test_rendered():
    assert conf.render(model.connection_tree(CONNECTION)) == RENDERED


CHANGES = [
    ({"ike__version": "ikev1"}, {"version": 1, "aggressive": "no", "dpd_timeout": "19s"}),
    ({"ike__version": "ikev1", "ike__mode": "aggressive"}, {"aggressive": "yes"}),
    ({"ike__encryption": "aes128", "ike__dh_group": 2}, {"proposals": "aes128-sha256-modp1024"}),
    ({"ike__lifetime": 3600}, {"rekey_time": "3240s", "over_time": "360s"}),
    ({"local_address": "10.20.0.2"}, {"local_addrs": "10.20.0.2"}),
    ({"force_encapsulation": True}, {"encap": "yes"}),
]


@pytest.mark.parametrize(("changes", "found"), CHANGES)
def test_ike_settings(changes, found):
    assert found.items() <= settings(**changes).items()


CHILD_CHANGES = [
    ({"ipsec__pfs_group": "disabled"}, {"esp_proposals": "aes256-sha256"}),
    ({"local_networks": ["10.0.0.0/8", "192.0.2.0/24"]}, {"local_ts": "10.0.0.0/8, 192.0.2.0/24"}),
    ({"dpd": False}, {"dpd_action": "clear"}),
]


@pytest.mark.parametrize(("changes", "found"), CHILD_CHANGES)
def test_child_settings(changes, found):
    assert found.items() <= settings(**changes)["children"]["store-001-main-1"].items()


def test_without_dpd_there_is_no_probe():
    assert "dpd_delay" not in settings(dpd=False)


KEYS = ["plain", 'q"uo\\te #{}', "0sLooksEncoded", "0xdeadbeef", "ключ", " inner space ok"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_any_characters_survives_the_file(key):
    text = conf.render(model.secret_tree(connection(psk=key)))
    assert key not in text
    secret = conf.parse_text(text).find("secrets", "ike-store-001-main-1").settings
    assert model.decode_secret(secret["secret"]) == key.encode()
    assert (secret["id-local"], secret["id-remote"]) == ("198.51.100.10", "203.0.113.11")


SECRETS = [(None, None), ("0xC0ffee", b"\xc0\xff\xee"), ("0s!", None), ("0xzz", None), ("text", b"text")]


@pytest.mark.parametrize(("text", "value"), SECRETS)
def test_decode_secret(text, value):
    assert model.decode_secret(text) == value


PROBLEMS = [
    ({"name": "Store 1"}, "connections[0].name: 'Store 1' is not a name"),
    ({"remote_address": "203.0.113.300"}, ".remote_address: '203.0.113.300' is not an address"),
    ({"remote_address": "(known after apply)"}, ".remote_address: '(known after apply)' is not an address"),
    ({"local_id": "with space"}, ".local_id: 'with space' is not an identity"),
    ({"remote_id": "%any"}, ".remote_id: '%any' is not an identity"),
    ({"psk": None}, ".psk: (missing) is not given"),
    ({"psk": ""}, ".psk: (hidden) is empty"),
    ({"psk": "key\n"}, ".psk: (hidden) begins or ends with white space"),
    ({"ike__lifetime": 5}, ".ike.lifetime: 5 is not a lifetime"),
    ({"ike__mode": "aggressive"}, ".ike.mode: 'aggressive' exists only in IKEv1"),
    ({"local_networks": []}, ".local_networks: (empty) names no network"),
    ({"local_networks": ["192.168.1.1/24"]}, ".local_networks[0]: '192.168.1.1/24' is not a network"),
    ({"remote_networks": ["0.0.0.0/0"]}, ".remote_networks[0]: '0.0.0.0/0' would draw all traffic of this host"),
    (
        {"ike__version": "ikev1", "remote_networks": ["10.0.0.0/8", "172.16.0.0/16"]},
        ".remote_networks: (a list) lists 2 networks, but IKEv1 would silently use only the first",
    ),
    ({"dpd_delay": 0}, ".dpd_delay: 0 is not between 1 and 3600"),
    (
        {"nat_traversal": False, "force_encapsulation": True},
        ".force_encapsulation: true needs NAT traversal, but nat_traversal is false",
    ),
]


@pytest.mark.parametrize(("changes", "text"), PROBLEMS, ids=[text for _changes, text in PROBLEMS])
def test_problems(changes, text):
    found = [str(problem) for problem in model.connection_problems([connection(**changes)])]
    assert len(found) == 1
    assert text in found[0]


def test_a_good_connection_has_no_problems():
    assert model.connection_problems([CONNECTION, connection(name="b", remote_id="vpn.example.com")]) == []


def test_unknown_values_are_allowed_where_they_are_said_to_be():
    unknown = connection(remote_address=model.UNKNOWN, remote_id=model.UNKNOWN, psk=None)
    assert model.connection_problems([unknown], allow_unknown=True) == []
    assert len(model.connection_problems([unknown])) == 3


def test_problems_between_connections():
    found = [str(problem) for problem in model.connection_problems([CONNECTION, connection(psk="another")])]
    assert [text.split(": ")[0] for text in found] == [
        "connections[store-001-main-1].name",
        "connections[store-001-main-1].psk",
    ]
    assert "another" not in "".join(found)


def test_every_choice_of_the_options_is_in_the_table_of_algorithms():
    from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto

    options = model.connection_options()
    for section in ("ike", "ipsec"):
        for name, spec in options[section]["options"].items():
            if "choices" in spec:
                assert [str(choice) for choice in spec["choices"]] == [str(one) for one in _crypto.choices(name)]
