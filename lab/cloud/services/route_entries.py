"""Routes of a route table: CreateRouteEntry, ModifyRouteEntry, DeleteRouteEntry, DescribeRouteEntryList."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, invalid, missing, not_found
from lab.cloud.model import Route, RouteEntry, RouteTable
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, require, token_page
from lab.cloud.services.gateways import NOT_FOUND as GATEWAY_NOT_FOUND
from lab.cloud.services.remote_access import pools
from lab.cloud.services.route_tables import NOT_FOUND as TABLE_NOT_FOUND
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidRouteEntry.NotFound"
SERVICE_CIDR = "100.64.0.0/10"
# The form of the ids that a route can point at, by type of next hop.
NEXT_HOPS = {
    "Instance": "i-",
    "HaVip": "havip-",
    "RouterInterface": "ri-",
    "NetworkInterface": "eni-",
    "VpnGateway": "vpn-",
    "IPv6Gateway": "ipv6gw-",
    "NatGateway": "ngw-",
    "Attachment": "tr-attach-",
    "VpcPeer": "pcc-",
    "Ipv4Gateway": "ipv4gw-",
    "GatewayEndpoint": "vpce-",
    "Ecr": "ecr-",
}


def create_route_entry(ctx: Context, params: Params) -> Reply:
    """CreateRouteEntry: Pending, then Available. A table takes a destination once."""
    table = require(ctx.region.route_tables, params["RouteTableId"], TABLE_NOT_FOUND, "route table")
    if table.status != "Available":
        raise ApiError(400, "IncorrectStatus.RouteTableStatus", f"The route table {table.id} is {table.status}.")
    kind = choice(params, "NextHopType", NEXT_HOPS, "Instance")
    entry = RouteEntry(
        ctx.ids.resource("rte"),
        ctx.now,
        table_id=table.id,
        dest=_destination(params["DestinationCidrBlock"]),
        hop_type=kind,
        hop_id=_next_hop(ctx, table, kind, params.get("NextHopId"), "NextHopId"),
        name=rules.text("RouteEntryName", params.get("RouteEntryName"), 128, "InvalidRouteEntryName.Malformed"),
        description=rules.text("Description", params.get("Description"), 256, "InvalidDescription"),
    )
    if any(row["DestinationCidrBlock"] == entry.dest for row in _rows(ctx, table)):
        raise ApiError(400, "RouterEntryConflict.Duplicated", f"The route table already has a route to {entry.dest}.")
    limit = ctx.settings.quotas.routes_per_table
    if sum(other.table_id == table.id for other in ctx.region.route_entries.values()) >= limit:
        raise ApiError(400, "QuotaExceeded.RouteEntry", f"The quota of {limit} custom routes is used up.")
    ctx.commit(params)
    ctx.add(ctx.region.route_entries, entry)
    _settle(ctx, entry)
    return {"RouteEntryId": entry.id}


def modify_route_entry(ctx: Context, params: Params) -> Reply:
    """ModifyRouteEntry: name, description, next hop of a custom route."""
    entry = _find(ctx, params)
    table = ctx.region.route_tables[entry.table_id]
    name = rules.text("RouteEntryName", params.get("RouteEntryName"), 128, "InvalidRouteEntryName.Malformed")
    description = rules.text("Description", params.get("Description"), 256, "InvalidDescription")
    kind = choice(params, "NewNextHopType", NEXT_HOPS, entry.hop_type)
    hop = entry.hop_id
    if "NewNextHopId" in params or "NewNextHopType" in params:
        hop = _next_hop(ctx, table, kind, params.get("NewNextHopId"), "NewNextHopId")
    ctx.commit(params)
    entry.name, entry.description = name or entry.name, description or entry.description
    entry.hop_type, entry.hop_id, entry.status = kind, hop, "Modifying"
    _settle(ctx, entry)
    return {}


def delete_route_entry(ctx: Context, params: Params) -> Reply:
    """DeleteRouteEntry, by id or by table, destination and next hop: Deleting before it is gone."""
    entry = _find(ctx, params)
    if params.get("NextHopId", entry.hop_id) != entry.hop_id:
        raise ApiError(404, NOT_FOUND, "The specified route entry does not exist.")
    ctx.commit(params)
    entry.status = "Deleting"
    ctx.start(Step(ctx.settings.delays.route_entry, [Effect("route_entries", entry.id)], barrier=True))
    return {}


def describe_route_entry_list(ctx: Context, params: Params) -> Reply:
    """DescribeRouteEntryList: vSwitches, the service network, custom routes; in a system table published VPN ones."""
    table = ctx.region.route_tables.get(params["RouteTableId"])
    if table is None:
        raise not_found(TABLE_NOT_FOUND, "route table", params["RouteTableId"])
    entries = [row for row in _rows(ctx, table) if _matches(params, row)]
    selected, following = token_page(params, entries, "MaxResult", 10, 100)
    return {**following, "TotalCount": len(entries), "RouteEntrys": {"RouteEntry": selected}}


def published_routes(routes: Iterable[Route]) -> list[tuple[str, str]]:
    """(destination, gateway id) of published VPN routes, each once."""
    return sorted({(route.dest, route.gateway_id) for route in routes if route.published})


def _rows(ctx: Context, table: RouteTable) -> list[dict[str, Any]]:
    vswitches = [item for item in ctx.region.vswitches.values() if item.vpc_id == table.vpc_id]
    rows = [_row(table, item.cidr, "System", "local", "", item.created) for item in vswitches]
    rows.append(_row(table, SERVICE_CIDR, "System", "service", "", table.created))
    if table.system:
        gateways = {item.id for item in ctx.region.vpn_gateways.values() if item.vpc_id == table.vpc_id}
        routes = [route for route in ctx.region.routes.values() if route.gateway_id in gateways]
        rows += [
            _row(table, dest, "Custom", "VpnGateway", hop, table.created) for dest, hop in published_routes(routes)
        ]
        rows += [
            _row(table, pool, "Custom", "VpnGateway", hop, table.created)
            for pool, hop, _server in pools(ctx.region)
            if hop in gateways
        ]
    for entry in ctx.readable(item for item in ctx.region.route_entries.values() if item.table_id == table.id):
        row = _row(table, entry.dest, "Custom", entry.hop_type, entry.hop_id, entry.created)
        own = {"RouteEntryId": entry.id, "RouteEntryName": entry.name, "Description": entry.description}
        rows.append({**row, **own, "Status": entry.status})
    return rows


def _row(table: RouteTable, dest: str, kind: str, hop_type: str, hop: str, modified: float) -> dict[str, Any]:
    return {
        "RouteEntryId": f"rte-{table.id.removeprefix('vtb-')}-{dest.replace('/', '-')}",
        "RouteTableId": table.id,
        "DestinationCidrBlock": dest,
        "Type": kind,
        "Status": "Available",
        "IpVersion": "IPv4",
        "RouteEntryName": "",
        "Description": "",
        "GmtModified": iso(modified),
        "NextHops": {"NextHop": [{"NextHopType": hop_type, "NextHopId": hop, "Enabled": 1, "Weight": 0}]},
    }


def _matches(params: Params, entry: dict[str, Any]) -> bool:
    hop = entry["NextHops"]["NextHop"][0]
    fields = {
        "DestinationCidrBlock": entry["DestinationCidrBlock"],
        "IpVersion": entry["IpVersion"].lower(),
        "NextHopId": hop["NextHopId"],
        "NextHopType": hop["NextHopType"],
        "RouteEntryId": entry["RouteEntryId"],
        "RouteEntryName": entry["RouteEntryName"],
        "RouteEntryType": entry["Type"],
    }
    wanted = {name: params[name].lower() if name == "IpVersion" else params[name] for name in fields if name in params}
    listed = params.get("DestCidrBlockList", [entry["DestinationCidrBlock"]])
    return entry["DestinationCidrBlock"] in listed and all(fields[name] == value for name, value in wanted.items())


def _settle(ctx: Context, entry: RouteEntry) -> None:
    effects = [Effect("route_entries", entry.id, "status", "Available")]
    ctx.start(Step(ctx.settings.delays.route_entry, effects, barrier=True))


def _destination(value: str) -> str:
    parsed = rules.network(value)
    if parsed is None or parsed.subnet_of(rules.SHARED):
        message = "DestinationCidrBlock must be an IPv4 network outside 100.64.0.0/10."
        raise ApiError(400, "InvalidDestCidrBlock.Malformed", message)
    return str(parsed)


def _next_hop(ctx: Context, table: RouteTable, kind: str, identifier: str | None, parameter: str) -> str:
    if identifier is None:
        raise missing(parameter)
    if not identifier.startswith(NEXT_HOPS[kind]):
        raise invalid(parameter, f"it is not the id of a next hop of type {kind}")
    if kind == "VpnGateway":
        own = {key: item for key, item in ctx.region.vpn_gateways.items() if item.vpc_id == table.vpc_id}
        gateway = require(own, identifier, GATEWAY_NOT_FOUND, "VPN gateway of the VPC")
        if gateway.status not in ("active", "updating"):
            raise ApiError(400, "IncorrectStatus.VpnGateway", f"The VPN gateway {gateway.id} is {gateway.status}.")
    return identifier


def _find(ctx: Context, params: Params) -> RouteEntry:
    if "RouteEntryId" not in params and not {"RouteTableId", "DestinationCidrBlock"} <= params.keys():
        raise missing("RouteEntryId")
    for entry in ctx.region.route_entries.values():
        named = (
            params.get("RouteEntryId", entry.id) == entry.id
            and params.get("RouteTableId", entry.table_id) == entry.table_id
            and params.get("DestinationCidrBlock", entry.dest) == entry.dest
        )
        if named:
            if entry.status != "Available":
                raise ApiError(400, "IncorrectRouteEntryStatus", f"The route {entry.id} is {entry.status}.")
            return entry
    rows = (row for table in ctx.region.route_tables.values() for row in _rows(ctx, table))
    if any(row["RouteEntryId"] == params.get("RouteEntryId") for row in rows):
        raise ApiError(400, "OperationUnsupported.RouteEntry", "The specified route entry was not made by a user.")
    raise ApiError(404, NOT_FOUND, "The specified route entry does not exist.")
