"""A VPC: a router namespace with one bridge per vSwitch and a kernel route per published VPN route."""

from __future__ import annotations

import hashlib
import ipaddress

from lab.cloud.dataplane import Vpc
from lab.identity import Lab
from lab.system.namespace import Namespace, bridge, connect, hardware_address

ROUTER_SIDE = "100.64.0.1"
ENDPOINT_SIDE = "100.64.0.2"
"""Addresses of the cable between VPC router and gateway endpoint, the same on each: they are point-to-point links."""


def router_of(lab: Lab, vpc_id: str) -> Namespace:
    """The router namespace of a VPC."""
    return Namespace(lab.namespace(f"net-{vpc_id}"))


def bridge_name(vswitch_id: str) -> str:
    """Interface name of a vSwitch inside its VPC's router."""
    return f"vs-{hashlib.sha256(vswitch_id.encode()).hexdigest()[:8]}"


def router_address(cidr: str) -> str:
    """The router's address in a vSwitch: the third-last, as in the cloud (.253 of a /24)."""
    return str(ipaddress.ip_network(cidr)[-3])


class VpcRouter:
    """A running VPC."""

    def __init__(self, lab: Lab, vpc_id: str):
        self.namespace = router_of(lab, vpc_id)
        self._vswitches: set[str] = set()
        self._routes: dict[str, str] = {}

    def create(self) -> None:
        """Make the router. What leaves the VPC has a route or is dropped."""
        self.namespace.create_router()
        self.namespace.ip("route replace blackhole default")

    def remove(self) -> None:
        """Remove the router and its vSwitches; hosts in them lose their cable."""
        self.namespace.delete()

    def configure(self, vpc: Vpc) -> None:
        """Make the vSwitches those of ``vpc``."""
        wanted = {vswitch.id for vswitch in vpc.vswitches}
        for gone in self._vswitches - wanted:
            self.namespace.try_ip(f"link del {bridge_name(gone)}")
        self._vswitches &= wanted
        for vswitch in vpc.vswitches:
            if vswitch.id not in self._vswitches:
                name = bridge_name(vswitch.id)
                bridge(self.namespace, name)
                length = ipaddress.ip_network(vswitch.cidr).prefixlen
                self.namespace.ip(f"addr replace {router_address(vswitch.cidr)}/{length} dev {name}")
                self._vswitches.add(vswitch.id)

    def route(self, links: dict[str, str]) -> None:
        """Kernel routes: destination CIDR -> router interface of the gateway endpoint that is the next hop."""
        changes = [f"route del {destination}" for destination in self._routes.keys() - links.keys()]
        changes += [
            f"route replace {destination} via {ENDPOINT_SIDE} dev {link} onlink"
            for destination, link in links.items()
            if self._routes.get(destination) != link
        ]
        if changes:
            self.namespace.ip(*changes)
            self._routes = dict(links)

    def forget_link(self, link: str) -> None:
        """An endpoint is gone, and with its interface the kernel dropped the routes through it."""
        self._routes = {destination: via for destination, via in self._routes.items() if via != link}


def plug_in(lab: Lab, vpc_id: str, vswitch_id: str, cidr: str, host: Namespace, link: str, address: str) -> None:
    """Put a host into a vSwitch with ``address``, default route to the VPC's router. The vSwitch must exist."""
    router = router_of(lab, vpc_id)
    port = f"h-{hashlib.sha256(host.name.encode()).hexdigest()[:8]}"
    connect(router, port, host, link)
    router.ip(f"link set {port} master {bridge_name(vswitch_id)}")
    host.ip(
        f"link set {link} address {hardware_address(address)}",
        f"addr replace {address}/{ipaddress.ip_network(cidr).prefixlen} dev {link}",
        f"route replace default via {router_address(cidr)} dev {link}",
    )
