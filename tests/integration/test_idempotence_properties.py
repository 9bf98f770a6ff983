"""Whatever valid options a module is given, applying them a second time changes nothing, nor does another spelling."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.module_cases import CASES, Case
from tests.integration.module_cases_vpn import VPN_CASES

EXAMPLES = 25
Strategies = Mapping[str, st.SearchStrategy[Any]]

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40).filter(
    lambda text: not text.lower().startswith(("http://", "https://"))
)
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9_.\-]{1,40}", fullmatch=True)
SWITCH = st.booleans()
TAG = st.text("abcdefghijklmnopqrstuvwxyz-:0123456789", min_size=1, max_size=20).filter(
    lambda key: not key.startswith(("aliyun", "acs:"))
)
TAGS = st.dictionaries(TAG, st.text("abc XYZ-0189", max_size=20), max_size=5)
GROUP = st.from_regex(r"rg-[a-z0-9]{10}", fullmatch=True)
PSK = st.text("abcdefghABCDEFGH01234567!@#$%^&*()_-+={}|;:,.<>/?~", min_size=8, max_size=100)
LIFETIME = st.integers(60, 86400)
INTEGRITY = st.sampled_from(["md5", "sha1", "sha256", "sha384", "sha512"])
ENCRYPTION = st.sampled_from(["aes128", "aes192", "aes256", "3des", "des"])


def block(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping of any of the options."""
    return st.fixed_dictionaries({}, optional=options)


def networks(second: int, most: int) -> st.SearchStrategy[list[str]]:
    """Networks that do not overlap, as a list in any order."""
    thirds = st.lists(st.integers(0, 255), min_size=1, max_size=most, unique=True)
    return thirds.map(lambda chosen: [f"192.{second}.{third}.0/24" for third in chosen])


IKE_SERVER = {
    "version": st.just("ikev2"),
    "encryption": ENCRYPTION,
    "integrity": INTEGRITY,
    "dh_group": st.sampled_from([1, 2, 5, 14]),
    "lifetime": LIFETIME,
    "local_id": st.sampled_from(["198.51.100.1", "cloud.example.com"]),
    "remote_id": st.sampled_from(["198.51.100.2", "store-001.example.com"]),
}
IKE = block(psk=PSK, **IKE_SERVER)
IPSEC = block(
    encryption=ENCRYPTION,
    integrity=INTEGRITY,
    pfs_group=st.sampled_from(["disabled", "1", "2", "5", "14"]),
    lifetime=LIFETIME,
)
CHECK = st.fixed_dictionaries(
    {"enabled": SWITCH, "destination": st.just("192.168.1.10"), "source": st.just("172.16.1.10")},
    optional={"interval": st.integers(1, 3600), "retry": st.integers(1, 10)},
)
SINGLE = {"dpd": SWITCH, "nat_traversal": SWITCH, "ike": IKE, "ipsec": IPSEC, "health_check": CHECK}
TUNNEL = block(dpd=SWITCH, nat_traversal=SWITCH, ike=IKE, ipsec=IPSEC)
ROUTE = {"weight": st.sampled_from([0, 100]), "publish_vpc": SWITCH, "description": TEXT}
CONNECTION = {
    "name": TEXT,
    "local_subnets": networks(168, 10),
    "remote_subnets": networks(169, 10),
    "effect_immediately": SWITCH,
    "tags": TAGS,
}
SERVER = {
    "name": TEXT,
    "client_ip_pool": st.integers(0, 255).map(lambda third: f"10.9.{third}.0/24"),
    "local_subnets": networks(168, 5),
}

#: Random values of the options of each case; they are laid over what the case creates.
OPTIONS: dict[str, Strategies] = {
    "vpn_gateway": {
        "name": NAME,
        "bandwidth": st.sampled_from([5, 10, 20, 50, 100, 200, 500, 1000]),
        "enable_ssl": SWITCH,
        "auto_propagate": SWITCH,
        "description": TEXT,
        "resource_group_id": GROUP,
        "charge_type": st.just("postpay"),
        "tags": TAGS,
    },
    "enhanced_vpn_gateway": {
        "name": NAME,
        "network_type": st.sampled_from(["public", "private"]),
        "auto_propagate": SWITCH,
        "description": TEXT,
        "resource_group_id": GROUP,
        "tags": TAGS,
    },
    "vco_route_entry": {"weight": st.sampled_from([0, 100]), "description": TEXT},
    "customer_gateway": {
        "name": TEXT,
        "ip_address": st.ip_addresses(v=4, network="198.51.100.0/24").map(str),
        "asn": st.integers(1, 4294967295)
        .filter(lambda number: number != 45104)
        .flatmap(lambda number: st.sampled_from([str(number), f"{number >> 16}.{number & 65535}"])),
        "auth_key": st.text("abcXYZ0189!-_", min_size=1, max_size=64),
        "description": TEXT,
        "resource_group_id": GROUP,
        "tags": TAGS,
    },
    "ipsec_connection (single tunnel)": {**CONNECTION, **SINGLE},
    "ipsec_connection (dual tunnel)": {**CONNECTION, "master": TUNNEL, "slave": TUNNEL},
    "vpn_route_entry": ROUTE,
    "vpn_policy_route": {**ROUTE, "priority": st.integers(1, 100)},
    "ssl_vpn_server": {
        **SERVER,
        "transport": st.sampled_from(["TCP", "UDP"]),
        "port": st.integers(10000, 22000),
        "cipher": st.sampled_from(["AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "none"]),
        "compress": SWITCH,
        "dns_servers": st.lists(st.ip_addresses(v=4, network="172.16.0.0/24").map(str), min_size=1, max_size=3),
    },
    "ssl_vpn_client_cert": {"name": TEXT},
    "vpn_gateway_certificate": {
        "certificate_type": st.sampled_from(["encryption", "signature"]),
        "certificate_id": st.from_regex(r"[0-9a-f]{8}-[0-9a-f]{4}", fullmatch=True),
    },
    "ipsec_server": {
        **SERVER,
        "psk": PSK,
        "effect_immediately": SWITCH,
        "ike": block(**IKE_SERVER),
        "ipsec": IPSEC,
    },
    "vpn_attachment (single tunnel)": {**CONNECTION, **SINGLE},
    "vpn_attachment (dual tunnel)": {**CONNECTION, "first": TUNNEL, "second": TUNNEL},
}
ALL_CASES = {**CASES, **VPN_CASES}


def composed(case: Case, build: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """What the module is given: the parents, the case's own options, and over them what was drawn."""
    options = {**build, **case.create, **{name: value for name, value in drawn.items() if name in SETTABLE}}
    if "tunnels" in options:
        # The customer gateway is needed; everything else of a tunnel is drawn or left to the service.
        changes = [value for name, value in sorted(drawn.items()) if name not in SETTABLE] + [{}, {}]
        kept = ("role", "tunnel_index", "customer_gateway_id")
        options["tunnels"] = [
            {**{name: tunnel[name] for name in kept if name in tunnel}, **change}
            for tunnel, change in zip(options["tunnels"], changes, strict=False)
        ]
    return options


SETTABLE = {name for options in OPTIONS.values() for name in options} - {"master", "slave", "first", "second"}


def respelled(options: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The same in another order (networks, tags, tunnels) and with algorithms in other words.

    Clients ask DNS servers in order, so these stay.
    """
    chance = random.Random(seed)
    result: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, list) and name != "dns_servers":
            value = [respelled(item, seed) if isinstance(item, dict) else item for item in value]
            chance.shuffle(value)
        elif isinstance(value, dict):
            items = [*(value if name == "tags" else respelled(value, seed)).items()]
            chance.shuffle(items)
            value = dict(items)
        elif name in WORDS:
            value = chance.choice(WORDS[name])(str(value))
        result[name] = value
    return result


def _spaced(word: str) -> str:
    """``aes256`` as ``AES-256``."""
    return re.sub(r"^(aes|sha|ikev)(\d+)$", r"\1-\2", word).upper()


def _group(word: str) -> str:
    return f"Group{word}" if word.isdigit() else word.title()


def _modp(word: str) -> str:
    return {"1": "modp768", "2": "MODP1024", "5": "modp1536", "14": "modp2048"}.get(word, "none")


#: Option to other ways of writing its value.
WORDS: dict[str, tuple[Callable[[str], str], ...]] = {
    "version": (str.upper, _spaced),
    "mode": (str.upper, str.title),
    "encryption": (str.upper, _spaced),
    "integrity": (str.upper, _spaced),
    "dh_group": (_group, _modp),
    "pfs_group": (_group, _modp),
    "cipher": (str.lower, str.upper),
}


def test_every_case_is_covered():
    assert set(OPTIONS) == set(ALL_CASES)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_second_run_changes_nothing(account, name):
    case = ALL_CASES[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(drawn=st.fixed_dictionaries({}, optional=dict(OPTIONS[name])), seed=st.integers(0, 99))
    def check(drawn: dict[str, Any], seed: int) -> None:
        account.cloud.admin("POST", "reset")
        options = composed(case, case.build(account), drawn)
        assert account.ok(case.module, **options)["changed"]
        account.forget_calls()
        for again in (options, respelled(options, seed)):
            result = account.ok(case.module, **again)
            assert not result["changed"], result["diff"]
        assert account.writes() == {}

    check()
