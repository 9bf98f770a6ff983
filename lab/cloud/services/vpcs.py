"""VPCs: CreateVpc, DescribeVpcs, DescribeVpcAttribute, ModifyVpcAttribute, DeleteVpc."""

from __future__ import annotations

import ipaddress

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, invalid, not_found
from lab.cloud.model import Region, RouteTable, Vpc
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, comma_list, page, require, tag_list, tags_match
from lab.cloud.state import Effect, Step

OWNER_ID = 1000000000000001
NOT_FOUND = "InvalidVpcID.NotFound"


def create_vpc(ctx: Context, params: Params) -> Reply:
    """CreateVpc. The VPC is Pending, then Available."""
    quota = ctx.settings.quotas
    cidr = _vpc_cidr(params.get("CidrBlock", "172.16.0.0/12"))
    user_cidrs = [_user_cidr(item) for item in comma_list(params.get("UserCidr"))]
    if len(user_cidrs) > 3:
        raise invalid("UserCidr", "at most three CIDR blocks can be given")
    vpc = Vpc(
        ctx.ids.resource("vpc"),
        ctx.now,
        rules.tags(params.get("Tag", ()), "Tag", 128, quota.tags_per_resource),
        cidr=cidr,
        name=rules.text("VpcName", params.get("VpcName"), 128, "InvalidVpcName.Malformed"),
        description=rules.text("Description", params.get("Description"), 256, "InvalidDescription"),
        user_cidrs=user_cidrs,
        resource_group_id=rules.resource_group(params.get("ResourceGroupId")),
        vrouter_id=ctx.ids.resource("vrt"),
        route_table_id=ctx.ids.resource("vtb"),
        dns_hostname=params.get("EnableDnsHostname", False),
    )
    if len(ctx.region.vpcs) >= quota.vpcs:
        raise ApiError(400, "QuotaExceeded.Vpc", f"The quota of {quota.vpcs} VPCs in the region is used up.")
    ctx.commit(params)
    ctx.add(ctx.region.vpcs, vpc)
    ctx.region.route_tables[vpc.route_table_id] = system_table(vpc)
    ctx.start(Step(ctx.settings.delays.vpc, [Effect("vpcs", vpc.id, "status", "Available")]))
    return {
        "VpcId": vpc.id,
        "VRouterId": vpc.vrouter_id,
        "RouteTableId": vpc.route_table_id,
        "ResourceGroupId": vpc.resource_group_id,
    }


def describe_vpcs(ctx: Context, params: Params) -> Reply:
    """DescribeVpcs, filtered by id list, name, tags, resource group and default flag."""
    identifiers = comma_list(params.get("VpcId"))
    if len(identifiers) > 20:
        raise invalid("VpcId", "at most 20 ids can be given")
    found = [
        vpc
        for vpc in ctx.readable(ctx.region.vpcs.values())
        if (not identifiers or vpc.id in identifiers)
        and params.get("VpcName", vpc.name) == vpc.name
        and params.get("ResourceGroupId", vpc.resource_group_id) == vpc.resource_group_id
        and params.get("VpcOwnerId", OWNER_ID) == OWNER_ID
        and not params.get("IsDefault")
        and tags_match(vpc.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "Vpcs": {"Vpc": [_list_view(ctx, vpc) for vpc in selected]}}


def describe_vpc_attribute(ctx: Context, params: Params) -> Reply:
    """DescribeVpcAttribute."""
    vpc = ctx.read(ctx.region.vpcs, params["VpcId"], NOT_FOUND, "VPC")
    gateways = sum(gateway.vpc_id == vpc.id for gateway in ctx.region.vpn_gateways.values())
    tables = sum(table.vpc_id == vpc.id for table in ctx.region.route_tables.values())
    counts = {"VSwitch": len(vswitch_ids(ctx.region, vpc.id)), "RouteTable": tables, "VpnGateway": gateways}
    resources = [{"ResourceType": kind, "ResourceCount": count} for kind, count in counts.items() if count]
    return {
        **_view(ctx, vpc),
        "ClassicLinkEnabled": False,
        "CloudResources": {"CloudResourceSetType": resources},
    }


def modify_vpc_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVpcAttribute: name, description, DNS host names, a CIDR block that still holds every vSwitch."""
    vpc = require(ctx.region.vpcs, params["VpcId"], NOT_FOUND, "VPC")
    cidr = _vpc_cidr(params.get("CidrBlock", vpc.cidr))
    inside = [item.cidr for item in ctx.region.vswitches.values() if item.vpc_id == vpc.id]
    if any(not ipaddress.IPv4Network(item).subnet_of(ipaddress.IPv4Network(cidr)) for item in inside):
        message = f"A vSwitch of the VPC {vpc.id} would be outside its CIDR block."
        raise ApiError(400, "InvalidCidrBlock.VSwitchOutside", message)
    name = rules.text("VpcName", params.get("VpcName"), 128, "InvalidVpcName.Malformed")
    description = rules.text("Description", params.get("Description"), 256, "InvalidDescription")
    ctx.commit(params)
    vpc.cidr = cidr
    vpc.name = name or vpc.name
    vpc.description = description or vpc.description
    vpc.dns_hostname = params.get("EnableDnsHostname", vpc.dns_hostname)
    return {}


def delete_vpc(ctx: Context, params: Params) -> Reply:
    """DeleteVpc. Refused while it has vSwitches, security groups or VPN gateways; ForceDelete does not change that."""
    vpc = require(ctx.region.vpcs, params["VpcId"], NOT_FOUND, "VPC")
    if vpc.status != "Available":
        raise ApiError(400, "IncorrectVpcStatus", f"The VPC {vpc.id} is not Available.")
    if vswitch_ids(ctx.region, vpc.id):
        raise ApiError(400, "DependencyViolation.VSwitch", f"The VPC {vpc.id} still has vSwitches.")
    if any(group.vpc_id == vpc.id for group in ctx.region.security_groups.values()):
        raise ApiError(400, "DependencyViolation.SecurityGroup", f"The VPC {vpc.id} still has security groups.")
    if any(gateway.vpc_id == vpc.id for gateway in ctx.region.vpn_gateways.values()):
        raise ApiError(400, "DependencyViolation.VpnGateway", f"The VPC {vpc.id} still has a VPN gateway.")
    tables = [table for table in ctx.region.route_tables.values() if table.vpc_id == vpc.id]
    if any(not table.system for table in tables):
        raise ApiError(400, "DependencyViolation.RouteTable", f"The VPC {vpc.id} still has custom route tables.")
    if any(acl.vpc_id == vpc.id for acl in ctx.region.network_acls.values()):
        raise ApiError(400, "DependencyViolation.NetworkAcl", f"The VPC {vpc.id} still has network ACLs.")
    if any(entry.table_id == vpc.route_table_id for entry in ctx.region.route_entries.values()):
        raise ApiError(400, "DependencyViolation.RouteEntry", f"The VPC {vpc.id} still has custom routes.")
    ctx.commit(params)
    del ctx.region.route_tables[vpc.route_table_id]
    del ctx.region.vpcs[vpc.id]
    return {}


def system_table(vpc: Vpc) -> RouteTable:
    """The system route table that a VPC has from the start."""
    return RouteTable(vpc.route_table_id, vpc.created, vpc_id=vpc.id, system=True)


def vswitch_ids(region: Region, vpc_id: str) -> list[str]:
    """Ids of the vSwitches of a VPC."""
    return [vswitch.id for vswitch in region.vswitches.values() if vswitch.vpc_id == vpc_id]


def available_vpc(ctx: Context, vpc_id: str) -> Vpc:
    """The VPC for something created inside it; ApiError when it is missing or still Pending."""
    if vpc_id not in ctx.region.vpcs:
        raise not_found(NOT_FOUND, "VPC", vpc_id)
    vpc = ctx.region.vpcs[vpc_id]
    if vpc.status != "Available":
        raise ApiError(400, "IncorrectVpcStatus", f"The VPC {vpc.id} is not Available.")
    return vpc


def _view(ctx: Context, vpc: Vpc) -> Reply:
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "CidrBlock": vpc.cidr,
        "Description": vpc.description,
        "Status": vpc.status,
        "RegionId": ctx.region.id,
        "OwnerId": OWNER_ID,
        "VRouterId": vpc.vrouter_id,
        "ResourceGroupId": vpc.resource_group_id,
        "CreationTime": iso(vpc.created),
        "IsDefault": False,
        "EnabledIpv6": False,
        "DnsHostnameStatus": "ENABLED" if vpc.dns_hostname else "DISABLED",
        "VSwitchIds": {"VSwitchId": vswitch_ids(ctx.region, vpc.id)},
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": []},
        "UserCidrs": {"UserCidr": list(vpc.user_cidrs)},
        "Tags": {"Tag": tag_list(vpc.tags)},
    }


def _list_view(ctx: Context, vpc: Vpc) -> Reply:
    custom = [table.id for table in ctx.region.route_tables.values() if table.vpc_id == vpc.id and not table.system]
    return {**_view(ctx, vpc), "RouterTableIds": {"RouterTableIds": [vpc.route_table_id, *custom]}}


def _vpc_cidr(value: str) -> str:
    parsed = rules.network(value)
    if parsed is None or not 8 <= parsed.prefixlen <= 28 or any(parsed.overlaps(bad) for bad in rules.UNUSABLE_VPCS):
        raise ApiError(400, "InvalidCidrBlock.Malformed", "CidrBlock is not usable as the CIDR block of a VPC.")
    return str(parsed)


def _user_cidr(value: str) -> str:
    parsed = rules.network(value)
    if parsed is None or parsed.overlaps(ipaddress.IPv4Network("100.64.0.0/10")):
        raise invalid("UserCidr", "it must hold CIDR blocks outside 100.64.0.0/10")
    return str(parsed)
