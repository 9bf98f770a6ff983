"""Enhanced VPN gateways: create, update, delete. They are read like the others."""

from __future__ import annotations

from lab.cloud.errors import ApiError, quota_full
from lab.cloud.model import VpnGateway
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice
from lab.cloud.services.gateways import (
    BANDWIDTHS,
    ENHANCED,
    change_gateway,
    gateway_addresses,
    gateway_vswitches,
    gateways_left,
    release_gateway,
    start_gateway,
)
from lab.cloud.services.vpcs import available_vpc


def create_enhanced_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """CreateEnhancedVpnGateway: always two endpoints in two zones, no bandwidth, no SSL, paid by use."""
    choice(params, "GatewayType", (ENHANCED,), "")
    choice(params, "VpnType", ("Normal",), "Normal")
    network_type = choice(params, "NetworkType", BANDWIDTHS, "public")
    name = rules.gateway_name(params["Name"]) if "Name" in params else ""
    resource_group = rules.resource_group(params.get("ResourceGroupId"))
    vpc = available_vpc(ctx, params["VpcId"])
    if not (params.get("VSwitchId") and params.get("DisasterRecoveryVSwitchId")):
        raise ApiError(400, "InvalidVSwitchId.NotFound", "The specified vSwitch does not exist.")
    vswitch_ids = gateway_vswitches(ctx, params, vpc.id)
    if not gateways_left(ctx):
        raise quota_full("VPN gateways of the account", ctx.settings.quotas.vpn_gateways)
    gateway = VpnGateway(
        ctx.ids.resource("vpn"),
        ctx.now,
        vpc_id=vpc.id,
        vswitch_ids=vswitch_ids,
        network_type=network_type,
        gateway_type=ENHANCED,
        resource_group_id=resource_group,
    )
    gateway.name = name or gateway.id
    gateway.addresses = gateway_addresses(ctx, gateway)
    ctx.commit(params)
    ctx.add(ctx.region.vpn_gateways, gateway)
    start_gateway(ctx, gateway)
    return {"VpnGatewayId": gateway.id, "Name": gateway.name}


def update_enhanced_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """UpdateEnhancedVpnGateway: name, description, automatic propagation of BGP routes."""
    change_gateway(ctx, params, ENHANCED)
    return {}


def delete_enhanced_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """DeleteEnhancedVpnGateway. Refused while it has IPsec connections."""
    release_gateway(ctx, params, ENHANCED)
    return {}
