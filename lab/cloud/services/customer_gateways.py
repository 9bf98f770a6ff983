"""Customer gateways: create, delete, describe, modify."""

from __future__ import annotations

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, gateway_configuring, quota_full
from lab.cloud.model import CustomerGateway, VpnConnection
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, page, require, tag_list, tags_match
from lab.cloud.services.gateways import configure, writable_gateway

NOT_FOUND = "InvalidCustomerGatewayInstanceId.NotFound"


def create_customer_gateway(ctx: Context, params: Params) -> Reply:
    """CreateCustomerGateway. Synchronous; one per address and region."""
    quota = ctx.settings.quotas
    address = _peer_address(params["IpAddress"])
    gateway = CustomerGateway(
        ctx.ids.resource("cgw"),
        ctx.now,
        rules.tags(params.get("Tags", ()), "Tags", 64, quota.tags_per_resource),
        ip_address=address,
        asn=rules.asn("Asn", params["Asn"], cloud_asn_allowed=False) if "Asn" in params else None,
        auth_key=_auth_key(params["AuthKey"]) if "AuthKey" in params else "",
        name=rules.text("Name", params.get("Name"), 100, "InvalidName"),
        description=rules.text("Description", params.get("Description"), 100, "InvalidDescription"),
        resource_group_id=rules.resource_group(params.get("ResourceGroupId")),
    )
    if any(other.ip_address == address for other in ctx.region.customer_gateways.values()):
        raise ApiError(400, "InvalidIpAddress.AlreadyExist", "A customer gateway with this IP address already exists.")
    if len(ctx.region.customer_gateways) >= quota.customer_gateways:
        raise quota_full("customer gateways in the region", quota.customer_gateways)
    ctx.commit(params)
    ctx.add(ctx.region.customer_gateways, gateway)
    view = _view(gateway)
    return {key: view[key] for key in ("CustomerGatewayId", "IpAddress", "Name", "Description", "CreateTime")}


def delete_customer_gateway(ctx: Context, params: Params) -> Reply:
    """DeleteCustomerGateway. Refused while a connection uses it."""
    gateway = require(ctx.region.customer_gateways, params["CustomerGatewayId"], NOT_FOUND, "customer gateway")
    users = connections_using(ctx, gateway.id)
    if users and all(connection.state == "deleted" for connection in users):
        raise gateway_configuring(users[0].gateway_id)
    if users:
        message = f"The customer gateway {gateway.id} is used by {users[0].id}."
        raise ApiError(400, "DependencyViolation.VpnConnection", message)
    for attachment in ctx.region.attachments.values():
        if any(tunnel.customer_gateway_id == gateway.id for tunnel in attachment.tunnels):
            message = f"The customer gateway {gateway.id} is used by {attachment.id}."
            raise ApiError(400, "DependencyViolation.VpnAttachment", message)
    ctx.commit(params)
    del ctx.region.customer_gateways[gateway.id]
    return {}


def describe_customer_gateway(ctx: Context, params: Params) -> Reply:
    """DescribeCustomerGateway."""
    table = ctx.region.customer_gateways
    return _view(ctx.read(table, params["CustomerGatewayId"], NOT_FOUND, "customer gateway"))


def describe_customer_gateways(ctx: Context, params: Params) -> Reply:
    """DescribeCustomerGateways, filtered by id, resource group and tags."""
    found = [
        gateway
        for gateway in ctx.readable(ctx.region.customer_gateways.values())
        if params.get("CustomerGatewayId", gateway.id) == gateway.id
        and params.get("ResourceGroupId", gateway.resource_group_id) == gateway.resource_group_id
        and tags_match(gateway.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    return {**paging, "CustomerGateways": {"CustomerGateway": [_view(gateway) for gateway in selected]}}


def modify_customer_gateway_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyCustomerGatewayAttribute. A new AuthKey keeps the VPN gateways that use BGP with it busy."""
    gateway = require(ctx.region.customer_gateways, params["CustomerGatewayId"], NOT_FOUND, "customer gateway")
    name = rules.text("Name", params.get("Name"), 100, "InvalidName")
    description = rules.text("Description", params.get("Description"), 100, "InvalidDescription")
    auth_key = _auth_key(params["AuthKey"]) if "AuthKey" in params else gateway.auth_key
    affected = []
    if "AuthKey" in params:
        users = {connection.gateway_id for connection in connections_using(ctx, gateway.id) if _has_bgp(connection)}
        affected = [writable_gateway(ctx, gateway_id) for gateway_id in sorted(users)]
    ctx.commit(params)
    gateway.name = name or gateway.name
    gateway.description = description or gateway.description
    gateway.auth_key = auth_key
    for vpn_gateway in affected:
        configure(ctx, vpn_gateway)
    view = _view(gateway)
    hidden = ("Asn", "AuthKey", "Tags")
    return {key: value for key, value in view.items() if key not in hidden}


def connections_using(ctx: Context, customer_gateway_id: str) -> list[VpnConnection]:
    """Connections with a tunnel to this customer gateway."""
    return [
        connection
        for connection in ctx.region.connections.values()
        if any(tunnel.customer_gateway_id == customer_gateway_id for tunnel in connection.tunnels)
    ]


def _has_bgp(connection: VpnConnection) -> bool:
    return any(tunnel.bgp.enabled for tunnel in connection.tunnels)


def _peer_address(value: str) -> str:
    parsed = rules.address(value)
    if parsed is None:
        raise ApiError(400, "InvalidIpAddress.WrongFormat", "IpAddress is not an IPv4 address.")
    if any(parsed in network for network in rules.UNUSABLE_PEERS) or parsed.is_unspecified:
        raise ApiError(400, "InvalidIpAddress", "IpAddress is in a range that cannot be used.")
    return str(parsed)


def _auth_key(value: str) -> str:
    if not 1 <= len(value) <= 64 or not value.isascii() or not value.isprintable() or set(value) & {" ", "?"}:
        message = "AuthKey must have 1 to 64 ASCII characters without spaces and question marks."
        raise ApiError(400, "InvalidParameter", message)
    return value


def _view(gateway: CustomerGateway) -> Reply:
    view: Reply = {
        "CustomerGatewayId": gateway.id,
        "IpAddress": gateway.ip_address,
        "Name": gateway.name,
        "Description": gateway.description,
        "CreateTime": milliseconds(gateway.created),
        "ResourceGroupId": gateway.resource_group_id,
        "AuthKey": gateway.auth_key,
        "Tags": {"Tag": tag_list(gateway.tags)},
    }
    if gateway.asn is not None:
        view["Asn"] = gateway.asn
    return view
