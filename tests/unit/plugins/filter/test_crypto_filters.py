# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters over the table of algorithms."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.filter.strongswan_proposal import FilterModule as Proposal
from ansible_collections.hybridnet.alicloud.plugins.filter.strongswan_times import FilterModule as Times
from ansible_collections.hybridnet.alicloud.plugins.filter.tunnel_mtu import FilterModule as Mtu

FILTERS = {**Proposal().filters(), **Times().filters(), **Mtu().filters()}
proposal, times, mtu = (FILTERS[name] for name in ("strongswan_proposal", "strongswan_times", "tunnel_mtu"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"encryption": "AES-256", "integrity": "sha256", "dh_group": "group14"}, "aes256-sha256-modp2048"),
        ({"version": "ikev2", "encryption": "aes", "integrity": "sha1", "dh_group": 2}, "aes128-sha1-modp1024"),
        ({"encryption": "aes256", "integrity": "sha512", "pfs_group": "disabled"}, "aes256-sha512"),
        (
            {"encryption": "aes256", "integrity": "sha512", "pfs_group": "14", "lifetime": 3600},
            "aes256-sha512-modp2048",
        ),
    ],
)
def test_proposals(options, expected):
    assert proposal(options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"encryption": "aes256", "integrity": "sha256"},
            r"ike\.dh_group: \(missing\) is required; .* three algorithms",
        ),
        ({"encryption": "aes512", "integrity": "sha256", "dh_group": 14}, r"ike\.encryption: 'aes512' is not a known"),
        ({"pfs_group": 14, "encrypt": "aes256"}, r"ipsec\.encrypt: .*did you mean encryption\?"),
        ("aes256", r"ike: 'aes256' is not a mapping"),
        (None, r"ike: \(empty\) is not a mapping"),
        (14, r"ike: 14 is not a mapping"),
    ],
)
def test_proposals_of_wrong_mappings(options, message):
    with pytest.raises(AnsibleFilterError, match=message):
        proposal(options)


def test_times():
    assert times("3600") == {"rekey_time": 3240, "over_time": 360, "rand_time": 360, "reauth_time": 0}
    assert times(3600, child=True) == {"life_time": 3600, "rekey_time": 3240, "rand_time": 360}


@pytest.mark.parametrize("lifetime", [0, 86401, None, "1h", [3600]])
def test_times_of_wrong_lifetimes(lifetime):
    with pytest.raises(AnsibleFilterError, match=r"ike\.lifetime: .* is not a lifetime in whole seconds"):
        times(lifetime)


def test_times_of_something_neither_child_nor_not():
    with pytest.raises(AnsibleFilterError, match="child: 'maybe' is not a boolean"):
        times(3600, child="maybe")
    assert times(3600, child="false") == times(3600)


def test_mtu():
    ipsec = {"encryption": "aes256", "integrity": "sha256", "pfs_group": 14, "lifetime": 86400}
    assert mtu(ipsec) == {"mtu": 1438, "mss": 1398}
    assert mtu(ipsec, outer="1492", udp="true") == {"mtu": 1422, "mss": 1382}


@pytest.mark.parametrize(
    ("options", "arguments", "message"),
    [
        ({"encryption": "aes256"}, {}, r"ipsec\.integrity: \(missing\) is required"),
        ({"encryption": "aes256", "integrity": "sha256"}, {"outer": 68}, r"outer: 68 is not an MTU from 576 to 65535"),
        ({"encryption": "aes256", "integrity": "sha256"}, {"udp": "maybe"}, r"udp: 'maybe' is not a boolean"),
        (None, {"outer": "wide"}, r"ipsec: \(empty\) is not a mapping(.|\n)*outer: 'wide'"),
    ],
)
def test_mtu_of_wrong_input(options, arguments, message):
    with pytest.raises(AnsibleFilterError, match=message):
        mtu(options, **arguments)
