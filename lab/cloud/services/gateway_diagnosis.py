"""DiagnoseVpnGateway and GetVpnGatewayDiagnoseResult: what the account itself tells about a gateway's connection."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping
from typing import Any

from lab.cloud.clock import iso
from lab.cloud.errors import invalid, missing, not_found
from lab.cloud.model import Diagnosis, VpnConnection, VpnGateway
from lab.cloud.services import rules
from lab.cloud.services.connection_options import json_block
from lab.cloud.services.connection_views import NOT_FOUND as CONNECTION_NOT_FOUND
from lab.cloud.services.context import Context, Params, Reply, choice, require
from lab.cloud.services.gateways import NOT_FOUND
from lab.cloud.services.negotiation import ORDER, connection_status
from lab.cloud.services.routing import gateway_routes

RESOURCE_TYPES = ("IPsec", "Ipsec")
"""The metadata spells the only type one way, the SDK the other."""

RESULT_NOT_FOUND = "InvalidDiagnoseId.NotFound"
NEARLY = 0.8
"""The part of a quota from which on its use is a warning."""


def diagnose_vpn_gateway(ctx: Context, params: Params) -> Reply:
    """DiagnoseVpnGateway. It looks at once and takes as long as a change of the gateway to say what it saw."""
    gateway = require(ctx.region.vpn_gateways, params["VpnGatewayId"], NOT_FOUND, "VPN gateway")
    kind = choice(params, "ResourceType", RESOURCE_TYPES, "")
    own = {key: item for key, item in ctx.region.connections.items() if item.gateway_id == gateway.id}
    connection = require(own, params["ResourceId"], CONNECTION_NOT_FOUND, "IPsec connection")
    ends = json_block("IPsecExtendInfo", params.get("IPsecExtendInfo"))
    for name in ends:
        if name not in ("PrivateSourceIp", "PrivateDestinationIp"):
            raise invalid("IPsecExtendInfo", "it may hold PrivateSourceIp and PrivateDestinationIp")
        if rules.address(str(ends[name])) is None:
            raise invalid(f"IPsecExtendInfo.{name}", "it must be an IPv4 address")
    ctx.commit(params)
    diagnosis = Diagnosis(
        ctx.ids.resource("vpndgn"),
        ctx.now,
        gateway_id=gateway.id,
        resource_id=connection.id,
        resource_type=kind,
        finished=ctx.now + ctx.settings.delays.child,
        items=[[name, *look(ctx, gateway, connection)] for name, look in ITEMS.items()],
    )
    if ends:
        diagnosis.items.append(["VcoPrivateConnectivity", *_private(connection, ends)])
    ctx.add(ctx.region.diagnoses, diagnosis)
    return {"DiagnoseId": diagnosis.id}


def get_vpn_gateway_diagnose_result(ctx: Context, params: Params) -> Reply:
    """GetVpnGatewayDiagnoseResult by the diagnosis's id, or the newest of a gateway."""
    if "DiagnoseId" not in params and "VpnGatewayId" not in params:
        raise missing("DiagnoseId")
    found = [
        diagnosis
        for diagnosis in ctx.region.diagnoses.values()
        if params.get("DiagnoseId", diagnosis.id) == diagnosis.id
        and params.get("VpnGatewayId", diagnosis.gateway_id) == diagnosis.gateway_id
    ]
    if not found:
        raise not_found(RESULT_NOT_FOUND, "diagnosis", params.get("DiagnoseId") or params["VpnGatewayId"])
    diagnosis = found[-1]
    items = [
        {"DiagnoseName": name, "DiagnoseResultLevel": level, "DiagnoseResultDescription": json.dumps(words)}
        for name, level, words in diagnosis.items
    ]
    finished = ctx.now >= diagnosis.finished
    return {
        "DiagnoseId": diagnosis.id,
        "VpnGatewayId": diagnosis.gateway_id,
        "ResourceType": diagnosis.resource_type,
        "ResourceInstanceId": diagnosis.resource_id,
        "BeginTime": iso(diagnosis.created),
        **({"FinishTime": iso(diagnosis.finished)} if finished else {}),
        "FinishedCount": len(items) if finished else 0,
        "TotalCount": len(items),
        "DiagnoseResult": items if finished else [],
    }


Finding = tuple[str, dict[str, Any]]


def _conflict(ctx: Context, gateway: VpnGateway, connection: VpnConnection) -> Finding:
    """Destinations of the connection's routes that a vSwitch of the VPC has already."""
    networks = [
        ipaddress.IPv4Network(item.cidr) for item in ctx.region.vswitches.values() if item.vpc_id == gateway.vpc_id
    ]
    routes = [route.dest for route in ctx.region.routes.values() if route.next_hop == connection.id]
    clashing = sorted(
        {dest for dest in routes if any(ipaddress.IPv4Network(dest).overlaps(network) for network in networks)}
    )
    return ("error" if clashing else "normal", {"conflictRoutes": clashing})


def _quota(quota: str, used: Callable[[Context, VpnGateway], int]) -> Callable[..., Finding]:
    def look(ctx: Context, gateway: VpnGateway, connection: VpnConnection) -> Finding:
        limit, count = getattr(ctx.settings.quotas, quota), used(ctx, gateway)
        level = "error" if count >= limit else "warning" if count >= NEARLY * limit else "normal"
        return level, {"quotaName": quota, "quantity": limit, "used": count}

    return look


def _consistency(ctx: Context, gateway: VpnGateway, connection: VpnConnection) -> Finding:
    """The lab knows the peer's settings only by whether they negotiate."""
    status = connection_status(connection, ctx.sa_states)
    return ("normal" if status == ORDER[-1] else "warning", {"vcoLackConf": status == ORDER[0]})


def _reachability(ctx: Context, gateway: VpnGateway, connection: VpnConnection) -> Finding:
    """Packets of the customer gateway have arrived when it has an IKE SA; the lab sends no probes of its own."""
    status = connection_status(connection, ctx.sa_states)
    peer = ctx.region.customer_gateways[connection.tunnels[0].customer_gateway_id].ip_address
    return ("error" if status == ORDER[0] else "normal", {"targetIp": peer})


def _private(connection: VpnConnection, ends: Mapping[str, Any]) -> Finding:
    """Whether the two addresses are ones that the connection carries."""
    sides = {"PrivateSourceIp": connection.local_subnets, "PrivateDestinationIp": connection.remote_subnets}
    outside = [
        name
        for name, value in ends.items()
        if not any(ipaddress.IPv4Address(value) in ipaddress.IPv4Network(subnet) for subnet in sides[name])
    ]
    words = {"srcIp": ends.get("PrivateSourceIp", ""), "targetIp": ends.get("PrivateDestinationIp", "")}
    return ("error" if outside else "normal", words)


ITEMS: dict[str, Callable[[Context, VpnGateway, VpnConnection], Finding]] = {
    "RouteEntryConflict": _conflict,
    "VpnRouteQuota": _quota("routes_per_gateway", lambda ctx, gateway: len(gateway_routes(ctx, gateway.id, False))),
    "VpnIPsecQuota": _quota(
        "connections_per_gateway",
        lambda ctx, gateway: sum(item.gateway_id == gateway.id for item in ctx.region.connections.values()),
    ),
    "VpnPbrRouteQuota": _quota(
        "policy_routes_per_gateway", lambda ctx, gateway: len(gateway_routes(ctx, gateway.id, True))
    ),
    "VcoConfigConsistency": _consistency,
    "VcoUserInternetIpConnectivity": _reachability,
}
