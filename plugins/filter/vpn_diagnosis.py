# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The causes of broken tunnels, from what was read and measured at both ends."""

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_diagnosis
short_description: Name the cause of a broken tunnel
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Judges what the role P(hybridnet.alicloud.vpn_diagnose#role) has collected of each site.
  - The cause that explains the others comes first. What is wrong without harm so far comes last.
positional: _input
options:
  _input:
    description:
      - What was collected on the hosts by host name. For a site C(problem), or C(before), C(path_before), C(path) and
        C(measured); for a machine in the VPC C(measured).
    type: dict
    required: true
  sites:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:sites) of the cloud.
    type: dict
    required: true
  documents:
    description: The documents of the sites to judge by name.
    type: dict
    required: true
  differences:
    description: RV(hybridnet.alicloud.vpn_sites#module:differences) of the cloud.
    type: list
    elements: dict
    default: []
  networks:
    description: What was read of the VPCs, lists of objects by kind.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Name the causes
  ansible.builtin.debug:
    msg: "{{ (collected | hybridnet.alicloud.vpn_diagnosis(found.sites, documents)).lines }}"
"""

RETURN = r"""
_value:
  description: The verdicts.
  type: dict
  contains:
    healthy:
      description: Whether nothing is broken.
      type: bool
    lines:
      description: The verdicts for people, the first one names cause and fix.
      type: list
      elements: str
    sites:
      description: By site C(healthy), C(verdict), and C(findings) with C(cause), C(layer), C(where), C(sentence),
        C(fix), C(evidence) and C(latent).
      type: dict
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis import diagnose
from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis_evidence import cloud_evidence


def _far(hosts: Mapping[str, Any], documents: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pings from machines in the VPC to a site's networks."""
    networks = [ipaddress.ip_network(network, strict=False) for network in document.get("networks") or ()]
    return [
        ping
        for name, host in hosts.items()
        if name not in documents
        for ping in host.get("measured", {}).get("pings", ())
        if any(ipaddress.ip_address(ping["address"]) in network for network in networks)
    ]


def _lines(verdicts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    ordered = sorted(verdicts, key=lambda verdict: verdict["healthy"])
    for verdict in ordered:
        yield verdict["verdict"]
    for verdict in ordered:
        for number, finding in enumerate(verdict["findings"]):
            rank = "latent" if finding["latent"] else "also" if number else "cause"
            yield f"  {rank:<7} {finding['sentence']}"
            yield f"          fix: {finding['fix']}"
            yield from (f"          seen: {line}" for line in finding["evidence"])


def vpn_diagnosis(
    hosts: Mapping[str, Mapping[str, Any]],
    sites: Mapping[str, Mapping[str, Any]],
    documents: Mapping[str, Mapping[str, Any]],
    differences: Iterable[Mapping[str, Any]] = (),
    networks: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """See DOCUMENTATION."""
    verdicts = {}
    differences = list(differences)
    for name, document in documents.items():
        host = hosts.get(name) or {"problem": "it was not looked at"}
        pings = host.get("measured", {}).get("pings", ())
        site = sites.get(name) or {}
        targets = [ping["address"] for ping in pings]
        verdicts[name] = diagnose(
            {
                "site": name,
                "problem": host.get("problem"),
                "device": host.get("device"),
                "cloud": cloud_evidence(name, document, site, differences, networks or {}, targets),
                "host": host.get("before"),
                "path": host.get("path"),
                "filtered_before": host.get("path_before", {}).get("filtered_packets", 0),
                "measured": host.get("measured"),
                "far": _far(hosts, documents, document),
            }
        )
    return {
        "healthy": all(verdict["healthy"] for verdict in verdicts.values()),
        "lines": list(_lines(verdicts.values())),
        "sites": verdicts,
    }


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"vpn_diagnosis": vpn_diagnosis}
