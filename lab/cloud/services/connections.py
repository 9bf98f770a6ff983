"""IPsec connections: CreateVpnConnection, ModifyVpnConnectionAttribute, DeleteVpnConnection."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, invalid, missing, quota_full, unsupported
from lab.cloud.model import HealthCheck, IkeConfig, IpsecConfig, Tunnel, VpnConnection, VpnGateway
from lab.cloud.services import automatic_routes, rules
from lab.cloud.services.connection_options import bgp_config, health_check, ike_config, ipsec_config, json_block
from lab.cloud.services.connection_views import NOT_FOUND, modify_reply
from lab.cloud.services.context import Context, Params, Reply, require
from lab.cloud.services.customer_gateways import NOT_FOUND as CUSTOMER_GATEWAY_NOT_FOUND
from lab.cloud.services.gateway_certificates import certificates_of
from lab.cloud.services.gateways import SM, configure, writable_gateway
from lab.cloud.services.negotiation import record_configuration
from lab.cloud.state import Effect

SINGLE_ONLY = [
    "CustomerGatewayId",
    "IkeConfig",
    "IpsecConfig",
    "HealthCheckConfig",
    "BgpConfig",
    "EnableDpd",
    "EnableNatTraversal",
    "RemoteCaCertificate",
]
DUAL_ONLY = ("EnableTunnelsBgp", "TunnelOptionsSpecification")
ROLES = ("master", "slave")
ANYWHERE = ["0.0.0.0/0"]


def create_vpn_connection(ctx: Context, params: Params) -> Reply:
    """CreateVpnConnection on a single- or dual-tunnel gateway. Keeps the gateway busy until it is configured."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    if not gateway.enable_ipsec:
        raise ApiError(400, "VpnGateway.IpsecVpnDisabled", f"IPsec-VPN is off on the VPN gateway {gateway.id}.")
    quota = ctx.settings.quotas
    connection = VpnConnection(
        ctx.ids.resource("vco"),
        ctx.now,
        rules.tags(params.get("Tags", ()), "Tags", 64, quota.tags_per_resource),
        gateway_id=gateway.id,
        name=rules.text("Name", params.get("Name"), 100, "InvalidName"),
        local_subnets=rules.subnets("LocalSubnet", params["LocalSubnet"], quota.subnets_per_side),
        remote_subnets=rules.subnets("RemoteSubnet", params["RemoteSubnet"], quota.subnets_per_side),
        effect_immediately=params.get("EffectImmediately", False),
        auto_config_route=params.get("AutoConfigRoute", True),
    )
    check_routing_mode(connection)
    _check_mode(gateway, params)
    if gateway.dual:
        connection.tunnels = _new_tunnels(ctx, gateway, params)
        connection.enable_tunnels_bgp = params.get("EnableTunnelsBgp", False)
        set_tunnels_bgp(connection)
    else:
        connection.tunnels = [_new_single_tunnel(ctx, gateway, connection.id, params)]
        connection.health_check = _health_check(params, HealthCheck())
    _check_certificates(ctx, gateway, connection)
    check_peers(ctx, connection)
    siblings = [other for other in ctx.region.connections.values() if other.gateway_id == gateway.id]
    _check_duplicate(connection, siblings)
    _check_tunnel_cidrs(connection, siblings)
    if len(siblings) >= quota.connections_per_gateway:
        raise quota_full(f"IPsec connections of {gateway.id}", quota.connections_per_gateway)
    automatic_routes.check_quota(ctx, connection)
    ctx.commit(params)
    record_configuration(connection, ctx.now, "configuration created")
    ctx.add(ctx.region.connections, connection)
    automatic_routes.replace_routes(ctx, connection)
    configure(ctx, gateway, Effect("connections", connection.id, "state", "active"))
    return {
        "VpnConnectionId": connection.id,
        "Name": connection.name,
        "CreateTime": milliseconds(connection.created),
    }


def modify_vpn_connection_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVpnConnectionAttribute. Works on a copy, which replaces the connection once everything is valid."""
    current = require(ctx.region.connections, params["VpnConnectionId"], NOT_FOUND, "IPsec connection")
    gateway = writable_gateway(ctx, current.gateway_id)
    if current.state != "active":
        raise ApiError(400, "VpnConnection.Configuring", f"The IPsec connection {current.id} is being configured.")
    _check_mode(gateway, params)
    wanted = copy.deepcopy(current)
    limit = ctx.settings.quotas.subnets_per_side
    if "Name" in params:
        wanted.name = rules.text("Name", params["Name"], 100, "InvalidName")
    if "LocalSubnet" in params:
        wanted.local_subnets = rules.subnets("LocalSubnet", params["LocalSubnet"], limit)
    if "RemoteSubnet" in params:
        wanted.remote_subnets = rules.subnets("RemoteSubnet", params["RemoteSubnet"], limit)
    wanted.effect_immediately = params.get("EffectImmediately", wanted.effect_immediately)
    wanted.auto_config_route = params.get("AutoConfigRoute", wanted.auto_config_route)
    check_routing_mode(wanted)
    if gateway.dual:
        _change_tunnels(ctx, wanted, params)
    else:
        wanted.tunnels = [changed_single_tunnel(ctx, wanted.tunnels[0], params)]
        wanted.health_check = _health_check(params, wanted.health_check)
    _check_certificates(ctx, gateway, wanted)
    check_peers(ctx, wanted)
    siblings = [
        other for other in ctx.region.connections.values() if other.gateway_id == gateway.id and other.id != wanted.id
    ]
    _check_duplicate(wanted, siblings)
    _check_tunnel_cidrs(wanted, siblings)
    automatic_routes.check_quota(ctx, wanted)
    ctx.commit(params)
    wanted.state = "updating"
    wanted.generation += 1
    record_configuration(wanted, ctx.now, "configuration changed")
    ctx.region.connections[wanted.id] = wanted
    automatic_routes.replace_routes(ctx, wanted)
    configure(ctx, gateway, Effect("connections", wanted.id, "state", "active"))
    return modify_reply(ctx, wanted)


def delete_vpn_connection(ctx: Context, params: Params) -> Reply:
    """DeleteVpnConnection. Refused while routes that somebody made point at it; its automatic ones go with it."""
    connection = require(ctx.region.connections, params["VpnConnectionId"], NOT_FOUND, "IPsec connection")
    gateway = writable_gateway(ctx, connection.gateway_id)
    routes = [route for route in ctx.region.routes.values() if route.next_hop == connection.id and not route.automatic]
    if routes:
        kind = "VpnRouteEntry" if routes[0].source is None else "VpnPbrRouteEntry"
        message = f"The route to {routes[0].dest} has {connection.id} as its next hop."
        raise ApiError(400, f"DependencyViolation.{kind}", message)
    ctx.commit(params)
    connection.state = "deleted"
    automatic_routes.remove_routes(ctx, connection)
    configure(ctx, gateway, Effect("connections", connection.id))
    return {}


def _check_mode(gateway: VpnGateway, params: Params) -> None:
    """Parameters of the other mode are refused; an empty JSON block, which some clients always send, is not."""
    names, mode = (SINGLE_ONLY, "dual-tunnel") if gateway.dual else (DUAL_ONLY, "single-tunnel")
    for name in names:
        value = params.get(name)
        if name.endswith("Config") and value is not None and not json_block(name, value):
            continue
        if value is not None:
            raise unsupported(name, f"{gateway.id} is a {mode} VPN gateway")


def check_routing_mode(connection: VpnConnection) -> None:
    """Everything on one side means everything on the other."""
    local, remote = connection.local_subnets == ANYWHERE, connection.remote_subnets == ANYWHERE
    if local != remote:
        name = "LocalSubnet" if local else "RemoteSubnet"
        message = f"0.0.0.0/0 in {name} needs 0.0.0.0/0 on the other side, which is destination routing mode."
        raise ApiError(400, f"IllegalParam.{name}", message)


def _check_certificates(ctx: Context, gateway: VpnGateway, connection: VpnConnection) -> None:
    """SM gateways authenticate with certificates, their own two and the peer's authority; no other gateway does."""
    dual = len(connection.tunnels) == 2
    for index, tunnel in enumerate(connection.tunnels, start=1):
        name = f"TunnelOptionsSpecification.{index}.RemoteCaCertificate" if dual else "RemoteCaCertificate"
        if tunnel.remote_ca_certificate and gateway.vpn_type != SM:
            raise unsupported(name, "only SM gateways use certificates")
        if gateway.vpn_type == SM and not tunnel.remote_ca_certificate:
            raise missing(name)
        if gateway.vpn_type == SM and "-----BEGIN CERTIFICATE-----" not in tunnel.remote_ca_certificate:
            raise invalid(name, "it must be a certificate in PEM")
    if gateway.vpn_type == SM and len(certificates_of(ctx, gateway)) < 2:
        message = f"{gateway.id} needs an encryption and a signature certificate before it can have connections."
        raise ApiError(400, "OperationFailed.CertificateNotAssociated", message)


def _blank_tunnel(ctx: Context, gateway: VpnGateway, identifier: str, role: str, customer_gateway_id: str) -> Tunnel:
    """A tunnel with the defaults of its kind of gateway."""
    words = {"encryption": "sm4", "integrity": "sm3"} if gateway.vpn_type == SM else {}
    ike, ipsec = IkeConfig(psk=ctx.ids.psk(), **words), IpsecConfig(**words)
    return Tunnel(identifier, role, customer_gateway_id, ike=ike, ipsec=ipsec)


def _new_single_tunnel(ctx: Context, gateway: VpnGateway, connection_id: str, params: Params) -> Tunnel:
    if "CustomerGatewayId" not in params:
        raise missing("CustomerGatewayId")
    blank = _blank_tunnel(ctx, gateway, connection_id, "single", params["CustomerGatewayId"])
    return changed_single_tunnel(ctx, blank, params)


def changed_single_tunnel(ctx: Context, tunnel: Tunnel, params: Params) -> Tunnel:
    """The only tunnel of a connection with the settings of a call."""
    ike = json_block("IkeConfig", params.get("IkeConfig"))
    return replace(
        tunnel,
        dpd=params.get("EnableDpd", tunnel.dpd),
        nat_traversal=params.get("EnableNatTraversal", tunnel.nat_traversal),
        ike=ike_config("IkeConfig", ike, tunnel.ike, ctx.ids.psk) if ike else tunnel.ike,
        ipsec=ipsec_config("IpsecConfig", json_block("IpsecConfig", params.get("IpsecConfig")), tunnel.ipsec),
        bgp=bgp_config("BgpConfig", json_block("BgpConfig", params.get("BgpConfig")), tunnel.bgp),
        remote_ca_certificate=params.get("RemoteCaCertificate", tunnel.remote_ca_certificate),
    )


def _health_check(params: Params, current: HealthCheck) -> HealthCheck:
    return health_check(json_block("HealthCheckConfig", params.get("HealthCheckConfig")), current)


def _new_tunnels(ctx: Context, gateway: VpnGateway, params: Params) -> list[Tunnel]:
    elements = params.get("TunnelOptionsSpecification")
    if elements is None:
        raise missing("TunnelOptionsSpecification")
    if len(elements) != 2:
        raise invalid("TunnelOptionsSpecification", "exactly two tunnels are needed, one master and one slave")
    roles = [element.get("Role", ROLES[index]) for index, element in enumerate(elements)]
    if sorted(roles) != sorted(ROLES):
        raise invalid("TunnelOptionsSpecification.N.Role", "one tunnel must be master and the other slave")
    tunnels = []
    for index, (role, element) in enumerate(zip(roles, elements, strict=True), start=1):
        path = f"TunnelOptionsSpecification.{index}"
        if "TunnelId" in element:
            raise unsupported(f"{path}.TunnelId", "it can only be given when a connection is changed")
        if "CustomerGatewayId" not in element:
            raise missing(f"{path}.CustomerGatewayId")
        blank = _blank_tunnel(ctx, gateway, ctx.ids.resource("tun"), role, element["CustomerGatewayId"])
        tunnels.append(changed_tunnel(ctx, blank, path, element))
    # The active tunnel ends at the gateway's first address, the standby one at its second.
    return sorted(tunnels, key=lambda tunnel: ROLES.index(tunnel.role))


def changed_tunnel(ctx: Context, tunnel: Tunnel, path: str, element: Mapping[str, Any]) -> Tunnel:
    """One of two tunnels with the settings of *element*, which is *path* of the call."""
    ike = element.get("TunnelIkeConfig")
    ipsec, bgp = element.get("TunnelIpsecConfig", {}), element.get("TunnelBgpConfig", {})
    return replace(
        tunnel,
        role=element.get("Role", tunnel.role),
        customer_gateway_id=element.get("CustomerGatewayId", tunnel.customer_gateway_id),
        dpd=element.get("EnableDpd", tunnel.dpd),
        nat_traversal=element.get("EnableNatTraversal", tunnel.nat_traversal),
        ike=ike_config(f"{path}.TunnelIkeConfig", ike, tunnel.ike, ctx.ids.psk) if ike else tunnel.ike,
        ipsec=ipsec_config(f"{path}.TunnelIpsecConfig", ipsec, tunnel.ipsec),
        bgp=bgp_config(f"{path}.TunnelBgpConfig", bgp, replace(tunnel.bgp, enabled=False)),
        remote_ca_certificate=element.get("RemoteCaCertificate", tunnel.remote_ca_certificate),
    )


def _change_tunnels(ctx: Context, connection: VpnConnection, params: Params) -> None:
    """Change tunnels named by TunnelId, or else by Role. With both, the tunnel of that id takes that role."""
    changed: dict[str, Tunnel] = {}
    for index, element in enumerate(params.get("TunnelOptionsSpecification", ()), start=1):
        path = f"TunnelOptionsSpecification.{index}"
        attribute, value = ("id", element["TunnelId"]) if "TunnelId" in element else ("role", element.get("Role"))
        if value is None:
            raise missing(f"{path}.TunnelId")
        tunnel = next((item for item in connection.tunnels if getattr(item, attribute) == value), None)
        if tunnel is None:
            raise invalid(path, "the connection has no such tunnel")
        if tunnel.id in changed:
            raise invalid(path, "the tunnel is given twice")
        changed[tunnel.id] = changed_tunnel(ctx, tunnel, path, element)
    connection.tunnels = [changed.get(tunnel.id, tunnel) for tunnel in connection.tunnels]
    if sorted(tunnel.role for tunnel in connection.tunnels) != sorted(ROLES):
        raise invalid("TunnelOptionsSpecification.N.Role", "one tunnel must be master and the other slave")
    connection.enable_tunnels_bgp = params.get("EnableTunnelsBgp", connection.enable_tunnels_bgp)
    set_tunnels_bgp(connection)


def set_tunnels_bgp(connection: VpnConnection) -> None:
    """Both tunnels speak BGP or neither does."""
    for index, tunnel in enumerate(connection.tunnels, start=1):
        if connection.enable_tunnels_bgp and not (tunnel.bgp.tunnel_cidr and tunnel.bgp.local_address):
            raise missing(f"TunnelOptionsSpecification.{index}.TunnelBgpConfig")
        tunnel.bgp = replace(tunnel.bgp, enabled=connection.enable_tunnels_bgp)


def check_peers(ctx: Context, connection: VpnConnection) -> None:
    """The customer gateways exist and fit."""
    for tunnel in connection.tunnels:
        table = ctx.region.customer_gateways
        peer = require(table, tunnel.customer_gateway_id, CUSTOMER_GATEWAY_NOT_FOUND, "customer gateway")
        if tunnel.bgp.enabled and peer.asn is None:
            raise ApiError(400, "CustomerGateway.AsnNotSet", f"BGP needs an ASN on the customer gateway {peer.id}.")


def _check_duplicate(connection: VpnConnection, siblings: list[VpnConnection]) -> None:
    def identity(item: VpnConnection) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        peers = frozenset(tunnel.customer_gateway_id for tunnel in item.tunnels)
        return peers, frozenset(item.local_subnets), frozenset(item.remote_subnets)

    wanted = identity(connection)
    # A gateway may have thousands of connections: the cheap comparison comes first.
    same_peer = (other for other in siblings if other.tunnels[0].customer_gateway_id in wanted[0])
    twin = next((other for other in same_peer if identity(other) == wanted), None)
    if twin is not None:
        message = f"{twin.id} already connects the same subnets to the same customer gateway."
        raise ApiError(400, "InvalidVpnConnection.AlreadyExists", message)


def _check_tunnel_cidrs(connection: VpnConnection, siblings: list[VpnConnection]) -> None:
    if not any(tunnel.bgp.tunnel_cidr for tunnel in connection.tunnels):
        return
    used = {tunnel.bgp.tunnel_cidr for other in siblings for tunnel in other.tunnels}
    for tunnel in connection.tunnels:
        cidr = tunnel.bgp.tunnel_cidr
        if cidr and cidr in used:
            raise invalid("TunnelCidr", f"{cidr} is used by another tunnel of the VPN gateway")
        used.add(cidr)
