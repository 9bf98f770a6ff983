"""Destination-based VPN routes: create, delete, weight, describe."""

from __future__ import annotations

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, quota_full
from lab.cloud.model import Route
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, page
from lab.cloud.services.gateways import configure, writable_gateway
from lab.cloud.services.negotiation import tunnel_status
from lab.cloud.services.routing import (
    NOT_FOUND,
    check_overlay,
    check_publication,
    gateway_routes,
    next_hop,
    weight,
)


def create_vpn_route_entry(ctx: Context, params: Params) -> Reply:
    """CreateVpnRouteEntry. An active/standby pair is one destination with two next hops of weight 100 and 0."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    check_overlay(params)
    route = Route(
        ctx.ids.resource("rte"),
        ctx.now,
        gateway_id=gateway.id,
        next_hop=params["NextHop"],
        dest=rules.routed_network("RouteDest", params["RouteDest"]),
        weight=weight(params),
        published=params["PublishVpc"],
        description=rules.text("Description", params.get("Description"), 100, "InvalidDescription"),
    )
    next_hop(ctx, gateway, params)
    existing = gateway_routes(ctx, gateway.id, policy=False)
    for other in existing:
        if other.dest == route.dest and other.next_hop == route.next_hop:
            raise ApiError(400, "VpnRouteEntry.AlreadyExists", f"The route to {route.dest} already exists.")
        if other.dest == route.dest and other.weight == route.weight and not gateway.dual:
            message = f"Another next hop of {route.dest} already has the weight {route.weight}."
            raise ApiError(400, "VpnRouteEntry.Conflict", message)
    if route.published:
        check_publication(ctx, gateway, route.dest)
    limit = ctx.settings.quotas.routes_per_gateway
    if len(existing) >= limit:
        raise quota_full(f"destination-based routes of {gateway.id}", limit)
    ctx.commit(params)
    ctx.add(ctx.region.routes, route)
    configure(ctx, gateway)
    return {
        "VpnInstanceId": gateway.id,
        "NextHop": route.next_hop,
        "RouteDest": route.dest,
        "Weight": route.weight,
        "OverlayMode": route.overlay_mode,
        "Description": route.description,
        "State": route_state(route),
        "CreateTime": milliseconds(route.created),
    }


def delete_vpn_route_entry(ctx: Context, params: Params) -> Reply:
    """DeleteVpnRouteEntry. Every part of the key must match, the weight too."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    check_overlay(params)
    route = _find(ctx, params)
    ctx.commit(params)
    del ctx.region.routes[route.id]
    configure(ctx, gateway)
    return {}


def modify_vpn_route_entry_weight(ctx: Context, params: Params) -> Reply:
    """ModifyVpnRouteEntryWeight. Refused while the destination has a second next hop."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    check_overlay(params)
    new_weight = weight(params, "NewWeight")
    route = _find(ctx, params)
    partners = [item for item in gateway_routes(ctx, gateway.id, policy=False) if item.dest == route.dest]
    if len(partners) > 1 and not gateway.dual:
        message = f"Delete the other route to {route.dest} before the weight is changed."
        raise ApiError(400, "VpnRouteEntry.Conflict", message)
    ctx.commit(params)
    route.weight = new_weight
    configure(ctx, gateway)
    return {}


def describe_vpn_route_entries(ctx: Context, params: Params) -> Reply:
    """DescribeVpnRouteEntries: custom ones; learned (bgp) ones do not exist without BGP in the data plane."""
    kind = choice(params, "RouteEntryType", ("custom", "bgp"), "custom")
    if params["VpnGatewayId"] not in ctx.region.vpn_gateways:
        raise ApiError(404, "InvalidVpnInstanceId.NotFound", "The specified VPN gateway does not exist.")
    gateway = ctx.region.vpn_gateways[params["VpnGatewayId"]]
    routes = ctx.readable(gateway_routes(ctx, gateway.id, policy=False)) if kind == "custom" else []
    selected, paging = page(params, routes)
    reply: Reply = {**paging, "VpnRouteEntries": {"VpnRouteEntry": [_view(ctx, route) for route in selected]}}
    if gateway.dual:
        count = {"RouteCount": len(routes), "RouteEntryType": kind, "Source": "CLOUD"}
        reply["VpnRouteCounts"] = {"VpnRouteCount": [count]}
    return reply


def route_state(route: Route) -> str:
    """``published`` when the VPC's system route table has it, else ``normal``."""
    return "published" if route.published else "normal"


def next_hop_tunnel(ctx: Context, route: Route) -> Reply:
    """The tunnel that carries the route on a dual-tunnel connection: the master, or the slave when only it is up."""
    connection = ctx.region.connections[route.next_hop]
    if not connection.dual:
        return {}
    ordered = sorted(connection.tunnels, key=lambda tunnel: tunnel.role)
    up = [tunnel for tunnel in ordered if tunnel_status(tunnel, ctx.sa_states) == "ipsec_sa_established"]
    return {"NextHopTunnelId": (up or ordered)[0].id}


def _find(ctx: Context, params: Params) -> Route:
    for route in gateway_routes(ctx, params["VpnGatewayId"], policy=False):
        key = (route.dest, route.next_hop, route.weight)
        if key == (params["RouteDest"], params["NextHop"], params["Weight"]):
            return route
    raise ApiError(404, NOT_FOUND, "The specified route entry does not exist.")


def _view(ctx: Context, route: Route) -> Reply:
    return {
        "VpnInstanceId": route.gateway_id,
        "NextHop": route.next_hop,
        **next_hop_tunnel(ctx, route),
        "RouteDest": route.dest,
        "RouteEntryType": "custom",
        "Source": "CLOUD",
        "State": route_state(route),
        "Weight": route.weight,
        "CreateTime": milliseconds(route.created),
    }
