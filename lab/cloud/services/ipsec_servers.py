"""IPsec servers (remote access by IKE): create, update, delete, list, logs."""

from __future__ import annotations

import copy

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, dry_run_passed, invalid
from lab.cloud.model import IkeConfig, IpsecConfig, IpsecServer, LogLine
from lab.cloud.services import rules
from lab.cloud.services.connection_options import ike_config, ipsec_config, json_block
from lab.cloud.services.context import Context, Params, Reply, require, token_page
from lab.cloud.services.gateways import configure, writable_gateway
from lab.cloud.services.log_reading import as_text, read_log
from lab.cloud.services.remote_access import client_pool, local_subnets, public_address, remote_access_gateway
from lab.cloud.services.ssl_servers import group_of

NOT_FOUND = "InvalidIpsecServerId.NotFound"
SETTINGS = ("ClientIpPool", "LocalSubnet", "EffectImmediately", "Psk", "PskEnabled", "IkeConfig", "IpsecConfig")


def create_ipsec_server(ctx: Context, params: Params) -> Reply:
    """CreateIpsecServer: one for a gateway that has SSL-VPN and no IPsec connection."""
    gateway = remote_access_gateway(ctx, params["VpnGatewayId"])
    if any(other.gateway_id == gateway.id for other in ctx.region.ipsec_servers.values()):
        raise ApiError(400, "OperationFailed.IPsecServerExist", f"{gateway.id} already has an IPsec server.")
    if any(connection.gateway_id == gateway.id for connection in ctx.region.connections.values()):
        raise ApiError(400, "OperationFailed.VpnConnectionExist", f"{gateway.id} has IPsec connections.")
    server = IpsecServer(
        ctx.ids.resource("iss"),
        ctx.now,
        gateway_id=gateway.id,
        ike=IkeConfig(psk=ctx.ids.psk(), version="ikev2", integrity="sha1"),
        ipsec=IpsecConfig(integrity="sha1"),
    )
    _apply(ctx, server, params, params.get("IpSecServerName"))
    _commit(ctx, params)
    server.log.append(LogLine(ctx.now, server.id, "IPsec server created"))
    ctx.add(ctx.region.ipsec_servers, server)
    configure(ctx, gateway)
    return {
        "IpsecServerId": server.id,
        "IpsecServerName": server.name,
        "VpnGatewayId": gateway.id,
        "RegionId": ctx.region.id,
        "CreationTime": iso(server.created),
    }


def update_ipsec_server(ctx: Context, params: Params) -> Reply:
    """UpdateIpsecServer. A name alone is changed at once; anything else keeps the gateway busy."""
    current = require(ctx.region.ipsec_servers, params["IpsecServerId"], NOT_FOUND, "IPsec server")
    gateway = writable_gateway(ctx, current.gateway_id)
    wanted = copy.deepcopy(current)
    _apply(ctx, wanted, params, params.get("IpsecServerName"))
    _commit(ctx, params)
    wanted.log.append(LogLine(ctx.now, wanted.id, "IPsec server changed"))
    ctx.region.ipsec_servers[wanted.id] = wanted
    if params.keys() & set(SETTINGS):
        configure(ctx, gateway)
    return {}


def delete_ipsec_server(ctx: Context, params: Params) -> Reply:
    """DeleteIpsecServer."""
    server = require(ctx.region.ipsec_servers, params["IpsecServerId"], NOT_FOUND, "IPsec server")
    gateway = writable_gateway(ctx, server.gateway_id)
    _commit(ctx, params)
    del ctx.region.ipsec_servers[server.id]
    configure(ctx, gateway)
    return {}


def list_ipsec_servers(ctx: Context, params: Params) -> Reply:
    """ListIpsecServers, filtered by ids, name, gateway, resource group. Pre-shared keys in clear."""
    found = [
        server
        for server in ctx.readable(ctx.region.ipsec_servers.values())
        if server.id in params.get("IpsecServerId", [server.id])
        and params.get("IpsecServerName", server.name) == server.name
        and params.get("VpnGatewayId", server.gateway_id) == server.gateway_id
        and params.get("ResourceGroupId", group_of(ctx, server.gateway_id)) == group_of(ctx, server.gateway_id)
    ]
    selected, following = token_page(params, found, "MaxResults", 10, 20)
    size = params.get("MaxResults", 10)
    views = [_view(ctx, server) for server in selected]
    return {**following, "MaxResults": size, "TotalCount": len(found), "IpsecServers": views}


def list_ipsec_server_logs(ctx: Context, params: Params) -> Reply:
    """ListIpsecServerLogs: changes of the server; nobody ever connects."""
    server = ctx.read(ctx.region.ipsec_servers, params["IpsecServerId"], NOT_FOUND, "IPsec server")
    selected, reply = read_log(ctx, params, as_text(server.log))
    return {**reply, "Data": selected}


def _commit(ctx: Context, params: Params) -> None:
    """These actions spell DryRun as text."""
    flag = str(params.get("DryRun", "false")).lower()
    if flag not in ("true", "false"):
        raise invalid("DryRun", "it must be true or false")
    if flag == "true":
        raise dry_run_passed()
    ctx.committed = True


def _apply(ctx: Context, server: IpsecServer, params: Params, name: str | None) -> None:
    gateway = ctx.region.vpn_gateways[server.gateway_id]
    if name is not None:
        server.name = rules.text("IpsecServerName", name, 100, "InvalidName")
    if params.get("PskEnabled") is False:
        raise invalid("PskEnabled", "it can only be true")
    if "LocalSubnet" in params:
        server.local_subnets = local_subnets(params["LocalSubnet"])
    if "LocalSubnet" in params or "ClientIpPool" in params:
        pool = params.get("ClientIpPool", server.client_ip_pool)
        server.client_ip_pool = client_pool(ctx, gateway, pool, server.local_subnets, server.id)
    server.effect_immediately = params.get("EffectImmediately", server.effect_immediately)
    ike = json_block("IkeConfig", params.get("IkeConfig"))
    if "Psk" in ike:
        raise invalid("IkeConfig", "the key is given in Psk")
    psk = rules.psk("Psk", params["Psk"]) if "Psk" in params else server.ike.psk
    if ike:
        server.ike = ike_config("IkeConfig", ike, server.ike, lambda: psk)
    server.ike.psk = psk
    server.ipsec = ipsec_config("IpsecConfig", json_block("IpsecConfig", params.get("IpsecConfig")), server.ipsec)


def _view(ctx: Context, server: IpsecServer) -> Reply:
    gateway = ctx.region.vpn_gateways[server.gateway_id]
    ike, ipsec = server.ike, server.ipsec
    return {
        "IpsecServerId": server.id,
        "IpsecServerName": server.name,
        "VpnGatewayId": gateway.id,
        "RegionId": ctx.region.id,
        "ClientIpPool": server.client_ip_pool,
        "LocalSubnet": ",".join(server.local_subnets),
        "CreationTime": iso(server.created),
        "EffectImmediately": server.effect_immediately,
        "InternetIp": public_address(gateway),
        "MaxConnections": gateway.ssl_connections,
        "OnlineClientCount": 0,
        "MultiFactorAuthEnabled": False,
        "Psk": ike.psk,
        "PskEnabled": True,
        "IkeConfig": {
            "IkeVersion": ike.version,
            "IkeMode": ike.mode,
            "IkeEncAlg": ike.encryption,
            "IkeAuthAlg": ike.integrity,
            "IkePfs": ike.dh_group,
            "IkeLifetime": ike.lifetime,
            "LocalId": ike.local_id or public_address(gateway),
            "RemoteId": ike.remote_id or "",
        },
        "IpsecConfig": {
            "IpsecEncAlg": ipsec.encryption,
            "IpsecAuthAlg": ipsec.integrity,
            "IpsecPfs": ipsec.pfs,
            "IpsecLifetime": ipsec.lifetime,
        },
        "ResourceGroupId": gateway.resource_group_id,
    }
