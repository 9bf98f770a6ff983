# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an nftables ruleset lets a packet pass, from ``nft --json list ruleset`` (libnftables-json(5)).

A packet is a dict: ``hook`` (input, output or forward), and what is known of ``iif``, ``oif``, ``saddr``, ``daddr``,
``protocol`` (udp, icmp, esp), ``sport``, ``dport``. It is the first of its flow. What a rule asks beyond that is
unknown, and a rule that may match is no proof: only what is dropped whatever the unknowns are counts as blocked, and
only what is translated whatever they are as translated.
"""

from __future__ import annotations

import ipaddress

FAMILIES = ("ip", "inet")
HOOKS = ("input", "output", "forward")
_FINAL = ("accept", "drop", "reject", "masquerade")
_META = {"iifname": "iif", "iif": "iif", "oifname": "oif", "oif": "oif", "l4proto": "protocol"}
_NUMBERS = {"1": "icmp", "17": "udp", "50": "esp"}
_OWN_SOURCE = {"payload": {"protocol": "ip", "field": "saddr"}}
# Expressions of a rule that decide nothing.
_SILENT = ("counter", "log", "limit", "comment", "mangle", "ct helper")


def blocker(ruleset, packet):
    """Return what drops a packet, as words for people; None when it may pass.

    ruleset: the list under the key ``nftables``.
    """
    found = blocking(ruleset, packet)
    if found is None:
        return None
    chain, rule = found
    if rule is None:
        return "%s (its policy is drop)" % _words(chain)
    return "%s (rule with handle %s of chain %s)" % (_words(chain), rule.get("handle"), rule["chain"])


def blocking(ruleset, packet):
    """Return (base chain, rule) that drops a packet, None when it may pass. The rule is None when it is the policy."""
    rules = _rules_by_chain(ruleset)
    for chain in _base_chains(ruleset, "filter", packet["hook"]):
        verdict, rule = _walk(rules, (chain["family"], chain["table"]), chain["name"], packet, 0)
        if verdict in ("drop", "reject"):
            return chain, rule
        if verdict in (None, "return") and chain.get("policy") == "drop":
            return chain, None
    return None


def translating(ruleset, packet):
    """Return (base chain, rule) that gives a packet another source address when it leaves; None when none does.

    The chains are asked in the order of their priority until one translates. A translation to the packet's own
    address is one, too: it changes nothing, and no later chain is asked. (An accept does not have that effect.)
    """
    rules = _rules_by_chain(ruleset)
    for chain in _base_chains(ruleset, "nat", "postrouting"):
        verdict, rule = _walk(rules, (chain["family"], chain["table"]), chain["name"], packet, 0)
        if verdict == "same address":
            return None
        if verdict in ("masquerade", "snat"):
            return chain, rule
    return None


def _words(chain):
    return "chain %s of table %s %s" % (chain["name"], chain["family"], chain["table"])


def _entries(ruleset, wanted):
    return [value for item in ruleset for kind, value in item.items() if kind == wanted]


def _rules_by_chain(ruleset):
    rules = {}
    for rule in _entries(ruleset, "rule"):
        rules.setdefault((rule["family"], rule["table"], rule["chain"]), []).append(rule)
    return rules


def _base_chains(ruleset, kind, hook):
    """Return the chains of a hook for IPv4 packets, in the order in which the kernel asks them."""
    chains = [chain for chain in _entries(ruleset, "chain") if chain.get("family") in FAMILIES]
    bases = [chain for chain in chains if chain.get("hook") == hook and chain.get("type") == kind]
    return sorted(bases, key=lambda chain: chain.get("prio", 0))


def _walk(rules, where, name, packet, depth):
    """Return (verdict, rule) of a chain: ``accept``, ``drop``, ``reject``, ``unknown``, or None at its end."""
    if depth > 16:
        return "unknown", None
    for rule in rules.get((*where, name), ()):
        matched, action = _look(rule, packet)
        if matched is False or action is None:
            continue
        kind, target = action
        if kind in ("jump", "goto"):
            verdict, inner = _walk(rules, where, target, packet, depth + 1)
        else:
            verdict, inner = kind, rule
        if verdict == "return":
            verdict = None
            if kind not in ("jump", "goto"):
                return ("unknown", None) if matched is None else ("return", None)
        if verdict is None:
            if kind == "goto":
                return ("unknown", None) if matched is None else (None, None)
            continue
        if matched is None:
            # Perhaps: what drops perhaps is no proof, and what accepts perhaps takes the proof away.
            if verdict in ("accept", "unknown"):
                return "unknown", None
            continue
        return verdict, inner
    return None, None


def _look(rule, packet):
    """Return (True, False or None for unknown; the rule's action or None)."""
    matched, action = True, None
    for expression in rule.get("expr", ()):
        for kind, value in expression.items():
            if kind == "match":
                one = _match(value, packet)
                if one is False:
                    return False, None
                if one is None:
                    matched = None
            elif kind in _FINAL or kind == "return":
                action = (kind, None)
            elif kind == "snat":
                action = ("same address" if value.get("addr") == _OWN_SOURCE else "snat", None)
            elif kind in ("jump", "goto"):
                action = (kind, value["target"])
            elif kind not in _SILENT:
                matched = None
                if kind in ("xt", "vmap", "queue"):
                    action = ("unknown", None)
    return matched, action


def _match(match, packet):
    value = _left(match["left"], packet)
    if value is None:
        return None
    found = _among(value, match["right"])
    if found is None:
        return None
    if match["op"] in ("==", "in"):
        return found
    return not found if match["op"] == "!=" else None


def _left(left, packet):
    """Return the packet's value of the left side of a comparison; None when it is not known."""
    if not isinstance(left, dict):
        return None
    if "meta" in left:
        return packet.get(_META.get(left["meta"]["key"]))
    if left.get("ct", {}).get("key") == "state":
        return "new"
    payload = left.get("payload", {})
    protocol, field = payload.get("protocol"), payload.get("field")
    if protocol == "ip":
        return packet.get(field)
    if field in ("sport", "dport"):
        known = packet.get("protocol")
        # A port of another protocol than the packet's cannot match.
        return packet.get(field, None if known is None else -1) if protocol in (known, "th") or known is None else -1
    return None


def _among(value, right):
    """Return whether a value is, or is in, the right side of a comparison; None when that is not known."""
    if isinstance(right, list):
        return _any(_among(value, item) for item in right)
    if isinstance(right, dict):
        if "set" in right:
            return _among(value, right["set"])
        if "range" in right:
            first, last = right["range"]
            return _between(value, first, last)
        if "prefix" in right:
            network = "%s/%s" % (right["prefix"]["addr"], right["prefix"]["len"])
            return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
        return None
    text = str(right)
    if text.startswith("@"):
        return None
    if text.endswith("*"):
        return str(value).startswith(text[:-1])
    return str(value) == _NUMBERS.get(text, text) or str(value) == text


def _between(value, first, last):
    try:
        return int(first) <= int(value) <= int(last)
    except (TypeError, ValueError):
        pass
    try:
        return ipaddress.ip_address(first) <= ipaddress.ip_address(value) <= ipaddress.ip_address(last)
    except ValueError:
        return None


def _any(answers):
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False
