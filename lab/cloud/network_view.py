"""From the control plane's state to the ``Network`` that the data plane has to make true."""

from __future__ import annotations

from lab.cloud import dataplane
from lab.cloud.model import Region, VpnConnection, VpnGateway
from lab.cloud.services.gateways import SM
from lab.cloud.state import State

LIVE = frozenset({"provisioning", "active", "updating"})


def build_network(state: State) -> dataplane.Network:
    """Everything that carries packets now: no gateway that is not paid, not started or being deleted."""
    vpcs: list[dataplane.Vpc] = []
    gateways: list[dataplane.Gateway] = []
    for region in state.regions.values():
        live = [gateway for gateway in region.vpn_gateways.values() if gateway.status in LIVE]
        vpcs += [_vpc(region, vpc_id, {gateway.id for gateway in live}) for vpc_id in region.vpcs]
        gateways += [_gateway(region, gateway) for gateway in live]
    return dataplane.Network(tuple(vpcs), tuple(gateways))


def _vpc(region: Region, vpc_id: str, live: set[str]) -> dataplane.Vpc:
    published = {
        (route.dest, route.gateway_id)
        for route in region.routes.values()
        if route.published and route.gateway_id in live and region.vpn_gateways[route.gateway_id].vpc_id == vpc_id
    }
    published |= {
        (entry.dest, entry.hop_id)
        for entry in region.route_entries.values()
        if entry.table_id == region.vpcs[vpc_id].route_table_id and entry.hop_id in live and entry.status != "Deleting"
    }
    vswitches = tuple(
        dataplane.Vswitch(item.id, item.cidr, item.zone) for item in region.vswitches.values() if item.vpc_id == vpc_id
    )
    return dataplane.Vpc(vpc_id, region.vpcs[vpc_id].cidr, vswitches, tuple(sorted(published)))


def _gateway(region: Region, gateway: VpnGateway) -> dataplane.Gateway:
    connections = [
        connection
        for connection in region.connections.values()
        # strongSwan has no ShangMi algorithms: the connections of an SM gateway never come up here.
        if connection.gateway_id == gateway.id and connection.state != "deleted" and gateway.vpn_type != SM
    ]
    names = {connection.id for connection in connections}
    routes = [route for route in region.routes.values() if route.next_hop in names]
    return dataplane.Gateway(
        gateway.id,
        gateway.vpc_id,
        tuple(dataplane.Endpoint(index, address) for index, address in enumerate(gateway.addresses, start=1)),
        tuple(_connection(region, gateway, connection) for connection in connections),
        tuple(
            (route.source, route.dest, route.next_hop, route.weight, route.priority)
            for route in routes
            if route.source is not None
        ),
        tuple((route.dest, route.next_hop, route.weight) for route in routes if route.source is None),
    )


def _connection(region: Region, gateway: VpnGateway, connection: VpnConnection) -> dataplane.Connection:
    tunnels = []
    for index, tunnel in enumerate(connection.tunnels, start=1):
        peer = region.customer_gateways[tunnel.customer_gateway_id].ip_address
        tunnels.append(
            dataplane.Tunnel(
                id=tunnel.id,
                role=tunnel.role,  # type: ignore[arg-type]
                endpoint=index,
                peer_address=peer,
                ike_version=tunnel.ike.version,
                ike_mode=tunnel.ike.mode,
                ike_enc=tunnel.ike.encryption,
                ike_auth=tunnel.ike.integrity,
                ike_pfs=tunnel.ike.dh_group,
                ike_lifetime=tunnel.ike.lifetime,
                ipsec_enc=tunnel.ipsec.encryption,
                ipsec_auth=tunnel.ipsec.integrity,
                ipsec_pfs=tunnel.ipsec.pfs,
                ipsec_lifetime=tunnel.ipsec.lifetime,
                psk=tunnel.ike.psk,
                local_id=tunnel.ike.local_id or gateway.addresses[index - 1],
                remote_id=tunnel.ike.remote_id or peer,
                dpd=tunnel.dpd,
                nat_traversal=tunnel.nat_traversal,
            )
        )
    return dataplane.Connection(
        connection.id,
        gateway.id,
        tuple(connection.local_subnets),
        tuple(connection.remote_subnets),
        connection.effect_immediately,
        tuple(tunnels),
        connection.generation,
    )
