"""What SSL servers and IPsec servers share: their gateway, their client addresses, the networks they open."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from lab.cloud.errors import ApiError, invalid
from lab.cloud.model import IpsecServer, Region, SslServer, VpnGateway
from lab.cloud.services import rules
from lab.cloud.services.context import Context
from lab.cloud.services.gateways import writable_gateway

MOST_LOCAL_SUBNETS = 5
UNUSABLE = tuple(
    ipaddress.IPv4Network(text) for text in ("127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8")
)


def remote_access_gateway(ctx: Context, gateway_id: str) -> VpnGateway:
    """The gateway for a new server: it must take writes and have SSL-VPN."""
    gateway = writable_gateway(ctx, gateway_id)
    if not gateway.enable_ssl:
        raise ApiError(400, "VpnGateway.SslVpnDisabled", f"SSL-VPN is off on the VPN gateway {gateway.id}.")
    return gateway


def local_subnets(value: str) -> list[str]:
    """LocalSubnet of a server: up to five networks with masks of 8 to 32 bits."""
    networks = rules.subnets("LocalSubnet", value, MOST_LOCAL_SUBNETS)
    for text in networks:
        parsed = ipaddress.IPv4Network(text)
        if parsed.prefixlen < 8 or any(parsed.overlaps(bad) for bad in UNUSABLE):
            raise ApiError(400, "IllegalParam.LocalSubnet", f"The CIDR block {text} in LocalSubnet cannot be used.")
    return networks


def client_pool(ctx: Context, gateway: VpnGateway, value: str, local: Iterable[str], own: str = "") -> str:
    """ClientIpPool: 16 to 29 bits, apart from everything it must not meet, with four addresses for each connection.

    *own* is the id of the server itself when it is changed.
    """
    parsed = rules.network(value)
    if parsed is None or not 16 <= parsed.prefixlen <= 29:
        raise invalid("ClientIpPool", "it must be a network with a mask of 16 to 29 bits")
    if any(parsed.overlaps(bad) for bad in (*UNUSABLE, rules.SHARED)):
        raise invalid("ClientIpPool", "it is in a range that cannot be used")
    taken = [ctx.region.vpcs[gateway.vpc_id].cidr, *local]
    taken += [
        pool for pool, gateway_id, server_id in pools(ctx.region) if gateway_id == gateway.id and server_id != own
    ]
    if any(parsed.overlaps(ipaddress.IPv4Network(other)) for other in taken):
        raise invalid("ClientIpPool", "it overlaps the VPC, LocalSubnet or the clients of another server")
    if parsed.num_addresses < 4 * gateway.ssl_connections:
        needed = 4 * gateway.ssl_connections
        raise invalid("ClientIpPool", f"{gateway.ssl_connections} connections need at least {needed} addresses")
    return str(parsed)


def pools(region: Region) -> list[tuple[str, str, str]]:
    """(client network, gateway id, server id) of every server: the VPC's route table has a route to each."""
    servers: list[SslServer | IpsecServer] = [*region.ssl_servers.values(), *region.ipsec_servers.values()]
    return [(server.client_ip_pool, server.gateway_id, server.id) for server in servers]


def public_address(gateway: VpnGateway) -> str:
    """Where clients connect: a dual-tunnel gateway has an address of its own for them."""
    return gateway.ssl_address or gateway.addresses[0]
