#!/usr/bin/python

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gateway_firewall_info
short_description: Read what a Linux VPN gateway's firewall does to its tunnels
description:
  - Reads which firewall the host uses, whether its rules drop what the tunnels need, and whether they translate the
    addresses of what goes into a tunnel. For each it names the chain, and the rule that helps.
  - All rules that nftables knows of are looked at, whoever made them, those of C(iptables-nft) included. Only what is
    dropped or translated for certain is returned.
  - Changes nothing.
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
requirements:
  - Python 3.8 or later on the managed host
  - root on the managed host
  - nft, for RV(table), RV(blocked) and RV(translated)
attributes:
  check_mode:
    description: Can run in check mode; it never changes anything.
    support: full
  diff_mode:
    description: Has nothing to show in diff mode.
    support: N/A
  idempotent:
    description: A second run returns the same.
    support: full
options:
  peers:
    description: Addresses of the other ends of the tunnels.
    type: list
    elements: str
    default: []
  pairs:
    description: Each two networks that are joined, as P(hybridnet.alicloud.firewall_flows#filter) returns them.
    type: list
    elements: dict
    default: []
    suboptions:
      local:
        description: Network on this side.
        type: str
        required: true
      remote:
        description: Network behind the peer.
        type: str
        required: true
seealso:
  - module: hybridnet.alicloud.strongswan_path_info
"""

EXAMPLES = r"""
- name: Look at the firewall
  hybridnet.alicloud.gateway_firewall_info:
    peers: [203.0.113.11]
    pairs:
      - {local: 192.168.1.0/24, remote: 172.16.0.0/16}
  register: firewall

- name: Say what is in the way
  ansible.builtin.debug:
    msg: "{{ firewall.blocked + firewall.translated }}"
"""

RETURN = r"""
backend:
  description: The firewall that is at work, V(nftables) when it is neither firewalld nor ufw.
  returned: always
  type: str
  sample: nftables
nft:
  description: Whether the host has the program nft.
  returned: always
  type: bool
table:
  description: The table C(inet hybridnet) as nft writes it, empty when there is none.
  returned: always
  type: str
ufw_rules:
  description: The rules of ufw that the role P(hybridnet.alicloud.gateway_firewall#role) has made, as arguments of ufw.
  returned: when the host has ufw
  type: list
  elements: str
  sample: [allow from 203.0.113.11 proto esp comment 'hybridnet']
blocked:
  description: What the host's own rules drop.
  returned: always
  type: list
  elements: dict
  sample:
    - flow: udp 500 in from 203.0.113.11
      by: chain input of table inet filter (its policy is drop)
      chain: inet filter input
      accept: ip saddr 203.0.113.11 udp dport { 500, 4500 } accept
translated:
  description: What gets another source address on its way into a tunnel, so that the tunnel does not take it.
  returned: always
  type: list
  elements: dict
  sample:
    - flow: 192.168.1.0/24 to 172.16.0.0/16
      by: chain postrouting of table ip nat
      rule: oifname "wan0" masquerade
      priority: 80
"""

import ipaddress
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _nft_verdict as nft
from ansible_collections.hybridnet.alicloud.plugins.module_utils._nft_ruleset import (
    nft_program,
    read_rule,
    read_ruleset,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._unlogged_module import UnloggedModule

TABLE = ("inet", "hybridnet")


def inside(network):
    """Return an address that a host of the network may have."""
    parsed = ipaddress.ip_network(network, strict=False)
    return str(parsed[1] if parsed.num_addresses > 2 else parsed[0])


def flows_of_peer(peer):
    """Yield (words, packet, rule that accepts it) of what a tunnel needs."""
    for port in (500, 4500):
        packet = {"protocol": "udp", "sport": port, "dport": port}
        yield (
            "udp %d in from %s" % (port, peer),
            dict(packet, hook="input", saddr=peer),
            "ip saddr %s udp dport { 500, 4500 } accept" % peer,
        )
        yield (
            "udp %d out to %s" % (port, peer),
            dict(packet, hook="output", daddr=peer),
            "ip daddr %s udp dport { 500, 4500 } accept" % peer,
        )
    esp = {"protocol": "esp"}
    yield "esp in from " + peer, dict(esp, hook="input", saddr=peer), "ip saddr %s meta l4proto esp accept" % peer
    yield "esp out to " + peer, dict(esp, hook="output", daddr=peer), "ip daddr %s meta l4proto esp accept" % peer


def forwarded(pairs):
    """Yield (words, packet, rule that accepts it) of what is forwarded, both ways.

    The protocol is left open: a host that lets some pass and not others does what it was told.
    """
    for pair in pairs:
        for source, target in ((pair["local"], pair["remote"]), (pair["remote"], pair["local"])):
            yield (
                "%s to %s" % (source, target),
                {"hook": "forward", "saddr": inside(source), "daddr": inside(target)},
                "ip saddr %s ip daddr %s accept" % (source, target),
            )


def find_blocked(rules, peers, pairs):
    found = []
    wanted = [one for peer in peers for one in flows_of_peer(peer)] + list(forwarded(pairs))
    for words, packet, accept in wanted:
        blocking = nft.blocking(rules, packet)
        # What the table of the role drops was asked for.
        if blocking and (blocking[0]["family"], blocking[0]["table"]) != TABLE:
            chain = blocking[0]
            name = "%s %s %s" % (chain["family"], chain["table"], chain["name"])
            found.append({"flow": words, "by": nft.blocker(rules, packet), "chain": name, "accept": accept})
    return found


def find_translated(module, rules, pairs):
    found = []
    for pair in pairs:
        source, target = inside(pair["local"]), inside(pair["remote"])
        packet = {"saddr": source, "daddr": target, "oif": way_out(module, target)}
        translating = nft.translating(rules, packet)
        if translating:
            chain, rule = translating
            found.append(
                {
                    "flow": "%s to %s" % (pair["local"], pair["remote"]),
                    "by": "chain %s of table %s %s" % (chain["name"], chain["family"], chain["table"]),
                    "rule": read_rule(module, rule),
                    "priority": chain.get("prio", 0),
                }
            )
    return found


def way_out(module, address):
    """Return the interface that packets to an address leave by; None when there is no way."""
    program = module.get_bin_path("ip", opt_dirs=["/usr/sbin", "/sbin"], required=True)
    shown = re.search(r" dev (\S+)", module.run_command([program, "-4", "route", "get", address])[1])
    return shown.group(1) if shown else None


def read_table(module):
    program = nft_program(module)
    if not program:
        return ""
    status, output, _error = module.run_command([program, "list", "table"] + list(TABLE))
    return output.strip() if status == 0 else ""


def runs(module, unit):
    program = module.get_bin_path("systemctl")
    return bool(program) and module.run_command([program, "is-active", "--quiet", unit])[0] == 0


def read_ufw(module):
    """Return (whether it is at work, what it was told by the role); None when the host has no ufw."""
    program = module.get_bin_path("ufw", opt_dirs=["/usr/sbin", "/sbin"])
    if not program:
        return None
    english = {"LC_ALL": "C"}
    active = "Status: active" in module.run_command([program, "status"], environ_update=english)[1].splitlines()
    added = module.run_command([program, "show", "added"], environ_update=english)[1].splitlines()
    return active, [line[len("ufw ") :] for line in added if line.endswith(" comment 'hybridnet'")]


def main():
    pair = {"local": {"type": "str", "required": True}, "remote": {"type": "str", "required": True}}
    module = UnloggedModule(
        argument_spec={
            "peers": {"type": "list", "elements": "str", "default": []},
            "pairs": {"type": "list", "elements": "dict", "default": [], "options": pair},
        },
        supports_check_mode=True,
    )
    peers, pairs = module.params["peers"], module.params["pairs"]
    rules = read_ruleset(module) or []
    result = {
        "backend": "nftables",
        "nft": nft_program(module) is not None,
        "table": read_table(module),
        "blocked": find_blocked(rules, peers, pairs),
        "translated": find_translated(module, rules, pairs),
    }
    ufw = read_ufw(module)
    if ufw is not None:
        active, result["ufw_rules"] = ufw
        if active:
            result["backend"] = "ufw"
    if runs(module, "firewalld.service"):
        result["backend"] = "firewalld"
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
