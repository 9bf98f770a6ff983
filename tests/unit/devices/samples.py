# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections to write configurations from, and every combination that a device can do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import (
    Configuration,
    build_configuration,
    device_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import BGP, DEVICES, ROUTINGS, VERSIONS

NAME = "store-001"


class Case(NamedTuple):
    """One combination: ``tunnels`` 1 or 2."""

    device: str
    tunnels: int
    routing: str
    version: str

    def __str__(self) -> str:
        return f"{'dual' if self.tunnels == 2 else 'single'}-{self.routing}-{self.version}"


def connection(number: int = 1, routing: str = "policy", version: str = "ikev2", **changes: Any) -> dict[str, Any]:
    """One tunnel. ``changes`` replace options; ``ike__integrity`` one of a section."""
    old = version == "ikev1"
    made: dict[str, Any] = {
        "name": f"{NAME}-main-{number}",
        "role": "active" if number == 1 else "standby",
        "remote_address": f"203.0.113.{10 + number}",
        "local_id": "198.51.100.10",
        "remote_id": f"203.0.113.{10 + number}",
        "psk": f"example-key-{number}-Rq7w",
        "ike": {
            "version": version,
            "mode": "main",
            "encryption": "aes256",
            # The one that every device has with IKEv1.
            "integrity": "sha1" if old else "sha256",
            "dh_group": 14,
            "lifetime": 28800,
        },
        "ipsec": {
            "encryption": "aes256",
            "integrity": "sha1" if old else "sha256",
            "pfs_group": "14",
            "lifetime": 3600,
        },
        "dpd": True,
        "dpd_delay": 10,
        "nat_traversal": True,
        "force_encapsulation": False,
        # IKEv1 carries one network on each side.
        "local_networks": ["192.168.1.0/24"] if old else ["192.168.1.0/24", "192.168.2.0/24"],
        "remote_networks": ["172.16.0.0/16"],
        "routing": routing,
        "tunnel_cidr": f"169.254.10.{4 * number}/30" if routing == BGP else None,
        "bgp": {"local_asn": "65010", "peer_asn": "45104"} if routing == BGP else None,
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = made
        for parent in parents:
            target = target[parent]
        target[last] = value
    return made


def connections(case: Case, **changes: Any) -> list[dict[str, Any]]:
    """The tunnels of a combination; ``changes`` are made to each of them."""
    return [connection(number, case.routing, case.version, **changes) for number in range(1, case.tunnels + 1)]


def cases() -> Iterator[Case]:
    """Every combination that some device can do."""
    for combination in itertools.product(DEVICES, (1, 2), ROUTINGS, VERSIONS):
        case = Case(*combination)
        if not device_problems(case.device, connections(case)):
            yield case


def configuration(case: Case, **changes: Any) -> Configuration:
    """The model of a combination, which the device must be able to do."""
    made = connections(case, **changes)
    assert device_problems(case.device, made) == []
    return build_configuration(NAME, case.device, made, {})
