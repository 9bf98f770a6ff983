# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Customer gateway: the address and AS number of the device at the other end (Create-, Delete-, Describe-,
ModifyCustomerGateway…).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._blockers import Blocker
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import ASN
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import (
    auth_key,
    customer_address,
    customer_asn,
    plain_text,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb


def _move(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    return {
        "InstanceId": have["customer_gateway_id"],
        "ResourceType": "CustomerGateway",
        "NewResourceGroupId": want["resource_group_id"],
    }


_BLOCKERS = (
    # Connections for transit routers stand in this list, too.
    Blocker(
        "IPsec connection",
        "DescribeVpnConnections",
        ("VpnConnections", "VpnConnection"),
        "VpnConnectionId",
        lambda have: {"CustomerGatewayId": have["customer_gateway_id"]},
    ),
)

CUSTOMER_GATEWAY = Resource(
    kind="customer_gateway",
    title="customer gateway",
    id_option="customer_gateway_id",
    id_param="CustomerGatewayId",
    key=("name",),
    rank=20,
    list_action="DescribeCustomerGateways",
    list_items=("CustomerGateways", "CustomerGateway"),
    list_filters={"customer_gateway_id": "CustomerGatewayId"},
    list_tags="Tag",
    get_action="DescribeCustomerGateway",
    create_action="CreateCustomerGateway",
    delete_action="DeleteCustomerGateway",
    verbs={
        "modify": Verb("ModifyCustomerGatewayAttribute"),
        "move": Verb("MoveVpnResourceGroup", _move),
    },
    tag_type="CUSTOMERGATEWAY",
    tags_at_create="Tags",
    blockers=_BLOCKERS,
    fields=(
        Field("customer_gateway_id", {"type": "str"}, read="CustomerGatewayId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=plain_text),
        Field("ip_address", {"type": "str"}, write="IpAddress", read="IpAddress", required=True, rule=customer_address),
        Field("asn", {"type": "str"}, write="Asn", read="Asn", codec=ASN, rule=customer_asn),
        Field(
            "auth_key",
            {"type": "str", "no_log": True},
            write="AuthKey",
            read="AuthKey",
            secret=True,
            verb="modify",
            rule=auth_key,
        ),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=plain_text,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("create_time", read="CreateTime"),
    ),
)
