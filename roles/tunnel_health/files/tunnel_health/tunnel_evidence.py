# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of one tunnel, and the state it amounts to. No I/O.

A tunnel is a connection of strongSwan with a child of the same name, as the role strongswan makes them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

UP = "up"
DEGRADED = "degraded"
SILENT = "silent"
CONNECTING = "connecting"
NO_CHILD = "no_child"
DOWN = "down"
UNLOADED = "unloaded"

#: States in which packets get through.
CARRYING = (UP, DEGRADED)

_IKE_UP = ("ESTABLISHED", "REKEYING", "REKEYED")
_IKE_COMING = ("CREATED", "CONNECTING")
_CHILD_UP = ("INSTALLED", "UPDATING", "REKEYING", "REKEYED")
_CHILD_COMING = ("CREATED", "ROUTED", "INSTALLING")


class Probe(NamedTuple):
    """Answers to packets sent through the tunnel. rtt: their average in seconds, None without an answer."""

    target: str
    sent: int
    received: int
    rtt: float | None

    @property
    def loss(self):
        """The share of packets without an answer, 0 to 1."""
        return 1 - self.received / self.sent


class Evidence(NamedTuple):
    """One look at a tunnel. ike, child: charon's message of the newest one that is up, {} for none.

    session: of ``tunnel_routing``, None where no neighbour is configured.
    """

    loaded: bool
    ike: dict[str, Any]
    child: dict[str, Any]
    coming: bool
    probe: Probe | None = None
    session: Any = None


def look(name, loaded, associations):
    """The evidence on a tunnel. loaded: names of connections; associations: IKE_SAs as ``_swanctl_raw`` reads them."""
    own = sorted((one for one in associations if one["name"] == name), key=lambda one: int(one["uniqueid"]))
    ike, child, coming = {}, {}, False
    for association in own:
        established = association["state"] in _IKE_UP
        coming = coming or association["state"] in _IKE_COMING
        if established:
            ike = association
        for one in association["children"]:
            if one.get("name") == name:
                coming = coming or one["state"] in _CHILD_COMING
                # While it is rekeyed a CHILD_SA stands beside its successor, which is listed later.
                if established and one["state"] in _CHILD_UP:
                    child = one
    return Evidence(name in loaded, ike, child, coming)


def judge(evidence, max_loss, max_rtt):
    """The state of a tunnel and why, as (state, reason). max_loss: share; max_rtt: seconds, 0 for any."""
    probe = evidence.probe
    if not evidence.loaded:
        return UNLOADED, "strongSwan has no connection of this name loaded"
    if not evidence.child:
        if evidence.coming:
            return CONNECTING, "being negotiated"
        if evidence.ike:
            return NO_CHILD, "an IKE_SA but no CHILD_SA"
        return DOWN, "no IKE_SA"
    if probe is None:
        return UP, "CHILD_SA installed"
    if not probe.received:
        return SILENT, "%s answered none of %d packets" % (probe.target, probe.sent)
    if probe.loss > max_loss:
        return DEGRADED, "%s answered %d of %d packets" % (probe.target, probe.received, probe.sent)
    if max_rtt and probe.rtt is not None and probe.rtt > max_rtt:
        return DEGRADED, "%s answered in %.0f ms" % (probe.target, probe.rtt * 1000)
    return UP, "%s answered %d of %d packets" % (probe.target, probe.received, probe.sent)
