# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cause of a broken tunnel, from what was seen at both ends. Pure: evidence in, ordered findings out.

Private to this collection. The evidence of one site is a dict:

``site``: name. ``problem``: why the host was not looked at, or None. ``device``: what stands there in place of a host
that can be looked at, or None. ``cloud``: ``connections`` (by the name of the host's connection: ``status``,
``address``, and ``reported``, lines of what the service itself says about it), ``missing`` (objects that the documents
want and the cloud has not), ``peers`` (by connection: ``configured`` address of the customer gateway and ``wanted`` of
the document), ``routes`` and ``security`` (problems as words). ``host``: of the module ``strongswan_info``, compared
with the cloud's end. ``path``: of ``strongswan_path_info``. ``filtered_before``: packets that reverse-path filters had
dropped before the pings. ``measured``: of the filter ``host_findings``. ``far``: pings from the VPC, in its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ESTABLISHED = "ipsec_sa_established"
IKE_DOWN = "ike_sa_not_established"

# What a site suffers from, per connection or as a whole.
NO_IKE, NO_CHILD, ONE_END, LOST, LARGE_LOST = "no_ike", "no_child", "one_end", "lost", "large_lost"
_DOWN = frozenset({NO_IKE, NO_CHILD, ONE_END})
_ALL = frozenset({NO_IKE, NO_CHILD, ONE_END, LOST, LARGE_LOST})
_CARRIED = frozenset({LOST})


@dataclass(frozen=True)
class Cause:
    """``explains``: the symptoms that it can be the reason of. ``fix``: what to do."""

    layer: str
    title: str
    fix: str
    explains: frozenset[str]


# In the order in which one explains the next.
CAUSES = {
    "host_unreachable": Cause(
        "access",
        "the host could not be looked at",
        "mend its access by SSH; what else is said is the cloud's view alone",
        _ALL,
    ),
    "cloud_missing": Cause("cloud", "the cloud's end is missing", "run site.yml, which makes it", _ALL),
    "host_missing": Cause(
        "host", "the host's end is missing", "run site.yml, which installs, configures and starts strongSwan", _ALL
    ),
    "peer_address": Cause(
        "addresses",
        "the peer's address is wrong",
        "set public_address to what the cloud sees, then run site.yml, which sets both ends",
        _DOWN,
    ),
    "host_firewall": Cause(
        "host firewall",
        "the host's firewall blocks IKE",
        "accept UDP 500 and 4500 from and to the peers in that chain",
        _ALL,
    ),
    "ike_version": Cause("IKE", "IKE version or mode differs", "run site.yml, which sets both ends alike", _DOWN),
    "ike_proposals": Cause("IKE", "the IKE proposals differ", "run site.yml, which sets both ends alike", _DOWN),
    "identities": Cause("IKE", "the identities differ", "run site.yml, which sets both ends alike", _DOWN),
    "psk": Cause(
        "IKE",
        "the pre-shared keys differ",
        "run site.yml without --limit and --tags, which gives both ends the same key",
        _DOWN,
    ),
    "traffic_selectors": Cause(
        "IPsec", "the traffic selectors differ", "run site.yml, which makes each end the mirror of the other", _ALL
    ),
    "esp_proposals": Cause("IPsec", "the ESP proposals differ", "run site.yml, which sets both ends alike", _DOWN),
    "pfs": Cause(
        "IPsec",
        "the PFS groups differ, which IKEv2 does not show before the first rekey",
        "run site.yml, which sets both ends alike",
        frozenset({NO_CHILD, ONE_END}),
    ),
    "udp_500": Cause(
        "path",
        "UDP 500 does not pass",
        "open UDP 500 in both directions on every firewall between the host and the gateway",
        frozenset({NO_IKE, ONE_END}),
    ),
    "udp_4500": Cause(
        "path",
        "UDP 4500 does not pass",
        "open UDP 4500 in both directions on every firewall between the host and the gateway",
        frozenset({NO_IKE, ONE_END}),
    ),
    "one_end_only": Cause(
        "tunnel",
        "the tunnel is up on one end only",
        "close it there (swanctl --terminate --ike NAME) and let it come up again; "
        "dead peer detection does so by itself after its timeout",
        frozenset({ONE_END}),
    ),
    "vpc_route": Cause(
        "VPC",
        "a route in the cloud is missing",
        "run site.yml, which publishes the routes of the VPN gateway to the VPC",
        _CARRIED,
    ),
    "security_group": Cause(
        "VPC",
        "a security group blocks",
        "allow the site's networks in a rule of the security group (security_group)",
        _CARRIED,
    ),
    "forwarding": Cause(
        "host", "the host does not forward packets", "set net.ipv4.ip_forward to 1; site.yml does", _CARRIED
    ),
    "host_firewall_forward": Cause(
        "host firewall",
        "the host's firewall blocks forwarded packets",
        "accept the networks of both sides in that chain, in both directions",
        _CARRIED,
    ),
    "reverse_path": Cause(
        "host",
        "the reverse-path filter drops packets",
        "set net.ipv4.conf.all.rp_filter to 2 (loose); site.yml does",
        _CARRIED,
    ),
    "esp_blocked": Cause(
        "path",
        "ESP does not pass, and NAT traversal is not in use",
        "open IP protocol 50 on every firewall between the ends, or wrap ESP in UDP 4500 (force_encapsulation)",
        _CARRIED,
    ),
    "one_way": Cause(
        "path",
        "traffic goes one way only",
        "look for a firewall or an address translation between the ends that drops the encrypted packets of that "
        "direction",
        _CARRIED,
    ),
    "packet_size": Cause(
        "path",
        "the MTU is too large",
        "lower the MTU of the tunnel's route or clamp the TCP MSS (filter tunnel_mtu), or let ICMP 'fragmentation "
        "needed' pass",
        frozenset({LARGE_LOST}),
    ),
    "dpd": Cause(
        "tunnel",
        "dead peer detection differs",
        "run site.yml, which sets both ends alike; without it a dead peer is not noticed",
        frozenset({ONE_END, NO_IKE, NO_CHILD}),
    ),
    "idle": Cause(
        "tunnel",
        "the tunnel is idle: neither end starts it",
        "run site.yml, or swanctl --initiate --child NAME on the host",
        frozenset({NO_IKE, NO_CHILD}),
    ),
    "reported": Cause(
        "cloud",
        "the service reports a fault of this tunnel",
        "compare it with the host once that can be looked at, then run diagnose.yml again",
        _DOWN,
    ),
    "device": Cause(
        "access",
        "a device cannot be looked at",
        "compare it with the files that the role device_config writes; what else is said is the cloud's view alone",
        _ALL,
    ),
    "unexplained": Cause(
        "unknown",
        "the cause was not found",
        "look at swanctl --log on the host and at ipsec_connection_log_info while the tunnel is started",
        _ALL,
    ),
}

# Which cause a differing parameter of strongswan_info is.
_DRIFT = (
    (r"connection|daemon|child", "host_missing"),
    (r"remote_address|local_address", "peer_address"),
    (r"ike\.(version|mode)", "ike_version"),
    (r"ike\.\w+|proposals", "ike_proposals"),
    (r"(psk\.)?(local|remote)_id", "identities"),
    (r"psk", "psk"),
    (r"ipsec\.pfs_group", "pfs"),
    (r"ipsec\.\w+|child\.esp_proposals", "esp_proposals"),
    (r"(local|remote)_networks", "traffic_selectors"),
    (r"(child\.)?dpd_(delay|action)", "dpd"),
)
# What is set at each end alone and need not agree; a delay matters only when it is off.
_FREE = re.compile(r".*lifetime|.*_time|force_encapsulation|dpd_timeout|keyingtries|unique|mobike|fragmentation|.*mode")
_OFF = ("0", "0s", "(not set)")
_ENDS_NEGOTIATION = ("giving up after", "deleting IKE_SA", "established between", "destroying IKE_SA")
_PACKET = re.compile(r"(sending|received) packet: (.*)")
_EXCHANGE = re.compile(r"(?:generating|parsed) (\w+)")
_SHOWN = 4
# Wrong whatever else is seen.
_ALWAYS = ("host_unreachable", "cloud_missing", "host_missing")


@dataclass(frozen=True)
class Finding:
    """One cause at one site or connection. ``latent``: it explains nothing that is broken now."""

    cause: str
    where: str
    detail: str
    latent: bool = False
    evidence: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For users: the sentence names cause and fix."""
        cause = CAUSES[self.cause]
        return {
            "cause": self.cause,
            "layer": cause.layer,
            "where": self.where,
            "latent": self.latent,
            "sentence": f"{self.where}: {cause.title}: {self.detail}",
            "fix": cause.fix,
            "evidence": list(self.evidence),
        }


def diagnose(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on one site: ``healthy``, ``verdict`` (one line) and ``findings``, that which explains most first.

    A finding that explains nothing broken is latent: it comes last, and the site is healthy for now.
    """
    symptoms = _symptoms(evidence)
    broken = {symptom for symptom, _where in symptoms}
    found = list(dict.fromkeys(_findings(evidence, symptoms)))
    order = list(CAUSES)
    judged = sorted(
        (
            Finding(item.cause, item.where, item.detail, not _explains(item, symptoms, evidence["site"]), item.evidence)
            for item in found
        ),
        key=lambda item: (item.latent, order.index(item.cause), item.where),
    )
    if broken and all(item.latent for item in judged):
        words = tuple(f"{where}: {symptom}" for symptom, where in symptoms)
        judged.insert(0, Finding("unexplained", evidence["site"], "what was seen is below", False, words))
    findings = [_with_report(item, evidence["cloud"]["connections"]).as_dict() for item in judged]
    site = evidence["site"]
    now = [item for item in findings if not item["latent"]]
    verdict = (
        f"{now[0]['sentence']}; {now[0]['fix']}" if now else f"{site}: healthy, every tunnel is up and carries packets"
    )
    return {"site": site, "healthy": not now, "verdict": verdict, "findings": findings}


def _with_report(item: Finding, connections: Mapping[str, Any]) -> Finding:
    """A finding at a connection, with what the service says about that."""
    lines = () if item.latent else connections.get(item.where, {}).get("reported", ())
    return replace(item, evidence=(*item.evidence, *lines))


def _explains(item: Finding, symptoms: Iterable[tuple[str, str]], site: str) -> bool:
    """A cause at a connection explains that connection's symptoms, one at a site those of all."""
    if item.cause in _ALWAYS:
        return True
    reasons = CAUSES[item.cause].explains
    return any(
        symptom in reasons and (where == item.where or site in (where, item.where)) for symptom, where in symptoms
    )


def _host_has(evidence: Mapping[str, Any], name: str) -> tuple[bool, bool]:
    """Whether the host has an IKE_SA of a connection, and a CHILD_SA in it."""
    own = [one for one in (evidence.get("host") or {}).get("associations", ()) if one["name"] == name]
    up = [one for one in own if one["state"] == "ESTABLISHED"]
    return bool(up), any(child["state"] == "INSTALLED" for one in up for child in one["children"])


def _symptoms(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(symptom, connection or site)."""
    found = []
    for name, cloud in evidence["cloud"]["connections"].items():
        there = cloud["status"] == ESTABLISHED
        if evidence.get("problem"):
            if not there:
                found.append((NO_IKE if cloud["status"] == IKE_DOWN else NO_CHILD, name))
            continue
        ike, here = _host_has(evidence, name)
        if here != there:
            found.append((ONE_END, name))
        elif not here:
            found.append((NO_CHILD if ike else NO_IKE, name))
    pings = [*(evidence.get("measured") or {}).get("pings", ()), *evidence.get("far", ())]
    if any(ping["sent"] and not ping["received"] for ping in pings):
        found.append((LOST, evidence["site"]))
    if any(0 < size["answered"] < size["sent"] - 8 for size in (evidence.get("path") or {}).get("sizes", ())):
        found.append((LARGE_LOST, evidence["site"]))
    return found


def _findings(evidence: Mapping[str, Any], symptoms: list[tuple[str, str]]) -> Iterator[Finding]:
    site = evidence["site"]
    if evidence.get("problem"):
        yield Finding("device" if evidence.get("device") else "host_unreachable", site, evidence["problem"])
    cloud = evidence["cloud"]
    if cloud["missing"]:
        yield Finding("cloud_missing", site, ", ".join(cloud["missing"]))
    for name, peer in cloud["peers"].items():
        if peer["configured"] != peer["wanted"]:
            detail = (
                f"the cloud's customer gateway has {peer['configured']}, the site's public_address is {peer['wanted']}"
            )
            yield Finding("peer_address", name, detail)
    for cause in ("routes", "security"):
        for words in cloud[cause]:
            yield Finding({"routes": "vpc_route", "security": "security_group"}[cause], site, words)
    if evidence.get("problem"):
        for _symptom, where in symptoms:
            if cloud["connections"].get(where, {}).get("reported"):
                yield Finding("reported", where, f"the cloud says {cloud['connections'][where]['status']}")
        return
    yield from _drift(evidence)
    yield from _of_path(evidence)
    explained = {item.where for item in _drift(evidence) if CAUSES[item.cause].explains & _DOWN}
    explained |= {name for name, peer in cloud["peers"].items() if peer["configured"] != peer["wanted"]}
    for symptom, where in symptoms:
        if where not in explained:
            yield from _of_negotiation(evidence, symptom, where)
    yield from _of_traffic(evidence, symptoms)


def _drift(evidence: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings of the host that are not the mirror of the cloud's; the one in the file stands for the others."""
    host = evidence.get("host") or {}
    for problem in host.get("problems", ()):
        yield Finding("host_missing", evidence["site"], problem)
    by_cause: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for one in host.get("differences", ()):
        parameter = one["parameter"]
        cause = next((cause for pattern, cause in _DRIFT if re.fullmatch(pattern, parameter)), None)
        if cause is None or _may_differ(one):
            continue
        by_cause.setdefault((cause, one["connection"]), {}).setdefault(parameter, one)
    for (cause, connection), differences in by_cause.items():
        yield Finding(cause, connection, "; ".join(_both_values(one) for one in differences.values()))


def _may_differ(one: Mapping[str, Any]) -> bool:
    parameter = one["parameter"]
    if re.fullmatch(r"(child\.)?dpd_\w+", parameter):
        return parameter != "dpd_delay" or (one["actual"] in _OFF) == (one["wanted"] in _OFF)
    if parameter == "connection" and one["wanted"] == "missing":
        return True
    return parameter != "ike.mode" and bool(_FREE.fullmatch(parameter))


def _both_values(one: Mapping[str, Any]) -> str:
    if one["parameter"] in ("connection", "daemon"):
        return f"{one['parameter']} is {one['actual']} ({one['source']})"
    if one["parameter"] == "psk":
        return "the host's key is not the cloud's (keys are compared, never shown)"
    return f"{one['parameter']} is {one['wanted']} in the cloud and {one['actual']} on the host ({one['source']})"


def _of_path(evidence: Mapping[str, Any]) -> Iterator[Finding]:
    """What the host's own kernel and firewall do to packets."""
    site, path = evidence["site"], evidence.get("path") or {}
    by_cause: dict[str, list[str]] = {}
    for one in path.get("blocked", ()):
        cause = "host_firewall_forward" if one["flow"].startswith("forward") else "host_firewall"
        by_cause.setdefault(cause, []).append(f"{one['flow']} ({one['peer']}) is dropped by {one['by']}")
    for cause, words in by_cause.items():
        yield Finding(cause, site, words[0], evidence=tuple(words))
    if path and not path["forwarding"]:
        yield Finding("forwarding", site, "net.ipv4.ip_forward is 0")
    dropped = path.get("filtered_packets", 0) - evidence.get("filtered_before", path.get("filtered_packets", 0))
    if path.get("strict_filters") and dropped > 0:
        names = ", ".join(path["strict_filters"])
        yield Finding(
            "reverse_path", site, f"rp_filter is strict on {names}, and the kernel dropped {dropped} packets meanwhile"
        )


def _recent(log: list[str], name: str, address: str) -> tuple[list[str], dict[tuple[str, int], int]]:
    """Lines since the last time that a connection's negotiation ended, and packets by direction and the peer's port."""
    mark = re.compile(rf"\b{re.escape(name)}\[\d+\]|after \d+ retransmits")
    start = 0
    for index, line in enumerate(log):
        if any(words in line for words in _ENDS_NEGOTIATION) and mark.search(line):
            start = index + 1
    lines, packets, exchange = [], {}, ""
    pattern = re.compile(rf"{re.escape(address)}\[(\d+)\]")
    for index, line in enumerate(log[start:], start):
        if "generating " in line or "retransmit" in line:
            generated = _EXCHANGE.search(line)
            exchange = generated.group(1) if generated else ""
        packet = _PACKET.search(line)
        port = pattern.search(line) if packet else None
        if packet and port and not _says_goodbye(packet.group(1), exchange, log[index + 1 : index + 2]):
            counted = (packet.group(1), int(port.group(1)))
            packets[counted] = packets.get(counted, 0) + 1
            lines.append(line)
    return lines, packets


def _says_goodbye(direction: str, exchange: str, after: list[str]) -> bool:
    """Whether a packet belongs to a tunnel that was there before: its deletion, or a sign of life."""
    if direction == "received":
        parsed = _EXCHANGE.search(after[0]) if after else None
        exchange = parsed.group(1) if parsed else "INFORMATIONAL"
    return exchange.startswith("INFORMATIONAL")


def _of_negotiation(evidence: Mapping[str, Any], symptom: str, name: str) -> Iterator[Finding]:
    """Why a tunnel is not up although both ends are set alike: who hears whom."""
    cloud = evidence["cloud"]["connections"].get(name)
    if cloud is None or symptom not in _DOWN:
        return
    _ike, here = _host_has(evidence, name)
    if symptom == ONE_END:
        states = f"the host says {'up' if here else 'down'}, the cloud says {cloud['status']}"
        yield Finding("one_end_only", name, states)
    lines, packets = _recent((evidence.get("path") or {}).get("log", []), name, cloud["address"])
    heard = {port for direction, port in packets if direction == "received"}
    spoken = {port for direction, port in packets if direction == "sending"}
    shown = tuple(lines[-_SHOWN:])
    if symptom == ONE_END or (not heard and not spoken):
        if symptom != ONE_END:
            yield Finding("idle", name, f"nothing was sent to or received from {cloud['address']}")
        return
    if 4500 not in heard and 500 in heard:
        detail = f"{cloud['address']} is heard on UDP 500, and never on UDP 4500"
        yield Finding("udp_4500", name, detail, evidence=shown)
    elif not heard:
        detail = f"what was sent to {cloud['address']} was not answered, on UDP {', '.join(map(str, sorted(spoken)))}"
        yield Finding("udp_500" if 500 in spoken else "udp_4500", name, detail, evidence=shown)


def _of_traffic(evidence: Mapping[str, Any], symptoms: list[tuple[str, str]]) -> Iterator[Finding]:
    """Tunnels that are up and do not carry everything."""
    site = evidence["site"]
    for size in (evidence.get("path") or {}).get("sizes", ()):
        if 0 < size["answered"] < size["sent"] - 8:
            detail = (
                f"packets of {size['sent']} octets may be sent to {size['address']}, "
                f"but those above {size['answered']} are not answered"
            )
            yield Finding("packet_size", site, detail)
    if (LOST, site) not in symptoms or any(symptom in _DOWN for symptom, _where in symptoms):
        return
    tunnels = (evidence.get("measured") or {}).get("tunnels", [])
    went, came = (sum(tunnel[key] for tunnel in tunnels) for key in ("bytes_out", "bytes_in"))
    if not went and not came:
        return
    children = [
        child
        for association in (evidence.get("host") or {}).get("associations", ())
        for child in association["children"]
    ]
    encapsulated = any(child["encapsulated"] for child in children)
    if not came:
        detail = f"{went} bytes went into the tunnels and none came out"
        yield Finding("one_way" if encapsulated or not children else "esp_blocked", site, detail)
    elif not any(ping["received"] for ping in [*evidence["measured"]["pings"], *evidence.get("far", ())]):
        detail = f"{came} bytes came out of the tunnels and {went} went in, yet no ping is answered from either end"
        yield Finding("one_way", site, detail)
