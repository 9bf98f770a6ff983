"""Which endpoint of a gateway carries a destination: computed, no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lab.cloud.dataplane import Connection, Gateway


def next_hops(
    routes: Iterable[tuple[str, str]], gateways: Collection[Gateway], up: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Destination -> (gateway id, endpoint index) of a table's routes to gateways; ``up``: tunnels with a child SA.

    The connection is the gateway's best route for the destination: highest weight, then lowest priority number, one
    with a tunnel up first. Its master tunnel's endpoint is taken when that tunnel is up, else the slave's when that
    one is, else the master's.
    """
    by_id = {gateway.id: gateway for gateway in gateways}
    hops = {}
    for destination, gateway_id in routes:
        gateway = by_id.get(gateway_id)
        if gateway is None or not gateway.endpoints:
            continue
        candidates = _candidates(gateway, destination)
        carrying = [connection for connection in candidates if any(tunnel.id in up for tunnel in connection.tunnels)]
        chosen = (carrying or candidates or [None])[0]
        index = _endpoint_index(chosen, up) if chosen and chosen.tunnels else gateway.endpoints[0].index
        if any(endpoint.index == index for endpoint in gateway.endpoints):
            hops[destination] = (gateway_id, index)
    return hops


def _candidates(gateway: Gateway, destination: str) -> list[Connection]:
    ranked = [
        (-weight, priority, name) for _, dest, name, weight, priority in gateway.policy_routes if dest == destination
    ]
    ranked += [(-weight, 0, name) for dest, name, weight in gateway.routes if dest == destination]
    connections = {connection.id: connection for connection in gateway.connections}
    names = dict.fromkeys(name for _, _, name in sorted(ranked))
    return [connections[name] for name in names if name in connections]


def _endpoint_index(connection: Connection, up: Collection[str]) -> int:
    slave_last = sorted(connection.tunnels, key=lambda tunnel: (tunnel.role == "slave", tunnel.endpoint))
    return next((tunnel for tunnel in slave_last if tunnel.id in up), slave_last[0]).endpoint
