# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Site documents -> validated model -> wanted cloud objects and peer configuration. No I/O.

The interface; the rules live next door.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, TopologyError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference

__all__ = ["PENDING", "Problem", "Reference", "Topology", "TopologyError", "WantedObject", "build_topology"]

#: Stands for an address that the cloud has not given out yet (check mode on an empty cloud).
PENDING = "(known after apply)"


@dataclass(frozen=True)
class WantedObject:
    """One cloud object as it should be.

    kind: vpn_gateway, customer_gateway, ipsec_connection or vpn_policy_route.
    key: unique within its kind, stable between runs.
    options: those of the module of that kind; ids not known yet are References.
    """

    kind: str
    key: str
    options: dict = field(repr=False)


@dataclass(frozen=True)
class Topology:
    """The validated whole."""

    owner: str
    absent_sites: tuple = ()
    warnings: tuple = ()

    def cloud_objects(self, site_names=None):
        """The wanted objects in the order in which they can be created: list[WantedObject]."""
        raise NotImplementedError

    def peer_connections(self, site, facts):
        """Elements of ``strongswan_connections`` for one site."""
        raise NotImplementedError


def build_topology(*, gateways, defaults, sites, region=None, owner="hybridnet"):
    """Validate everything and build the model; raises TopologyError with every problem."""
    raise NotImplementedError
