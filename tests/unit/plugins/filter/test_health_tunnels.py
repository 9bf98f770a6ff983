# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.filter.health_tunnels import health_tunnels

CONNECTIONS = [
    {"name": "store-001-main-1", "role": "active", "psk": "secret"},
    {"name": "store-001-main-2", "role": "standby", "psk": "secret"},
]
PROBE = {"target": "172.16.1.10", "source": "192.168.1.1"}


def test_only_names_and_roles_are_taken_over():
    assert health_tunnels(CONNECTIONS) == [
        {"name": "store-001-main-1", "role": "active"},
        {"name": "store-001-main-2", "role": "standby"},
    ]


def test_a_tunnels_own_probe_comes_first_then_its_neighbour_then_that_of_all():
    neighbors = [
        {"name": one["name"], "address": f"169.254.10.{number}", "source": f"169.254.10.{number + 1}", "asn": "45104"}
        for number, one in zip((1, 5), CONNECTIONS, strict=True)
    ]
    own = {"store-001-main-2": {"target": "172.16.2.10", "port": 22}}
    found = health_tunnels([*CONNECTIONS, {"name": "other"}], probes=own, probe=PROBE, neighbors=neighbors)
    assert [tunnel["probe"] for tunnel in found] == [
        {"target": "169.254.10.1", "source": "169.254.10.2"},
        {"target": "172.16.2.10", "port": 22},
        PROBE,
    ]
    assert [tunnel.get("neighbor") for tunnel in found] == ["169.254.10.1", "169.254.10.5", None]


def test_a_probe_of_a_tunnel_that_does_not_exist_is_refused():
    with pytest.raises(AnsibleFilterError, match="names store-001-main-3, but there is only store-001-main-1, store"):
        health_tunnels(CONNECTIONS, probes={"store-001-main-3": PROBE})
