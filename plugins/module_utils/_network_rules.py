# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the options of VPCs and what is inside them: ``rule(value, path)`` returns a :class:`Problem` or ``None``.

Private to this collection. Sources: the published parameter descriptions of the actions named at each rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    AddressError,
    parse_network,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import network
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

_SERVICE_NETWORK = "100.64.0.0/10"
#: CreateVpc (CidrBlock): not these networks nor parts of them. As text, because netaddr may be missing when Ansible
#: imports this only to look at it.
_UNUSABLE = (_SERVICE_NETWORK, "224.0.0.0/4", "127.0.0.0/8", "169.254.0.0/16")
_EIP_NAME = re.compile(r"[^\W\d_][\w.\-]{0,127}")
#: CreateVpc (UserCidr).
MOST_USER_NETWORKS = 3


def text(longest: int) -> Callable[[str, str], Problem | None]:
    """A name (128) or description (256) of a VPC object: it does not start like a URL."""

    def check(value: str, path: str) -> Problem | None:
        if 1 <= len(value) <= longest and not value.lower().startswith(("http://", "https://")):
            return None
        return Problem(path, shown(value), f"is not 1 to {longest} characters without http:// in front", "change it")

    return check


name = text(128)
description = text(256)


def eip_name(value: str, path: str) -> Problem | None:
    """AllocateEipAddress (Name)."""
    if _EIP_NAME.fullmatch(value):
        return None
    rule = "is not 1 to 128 letters, digits, dots, dashes or underscores, the first one a letter"
    return Problem(path, shown(value), rule, "change the name")


def eip_description(value: str, path: str) -> Problem | None:
    """AllocateEipAddress (Description)."""
    if len(value) >= 2 and value[0].isalpha():
        return description(value, path)
    return Problem(path, shown(value), "is not 2 to 256 characters that begin with a letter", "change it")


def sized_network(shortest: int, longest: int) -> Callable[[str, str], Problem | None]:
    """A network with a prefix length within limits, outside what the cloud keeps for itself."""

    def check(value: str, path: str) -> Problem | None:
        try:
            parsed = parse_network(value)
        except AddressError as error:
            return Problem(path, shown(value), error.rule, error.fix)
        if not shortest <= parsed.prefix <= longest:
            rule = f"is not a /{shortest} to /{longest} network"
            return Problem(path, shown(value), rule, "choose a prefix length in that range")
        if any(parsed.meets(parse_network(other)) for other in _UNUSABLE):
            return Problem(
                path, shown(value), "overlaps a network that the cloud keeps for itself", "use a private one"
            )
        return None

    return check


#: ModifyVpcAttribute (CidrBlock): 8 to 28 bits. CreateVpc advises 16 or more, and takes 8.
vpc_network = sized_network(8, 28)
#: CreateVSwitch (CidrBlock).
vswitch_network = sized_network(16, 29)


def route_destination(value: str, path: str) -> Problem | None:
    """CreateRouteEntry (DestinationCidrBlock): any network that is not part of the service network."""
    broken = network(value, path)
    if broken:
        return broken
    parsed = parse_network(value)
    if parsed.prefix >= 10 and parsed.meets(parse_network(_SERVICE_NETWORK)):
        return Problem(path, shown(value), "is part of 100.64.0.0/10, which the cloud routes itself", "leave it out")
    return None


def user_networks(value: list[str], path: str) -> Problem | None:
    """CreateVpc (UserCidr)."""
    if len(value) > MOST_USER_NETWORKS:
        rule = f"are more than {MOST_USER_NETWORKS}"
        return Problem(path, f"{len(value)} networks", rule, "leave out those the VPC does not need")
    found = (network(item, f"{path}[{index}]") for index, item in enumerate(value))
    return next((broken for broken in found if broken), None)
