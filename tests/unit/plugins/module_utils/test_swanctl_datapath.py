# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnels that a kernel cannot keep apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_datapath import Kernel, shared_selectors


def connection(name, local, remote):
    return {"name": name, "local_networks": local, "remote_networks": remote}


@pytest.mark.parametrize(
    ("connections", "shared"),
    [
        ([], []),
        ([connection("a-1", ["192.168.1.0/24"], ["172.16.0.0/16"])], []),
        # The two tunnels of one site.
        (
            [connection(name, ["192.168.1.0/24"], ["172.16.0.0/16"]) for name in ("a-1", "a-2")],
            ["a-1", "a-2"],
        ),
        # One pair of several is enough.
        (
            [
                connection("a", ["192.168.1.0/24", "192.168.2.0/24"], ["172.16.0.0/16"]),
                connection("b", ["192.168.2.0/24"], ["10.0.0.0/8", "172.16.0.0/16"]),
                connection("c", ["192.168.3.0/24"], ["172.16.0.0/16"]),
            ],
            ["a", "b"],
        ),
        # The same networks, but never the same pair.
        (
            [
                connection("a", ["192.168.1.0/24"], ["172.16.0.0/16"]),
                connection("b", ["192.168.1.0/24"], ["10.0.0.0/8"]),
            ],
            [],
        ),
    ],
)
def test_shared_selectors(connections, shared):
    assert shared_selectors(connections) == shared


DUAL = [connection(name, ["192.168.1.0/24"], ["172.16.0.0/16"]) for name in ("a-1", "a-2")]
SINGLE = [connection("b", ["192.168.1.0/24"], ["10.0.0.0/8"])]
EVERYTHING = [connection("c", ["192.168.1.0/24"], ["0.0.0.0/0"])]
ROUTED = [{**SINGLE[0], "routes": ["10.1.0.0/16"]}]
MODERN, OLD, BARE, NONE = (
    Kernel(esp=True, xfrm=True, vti=True),
    Kernel(esp=True, xfrm=False, vti=True),
    Kernel(esp=True, xfrm=False, vti=False),
    Kernel(esp=False, xfrm=False, vti=False),
)


@pytest.mark.parametrize(
    ("connections", "wanted", "kernel", "kinds", "userspace"),
    [
        # A change touches no other tunnel, so the choice for one connection does not depend on unrelated ones.
        (DUAL + SINGLE, "auto", MODERN, {"a-1": "xfrm", "a-2": "xfrm", "b": "policy"}, False),
        (EVERYTHING, "auto", MODERN, {"c": "xfrm"}, False),
        (ROUTED, "auto", MODERN, {"b": "xfrm"}, False),
        (DUAL + SINGLE, "auto", OLD, {"a-1": "vti", "a-2": "vti", "b": "vti"}, False),
        (SINGLE, "auto", OLD, {"b": "policy"}, False),
        (DUAL, "auto", BARE, {"a-1": "policy", "a-2": "policy"}, True),
        (SINGLE, "auto", BARE, {"b": "policy"}, False),
        (SINGLE, "auto", NONE, {"b": "policy"}, True),
        (SINGLE, "xfrm", MODERN, {"b": "xfrm"}, False),
        (SINGLE, "vti", MODERN, {"b": "vti"}, False),
        (SINGLE, "policy", MODERN, {"b": "policy"}, False),
        (DUAL, "tun", MODERN, {"a-1": "policy", "a-2": "policy"}, True),
    ],
)
def test_choose(connections, wanted, kernel, kinds, userspace):
    assert rules.choose(connections, wanted, kernel) == (kinds, userspace)


@pytest.mark.parametrize(
    ("connections", "wanted", "kernel", "tun_device", "expected"),
    [
        (SINGLE, "auto", NONE, False, "strongswan_datapath is auto, which needs /dev/net/tun"),
        (SINGLE, "policy", NONE, True, "needs ESP in the kernel"),
        (SINGLE, "xfrm", OLD, True, "needs XFRM interfaces"),
        (SINGLE, "vti", BARE, True, "needs VTIs"),
        (DUAL, "policy", MODERN, True, "cannot carry a-1 and a-2"),
        (DUAL, "auto", BARE, False, "needs /dev/net/tun"),
    ],
)
def test_what_a_host_cannot_carry_is_refused(connections, wanted, kernel, tun_device, expected):
    kinds, userspace = rules.choose(connections, wanted, kernel)
    (problem,) = rules.datapath_problems(connections, kinds, userspace, wanted, kernel, tun_device)
    assert expected.split(", which ")[-1] in str(problem)


@given(st.integers(3, 3600))
def test_a_dead_peer_is_noticed_within_the_wanted_time(seconds):
    silence, retransmission, problems = rules.dead_peer_times(SINGLE, seconds)
    assert problems == []
    waits = [retransmission.timeout * retransmission.base**number for number in range(retransmission.tries + 1)]
    # charon counts the silence in whole seconds, so the probe may leave almost a second after it.
    assert silence + 1 + sum(waits) <= seconds + 1e-6
    assert silence + 1 + sum(waits) > seconds - 1
    assert retransmission.seconds == pytest.approx(sum(waits))
    # A lost packet does not cost long, and a lossy line has several tries.
    assert waits[0] <= rules.LONGEST_FIRST_WAIT
    assert retransmission.tries >= rules.FEWEST_RETRANSMISSIONS


def test_a_connection_with_its_own_delay_leaves_the_daemon_less_time():
    silence, retransmission, problems = rules.dead_peer_times([{**SINGLE[0], "dpd_delay": 20}, *DUAL], 30)
    assert (silence, problems) == (10, [])
    assert 8 < retransmission.seconds <= 9


def test_a_delay_that_leaves_no_time_is_refused():
    (problem,) = rules.dead_peer_times([{**SINGLE[0], "dpd_delay": 10}], 10)[2]
    assert "raise it to 30, or lower dpd_delay to 3" in str(problem)


def test_a_connection_without_probes_does_not_count():
    assert rules.dead_peer_times([{**SINGLE[0], "dpd": False, "dpd_delay": 100}], 10)[2] == []
