# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter site_device."""

from __future__ import annotations

DOCUMENTATION = r"""
name: site_device
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: What stands at a site
description:
  - Reads C(device) of a site's document, which decides how its customer gateway is configured.
  - Checks nothing. M(hybridnet.alicloud.vpn_sites) refuses a device that does not exist.
positional: defaults
options:
  _input:
    description: The site's C(vpn_site). A host that is no site may have none.
    type: dict
    required: true
  defaults:
    description: C(vpn_defaults).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Leave other devices to the role device_config
  ansible.builtin.meta: end_host
  when: vpn_site | default({}) | hybridnet.alicloud.site_device(vpn_defaults | default({})) != 'strongswan'
"""

RETURN = r"""
_value:
  description: V(strongswan), or the kind of device as in P(hybridnet.alicloud.device_config#role).
  type: str
  sample: fortios
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import STRONGSWAN


def site_device(site: Any, defaults: Any = None) -> str:
    """See DOCUMENTATION."""
    for document in (site, defaults):
        device = document.get("device") if isinstance(document, Mapping) else None
        if device is not None:
            return str(device).strip().lower()
    return STRONGSWAN


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"site_device": site_device}
