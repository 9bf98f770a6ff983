"""Random valid options of the ECS modules: applied once they hold, and the second run changes nothing."""

from __future__ import annotations

import base64
import ipaddress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._security_rules import problems
from tests.integration.module_cases_compute import IMAGE

# The account is emptied by the test itself before each example.
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

names = st.from_regex(r"[A-Za-z][A-Za-z0-9:._-]{1,40}", fullmatch=True).filter(
    lambda name: not name.startswith(("http:", "https:"))
)
texts = st.text("abc XYZ.,-/äß中", min_size=2, max_size=60).filter(lambda text: text.strip() == text)
tags = st.dictionaries(
    st.text("abcXYZ-_.", min_size=1, max_size=20), st.text("abcXYZ 0123-_.é", max_size=20).map(str.strip), max_size=5
)
groups = st.sampled_from(["rg-acfmxazb4ph6aiy", "rg-acfmother"])


def optional(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any part of *options*."""
    return st.fixed_dictionaries({}, optional=options)


def holds(account: Any, module: str, first: dict[str, Any], *more: dict[str, Any]) -> None:
    """Each of the wanted states is reached by one run, from nothing or from the one before."""
    for options in (first, *more):
        checked = account.ok(module, check=True, **options)
        applied = account.ok(module, **options)
        assert checked["changed"] == applied["changed"]
        again = account.ok(module, **options)
        assert not again["changed"], again["diff"]
        assert not account.ok(module, check=True, **options)["changed"]


@st.composite
def public_keys(draw: st.DrawFn) -> str:
    """Ed25519 keys with any comment."""
    blob = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + draw(st.binary(min_size=32, max_size=32))
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}{draw(st.sampled_from(['', ' a', ' user@host at home']))}"


@EXAMPLES
@given(name=names, key=public_keys(), options=optional(tags=tags, resource_group_id=groups), later=optional(tags=tags))
def test_key_pair(account, name, key, options, later):
    account.cloud.admin("POST", "reset")
    holds(account, "key_pair", {"name": name, "public_key": key, **options}, {"name": name, "public_key": key, **later})


networks = st.builds(
    lambda bits, length: str(ipaddress.IPv4Network((bits, length), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
) | st.builds(lambda bits: str(ipaddress.IPv4Address(bits)), st.integers(2**24, 2**31))


def cased(*words: str) -> st.SearchStrategy[str]:
    """One of *words* in any case."""
    return st.builds(
        lambda word, change: change(word), st.sampled_from(words), st.sampled_from([str, str.upper, str.title])
    )


ports = st.one_of(
    st.integers(1, 65535).map(str),
    st.integers(1, 30000).map(lambda first: f"{first}/{first + 5}"),
    st.integers(1, 30000).map(lambda first: f"{first}-{first + 5}"),
)
_rule = {"cidr": networks}
_more = {
    "direction": cased("ingress", "egress"),
    "policy": cased("accept", "drop"),
    "priority": st.integers(1, 100),
    "description": st.sampled_from(["", "one", "another"]),
}
security_rules = st.one_of(
    st.fixed_dictionaries({"protocol": cased("tcp", "udp"), **_rule}, optional={"ports": ports, **_more}),
    st.fixed_dictionaries({"protocol": cased("icmp", "gre", "all"), **_rule}, optional=_more),
)
rule_lists = st.lists(security_rules, max_size=8).filter(lambda rules: not list(problems(rules, "rules")))
group_options = optional(
    rules=rule_lists,
    purge_rules=st.booleans(),
    inner_access=st.sampled_from(["accept", "drop"]),
    description=texts,
    tags=tags,
    resource_group_id=groups,
)


@EXAMPLES
@given(name=names, first=group_options, second=group_options, order=st.randoms())
def test_security_group(account, name, first, second, order):
    account.cloud.admin("POST", "reset")
    base = {"name": name, "vpc_id": account.network()["vpc_id"]}
    holds(account, "security_group", {**base, **first}, {**base, **second})
    shuffled = list(second.get("rules", []))
    order.shuffle(shuffled)
    if shuffled:
        assert not account.ok("security_group", **base, **{**second, "rules": shuffled})["changed"]


hosts = st.from_regex(r"[a-z][a-z0-9]{1,20}(-[a-z0-9]{1,10})?", fullmatch=True)
instance_options = optional(
    description=texts,
    host_name=hosts,
    deletion_protection=st.booleans(),
    tags=tags,
    resource_group_id=groups,
    state=st.sampled_from(["present", "running", "stopped"]),
    stopped_mode=st.sampled_from(["keep_charging", "stop_charging"]),
)
instance_birth = optional(
    private_ip=st.integers(1, 252).map(lambda last: f"172.16.1.{last}"),
    internet_bandwidth=st.integers(0, 100),
    internet_charge_type=st.sampled_from(["pay_by_traffic", "pay_by_bandwidth"]),
    charge_type=st.just("postpaid"),
    user_data=st.text(min_size=1, max_size=200).map(lambda text: f"#cloud-config\n# {text}"),
    system_disk=optional(category=st.sampled_from(["cloud_essd", "cloud_auto"]), size=st.integers(20, 2048)),
)


@EXAMPLES
@given(
    name=names,
    birth=instance_birth,
    kind=st.sampled_from(["ecs.g7.large", "ecs.e-c1m1.large"]),
    first=instance_options,
    second=instance_options,
    count=st.integers(1, 3),
)
def test_ecs_instance(account, name, birth, kind, first, second, count):
    account.cloud.admin("POST", "reset")
    network = account.network()
    made = [
        account.api("CreateSecurityGroup", "Ecs", SecurityGroupName=f"sg-{number}", VpcId=network["vpc_id"])
        for number in range(count)
    ]
    ids = [item["SecurityGroupId"] for item in made]
    place = {"vswitch_id": network["vswitch_id"], "security_group_ids": ids, "image_id": IMAGE, "instance_type": kind}
    base = {"name": name, **place, **birth}
    holds(account, "ecs_instance", {**base, **first}, {**base, **second, "security_group_ids": ids[:1]})
