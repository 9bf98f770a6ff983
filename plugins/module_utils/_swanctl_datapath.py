# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the packets of each connection find its tunnel, and how soon a dead peer is noticed. No I/O."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

AUTO, TUN = "auto", "tun"
CHOICES = (AUTO,) + tunnel_interface.DATAPATHS + (TUN,)

#: charon's factor by which each further wait for an answer is longer, and the longest first one, in seconds.
RETRANSMIT_BASE = 1.6
LONGEST_FIRST_WAIT = 2.0
FEWEST_RETRANSMISSIONS = 3
#: A third of the wanted time goes by in silence, the rest is for the probe's retransmissions.
SILENT_SHARE = 3
#: charon counts the silence in whole seconds: the probe leaves up to this much after it.
LATE_PROBE = 1
SHORTEST_GIVE_UP = 1.0


class Kernel(NamedTuple):
    """What the kernel of a host has: ESP at all, XFRM interfaces, VTIs."""

    esp: bool
    xfrm: bool
    vti: bool


class Retransmission(NamedTuple):
    """charon's ``retransmit_timeout``, ``_base`` and ``_tries``, and after how many seconds it gives a peer up."""

    timeout: float
    base: float
    tries: int
    seconds: float


def shared_selectors(connections):
    """Names of the connections that carry a pair of networks which another one carries too, in the order given."""
    carried = Counter(pair for connection in connections for pair in _pairs(connection))
    return [one["name"] for one in connections if any(carried[pair] > 1 for pair in _pairs(one))]


def _pairs(connection):
    return {
        (local, remote)
        for local in connection.get("local_networks") or ()
        for remote in connection.get("remote_networks") or ()
    }


def choose(connections, wanted, kernel):
    """Return {name of connection: policy, xfrm or vti} and whether ESP is left to strongSwan (TUN).

    wanted: one of CHOICES.
    """
    names = [connection["name"] for connection in connections]
    if wanted == TUN or (wanted == AUTO and not kernel.esp):
        return dict.fromkeys(names, tunnel_interface.POLICY), True
    if wanted != AUTO:
        return dict.fromkeys(names, wanted), False
    shared = set(shared_selectors(connections))
    needing = {
        connection["name"] for connection in connections if connection["name"] in shared or _is_routed(connection)
    }
    if kernel.xfrm:
        kinds = {name: tunnel_interface.XFRM if name in needing else tunnel_interface.POLICY for name in names}
        return kinds, False
    if kernel.vti and needing:
        # With VTIs charon must not make routes, and tunnels without an interface would lack theirs.
        return dict.fromkeys(names, tunnel_interface.VTI), False
    # ESP in strongSwan has no policies of the kernel that two tunnels could overwrite for each other.
    return dict.fromkeys(names, tunnel_interface.POLICY), bool(shared)


def _is_routed(connection):
    """Whether routes decide what enters the tunnel, not its networks."""
    everything = any(network.endswith("/0") for network in connection["remote_networks"])
    return everything or connection.get("routes") is not None or connection.get("interface_address") is not None


def datapath_problems(connections, kinds, userspace, wanted, kernel, tun_device):
    """Why the host cannot carry the connections like that, as Problems."""
    found = []
    path = "strongswan_datapath"
    needed = set(kinds.values())
    if userspace and not tun_device:
        rule = "needs /dev/net/tun, which the host does not have"
        found.append(Problem(path, shown(wanted), rule, "load the module tun, or give the container the device"))
    if not userspace and not kernel.esp:
        rule = "needs ESP in the kernel, and the one of this host has none"
        found.append(Problem(path, shown(wanted), rule, "set it to auto or tun"))
    elif tunnel_interface.XFRM in needed and not kernel.xfrm:
        rule = "needs XFRM interfaces, and the kernel of this host has none"
        found.append(Problem(path, shown(wanted), rule, "set it to auto"))
    elif tunnel_interface.VTI in needed and not kernel.vti:
        rule = "needs VTIs, and the kernel of this host has none"
        found.append(Problem(path, shown(wanted), rule, "set it to auto"))
    shared = [name for name in shared_selectors(connections) if kinds[name] == tunnel_interface.POLICY]
    if shared and not userspace:
        rule = "cannot carry %s: they have the same networks, and the kernel keeps one policy for them" % " and ".join(
            shared
        )
        found.append(Problem(path, shown(wanted), rule, "set it to auto, xfrm or tun"))
    return found


def dead_peer_times(connections, dead_peer_after):
    """Return (seconds of silence before a probe, Retransmission, Problems).

    dead_peer_after: seconds within which a dead peer has to be noticed. A connection may have a ``dpd_delay`` of its
    own; the retransmissions, which are the daemon's, have what the longest one leaves.
    """
    silence = max(dead_peer_after // SILENT_SHARE, 1)
    delays = [connection.get("dpd_delay") or silence for connection in connections if connection.get("dpd", True)]
    longest = max(delays or [silence])
    give_up = float(dead_peer_after - longest - LATE_PROBE)
    problems = []
    if give_up < SHORTEST_GIVE_UP:
        rule = "leaves a peer no time to answer after dpd_delay, which is %d" % longest
        fix = "raise it to %d, or lower dpd_delay to %d" % (longest * SILENT_SHARE, silence)
        problems.append(Problem("strongswan_dead_peer_after", shown(dead_peer_after), rule, fix))
        give_up = SHORTEST_GIVE_UP
    tries = FEWEST_RETRANSMISSIONS
    while give_up / _waits(tries) > LONGEST_FIRST_WAIT:
        tries += 1
    # Rounded down, so that the sum is not above what is wanted.
    timeout = int(give_up / _waits(tries) * 10000) / 10000
    return silence, Retransmission(timeout, RETRANSMIT_BASE, tries, timeout * _waits(tries)), problems


def _waits(tries):
    """All waits of a series in units of the first one."""
    return sum(RETRANSMIT_BASE**number for number in range(tries + 1))
