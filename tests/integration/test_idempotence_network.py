"""Random valid options of the network modules, made and changed: a second run changes nothing, check mode agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.module_cases_network import NETWORK_CASES

TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u2028\u2029"),
    min_size=1,
    max_size=128,
).filter(lambda text: not text.lower().startswith(("http://", "https://")) and text.strip() == text)
TAGS = st.dictionaries(
    st.text("abcdefghijklmnopqrstuvwxyz-_.:", min_size=1, max_size=20).filter(
        lambda key: not key.startswith(("aliyun", "acs:", "hybridnet:")) and "http:" not in key and "https:" not in key
    ),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789 /", max_size=20),
    max_size=5,
)
GROUPS = st.from_regex(r"rg-[a-z0-9]{5,15}", fullmatch=True)


def options(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Options of a module: all of *required*, any of *optional*."""
    return st.fixed_dictionaries(required, optional=optional)


VPCS = options(
    {"name": TEXT, "cidr_block": st.sampled_from(["10.0.0.0/8", "10.16.0.0/16", "192.168.0.0/28"])},
    {
        "description": TEXT,
        "user_cidrs": st.lists(
            st.sampled_from(["198.18.0.0/24", "203.0.112.0/24", "8.8.8.0/24"]), min_size=1, max_size=3, unique=True
        ),
        "dns_hostname": st.booleans(),
        "resource_group_id": GROUPS,
        "tags": TAGS,
    },
)
VSWITCHES = options(
    {
        "name": TEXT,
        "zone_id": st.sampled_from(["cn-hangzhou-h", "cn-hangzhou-k"]),
        "cidr_block": st.sampled_from(["172.16.0.0/16", "172.16.7.0/24", "172.16.255.248/29"]),
    },
    {"description": TEXT, "tags": TAGS},
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.\-]{0,60}", fullmatch=True)
EIPS = options(
    {"name": NAMES},
    {
        "bandwidth": st.integers(1, 200),
        "internet_charge_type": st.sampled_from(["PayByBandwidth", "PayByTraffic"]),
        "charge_type": st.just("postpay"),
        "description": TEXT.map(lambda text: f"d{text}"),
        "resource_group_id": GROUPS,
        "instance_id": st.sampled_from(["", "i-bp1cqhiw8jlxajsrdsvm", "i-bp1a"]),
        "tags": TAGS,
    },
)
TABLES = options(
    {"name": TEXT},
    {"description": TEXT, "propagation": st.booleans(), "associate_type": st.just("VSwitch"), "tags": TAGS},
)
ROUTES = options(
    {
        "destination_cidr_block": st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "192.168.1.1/32", "100.0.0.0/8"]),
        "next_hop_type": st.just("VpnGateway"),
    },
    {"name": TEXT, "description": TEXT},
)
CIDRS = st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "192.168.1.1/32"])
POLICIES = st.sampled_from(["accept", "drop"])
PORTS = st.tuples(st.integers(1, 65535), st.integers(1, 65535)).map(lambda pair: f"{min(pair)}/{max(pair)}")
NAMED = {"name": TEXT, "description": TEXT}
RULES = st.lists(
    options(
        {"cidr_block": CIDRS, "policy": POLICIES},
        {**NAMED, "protocol": st.sampled_from(["all", "icmp", "gre"]), "port": st.just("-1/-1")},
    )
    | options(
        {"cidr_block": CIDRS, "policy": POLICIES, "protocol": st.sampled_from(["tcp", "udp"]), "port": PORTS}, NAMED
    ),
    max_size=5,
)
ACLS = options({"name": TEXT}, {"description": TEXT, "ingress": RULES, "egress": RULES, "tags": TAGS})
STRATEGIES: dict[str, Callable[[], st.SearchStrategy[dict[str, Any]]]] = {
    "vpc": lambda: VPCS,
    "vswitch": lambda: VSWITCHES,
    "eip": lambda: EIPS,
    "route_table": lambda: TABLES,
    "network_acl": lambda: ACLS,
    "vpc_route_entry (custom table)": lambda: ROUTES,
}


@pytest.mark.parametrize("name", STRATEGIES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_second_run_changes_nothing(account, name, data):
    case = NETWORK_CASES[name]
    account.cloud.admin("POST", "reset")
    parents = case.build(account)
    first = {**parents, **data.draw(STRATEGIES[name]())}
    predicted = account.ok(case.module, check=True, **first)
    created = account.ok(case.module, **first)
    assert created["diff"]["after"] == predicted["diff"]["after"]
    account.forget_calls()
    again = account.ok(case.module, **first)
    assert not again["changed"] and account.writes() == {}, again.get("diff")
    assert again[case.module] == created[case.module]
    fixed = {*case.key, *case.immutable}
    second = {**first, **{name: value for name, value in data.draw(STRATEGIES[name]()).items() if name not in fixed}}
    account.ok(case.module, **second)
    account.forget_calls()
    after = account.ok(case.module, **second)
    assert not after["changed"] and account.writes() == {}, after.get("diff")
