"""The system route table of a VPC: DescribeRouteTableList, DescribeRouteEntryList."""

from __future__ import annotations

from typing import Any

from lab.cloud.clock import iso
from lab.cloud.errors import not_found
from lab.cloud.model import Route, Vpc
from lab.cloud.services.context import Context, Params, Reply, page, tags_match, token_page
from lab.cloud.services.remote_access import pools
from lab.cloud.services.vpcs import OWNER_ID, vswitch_ids

SERVICE_CIDR = "100.64.0.0/10"


def describe_route_table_list(ctx: Context, params: Params) -> Reply:
    """DescribeRouteTableList: one system table for each VPC."""
    found = [
        vpc
        for vpc in ctx.readable(ctx.region.vpcs.values())
        if params.get("VpcId", vpc.id) == vpc.id
        and params.get("RouteTableId", vpc.route_table_id) == vpc.route_table_id
        and params.get("RouterId", vpc.vrouter_id) == vpc.vrouter_id
        and params.get("RouterType", "VRouter") == "VRouter"
        and params.get("RouteTableType", "System") == "System"
        and params.get("RouteTableName", "") == ""
        and params.get("ResourceGroupId", vpc.resource_group_id) == vpc.resource_group_id
        and tags_match({}, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "RouterTableList": {"RouterTableListType": [_table(ctx, vpc) for vpc in selected]}}


def describe_route_entry_list(ctx: Context, params: Params) -> Reply:
    """DescribeRouteEntryList of a system route table: vSwitches, the service network, published VPN routes."""
    vpc = next((item for item in ctx.region.vpcs.values() if item.route_table_id == params["RouteTableId"]), None)
    if vpc is None:
        raise not_found("InvalidRouteTableId.NotFound", "route table", params["RouteTableId"])
    entries = [entry for entry in _entries(ctx, vpc) if _matches(params, entry)]
    selected, following = token_page(params, entries, "MaxResult", 10, 100)
    return {**following, "TotalCount": len(entries), "RouteEntrys": {"RouteEntry": selected}}


def published_routes(ctx_routes: list[Route]) -> list[tuple[str, str]]:
    """(destination, gateway id) of published VPN routes, each once."""
    return sorted({(route.dest, route.gateway_id) for route in ctx_routes if route.published})


def _table(ctx: Context, vpc: Vpc) -> Reply:
    return {
        "RouteTableId": vpc.route_table_id,
        "RouteTableName": "",
        "RouteTableType": "System",
        "RouterId": vpc.vrouter_id,
        "RouterType": "VRouter",
        "VpcId": vpc.id,
        "AssociateType": "VSwitch",
        "Description": "",
        "OwnerId": OWNER_ID,
        "ResourceGroupId": vpc.resource_group_id,
        "RoutePropagationEnable": True,
        "Status": vpc.status,
        "CreationTime": iso(vpc.created),
        "VSwitchIds": {"VSwitchId": vswitch_ids(ctx.region, vpc.id)},
        "Tags": {"Tag": []},
    }


def _entries(ctx: Context, vpc: Vpc) -> list[dict[str, Any]]:
    vswitches = [item for item in ctx.region.vswitches.values() if item.vpc_id == vpc.id]
    rows = [(item.cidr, "System", "local", "", item.created) for item in vswitches]
    rows.append((SERVICE_CIDR, "System", "service", "", vpc.created))
    gateways = {item.id for item in ctx.region.vpn_gateways.values() if item.vpc_id == vpc.id}
    routes = [route for route in ctx.region.routes.values() if route.gateway_id in gateways]
    rows += [(dest, "Custom", "VpnGateway", hop, vpc.created) for dest, hop in published_routes(routes)]
    rows += [
        (pool, "Custom", "VpnGateway", hop, vpc.created) for pool, hop, _id in pools(ctx.region) if hop in gateways
    ]
    return [
        {
            "RouteEntryId": f"rte-{vpc.route_table_id.removeprefix('vtb-')}-{dest.replace('/', '-')}",
            "RouteTableId": vpc.route_table_id,
            "DestinationCidrBlock": dest,
            "Type": kind,
            "Status": "Available",
            "IpVersion": "IPv4",
            "RouteEntryName": "",
            "Description": "",
            "GmtModified": iso(modified),
            "NextHops": {"NextHop": [{"NextHopType": hop_type, "NextHopId": hop, "Enabled": 1, "Weight": 0}]},
        }
        for dest, kind, hop_type, hop, modified in rows
    ]


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
