"""The seam between the control plane and whatever moves packets.

The control plane describes the wanted network as one immutable ``Network`` after every committed
change and hands it to ``DataPlane.apply``; it asks ``DataPlane.sa_states`` for what is really up.
Values keep the API's spelling (``aes256``, ``sha256``, ``group14``, ``disabled``), so that a data plane
has a crypto mapping of its own and a mistake in the product's mapping cannot cancel out here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

PUBLIC_POOL = "203.0.113.0/24"
"""Where VPN gateway endpoints get their public addresses from (RFC 5737, TEST-NET-3)."""

INSTANCE_POOL = "192.0.2.128/25"
"""Where elastic addresses and the public addresses of instances come from (RFC 5737, upper half of TEST-NET-1)."""


@dataclass(frozen=True)
class Vswitch:
    """A subnet of a VPC: ``cidr`` in text form, ``zone`` such as ``cn-hangzhou-h``."""

    id: str
    cidr: str
    zone: str


@dataclass(frozen=True)
class RouteTable:
    """A custom route table: the vSwitches that use it, and (destination CIDR, id of the next hop)."""

    id: str
    vswitch_ids: tuple[str, ...]
    routes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of a security group or a network ACL, in the API's spelling.

    ``protocol`` TCP, UDP, ICMP, GRE, ALL; ``ports`` such as ``22/22`` or ``-1/-1``; ``peer`` a CIDR or a group id; a
    smaller ``priority`` decides first. An ACL's rules have the priority of their place.
    """

    direction: Literal["ingress", "egress"]
    protocol: str
    ports: str
    accept: bool
    peer: str
    priority: int = 1


@dataclass(frozen=True)
class SecurityGroup:
    """A security group. ``inner_access``: members reach one another; ``enterprise``: nothing goes out by default."""

    id: str
    rules: tuple[Rule, ...] = ()
    inner_access: bool = True
    enterprise: bool = False


@dataclass(frozen=True)
class NetworkAcl:
    """The network ACL of some vSwitches."""

    id: str
    vswitch_ids: tuple[str, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Instance:
    """An ECS instance. ``powered``: it runs, or is to; else its disk is kept. ``public_address``: empty without one.

    ``public_key`` is in authorized_keys form, ``user_data`` as decoded text; both count when the disk is new.
    """

    id: str
    vswitch_id: str
    address: str
    group_ids: tuple[str, ...]
    powered: bool
    public_address: str = ""
    host_name: str = "instance"
    public_key: str = ""
    user_data: str = field(default="", repr=False)


@dataclass(frozen=True)
class Vpc:
    """A VPC. ``routes`` are those of its system route table: (destination CIDR, id of a VPN gateway or instance)."""

    id: str
    cidr: str
    vswitches: tuple[Vswitch, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()
    tables: tuple[RouteTable, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    acls: tuple[NetworkAcl, ...] = ()
    instances: tuple[Instance, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """One public (or private) address of a gateway; ``index`` is 1 or 2."""

    index: int
    address: str


@dataclass(frozen=True)
class Tunnel:
    """One IKE peer of a gateway endpoint, as configured through the API.

    ``endpoint`` is the index of the gateway endpoint that terminates it. Lifetimes are seconds. ``id`` is the
    tunnel id of a dual-tunnel connection, or the connection id of a single-tunnel one.
    """

    id: str
    role: Literal["master", "slave", "single"]
    endpoint: int
    peer_address: str
    ike_version: str
    ike_mode: str
    ike_enc: str
    ike_auth: str
    ike_pfs: str
    ike_lifetime: int
    ipsec_enc: str
    ipsec_auth: str
    ipsec_pfs: str
    ipsec_lifetime: int
    psk: str
    local_id: str
    remote_id: str
    dpd: bool
    nat_traversal: bool

    def __repr__(self) -> str:
        """Leave the pre-shared key out: a Tunnel may end up in a log or a traceback."""
        return f"Tunnel(id={self.id!r}, role={self.role!r}, endpoint={self.endpoint}, peer={self.peer_address!r})"


@dataclass(frozen=True)
class Connection:
    """An IPsec connection. ``local_subnets`` are the cloud side; ``generation`` grows with every change of it."""

    id: str
    gateway_id: str
    local_subnets: tuple[str, ...]
    remote_subnets: tuple[str, ...]
    effect_immediately: bool
    tunnels: tuple[Tunnel, ...]
    generation: int


@dataclass(frozen=True)
class Gateway:
    """A VPN gateway that is provisioned.

    ``policy_routes``: (source CIDR, destination CIDR, connection id, weight, priority); lower priority number wins.
    ``routes``: (destination CIDR, connection id, weight).
    """

    id: str
    vpc_id: str
    endpoints: tuple[Endpoint, ...]
    connections: tuple[Connection, ...] = ()
    policy_routes: tuple[tuple[str, str, str, int, int], ...] = ()
    routes: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Network:
    """Everything the data plane has to make true."""

    vpcs: tuple[Vpc, ...] = ()
    gateways: tuple[Gateway, ...] = ()


@dataclass(frozen=True)
class SaState:
    """What is negotiated for one tunnel: IKE SA up, child SA up, ESP bytes, epoch seconds of establishment."""

    ike: bool
    child: bool
    bytes_in: int = 0
    bytes_out: int = 0
    established_at: float | None = None


class DataPlane(Protocol):
    """What the control plane needs from a data plane.

    Optional methods: ``kill_endpoint(gateway_id, index)`` and ``revive_endpoint(gateway_id, index)`` (blocking,
    LookupError for an unknown endpoint; without them the admin endpoint answers "not supported"),
    ``log_lines(connection_id) -> list[str]``, lines of the IKE daemons as ``<UTC time, 20 characters> <text>``, and
    ``powered_off() -> set[str]``, ids of the instances that are to run and have powered themselves off.
    """

    def apply(self, network: Network) -> None:
        """Make the network true. Blocking, idempotent, called from one worker thread; only the latest state counts."""

    def sa_states(self) -> Mapping[str, SaState]:
        """Negotiation state by tunnel id. May block (asks the IKE daemons); called off the event loop."""

    def allocate_public_address(self, in_use: frozenset[str]) -> str:
        """A public address for a new gateway endpoint, not one of ``in_use``. Quick, no blocking I/O."""

    def close(self) -> None:
        """Release what the data plane object holds (threads, sockets). Does not tear the network down."""


class ControlPlaneOnly:
    """No packets: connections stay at ``ike_sa_not_established``. Used without root and in tests of the modules."""

    def apply(self, network: Network) -> None:
        """Nothing to make true."""

    def sa_states(self) -> Mapping[str, SaState]:
        """No tunnel is ever negotiated."""
        return {}

    def allocate_public_address(self, in_use: frozenset[str]) -> str:
        """The lowest host address of ``PUBLIC_POOL`` from .11 on that is free; ``RuntimeError`` when none is left."""
        return first_free_address(in_use)

    def close(self) -> None:
        """Nothing to release."""


def first_free_address(in_use: frozenset[str], pool: str = PUBLIC_POOL, first_host: int = 11) -> str:
    """The lowest address of ``pool`` from host number ``first_host`` on that is not in ``in_use``.

    Raises RuntimeError when the pool is exhausted.
    """
    hosts = list(ipaddress.ip_network(pool).hosts())
    for address in hosts[first_host - 1 :]:
        if str(address) not in in_use:
            return str(address)
    raise RuntimeError(f"no free public address left in {pool}")
