"""IPsec connections for transit routers: create, modify, delete, describe.

Attaching is an action of another product (CEN); here the lab's admin endpoint does it.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from typing import Any

from lab.cloud.clock import milliseconds
from lab.cloud.errors import ApiError, invalid, missing, unsupported
from lab.cloud.model import HealthCheck, IkeConfig, IpsecConfig, Tunnel, VpnAttachment
from lab.cloud.services import connection_views, rules
from lab.cloud.services.connection_options import health_check, json_block
from lab.cloud.services.connection_views import Convert, bgp_addresses, ipsec_view, lower, single_bgp
from lab.cloud.services.connections import (
    DUAL_ONLY,
    ROLES,
    SINGLE_ONLY,
    changed_single_tunnel,
    changed_tunnel,
    check_peers,
    check_routing_mode,
    set_tunnels_bgp,
)
from lab.cloud.services.context import Context, Params, Reply, choice, page, require, tag_list, tags_match
from lab.cloud.state import Effect, Step

POLICIES = ("revoke_route", "reserve_route")
NETWORK_TYPES = ("public", "private")
BANDWIDTHS = ("Standard", "Large")
SINGLE_SETTINGS = [name for name in SINGLE_ONLY if name != "RemoteCaCertificate"]
SYSTEM_LABELS = {"VpnVersion": "v1.1.1"}


def create_vpn_attachment(ctx: Context, params: Params) -> Reply:
    """CreateVpnAttachment. With tunnels it has two, without it has one. Tunnels start as IKEv2 with SHA-1."""
    quota = ctx.settings.quotas
    dual = params.get("TunnelOptionsSpecification") is not None
    attachment = VpnAttachment(
        ctx.ids.resource("vco"),
        ctx.now,
        rules.tags(params.get("Tags", ()), "Tags", 64, quota.tags_per_resource),
        network_type=choice(params, "NetworkType", NETWORK_TYPES, "public"),
        tunnel_bandwidth=choice(params, "TunnelBandwidth", BANDWIDTHS, "Standard"),
        resource_group_id=rules.resource_group(params.get("ResourceGroupId")),
        state="init",
    )
    attachment.tunnels = _blank_tunnels(ctx, attachment, params, dual)
    _apply(ctx, attachment, params)
    ctx.commit(params)
    ctx.add(ctx.region.attachments, attachment)
    return {
        "VpnConnectionId": attachment.id,
        "Name": attachment.name,
        "CreateTime": milliseconds(attachment.created),
        "Success": True,
    }


def modify_vpn_attachment_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyVpnAttachmentAttribute: updating, then as before."""
    current = _usable(ctx, params)
    if params.get("NetworkType", current.network_type) != current.network_type:
        raise unsupported("NetworkType", "it cannot be changed")
    wanted = copy.deepcopy(current)
    _apply(ctx, wanted, params)
    ctx.commit(params)
    wanted.state = "updating"
    wanted.generation += 1
    ctx.region.attachments[wanted.id] = wanted
    ctx.start(Step(ctx.settings.delays.child, [Effect("attachments", wanted.id, "state", current.state)]))
    return _modify_reply(ctx, wanted)


def delete_vpn_attachment(ctx: Context, params: Params) -> Reply:
    """DeleteVpnAttachment. Refused while a transit router holds it."""
    attachment = _usable(ctx, params)
    if attachment.transit_router_id:
        message = f"{attachment.id} is attached to the transit router {attachment.transit_router_id}."
        raise ApiError(400, "DependencyViolation.TransitRouter", message)
    ctx.commit(params)
    attachment.state = "deleted"
    ctx.start(Step(ctx.settings.delays.child, [Effect("attachments", attachment.id)]))
    return {"Success": True}


def describe_vpn_attachments(ctx: Context, params: Params) -> Reply:
    """DescribeVpnAttachments: a thin view of those that a transit router has; DescribeVpnConnections shows all."""
    kind = choice(params, "AttachType", ("CEN", "NO_ASSOCIATED"), "CEN")
    found = [
        attachment
        for attachment in ctx.readable(ctx.region.attachments.values())
        if attach_type(attachment) == kind and params.get("VpnConnectionId", attachment.id) == attachment.id
    ]
    selected, paging = page(params, found)
    views = [
        {
            "InstanceId": item.id,
            "Name": item.name,
            "AttachType": attach_type(item),
            **_router(item),
            "CrossAccountAuthorized": False,
            "Description": "",
            "TunnelBandwidth": item.tunnel_bandwidth,
            "Tag": json.dumps(SYSTEM_LABELS, separators=(",", ":")),
            "Tags": tag_list(item.tags),
        }
        for item in selected
    ]
    return {**paging, "VpnAttachments": views}


def describe_vpn_connections(ctx: Context, params: Params) -> Reply:
    """DescribeVpnConnections: of gateways and for transit routers, filtered by id, gateway, customer gateway (any
    tunnel's), resource group, tags."""
    rows = [*connection_views.rows(ctx, params), *_rows(ctx, params)]
    selected, paging = page(params, rows)
    return {**paging, "VpnConnections": {"VpnConnection": [row() for row in selected]}}


def _rows(ctx: Context, params: Params) -> list[Callable[[], Reply]]:
    if "VpnGatewayId" in params:
        return []
    return [
        functools.partial(_row, ctx, attachment)
        for attachment in ctx.readable(ctx.region.attachments.values())
        if params.get("VpnConnectionId", attachment.id) == attachment.id
        and ("CustomerGatewayId" not in params or params["CustomerGatewayId"] in _peers(attachment))
        and params.get("ResourceGroupId", attachment.resource_group_id) == attachment.resource_group_id
        and tags_match(attachment.tags, params.get("Tag", ()))
    ]


def _peers(attachment: VpnAttachment) -> set[str]:
    return {tunnel.customer_gateway_id for tunnel in attachment.tunnels}


def _row(ctx: Context, attachment: VpnAttachment) -> Reply:
    view = _view(ctx, attachment)
    view["Tag"] = view.pop("Tags")
    view.get("VpnBgpConfig", {}).pop("EnableBgp", None)
    return view


def describe_vpn_connection(ctx: Context, params: Params) -> Reply:
    """DescribeVpnConnection, of an attachment or of a gateway's connection. Pre-shared keys in clear."""
    attachment = ctx.region.attachments.get(params["VpnConnectionId"])
    if attachment is None:
        return connection_views.describe_vpn_connection(ctx, params)
    ctx.read(ctx.region.attachments, attachment.id, connection_views.NOT_FOUND, "IPsec connection")
    return _view(ctx, attachment)


def attach_type(attachment: VpnAttachment) -> str:
    """What the connection is attached to."""
    return "CEN" if attachment.transit_router_id else "NO_ASSOCIATED"


def _router(attachment: VpnAttachment) -> Reply:
    name = attachment.transit_router_id
    return {"TransitRouterId": name, "TransitRouterName": name} if name else {}


def _usable(ctx: Context, params: Params) -> VpnAttachment:
    table = ctx.region.attachments
    attachment = require(table, params["VpnConnectionId"], connection_views.NOT_FOUND, "IPsec connection")
    if attachment.state not in ("init", "attached"):
        raise ApiError(400, "VpnConnection.Configuring", f"The IPsec connection {attachment.id} is being configured.")
    return attachment


def _blank_tunnels(ctx: Context, attachment: VpnAttachment, params: Params, dual: bool) -> list[Tunnel]:
    def blank(identifier: str, role: str) -> Tunnel:
        ike = IkeConfig(psk=ctx.ids.psk(), version="ikev2", integrity="sha1")
        return Tunnel(identifier, role, "", ike=ike, ipsec=IpsecConfig(integrity="sha1"))

    if not dual:
        if "CustomerGatewayId" not in params:
            raise missing("CustomerGatewayId")
        return [blank(attachment.id, "single")]
    elements = params["TunnelOptionsSpecification"]
    if sorted(element.get("TunnelIndex", 0) for element in elements) != [1, 2]:
        raise invalid("TunnelOptionsSpecification", "two tunnels are needed, of TunnelIndex 1 and 2")
    for number, element in enumerate(elements, start=1):
        if "CustomerGatewayId" not in element:
            raise missing(f"TunnelOptionsSpecification.{number}.CustomerGatewayId")
    return [blank(ctx.ids.resource("tun"), role) for role in ROLES]


def _apply(ctx: Context, attachment: VpnAttachment, params: Params) -> None:
    refused, mode = (SINGLE_SETTINGS, "two tunnels") if attachment.dual else (DUAL_ONLY, "one tunnel")
    for name in refused:
        value = params.get(name)
        if value is not None and not (name.endswith("Config") and not json_block(name, value)):
            raise unsupported(name, f"the attachment has {mode}")
    limit = ctx.settings.quotas.subnets_per_side
    if "Name" in params:
        attachment.name = rules.text("Name", params["Name"], 100, "InvalidName")
    if "LocalSubnet" in params:
        attachment.local_subnets = rules.subnets("LocalSubnet", params["LocalSubnet"], limit)
    if "RemoteSubnet" in params:
        attachment.remote_subnets = rules.subnets("RemoteSubnet", params["RemoteSubnet"], limit)
    check_routing_mode(attachment)
    attachment.effect_immediately = params.get("EffectImmediately", attachment.effect_immediately)
    if attachment.dual:
        _apply_tunnels(ctx, attachment, params)
    else:
        tunnel = changed_single_tunnel(ctx, attachment.tunnels[0], params)
        tunnel.customer_gateway_id = params.get("CustomerGatewayId", tunnel.customer_gateway_id)
        attachment.tunnels = [tunnel]
        _apply_health_check(attachment, params)
    check_peers(ctx, attachment)


def _apply_tunnels(ctx: Context, attachment: VpnAttachment, params: Params) -> None:
    seen = set()
    for number, element in enumerate(params.get("TunnelOptionsSpecification", ()), start=1):
        path = f"TunnelOptionsSpecification.{number}"
        ids = [tunnel.id for tunnel in attachment.tunnels]
        index = ids.index(element["TunnelId"]) + 1 if element.get("TunnelId") in ids else element.get("TunnelIndex")
        if index not in (1, 2) or index in seen or element.get("TunnelIndex", index) != index:
            raise invalid(path, "it must name one of the two tunnels, each once")
        if element.get("RemoteCaCertificate"):
            raise unsupported(f"{path}.RemoteCaCertificate", "only connections of SM gateways use certificates")
        seen.add(index)
        attachment.tunnels[index - 1] = changed_tunnel(ctx, attachment.tunnels[index - 1], path, element)
    attachment.enable_tunnels_bgp = params.get("EnableTunnelsBgp", attachment.enable_tunnels_bgp)
    set_tunnels_bgp(attachment)
    first, second = (tunnel.bgp.tunnel_cidr for tunnel in attachment.tunnels)
    if first and first == second:
        raise invalid("TunnelCidr", f"{first} is used by both tunnels")


def _apply_health_check(attachment: VpnAttachment, params: Params) -> None:
    block: dict[str, Any] = json_block("HealthCheckConfig", params.get("HealthCheckConfig"))
    policy = block.pop("Policy", attachment.health_check_policy)
    if policy not in POLICIES:
        raise invalid("HealthCheckConfig.Policy", f"it must be one of {', '.join(POLICIES)}")
    attachment.health_check_policy = policy
    attachment.health_check = health_check(block, attachment.health_check)


def _ike(ctx: Context, attachment: VpnAttachment, index: int, number: Convert) -> Reply:
    tunnel = attachment.tunnels[index]
    peer = ctx.region.customer_gateways[tunnel.customer_gateway_id].ip_address
    ike = tunnel.ike
    return {
        "IkeVersion": ike.version,
        "IkeMode": ike.mode,
        "IkeEncAlg": ike.encryption,
        "IkeAuthAlg": ike.integrity,
        "IkePfs": ike.dh_group,
        "IkeLifetime": number(ike.lifetime),
        "Psk": ike.psk,
        "LocalId": ike.local_id or "",
        "RemoteId": ike.remote_id or peer,
    }


def _tunnel(ctx: Context, attachment: VpnAttachment, index: int, flag: Convert, number: Convert) -> Reply:
    tunnel = attachment.tunnels[index]
    view: Reply = {
        "TunnelId": tunnel.id,
        "TunnelIndex": index + 1,
        "Role": tunnel.role,
        "CustomerGatewayId": tunnel.customer_gateway_id,
        "EnableDpd": flag(tunnel.dpd),
        "EnableNatTraversal": flag(tunnel.nat_traversal),
        "State": "updating" if attachment.state == "updating" else "active",
        "TunnelIkeConfig": _ike(ctx, attachment, index, number),
        "TunnelIpsecConfig": ipsec_view(tunnel.ipsec, number),
    }
    if attachment.addresses:
        view["InternetIp"] = attachment.addresses[index]
    if tunnel.bgp.tunnel_cidr:
        peer = ctx.region.customer_gateways[tunnel.customer_gateway_id]
        bgp = {**bgp_addresses(tunnel.bgp), "LocalAsn": number(tunnel.bgp.local_asn)}
        view["TunnelBgpConfig"] = {**bgp, **({"PeerAsn": number(peer.asn)} if peer.asn is not None else {})}
    return view


def _check_view(check: HealthCheck, policy: str) -> Reply:
    return {
        "Enable": lower(check.enabled),
        "Dip": check.destination,
        "Sip": check.source,
        "Interval": check.interval,
        "Retry": check.retry,
        "Policy": policy,
    }


def _common(ctx: Context, attachment: VpnAttachment) -> Reply:
    view: Reply = {
        "VpnConnectionId": attachment.id,
        "AttachType": attach_type(attachment),
        "Name": attachment.name,
        "LocalSubnet": ",".join(attachment.local_subnets),
        "RemoteSubnet": ",".join(attachment.remote_subnets),
        "EffectImmediately": attachment.effect_immediately,
        "EnableTunnelsBgp": attachment.enable_tunnels_bgp,
        "NetworkType": attachment.network_type,
        "ResourceGroupId": attachment.resource_group_id,
        "CreateTime": milliseconds(attachment.created),
        "Status": "ike_sa_not_established",
    }
    if attachment.dual:
        return view
    tunnel = attachment.tunnels[0]
    return {
        **view,
        "CustomerGatewayId": tunnel.customer_gateway_id,
        "EnableDpd": tunnel.dpd,
        "EnableNatTraversal": tunnel.nat_traversal,
        "IkeConfig": _ike(ctx, attachment, 0, int),
        "IpsecConfig": ipsec_view(tunnel.ipsec, int),
        "VcoHealthCheck": _check_view(attachment.health_check, attachment.health_check_policy),
    }


def _view(ctx: Context, attachment: VpnAttachment) -> Reply:
    view = {
        **_common(ctx, attachment),
        "State": attachment.state,
        "CrossAccountAuthorized": False,
        "TunnelBandwidth": attachment.tunnel_bandwidth,
        "Tags": {"Tag": tag_list(attachment.tags)},
        **_router(attachment),
    }
    if attachment.addresses and not attachment.dual:
        view["InternetIp"] = attachment.addresses[0]
    if attachment.dual:
        options = [
            {**_tunnel(ctx, attachment, index, lower, str), "Status": "ike_sa_not_established"} for index in range(2)
        ]
        return {**view, "TunnelOptionsSpecification": {"TunnelOptions": options}}
    tunnel = attachment.tunnels[0]
    bgp = {**single_bgp(ctx, tunnel), "EnableBgp": lower(tunnel.bgp.enabled)}
    return {**view, "VpnBgpConfig": bgp, "TunnelOptionsSpecification": {"TunnelOptions": []}}


def _modify_reply(ctx: Context, attachment: VpnAttachment) -> Reply:
    view = _common(ctx, attachment)
    if attachment.dual:
        return {**view, "TunnelOptionsSpecification": [_tunnel(ctx, attachment, i, bool, int) for i in range(2)]}
    return {**view, "TunnelOptionsSpecification": []}
