"""vSwitches: CreateVSwitch, DescribeVSwitches, DescribeVSwitchAttributes, ModifyVSwitchAttribute, DeleteVSwitch."""

from __future__ import annotations

import ipaddress

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, quota_full
from lab.cloud.model import Vpc, VSwitch
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, comma_list, page, require, tag_list, tags_match
from lab.cloud.services.route_tables import table_of
from lab.cloud.services.vpcs import OWNER_ID, available_vpc
from lab.cloud.settings import zones
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidVswitchID.NotFound"


def create_vswitch(ctx: Context, params: Params) -> Reply:
    """CreateVSwitch. The vSwitch is Pending, then Available."""
    vpc = available_vpc(ctx, params["VpcId"])
    if params["ZoneId"] not in zones(ctx.region.id):
        raise ApiError(404, "InvalidZoneId.NotFound", "The specified ZoneId does not exist in the region.")
    cidr = rules.network(params["CidrBlock"])
    if cidr is None or not 16 <= cidr.prefixlen <= 29 or not cidr.subnet_of(ipaddress.IPv4Network(vpc.cidr)):
        message = "CidrBlock must be a /16 to /29 network inside the VPC's CIDR block."
        raise ApiError(400, "InvalidCidrBlock.Malformed", message)
    siblings = [other for other in ctx.region.vswitches.values() if other.vpc_id == vpc.id]
    if any(cidr.overlaps(ipaddress.IPv4Network(other.cidr)) for other in siblings):
        raise ApiError(400, "InvalidCidrBlock.Overlapped", f"{cidr} overlaps another vSwitch of the VPC.")
    published = {route.dest for route in ctx.region.routes.values() if route.published}
    tables = {table.id for table in ctx.region.route_tables.values() if table.vpc_id == vpc.id}
    published |= {entry.dest for entry in ctx.region.route_entries.values() if entry.table_id in tables}
    if str(cidr) in published:
        raise ApiError(400, "InvalidCidrBlock.Overlapped", f"{cidr} is the destination of a route of the VPC.")
    quota = ctx.settings.quotas
    vswitch = VSwitch(
        ctx.ids.resource("vsw"),
        ctx.now,
        rules.tags(params.get("Tag", ()), "Tag", 128, quota.tags_per_resource),
        vpc_id=vpc.id,
        zone=params["ZoneId"],
        cidr=str(cidr),
        name=rules.text("VSwitchName", params.get("VSwitchName"), 128, "InvalidVSwitchName.Malformed"),
        description=rules.text("Description", params.get("Description"), 256, "InvalidDescription"),
    )
    if len(siblings) >= quota.vswitches_per_vpc:
        raise quota_full("vSwitches in the VPC", quota.vswitches_per_vpc)
    ctx.commit(params)
    ctx.add(ctx.region.vswitches, vswitch)
    ctx.start(Step(ctx.settings.delays.vswitch, [Effect("vswitches", vswitch.id, "status", "Available")]))
    return {"VSwitchId": vswitch.id}


def describe_vswitches(ctx: Context, params: Params) -> Reply:
    """DescribeVSwitches, filtered by id, VPC, zone, name, tags and route table."""
    identifiers = comma_list(params.get("VSwitchId"))
    found = [
        vswitch
        for vswitch in ctx.readable(ctx.region.vswitches.values())
        if (not identifiers or vswitch.id in identifiers)
        and params.get("VpcId", vswitch.vpc_id) == vswitch.vpc_id
        and params.get("ZoneId", vswitch.zone) == vswitch.zone
        and params.get("VSwitchName", vswitch.name) == vswitch.name
        and params.get("VSwitchOwnerId", OWNER_ID) == OWNER_ID
        and params.get("RouteTableId", table_of(ctx.region, vswitch).id) == table_of(ctx.region, vswitch).id
        and params.get("ResourceGroupId", _vpc(ctx, vswitch).resource_group_id) == _vpc(ctx, vswitch).resource_group_id
        and not params.get("IsDefault")
        and tags_match(vswitch.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "VSwitches": {"VSwitch": [_view(ctx, vswitch) for vswitch in selected]}}


def describe_vswitch_attributes(ctx: Context, params: Params) -> Reply:
    """DescribeVSwitchAttributes."""
    return _view(ctx, ctx.read(ctx.region.vswitches, params["VSwitchId"], NOT_FOUND, "vSwitch"))


def modify_vswitch_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVSwitchAttribute: name and description."""
    vswitch = require(ctx.region.vswitches, params["VSwitchId"], NOT_FOUND, "vSwitch")
    name = rules.text("VSwitchName", params.get("VSwitchName"), 128, "InvalidVSwitchName.Malformed")
    description = rules.text("Description", params.get("Description"), 256, "InvalidDescription")
    ctx.commit(params)
    vswitch.name = name or vswitch.name
    vswitch.description = description or vswitch.description
    return {}


def delete_vswitch(ctx: Context, params: Params) -> Reply:
    """DeleteVSwitch. Refused while a VPN gateway or an instance sits in it, or has not let go of it yet."""
    vswitch = require(ctx.region.vswitches, params["VSwitchId"], NOT_FOUND, "vSwitch")
    if vswitch.status != "Available":
        raise ApiError(400, "IncorrectVSwitchStatus", f"The vSwitch {vswitch.id} is not Available.")
    users = [gateway for gateway in ctx.region.vpn_gateways.values() if vswitch.id in gateway.vswitch_ids]
    if users or vswitch.held or _instances(ctx, vswitch):
        raise ApiError(400, "DependencyViolation", f"The vSwitch {vswitch.id} is in use.")
    if vswitch.network_acl_id:
        raise ApiError(400, "DependencyViolation.NetworkAcl", f"{vswitch.id} is associated with a network ACL.")
    if vswitch.route_table_id:
        raise ApiError(400, "DependencyViolation.RouteTable", f"{vswitch.id} is associated with a custom route table.")
    ctx.commit(params)
    del ctx.region.vswitches[vswitch.id]
    return {}


def _instances(ctx: Context, vswitch: VSwitch) -> int:
    return sum(instance.vswitch_id == vswitch.id for instance in ctx.region.instances.values())


def _vpc(ctx: Context, vswitch: VSwitch) -> Vpc:
    return ctx.region.vpcs[vswitch.vpc_id]


def _view(ctx: Context, vswitch: VSwitch) -> Reply:
    vpc, table = _vpc(ctx, vswitch), table_of(ctx.region, vswitch)
    cidr = ipaddress.IPv4Network(vswitch.cidr)
    # The cloud keeps the first address and the last three of every vSwitch.
    used = sum(vswitch.id in gateway.vswitch_ids for gateway in ctx.region.vpn_gateways.values())
    used += _instances(ctx, vswitch)
    return {
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "VpcId": vswitch.vpc_id,
        "ZoneId": vswitch.zone,
        "CidrBlock": vswitch.cidr,
        "Description": vswitch.description,
        "Status": vswitch.status,
        "AvailableIpAddressCount": cidr.num_addresses - 4 - used,
        "CreationTime": iso(vswitch.created),
        "IsDefault": False,
        "EnabledIpv6": False,
        "NetworkAclId": vswitch.network_acl_id,
        "OwnerId": OWNER_ID,
        "ResourceGroupId": vpc.resource_group_id,
        "RouteTable": {"RouteTableId": table.id, "RouteTableType": "System" if table.system else "Custom"},
        "Tags": {"Tag": tag_list(vswitch.tags)},
    }
