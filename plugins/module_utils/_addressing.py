# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv4 rules: networks, addresses, overlaps, tunnel /30s, and what ESP leaves of a packet.

Sources: CreateCustomerGateway (IpAddress), CreateVpnRouteEntry and CreateVpnPbrRouteEntry (RouteDest,
RouteSource), CreateVpnConnection (TunnelCidr) for the ranges; RFC 4303 for the packet sizes.
"""

from __future__ import annotations

import re
import traceback
from typing import NamedTuple

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import sizes
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Refused

NETADDR_IMPORT_ERROR = None
try:
    from netaddr import AddrFormatError, IPAddress, IPNetwork
except ImportError:
    NETADDR_IMPORT_ERROR = traceback.format_exc()
HAS_NETADDR = NETADDR_IMPORT_ERROR is None


class AddressError(Refused):
    """An address or a network that is not usable."""


class Network(NamedTuple):
    """An IPv4 network. Sorts by address, then the wider one first."""

    first: int
    prefix: int
    last: int

    def __str__(self):
        return str(IPNetwork((self.first, self.prefix)))

    def meets(self, other):
        """Whether the two share an address."""
        return self.first <= other.last and other.first <= self.last


_FOUR_OCTETS = r"\d{1,3}(?:\.\d{1,3}){3}"
_ADDRESS = re.compile(_FOUR_OCTETS, re.ASCII)
_CIDR = re.compile(rf"({_FOUR_OCTETS})/(\d{{1,2}}|{_FOUR_OCTETS})", re.ASCII)


def parse_address(value):
    """An IPv4 address as its normal text; raises AddressError."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        if isinstance(value, str) and _CIDR.fullmatch(value.strip()):
            raise AddressError("is a network, not an address", f"write {value.split('/')[0].strip()}")
        if isinstance(value, str) and ":" in value:
            raise AddressError("is not an IPv4 address, and the VPN gateway takes no other", "use an IPv4 address")
        raise AddressError("is not an IPv4 address", "write four numbers such as 198.51.100.10")
    return str(_netaddr(IPAddress, value.strip()))


def parse_network(value):
    """A CIDR without host bits as :class:`Network`; raises AddressError, which names the correction if there is one."""
    text = value.strip() if isinstance(value, str) else ""
    match = _CIDR.fullmatch(text)
    if not match:
        if ":" in text:
            raise AddressError("is not an IPv4 network, and the VPN gateway takes no other", "use an IPv4 network")
        if _ADDRESS.fullmatch(text):
            _netaddr(IPAddress, text)
            raise AddressError("has no prefix length", f"write {text}/32 for the one address, or its network")
        raise AddressError("is not a CIDR", "write an IPv4 network such as 192.168.1.0/24")
    network = _netaddr(IPNetwork, text)
    if network.ip.value != network.first:
        raise AddressError("has host bits set", f"write {network.cidr}")
    if "." in match.group(2):
        raise AddressError("has a netmask instead of a prefix length", f"write {network.cidr}")
    return Network(network.first, network.prefixlen, network.last)


def _netaddr(kind, text):
    # Inet_pton reads 010.0.0.1 in more than one way, so a leading zero is refused rather than guessed at.
    if any(len(octet) > 1 and octet.startswith("0") for octet in text.split("/")[0].split(".")):
        raise AddressError("has a number with a leading zero", "write it without the zero")
    try:
        return kind(text)
    except (AddrFormatError, ValueError):
        raise AddressError("is out of range", "use 0 to 255 in each place and /0 to /32") from None


# 10/8 and the like are refused for a customer gateway only where the gateway is on the internet.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")

#: Ranges that the API forbids for a customer gateway (and 0/8, which is no address of any host).
#: Nothing of them can be routed into a tunnel either; for 100.64.0.0/10 the API says so itself.
REFUSED_RANGES = {
    "0.0.0.0/8": "addresses of this host",
    "100.64.0.0/10": "Alibaba Cloud's own services",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local addresses",
    "224.0.0.0/4": "multicast",
    "255.0.0.0/8": "reserved and broadcast addresses",
}

TUNNEL_RANGE = "169.254.0.0/16"
#: /30s of the tunnel range that CreateVpnConnection refuses as TunnelCidr.
RESERVED_TUNNEL_CIDRS = tuple(f"169.254.{octet}.0/30" for octet in range(7)) + ("169.254.169.252/30",)


def _network(cidr):
    address, prefix = cidr.split("/")
    first = 0
    for octet in address.split("."):
        first = first * 256 + int(octet)
    return Network(first, int(prefix), first + 2 ** (32 - int(prefix)) - 1)


_REFUSED = tuple((_network(cidr), cidr, use) for cidr, use in REFUSED_RANGES.items())
_PRIVATE_NETWORKS = tuple(_network(cidr) for cidr in _PRIVATE)
_TUNNELS = _network(TUNNEL_RANGE)
_RESERVED_TUNNELS = frozenset(_network(cidr) for cidr in RESERVED_TUNNEL_CIDRS)


def check_customer_address(value, private_link=False):
    """The address of a customer gateway as its normal text; raises AddressError.

    private_link: the VPN gateway's network type is private, so an RFC 1918 address is what it sees.
    """
    text = parse_address(value)
    own = _network(text + "/32")
    for network, cidr, use in _REFUSED:
        if network.meets(own):
            raise AddressError(f"is in {cidr} ({use})", "write the public address that the cloud sees")
    if not private_link and any(network.meets(own) for network in _PRIVATE_NETWORKS):
        fix = "write the address the site has on the internet, and behind_nat: true if a router translates it"
        raise AddressError("is a private address, which a public VPN gateway cannot reach", fix)
    return text


def check_routed_network(value):
    """A network that can be carried by policy (exact selectors and routes); raises AddressError."""
    network = parse_network(value)
    if network.prefix == 0:
        raise AddressError("is everything, which policy routing cannot carry", "list the networks to be reached")
    for other, cidr, use in _REFUSED:
        if network.meets(other):
            raise AddressError(f"overlaps {cidr} ({use}), which cannot be routed into a tunnel", "use another network")
    return network


class Claim(NamedTuple):
    """A network that somebody uses: ``path`` where it is written, ``owner`` who uses it."""

    network: Network
    owner: str
    path: str


def overlaps(claims, others=()):
    """Overlaps among ``claims`` of different owners, and between ``claims`` and ``others``.

    Returns a list of (claim, enclosing claim), the second one wider than the first or equal to it.
    Whatever lies within something else stands first in a pair, with the narrowest that encloses it.
    What two ``others`` share does not matter, nor what one owner claims twice (that is the business
    of :func:`duplicates`).

    Two CIDRs are nested or disjoint, so one pass over the sorted networks with the stack of those
    that are still open finds everything in n log n: 1000 sites take milliseconds, not minutes.
    """
    ordered = sorted(
        [(claim.network, 0, claim.owner, claim.path, claim) for claim in claims]
        + [(claim.network, 1, claim.owner, claim.path, claim) for claim in others]
    )
    found = []
    open_claims, open_others = [], []
    for network, is_other, _owner, _path, claim in ordered:
        for stack in (open_claims, open_others):
            while stack and stack[-1].network.last < network.first:
                stack.pop()
        # Only what the same owner claims twice is stepped over, so this looks no further than one list.
        enclosing = next((other for other in reversed(open_claims) if is_other or other.owner != claim.owner), None)
        if enclosing:
            found.append((claim, enclosing))
        if not is_other and open_others:
            found.append((claim, open_others[-1]))
        (open_others if is_other else open_claims).append(claim)
    return found


def duplicates(networks):
    """Positions of networks that lie within another one of the same list: [(position, position of the other)]."""
    ordered = sorted(range(len(networks)), key=lambda position: (networks[position], position))
    found, open_positions = [], []
    for position in ordered:
        while open_positions and networks[open_positions[-1]].last < networks[position].first:
            open_positions.pop()
        if open_positions:
            found.append((position, open_positions[-1]))
        open_positions.append(position)
    return sorted(found)


def parse_tunnel_cidr(value):
    """A usable TunnelCidr as :class:`Network`: a /30 of 169.254.0.0/16 that is not reserved; raises AddressError."""
    network = parse_network(value)
    if network.prefix != 30 or not network.meets(_TUNNELS):
        raise AddressError(f"is not a /30 of {TUNNEL_RANGE}", "use one such as 169.254.10.0/30")
    if network in _RESERVED_TUNNELS:
        raise AddressError("is reserved by the cloud", "use another /30, from 169.254.7.0/30 on")
    return network


def tunnel_addresses(cidr):
    """The two addresses of a tunnel /30: (cloud side, on-premises side), as text."""
    first = parse_tunnel_cidr(cidr).first
    return str(IPAddress(first + 1)), str(IPAddress(first + 2))


def free_tunnel_cidrs(count, used=()):
    """The ``count`` lowest free /30s for tunnels of one gateway, as text, none of them in ``used``.

    Raises AddressError when fewer are left (the range holds 16376 usable ones).
    """
    taken = {parse_tunnel_cidr(cidr) for cidr in used} | _RESERVED_TUNNELS
    free = []
    for first in range(_TUNNELS.first, _TUNNELS.last, 4):
        if len(free) == count:
            break
        candidate = Network(first, 30, first + 3)
        if candidate not in taken:
            free.append(str(candidate))
    if len(free) < count:
        raise AddressError(f"leaves {len(free)} free tunnel /30s where {count} are wanted", "use another gateway")
    return free


_IPV4_HEADER = 20
_TCP_HEADER = 20
_UDP_HEADER = 8
_ESP_HEADER = 8  # SPI and sequence number
_ESP_TRAILER = 2  # pad length and next header


def tunnel_mtu(encryption, integrity, outer=1500, udp=False):
    """The largest inner IPv4 packet that ESP in tunnel mode carries in one outer packet of ``outer`` octets.

    encryption, integrity: canonical names. udp: encapsulated in UDP (NAT traversal).
    The padded plaintext is a multiple of the cipher's block, and two octets of it are the trailer.
    """
    cipher = sizes("encryption", encryption)
    room = outer - _IPV4_HEADER - _ESP_HEADER - cipher["iv"] - sizes("integrity", integrity)["icv"]
    if udp:
        room -= _UDP_HEADER
    return max(room // cipher["block"] * cipher["block"] - _ESP_TRAILER, 0)


def tunnel_mss(mtu):
    """The TCP segment size that fits a tunnel MTU: without the IPv4 and TCP headers."""
    return max(mtu - _IPV4_HEADER - _TCP_HEADER, 0)
