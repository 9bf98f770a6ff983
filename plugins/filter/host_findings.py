# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured on one customer gateway, as a summary and as findings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_findings
short_description: Summarise what was measured on a customer gateway, and say what is wrong
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Compares two results of M(hybridnet.alicloud.strongswan_info), taken before and after pings through the tunnels,
    with the connections that the host should have.
  - Packets that are answered while no tunnel counts them have taken another way, which is a finding.
positional: _input
options:
  _input:
    description:
      - Result of M(hybridnet.alicloud.strongswan_info) with O(hybridnet.alicloud.strongswan_info#module:expected),
        taken before the pings. Empty for a host without connections.
    type: dict
    required: true
  after:
    description: The same, taken after the pings.
    type: dict
    required: true
  connections:
    description: The connections that the host should have. Only C(name), C(role) and C(remote_address) are used.
    type: list
    elements: dict
    required: true
  pings:
    description:
      - Results of a loop of M(ansible.builtin.command) with C(ping), each with C(item) (C(address) and perhaps
        C(source)) and C(stdout).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Summarise the host
  ansible.builtin.set_fact:
    vpn_verify_host_result: >-
      {{ before | hybridnet.alicloud.host_findings(after, strongswan_connections, pings.results) }}
"""

RETURN = r"""
_value:
  description: The summary.
  type: dict
  contains:
    tunnels:
      description: For each connection, whether its tunnel is up, and what moved through it between the two results.
      type: list
      elements: dict
      sample:
        - name: store-001-main-1
          role: active
          remote_address: 203.0.113.11
          up: true
          bytes_in: 252
          bytes_out: 252
    pings:
      description: For each target, how many packets were sent and answered, and the mean round trip.
      type: list
      elements: dict
      sample: [{address: 172.16.1.10, source: 192.168.1.1, sent: 3, received: 3, milliseconds: 0.8}]
    findings:
      description: Everything that is wrong, one text each. Empty when all is well.
      type: list
      elements: str
      sample: ["store-001-main-1: ike.dh_group should be 14, but is 2 (file)"]
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_COUNTS = re.compile(r"(\d+) packets transmitted, (\d+) received")
_ROUND_TRIP = re.compile(r"= [\d.]+/([\d.]+)/")


def _carrying(report: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    """The installed CHILD_SAs of a connection by their number."""
    return {
        child["uniqueid"]: child
        for association in report.get("associations", ())
        if association["name"] == name and association["state"] == "ESTABLISHED"
        for child in association["children"]
        if child["state"] == "INSTALLED"
    }


def _moved(before: Mapping[str, Any], after: Mapping[str, Any], counter: str) -> int:
    """What was added to a counter; a CHILD_SA that a rekey made in between began at zero."""
    return sum((child[counter] or 0) - (before.get(number, {}).get(counter) or 0) for number, child in after.items())


def _tunnel(before: Mapping[str, Any], after: Mapping[str, Any], connection: Mapping[str, Any]) -> dict[str, Any]:
    earlier, later = (_carrying(report, connection["name"]) for report in (before, after))
    return {
        "name": connection["name"],
        "role": connection.get("role", "active"),
        "remote_address": connection["remote_address"],
        "up": bool(later),
        "bytes_in": _moved(earlier, later, "bytes_in"),
        "bytes_out": _moved(earlier, later, "bytes_out"),
    }


def _ping(result: Mapping[str, Any]) -> dict[str, Any]:
    counts = _COUNTS.search(result.get("stdout", ""))
    round_trip = _ROUND_TRIP.search(result.get("stdout", ""))
    return {
        "address": result["item"]["address"],
        "source": result["item"].get("source"),
        "sent": int(counts.group(1)) if counts else 0,
        "received": int(counts.group(2)) if counts else 0,
        "milliseconds": float(round_trip.group(1)) if round_trip else None,
    }


def _ping_finding(ping: Mapping[str, Any]) -> str:
    source = f" from {ping['source']}" if ping["source"] else ""
    return f"ping to {ping['address']}{source}: {ping['received']} of {ping['sent']} packets came back"


def host_findings(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    connections: Iterable[Mapping[str, Any]],
    pings: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """See DOCUMENTATION."""
    tunnels = [_tunnel(before, after, connection) for connection in connections]
    measured = [_ping(result) for result in pings]
    findings = list(before.get("problems", ()))
    findings += [
        f"{one['connection']}: {one['parameter']} should be {one['wanted']}, but is {one['actual']} ({one['source']})"
        for one in before.get("differences", ())
    ]
    findings += [
        f"{tunnel['name']}: no tunnel to {tunnel['remote_address']} is up" for tunnel in tunnels if not tunnel["up"]
    ]
    findings += [_ping_finding(ping) for ping in measured if ping["received"] < ping["sent"] or not ping["sent"]]
    answered = any(ping["received"] for ping in measured)
    for counter, direction in (("bytes_out", "into"), ("bytes_in", "out of")):
        if tunnels and answered and not sum(tunnel[counter] for tunnel in tunnels):
            findings.append(f"pings were answered, but nothing went {direction} the tunnels: it takes another way")
    return {"tunnels": tunnels, "pings": measured, "findings": findings}


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"host_findings": host_findings}
