"""The management network: how Ansible reaches the machines, and how the machines reach their package mirror.

A bridge in a namespace, and one cable to the root namespace: its end is the only thing a lab adds to the network of
the machine it runs on. Nothing is routed; packages come through a proxy (``lab.hosts.package_proxy``).
"""

from __future__ import annotations

import ipaddress
import json

from lab.errors import LabError
from lab.identity import Lab
from lab.machine_wide import first_lab_records, machine_lock
from lab.system.command import run
from lab.system.namespace import Namespace, bridge, connect, hardware_address

BRIDGE = "management"
LINK = "mgmt0"

_CANDIDATES = [ipaddress.ip_network(f"10.{second}.{third}.0/24") for second in range(200, 255) for third in range(256)]


def management(lab: Lab) -> Namespace:
    """The namespace of the bridge."""
    return Namespace(lab.namespace("management"))


def create_management(lab: Lab) -> ipaddress.IPv4Network:
    """Make the management network of ``lab`` and return its subnet.

    The root namespace has the first address, the bridge (for the package proxy) the second.

    Idempotent: an existing network is kept. Raises LabError when every candidate subnet is in use.
    """
    with machine_lock():
        first_lab_records(lab)
        subnet = _existing_subnet(lab) or _free_subnet(lab)
        where = management(lab)
        where.create()
        bridge(where, BRIDGE)
        if not where.has_link("uplink"):
            run(["ip", "link", "delete", lab.prefix], check=False)
            run(
                ["ip", "link", "add", "name", lab.prefix, "type", "veth", "peer", "name", "uplink", "netns", where.name]
            )
        where.ip(f"link set uplink master {BRIDGE}", "link set uplink up", f"addr replace {subnet[2]}/24 dev {BRIDGE}")
        run(["ip", "address", "replace", f"{subnet[1]}/24", "dev", lab.prefix])
        run(["ip", "link", "set", lab.prefix, "up"])
    return subnet


def join_management(lab: Lab, host: Namespace, port: str, address: str) -> None:
    """Give ``host`` its management interface; ``port`` is the bridge's side of the cable."""
    where = management(lab)
    connect(where, port, host, LINK)
    where.ip(f"link set {port} master {BRIDGE}")
    host.ip(f"link set {LINK} address {hardware_address(address)}", f"addr replace {address}/24 dev {LINK}")


def _existing_subnet(lab: Lab) -> ipaddress.IPv4Network | None:
    shown = run(["ip", "-json", "-4", "address", "show", "dev", lab.prefix], check=False)
    for link in json.loads(shown or "[]"):
        for entry in link.get("addr_info", ()):
            return ipaddress.ip_network(f"{entry['local']}/24", strict=False)
    return None


def _free_subnet(lab: Lab) -> ipaddress.IPv4Network:
    """The first candidate no route of the root namespace touches; where the search begins depends on the lab."""
    used = []
    for route in json.loads(run(["ip", "-json", "-4", "route", "show", "table", "all"]) or "[]"):
        if route["dst"] != "default":
            used.append(ipaddress.ip_network(route["dst"], strict=False))
    first = int(lab.id, 16) % len(_CANDIDATES)
    for candidate in _CANDIDATES[first:] + _CANDIDATES[:first]:
        if not any(candidate.overlaps(network) for network in used):
            return candidate
    raise LabError("No free subnet is left in 10.200.0.0/16 to 10.254.0.0/16 for the lab's management: free one /24.")
