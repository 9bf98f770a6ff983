"""A peer that falls silent is given up within the wanted time, with IKEv1 as with IKEv2."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from tests.host.charon_in_netns import wait_for
from tests.host.conftest import CLOUD

DEAD_PEER_AFTER = 12
# For a daemon's timers on a loaded machine, and for the polling here.
ALLOWANCE = 1.0


def given_up(site, address: str) -> bool:
    """Whether the store has no IKE_SA with a peer any more, but for one that is being set up."""
    shown = site.store.swanctl("--list-sas").stdout
    return not any("ESTABLISHED" in one and f"@ {address}[" in one for one in shown.split("\n\n"))


@pytest.mark.parametrize("version", ["ikev2", "ikev1"])
def test_a_dead_peer_is_given_up_within_the_wanted_time(site, version, say):
    silence, retransmission, problems = rules.dead_peer_times([{"name": "t1"}], DEAD_PEER_AFTER)
    assert problems == []
    site.store.stop()
    site.store.retransmission = retransmission
    site.store.start()
    connections = site.connections(dpd_delay=silence, ike={"version": version})[:1]
    site.establish(connections)
    site.cloud.ip("link", "set", "wan0", "down")
    begun = time.monotonic()
    wait_for(lambda: given_up(site, CLOUD[0]), 60, "the dead peer to be given up")
    took = time.monotonic() - begun
    say(f"{version}: a dead peer given up after {took:.1f} s, wanted: {DEAD_PEER_AFTER} s")
    assert took <= DEAD_PEER_AFTER + ALLOWANCE
