"""Routes of IPsec connections for transit routers (VcoRouteEntry): create, delete, weight, describe."""

from __future__ import annotations

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, invalid, not_found, quota_full
from lab.cloud.model import Route, VpnAttachment
from lab.cloud.services import rules
from lab.cloud.services.connection_views import NOT_FOUND as CONNECTION_NOT_FOUND
from lab.cloud.services.context import Context, Params, Reply, choice, page, require
from lab.cloud.services.routing import NOT_FOUND, check_overlay, weight
from lab.cloud.state import Effect, Step


def create_vco_route_entry(ctx: Context, params: Params) -> Reply:
    """CreateVcoRouteEntry: the connection must be attached, and is itself the next hop."""
    attachment = _attached(ctx, params)
    check_overlay(params)
    _check_next_hop(attachment, params)
    route = Route(
        ctx.ids.resource("rte"),
        ctx.now,
        gateway_id=attachment.id,
        next_hop=attachment.id,
        dest=rules.routed_network("RouteDest", params["RouteDest"]),
        weight=weight(params),
        published=True,
        description=rules.text("Description", params.get("Description"), 100, "InvalidDescription"),
    )
    existing = _routes(ctx, attachment)
    if any(other.dest == route.dest for other in existing):
        raise ApiError(400, "VcoRouteEntry.AlreadyExists", f"The route to {route.dest} already exists.")
    limit = ctx.settings.quotas.routes_per_gateway
    if len(existing) >= limit:
        raise quota_full(f"routes of {attachment.id}", limit)
    ctx.commit(params)
    ctx.add(ctx.region.vco_routes, route)
    _configure(ctx, attachment)
    view = {name: value for name, value in _view(route).items() if name not in ("RouteEntryType", "Source")}
    del view["NextHopTunnelIdList"]
    return {**view, "OverlayMode": route.overlay_mode, "Description": route.description}


def delete_vco_route_entry(ctx: Context, params: Params) -> Reply:
    """DeleteVcoRouteEntry. Every part of the key must match, the weight too."""
    attachment, route = _found(ctx, params)
    ctx.commit(params)
    del ctx.region.vco_routes[route.id]
    _configure(ctx, attachment)
    return {}


def modify_vco_route_entry_weight(ctx: Context, params: Params) -> Reply:
    """ModifyVcoRouteEntryWeight."""
    attachment, route = _found(ctx, params)
    value = weight(params, "NewWeight")
    ctx.commit(params)
    route.weight = value
    _configure(ctx, attachment)
    return {}


def describe_vco_route_entries(ctx: Context, params: Params) -> Reply:
    """DescribeVcoRouteEntries: those made by users; no BGP session ever learns one."""
    attachment = ctx.read(ctx.region.attachments, params["VpnConnectionId"], CONNECTION_NOT_FOUND, "IPsec connection")
    kind = choice(params, "RouteEntryType", ("custom", "bgp"), "custom")
    found = ctx.readable(_routes(ctx, attachment)) if kind == "custom" else []
    selected, paging = page(params, found)
    counts = [{"RouteCount": len(found), "RouteEntryType": kind, "Source": "CLOUD"}]
    return {**paging, "VcoRouteEntries": [_view(route) for route in selected], "VpnRouteCounts": counts}


def _attached(ctx: Context, params: Params) -> VpnAttachment:
    attachment = require(ctx.region.attachments, params["VpnConnectionId"], CONNECTION_NOT_FOUND, "IPsec connection")
    if attachment.state == "init":
        message = f"{attachment.id} is not attached to a transit router."
        raise ApiError(400, "OperationUnsupported.VcoNotAttached", message)
    if attachment.state != "attached":
        raise ApiError(400, "VpnConnection.Configuring", f"The IPsec connection {attachment.id} is being configured.")
    return attachment


def _check_next_hop(attachment: VpnAttachment, params: Params) -> None:
    if params["NextHop"] != attachment.id:
        raise invalid("NextHop", "it must be the IPsec connection itself")


def _found(ctx: Context, params: Params) -> tuple[VpnAttachment, Route]:
    attachment = _attached(ctx, params)
    check_overlay(params)
    _check_next_hop(attachment, params)
    for route in _routes(ctx, attachment):
        if route.dest == params["RouteDest"] and route.weight == params["Weight"]:
            return attachment, route
    raise not_found(NOT_FOUND, "route to", params["RouteDest"])


def _routes(ctx: Context, attachment: VpnAttachment) -> list[Route]:
    return [route for route in ctx.region.vco_routes.values() if route.gateway_id == attachment.id]


def _configure(ctx: Context, attachment: VpnAttachment) -> None:
    attachment.state = "updating"
    ctx.start(Step(ctx.settings.delays.child, [Effect("attachments", attachment.id, "state", "attached")]))


def _view(route: Route) -> Reply:
    return {
        "VpnConnectionId": route.gateway_id,
        "RouteDest": route.dest,
        "NextHop": route.next_hop,
        "NextHopTunnelIdList": [],
        "RouteEntryType": "custom",
        "Source": "CLOUD",
        "State": "published",
        "Weight": route.weight,
        "CreateTime": milliseconds(route.created),
    }
