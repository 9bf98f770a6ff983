# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a customer gateway has to be configured with to match the cloud's end as it is."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cloud_peers
short_description: Connections of a customer gateway, as the cloud's end is now
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Puts what the IPsec connections of a site are set to in the cloud in place of what the site's document says. A host
    that is compared with the result differs where the two ends differ.
  - A setting that the cloud does not show keeps the document's value.
positional: _input
options:
  _input:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:peers) of the site.
    type: list
    elements: dict
    required: true
  site:
    description: RV(hybridnet.alicloud.vpn_sites_info#module:sites) of the site.
    type: dict
    required: true
  name:
    description: Name of the site.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Compare the host with the cloud
  hybridnet.alicloud.strongswan_info:
    expected: "{{ found.peers['store-001'] | hybridnet.alicloud.cloud_peers(found.sites['store-001'], 'store-001') }}"
"""

RETURN = r"""
_value:
  description: The connections, as P(hybridnet.alicloud.strongswan#role) takes them.
  type: list
  elements: dict
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis_evidence import ends


def _given(block: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The document's section with the cloud's values for what it knows."""
    return {key: value if block.get(key) is None else block[key] for key, value in kept.items()}


def cloud_peers(peers: Iterable[Mapping[str, Any]], site: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """See DOCUMENTATION."""
    found = {end["name"]: end for end in ends(name, site)}
    return [_as_in_the_cloud(peer, found.get(peer["name"])) for peer in peers]


def _as_in_the_cloud(peer: Mapping[str, Any], end: Mapping[str, Any] | None) -> dict[str, Any]:
    if end is None:
        return dict(peer)
    ike = end["block"].get("ike") or {}
    dpd = end["block"].get("dpd")
    return {
        **peer,
        "remote_address": end["address"] or peer["remote_address"],
        "local_id": ike.get("remote_id") or peer["local_id"],
        "remote_id": ike.get("local_id") or peer["remote_id"],
        "ike": _given(ike, peer["ike"]),
        "ipsec": _given(end["block"].get("ipsec") or {}, peer["ipsec"]),
        "dpd": peer["dpd"] if dpd is None else dpd,
        "local_networks": end["connection"].get("remote_subnets") or peer["local_networks"],
        "remote_networks": end["connection"].get("local_subnets") or peer["remote_networks"],
    }


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"cloud_peers": cloud_peers}
