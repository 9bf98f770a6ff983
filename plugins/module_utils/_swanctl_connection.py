# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One site-to-site connection: its options, what can be wrong with them, and its swanctl configuration.

A connection is a dict with the options of the module strongswan_connections. It becomes one IKE connection with one
child of the same name and one secret ``ike-<name>``.
"""

from __future__ import annotations

import base64
import ipaddress
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, MISSING, Problem, shown

#: Stands for a value that only exists after the other end has been created. Accepted in check mode.
UNKNOWN = credentials.UNKNOWN

#: Seconds: time for a few probes, and for an answer to one.
SHORTEST_IKEV1_TIMEOUT = 3

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_IDENTITY = re.compile(r"(?!%)[!-~]{1,100}")

_IKE_OPTIONS = {
    "version": {"type": "str", "choices": ["ikev1", "ikev2"], "default": "ikev2"},
    "mode": {"type": "str", "choices": ["main", "aggressive"], "default": "main"},
    "encryption": {"type": "str", "choices": ["aes128", "aes192", "aes256", "3des", "des"], "default": "aes256"},
    "integrity": {"type": "str", "choices": ["md5", "sha1", "sha256", "sha384", "sha512"], "default": "sha256"},
    "dh_group": {"type": "int", "choices": [1, 2, 5, 14], "default": 14},
    "lifetime": {"type": "int", "default": 86400},
}
_IPSEC_OPTIONS = {
    "encryption": {"type": "str", "choices": ["aes128", "aes192", "aes256", "3des", "des"], "default": "aes256"},
    "integrity": {"type": "str", "choices": ["md5", "sha1", "sha256", "sha384", "sha512"], "default": "sha256"},
    "pfs_group": {"type": "str", "choices": ["disabled", "1", "2", "5", "14"], "default": "14"},
    "lifetime": {"type": "int", "default": 86400},
}


def connection_options():
    """Return the argument spec of one connection."""
    return {
        "name": {"type": "str", "required": True},
        "role": {"type": "str", "choices": ["active", "standby"], "default": "active"},
        "remote_address": {"type": "str", "required": True},
        "local_address": {"type": "str"},
        "local_id": {"type": "str", "required": True},
        "remote_id": {"type": "str", "required": True},
        "auth": {"type": "str", "choices": ["psk", credentials.PUBKEY], "default": "psk"},
        "psk": {"type": "str", "no_log": True},
        "certificate": {"type": "str"},
        "private_key": {"type": "str", "no_log": True},
        "ca_certificates": {"type": "list", "elements": "str"},
        "ike": {"type": "dict", "apply_defaults": True, "options": _IKE_OPTIONS},
        "ipsec": {"type": "dict", "apply_defaults": True, "options": _IPSEC_OPTIONS},
        "dpd": {"type": "bool", "default": True},
        "dpd_delay": {"type": "int", "default": 10},
        "nat_traversal": {"type": "bool", "default": True},
        "force_encapsulation": {"type": "bool", "default": False},
        "local_networks": {"type": "list", "elements": "str", "required": True},
        "remote_networks": {"type": "list", "elements": "str", "required": True},
        "datapath": {"type": "str", "choices": list(tunnel_interface.DATAPATHS)},
        "interface": {"type": "str"},
        "interface_id": {"type": "int"},
        "interface_address": {"type": "str"},
        "routes": {"type": "list", "elements": "str"},
        "metric": {"type": "int"},
        "path_mtu": {"type": "int", "default": 1500},
    }


def psk_is_known(connection):
    """Whether the pre-shared key is given; a key made by the other end is not before that exists."""
    return connection.get("psk") not in (None, UNKNOWN)


def connection_tree(connection):
    """Return the configuration of a connection without its secret, as nested dicts for ``_swanctl_conf.render``."""
    name = connection["name"]
    return {"connections": {name: _ike_settings(connection)}}


def _ike_settings(connection):
    ike = connection["ike"]
    ikev1 = ike["version"] == "ikev1"
    tree = {"version": _crypto.strongswan_version(ike)}
    if ikev1:
        tree["aggressive"] = _crypto.strongswan_aggressive(ike)
    if connection.get("local_address"):
        tree["local_addrs"] = connection["local_address"]
    tree["remote_addrs"] = connection["remote_address"]
    tree["proposals"] = _crypto.strongswan_proposal(ike)
    tree.update(_seconds(_crypto.strongswan_ike_times(ike["lifetime"])))
    if connection["dpd"]:
        tree["dpd_delay"] = "%ds" % connection["dpd_delay"]
        if ikev1:
            tree["dpd_timeout"] = "%ds" % ikev1_dpd_timeout(connection["dpd_delay"])
    tree.update(
        {
            # 0 = for ever: without it charon gives up after one series of retransmissions and stays silent.
            "keyingtries": 0,
            # Both ends may initiate; the newer IKE_SA then replaces the older one instead of living beside it.
            "unique": "replace",
            "mobike": "no",
            "fragmentation": "yes",
            "encap": "yes" if connection["force_encapsulation"] else "no",
            # Both identities are always written: behind NAT the default one is an address the peer does not know.
            "local": _authentication(connection, "local"),
            "remote": _authentication(connection, "remote"),
            "children": {connection["name"]: _child_settings(connection)},
        }
    )
    return tree


def ikev1_dpd_timeout(dpd_delay):
    """Seconds after an unanswered probe until charon gives up an IKEv1 peer; meanwhile it sends more of them.

    With the delay, and the second by which a probe may be late, three times the delay: what the retransmissions of
    IKEv2, which has no such setting, are made for (``_swanctl_datapath.dead_peer_times``). Without it charon 5.9.8 was
    seen to wait for more than three minutes.
    """
    return max(2 * dpd_delay - 1, SHORTEST_IKEV1_TIMEOUT)


def _authentication(connection, end):
    tree = {"auth": connection.get("auth") or "psk", "id": connection[end + "_id"]}
    if credentials.by_certificate(connection):
        name = connection["name"]
        if end == "local":
            tree["certs"] = credentials.certificate_file(name)
        else:
            # Only these: what else the daemon trusts is for other connections.
            count = len(credentials.authorities(connection))
            tree["cacerts"] = ", ".join(credentials.authority_files(name, count))
    return tree


def _child_settings(connection):
    tree = {
        "local_ts": ", ".join(connection["local_networks"]),
        "remote_ts": ", ".join(connection["remote_networks"]),
        "esp_proposals": _crypto.strongswan_proposal(connection["ipsec"]),
        "mode": "tunnel",
    }
    tree.update(tunnel_interface.child_settings(connection))
    tree.update(_seconds(_crypto.strongswan_child_times(connection["ipsec"]["lifetime"])))
    tree.update(
        {
            # Initiated by the module and at daemon start, never by a load: with "start" any load of a changed file
            # tears the tunnel down, and strongSwan 5.9 may not bring it back.
            "start_action": "none",
            "dpd_action": "restart" if connection["dpd"] else "clear",
            "close_action": "none",
        }
    )
    return tree


def _seconds(times):
    return {name: "%ds" % value for name, value in times.items()}


def secret_tree(connection):
    """Return the secret of a connection as nested dicts. The value is base64, so that any character survives."""
    encoded = base64.b64encode((connection["psk"] or UNKNOWN).encode("utf-8")).decode("ascii")
    return {
        "secrets": {
            "ike-" + connection["name"]: {
                "id-local": connection["local_id"],
                "id-remote": connection["remote_id"],
                "secret": "0s" + encoded,
            }
        }
    }


def decode_secret(value):
    """Return the bytes that a ``secret`` of swanctl.conf stands for: 0s is base64, 0x is hexadecimal.

    None when the value is absent or not decodable, so that it equals no real secret.
    """
    if value is None:
        return None
    try:
        if value[:2] == "0s":
            return base64.b64decode(value[2:], validate=True)
        if value[:2] == "0x":
            return bytes.fromhex(value[2:].replace(":", ""))
    except ValueError:
        return None
    return value.encode("utf-8", "surrogateescape")


def connection_problems(connections, allow_unknown=False):
    """Check a list of connections and return every Problem; no value of a pre-shared key appears in them.

    With ``allow_unknown`` (check mode, reports) a value may be the placeholder UNKNOWN and the key may be missing.
    """
    problems = []
    for index, connection in enumerate(connections):
        path = "connections[%s]" % (connection["name"] if _NAME.fullmatch(connection["name"]) else index)
        for problem in _own_problems(connection):
            if not (allow_unknown and problem.value in (shown(UNKNOWN), MISSING)):
                problems.append(problem.under(path))
    return problems + _shared_problems(connections)


def _own_problems(connection):
    found = []
    found += _pattern(connection, "name", _NAME, "is not a name", "use 1 to 60 of a-z, 0-9, _ and -, no _ or - first")
    found += _address(connection, "remote_address")
    if connection.get("local_address"):
        found += _address(connection, "local_address")
    for option in ("local_id", "remote_id"):
        if credentials.by_certificate(connection) and credentials.is_dn(connection[option]):
            continue
        fix = "use an IP address or a domain name of at most 100 characters, without spaces"
        found += _pattern(connection, option, _IDENTITY, "is not an identity", fix)
    found += credentials.option_problems(connection)
    if not credentials.by_certificate(connection):
        found += _psk_problems(connection.get("psk"))
    for section in ("ike", "ipsec"):
        found += _crypto.read_section(section, connection[section])[1]
    found += _crypto.contradictions(connection)
    for option in ("local_networks", "remote_networks"):
        found += _network_problems(connection, option)
    found += tunnel_interface.problems(connection)
    if not 1 <= connection["dpd_delay"] <= 3600:
        found.append(
            Problem("dpd_delay", shown(connection["dpd_delay"]), "is not between 1 and 3600", "use 10 seconds")
        )
    if connection["force_encapsulation"] and not connection["nat_traversal"]:
        rule = "needs NAT traversal, but nat_traversal is false"
        found.append(Problem("force_encapsulation", "true", rule, "set nat_traversal: true here and at the peer"))
    return found


def _pattern(connection, option, pattern, rule, fix):
    value = connection[option]
    return [] if pattern.fullmatch(value) else [Problem(option, shown(value), rule, fix)]


def _address(connection, option):
    value = connection[option]
    try:
        ipaddress.ip_address(value)
    except ValueError:
        digits = re.fullmatch(r"[0-9.]+", value)
        if digits or not _HOST_NAME.fullmatch(value):
            return [Problem(option, shown(value), "is not an address", "use an IP address or a host name")]
    return []


def _psk_problems(psk):
    if psk is None:
        return [Problem("psk", MISSING, "is not given", "give the key that the peer has")]
    if psk and psk == psk.strip():
        return []
    rule = "begins or ends with white space" if psk else "is empty"
    return [Problem("psk", HIDDEN, rule, "give the key that the peer has, without line ends")]


def _network_problems(connection, option):
    networks = connection[option]
    found = []
    if not networks:
        found.append(Problem(option, "(empty)", "names no network", "list at least one, such as 192.168.1.0/24"))
    if connection["ike"]["version"] == "ikev1" and len(networks) > 1:
        rule = "lists %d networks, but IKEv1 would silently use only the first" % len(networks)
        found.append(Problem(option, "(a list)", rule, "use ike.version ikev2, or one connection for each network"))
    for index, value in enumerate(networks):
        path = "%s[%d]" % (option, index)
        try:
            network = ipaddress.ip_network(value)
        except ValueError:
            fix = "write it as 192.168.1.0/24, with every bit of the host part 0"
            found.append(Problem(path, shown(value), "is not a network", fix))
            continue
        if network.prefixlen == 0 and option == "remote_networks" and not tunnel_interface.is_interface(connection):
            rule = "would draw all traffic of this host, this login included, into the tunnel"
            fix = "list the networks behind the peer, or use a tunnel that is an interface (datapath xfrm)"
            found.append(Problem(path, shown(value), rule, fix))
    return found


def _shared_problems(connections):
    """What is only wrong because of another connection of the list."""
    found = []
    names = set()
    keys = {}
    for connection in connections:
        name = connection["name"]
        path = "connections[%s]" % name
        if name in names:
            found.append(Problem(path + ".name", shown(name), "is used twice", "give each connection its own name"))
        names.add(name)
        if credentials.by_certificate(connection):
            continue
        identities = (connection["local_id"], connection["remote_id"])
        other, psk = keys.setdefault(identities, (name, connection.get("psk")))
        if psk != connection.get("psk") and psk_is_known(connection) and UNKNOWN not in identities:
            rule = "differs from that of %s, which has the same local_id and remote_id" % other
            found.append(Problem(path + ".psk", HIDDEN, rule, "use one key for both, or different identities"))
    return found + tunnel_interface.shared_problems(connections)
