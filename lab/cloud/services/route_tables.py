"""Route tables: the system table of each VPC and custom ones, which vSwitches are associated with."""

from __future__ import annotations

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, quota_full
from lab.cloud.model import Region, RouteTable, VSwitch
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, page, require, tag_list, tags_match
from lab.cloud.services.vpcs import OWNER_ID, available_vpc
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidRouteTableId.NotFound"


def create_route_table(ctx: Context, params: Params) -> Reply:
    """CreateRouteTable: Pending, then Available. Gateway route tables are not modelled."""
    choice(params, "AssociateType", ("VSwitch",), "VSwitch")
    table = RouteTable(
        ctx.ids.resource("vtb"),
        ctx.now,
        rules.tags(params.get("Tag", ()), "Tag", 128, ctx.settings.quotas.tags_per_resource),
        vpc_id=available_vpc(ctx, params["VpcId"]).id,
        name=rules.text("RouteTableName", params.get("RouteTableName"), 128, "InvalidRouteTableName.Malformed"),
        description=rules.text("Description", params.get("Description"), 256, "InvalidDescription"),
        status="Pending",
    )
    limit = ctx.settings.quotas.route_tables_per_vpc
    siblings = [item for item in ctx.region.route_tables.values() if item.vpc_id == table.vpc_id and not item.system]
    if len(siblings) >= limit:
        raise quota_full("custom route tables in the VPC", limit)
    ctx.commit(params)
    ctx.add(ctx.region.route_tables, table)
    _settle(ctx, table)
    return {"RouteTableId": table.id}


def modify_route_table_attributes(ctx: Context, params: Params) -> Reply:
    """ModifyRouteTableAttributes: name, description, whether dynamic routes are taken. Of a system table too."""
    table = require(ctx.region.route_tables, params["RouteTableId"], NOT_FOUND, "route table")
    name = rules.text("RouteTableName", params.get("RouteTableName"), 128, "InvalidRouteTableName.Malformed")
    description = rules.text("Description", params.get("Description"), 256, "InvalidDescription")
    ctx.commit(params)
    table.name, table.description = name or table.name, description or table.description
    table.propagation = params.get("RoutePropagationEnable", table.propagation)
    return {}


def delete_route_table(ctx: Context, params: Params) -> Reply:
    """DeleteRouteTable: a custom one without vSwitches and custom routes."""
    table = _writable(ctx, params)
    if table.system:
        raise ApiError(400, "OperationDenied.SystemRouteTable", f"{table.id} is the system route table of its VPC.")
    if any(item.route_table_id == table.id for item in ctx.region.vswitches.values()):
        raise ApiError(400, "DependencyViolation.VSwitch", f"{table.id} is associated with vSwitches.")
    if any(entry.table_id == table.id for entry in ctx.region.route_entries.values()):
        raise ApiError(400, "DependencyViolation.RouteEntry", f"{table.id} still has custom routes.")
    ctx.commit(params)
    del ctx.region.route_tables[table.id]
    return {}


def associate_route_table(ctx: Context, params: Params) -> Reply:
    """AssociateRouteTable: a custom table with a vSwitch of its VPC that has no other custom table."""
    table, vswitch = _pair(ctx, params)
    if vswitch.route_table_id:
        message = f"{vswitch.id} is associated with {vswitch.route_table_id}."
        raise ApiError(400, "OperationFailed.AlreadyAssociated", message)
    ctx.commit(params)
    vswitch.route_table_id = table.id
    table.status = "Pending"
    _settle(ctx, table)
    return {}


def unassociate_route_table(ctx: Context, params: Params) -> Reply:
    """UnassociateRouteTable: the vSwitch goes back to the system table."""
    table, vswitch = _pair(ctx, params)
    if vswitch.route_table_id != table.id:
        raise ApiError(400, "OperationFailed.NotAssociated", f"{vswitch.id} is not associated with {table.id}.")
    ctx.commit(params)
    vswitch.route_table_id = ""
    table.status = "Pending"
    _settle(ctx, table)
    return {}


def describe_route_table_list(ctx: Context, params: Params) -> Reply:
    """DescribeRouteTableList, by VPC, id, router, type, name, resource group and tags."""
    found = [
        table
        for table in ctx.readable(ctx.region.route_tables.values())
        if params.get("VpcId", table.vpc_id) == table.vpc_id
        and params.get("RouteTableId", table.id) == table.id
        and params.get("RouterId", ctx.region.vpcs[table.vpc_id].vrouter_id) == ctx.region.vpcs[table.vpc_id].vrouter_id
        and params.get("RouterType", "VRouter") == "VRouter"
        and params.get("RouteTableType", _type(table)) == _type(table)
        and params.get("RouteTableName", table.name) == table.name
        and params.get("ResourceGroupId", _group(ctx, table)) == _group(ctx, table)
        and tags_match(table.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "RouterTableList": {"RouterTableListType": [_view(ctx, table) for table in selected]}}


def table_of(region: Region, vswitch: VSwitch) -> RouteTable:
    """The route table of a vSwitch: its custom one, else the system table of the VPC."""
    return region.route_tables[vswitch.route_table_id or region.vpcs[vswitch.vpc_id].route_table_id]


def _type(table: RouteTable) -> str:
    return "System" if table.system else "Custom"


def _group(ctx: Context, table: RouteTable) -> str:
    return ctx.region.vpcs[table.vpc_id].resource_group_id


def _settle(ctx: Context, table: RouteTable) -> None:
    ctx.start(Step(ctx.settings.delays.route_table, [Effect("route_tables", table.id, "status", "Available")]))


def _writable(ctx: Context, params: Params) -> RouteTable:
    table = require(ctx.region.route_tables, params["RouteTableId"], NOT_FOUND, "route table")
    if table.status != "Available":
        raise ApiError(400, "IncorrectStatus.RouteTableStatus", f"The route table {table.id} is {table.status}.")
    return table


def _pair(ctx: Context, params: Params) -> tuple[RouteTable, VSwitch]:
    table = _writable(ctx, params)
    own = {key: item for key, item in ctx.region.vswitches.items() if item.vpc_id == table.vpc_id}
    vswitch = require(own, params["VSwitchId"], "InvalidVSwitchId.NotFound", "vSwitch of the VPC")
    if table.system:
        raise ApiError(400, "OperationDenied.SystemRouteTable", f"{table.id} is the system route table of its VPC.")
    if vswitch.status != "Available":
        raise ApiError(400, "IncorrectVSwitchStatus", f"The vSwitch {vswitch.id} is not Available.")
    return table, vswitch


def _view(ctx: Context, table: RouteTable) -> Reply:
    own = [item for item in ctx.region.vswitches.values() if item.vpc_id == table.vpc_id]
    return {
        "RouteTableId": table.id,
        "RouteTableName": table.name,
        "RouteTableType": _type(table),
        "RouterId": ctx.region.vpcs[table.vpc_id].vrouter_id,
        "RouterType": "VRouter",
        "VpcId": table.vpc_id,
        "AssociateType": "VSwitch",
        "Description": table.description,
        "OwnerId": OWNER_ID,
        "ResourceGroupId": _group(ctx, table),
        "RoutePropagationEnable": table.propagation,
        "Status": table.status,
        "CreationTime": iso(table.created),
        "VSwitchIds": {"VSwitchId": [item.id for item in own if table_of(ctx.region, item) is table]},
        "Tags": {"Tag": tag_list(table.tags)},
    }
