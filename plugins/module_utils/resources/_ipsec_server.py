# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPsec server of a VPN gateway for remote users (Create-, Update-, DeleteIpsecServer, ListIpsecServers).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, NETWORKS
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import plain_text
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import psk_problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._remote_access_rules import (
    client_pool,
    pool_problems,
    server_networks,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb, encode
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._tunnel_blocks import (
    IKE,
    IPSEC,
    crypto_problems,
)


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    yield from pool_problems(want)
    yield from crypto_problems({"ike": want.get("ike")}, "")


def _update(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    params = encode([item for item in IPSEC_SERVER.fields if item.option in options], want, creating=False)
    if "IpSecServerName" in params:  # only the create action spells it with this capital
        params["IpsecServerName"] = params.pop("IpSecServerName")
    return {"IpsecServerId": have["ipsec_server_id"], **params}


IPSEC_SERVER = Resource(
    kind="ipsec_server",
    title="IPsec server",
    id_option="ipsec_server_id",
    id_param="IpsecServerId",
    key=("name",),
    scope=("vpn_gateway_id",),
    rank=50,
    list_action="ListIpsecServers",
    list_items=("IpsecServers",),
    list_filters={"ipsec_server_id": "IpsecServerId", "vpn_gateway_id": "VpnGatewayId", "name": "IpsecServerName"},
    list_codecs={"ipsec_server_id": lambda identifier: [identifier]},
    page_size=20,
    token_size="MaxResults",
    create_action="CreateIpsecServer",
    delete_action="DeleteIpsecServer",
    dry_run=True,
    verbs={"modify": Verb("UpdateIpsecServer", _update)},
    parent="vpn_gateway_id",
    check=_check,
    fields=(
        Field("ipsec_server_id", {"type": "str"}, read="IpsecServerId"),
        Field("name", {"type": "str"}, "IpSecServerName", "IpsecServerName", verb="modify", rule=plain_text),
        Field("vpn_gateway_id", {"type": "str"}, write="VpnGatewayId", read="VpnGatewayId", required=True),
        Field(
            "client_ip_pool",
            {"type": "str"},
            write="ClientIpPool",
            read="ClientIpPool",
            verb="modify",
            required=True,
            rule=client_pool,
        ),
        Field(
            "local_subnets",
            {"type": "list", "elements": "str"},
            write="LocalSubnet",
            read="LocalSubnet",
            codec=NETWORKS,
            verb="modify",
            required=True,
            rule=server_networks,
        ),
        Field(
            "effect_immediately",
            {"type": "bool"},
            write="EffectImmediately",
            read="EffectImmediately",
            codec=BOOLEAN,
            verb="modify",
        ),
        Field(
            "psk",
            {"type": "str", "no_log": True},
            write="Psk",
            read="Psk",
            secret=True,
            generated=True,
            verb="modify",
            rule=psk_problem,
        ),
        # The API insists on the switch although a server without a key does not exist.
        Field("psk_enabled", write="PskEnabled", read="PskEnabled", initial=True),
        Field(
            "ike",
            {"type": "dict"},
            "IkeConfig",
            "IkeConfig",
            verb="modify",
            fields=tuple(item for item in IKE if item.option != "psk"),
            as_json=True,
        ),
        Field("ipsec", {"type": "dict"}, "IpsecConfig", "IpsecConfig", verb="modify", fields=IPSEC, as_json=True),
        Field("internet_ip", read="InternetIp"),
        Field("max_connections", read="MaxConnections"),
        Field("online_client_count", read="OnlineClientCount"),
        Field("resource_group_id", read="ResourceGroupId"),
        Field("create_time", read="CreationTime"),
    ),
)
