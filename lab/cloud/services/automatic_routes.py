"""Policy routes that a connection makes for itself (AutoConfigRoute): one per pair of subnets, not published."""

from __future__ import annotations

from lab.cloud.errors import ApiError
from lab.cloud.model import Route, VpnConnection
from lab.cloud.services.context import Context

ANYWHERE = "0.0.0.0/0"


def wanted_pairs(connection: VpnConnection) -> list[tuple[str, str]]:
    """(source, destination) of the routes; none in destination routing mode or without AutoConfigRoute."""
    if not connection.auto_config_route or connection.local_subnets == [ANYWHERE]:
        return []
    return [(local, remote) for local in connection.local_subnets for remote in connection.remote_subnets]


def check_quota(ctx: Context, connection: VpnConnection) -> None:
    """Raise QuotaExceeded.PolicyBasedRoute when the gateway cannot hold the connection's routes."""
    pairs = wanted_pairs(connection)
    others = [
        route
        for route in ctx.region.routes.values()
        if route.gateway_id == connection.gateway_id
        and route.source is not None
        and not (route.automatic and route.next_hop == connection.id)
    ]
    limit = ctx.settings.quotas.policy_routes_per_gateway
    if pairs and len(others) + len(pairs) > limit:
        message = f"The routes of the connection exceed the quota of {limit} policy-based routes of the gateway."
        raise ApiError(400, "QuotaExceeded.PolicyBasedRoute", message)


def replace_routes(ctx: Context, connection: VpnConnection) -> None:
    """Make the automatic routes of the connection those it wants; a route that stays keeps its publication."""
    wanted = wanted_pairs(connection)
    existing = {
        (route.source, route.dest): route
        for route in ctx.region.routes.values()
        if route.next_hop == connection.id and route.source is not None
    }
    for pair, route in existing.items():
        if route.automatic and pair not in wanted:
            del ctx.region.routes[route.id]
    for source, dest in wanted:
        if (source, dest) not in existing:
            route = Route(
                ctx.ids.resource("rte"),
                ctx.now,
                gateway_id=connection.gateway_id,
                next_hop=connection.id,
                source=source,
                dest=dest,
                automatic=True,
            )
            ctx.region.routes[route.id] = route


def remove_routes(ctx: Context, connection: VpnConnection) -> None:
    """Remove the automatic routes of a connection that goes away."""
    for route in [item for item in ctx.region.routes.values() if item.next_hop == connection.id and item.automatic]:
        del ctx.region.routes[route.id]
