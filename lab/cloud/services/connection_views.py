"""How IPsec connections read back: DescribeVpnConnection(s), Modify's reply, peer configuration, logs.

The read shape is not the write shape: texts for numbers and booleans inside tunnels, ``TunnelOptions``,
``VpnBgpConfig``, ``VcoHealthCheck``; the plural form calls its tags ``Tag`` and leaves out EnableBgp and ZoneNo.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from typing import Any

from lab.cloud.clock import milliseconds
from lab.cloud.errors import not_found
from lab.cloud.model import BgpConfig, IkeConfig, IpsecConfig, Tunnel, VpnConnection, VpnGateway
from lab.cloud.services.context import Context, Params, Reply, tag_list, tags_match
from lab.cloud.services.log_reading import as_text, read_log
from lab.cloud.services.negotiation import connection_status, tunnel_status

NOT_FOUND = "InvalidVpnConnectionInstanceId.NotFound"
TUNNEL_STATES = {"active": "active", "provisioning": "updating", "updating": "updating", "deleted": "deleting"}
Convert = Callable[[Any], Any]


def describe_vpn_connection(ctx: Context, params: Params) -> Reply:
    """DescribeVpnConnection, pre-shared keys in clear."""
    connection = ctx.read(ctx.region.connections, params["VpnConnectionId"], NOT_FOUND, "IPsec connection")
    view = {**_view(ctx, connection), "Tags": {"Tag": tag_list(connection.tags)}}
    if not connection.dual:
        view["ZoneNo"] = _zone(ctx, connection, 0)
        view["VpnBgpConfig"]["EnableBgp"] = lower(connection.tunnels[0].bgp.enabled)
    return view


def rows(ctx: Context, params: Params) -> list[Callable[[], Reply]]:
    """What DescribeVpnConnections shows of the gateways' connections, each row made when it is asked for."""
    return [
        functools.partial(_row, ctx, connection)
        for connection in ctx.readable(ctx.region.connections.values())
        if params.get("VpnConnectionId", connection.id) == connection.id
        and params.get("VpnGatewayId", connection.gateway_id) == connection.gateway_id
        and ("CustomerGatewayId" not in params or params["CustomerGatewayId"] in _peers(connection))
        and params.get("ResourceGroupId", _group(ctx, connection)) == _group(ctx, connection)
        and tags_match(connection.tags, params.get("Tag", ()))
    ]


def _row(ctx: Context, connection: VpnConnection) -> Reply:
    return {**_view(ctx, connection), "Tag": {"Tag": tag_list(connection.tags)}}


def modify_reply(ctx: Context, connection: VpnConnection) -> Reply:
    """What ModifyVpnConnectionAttribute answers: the new settings, with real numbers and booleans in tunnels."""
    full = _view(ctx, connection)
    names = (
        "VpnConnectionId VpnGatewayId CustomerGatewayId Name LocalSubnet RemoteSubnet EffectImmediately EnableDpd "
        "EnableNatTraversal EnableTunnelsBgp CreateTime ResourceGroupId IkeConfig IpsecConfig"
    )
    reply = {name: full[name] for name in names.split() if name in full}
    if connection.dual:
        options = [_tunnel(ctx, connection, index, bool, int) for index in range(2)]
        for option in options:
            del option["Status"]
            option.get("TunnelBgpConfig", {}).pop("BgpStatus", None)
        reply["TunnelOptionsSpecification"] = {"TunnelOptions": options}
    else:
        bgp = {key: value for key, value in full["VpnBgpConfig"].items() if key != "AuthKey"}
        reply["VpnBgpConfig"] = {**bgp, "EnableBgp": lower(connection.tunnels[0].bgp.enabled)}
        reply["VcoHealthCheck"] = {key: value for key, value in full["VcoHealthCheck"].items() if key != "Status"}
    return reply


def download_vpn_connection_config(ctx: Context, params: Params) -> Reply:
    """DownloadVpnConnectionConfig: the peer device's side, local and remote swapped."""
    connection = ctx.read(ctx.region.connections, params["VpnConnectionId"], NOT_FOUND, "IPsec connection")
    configs = []
    for index, tunnel in enumerate(connection.tunnels):
        ike = _ike(ctx, connection, index, int)
        ike["LocalId"], ike["RemoteId"] = ike["RemoteId"], ike["LocalId"]
        configs.append(
            {
                "TunnelId": tunnel.id,
                "Local": ctx.region.customer_gateways[tunnel.customer_gateway_id].ip_address,
                "Remote": _gateway(ctx, connection).addresses[index],
                "IkeConfig": ike,
                "IpsecConfig": ipsec_view(tunnel.ipsec, int),
            }
        )
    bgp = [_peer_bgp(ctx, connection, tunnel) for tunnel in connection.tunnels if tunnel.bgp.enabled]
    config: Reply = {
        "LocalSubnet": ",".join(connection.remote_subnets),
        "RemoteSubnet": ",".join(connection.local_subnets),
        "BgpConfigs": {"BgpConfig": bgp},
    }
    if connection.dual:
        config["TunnelsConfig"] = {"TunnelConfig": configs}
    else:
        config.update({key: value for key, value in configs[0].items() if key != "TunnelId"})
    return {"VpnConnectionConfig": config}


def describe_vpn_connection_logs(ctx: Context, params: Params) -> Reply:
    """DescribeVpnConnectionLogs: changes of configuration and status, and the IKE daemons' lines; newest first."""
    connection = ctx.read(ctx.region.connections, params["VpnConnectionId"], NOT_FOUND, "IPsec connection")
    tunnel_id = params.get("TunnelId")
    if tunnel_id is not None and tunnel_id not in {tunnel.id for tunnel in connection.tunnels}:
        raise not_found("InvalidTunnelId.NotFound", "tunnel", tunnel_id)
    lines = [*as_text(connection.log), *ctx.ike_log]
    selected, reply = read_log(ctx, params, [line for line in lines if tunnel_id is None or f"<{tunnel_id}" in line])
    return {**reply, "Data": {"Logs": selected}}


def _view(ctx: Context, connection: VpnConnection) -> Reply:
    gateway = _gateway(ctx, connection)
    view: Reply = {
        "VpnConnectionId": connection.id,
        "VpnGatewayId": gateway.id,
        "AttachInstanceId": gateway.id,
        "AttachType": "VPNGW",
        "Name": connection.name,
        "LocalSubnet": ",".join(connection.local_subnets),
        "RemoteSubnet": ",".join(connection.remote_subnets),
        "EffectImmediately": connection.effect_immediately,
        "State": connection.state,
        "Status": connection_status(connection, ctx.sa_states),
        "CreateTime": milliseconds(connection.created),
        "CrossAccountAuthorized": False,
        "NetworkType": gateway.network_type,
        **({"Spec": f"{gateway.bandwidth}M"} if gateway.bandwidth else {}),
        "ResourceGroupId": gateway.resource_group_id,
        "EnableTunnelsBgp": connection.enable_tunnels_bgp,
    }
    if connection.dual:
        options = [_tunnel(ctx, connection, index, lower, str) for index in range(2)]
        return {**view, "TunnelOptionsSpecification": {"TunnelOptions": options}}
    tunnel = connection.tunnels[0]
    check = connection.health_check
    return {
        **view,
        "RemoteCaCertificate": tunnel.remote_ca_certificate,
        "CustomerGatewayId": tunnel.customer_gateway_id,
        "InternetIp": gateway.addresses[0],
        "EnableDpd": tunnel.dpd,
        "EnableNatTraversal": tunnel.nat_traversal,
        "IkeConfig": _ike(ctx, connection, 0, int),
        "IpsecConfig": ipsec_view(tunnel.ipsec, int),
        "VpnBgpConfig": single_bgp(ctx, tunnel),
        "VcoHealthCheck": {
            "Enable": lower(check.enabled),
            "Dip": check.destination,
            "Sip": check.source,
            "Interval": check.interval,
            "Retry": check.retry,
            **({"Status": "failed"} if check.enabled else {}),
        },
        "TunnelOptionsSpecification": {"TunnelOptions": []},
    }


def _tunnel(ctx: Context, connection: VpnConnection, index: int, flag: Convert, number: Convert) -> Reply:
    tunnel = connection.tunnels[index]
    view: Reply = {
        "TunnelId": tunnel.id,
        "Role": tunnel.role,
        "CustomerGatewayId": tunnel.customer_gateway_id,
        "EnableDpd": flag(tunnel.dpd),
        "EnableNatTraversal": flag(tunnel.nat_traversal),
        "InternetIp": _gateway(ctx, connection).addresses[index],
        "State": TUNNEL_STATES[connection.state],
        "Status": tunnel_status(tunnel, ctx.sa_states),
        "ZoneNo": _zone(ctx, connection, index),
        "TunnelIkeConfig": _ike(ctx, connection, index, number),
        "TunnelIpsecConfig": ipsec_view(tunnel.ipsec, number),
    }
    if tunnel.remote_ca_certificate:
        view["RemoteCaCertificate"] = tunnel.remote_ca_certificate
    if tunnel.bgp.tunnel_cidr:
        bgp = {**bgp_addresses(tunnel.bgp), "LocalAsn": number(tunnel.bgp.local_asn)}
        peer = ctx.region.customer_gateways[tunnel.customer_gateway_id]
        if peer.asn is not None:
            bgp["PeerAsn"] = number(peer.asn)
        if tunnel.bgp.enabled:
            bgp["BgpStatus"] = "false"
        view["TunnelBgpConfig"] = bgp
    return view


def _ike(ctx: Context, connection: VpnConnection, index: int, number: Convert) -> Reply:
    tunnel = connection.tunnels[index]
    ike: IkeConfig = tunnel.ike
    local_id, remote_id = effective_ids(ctx, connection, index)
    return {
        "IkeVersion": ike.version,
        "IkeMode": ike.mode,
        "IkeEncAlg": ike.encryption,
        "IkeAuthAlg": ike.integrity,
        "IkePfs": ike.dh_group,
        "IkeLifetime": number(ike.lifetime),
        "Psk": ike.psk,
        "LocalId": local_id,
        "RemoteId": remote_id,
    }


def effective_ids(ctx: Context, connection: VpnConnection, index: int) -> tuple[str, str]:
    """LocalId and RemoteId of a tunnel with their defaults filled in."""
    tunnel = connection.tunnels[index]
    local_id = tunnel.ike.local_id or _gateway(ctx, connection).addresses[index]
    return local_id, tunnel.ike.remote_id or ctx.region.customer_gateways[tunnel.customer_gateway_id].ip_address


def ipsec_view(ipsec: IpsecConfig, number: Convert) -> Reply:
    """Phase 2 settings."""
    return {
        "IpsecEncAlg": ipsec.encryption,
        "IpsecAuthAlg": ipsec.integrity,
        "IpsecPfs": ipsec.pfs,
        "IpsecLifetime": number(ipsec.lifetime),
    }


def bgp_addresses(bgp: BgpConfig) -> Reply:
    """The tunnel network and the two addresses in it."""
    first, second = ipaddress.IPv4Network(bgp.tunnel_cidr).hosts()
    view = {"TunnelCidr": bgp.tunnel_cidr}
    if bgp.local_address:
        view["LocalBgpIp"] = bgp.local_address
        view["PeerBgpIp"] = str(second if str(first) == bgp.local_address else first)
    return view


def single_bgp(ctx: Context, tunnel: Tunnel) -> Reply:
    """VpnBgpConfig of the only tunnel."""
    peer = ctx.region.customer_gateways[tunnel.customer_gateway_id]
    view: Reply = {"LocalAsn": tunnel.bgp.local_asn}
    if tunnel.bgp.tunnel_cidr:
        view.update(bgp_addresses(tunnel.bgp))
    if tunnel.bgp.enabled and peer.asn is not None:
        view.update({"PeerAsn": peer.asn, "AuthKey": peer.auth_key, "Status": "failed"})
    return view


def _peer_bgp(ctx: Context, connection: VpnConnection, tunnel: Tunnel) -> Reply:
    addresses = bgp_addresses(tunnel.bgp)
    peer = ctx.region.customer_gateways[tunnel.customer_gateway_id]
    return {
        "TunnelId": tunnel.id if connection.dual else "",
        "TunnelCidr": tunnel.bgp.tunnel_cidr,
        "LocalAsn": str(peer.asn),
        "LocalBgpIp": addresses["PeerBgpIp"],
        "PeerAsn": str(tunnel.bgp.local_asn),
        "PeerBgpIp": addresses["LocalBgpIp"],
    }


def _gateway(ctx: Context, connection: VpnConnection) -> VpnGateway:
    return ctx.region.vpn_gateways[connection.gateway_id]


def _zone(ctx: Context, connection: VpnConnection, index: int) -> str:
    return ctx.region.vswitches[_gateway(ctx, connection).vswitch_ids[index]].zone


def _peers(connection: VpnConnection) -> set[str]:
    return {tunnel.customer_gateway_id for tunnel in connection.tunnels}


def _group(ctx: Context, connection: VpnConnection) -> str:
    return _gateway(ctx, connection).resource_group_id


def lower(value: bool) -> str:
    """A switch as text."""
    return str(value).lower()
