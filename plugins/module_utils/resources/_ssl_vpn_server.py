# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSL server of a VPN gateway (Create-, Modify-, DeleteSslVpnServer, DescribeSslVpnServers).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, INTEGER, NETWORKS, TEXT
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import one_of_the_words, plain_text
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._remote_access_rules import (
    client_pool,
    dns_servers,
    pool_problems,
    port,
    server_networks,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource, Verb

_CIPHERS = ("AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "none")
_IDAAS = ("idaas_instance_id", "idaas_region_id", "idaas_application_id")


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    yield from pool_problems(want)
    missing = [name for name in _IDAAS if not want.get(name)]
    if want.get("multi_factor_auth") and missing:
        rule = "is needed with multi_factor_auth"
        yield from (
            Problem(name, "(missing)", rule, "name the IDaaS application that checks users") for name in missing
        )


SSL_VPN_SERVER = Resource(
    kind="ssl_vpn_server",
    title="SSL server",
    id_option="ssl_vpn_server_id",
    id_param="SslVpnServerId",
    key=("name",),
    scope=("vpn_gateway_id",),
    rank=50,
    list_action="DescribeSslVpnServers",
    list_items=("SslVpnServers", "SslVpnServer"),
    list_filters={"ssl_vpn_server_id": "SslVpnServerId", "vpn_gateway_id": "VpnGatewayId", "name": "Name"},
    create_action="CreateSslVpnServer",
    delete_action="DeleteSslVpnServer",
    dry_run=True,
    verbs={"modify": Verb("ModifySslVpnServer")},
    parent="vpn_gateway_id",
    check=_check,
    fields=(
        Field("ssl_vpn_server_id", {"type": "str"}, read="SslVpnServerId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=plain_text),
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
        # The documented defaults of the API have changed with time, so a new server is told what it gets.
        Field("transport", {"type": "str", "choices": ["TCP", "UDP"]}, "Proto", "Proto", initial="TCP", verb="modify"),
        Field("port", {"type": "int"}, "Port", "Port", INTEGER, initial=1194, verb="modify", rule=port),
        Field(
            "cipher",
            {"type": "str"},
            "Cipher",
            "Cipher",
            TEXT.with_(accept=lambda word: next((known for known in _CIPHERS if known.lower() == word.lower()), word)),
            initial="AES-256-CBC",
            verb="modify",
            rule=one_of_the_words(_CIPHERS),
        ),
        Field("compress", {"type": "bool"}, "Compress", "Compress", BOOLEAN, initial=False, verb="modify"),
        Field(
            "dns_servers",
            {"type": "list", "elements": "str"},
            "DnsServers",
            "DnsServers",
            # Clients ask the servers in this order.
            NETWORKS.with_(normal=list),
            verb="modify",
            rule=dns_servers,
        ),
        Field("multi_factor_auth", {"type": "bool"}, "EnableMultiFactorAuth", "EnableMultiFactorAuth", verb="modify"),
        Field("idaas_instance_id", {"type": "str"}, "IDaaSInstanceId", "IDaaSInstanceId", verb="modify"),
        Field("idaas_region_id", {"type": "str"}, "IDaaSRegionId", "IDaaSRegionId", verb="modify"),
        Field("idaas_application_id", {"type": "str"}, "IDaaSApplicationId", "IDaaSApplicationId", verb="modify"),
        Field("internet_ip", read="InternetIp"),
        Field("connections", read="Connections"),
        Field("max_connections", read="MaxConnections"),
        Field("resource_group_id", read="ResourceGroupId"),
        Field("create_time", read="CreateTime"),
    ),
)
