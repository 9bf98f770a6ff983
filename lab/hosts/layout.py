"""Which machines the lab has, and where they stand. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NatRouter:
    """A router in front of a site: translates to ``public_address``, lets out only IKE and ESP in UDP."""

    public_address: str
    inside_address: str


@dataclass(frozen=True)
class Site:
    """An on-premises customer gateway.

    ``public_address`` is what the cloud sees; behind a NAT router the machine itself has ``wan_address``.
    ``lan_address`` is the machine's in its LAN ``network``; a client with ``client_address`` stands behind it.
    """

    name: str
    number: int
    public_address: str
    network: str
    lan_address: str
    client_address: str
    nat: NatRouter | None = None
    wan_address: str = ""


@dataclass(frozen=True)
class CloudHost:
    """A server inside the VPC, in the vSwitch called ``vswitch``."""

    name: str
    number: int
    private_address: str
    vswitch: str


SITES = (
    Site("store-001", 11, "198.51.100.10", "192.168.1.0/24", "192.168.1.1", "192.168.1.10"),
    Site(
        "store-002",
        12,
        "198.51.100.20",
        "192.168.2.0/24",
        "192.168.2.1",
        "192.168.2.10",
        NatRouter("198.51.100.20", "10.20.0.1"),
        "10.20.0.2",
    ),
    Site("store-003", 13, "198.51.100.30", "192.168.3.0/24", "192.168.3.1", "192.168.3.10"),
)

PROBE = CloudHost("cloud-probe", 21, "172.16.1.10", "vsw-lab-a")

HOSTS: tuple[Site | CloudHost, ...] = (*SITES, PROBE)


def host_named(name: str) -> Site | CloudHost | None:
    """The machine of that name, or None."""
    return next((host for host in HOSTS if host.name == name), None)
