# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC and vSwitch as far as other objects refer to them by name (DescribeVpcs, DescribeVSwitches).

Private to this collection.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource

VPC = Resource(
    kind="vpc",
    title="VPC",
    id_option="vpc_id",
    id_param="VpcId",
    key=("name",),
    rank=1,
    list_action="DescribeVpcs",
    list_items=("Vpcs", "Vpc"),
    list_filters={"vpc_id": "VpcId", "name": "VpcName"},
    fields=(Field("vpc_id", read="VpcId"), Field("name", read="VpcName"), Field("cidr_block", read="CidrBlock")),
)

VSWITCH = Resource(
    kind="vswitch",
    title="vSwitch",
    id_option="vswitch_id",
    id_param="VSwitchId",
    key=("name",),
    rank=2,
    list_action="DescribeVSwitches",
    list_items=("VSwitches", "VSwitch"),
    list_filters={"vswitch_id": "VSwitchId", "name": "VSwitchName"},
    fields=(
        Field("vswitch_id", read="VSwitchId"),
        Field("name", read="VSwitchName"),
        Field("vpc_id", read="VpcId"),
        Field("zone_id", read="ZoneId"),
        Field("cidr_block", read="CidrBlock"),
    ),
)
