"""One endpoint of a VPN gateway: a namespace between the internet and a VPC, with an IKE daemon in it.

It forwards by the gateway's routes only: a policy route is a rule on source and destination, a destination route a
rule on the destination, both towards the tunnels' interface; everything else from the VPC is dropped.
"""

from __future__ import annotations

import hashlib
import ipaddress
import random
import time

from lab.cloud.dataplane import Connection, Endpoint, Gateway, Tunnel
from lab.identity import Lab
from lab.network.charon import TUN, Charon, DaemonUnavailable, Sa
from lab.network.internet import cut, join_internet, restore
from lab.network.proposals import connection_message, secret_message
from lab.network.vpc import ENDPOINT_SIDE, ROUTER_SIDE
from lab.system.namespace import Namespace, connect

WAN = "wan0"
VPC = "vpc0"

TABLE_TO_VPC = 100
TABLE_TO_TUNNELS = 101
_RULE_TO_VPC = 5
_RULE_LOCAL = 10
_RULE_FIRST_ROUTE = 1000

RETRY_SECONDS = (1.0, 3.0)
"""How long the gateway waits, at random, before it initiates again: so that both ends seldom do at the same time."""


class GatewayEndpoint:
    """A running endpoint. Not thread-safe except ``sas`` (see ``Charon``); the data plane serialises the rest."""

    def __init__(self, lab: Lab, router: Namespace, gateway_id: str, endpoint: Endpoint):
        tag = hashlib.sha256(f"{gateway_id}/{endpoint.index}".encode()).hexdigest()[:8]
        self.endpoint = endpoint
        self.name = f"{gateway_id}-{endpoint.index}"
        self.namespace = Namespace(lab.namespace(f"net-{self.name}"))
        self.router_link = f"g-{tag}"
        self.killed = False
        self.charon = Charon(lab, self.namespace, self.name, lab.runtime / f"{tag}.vici")
        self._lab = lab
        self._router = router
        self._port = f"e-{tag}"
        self._tunnels: dict[str, tuple[Connection, Tunnel]] = {}
        self._anchors: set[str] = set()
        self._rules: list[str] = []
        self._next_try: dict[str, float] = {}

    def create(self, vpc_cidr: str) -> None:
        """Namespace, cables, routing, daemon. Raises CommandFailed or DaemonUnavailable."""
        self.namespace.create_router()
        join_internet(self._lab, self.namespace, WAN, self._port, self.endpoint.address)
        connect(self._router, self.router_link, self.namespace, VPC)
        self._router.ip(f"addr replace {ROUTER_SIDE}/32 dev {self.router_link}")
        self.namespace.ip(
            f"addr replace {ENDPOINT_SIDE}/32 dev {VPC}",
            f"route replace {vpc_cidr} via {ROUTER_SIDE} dev {VPC} onlink",
            f"route replace {vpc_cidr} via {ROUTER_SIDE} dev {VPC} onlink table {TABLE_TO_VPC}",
            "route replace blackhole default",
            # What comes out of a tunnel goes to the VPC even if its destination is one of the anchors (see below).
            f"rule add priority {_RULE_TO_VPC} iif {TUN} lookup {TABLE_TO_VPC}",
            f"rule add priority {_RULE_LOCAL} lookup local",
            "rule del priority 0",
        )
        # A VPC host may own the address that is an anchor here.
        self.namespace.sysctl({f"net.ipv4.conf.{VPC}.accept_local": 1, f"net.ipv4.conf.{VPC}.arp_ignore": 1})
        self._start_daemon()

    def remove(self) -> None:
        """Stop the daemon and remove the namespace with everything in it."""
        self.charon.stop()
        self.namespace.delete()
        self._router.try_ip(f"link del {self.router_link}")

    def configure(self, gateway: Gateway) -> None:
        """Make tunnels and routes those of ``gateway``. A tunnel whose settings did not change is not touched.

        A changed tunnel loses its SAs and is negotiated anew, as in the cloud. Raises DaemonUnavailable.
        """
        wanted = {
            tunnel.id: (connection, tunnel)
            for connection in gateway.connections
            for tunnel in connection.tunnels
            if tunnel.endpoint == self.endpoint.index
        }
        self._anchor({subnet for connection, tunnel in wanted.values() for subnet in connection.local_subnets})
        self._route(gateway)
        if self.killed:
            self._tunnels = wanted
            return
        for name in self._tunnels.keys() - wanted.keys():
            self.charon.unload(name)
            del self._tunnels[name]
        for name, (connection, tunnel) in wanted.items():
            before = self._tunnels.get(name)
            if before is None or self._rendered(*before) != self._rendered(connection, tunnel):
                if before is not None:
                    self.charon.terminate(name)
                self._load(connection, tunnel)
            self._tunnels[name] = (connection, tunnel)

    def sas(self) -> dict[str, Sa]:
        """State of every configured tunnel by tunnel id; a dead daemon has none up."""
        names = list(self._tunnels)
        try:
            known = self.charon.sas()
        except DaemonUnavailable:
            known = {}
        return {name: known.get(name, Sa()) for name in names}

    def keep_up(self, states: dict[str, Sa]) -> None:
        """Restart a daemon that died; initiate what should be up and is neither up nor on its way.

        Both ends may have initiated at once, and then hold two IKE SAs: the older one is closed.
        """
        if self.killed:
            return
        if not self.charon.running:
            self._restart_daemon()
            return
        now = time.monotonic()
        for name, (connection, _tunnel) in self._tunnels.items():
            state = states.get(name, Sa())
            for leftover in state.surplus:
                self.charon.close_sa(leftover)
            if not connection.effect_immediately or state.child_up or state.negotiating:
                self._next_try.pop(name, None)
            elif name not in self._next_try:
                self._next_try[name] = now + random.uniform(*RETRY_SECONDS)
            elif now >= self._next_try[name]:
                del self._next_try[name]
                self.charon.initiate(name)

    def kill(self) -> None:
        """As if the zone failed: no packet passes any more, and nobody says goodbye."""
        self.killed = True
        cut(self._lab, self._port)
        self.charon.kill()

    def revive(self) -> None:
        """Undo ``kill``: connected again, with a fresh daemon that negotiates everything anew."""
        if not self.killed:
            return
        restore(self._lab, self._port)
        self._restart_daemon()
        self.killed = False

    def _start_daemon(self) -> None:
        self.charon.start()
        self.namespace.ip(f"route replace default dev {TUN} table {TABLE_TO_TUNNELS}")

    def _restart_daemon(self) -> None:
        self._start_daemon()
        for connection, tunnel in self._tunnels.values():
            self._load(connection, tunnel)

    def _load(self, connection: Connection, tunnel: Tunnel) -> None:
        message, secret = self._rendered(connection, tunnel)
        self.charon.load(message, secret)
        self._next_try.pop(tunnel.id, None)
        if connection.effect_immediately:
            self.charon.initiate(tunnel.id)

    def _rendered(self, connection: Connection, tunnel: Tunnel) -> tuple[dict, dict]:
        return connection_message(connection, tunnel, self.endpoint.address), secret_message(tunnel)

    def _anchor(self, subnets: set[str]) -> None:
        """Own one address in each cloud-side subnet: the userspace ESP installs no child SA without one."""
        wanted = {anchor for anchor in map(_anchor_address, subnets) if anchor}
        self.namespace.ip(
            *(f"addr add {address}/32 dev lo" for address in sorted(wanted - self._anchors)),
            *(f"addr del {address}/32 dev lo" for address in sorted(self._anchors - wanted)),
        )
        self._anchors = wanted

    def _route(self, gateway: Gateway) -> None:
        """One rule per route of the gateway, best first."""
        policies = sorted(gateway.policy_routes, key=lambda route: (route[4], -route[3], route[:3]))
        pairs = [(source, destination) for source, destination, *_ in policies]
        destinations = sorted(
            gateway.routes, key=lambda route: (-ipaddress.ip_network(route[0]).prefixlen, -route[2], route[:2])
        )
        pairs += [("0.0.0.0/0", destination) for destination, *_ in destinations]
        rules = [
            f"priority {_RULE_FIRST_ROUTE + number} from {source} to {destination} iif {VPC} lookup {TABLE_TO_TUNNELS}"
            for number, (source, destination) in enumerate(dict.fromkeys(pairs))
        ]
        if rules != self._rules:
            self.namespace.ip(*(f"rule del {rule}" for rule in self._rules), *(f"rule add {rule}" for rule in rules))
            self._rules = rules


def _anchor_address(subnet: str) -> str | None:
    network = ipaddress.ip_network(subnet)
    if network.prefixlen == 0:
        return None  # charon takes any address when loopback is inside the selector
    return str(network[0] if network.num_addresses <= 2 else network[1])
