"""Policy-based VPN routes: create, delete, weight, priority, both, describe."""

from __future__ import annotations

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, invalid, missing, quota_full
from lab.cloud.model import Route
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, page
from lab.cloud.services.destination_routes import next_hop_tunnel, route_state
from lab.cloud.services.gateways import configure, writable_gateway
from lab.cloud.services.routing import NOT_FOUND, check_overlay, check_publication, gateway_routes, next_hop, weight

DEFAULT_PRIORITY = 10


def create_vpn_pbr_route_entry(ctx: Context, params: Params) -> Reply:
    """CreateVpnPbrRouteEntry."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    check_overlay(params)
    route = Route(
        ctx.ids.resource("rte"),
        ctx.now,
        gateway_id=gateway.id,
        next_hop=params["NextHop"],
        source=rules.routed_network("RouteSource", params["RouteSource"]),
        dest=rules.routed_network("RouteDest", params["RouteDest"]),
        weight=weight(params),
        priority=_priority(params, "Priority", DEFAULT_PRIORITY),
        published=params["PublishVpc"],
        description=rules.text("Description", params.get("Description"), 100, "InvalidDescription"),
    )
    next_hop(ctx, gateway, params)
    existing = gateway_routes(ctx, gateway.id, policy=True)
    for other in existing:
        if (other.source, other.dest) != (route.source, route.dest):
            continue
        if other.next_hop == route.next_hop:
            message = f"The route from {route.source} to {route.dest} already exists."
            raise ApiError(400, "VpnPbrRouteEntry.AlreadyExists", message)
        if (other.priority, other.weight) == (route.priority, route.weight) and not gateway.dual:
            message = f"Another next hop of {route.source} to {route.dest} has the same weight and priority."
            raise ApiError(400, "VpnPbrRouteEntry.Conflict", message)
    if route.published:
        check_publication(ctx, gateway, route.dest)
    limit = ctx.settings.quotas.policy_routes_per_gateway
    if len(existing) >= limit:
        raise quota_full(f"policy-based routes of {gateway.id}", limit)
    ctx.commit(params)
    ctx.add(ctx.region.routes, route)
    configure(ctx, gateway)
    return {
        "VpnInstanceId": gateway.id,
        "NextHop": route.next_hop,
        "RouteSource": route.source,
        "RouteDest": route.dest,
        "Weight": route.weight,
        "Priority": route.priority,
        "OverlayMode": route.overlay_mode,
        "Description": route.description,
        "State": route_state(route),
        "CreateTime": milliseconds(route.created),
    }


def delete_vpn_pbr_route_entry(ctx: Context, params: Params) -> Reply:
    """DeleteVpnPbrRouteEntry. A Priority that is given must be the stored one."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    check_overlay(params)
    route = _find(ctx, params)
    ctx.commit(params)
    del ctx.region.routes[route.id]
    configure(ctx, gateway)
    return {}


def modify_vpn_pbr_route_entry_weight(ctx: Context, params: Params) -> Reply:
    """ModifyVpnPbrRouteEntryWeight."""
    check_overlay(params)
    return _modify(ctx, params, weight(params, "NewWeight"), None)


def modify_vpn_pbr_route_entry_priority(ctx: Context, params: Params) -> Reply:
    """ModifyVpnPbrRouteEntryPriority."""
    return _modify(ctx, params, None, _priority(params, "NewPriority", DEFAULT_PRIORITY))


def modify_vpn_pbr_route_entry_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVpnPbrRouteEntryAttribute: weight, priority or both."""
    if "NewWeight" not in params and "NewPriority" not in params:
        raise missing("NewWeight")
    new_weight = weight(params, "NewWeight") if "NewWeight" in params else None
    new_priority = _priority(params, "NewPriority", DEFAULT_PRIORITY) if "NewPriority" in params else None
    return _modify(ctx, params, new_weight, new_priority)


def describe_vpn_pbr_route_entries(ctx: Context, params: Params) -> Reply:
    """DescribeVpnPbrRouteEntries."""
    if params["VpnGatewayId"] not in ctx.region.vpn_gateways:
        raise ApiError(404, "InvalidVpnInstanceId.NotFound", "The specified VPN gateway does not exist.")
    routes = ctx.readable(gateway_routes(ctx, params["VpnGatewayId"], policy=True))
    selected, paging = page(params, routes)
    return {**paging, "VpnPbrRouteEntries": {"VpnPbrRouteEntry": [_view(ctx, route) for route in selected]}}


def _modify(ctx: Context, params: Params, new_weight: int | None, new_priority: int | None) -> Reply:
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    route = _find(ctx, params)
    partners = [
        other
        for other in gateway_routes(ctx, gateway.id, policy=True)
        if (other.source, other.dest) == (route.source, route.dest) and other.id != route.id
    ]
    if partners and new_weight is not None and not gateway.dual:
        message = f"Delete the other route from {route.source} to {route.dest} before the weight is changed."
        raise ApiError(400, "VpnPbrRouteEntry.Conflict", message)
    ctx.commit(params)
    route.weight = route.weight if new_weight is None else new_weight
    route.priority = route.priority if new_priority is None else new_priority
    configure(ctx, gateway)
    return {}


def _priority(params: Params, name: str, default: int) -> int:
    value = params.get(name, default)
    if not 1 <= value <= 100:
        raise invalid(name, "it must be from 1 to 100")
    return value


def _find(ctx: Context, params: Params) -> Route:
    wanted = (params["RouteSource"], params["RouteDest"], params["NextHop"], params["Weight"])
    for route in gateway_routes(ctx, params["VpnGatewayId"], policy=True):
        key = (route.source, route.dest, route.next_hop, route.weight)
        if key == wanted and params.get("Priority", route.priority) == route.priority:
            return route
    raise ApiError(404, NOT_FOUND, "The specified route entry does not exist.")


def _view(ctx: Context, route: Route) -> Reply:
    return {
        "VpnInstanceId": route.gateway_id,
        "NextHop": route.next_hop,
        **next_hop_tunnel(ctx, route),
        "RouteSource": route.source,
        "RouteDest": route.dest,
        "Priority": route.priority,
        "Weight": route.weight,
        "State": route_state(route),
        "CreateTime": milliseconds(route.created),
    }
