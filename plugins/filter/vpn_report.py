# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a verification: both ends and the packets, for people, and everything that is wrong."""

from __future__ import annotations

DOCUMENTATION = r"""
name: vpn_report
short_description: Report of a verification of both ends
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Puts together what the cloud says (M(hybridnet.alicloud.vpn_sites_info), and M(hybridnet.alicloud.vpn_sites) in
    check mode) and what was measured on the hosts (P(hybridnet.alicloud.host_findings#filter)).
positional: _input
options:
  _input:
    description: Results of the hosts by host name.
    type: dict
    required: true
  sites:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:sites) of the cloud.
    type: dict
    required: true
  differences:
    description: RV(hybridnet.alicloud.vpn_sites#module:differences) of the cloud.
    type: list
    elements: dict
    required: true
  expected:
    description: Names of the hosts that should have a result. One that has none is a finding.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Report
  ansible.builtin.debug:
    msg: "{{ (results | hybridnet.alicloud.vpn_report(found.sites, compared.differences)).lines }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    lines:
      description: The report for people, one line each.
      type: list
      elements: str
    findings:
      description: Everything that is wrong. Empty when all is well.
      type: list
      elements: str
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ESTABLISHED = "ipsec_sa_established"


def _cloud_tunnels(site: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Connection, role, address and status of each tunnel that the cloud has for a site."""
    for connection in (site.get("connections") or {}).values():
        for tunnel in connection.get("tunnels") or [connection]:
            yield connection["name"], tunnel.get("role") or "tunnel", tunnel["internet_ip"] or "", tunnel["status"]


def _lines(name: str, site: Mapping[str, Any], host: Mapping[str, Any]) -> Iterator[str]:
    yield name
    for connection, role, address, status in _cloud_tunnels(site):
        yield f"  cloud    {connection} {role} at {address}: {status}"
    for tunnel in host.get("tunnels", ()):
        state = "up" if tunnel["up"] else "DOWN"
        moved = f"{tunnel['bytes_in']} bytes in, {tunnel['bytes_out']} bytes out"
        yield f"  host     {tunnel['name']} ({tunnel['role']}) to {tunnel['remote_address']}: {state}, {moved}"
    for ping in host.get("pings", ()):
        source = f" from {ping['source']}" if ping["source"] else ""
        time = f", {ping['milliseconds']} ms" if ping["milliseconds"] is not None else ""
        yield f"  packets  to {ping['address']}{source}: {ping['received']} of {ping['sent']} came back{time}"


def vpn_report(
    hosts: Mapping[str, Mapping[str, Any]],
    sites: Mapping[str, Mapping[str, Any]],
    differences: Iterable[Mapping[str, Any]],
    expected: Iterable[str] = (),
) -> dict[str, list[str]]:
    """See DOCUMENTATION."""
    lines: list[str] = []
    findings = [
        f"{one['object']}: {one['parameter']} should be {one['wanted']}, but is {one['actual']} (cloud)"
        for one in differences
    ]
    for name, host in hosts.items():
        site = sites.get(name, {})
        lines.extend(_lines(name, site, host))
        findings += [
            f"{connection} {role} at {address}: the cloud says {status}"
            for connection, role, address, status in _cloud_tunnels(site)
            if status != ESTABLISHED
        ]
        findings += [finding if name in finding else f"{name}: {finding}" for finding in host.get("findings", ())]
    findings += [f"{name}: not measured, because it was not reached" for name in expected if name not in hosts]
    return {"lines": lines, "findings": findings}


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"vpn_report": vpn_report}
