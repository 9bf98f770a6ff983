# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options that describe sites; the same for changing and for reading them."""

    DOCUMENTATION = r"""
options:
  gateways:
    description:
      - VPN gateways by the key that sites use for them, the variable C(vpn_gateways) of the site document.
    type: dict
    required: true
  defaults:
    description: Defaults for all sites, the variable C(vpn_defaults) of the site document.
    type: dict
    default: {}
  sites:
    description:
      - Sites by name, each the variable C(vpn_site) of its inventory host without C(psk) and C(bgp_auth_key).
      - Give all sites also when only some are worked on (O(limit)), because the rules hold between sites.
    type: dict
    required: true
  owner:
    description:
      - Marks what this configuration makes, as the value of the tag C(hybridnet:owner). Only objects that carry it
        are ever
        deleted. Give each inventory that shares an account a name of its own.
    type: str
    default: hybridnet
  limit:
    description: Names of the sites to work on. Without it all. Objects of other sites are neither changed nor deleted.
    type: list
    elements: str
"""
