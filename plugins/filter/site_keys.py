# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that keep the keys apart from the rest of the site documents.

Ansible hides the values of one whole option only, so the keys of all sites travel in an option of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import KEYS


def _documents(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise AnsibleFilterError(f"{name}: the input is not a mapping of site names to their vpn_site")
    return value


def without_keys(sites: Mapping[str, Any]) -> dict[str, Any]:
    """Site documents by name, each without its keys; one that is no mapping is left for validation to report."""
    return {
        name: {key: value for key, value in site.items() if key not in KEYS} if isinstance(site, Mapping) else site
        for name, site in _documents(sites, "without_keys").items()
    }


def only_keys(sites: Mapping[str, Any], key: str) -> dict[str, Any]:
    """One of the KEYS of the sites that have it, by site name."""
    return {
        name: site[key]
        for name, site in _documents(sites, "only_keys").items()
        if isinstance(site, Mapping) and site.get(key)
    }


def with_psk(connections: Iterable[Mapping[str, Any]], psk: Any = None) -> list[dict[str, Any]]:
    """``strongswan_connections`` with the key of the site's document in place of the one the cloud has.

    *psk*: nothing, text for all tunnels, a list of the active and the standby tunnel's key, or keys by connection.
    """
    if not psk:
        return [dict(connection) for connection in connections]
    if isinstance(psk, Mapping):
        return [{**one, "psk": psk[one["name"]]} if one["name"] in psk else dict(one) for one in connections]
    active, standby = (psk, psk) if isinstance(psk, str) else (psk[0], psk[-1])
    return [
        {**connection, "psk": standby if connection.get("role") == "standby" else active} for connection in connections
    ]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"without_keys": without_keys, "only_keys": only_keys, "with_psk": with_psk}
