"""Networks as the control plane would describe them: one VPC, one gateway with two endpoints, one site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lab.cloud.dataplane import Connection, Endpoint, Gateway, Network, Tunnel, Vpc, Vswitch
from lab.hosts.layout import SITES, Site

VPC_CIDR = "172.16.0.0/16"
VSWITCH = Vswitch("vsw-a", "172.16.1.0/24", "cn-hangzhou-h")
ENDPOINTS = (Endpoint(1, "203.0.113.11"), Endpoint(2, "203.0.113.12"))


def tunnel(site: Site, role: str, **changes: Any) -> Tunnel:
    """A tunnel of ``site``: master on endpoint 1, slave on endpoint 2, strong settings."""
    index = 2 if role == "slave" else 1
    usual = Tunnel(
        id=f"tun-{site.name}-{role}",
        role=role,
        endpoint=index,
        peer_address=site.public_address,
        ike_version="ikev2",
        ike_mode="main",
        ike_enc="aes256",
        ike_auth="sha256",
        ike_pfs="group14",
        ike_lifetime=86400,
        ipsec_enc="aes256",
        ipsec_auth="sha256",
        ipsec_pfs="group14",
        ipsec_lifetime=86400,
        psk='every"sign#{}\\=of it'.replace(" ", ""),
        local_id=ENDPOINTS[index - 1].address,
        remote_id=site.public_address,
        dpd=True,
        nat_traversal=True,
    )
    return replace(usual, **changes)


def connection(site: Site, *tunnels: Tunnel, **changes: Any) -> Connection:
    """A connection of ``site`` with these tunnels (default: master and slave)."""
    usual = Connection(
        id=f"vco-{site.name}",
        gateway_id="vpn-1",
        local_subnets=(VPC_CIDR,),
        remote_subnets=(site.network,),
        effect_immediately=True,
        tunnels=tunnels or (tunnel(site, "master"), tunnel(site, "slave")),
        generation=1,
    )
    return replace(usual, **changes)


def network(*connections: Connection, routed: bool = True, published: bool = True) -> Network:
    """The whole network; ``routed``: policy routes on the gateway; ``published``: routes to it in the VPC."""
    pairs = [(item, remote) for item in connections for remote in item.remote_subnets]
    gateway = Gateway(
        id="vpn-1",
        vpc_id="vpc-1",
        endpoints=ENDPOINTS,
        connections=connections,
        policy_routes=tuple((VPC_CIDR, remote, item.id, 100, 10) for item, remote in pairs) if routed else (),
    )
    routes = tuple((remote, "vpn-1") for _, remote in pairs) if published else ()
    return Network((Vpc("vpc-1", VPC_CIDR, (VSWITCH,), routes),), (gateway,))


STORE, STORE_BEHIND_NAT = SITES[0], SITES[1]
