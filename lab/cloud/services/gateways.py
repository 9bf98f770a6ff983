"""VPN gateways: create, delete, describe, modify, available zones, resource group, BGP support."""

from __future__ import annotations

import ipaddress
import json

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, gateway_configuring, invalid, not_found, quota_full
from lab.cloud.model import VpnGateway
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, page, require, tag_list, tags_match
from lab.cloud.services.vpcs import available_vpc
from lab.cloud.settings import zones
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidVpnGatewayInstanceId.NotFound"
BANDWIDTHS = {"public": (5, 10, 20, 50, 100, 200, 500, 1000), "private": (200, 1000)}
SSL_CONNECTIONS = (5, 10, 20, 50, 100, 200, 500, 1000)
TRADITIONAL, ENHANCED = "Traditional", "Enhanced.SiteToSite"
SM = "NationalStandard"
"""The type of a gateway for the ShangMi algorithms."""

PERIODS = (*range(1, 10), 12, 24, 36)
MONTH_SECONDS = 30 * 86400
# What the cloud shows for the two billing methods when they are read back.
CHARGE_TYPES = {"PREPAY": "Prepay", "POSTPAY": "PostpayByFlow"}
SYSTEM_LABELS = {
    "VpnEnableBgp": "true",
    "VisuallySsl": "true",
    "PbrPriority": "true",
    "VpnNewImage": "true",
    "description": "forwarding1.3.7",
    "VpnVersion": "v1.1.1",
    "IDaaSNewVersion": "true",
}


def create_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """CreateVpnGateway: init, provisioning, active. A prepaid one without AutoPay waits at init for its payment."""
    network_type = choice(params, "NetworkType", BANDWIDTHS, "public")
    vpn_type = choice(params, "VpnType", ("Normal", SM), "Normal")
    bandwidth = params["Bandwidth"]
    if bandwidth not in BANDWIDTHS[network_type]:
        allowed = ", ".join(map(str, BANDWIDTHS[network_type]))
        raise invalid("Bandwidth", f"a {network_type} VPN gateway can have {allowed} Mbit/s")
    charge_type = choice(params, "InstanceChargeType", CHARGE_TYPES, "POSTPAY")
    period = params.get("Period")
    if charge_type == "PREPAY" and period not in PERIODS:
        raise invalid("Period", "a prepaid gateway needs 1 to 9, 12, 24 or 36 months")
    enable_ipsec, enable_ssl = params.get("EnableIpsec", True), params.get("EnableSsl", False)
    if not enable_ipsec and not enable_ssl:
        raise invalid("EnableIpsec", "IPsec-VPN and SSL-VPN cannot both be off")
    ssl_connections = params.get("SslConnections")
    if ssl_connections is not None and not enable_ssl:
        raise ApiError(400, "UnnecessarySslConnection", "SslConnections cannot be given while SSL-VPN is off.")
    if ssl_connections is not None and ssl_connections not in SSL_CONNECTIONS:
        raise invalid("SslConnections", f"it must be one of {', '.join(map(str, SSL_CONNECTIONS))}")
    name = rules.gateway_name(params["Name"]) if "Name" in params else ""
    resource_group = rules.resource_group(params.get("ResourceGroupId"))
    vpc = available_vpc(ctx, params["VpcId"])
    vswitch_ids = gateway_vswitches(ctx, params, vpc.id)
    if not gateways_left(ctx):
        raise quota_full("VPN gateways of the account", ctx.settings.quotas.vpn_gateways)
    gateway = VpnGateway(
        ctx.ids.resource("vpn"),
        ctx.now,
        vpc_id=vpc.id,
        bandwidth=bandwidth,
        vswitch_ids=vswitch_ids,
        network_type=network_type,
        vpn_type=vpn_type,
        charge_type=charge_type,
        end_time=ctx.now + period * MONTH_SECONDS if charge_type == "PREPAY" and period else 0.0,
        enable_ipsec=enable_ipsec,
        enable_ssl=enable_ssl,
        ssl_connections=(ssl_connections or 5) if enable_ssl else 0,
        resource_group_id=resource_group,
    )
    gateway.name = name or gateway.id
    gateway.addresses = gateway_addresses(ctx, gateway)
    if enable_ssl and gateway.dual and network_type == "public":
        gateway.ssl_address = public_address(ctx, gateway.addresses)
    ctx.commit(params)
    ctx.add(ctx.region.vpn_gateways, gateway)
    if charge_type == "POSTPAY" or params.get("AutoPay"):
        start_gateway(ctx, gateway)
    return {"VpnGatewayId": gateway.id, "OrderId": ctx.ids.order(), "Name": gateway.name}


def start_gateway(ctx: Context, gateway: VpnGateway) -> None:
    """Let a new gateway become active."""
    delays = ctx.settings.delays
    ctx.start(
        Step(delays.gateway_init, [_status(gateway, "provisioning")]),
        Step(delays.gateway_provision, [_status(gateway, "active")], barrier=True),
    )


def delete_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """DeleteVpnGateway. Refused while it is busy, prepaid or has IPsec connections."""
    release_gateway(ctx, params, TRADITIONAL)
    return {}


def release_gateway(ctx: Context, params: Params, gateway_type: str) -> None:
    """Delete a gateway of that type, unless something forbids it."""
    gateway = require(ctx.region.vpn_gateways, params["VpnGatewayId"], NOT_FOUND, "VPN gateway")
    _check_type(gateway, gateway_type)
    if gateway.status == "updating":
        raise gateway_configuring(gateway.id)
    if gateway.charge_type == "PREPAY" and gateway.end_time > ctx.now:
        message = "The VPN gateway is a subscription that has not expired; it cannot be released."
        raise ApiError(403, "ForbiddenRelease", message)
    if gateway.status != "active":
        message = f"The VPN gateway {gateway.id} is {gateway.status}; it cannot be deleted now."
        raise ApiError(400, "IncorrectStatus.VpnGateway", message)
    if any(connection.gateway_id == gateway.id for connection in ctx.region.connections.values()):
        raise ApiError(400, "DependencyViolation.VpnConnection", f"{gateway.id} still has IPsec connections.")
    for table, kind in ((ctx.region.ssl_servers, "SslVpnServer"), (ctx.region.ipsec_servers, "IpsecServer")):
        user = next((server.id for server in table.values() if server.gateway_id == gateway.id), None)
        if user:
            raise ApiError(400, f"DependencyViolation.{kind}", f"{gateway.id} still has the server {user}.")
    if any(entry.hop_id == gateway.id for entry in ctx.region.route_entries.values()):
        raise ApiError(400, "DependencyViolation.RouteEntry", f"{gateway.id} is the next hop of a route of its VPC.")
    ctx.commit(params)
    gateway.status = "deleting"
    for vswitch_id in gateway.vswitch_ids:
        ctx.region.vswitches[vswitch_id].held = True
    for table in (ctx.region.routes, ctx.region.gateway_certificates, ctx.region.diagnoses):
        for record in [record for record in table.values() if record.gateway_id == gateway.id]:
            del table[record.id]
    delays = ctx.settings.delays
    ctx.start(
        Step(delays.gateway_delete, [Effect("vpn_gateways", gateway.id)], barrier=True),
        Step(delays.vswitch_release, [Effect("vswitches", item, "held", False) for item in gateway.vswitch_ids]),
    )


def _check_type(gateway: VpnGateway, gateway_type: str) -> None:
    if gateway.gateway_type != gateway_type:
        message = f"{gateway.id} is a VPN gateway of type {gateway.gateway_type}, which has actions of its own."
        raise ApiError(400, "OperationUnsupported.GatewayType", message)


def describe_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """DescribeVpnGateway."""
    return _view(ctx, ctx.read(ctx.region.vpn_gateways, params["VpnGatewayId"], NOT_FOUND, "VPN gateway"))


def describe_vpn_gateways(ctx: Context, params: Params) -> Reply:
    """DescribeVpnGateways, filtered by VPC, id, status, business status, type, resource group and tags."""
    found = [
        gateway
        for gateway in ctx.readable(ctx.region.vpn_gateways.values())
        if params.get("VpcId", gateway.vpc_id) == gateway.vpc_id
        and params.get("VpnGatewayId", gateway.id) == gateway.id
        and params.get("Status", gateway.status) == gateway.status
        and params.get("BusinessStatus", gateway.business_status) == gateway.business_status
        and params.get("GatewayType", gateway.gateway_type) == gateway.gateway_type
        and params.get("ResourceGroupId", gateway.resource_group_id) == gateway.resource_group_id
        and tags_match(gateway.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "VpnGateways": {"VpnGateway": [_view(ctx, gateway) for gateway in selected]}}


def modify_vpn_gateway_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVpnGatewayAttribute: name, description, automatic propagation of BGP routes. Asynchronous."""
    gateway = change_gateway(ctx, params, TRADITIONAL)
    view = _view(ctx, gateway)
    echoed = (
        "VpnGatewayId VpcId VSwitchId DisasterRecoveryVSwitchId Name Description Spec Status BusinessStatus "
        "CreateTime EndTime EnableBgp AutoPropagate InternetIp DisasterRecoveryInternetIp SslVpnInternetIp "
        "ResourceGroupId"
    )
    reply = {key: view[key] for key in echoed.split() if key in view}
    if not gateway.dual and gateway.enable_ipsec:
        reply["IntranetIp"] = _private_address(ctx, gateway.vswitch_ids[0], 0)
    return reply


def change_gateway(ctx: Context, params: Params, gateway_type: str) -> VpnGateway:
    """Change what can be changed of a gateway of that type, which is busy then."""
    gateway = writable_gateway(ctx, params["VpnGatewayId"])
    _check_type(gateway, gateway_type)
    name = rules.gateway_name(params["Name"]) if "Name" in params else gateway.name
    description = rules.text("Description", params.get("Description"), 100, "InvalidDescription")
    if params.get("AutoPropagate") is False and gateway.auto_propagate and _bgp_in_use(ctx, gateway):
        message = "AutoPropagate cannot be turned off while BGP is enabled on a connection of the gateway."
        raise ApiError(400, "OperationUnsupported.AutoPropagate", message)
    ctx.commit(params)
    gateway.name = name
    gateway.description = description or gateway.description
    gateway.auto_propagate = params.get("AutoPropagate", gateway.auto_propagate)
    configure(ctx, gateway)
    return gateway


def describe_vpn_gateway_available_zones(ctx: Context, params: Params) -> Reply:
    """DescribeVpnGatewayAvailableZones: every zone offers every bandwidth."""
    choice(params, "Spec", [f"{item}M" for item in BANDWIDTHS["public"]], "")
    choice(params, "AcceptLanguage", ("zh-CN", "en-US"), "en-US")
    names = [{"ZoneId": zone, "ZoneName": f"Zone {zone[-1].upper()}"} for zone in zones(ctx.region.id)]
    return {"RegionId": ctx.region.id, "AvailableZoneIdList": names}


def check_vpn_bgp_enabled(ctx: Context, params: Params) -> Reply:
    """CheckVpnBgpEnabled: every region of the lab offers BGP."""
    return {"BgpEnabled": True}


def move_vpn_resource_group(ctx: Context, params: Params) -> Reply:
    """MoveVpnResourceGroup for VPN gateways (with their connections), customer gateways and attachments."""
    tables = {
        "vpngateway": ctx.region.vpn_gateways,
        "customergateway": ctx.region.customer_gateways,
        "vpnattachment": ctx.region.attachments,
    }
    kind = params["ResourceType"].lower()
    if kind not in tables:
        raise invalid("ResourceType", "it must be VpnGateway, CustomerGateway or VpnAttachment")
    if params["InstanceId"] not in tables[kind]:
        raise not_found("InvalidInstanceId.NotFound", params["ResourceType"], params["InstanceId"])
    group = rules.resource_group(params["NewResourceGroupId"])
    ctx.commit(params)
    tables[kind][params["InstanceId"]].resource_group_id = group
    return {}


def writable_gateway(ctx: Context, gateway_id: str) -> VpnGateway:
    """The gateway for a write on it or on its children: it must be active, unlocked and alone with this task."""
    gateway = require(ctx.region.vpn_gateways, gateway_id, NOT_FOUND, "VPN gateway")
    if gateway.status != "active":
        raise gateway_configuring(gateway.id)
    if gateway.business_status != "Normal":
        raise ApiError(400, "VpnGateway.FinancialLocked", f"The VPN gateway {gateway.id} is financially locked.")
    return gateway


def configure(ctx: Context, gateway: VpnGateway, *effects: Effect) -> None:
    """The gateway is updating, then active again; ``effects`` take place at the same moment."""
    gateway.status = "updating"
    ctx.start(Step(ctx.settings.delays.child, [*effects, _status(gateway, "active")], barrier=True))


def used_addresses(ctx: Context) -> frozenset[str]:
    """Every public address of the account: of its gateways, its instances and its elastic ones."""
    regions = ctx.state.regions.values()
    gateways = [gateway for region in regions for gateway in region.vpn_gateways.values()]
    instances = [instance.public_address for region in regions for instance in region.instances.values()]
    elastic = [eip.address for region in regions for eip in region.eips.values()]
    addresses = [address for gateway in gateways for address in (*gateway.addresses, gateway.ssl_address)]
    return frozenset([*addresses, *instances, *elastic])


def _status(gateway: VpnGateway, status: str) -> Effect:
    return Effect("vpn_gateways", gateway.id, "status", status)


def gateways_left(ctx: Context) -> bool:
    """Whether the account's quota allows another gateway."""
    return sum(len(region.vpn_gateways) for region in ctx.state.regions.values()) < ctx.settings.quotas.vpn_gateways


def gateway_vswitches(ctx: Context, params: Params, vpc_id: str) -> list[str]:
    """The vSwitches of a new gateway's endpoints: one or two of the VPC, in different zones."""
    first, second = params.get("VSwitchId"), params.get("DisasterRecoveryVSwitchId")
    missing = ApiError(400, "InvalidVSwitchId.NotFound", "The specified vSwitch does not exist.")
    if (second and not first) or (ctx.region.id in ctx.settings.dual_tunnel_regions and not (first and second)):
        raise missing
    own = {key: item for key, item in ctx.region.vswitches.items() if item.vpc_id == vpc_id}
    if not first:
        candidates = sorted(key for key, item in own.items() if item.status == "Available")
        if not candidates:
            raise missing
        first = candidates[0]
    chosen = [first, second] if second else [first]
    for vswitch_id in chosen:
        if vswitch_id not in own:
            raise missing
        if own[vswitch_id].status != "Available":
            raise ApiError(400, "IncorrectVSwitchStatus", f"The vSwitch {vswitch_id} is not Available.")
    if second and own[chosen[0]].zone == own[second].zone:
        raise invalid("DisasterRecoveryVSwitchId", "it must be in another zone than VSwitchId")
    return chosen


def gateway_addresses(ctx: Context, gateway: VpnGateway) -> list[str]:
    """An address for each endpoint."""
    if gateway.network_type == "private":
        return [_private_address(ctx, item, index) for index, item in enumerate(gateway.vswitch_ids)]
    addresses: list[str] = []
    for _ in gateway.vswitch_ids:
        addresses.append(public_address(ctx, addresses))
    return addresses


def public_address(ctx: Context, taken: list[str]) -> str:
    """A free public address that is not one of ``taken`` either."""
    try:
        return ctx.allocate_address(used_addresses(ctx) | set(taken))
    except RuntimeError:
        raise ApiError(400, "Resource.QuotaFull", "No public IP address is left.") from None


def _private_address(ctx: Context, vswitch_id: str, offset: int) -> str:
    """A fixed high address of the vSwitch (the last ones are the cloud's own)."""
    cidr = ipaddress.IPv4Network(ctx.region.vswitches[vswitch_id].cidr)
    return str(cidr.broadcast_address - 4 - offset)


def _bgp_in_use(ctx: Context, gateway: VpnGateway) -> bool:
    return any(
        tunnel.bgp.enabled
        for connection in ctx.region.connections.values()
        if connection.gateway_id == gateway.id
        for tunnel in connection.tunnels
    )


def _view(ctx: Context, gateway: VpnGateway) -> Reply:
    view: Reply = {
        "VpnGatewayId": gateway.id,
        "VpcId": gateway.vpc_id,
        "VSwitchId": gateway.vswitch_ids[0],
        "Name": gateway.name,
        "Description": gateway.description,
        "Status": gateway.status,
        "BusinessStatus": gateway.business_status,
        "GatewayType": gateway.gateway_type,
        "NetworkType": gateway.network_type,
        "VpnType": gateway.vpn_type,
        "Spec": f"{gateway.bandwidth}M",
        "InternetIp": gateway.addresses[0],
        "IpsecVpn": "enable" if gateway.enable_ipsec else "disable",
        "SslVpn": "enable" if gateway.enable_ssl else "disable",
        "SslMaxConnections": gateway.ssl_connections,
        "AutoPropagate": gateway.auto_propagate,
        "EnableBgp": _bgp_in_use(ctx, gateway),
        "ChargeType": CHARGE_TYPES[gateway.charge_type],
        "CreateTime": milliseconds(gateway.created),
        "EndTime": milliseconds(gateway.end_time),
        "EniInstanceIds": {"EniInstanceId": []},
        "ResourceGroupId": gateway.resource_group_id,
        "Tag": json.dumps(SYSTEM_LABELS, separators=(",", ":")),
        "Tags": {"Tag": tag_list(gateway.tags)},
    }
    if gateway.dual:
        view["DisasterRecoveryVSwitchId"] = gateway.vswitch_ids[1]
        view["DisasterRecoveryInternetIp"] = gateway.addresses[1]
        if gateway.ssl_address:
            view["SslVpnInternetIp"] = gateway.ssl_address
    if gateway.gateway_type == ENHANCED:
        for name in ("Spec", "SslVpn", "SslMaxConnections", "ChargeType", "EndTime"):
            del view[name]
    return view
