# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the files of a hardware gateway are written from: its tunnels, without a word of any vendor.

Made once from connections as the role strongswan takes them; every template reads the same model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _addressing
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    AddressError,
    free_tunnel_cidrs,
    parse_address,
    parse_tunnel_cidr,
    tunnel_addresses,
    tunnel_mss,
    tunnel_mtu,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import spelled
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import (
    BGP,
    DEVICES,
    POLICY,
    ROUTINGS,
    crypto_problems,
    identity_problems,
    psk_problems,
    routing_problems,
    time_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import asn, asn_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import MISSING, Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_connection import (
    UNKNOWN,
    connection_options,
    connection_problems,
)

#: Options of a host's connection that a device has no use for: it is told its interfaces once, routes by ``routing``,
#: and authenticates by key.
_OF_HOSTS = frozenset(
    (
        "auth",
        "certificate",
        "private_key",
        "ca_certificates",
        "local_address",
        "datapath",
        "interface",
        "interface_id",
        "interface_address",
        "routes",
        "metric",
        "path_mtu",
    )
)
#: Octets. Alibaba Cloud asks for no more, and it leaves room for any cipher on a line with 1492.
LARGEST_MTU = 1400
#: Unanswered probes after which a peer is dead.
DPD_TRIES = 3
#: Of the first tunnel interface: unlikely to be taken, and below the 99 that ends Huawei's IKE proposals.
FIRST_TUNNEL = 51
EVERYTHING = "0.0.0.0/0"
ACTIVE = "active"


@dataclass(frozen=True)
class Tunnel:
    """One tunnel of the device.

    number: of its interface. ike, ipsec: canonical values as in ``_crypto``. words: the same in the device's words,
    see ``_device_words``. networks are netaddr.IPNetwork. cidr: /30 inside the tunnel, the peer's address first.
    mtu, mss: octets. lifetimes and dpd_delay: seconds. psk: None where it is not known yet.
    """

    name: str
    number: int
    role: str
    remote_address: str
    local_id: str
    remote_id: str
    ike: dict
    ipsec: dict
    words: dict
    dpd: bool
    dpd_delay: int
    nat_traversal: bool
    force_encapsulation: bool
    local_networks: tuple
    remote_networks: tuple
    cidr: str
    local_asn: int | None
    peer_asn: int | None
    mtu: int
    mss: int
    psk: str | None = field(repr=False)

    @property
    def label(self):
        """What objects of the device are called: short, because FortiOS takes 15 characters for an interface."""
        return f"hn-{self.number}"

    @property
    def active(self):
        return self.role == ACTIVE

    @property
    def ikev1(self):
        return self.ike["version"] == "ikev1"

    @property
    def aggressive(self):
        return self.ikev1 and self.ike["mode"] == "aggressive"

    @property
    def local_named(self):
        """Whether the device's identity is a name rather than an address."""
        return _is_name(self.local_id)

    @property
    def remote_named(self):
        return _is_name(self.remote_id)

    @property
    def peer_address(self):
        """The peer's address inside the tunnel."""
        return tunnel_addresses(self.cidr)[0]

    @property
    def own_address(self):
        """The device's address inside the tunnel."""
        return tunnel_addresses(self.cidr)[1]

    @property
    def pairs(self):
        """Every (own network, network of the peer)."""
        return [(local, remote) for local in self.local_networks for remote in self.remote_networks]


@dataclass(frozen=True)
class Configuration:
    """Everything that the files of one device say. routing: policy (exact selectors), static or bgp (any)."""

    name: str
    device: str
    routing: str
    tunnels: tuple
    outside_interface: str
    inside_interface: str
    outside_zone: str
    inside_zone: str

    @property
    def title(self):
        return DEVICES[self.device].title

    @property
    def bgp(self):
        return self.routing == BGP

    @property
    def exact(self):
        """Whether the selectors are the networks themselves rather than everything."""
        return self.routing == POLICY

    @property
    def local_networks(self):
        return sorted({network for tunnel in self.tunnels for network in tunnel.local_networks})

    @property
    def remote_networks(self):
        return sorted({network for tunnel in self.tunnels for network in tunnel.remote_networks})

    @property
    def pairs(self):
        """Every pair of networks that some tunnel carries."""
        return sorted({pair for tunnel in self.tunnels for pair in tunnel.pairs})

    @property
    def groups(self):
        """Tunnels that carry the same networks, the active one first: [(tunnel, ...), ...]."""
        found = {}
        for tunnel in sorted(self.tunnels, key=lambda tunnel: not tunnel.active):
            found.setdefault((tunnel.local_networks, tunnel.remote_networks), []).append(tunnel)
        return [tuple(tunnels) for tunnels in found.values()]

    @property
    def mss(self):
        """The segment size that fits every tunnel, for devices with one setting for all."""
        return min(tunnel.mss for tunnel in self.tunnels)


def device_connection_options():
    """The argument spec of one connection: that of strongswan_connections, and how packets find the tunnel."""
    spec = {name: option for name, option in connection_options().items() if name not in _OF_HOSTS}
    spec["routing"] = {"type": "str", "choices": list(ROUTINGS), "default": POLICY}
    spec["tunnel_cidr"] = {"type": "str"}
    spec["bgp"] = {"type": "dict", "options": {"local_asn": {"type": "str"}, "peer_asn": {"type": "str"}}}
    return spec


def device_connections(connections, bgp=None):
    """What ``Topology.peer_connections`` and ``Topology.bgp`` say of one site, as connections of a device.

    With BGP a host negotiates everything and leaves the networks to its routing; here each connection knows them.
    """
    neighbours = {one["name"]: one for one in (bgp or {}).get("neighbors", ())}
    return [_of_device(connection, bgp, neighbours.get(connection["name"])) for connection in connections]


def _of_device(connection, bgp, neighbour):
    own = {name: value for name, value in connection.items() if name not in _OF_HOSTS}
    if neighbour is None:
        return own
    return {
        **own,
        "local_networks": bgp["networks"],
        "remote_networks": neighbour["accepted_networks"],
        "routing": BGP,
        "tunnel_cidr": str(network(connection["interface_address"]).cidr),
        "bgp": {"local_asn": bgp["asn"], "peer_asn": neighbour["asn"]},
    }


def device_problems(device, connections, psk_inline=True, allow_unknown=False):
    """Everything that is wrong with connections for a device: list[Problem], paths such as ``connections[a].psk``.

    psk_inline: keys are to be written out. allow_unknown: values may be known only later (check mode).
    """
    problems = connection_problems(connections, allow_unknown=allow_unknown)
    if not psk_inline:
        problems = [problem for problem in problems if problem.value != MISSING or not problem.path.endswith(".psk")]
    counts = {}
    for connection in connections:
        counts.setdefault(_networks_of(connection), []).append(connection)
    for connection in connections:
        path = f"connections[{connection['name']}]"
        together = counts[_networks_of(connection)]
        own = [
            *_address_problems(connection, allow_unknown),
            *crypto_problems(device, connection),
            *time_problems(device, connection),
            *routing_problems(device, connection["routing"], len(together)),
            *identity_problems(device, connection["ike"]["version"], connection["local_id"]),
            *(psk_problems(device, connection["psk"]) if psk_inline else ()),
            *_forced_udp_problems(device, connection),
            *_inside_problems(connection),
            *_role_problems(connection, together),
        ]
        problems += [problem.under(path) for problem in own]
    routings = sorted({connection["routing"] for connection in connections})
    if len(routings) > 1:
        rule = "are mixed on one device"
        problems.append(Problem("connections", ", ".join(routings), rule, "give every connection the same routing"))
    return problems


def _networks_of(connection):
    return (tuple(sorted(connection["local_networks"])), tuple(sorted(connection["remote_networks"])))


def _address_problems(connection, allow_unknown):
    address = connection["remote_address"]
    if allow_unknown and address == UNKNOWN:
        return
    try:
        parse_address(address)
    except AddressError as refused:
        yield refused.at("remote_address", address)


def _role_problems(connection, together):
    same = [other["name"] for other in together if other["role"] == connection["role"]]
    if len(same) > 1 and same[0] != connection["name"]:
        rule = f"is also that of {same[0]}, which carries the same networks"
        yield Problem("role", shown(connection["role"]), rule, "make one active and the other standby")


def _forced_udp_problems(device, connection):
    silent = DEVICES[device].silent
    if connection["force_encapsulation"] and "force_encapsulation" in silent:
        rule = f"is not available: {DEVICES[device].title} {silent['force_encapsulation']}"
        yield Problem("force_encapsulation", "true", rule, "remove it")


def _inside_problems(connection):
    cidr = connection["tunnel_cidr"]
    if cidr is not None:
        try:
            parse_tunnel_cidr(cidr)
        except AddressError as refused:
            yield refused.at("tunnel_cidr", cidr)
    if connection["routing"] != BGP:
        return
    if cidr is None:
        yield Problem("tunnel_cidr", MISSING, "is required with routing bgp", "write the /30 that the peer has")
    numbers = connection["bgp"] or {}
    for option in ("local_asn", "peer_asn"):
        value = numbers.get(option)
        if value is None:
            yield Problem(f"bgp.{option}", MISSING, "is required with routing bgp", "write the AS number")
        elif asn(value, option):
            yield asn(value, f"bgp.{option}")


def build_configuration(name, device, connections, interfaces, first_tunnel=FIRST_TUNNEL, outer_mtu=1500):
    """Connections without problems -> Configuration.

    interfaces: any of outside_interface, inside_interface, outside_zone and inside_zone; the device's usual ones
    where None. first_tunnel: number of the first tunnel interface. outer_mtu: octets, of the way between the gateways.
    """
    known = DEVICES[device]
    usual = {
        "outside_interface": known.outside,
        "inside_interface": known.inside,
        "outside_zone": known.outside_zone,
        "inside_zone": known.inside_zone,
    }
    usual.update({key: value for key, value in interfaces.items() if value})
    given = [connection["tunnel_cidr"] for connection in connections if connection["tunnel_cidr"]]
    # Where nobody speaks over them the addresses inside a tunnel mean something on the device only.
    free = iter(free_tunnel_cidrs(len(connections) - len(given), given))
    tunnels = [
        _tunnel(device, connection, first_tunnel + index, connection["tunnel_cidr"] or next(free), outer_mtu)
        for index, connection in enumerate(connections)
    ]
    return Configuration(name, device, connections[0]["routing"], tuple(tunnels), **usual)


def _tunnel(device, connection, number, cidr, outer_mtu):
    ike, ipsec = dict(connection["ike"]), dict(connection["ipsec"])
    # Whether ESP will travel in UDP shows only on the way, so there is room for it unless it cannot happen.
    fits = tunnel_mtu(ipsec["encryption"], ipsec["integrity"], outer_mtu, udp=connection["nat_traversal"])
    mtu = min(LARGEST_MTU, fits)
    numbers = connection["bgp"] or {}
    return Tunnel(
        name=connection["name"],
        number=number,
        role=connection["role"],
        remote_address=connection["remote_address"],
        local_id=connection["local_id"],
        remote_id=connection["remote_id"],
        ike=ike,
        ipsec=ipsec,
        words=spelled(device, ike, ipsec),
        dpd=connection["dpd"],
        dpd_delay=connection["dpd_delay"],
        nat_traversal=connection["nat_traversal"],
        force_encapsulation=connection["force_encapsulation"],
        local_networks=tuple(map(network, connection["local_networks"])),
        remote_networks=tuple(map(network, connection["remote_networks"])),
        cidr=str(network(cidr)),
        local_asn=_number(numbers.get("local_asn")),
        peer_asn=_number(numbers.get("peer_asn")),
        mtu=mtu,
        mss=tunnel_mss(mtu),
        psk=connection.get("psk"),
    )


def network(text):
    """A CIDR as netaddr.IPNetwork, whose parts templates write: network, netmask, hostmask, prefixlen."""
    return _addressing.IPNetwork(text)


def _number(value):
    return None if value is None else asn_number(value)


def _is_name(identity):
    return any(character.isalpha() for character in identity)
