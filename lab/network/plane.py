"""The data plane: makes a ``Network`` true with namespaces and strongSwan, and keeps it so."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.cloud.dataplane import Gateway, Instance, Network, SaState, Vpc, first_free_address
from lab.errors import LabError
from lab.identity import Lab
from lab.machine_wide import first_lab_records, machine_lock
from lab.network.active import next_hops
from lab.network.charon import DaemonUnavailable, Sa
from lab.network.elastic import ElasticAddress
from lab.network.endpoint import GatewayEndpoint
from lab.network.instance import PoweredInstance, disks, remove_disk
from lab.network.interfaces import port_name
from lab.network.internet import create_internet
from lab.network.vpc import ENDPOINT_SIDE, NOWHERE, SYSTEM, VpcRouter
from lab.system.command import CommandFailed
from lab.system.namespace import NETNS, namespaces_of
from lab.system.process import end, inside, marked

log = logging.getLogger("lab.network")

LEFTOVER_SECONDS = 3.0
"""How long instances that a former control plane left have to shut down."""

WATCH_SECONDS = 0.5
"""How often the daemons are asked: an upper bound on the delay between a tunnel's end and the change of route."""


class LinuxDataPlane:
    """Implements ``lab.cloud.dataplane.DataPlane``. Needs root; see ``lab.network.open_data_plane``."""

    def __init__(self, lab: Lab):
        self._lab = lab
        self._network = Network()
        self._routers: dict[str, VpcRouter] = {}
        self._endpoints: dict[tuple[str, int], GatewayEndpoint] = {}
        self._instances: dict[str, PoweredInstance] = {}
        self._elastic: dict[str, ElasticAddress] = {}
        self._change = threading.RLock()
        self._closed = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sas")
        self._machine_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="machines")
        with machine_lock():
            first_lab_records(lab)
        self._remove_leftovers()
        create_internet(lab)
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._watcher.start()

    def apply(self, network: Network) -> None:
        """Make ``network`` true: what is gone is removed first, what did not change is not touched."""
        with self._change:
            self._remove_gone(network)
            self._network = network
            for vpc in network.vpcs:
                self._apply_vpc(vpc)
            list(self._machine_pool.map(self._power_on, self._off(network)))
            for gateway in network.gateways:
                self._apply_gateway(gateway)
            self._apply_routes(self._sas())

    def sa_states(self) -> Mapping[str, SaState]:
        """What the daemons report now, by tunnel id."""
        now = time.time()
        return {name: _reported(sa, now) for name, sa in self._sas().items()}

    def allocate_public_address(self, in_use: frozenset[str]) -> str:
        """The lowest free address of the gateways' pool; RuntimeError when none is left."""
        return first_free_address(in_use)

    def kill_endpoint(self, gateway_id: str, index: int) -> None:
        """Let an endpoint vanish as if its zone failed. Raises LookupError when there is no such endpoint."""
        with self._change:
            self._endpoint(gateway_id, index).kill()
            self._apply_routes(self._sas())

    def revive_endpoint(self, gateway_id: str, index: int) -> None:
        """Bring a killed endpoint back. Raises LookupError when there is no such endpoint."""
        with self._change:
            self._endpoint(gateway_id, index).revive()

    def log_lines(self, connection_id: str, limit: int = 1000) -> list[str]:
        """The newest lines of the IKE daemons about a connection's tunnels, oldest first, ``<UTC time> <text>``.

        Lines before a peer is matched to a tunnel carry no name and are not included.
        """
        lines: list[str] = []
        for gateway in self._network.gateways:
            for connection in gateway.connections:
                if connection.id == connection_id:
                    named = re.compile("|".join(rf"<{re.escape(tunnel.id)}\|\d+>" for tunnel in connection.tunnels))
                    for endpoint in gateway.endpoints:
                        running = self._endpoints.get((gateway.id, endpoint.index))
                        if running and connection.tunnels and running.charon.log.exists():
                            text = running.charon.log.read_text(errors="replace")
                            lines += [line for line in text.splitlines() if named.search(line)]
        return sorted(lines, key=lambda line: line[:20])[-limit:]

    def powered_off(self) -> set[str]:
        """Ids of the instances that are to run and whose machine has ended by itself."""
        return {key for key, powered in list(self._instances.items()) if not powered.running}

    def close(self) -> None:
        """Stop watching; the network stays as it is until ``lab down`` or the next control plane."""
        self._closed.set()
        self._watcher.join(timeout=10)
        self._pool.shutdown(wait=False)
        self._machine_pool.shutdown(wait=False)

    def _endpoint(self, gateway_id: str, index: int) -> GatewayEndpoint:
        try:
            return self._endpoints[gateway_id, index]
        except KeyError:
            raise LookupError(f"gateway {gateway_id} has no running endpoint {index}") from None

    def _apply_vpc(self, vpc: Vpc) -> None:
        router = self._routers.get(vpc.id)
        if router is None:
            router = VpcRouter(self._lab, vpc.id)
            router.create()
            self._routers[vpc.id] = router
        router.configure(vpc)
        for instance in vpc.instances:
            if instance.public_address and instance.public_address not in self._elastic:
                elastic = ElasticAddress(self._lab, router, instance.public_address, instance.address)
                try:
                    elastic.create()
                except CommandFailed:
                    elastic.remove()
                    raise
                self._elastic[elastic.public] = elastic

    def _off(self, network: Network) -> list[tuple[VpcRouter, Instance]]:
        """What is to be powered on."""
        return [
            (self._routers[vpc.id], instance)
            for vpc in network.vpcs
            for instance in vpc.instances
            if instance.powered and instance.id not in self._instances
        ]

    def _power_on(self, what: tuple[VpcRouter, Instance]) -> None:
        powered = PoweredInstance(self._lab, *what)
        try:
            powered.start()
        except (CommandFailed, LabError):
            powered.stop(grace=0.0)
            raise
        self._instances[powered.wanted.id] = powered

    def _apply_gateway(self, gateway: Gateway) -> None:
        router = self._routers.get(gateway.vpc_id)
        if router is None:
            return
        cidr = next(vpc.cidr for vpc in self._network.vpcs if vpc.id == gateway.vpc_id)
        for wanted in gateway.endpoints:
            running = self._endpoints.get((gateway.id, wanted.index))
            if running is None:
                running = GatewayEndpoint(self._lab, router.namespace, gateway.id, wanted)
                try:
                    running.create(cidr)
                except (CommandFailed, DaemonUnavailable):
                    running.remove()
                    raise
                self._endpoints[gateway.id, wanted.index] = running
            running.configure(gateway)

    def _remove_gone(self, network: Network) -> None:
        vpcs = {vpc.id for vpc in network.vpcs}
        wanted = {
            (gateway.id, endpoint.index): endpoint
            for gateway in network.gateways
            if gateway.vpc_id in vpcs
            for endpoint in gateway.endpoints
        }
        gone = [key for key, running in self._endpoints.items() if wanted.get(key) != running.endpoint]
        leaving = [self._endpoints.pop(key) for key in gone]
        list(self._pool.map(GatewayEndpoint.remove, leaving))
        for endpoint in leaving:
            for router in self._routers.values():
                router.forget_link(endpoint.router_link)
        self._remove_gone_instances(network)
        for vpc_id in self._routers.keys() - vpcs:
            self._routers.pop(vpc_id).remove()

    def _remove_gone_instances(self, network: Network) -> None:
        instances = {instance.id: instance for vpc in network.vpcs for instance in vpc.instances}
        bound = {instance.public_address: instance.address for instance in instances.values()}
        for public in [key for key, running in self._elastic.items() if bound.get(key) != running.private]:
            self._elastic.pop(public).remove()
        on = {key for key, instance in instances.items() if instance.powered}
        leaving = [self._instances.pop(key) for key in self._instances.keys() - on]
        list(self._machine_pool.map(PoweredInstance.stop, leaving))
        for gone in disks(self._lab) - instances.keys():
            remove_disk(self._lab, gone)

    def _apply_routes(self, sas: Mapping[str, Sa]) -> None:
        up = {name for name, sa in sas.items() if sa.child_up}
        for vpc in self._network.vpcs:
            tables = {SYSTEM: vpc.routes, **{table.id: table.routes for table in vpc.tables}}
            routes = {key: self._hops(table, up) for key, table in tables.items()}
            for instance in vpc.instances:
                elastic = self._elastic.get(instance.public_address)
                if elastic:
                    routes[elastic.public] = {"default": f"via {ENDPOINT_SIDE} dev {elastic.link}"}
            self._routers[vpc.id].route(routes)

    def _hops(self, table: Iterable[tuple[str, str]], up: set[str]) -> dict[str, str]:
        """Destination -> next hop as ``VpcRouter.route`` takes it."""
        hops = {}
        for destination, hop in table:
            instance = self._instances.get(hop)
            hops[destination] = f"via {instance.wanted.address} dev {port_name(hop)}" if instance else NOWHERE
        for destination, endpoint in next_hops(table, self._network.gateways, up).items():
            if endpoint in self._endpoints:
                hops[destination] = f"via {ENDPOINT_SIDE} dev {self._endpoints[endpoint].router_link}"
        return hops

    def _sas(self) -> dict[str, Sa]:
        known: dict[str, Sa] = {}
        for part in self._pool.map(GatewayEndpoint.sas, list(self._endpoints.values())):
            known.update(part)
        return known

    def _watch(self) -> None:
        """Follow the tunnels: re-initiate what fell, restart a daemon that died, move routes to what is up."""
        while not self._closed.wait(WATCH_SECONDS):
            try:
                with self._change:
                    sas = self._sas()
                    for endpoint in self._endpoints.values():
                        endpoint.keep_up(sas)
                    self._apply_routes(sas)
            except (CommandFailed, DaemonUnavailable) as error:
                log.warning("the data plane will try again: %s", error)

    def _remove_leftovers(self) -> None:
        """A control plane that was killed leaves its gateways and instances behind; nobody holds their settings."""
        leftovers = namespaces_of(self._lab.namespace("net"))
        runs_there = str(NETNS / self._lab.namespace("net-"))
        end([pid for pid, line in marked(self._lab).items() if runs_there in line], grace=LEFTOVER_SECONDS)
        end(inside(_inodes(leftovers)), grace=0.0)
        for namespace in leftovers:
            namespace.delete()


def _inodes(namespaces: Iterable) -> set[int]:
    return {inode for inode in (namespace.inode() for namespace in namespaces) if inode is not None}


def _reported(sa: Sa, now: float) -> SaState:
    started = now - sa.established_seconds if sa.established_seconds is not None else None
    return SaState(sa.ike_up, sa.child_up, sa.bytes_in, sa.bytes_out, started)
