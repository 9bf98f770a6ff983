# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections of a hand-written ``ipsec.conf`` and ``ipsec.secrets``, in the shape that the role strongswan takes.

Sources: ipsec.conf(5) and ipsec.secrets(5) of strongSwan 5.9 for the syntax, the options and their defaults. What
cannot be carried over is never left out in silence: it is a problem (the connection is not converted) or a note.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import canonical

_SECTION = re.compile(r"(config|conn|ca)\s+(\S+)\s*$")
_OPTION = re.compile(r"([\w.-]+)\s*=\s*(.*)$")
_TIME = re.compile(r"(\d+)\s*([smhd]?)$")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_ANY = ("%any", "%any4", "0.0.0.0")

#: Options that the new way decides better, or that have no counterpart because there is nothing left to decide.
_DECIDED = {
    "closeaction": "the role sets tunnels up itself",
    "compress": "tunnels are not compressed",
    "dpdtimeout": "a dead peer is noticed after the time of strongswan_dead_peer_after",
    "fragmentation": "IKE messages are fragmented when they have to be",
    "ikedscp": "IKE messages are not marked",
    "installpolicy": "policies are installed where they are needed",
    "keyingtries": "tunnels are tried again without end",
    "margintime": "tunnels are rekeyed after 80 to 90 percent of their lifetime",
    "mobike": "MOBIKE is off: addresses of gateways do not change",
    "reauth": "IKEv2 is rekeyed, not authenticated again",
    "rekey": "tunnels are rekeyed",
    "rekeyfuzz": "tunnels are rekeyed after 80 to 90 percent of their lifetime",
    "replay_window": "the kernel's replay window is used",
    "leftallowany": "the address of the peer is fixed",
    "rightallowany": "the address of the peer is fixed",
    "leftfirewall": "the firewall is the business of the role gateway_firewall",
    "lefthostaccess": "the firewall is the business of the role gateway_firewall",
    "rightfirewall": "the firewall is the business of the role gateway_firewall",
    "leftnexthop": "the routing table decides",
    "rightnexthop": "the routing table decides",
    "leftsendcert": "certificates are not used",
    "rightsendcert": "certificates are not used",
}
_READ = {
    "aggressive", "also", "authby", "auto", "dpdaction", "dpddelay", "esp", "forceencaps", "ike", "ikelifetime",
    "keyexchange", "keylife", "left", "leftauth", "leftid", "leftsubnet", "lifetime", "right", "rightauth", "rightid",
    "rightsubnet", "type",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An option as written: its text, and where."""

    value: str
    path: str
    number: int

    @property
    def place(self):
        """File and line, for messages."""
        return f"{self.path}:{self.number}"


@dataclass
class Converted:
    """What became of a configuration.

    connections: mappings as ``strongswan_connections`` takes them. problems: why a connection was not converted, or a
    file not read. notes: what changes for those that were. Neither shows a key.
    """

    connections: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    notes: list = field(default_factory=list)


class _Refused(Exception):
    """A connection that cannot be converted, with all reasons."""


def parse_conf(text, path="/etc/ipsec.conf"):
    """Return (sections, problems): {(kind, name): {option: Line}}, the sections in the order of the file."""
    sections, problems, current = {}, [], None
    for number, raw in enumerate(text.splitlines(), 1):
        content = _without_comment(raw)
        if not content.strip():
            continue
        here = f"{path}:{number}"
        if not content[0].isspace():
            current = None
            if content.startswith("include"):
                problems.append(f"{here}: 'include' is not followed; put the connections of the other file here")
            elif content.split()[0] == "version":
                continue
            elif _SECTION.fullmatch(content.strip()):
                current = sections.setdefault(_SECTION.fullmatch(content.strip()).groups(), {})
            else:
                problems.append(f"{here}: is no section (config setup, conn NAME, ca NAME)")
            continue
        option = _OPTION.fullmatch(content.strip())
        if not option:
            problems.append(f"{here}: is no option (name=value)")
        elif current is None:
            problems.append(f"{here}: {option.group(1)} belongs to no section")
        else:
            key, value = option.group(1).lower(), option.group(2).strip()
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            line = Line(value, path, number)
            # Of "also" each counts, of everything else the last one.
            if key == "also" and "also" in current:
                line = Line(current["also"].value + " " + value, path, number)
            current[key] = line
    return sections, problems


def _without_comment(line):
    quoted = False
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted and (position == 0 or line[position - 1].isspace()):
            return line[:position].rstrip()
    return line.rstrip()


def parse_secrets(text, path="/etc/ipsec.secrets"):
    """Return (keys, problems): [(identities, key)], only of pre-shared keys. No key stands in a problem."""
    keys, problems = [], []
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip()
        if not content or content.startswith("#"):
            continue
        here = f"{path}:{number}"
        if content.startswith("include"):
            problems.append(f"{here}: 'include' is not followed; put the keys of the other file here")
            continue
        owners, separator, rest = (" " + content).partition(" :")
        kind, _space, value = rest.strip().partition(" ")
        if not separator or not value:
            problems.append(f"{here}: is no secret (IDENTITIES : PSK KEY)")
        elif kind.upper() == "PSK":
            key = _key(value.strip())
            if key is None:
                problems.append(f"{here}: the key cannot be read; write it in double quotes, or as 0s and base64")
            else:
                keys.append((frozenset(_identity(word) for word in owners.split()), key))
    return keys, problems


def _key(value):
    """The key as text; None when it is none, or not text."""
    for quote in "\"'":
        if len(value) > 1 and value[0] == quote:
            return value[1 : value.rindex(quote)] or None if value.rindex(quote) else None
    word = value.split()[0]
    try:
        if word[:2].lower() == "0s":
            return base64.b64decode(word[2:], validate=True).decode() or None
        if word[:2].lower() == "0x":
            return bytes.fromhex(word[2:].replace("_", "")).decode() or None
    except ValueError:
        return None
    return word


def _identity(word):
    """An identity as the daemon compares it: an at sign only says that it is no address."""
    return word[1:] if word.startswith("@") and not word.startswith(("@#", "@@", "@~")) else word


def convert(conf, secrets, local_addresses=()):
    """Convert both texts into a :class:`Converted`.

    local_addresses: the host's own, to tell which of left and right it is. By default it is the left one.
    """
    result = Converted()
    sections, problems = parse_conf(conf)
    keys, more = parse_secrets(secrets)
    result.problems += problems + more
    for (kind, name), options in sections.items():
        if kind == "ca":
            result.problems.append(f"ca {name}: certificates are not converted; use pre-shared keys")
        if kind != "conn" or name == "%default":
            continue
        try:
            merged = _merged(sections, name)
            if merged.get("auto", Line("ignore", "", 0)).value == "ignore":
                if "also" not in options and not _is_part(sections, name):
                    result.notes.append(f"conn {name}: is never started (auto=ignore), and is left out")
                continue
            connection, notes = _connection(name, merged, keys, local_addresses)
        except _Refused as refused:
            result.problems += [f"conn {name}: {reason}" for reason in refused.args[0]]
            continue
        result.connections.append(connection)
        result.notes += [f"conn {name}: {note}" for note in notes]
    return result


def _is_part(sections, name):
    return any("also" in options and name in options["also"].value.split() for options in sections.values())


def _merged(sections, name, seen=()):
    """The options of a connection with those of %default and of the sections it includes; its own count first."""
    if name in seen:
        raise _Refused([f"includes itself (also={name})"])
    own = sections.get(("conn", name))
    if own is None:
        raise _Refused([f"also={name}: there is no such section"])
    merged = dict(sections.get(("conn", "%default"), {})) if not seen else {}
    for other in own["also"].value.split() if "also" in own else ():
        merged.update(_merged(sections, other, (*seen, name)))
    merged.update(own)
    return merged


def _connection(name, options, keys, local_addresses):
    """Return (connection, notes); raises _Refused with every reason."""
    reader = _Reader(options, local_addresses)
    local, remote = reader.sides()
    connection = {
        "name": reader.name(name),
        "remote_address": reader.address(remote, required=True),
        "local_id": reader.identity(local),
        "remote_id": reader.identity(remote),
        "ike": reader.ike(),
        "ipsec": reader.ipsec(),
        "dpd": reader.text("dpdaction", "none") != "none",
        "dpd_delay": reader.seconds("dpddelay", 30),
        "force_encapsulation": reader.text("forceencaps", "no") == "yes",
        "local_networks": reader.networks(local),
        "remote_networks": reader.networks(remote),
    }
    address = reader.address(local, required=False)
    if address:
        connection["local_address"] = address
    reader.check_kind(local, remote)
    key = _matching(keys, connection["local_id"], connection["remote_id"])
    if key is None:
        reader.refused.append("ipsec.secrets has no PSK for its identities; add one, or convert it by hand")
    connection["psk"] = key
    if reader.refused:
        raise _Refused(reader.refused)
    return connection, reader.notes


def _matching(keys, local_id, remote_id):
    """The key that names most of the two identities, the last of equals, as strongSwan chooses."""
    best, chosen = -1, None
    for owners, key in keys:
        named = owners - set(_ANY)
        if named <= {local_id, remote_id} and len(named) >= best:
            best, chosen = len(named), key
    return chosen


class _Reader:
    """Options of one connection; ``refused`` and ``notes`` collect what they give rise to."""

    def __init__(self, options: Mapping, local_addresses: Collection):
        self._options = options
        self._local_addresses = set(local_addresses)
        self.refused: list = []
        self.notes: list = []
        for key, line in options.items():
            if key in _DECIDED:
                self.notes.append(f"{line.place}: {key}={line.value} is not taken over: {_DECIDED[key]}")
            elif key not in _READ:
                self.refused.append(
                    f"{line.place}: {key}={line.value} has no counterpart; remove it, or convert by hand"
                )

    def text(self, key, default=""):
        return self._options[key].value if key in self._options else default

    def _place(self, key):
        return (
            f"{self._options[key].place}: {key}={self._options[key].value}"
            if key in self._options
            else f"{key} (missing)"
        )

    def name(self, name):
        plain = re.sub(r"[^a-z0-9_-]", "-", name.lower()).lstrip("_-")[:60]
        if not _NAME.fullmatch(plain):
            self.refused.append("its name has no letter or digit; rename it")
        elif plain != name:
            self.notes.append(f"is called {plain} from now on")
        return plain

    def sides(self):
        """Return (local, remote): left and right, exchanged when only the right one is an address of this host."""
        own = self._local_addresses
        if self.text("right") in own and self.text("left") not in own:
            return "right", "left"
        return "left", "right"

    def address(self, side, required):
        value = self.text(side, "%any")
        if value == "%defaultroute" and not required:
            return None
        if value in _ANY:
            if required:
                self.refused.append(f"{self._place(side)}: any peer may call; give the address of the one there is")
            return None
        if (
            value.startswith("%")
            or "," in value
            or "/" in value
            or "-" in value
            and ":" not in value
            and value[0].isdigit()
        ):
            self.refused.append(f"{self._place(side)}: is not one address; give the address")
        return value

    def identity(self, side):
        value = _identity(self.text(side + "id") or self.text(side))
        if not value or value.startswith("%") or "=" in value:
            self.refused.append(f"{self._place(side + 'id')}: is not an address or a domain name; give one")
        return value

    def networks(self, side):
        subnets = self.text(side + "subnet")
        if not subnets:
            # Without a subnet a tunnel carries the gateway's own address only.
            subnets = self.text(side)
        found = []
        for word in subnets.split(","):
            try:
                found.append(str(ipaddress.IPv4Network(word.strip(), strict=False)))
            except ValueError:
                self.refused.append(f"{self._place(side + 'subnet')}: {word.strip()!r} is not an IPv4 network")
        return found

    def seconds(self, key, default):
        match = _TIME.fullmatch(self.text(key, str(default)))
        if not match:
            self.refused.append(f"{self._place(key)}: is not a time; write a number and s, m, h or d")
            return default
        return int(match.group(1)) * _UNITS[match.group(2)]

    def _lifetime(self, key, default):
        seconds = self.seconds(key, default)
        if not 60 <= seconds <= 86400:
            self.notes.append(f"{self._place(key)}: lifetimes are from 60 to 86400 seconds")
        return min(max(seconds, 60), 86400)

    def _proposal(self, key):
        """Return [encryption, integrity, group or None] in our words."""
        written = self.text(key).rstrip("!")
        if not written:
            self.refused.append(
                f"{key} (missing): the daemon's default proposals change; write the one that the peer takes"
            )
            return [None, None, None]
        first, *others = [word.strip() for word in written.split(",")]
        if others:
            self.notes.append(f"{self._place(key)}: only the first proposal is taken over, {first}")
        found = {"encryption": None, "integrity": None, "dh_group": None}
        for token in first.split("-"):
            if token.startswith("prf"):
                if token[3:] != first.split("-")[1]:
                    self.refused.append(f"{self._place(key)}: {token} is another function than that of the integrity")
                continue
            for kind, value in found.items():
                try:
                    word = canonical(kind, "aes128" if token == "aes" else token)
                except KeyError:
                    continue
                if value is not None:
                    self.refused.append(
                        f"{self._place(key)}: more than one {kind} in a proposal; keep the one that is used"
                    )
                found[kind] = word
                break
            else:
                self.refused.append(f"{self._place(key)}: {token} is not supported")
        for kind in ("encryption", "integrity"):
            if found[kind] is None:
                self.refused.append(f"{self._place(key)}: names no {kind} algorithm")
        return list(found.values())

    def ike(self):
        version = self.text("keyexchange", "ike")
        if version not in ("ike", "ikev1", "ikev2"):
            self.refused.append(f"{self._place('keyexchange')}: is not ikev1 or ikev2")
        encryption, integrity, group = self._proposal("ike")
        if group is None and encryption is not None:
            self.refused.append(f"{self._place('ike')}: names no Diffie-Hellman group")
        return {
            "version": "ikev1" if version == "ikev1" else "ikev2",
            "mode": "aggressive" if version == "ikev1" and self.text("aggressive", "no") == "yes" else "main",
            "encryption": encryption,
            "integrity": integrity,
            "dh_group": group,
            "lifetime": self._lifetime("ikelifetime", 3 * 3600),
        }

    def ipsec(self):
        encryption, integrity, group = self._proposal("esp")
        return {
            "encryption": encryption,
            "integrity": integrity,
            "pfs_group": "disabled" if group is None else str(group),
            "lifetime": self._lifetime("lifetime" if "lifetime" in self._options else "keylife", 3600),
        }

    def check_kind(self, local, remote):
        """Refuse what is no site-to-site tunnel with a pre-shared key."""
        if self.text("type", "tunnel") != "tunnel":
            self.refused.append(f"{self._place('type')}: is no tunnel")
        for side in (local, remote):
            method = self.text(side + "auth") or self.text("authby", "pubkey")
            if method not in ("psk", "secret"):
                self.refused.append(f"authentication of {side} is {method}; only pre-shared keys are converted")
        if self.text("auto") in ("add", "route"):
            self.notes.append(f"{self._place('auto')}: the tunnel is set up at once and kept up from now on")
