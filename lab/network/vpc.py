"""A VPC: a router namespace with a bridge per vSwitch, a port per instance, and its route tables in the kernel.

The cloud's switch sees every packet of an instance; a bridge would pass those inside a vSwitch by. So instances have
ports of their own at the router, which answers ARP for everybody else in the vSwitch.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from lab.cloud.dataplane import Instance, Vpc
from lab.identity import Lab
from lab.network.firewall import ruleset
from lab.network.interfaces import bridge_name, host_port_name, port_name
from lab.system.namespace import Namespace, bridge, connect, hardware_address

ROUTER_SIDE = "100.64.0.1"
ENDPOINT_SIDE = "100.64.0.2"
"""Addresses of the cable between a VPC's router and what it reaches the world through, the same on each: they are
point-to-point links."""

SYSTEM = "system"
"""Key of the system route table."""

NOWHERE = "nowhere"
"""Next hop of a route whose gateway or instance is off: it does not make room for the next best route."""

_FIRST_TABLE = 1000
_RULE_INSIDE = 100
_RULE_TABLE = 200
_RULE_INTERNET = 300
_RULE_SYSTEM = 400
_RULE_NOWHERE = 500

NIC = "eth0"


def router_of(lab: Lab, vpc_id: str) -> Namespace:
    """The router namespace of a VPC."""
    return Namespace(lab.namespace(f"net-{vpc_id}"))


def router_address(cidr: str) -> str:
    """The router's address in a vSwitch: the third-last, as in the cloud (.253 of a /24)."""
    return str(ipaddress.ip_network(cidr)[-3])


class VpcRouter:
    """A running VPC. What leaves it has a route, or is an instance's with a public address; the rest is dropped."""

    def __init__(self, lab: Lab, vpc_id: str):
        self.namespace = router_of(lab, vpc_id)
        self._vswitches: dict[str, str] = {}
        self._tables: dict[str, int] = {}
        self._routes: dict[tuple[str, str], str] = {}
        self._rules: set[str] = set()
        self._filter = ""

    def create(self) -> None:
        """Make the router. Packets inside the VPC go by the main table, the others by the table of their vSwitch."""
        self.namespace.create_router()
        self.namespace.sysctl({"net.ipv4.conf.all.send_redirects": 0, "net.ipv4.conf.default.send_redirects": 0})
        self.namespace.ip(
            f"rule add priority {_RULE_INSIDE} lookup main",
            f"rule add priority {_RULE_SYSTEM} lookup {self._table(SYSTEM)}",
            f"rule add priority {_RULE_NOWHERE} blackhole",
        )

    def remove(self) -> None:
        """Remove the router and its vSwitches; hosts in them lose their cable."""
        self.namespace.delete()

    def configure(self, vpc: Vpc) -> None:
        """Make the vSwitches, the filters, and the choice of route tables those of ``vpc``."""
        wanted = {vswitch.id: vswitch.cidr for vswitch in vpc.vswitches}
        for gone in self._vswitches.keys() - wanted.keys():
            self.namespace.try_ip(f"link del {bridge_name(gone)}")
            del self._vswitches[gone]
        for vswitch_id, cidr in wanted.items():
            if vswitch_id not in self._vswitches:
                name = bridge_name(vswitch_id)
                bridge(self.namespace, name)
                length = ipaddress.ip_network(cidr).prefixlen
                self.namespace.ip(f"addr replace {router_address(cidr)}/{length} dev {name}")
                self._answer_for_others(name)
                self._vswitches[vswitch_id] = cidr
        self._load_filter(vpc)
        self._choose_tables(vpc)

    def plug(self, instance: Instance, host: Namespace) -> None:
        """Give an instance's namespace its NIC, with its address and a default route to the router."""
        port, cidr = port_name(instance.id), self._vswitches[instance.vswitch_id]
        connect(self.namespace, port, host, NIC)
        self._answer_for_others(port)
        self.namespace.ip(
            f"addr replace {router_address(cidr)}/32 dev {port}", f"route replace {instance.address}/32 dev {port}"
        )
        _address(host, NIC, instance.address, cidr)

    def unplug(self, instance_id: str) -> None:
        """Take an instance's cable away."""
        self.namespace.try_ip(f"link del {port_name(instance_id)}")
        self.forget_link(port_name(instance_id))

    def route(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        """Kernel routes by route table: destination CIDR -> ``via ADDRESS dev INTERFACE``, or ``NOWHERE``."""
        wanted = {(table, destination): hop for table, routes in tables.items() for destination, hop in routes.items()}
        changes = [
            f"route del {destination} table {self._table(table)}"
            for table, destination in self._routes.keys() - wanted.keys()
        ]
        changes += [
            f"route replace {_kernel_route(destination, hop)} table {self._table(table)}"
            for (table, destination), hop in wanted.items()
            if self._routes.get((table, destination)) != hop
        ]
        if changes:
            self.namespace.ip(*changes)
            self._routes = wanted

    def forget_link(self, link: str) -> None:
        """An interface is gone, and with it the kernel dropped the routes through it."""
        self._routes = {key: hop for key, hop in self._routes.items() if not hop.endswith(f" dev {link}")}

    def _load_filter(self, vpc: Vpc) -> None:
        text = ruleset(vpc)
        if text != self._filter:
            self.namespace.nft(text)
            self._filter = text

    def _choose_tables(self, vpc: Vpc) -> None:
        """The table of each interface's vSwitch; after it, the way of an instance's public address.

        A public address comes before a default route of the table, as in the cloud.
        """
        custom = {vswitch_id: table.id for table in vpc.tables for vswitch_id in table.vswitch_ids}
        public = {port_name(item.id): item.public_address for item in vpc.instances if item.public_address}
        interfaces = [(bridge_name(vswitch.id), vswitch.id) for vswitch in vpc.vswitches]
        interfaces += [(port_name(item.id), item.vswitch_id) for item in vpc.instances]
        rules = set()
        for name, vswitch_id in interfaces:
            table = custom.get(vswitch_id, SYSTEM)
            if name in public:
                rules.add(f"priority {_RULE_TABLE} iif {name} lookup {self._table(table)} suppress_prefixlength 0")
                rules.add(f"priority {_RULE_INTERNET} iif {name} lookup {self._table(public[name])}")
            elif table != SYSTEM:
                rules.add(f"priority {_RULE_TABLE} iif {name} lookup {self._table(table)}")
                rules.add(f"priority {_RULE_INTERNET} iif {name} blackhole")
        changes = [f"rule del {rule}" for rule in sorted(self._rules - rules)]
        changes += [f"rule add {rule}" for rule in sorted(rules - self._rules)]
        if changes:
            self.namespace.ip(*changes)
            self._rules = rules

    def _answer_for_others(self, link: str) -> None:
        self.namespace.sysctl({f"net.ipv4.conf.{link}.proxy_arp": 1, f"net.ipv4.neigh.{link}.proxy_delay": 0})

    def _table(self, key: str) -> int:
        """The kernel's number of a route table, or of the way out for a public address."""
        return self._tables.setdefault(key, _FIRST_TABLE + len(self._tables))


def _kernel_route(destination: str, hop: str) -> str:
    return f"blackhole {destination}" if hop == NOWHERE else f"{destination} {hop} onlink"


def plug_in(lab: Lab, vpc_id: str, vswitch_id: str, cidr: str, host: Namespace, link: str, address: str) -> None:
    """Put a host that is no instance into a vSwitch, default route to the VPC's router. The vSwitch must exist."""
    router = router_of(lab, vpc_id)
    port = host_port_name(host.name)
    connect(router, port, host, link)
    router.ip(f"link set {port} master {bridge_name(vswitch_id)}")
    _address(host, link, address, cidr)


def _address(host: Namespace, link: str, address: str, cidr: str) -> None:
    host.ip(
        f"link set {link} address {hardware_address(address)}",
        f"addr replace {address}/{ipaddress.ip_network(cidr).prefixlen} dev {link}",
        f"route replace default via {router_address(cidr)} dev {link}",
    )
