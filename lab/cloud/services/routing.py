"""What destination-based and policy-based VPN routes share: lookup, rules, publication, the VPC's route table."""

from __future__ import annotations

from lab.cloud.errors import ApiError, invalid
from lab.cloud.model import Route, VpnConnection, VpnGateway
from lab.cloud.services.connection_views import NOT_FOUND as CONNECTION_NOT_FOUND
from lab.cloud.services.context import Context, Params, Reply, choice, require
from lab.cloud.services.gateways import configure, writable_gateway

WEIGHTS = (0, 100)
NOT_FOUND = "InvalidRouteEntry.NotFound"


def check_overlay(params: Params) -> None:
    """OverlayMode can only be Ipsec."""
    choice(params, "OverlayMode", ("Ipsec",), "Ipsec")


def weight(params: Params, name: str = "Weight") -> int:
    """Weight or NewWeight: 0 (standby) or 100 (active)."""
    value = params[name]
    if value not in WEIGHTS:
        raise invalid(name, "it must be 0 or 100")
    return value


def next_hop(ctx: Context, gateway: VpnGateway, params: Params) -> VpnConnection:
    """The connection that a new route points at: one of this gateway."""
    own = {key: item for key, item in ctx.region.connections.items() if item.gateway_id == gateway.id}
    connection = require(own, params["NextHop"], CONNECTION_NOT_FOUND, "IPsec connection")
    if connection.state != "active":
        raise ApiError(400, "VpnConnection.Configuring", f"The IPsec connection {connection.id} is being configured.")
    return connection


def gateway_routes(ctx: Context, gateway_id: str, policy: bool) -> list[Route]:
    """The policy-based or the destination-based routes of a gateway."""
    return [
        route
        for route in ctx.region.routes.values()
        if route.gateway_id == gateway_id and (route.source is not None) == policy
    ]


def check_publication(ctx: Context, gateway: VpnGateway, dest: str) -> None:
    """The VPC's system route table takes a destination once: not a vSwitch's, not another gateway's."""
    vswitches = [item for item in ctx.region.vswitches.values() if item.vpc_id == gateway.vpc_id]
    others = [
        route
        for route in ctx.region.routes.values()
        if route.published
        and route.gateway_id != gateway.id
        and ctx.region.vpn_gateways[route.gateway_id].vpc_id == gateway.vpc_id
    ]
    table = ctx.region.vpcs[gateway.vpc_id].route_table_id
    own = [entry for entry in ctx.region.route_entries.values() if entry.table_id == table]
    if (
        any(entry.dest == dest for entry in own)
        or any(item.cidr == dest for item in vswitches)
        or any(route.dest == dest for route in others)
    ):
        message = f"The VPC's route table already has a route to {dest}."
        raise ApiError(400, "RouterEntryConflict.Duplicated", message)


def publish_vpn_route_entry(ctx: Context, params: Params) -> Reply:
    """PublishVpnRouteEntry. It has no RouteSource: all policy routes of that destination and next hop go together.

    Withdrawing a destination withdraws it whatever kind of route published it.
    """
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    policy = choice(params, "RouteType", ("pbr", "dbr"), "") == "pbr"
    routes = [
        route
        for route in gateway_routes(ctx, gateway.id, policy)
        if route.dest == params["RouteDest"] and route.next_hop == params["NextHop"]
    ]
    if not routes:
        raise ApiError(404, NOT_FOUND, "The specified route entry does not exist.")
    publish = params["PublishVpc"]
    if publish:
        check_publication(ctx, gateway, params["RouteDest"])
    else:
        routes = [
            route
            for route in ctx.region.routes.values()
            if route.gateway_id == gateway.id and route.dest == params["RouteDest"]
        ]
    ctx.commit(params)
    for route in routes:
        route.published = publish
    configure(ctx, gateway)
    return {}
