"""Negotiation status: what the data plane reports, in the API's words, and its history as a log."""

from __future__ import annotations

from collections.abc import Mapping

from lab.cloud.dataplane import SaState
from lab.cloud.model import LogLine, Region, Tunnel, VpnConnection

MAX_LOG_LINES = 2000
ORDER = ("ike_sa_not_established", "ipsec_sa_not_established", "ipsec_sa_established")


def tunnel_status(tunnel: Tunnel, states: Mapping[str, SaState]) -> str:
    """One of the API's negotiation values. IKE without a child is ``ipsec_sa_not_established``."""
    state = states.get(tunnel.id)
    if state is None or not state.ike:
        return ORDER[0]
    return ORDER[2] if state.child else ORDER[1]


def connection_status(connection: VpnConnection, states: Mapping[str, SaState]) -> str:
    """The best of the connection's tunnels: traffic passes as long as one of them is up."""
    return max((tunnel_status(tunnel, states) for tunnel in connection.tunnels), key=ORDER.index)


def record_configuration(connection: VpnConnection, now: float, what: str) -> None:
    """Write a log line for every tunnel about a change of its configuration."""
    connection.log += [LogLine(now, tunnel.id, what) for tunnel in connection.tunnels]
    del connection.log[:-MAX_LOG_LINES]


def record_changes(region: Region, states: Mapping[str, SaState], now: float) -> None:
    """Write a log line for every tunnel whose status is not the one seen last."""
    for connection in region.connections.values():
        for tunnel in connection.tunnels:
            status = tunnel_status(tunnel, states)
            if connection.statuses.get(tunnel.id, ORDER[0]) == status:
                continue
            connection.statuses[tunnel.id] = status
            connection.log.append(LogLine(now, tunnel.id, status))
        del connection.log[:-MAX_LOG_LINES]
