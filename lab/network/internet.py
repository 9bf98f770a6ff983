"""The lab's internet: one bridge in a namespace of its own, with the documentation networks (RFC 5737) flat on it.

In a namespace, because with ``br_netfilter`` loaded bridged packets also pass the firewall of the bridge's namespace.
"""

from __future__ import annotations

import ipaddress

from lab.identity import Lab
from lab.system.namespace import Namespace, bridge, connect, hardware_address

NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")

BRIDGE = "internet"

PROXY_ADDRESS = "192.0.2.1"
"""Where machines on the internet get their packages: an address of the internet itself."""


def internet(lab: Lab) -> Namespace:
    """The internet's namespace of ``lab``."""
    return Namespace(lab.namespace("internet"))


def create_internet(lab: Lab) -> None:
    """Make the internet; it answers at the first address of each of its networks. Idempotent."""
    where = internet(lab)
    where.create()
    bridge(where, BRIDGE)
    where.ip(*(f"addr replace {ipaddress.ip_network(network)[1]}/24 dev {BRIDGE}" for network in NETWORKS))


def join_internet(lab: Lab, who: Namespace, link: str, port: str, address: str) -> None:
    """Give ``who`` an interface ``link`` with a public address; ``port`` is the bridge's side of the cable.

    The three networks are reachable directly: a public address may belong to any of them.
    """
    where = internet(lab)
    connect(where, port, who, link)
    where.ip(f"link set {port} master {BRIDGE}")
    who.ip(
        f"link set {link} address {hardware_address(address)}",
        f"addr replace {address}/32 dev {link}",
        *(f"route replace {network} dev {link} src {address}" for network in NETWORKS),
    )


def gateway_for(address: str) -> str:
    """The internet's own address in the network of ``address``; what has a default route to it ends there."""
    return next(
        str(network[1]) for network in map(ipaddress.ip_network, NETWORKS) if ipaddress.ip_address(address) in network
    )


def cut(lab: Lab, port: str) -> None:
    """Take the carrier from a port: whatever is sent either way is lost, and nobody is told."""
    internet(lab).ip(f"link set {port} down")


def restore(lab: Lab, port: str) -> None:
    """Undo ``cut``."""
    internet(lab).ip(f"link set {port} up")
