# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface of a connection whose tunnel is one (XFRM interface or VTI): its name, number, routes and metric.

Number and name come from the connection's name alone, so that adding a connection never renumbers another one.
"""

from __future__ import annotations

import ipaddress
import re
import zlib

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

POLICY, XFRM, VTI = "policy", "xfrm", "vti"
DATAPATHS = (POLICY, XFRM, VTI)
INTERFACES = (XFRM, VTI)

#: Makes the interfaces and keeps their routes. The role strongswan installs it.
SCRIPT = "/usr/local/sbin/hybridnet-strongswan-interfaces"
#: What charon runs when a tunnel comes up or goes down.
UPDOWN = SCRIPT + " updown"

#: Linux takes 15 characters.
LONGEST_NAME = 15
PREFIX = "vpn-"
METRICS = {"active": 100, "standby": 200}
#: IFLA_XFRM_IF_ID is unsigned, but VTI keys and some tools are not.
LARGEST_ID = 2**31 - 1

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")


def is_interface(connection):
    """Whether the tunnel of a connection is an interface."""
    return connection.get("datapath") in INTERFACES


def interface_id(connection):
    """The ``if_id`` (XFRM) or key (VTI) of a connection, at least 1."""
    return connection.get("interface_id") or zlib.crc32(connection["name"].encode("utf-8")) % LARGEST_ID + 1


def interface_name(connection):
    """The name of the interface: the connection's, or, when that is too long, its end after four digits of a hash."""
    if connection.get("interface"):
        return connection["interface"]
    name = connection["name"]
    if len(PREFIX + name) <= LONGEST_NAME:
        return PREFIX + name
    digits = "%04x" % (zlib.crc32(name.encode("utf-8")) >> 16)
    return "%s%s-%s" % (PREFIX, digits, name[-6:].lstrip("-_"))


def routes(connection):
    """The networks routed into the interface while its tunnel is up: ``routes``, else the peer's without 0.0.0.0/0."""
    given = connection.get("routes")
    return given if given is not None else [one for one in connection["remote_networks"] if not one.endswith("/0")]


def metric(connection):
    """The metric of these routes: the active tunnel's is the lower one."""
    return connection.get("metric") or METRICS[connection["role"]]


def child_settings(connection):
    """What a swanctl child has in addition when its tunnel is an interface."""
    if not is_interface(connection):
        return {}
    number = interface_id(connection)
    kind = "if_id" if connection["datapath"] == XFRM else "mark"
    return {kind + "_in": number, kind + "_out": number, "updown": UPDOWN}


def problems(connection):
    """Everything wrong with the options of a connection's interface, as Problems."""
    found = []
    name = connection.get("interface")
    if name is not None and (not _NAME.fullmatch(name) or len(name) > LONGEST_NAME):
        fix = "use at most %d letters, digits, dots, dashes and underscores" % LONGEST_NAME
        found.append(Problem("interface", shown(name), "is not a name of an interface", fix))
    for option, lowest, highest in (
        ("interface_id", 1, LARGEST_ID),
        ("metric", 1, 65535),
        ("path_mtu", 576, 65535),
    ):
        value = connection.get(option)
        if value is not None and not lowest <= value <= highest:
            rule = "is not between %d and %d" % (lowest, highest)
            found.append(Problem(option, shown(value), rule, "leave it out for the default"))
    found += _address_problems(connection.get("interface_address"))
    for index, value in enumerate(connection.get("routes") or []):
        found += _route_problems("routes[%d]" % index, value)
    if is_interface(connection):
        found += _loop_problems(connection)
    return found


def _address_problems(value):
    if value is None:
        return []
    try:
        if "/" in value and ipaddress.ip_interface(value):
            return []
    except ValueError:
        pass
    rule = "is not an address with its prefix length"
    return [Problem("interface_address", shown(value), rule, "write it as 169.254.10.2/30")]


def _route_problems(path, value):
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        fix = "write it as 172.16.0.0/16, with every bit of the host part 0"
        return [Problem(path, shown(value), "is not a network", fix)]
    if network.prefixlen == 0:
        rule = "would draw all traffic of this host, this login included, into the tunnel"
        return [Problem(path, shown(value), rule, "list the networks behind the peer")]
    return []


def _loop_problems(connection):
    """The packets of the tunnel itself must not be routed into it."""
    try:
        peer = ipaddress.ip_address(connection["remote_address"])
    except ValueError:
        return []
    for value in routes(connection):
        try:
            network = ipaddress.ip_network(value)
        except ValueError:
            continue
        if network.prefixlen and peer in network:
            rule = "holds the peer's own address %s, so the tunnel would be routed into itself" % peer
            return [Problem("routes", shown(value), rule, "list networks without the peer's address in routes")]
    return []


def shared_problems(connections):
    """Interfaces or numbers that two connections have in common."""
    found = []
    for option, value_of in (("interface", interface_name), ("interface_id", interface_id)):
        taken = {}
        for connection in connections:
            if not is_interface(connection):
                continue
            other = taken.setdefault(value_of(connection), connection["name"])
            if other != connection["name"]:
                path = "connections[%s].%s" % (connection["name"], option)
                rule = "is also that of %s" % other
                found.append(Problem(path, shown(value_of(connection)), rule, "set %s to another value" % option))
    return found
