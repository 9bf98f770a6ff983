"""What becomes of a hand-written ipsec.conf."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._ipsec_conf import convert, parse_conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_connection import connection_problems

CONF = """\
# Head office
version 2.0
config setup
    charondebug="ike 2, knl 2" # with a comment

conn %default
    keyexchange=ikev2
    authby=secret
    ike=aes256-sha256-modp2048!
    dpdaction=restart

conn net
    leftsubnet=192.168.1.0/24

conn Head.Office
    also=net
    left=%defaultroute
    leftid=198.51.100.10
    right=203.0.113.11
    rightid=@vpn.example.com
    rightsubnet=172.16.0.0/16,172.17.0.0/16
    esp=aes256-sha256-modp2048
    ikelifetime=8h
    lifetime=1h
    dpddelay=10s
    mobike=no
    auto=start
"""
SECRETS = '198.51.100.10 @vpn.example.com : PSK "it is # a secret"\n: PSK other\n'

CONNECTION = {
    "name": "head-office",
    "remote_address": "203.0.113.11",
    "local_id": "198.51.100.10",
    "remote_id": "vpn.example.com",
    "psk": "it is # a secret",
    "ike": {
        "version": "ikev2",
        "mode": "main",
        "encryption": "aes256",
        "integrity": "sha256",
        "dh_group": 14,
        "lifetime": 28800,
    },
    "ipsec": {"encryption": "aes256", "integrity": "sha256", "pfs_group": "14", "lifetime": 3600},
    "dpd": True,
    "dpd_delay": 10,
    "force_encapsulation": False,
    "local_networks": ["192.168.1.0/24"],
    "remote_networks": ["172.16.0.0/16", "172.17.0.0/16"],
}


def converted(**changes):
    """The example with options changed (None takes one away)."""
    lines = []
    for line in CONF.splitlines():
        key = line.strip().partition("=")[0]
        if key in changes:
            value = changes.pop(key)
            if value is None:
                continue
            line = f"    {key}={value}"
        lines.append(line)
    lines += [f"    {key}={value}" for key, value in changes.items()]
    return convert("\n".join(lines) + "\n", SECRETS)


def test_a_connection_with_its_defaults_and_parts():
    found = convert(CONF, SECRETS)
    assert (found.connections, found.problems) == ([CONNECTION], [])
    assert found.notes == [
        "conn Head.Office: /etc/ipsec.conf:26: mobike=no is not taken over: "
        "MOBIKE is off: addresses of gateways do not change",
        "conn Head.Office: is called head-office from now on",
    ]


def test_what_is_converted_is_taken_by_the_role():
    connection = {
        **convert(CONF, SECRETS).connections[0],
        "nat_traversal": True,
        "role": "active",
        "local_address": None,
    }
    assert connection_problems([connection]) == []


def test_the_host_may_be_the_right_one():
    text = CONF.replace("left=%defaultroute", "left=203.0.113.11").replace("right=203.0.113.11", "right=198.51.100.10")
    text = text.replace("leftid=198", "x=198").replace("rightid=@vpn", "leftid=@vpn").replace("x=198", "rightid=198")
    text = text.replace("leftsubnet", "y").replace("rightsubnet", "leftsubnet").replace("y=192", "rightsubnet=192")
    found = convert(text, SECRETS, ["198.51.100.10"])
    assert found.connections == [{**CONNECTION, "local_address": "198.51.100.10"}]


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"right": "%any"}, "right=%any: any peer may call"),
        ({"authby": "pubkey"}, "authentication of left is pubkey"),
        ({"esp": "aes256gcm16-modp2048"}, "aes256gcm16 is not supported"),
        ({"esp": None}, "esp (missing): the daemon's default proposals change"),
        ({"ike": "aes256-sha256"}, "names no Diffie-Hellman group"),
        ({"type": "transport"}, "type=transport: is no tunnel"),
        ({"leftupdown": "/root/up"}, "leftupdown=/root/up has no counterpart"),
        ({"rightsubnet": "172.16.0.0/16[tcp/80]"}, "is not an IPv4 network"),
        ({"leftid": "192.0.2.1", "rightid": "192.0.2.2", "also": "nothing"}, "also=nothing: there is no such section"),
        ({"lifetime": "soon"}, "lifetime=soon: is not a time"),
        ({"keyexchange": "ikev3"}, "keyexchange=ikev3: is not ikev1 or ikev2"),
    ],
)
def test_what_cannot_be_converted_is_named(changes, reason):
    found = converted(**changes)
    assert found.connections == []
    assert any(reason in problem and problem.startswith("conn Head.Office: ") for problem in found.problems), (
        found.problems
    )


@pytest.mark.parametrize(
    "changes, note",
    [
        ({"auto": "route"}, "auto=route: the tunnel is set up at once"),
        ({"esp": "aes256-sha256-modp2048,aes128-sha1"}, "only the first proposal is taken over"),
        ({"lifetime": "7d"}, "lifetimes are from 60 to 86400 seconds"),
    ],
)
def test_what_changes_is_noted(changes, note):
    found = converted(**changes)
    assert len(found.connections) == 1
    assert any(note in line for line in found.notes)


def test_the_key_that_names_most_identities_is_taken_and_none_is_shown():
    secrets = ": PSK for-all\n198.51.100.10 : PSK mine\n198.51.100.99 : PSK of-others\n"
    assert convert(CONF, secrets).connections[0]["psk"] == "mine"
    found = convert(CONF, "198.51.100.99 : PSK of-others\n198.51.100.10 : PSK 0sof-others\n")
    assert found.connections == [] and len(found.problems) == 2
    assert not any("of-others" in problem for problem in found.problems)


def test_lines_that_are_nothing_are_named():
    _sections, problems = parse_conf("conn a\n    left\nnonsense\n    right=1.2.3.4\ninclude /etc/ipsec.d/*.conf\n")
    assert [problem.split(":")[1] for problem in problems] == ["2", "3", "4", "5"]


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"'), min_size=1)


@given(printable)
def test_any_key_survives_in_quotes_and_in_base64(key):
    for written in (f'"{key}"', "0s" + base64.b64encode(key.encode()).decode()):
        found = convert(CONF, f"198.51.100.10 @vpn.example.com : PSK {written}\n")
        assert found.connections[0]["psk"] == key


WORDS = [
    "conn",
    "a",
    "%default",
    "config setup",
    "=",
    " ",
    "\n",
    "    ",
    "also=a",
    "right=",
    "auto=start",
    '"',
    "#",
    ":",
    "PSK",
]
fragments = st.lists(st.sampled_from(WORDS) | st.text(max_size=5)).map("".join)


@given(fragments, fragments)
def test_any_text_is_read_and_what_is_converted_is_usable(conf, secrets):
    for connection in convert("conn a\n" + conf, secrets).connections:
        assert connection["psk"] and connection["remote_address"]
