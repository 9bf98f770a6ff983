# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is written, the answer is a model or a TopologyError that is complete and tells no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import TopologyError, build_topology
from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.site_documents import SECRETS, fleet_with

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
SITE_KEYS = [
    "public_address", "networks", "gateways", "cloud_networks", "routing", "bgp", "tunnels", "psk", "behind_nat",
    "local_id", "remote_id", "crypto", "device", "state", "allow_weak_crypto", "dpd_delay", "tags", "unknown",
]  # fmt: skip
GATEWAY_KEYS = [
    "name", "vpn_gateway_id", "vpc", "vswitches", "tunnels", "bandwidth", "network_type", "vpn_type", "charge_type",
    "period", "auto_pay", "enable_ipsec", "enable_ssl", "ssl_connections", "tags", "cloud_networks", "description",
]  # fmt: skip


def document(keys):
    return values | st.dictionaries(st.sampled_from(keys), values, max_size=6)


@given(
    gateways=values | st.dictionaries(st.sampled_from(["main", "b"]), document(GATEWAY_KEYS), max_size=2),
    defaults=document(SITE_KEYS),
    sites=values | st.dictionaries(st.sampled_from(["store-001", "b"]), document(SITE_KEYS), max_size=2),
    region=scalars,
    owner=scalars,
)
def test_nothing_but_a_topology_error_whatever_is_written(gateways, defaults, sites, region, owner):
    try:
        build_topology(gateways=gateways, defaults=defaults, sites=sites, region=region, owner=owner)
    except TopologyError as error:
        assert error.problems
        assert all(problem.path and problem.value and problem.rule and problem.fix for problem in error.problems)


@pytest.mark.parametrize("part", ["gateways.main", "sites.store-001", "defaults"])
@given(data=st.data())
def test_one_wrong_value_in_a_correct_fleet(part, data):
    keys = GATEWAY_KEYS if part.startswith("gateways") else SITE_KEYS
    fleet = fleet_with(f"{part}.{data.draw(st.sampled_from(keys))}", data.draw(values))
    try:
        build_topology(**fleet)
    except TopologyError as error:
        assert SECRETS[0] not in str(error)


@given(st.lists(st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,3}", fullmatch=True) | st.text(), min_size=1))
def test_wrong_networks_raise_nothing_else(networks):
    try:
        build_topology(**fleet_with("sites.store-001.networks", networks))
    except TopologyError as error:
        assert all(problem.path.startswith("vpn_site[") for problem in error.problems)
