"""Whether a ruleset lets a packet pass; the rulesets are what ``nft --json list ruleset`` prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._nft_verdict import blocker, blocking, translating

PEER = "203.0.113.10"
IKE = {"hook": "input", "protocol": "udp", "sport": 500, "dport": 500, "saddr": PEER}
DROP, ACCEPT = {"drop": None}, {"accept": None}


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def port(right):
    return match({"payload": {"protocol": "udp", "field": "dport"}}, right)


def source(right):
    return match({"payload": {"protocol": "ip", "field": "saddr"}}, right)


def state(right):
    return match({"ct": {"key": "state"}}, right, "in")


UNKNOWN = match({"meta": {"key": "mark"}}, 7)


def ruleset(*rules, policy="accept", hook="input", others=None):
    """One filter chain with rules, and perhaps other chains by name."""
    base = {"family": "inet", "table": "filter", "name": "base", "type": "filter", "hook": hook, "prio": 0}
    found = [{"metainfo": {"version": "1.0"}}, {"chain": {**base, "policy": policy}}]
    found += [{"chain": {"family": "inet", "table": "filter", "name": name}} for name in others or {}]
    for chain, listed in {"base": rules, **(others or {})}.items():
        for number, rule in enumerate(listed):
            found.append(
                {"rule": {"family": "inet", "table": "filter", "chain": chain, "handle": number, "expr": list(rule)}}
            )
    return found


PASSES = {
    "no rules": ruleset(),
    "accepted before the policy": ruleset([port({"set": [500, 4500]}), ACCEPT], policy="drop"),
    "another port": ruleset([port(22), DROP]),
    "another source": ruleset([source({"prefix": {"addr": "192.168.0.0", "len": 16}}), DROP]),
    "perhaps dropped is no proof": ruleset([UNKNOWN, DROP]),
    "perhaps accepted takes the proof away": ruleset([UNKNOWN, ACCEPT], policy="drop"),
    "a reply only": ruleset([state(["established", "related"]), DROP]),
    "returned to the policy": ruleset([{"jump": {"target": "ike"}}], others={"ike": [[{"return": None}], [DROP]]}),
    "a verdict map decides": ruleset([{"vmap": {"key": {}, "data": {}}}], policy="drop"),
    "another hook": ruleset([DROP], hook="forward"),
}
DROPS = {
    "the policy": ruleset(policy="drop"),
    "a port in a set": ruleset([port({"set": [500, 4500]}), {"counter": {}}, DROP]),
    "a range": ruleset([port({"range": [1, 1023]}), {"reject": None}]),
    "not the allowed source": ruleset(
        [match({"payload": {"protocol": "ip", "field": "saddr"}}, "198.51.100.1", "!="), DROP]
    ),
    "the source's network": ruleset([source({"prefix": {"addr": "203.0.113.0", "len": 24}}), DROP]),
    "in a chain that is jumped to": ruleset([{"jump": {"target": "ike"}}], others={"ike": [[port(500), DROP]]}),
    "goto ends in the policy": ruleset(
        [{"goto": {"target": "ike"}}], [ACCEPT], policy="drop", others={"ike": [[port(22), ACCEPT]]}
    ),
    "protocol by number": ruleset([match({"meta": {"key": "l4proto"}}, 17), DROP]),
}


@pytest.mark.parametrize("rules", PASSES.values(), ids=PASSES)
def test_may_pass(rules):
    assert blocker(rules, IKE) is None


@pytest.mark.parametrize("rules", DROPS.values(), ids=DROPS)
def test_is_dropped(rules):
    assert "base of table inet filter" in blocker(rules, IKE)


def test_a_chain_that_jumps_to_itself_is_given_up():
    assert blocker(ruleset([{"jump": {"target": "base"}}], policy="drop"), IKE) is None


RULES = st.lists(
    st.builds(
        lambda conditions, verdict: [*conditions, verdict],
        st.lists(st.sampled_from([port(500), port(22), UNKNOWN, source(PEER), state(["established"])]), max_size=2),
        st.sampled_from([DROP, ACCEPT, {"return": None}]),
    ),
    max_size=5,
)


@given(RULES, st.sampled_from(["accept", "drop"]))
def test_blocked_means_dropped_whatever_the_unknowns_are(rules, policy):
    """Against a walk over both answers to the one unknown question."""

    def passes(marked):
        known = {str(port(500)): True, str(source(PEER)): True, str(UNKNOWN): marked}
        for *conditions, verdict in rules:
            if all(known.get(str(condition), False) for condition in conditions):
                return policy == "accept" if "return" in verdict else "accept" in verdict
        return policy == "accept"

    blocked = blocker(ruleset(*rules, policy=policy), IKE) is not None
    if blocked:
        assert not passes(True) and not passes(False)
    if not any(UNKNOWN in rule for rule in rules):
        assert blocked == (not passes(False))


@pytest.mark.parametrize("port_rule, blocked", [(port(443), False), (source("192.0.2.1"), True)])
def test_an_open_protocol_may_be_the_one_that_is_accepted(port_rule, blocked):
    packet = {"hook": "input", "saddr": PEER}
    assert (blocking(ruleset([port_rule, ACCEPT], policy="drop"), packet) is not None) == blocked


SITE = {"saddr": "192.168.1.1", "daddr": "172.16.0.1", "oif": "wan0"}
MASQUERADE, TO_ITSELF = {"masquerade": None}, {"snat": {"family": "ip", "addr": source(0)["match"]["left"]}}


def nat_chains(**chains):
    """Chains of the hook postrouting: priority and rules by name."""
    found = []
    for name, (priority, *rules) in chains.items():
        chain = {"family": "ip", "table": "nat", "name": name, "type": "nat", "hook": "postrouting", "prio": priority}
        found.append({"chain": chain})
        for number, rule in enumerate(rules):
            found.append(
                {"rule": {"family": "ip", "table": "nat", "chain": name, "handle": number, "expr": list(rule)}}
            )
    return found


def leaves_by(name):
    return match({"meta": {"key": "oifname"}}, name)


TRANSLATES = {
    "a masquerade": (nat_chains(a=(100, [leaves_by("wan0"), MASQUERADE])), "a"),
    "another way out": (nat_chains(a=(100, [leaves_by("wan1"), MASQUERADE])), None),
    "perhaps is no proof": (nat_chains(a=(100, [UNKNOWN, MASQUERADE])), None),
    "to its own address first": (nat_chains(a=(100, [MASQUERADE]), b=(90, [TO_ITSELF])), None),
    "to its own address too late": (nat_chains(a=(100, [MASQUERADE]), b=(110, [TO_ITSELF])), "a"),
    "accepted in an earlier chain, which does not help": (nat_chains(a=(90, [ACCEPT]), b=(100, [MASQUERADE])), "b"),
    "accepted in its own chain": (nat_chains(a=(100, [ACCEPT], [MASQUERADE])), None),
    "to a fixed address": (nat_chains(a=(100, [{"snat": {"addr": "198.51.100.1"}}])), "a"),
}


@pytest.mark.parametrize("rules, chain", TRANSLATES.values(), ids=TRANSLATES)
def test_translation(rules, chain):
    found = translating(rules, SITE)
    assert (found and found[0]["name"]) == chain
