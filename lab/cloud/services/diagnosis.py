"""DiagnoseVpnConnections: why tunnels are down, from what the data plane reports and the connection's log."""

from __future__ import annotations

from lab.cloud.clock import iso, milliseconds
from lab.cloud.model import Tunnel, VpnConnection
from lab.cloud.services.connection_views import NOT_FOUND
from lab.cloud.services.context import Context, Params, Reply, page, require
from lab.cloud.services.negotiation import tunnel_status

# Severity, code and words by negotiation status.
FINDINGS = {
    "ike_sa_not_established": ("Critical", "IkeNegotiationFailed", "Phase 1 is not established."),
    "ipsec_sa_not_established": ("Critical", "IpsecNegotiationFailed", "Phase 2 is not established."),
    "ipsec_sa_established": ("Normal", "", ""),
}


def diagnose_vpn_connections(ctx: Context, params: Params) -> Reply:
    """DiagnoseVpnConnections: one row for each tunnel of the connections asked for, by ids, tunnels or gateway."""
    table = ctx.region.connections
    asked = params.get("VpnConnectionIds")
    chosen = [require(table, key, NOT_FOUND, "IPsec connection") for key in asked] if asked else [*table.values()]
    rows = [
        _row(ctx, connection, tunnel)
        for connection in chosen
        if params.get("VpnGatewayId", connection.gateway_id) == connection.gateway_id
        for tunnel in connection.tunnels
        if tunnel.id in params.get("TunnelIds", [tunnel.id])
    ]
    selected, paging = page(params, rows)
    return {**paging, "VpnConnections": selected}


def _row(ctx: Context, connection: VpnConnection, tunnel: Tunnel) -> Reply:
    severity, code, words = FINDINGS[tunnel_status(tunnel, ctx.sa_states)]
    row: Reply = {"VpnConnectionId": connection.id, "TunnelId": tunnel.id, "Severity": severity}
    if not code:
        return row
    last = next((line for line in reversed(connection.log) if line.about == tunnel.id), None)
    if last is not None:
        row["FailedTime"] = milliseconds(last.time)
        row["SourceLog"] = f"{iso(last.time)} <{last.about}> {last.text}"
    return {**row, "FailedReasonCode": code, "FailedReason": words}
