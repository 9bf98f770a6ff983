# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPN gateways of the document: validated, with the options of the module ``vpn_gateway``.

Source of the rules: CreateVpnGateway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import (
    LONGEST_GATEWAY_TAG_KEY,
    OWNER_TAG,
    made_name_problem,
    tag_count_problem,
    tag_problems,
    vpn_gateway_name,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import (
    MISSING,
    Problem,
    one_of,
    shown,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._site_schema import GATEWAY, read_mapping

#: Mbit/s by network type (5, 20 and 50 exist on the China site only).
BANDWIDTHS = {"public": (5, 10, 20, 50, 100, 200, 500, 1000), "private": (200, 1000)}

_ID = re.compile(r"vpn-[A-Za-z0-9]+")
# Options that mean the same in the document and in the module.
_PASSED_ON = (
    "name",
    "vpn_gateway_id",
    "bandwidth",
    "network_type",
    "vpn_type",
    "charge_type",
    "period",
    "auto_pay",
    "enable_ipsec",
    "enable_ssl",
    "ssl_connections",
    "auto_propagate",
    "description",
    "resource_group_id",
)


@dataclass(frozen=True)
class Gateway:
    """One VPN gateway.

    tunnels: 1 or 2 per connection. private: its customer gateways are reached over private addresses.
    vpc: id or name as written, None if the document does not say.
    cloud_networks: [(path, Network)] of its own, or None.
    env, purpose: what names of connections are made of unless a site says otherwise; None where nobody says.
    options: those of the module ``vpn_gateway``.
    """

    key: str
    path: str
    tunnels: int
    private: bool
    vpc: str | None
    cloud_networks: list | None
    env: str | None
    purpose: str | None
    options: dict = field(repr=False)


def read_gateways(documents, owner, problems, warnings, region=None, defaults=None):
    """``vpn_gateways`` -> {key: Gateway}, sorted by key; broken ones are left out after their problems are noted.

    region and the environment make the name of a gateway that has none. defaults: ``env`` and ``purpose`` where the
    document of a gateway does not say.
    """
    gateways = {}
    for key in sorted(documents):
        path = f"vpn_gateways[{key}]"
        before = len(problems)
        values = read_mapping(documents[key], GATEWAY, path, problems)
        if values.given:
            values.update({part: word for part, word in (defaults or {}).items() if part not in values.given})
            _name_by_convention(values, region)
            for rule in (_identity, _size, _tunnels, _payment, _features, _tags):
                problems.extend(rule(values, path))
        if len(problems) == before:
            gateways[key] = _gateway(key, path, values, owner)
            warnings.extend(_one_zone(values, path))
    return gateways


def _name_by_convention(values, region):
    if not values.given & {"name", "vpn_gateway_id"} and region and {"env", "vpc"} <= values.keys():
        values["name"] = vpn_gateway_name(values["env"], region, values["vpc"])
        values.given |= {"name"}


def _identity(values, path):
    made_too_long = "name" in values and made_name_problem(values["name"], values.get("vpc"), f"{path}.vpc")
    if made_too_long:
        yield made_too_long
    gateway_id = values.get("vpn_gateway_id")
    if gateway_id is not None and not _ID.fullmatch(gateway_id):
        yield Problem(f"{path}.vpn_gateway_id", shown(gateway_id), "is not the id of a VPN gateway", "write vpn-...")
    if not values.given & {"name", "vpn_gateway_id"}:
        fix = "write the name of the gateway or what it is made of (env), or vpn_gateway_id of an existing one"
        yield Problem(f"{path}.name", MISSING, "is required", fix)
    if "vpn_gateway_id" not in values.given and "vpc" not in values.given:
        yield Problem(f"{path}.vpc", MISSING, "is required", "write the id or the name of the VPC")


def _size(values, path):
    allowed = BANDWIDTHS[values.get("network_type", "public")]
    bandwidth = values.get("bandwidth")
    if bandwidth is not None and bandwidth not in allowed:
        rule = f"is not a bandwidth of a {values.get('network_type', 'public')} gateway"
        yield Problem(f"{path}.bandwidth", shown(bandwidth), rule, f"use {one_of(allowed)} (Mbit/s)")
    elif not values.given & {"bandwidth", "vpn_gateway_id"}:
        yield Problem(f"{path}.bandwidth", MISSING, "is required", f"use {one_of(allowed)} (Mbit/s)")


def _tunnels(values, path):
    vswitches, tunnels = values.get("vswitches", ()), values.get("tunnels")
    if len(vswitches) > 2:
        rule = "are more vSwitches than the two zones that a gateway can have"
        yield Problem(f"{path}.vswitches", str(len(vswitches)), rule, "name one or two")
    elif "vpn_gateway_id" in values.given and not values.given & {"vswitches", "tunnels"}:
        fix = "write tunnels: 2 if the existing gateway has two zones, else tunnels: 1"
        yield Problem(f"{path}.tunnels", MISSING, "is required with vpn_gateway_id", fix)
    elif tunnels and ("vswitches" in values or "vpn_gateway_id" not in values) and tunnels != max(len(vswitches), 1):
        rule = f"tunnels contradict {len(vswitches) or 'no'} vswitches: one zone has one tunnel, two zones have two"
        yield Problem(f"{path}.tunnels", shown(tunnels), rule, "remove it, or name as many vswitches")


def _payment(values, path):
    prepaid = values.get("charge_type") == "prepay"
    if prepaid and "period" not in values.given:
        yield Problem(f"{path}.period", MISSING, "is required with charge_type prepay", "write the months, such as 12")
    for key in ("period", "auto_pay"):
        if not prepaid and key in values and "charge_type" not in values.given - values.keys():
            rule = "has a meaning only with charge_type prepay"
            yield Problem(f"{path}.{key}", shown(values[key]), rule, "remove it, or set charge_type: prepay")


def _features(values, path):
    if values.get("enable_ipsec") is False:
        yield Problem(f"{path}.enable_ipsec", "false", "leaves the gateway without IPsec", "remove it")
    if "ssl_connections" in values and not values.get("enable_ssl"):
        rule = "has a meaning only with enable_ssl: true"
        yield Problem(f"{path}.ssl_connections", shown(values["ssl_connections"]), rule, "remove it, or set that")


def _tags(values, path):
    tags = values.get("tags", {})
    yield from tag_problems(tags, f"{path}.tags", LONGEST_GATEWAY_TAG_KEY)
    too_many = tag_count_problem(tags, f"{path}.tags", 0 if "vpn_gateway_id" in values else 1)
    if too_many:
        yield too_many


def _one_zone(values, path):
    names = [name for _path, name in values.get("vswitches", ())]
    if len(names) == 2 and names[0] == names[1]:
        rule = "is named twice, so both tunnels end in one zone"
        yield Problem(f"{path}.vswitches", shown(names[0]), rule, "name a vSwitch of another zone where there is one")


def _gateway(key, path, values, owner):
    options = {option: values[option] for option in _PASSED_ON if option in values}
    vswitches = [name for _path, name in values.get("vswitches", ())]
    if "vpc" in values:
        options["vpc_id"] = Reference("vpc", values["vpc"])
    for option, name in zip(("vswitch_id", "disaster_recovery_vswitch_id"), vswitches, strict=False):
        options[option] = Reference("vswitch", name)
    tags = dict(sorted(values.get("tags", {}).items()))
    if "vpn_gateway_id" not in values:
        tags[OWNER_TAG] = owner
    if tags or "tags" in values:
        options["tags"] = tags
    return Gateway(
        key=key,
        path=path,
        tunnels=len(vswitches) or values.get("tunnels", 1),
        private=values.get("network_type") == "private",
        vpc=values.get("vpc"),
        cloud_networks=values.get("cloud_networks"),
        env=values.get("env"),
        purpose=values.get("purpose"),
        options=options,
    )
