"""From the control plane's state to the ``Network`` that the data plane has to make true."""

from __future__ import annotations

import base64

from lab.cloud import dataplane
from lab.cloud.model import Instance, NetworkAcl, Region, SecurityGroup, VpnConnection, VpnGateway
from lab.cloud.services.gateways import SM
from lab.cloud.state import State

LIVE = frozenset({"provisioning", "active", "updating"})
POWERED = frozenset({"Starting", "Running"})
BOUND = frozenset({"Associating", "InUse"})


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
    vpc = region.vpcs[vpc_id]
    vswitches = [item for item in region.vswitches.values() if item.vpc_id == vpc_id]
    ids = {item.id for item in vswitches}
    instances = [item for item in region.instances.values() if item.vswitch_id in ids]
    hops = live | {item.id for item in instances}
    published = {
        (route.dest, route.gateway_id)
        for route in region.routes.values()
        if route.published and route.gateway_id in live and region.vpn_gateways[route.gateway_id].vpc_id == vpc_id
    }
    return dataplane.Vpc(
        vpc_id,
        vpc.cidr,
        tuple(dataplane.Vswitch(item.id, item.cidr, item.zone) for item in vswitches),
        tuple(sorted(published | _entries(region, vpc.route_table_id, hops))),
        tuple(
            dataplane.RouteTable(
                table.id,
                tuple(item.id for item in vswitches if item.route_table_id == table.id),
                tuple(sorted(_entries(region, table.id, hops))),
            )
            for table in region.route_tables.values()
            if table.vpc_id == vpc_id and not table.system
        ),
        tuple(_group(group) for group in region.security_groups.values() if group.vpc_id == vpc_id),
        tuple(
            _acl(acl, tuple(item.id for item in vswitches if item.network_acl_id == acl.id))
            for acl in region.network_acls.values()
            if acl.vpc_id == vpc_id
        ),
        tuple(_instance(region, item) for item in instances if item.status != "Pending"),
    )


def _entries(region: Region, table_id: str, hops: set[str]) -> set[tuple[str, str]]:
    return {
        (entry.dest, entry.hop_id)
        for entry in region.route_entries.values()
        if entry.table_id == table_id and entry.hop_id in hops and entry.status != "Deleting"
    }


def _group(group: SecurityGroup) -> dataplane.SecurityGroup:
    rules = tuple(
        dataplane.Rule(
            rule.direction,  # type: ignore[arg-type]
            rule.protocol,
            rule.ports,
            rule.policy == "Accept",
            rule.peer,
            rule.priority,
        )
        for rule in group.rules
    )
    return dataplane.SecurityGroup(group.id, rules, group.inner_access == "Accept", group.type == "enterprise")


def _acl(acl: NetworkAcl, vswitch_ids: tuple[str, ...]) -> dataplane.NetworkAcl:
    rules = tuple(
        dataplane.Rule(
            direction,  # type: ignore[arg-type]
            entry.protocol.upper(),
            entry.port,
            entry.policy == "accept",
            entry.cidr,
            place,
        )
        for direction, entries in (("ingress", acl.ingress), ("egress", acl.egress))
        for place, entry in enumerate(entries, start=1)
    )
    return dataplane.NetworkAcl(acl.id, vswitch_ids, rules)


def _instance(region: Region, instance: Instance) -> dataplane.Instance:
    bound = [eip.address for eip in region.eips.values() if eip.instance_id == instance.id and eip.status in BOUND]
    pair = region.key_pairs.get(instance.key_pair)
    return dataplane.Instance(
        instance.id,
        instance.vswitch_id,
        instance.private_address,
        tuple(instance.security_group_ids),
        instance.status in POWERED,
        next(iter(bound), instance.public_address),
        instance.host_name,
        pair.public_key if pair else "",
        base64.b64decode(instance.user_data).decode(errors="replace"),
    )


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
