"""SSL servers: create, modify, delete, describe, their clients and logs."""

from __future__ import annotations

import copy
from typing import Any

from lab.cloud.clock import milliseconds
from lab.cloud.errors import invalid, missing, not_found, quota_full
from lab.cloud.model import LogLine, SslServer
from lab.cloud.services import rules
from lab.cloud.services.certificates import new_authority
from lab.cloud.services.context import Context, Params, Reply, choice, comma_list, page, require
from lab.cloud.services.gateways import NOT_FOUND as GATEWAY_NOT_FOUND
from lab.cloud.services.gateways import configure, writable_gateway
from lab.cloud.services.log_reading import as_text, read_log
from lab.cloud.services.remote_access import client_pool, local_subnets, public_address, remote_access_gateway

NOT_FOUND = "InvalidSslVpnServerId.NotFound"
PROTOCOLS = ("TCP", "UDP")
CIPHERS = ("AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "none")
RESERVED_PORTS = frozenset(
    (22, 2222, 22222, 9000, 9001, 9002, 7505, 80, 443, 53, 68, 123, 4510, 4560, 500, 4500),
)
IDAAS = {
    "IDaaSInstanceId": "idaas_instance_id",
    "IDaaSRegionId": "idaas_region_id",
    "IDaaSApplicationId": "idaas_application_id",
}


def create_ssl_vpn_server(ctx: Context, params: Params) -> Reply:
    """CreateSslVpnServer: one for a gateway with SSL-VPN."""
    gateway = remote_access_gateway(ctx, params["VpnGatewayId"])
    server = SslServer(ctx.ids.resource("vss"), ctx.now, gateway_id=gateway.id)
    _apply(ctx, server, params)
    limit = ctx.settings.quotas.ssl_servers_per_gateway
    if sum(other.gateway_id == gateway.id for other in ctx.region.ssl_servers.values()) >= limit:
        raise quota_full(f"SSL servers of {gateway.id}", limit)
    ctx.commit(params)
    server.ca_key, server.ca_certificate = new_authority(server.id, ctx.now)
    server.log.append(LogLine(ctx.now, server.id, "SSL server created"))
    ctx.add(ctx.region.ssl_servers, server)
    configure(ctx, gateway)
    return {"SslVpnServerId": server.id, "Name": server.name}


def modify_ssl_vpn_server(ctx: Context, params: Params) -> Reply:
    """ModifySslVpnServer. A name alone is changed at once; anything else keeps the gateway busy."""
    current = require(ctx.region.ssl_servers, params["SslVpnServerId"], NOT_FOUND, "SSL server")
    gateway = writable_gateway(ctx, current.gateway_id)
    wanted = copy.deepcopy(current)
    _apply(ctx, wanted, params)
    ctx.commit(params)
    wanted.log.append(LogLine(ctx.now, wanted.id, "SSL server changed"))
    ctx.region.ssl_servers[wanted.id] = wanted
    if params.keys() & {*_SETTINGS, *IDAAS, "LocalSubnet", "ClientIpPool", "DnsServers"}:
        configure(ctx, gateway)
    view = _view(ctx, wanted)
    return {name: value for name, value in view.items() if name not in ("DnsServers", "IDaaSRegionId")}


def delete_ssl_vpn_server(ctx: Context, params: Params) -> Reply:
    """DeleteSslVpnServer, with all its client certificates."""
    server = require(ctx.region.ssl_servers, params["SslVpnServerId"], NOT_FOUND, "SSL server")
    gateway = writable_gateway(ctx, server.gateway_id)
    ctx.commit(params)
    del ctx.region.ssl_servers[server.id]
    for certificate in [item for item in ctx.region.ssl_client_certs.values() if item.server_id == server.id]:
        del ctx.region.ssl_client_certs[certificate.id]
    configure(ctx, gateway)
    return {}


def describe_ssl_vpn_servers(ctx: Context, params: Params) -> Reply:
    """DescribeSslVpnServers, filtered by id, gateway, name, resource group."""
    found = [
        server
        for server in ctx.readable(ctx.region.ssl_servers.values())
        if params.get("SslVpnServerId", server.id) == server.id
        and params.get("VpnGatewayId", server.gateway_id) == server.gateway_id
        and params.get("Name", server.name) == server.name
        and params.get("ResourceGroupId", group_of(ctx, server.gateway_id)) == group_of(ctx, server.gateway_id)
    ]
    selected, paging = page(params, found)
    return {**paging, "SslVpnServers": {"SslVpnServer": [_view(ctx, server) for server in selected]}}


def describe_ssl_vpn_clients(ctx: Context, params: Params) -> Reply:
    """DescribeSslVpnClients: the data plane has no SSL-VPN, so nobody is ever connected."""
    if params["VpnGatewayId"] not in ctx.region.vpn_gateways:
        raise not_found(GATEWAY_NOT_FOUND, "VPN gateway", params["VpnGatewayId"])
    _selected, paging = page(params, [])
    return {**paging, "RegionId": ctx.region.id, "VpnGatewayId": params["VpnGatewayId"], "ClientInfoList": []}


def describe_vpn_ssl_server_logs(ctx: Context, params: Params) -> Reply:
    """DescribeVpnSslServerLogs: changes of the server and its certificates; nobody ever connects."""
    server = ctx.read(ctx.region.ssl_servers, params["VpnSslServerId"], NOT_FOUND, "SSL server")
    about = params.get("SslVpnClientCertId")
    lines = as_text(line for line in server.log if about in (None, line.about))
    selected, reply = read_log(ctx, params, lines)
    return {**reply, "Data": {"Logs": selected}}


def group_of(ctx: Context, gateway_id: str) -> str:
    """The resource group that a gateway's children belong to."""
    return ctx.region.vpn_gateways[gateway_id].resource_group_id


def _port(value: int) -> int:
    if not 1 <= value <= 65535 or value in RESERVED_PORTS:
        raise invalid("Port", "it must be from 1 to 65535 and none of those that the gateway uses itself")
    return value


def _dns_servers(value: str) -> str:
    if not all(rules.address(item) for item in comma_list(value)):
        raise invalid("DnsServers", "it must be a comma-separated list of IPv4 addresses")
    return value


_SETTINGS: dict[str, tuple[str, Any]] = {
    "Proto": ("protocol", lambda params: choice(params, "Proto", PROTOCOLS, "TCP")),
    "Cipher": ("cipher", lambda params: choice(params, "Cipher", CIPHERS, "AES-128-CBC")),
    "Port": ("port", lambda params: _port(params["Port"])),
    "Compress": ("compress", lambda params: params["Compress"]),
    "DnsServers": ("dns_servers", lambda params: _dns_servers(params["DnsServers"])),
    "EnableMultiFactorAuth": ("multi_factor", lambda params: params["EnableMultiFactorAuth"]),
}


def _apply(ctx: Context, server: SslServer, params: Params) -> None:
    gateway = ctx.region.vpn_gateways[server.gateway_id]
    if "Name" in params:
        server.name = rules.text("Name", params["Name"], 100, "InvalidName")
    for name, (attribute, read) in _SETTINGS.items():
        if name in params:
            setattr(server, attribute, read(params))
    for name, attribute in IDAAS.items():
        setattr(server, attribute, params.get(name, getattr(server, attribute)))
        if server.multi_factor and not getattr(server, attribute):
            raise missing(name)
    if "LocalSubnet" in params:
        server.local_subnets = local_subnets(params["LocalSubnet"])
    if "LocalSubnet" in params or "ClientIpPool" in params:
        pool = params.get("ClientIpPool", server.client_ip_pool)
        server.client_ip_pool = client_pool(ctx, gateway, pool, server.local_subnets, server.id)


def _view(ctx: Context, server: SslServer) -> Reply:
    gateway = ctx.region.vpn_gateways[server.gateway_id]
    return {
        "SslVpnServerId": server.id,
        "VpnGatewayId": gateway.id,
        "RegionId": ctx.region.id,
        "Name": server.name,
        "LocalSubnet": ",".join(server.local_subnets),
        "ClientIpPool": server.client_ip_pool,
        "CreateTime": milliseconds(server.created),
        "Cipher": server.cipher,
        "Proto": server.protocol,
        "Port": server.port,
        "Compress": server.compress,
        "DnsServers": server.dns_servers,
        "Connections": 0,
        "MaxConnections": gateway.ssl_connections,
        "InternetIp": public_address(gateway),
        "EnableMultiFactorAuth": server.multi_factor,
        **{name: getattr(server, attribute) for name, attribute in IDAAS.items()},
        "ResourceGroupId": gateway.resource_group_id,
    }
