# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metrics in the text format of Prometheus, named like those of the exporters that exist for strongSwan. No I/O.

Every configured tunnel has every series in every run, with the labels connection and role only: unlike an exporter's, a
series never disappears with its tunnel, and never changes its labels with a rekey. What is not known is NaN.
"""

from __future__ import annotations

import math

import tunnel_evidence as evidence

_NAN = float("nan")


def _number(message, key):
    return float(message.get(key) or _NAN)


def _count(message, key):
    return int(message.get(key) or 0)


# name, type, help, value from (tunnel)
_SERIES = (
    (
        "strongswan_tunnel_up",
        "gauge",
        "1 when the tunnel is established and, where it is probed, packets come back.",
        lambda tunnel: int(tunnel.memory.state in evidence.CARRYING),
    ),
    ("strongswan_ike_up", "gauge", "1 when an IKE_SA is established.", lambda tunnel: int(bool(tunnel.evidence.ike))),
    ("strongswan_sa_up", "gauge", "1 when a CHILD_SA is installed.", lambda tunnel: int(bool(tunnel.evidence.child))),
    (
        "strongswan_ike_established_seconds",
        "gauge",
        "Seconds since the IKE_SA was established.",
        lambda tunnel: _number(tunnel.evidence.ike, "established"),
    ),
    (
        "strongswan_ike_rekey_seconds",
        "gauge",
        "Seconds until the IKE_SA is rekeyed.",
        lambda tunnel: _number(tunnel.evidence.ike, "rekey-time"),
    ),
    (
        "strongswan_sa_inbound_bytes",
        "gauge",
        "Bytes received through the CHILD_SA.",
        lambda tunnel: _count(tunnel.evidence.child, "bytes-in"),
    ),
    (
        "strongswan_sa_outbound_bytes",
        "gauge",
        "Bytes sent through the CHILD_SA.",
        lambda tunnel: _count(tunnel.evidence.child, "bytes-out"),
    ),
    (
        "strongswan_sa_inbound_packets",
        "gauge",
        "Packets received through the CHILD_SA.",
        lambda tunnel: _count(tunnel.evidence.child, "packets-in"),
    ),
    (
        "strongswan_sa_outbound_packets",
        "gauge",
        "Packets sent through the CHILD_SA.",
        lambda tunnel: _count(tunnel.evidence.child, "packets-out"),
    ),
    (
        "strongswan_sa_last_inbound_seconds",
        "gauge",
        "Seconds since a packet was received through the CHILD_SA.",
        lambda tunnel: _number(tunnel.evidence.child, "use-in"),
    ),
    (
        "strongswan_sa_last_outbound_seconds",
        "gauge",
        "Seconds since a packet was sent through the CHILD_SA.",
        lambda tunnel: _number(tunnel.evidence.child, "use-out"),
    ),
    (
        "strongswan_sa_rekey_seconds",
        "gauge",
        "Seconds until the CHILD_SA is rekeyed.",
        lambda tunnel: _number(tunnel.evidence.child, "rekey-time"),
    ),
    (
        "strongswan_sa_lifetime_seconds",
        "gauge",
        "Seconds until the CHILD_SA ends.",
        lambda tunnel: _number(tunnel.evidence.child, "life-time"),
    ),
    (
        "strongswan_probe_success",
        "gauge",
        "1 when any probe through the tunnel was answered.",
        lambda tunnel: int(tunnel.evidence.probe.received > 0) if tunnel.evidence.probe else _NAN,
    ),
    (
        "strongswan_probe_rtt_seconds",
        "gauge",
        "Average time until a probe was answered.",
        lambda tunnel: (
            _NAN if not tunnel.evidence.probe or tunnel.evidence.probe.rtt is None else tunnel.evidence.probe.rtt
        ),
    ),
    (
        "strongswan_probe_loss_ratio",
        "gauge",
        "Share of the probes that were not answered.",
        lambda tunnel: tunnel.evidence.probe.loss if tunnel.evidence.probe else _NAN,
    ),
    (
        "frr_bgp_peer_state",
        "gauge",
        "1 when the BGP session through the tunnel is established.",
        lambda tunnel: int(tunnel.evidence.session.established) if tunnel.evidence.session else _NAN,
    ),
    (
        "frr_bgp_peer_prefixes_received",
        "gauge",
        "Prefixes that are believed of the neighbour.",
        lambda tunnel: tunnel.evidence.session.prefixes if tunnel.evidence.session else _NAN,
    ),
    (
        "strongswan_tunnel_downs_total",
        "counter",
        "How often the tunnel has ceased to carry packets.",
        lambda tunnel: tunnel.memory.downs,
    ),
    (
        "strongswan_tunnel_initiations_total",
        "counter",
        "How often the tunnel was set up again from here.",
        lambda tunnel: tunnel.memory.initiations,
    ),
    (
        "strongswan_tunnel_state_seconds",
        "gauge",
        "Seconds since the state of the tunnel changed.",
        lambda tunnel: max(0, int(tunnel.now - tunnel.memory.since)),
    ),
)


class Measured:
    """One tunnel as it is written. memory: a Memory; found: the Evidence; now: seconds since the epoch."""

    def __init__(self, name, role, memory, found, now):
        self.name, self.role, self.memory, self.evidence, self.now = name, role, memory, found, now


def _value(number):
    if math.isnan(number):
        return "NaN"
    return repr(round(number, 6)) if isinstance(number, float) else str(number)


def _label(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def render(tunnels, running, breaches, now):
    """The whole file. running: whether the daemon answers; breaches: how many invariants are broken."""
    lines = []
    for name, kind, explained, value in _SERIES:
        lines += ["# HELP %s %s" % (name, explained), "# TYPE %s %s" % (name, kind)]
        for tunnel in tunnels:
            labels = 'connection="%s",role="%s"' % (_label(tunnel.name), _label(tunnel.role))
            lines.append("%s{%s} %s" % (name, labels, _value(value(tunnel))))
    for name, explained, value in (
        ("strongswan_up", "1 when the IKE daemon answers.", int(running)),
        ("strongswan_health_breaches", "What is configured and missing, see the journal.", breaches),
        ("strongswan_health_last_run_timestamp_seconds", "When this file was written.", int(now)),
    ):
        lines += ["# HELP %s %s" % (name, explained), "# TYPE %s gauge" % name, "%s %s" % (name, value)]
    return "\n".join(lines) + "\n"
