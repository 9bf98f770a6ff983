# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.filter.tunnel_datapaths import tunnel_datapaths

MODERN = {"kernel_esp": True, "kernel_xfrm_interfaces": True, "kernel_vti": True, "tun_device": True}
BARE = {"kernel_esp": False, "kernel_xfrm_interfaces": False, "kernel_vti": False, "tun_device": True}


def tunnel(number=1, **changes):
    return {
        "name": f"store-001-main-{number}",
        "role": "active" if number == 1 else "standby",
        "remote_address": f"203.0.113.1{number}",
        "local_id": "198.51.100.10",
        "remote_id": f"203.0.113.1{number}",
        "psk": "correct horse",
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": ["172.16.0.0/16"],
        **changes,
    }


def test_two_tunnels_of_a_site_become_interfaces():
    found = tunnel_datapaths([tunnel(1), tunnel(2)], MODERN)
    assert found["problems"] == []
    assert [one["datapath"] for one in found["connections"]] == ["xfrm", "xfrm"]
    first, second = found["interfaces"]
    assert (first["mtu"], first["mtu_udp"], first["metric"], second["metric"]) == (1438, 1422, 100, 200)
    assert first["routes"] == ["172.16.0.0/16"]
    assert first["id"] != second["id"]
    assert "correct horse" not in str(found), "the plan is kept as a fact of the host"


def test_a_private_key_is_not_in_the_plan_and_certificates_are():
    options = {
        "auth": "pubkey",
        "psk": None,
        "certificate": "/etc/pki/own.pem",
        "private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
        "ca_certificates": ["/etc/pki/ca.pem"],
    }
    found = tunnel_datapaths([tunnel(1, **options)], MODERN)
    assert found["problems"] == []
    assert found["connections"][0]["certificate"] == "/etc/pki/own.pem"
    assert "c2VjcmV0" not in str(found), "the plan is kept as a fact of the host"


def test_a_host_without_esp_has_no_interfaces():
    found = tunnel_datapaths([tunnel(1), tunnel(2)], BARE)
    assert (found["userspace"], found["interfaces"], found["problems"]) == (True, [], [])


def test_everything_can_be_sent_into_an_interface_but_not_into_a_policy():
    everything = [tunnel(remote_networks=["0.0.0.0/0"], routes=["10.1.0.0/16"], path_mtu=1400)]
    (interface,) = tunnel_datapaths(everything, MODERN)["interfaces"]
    assert (interface["routes"], interface["mtu"]) == (["10.1.0.0/16"], 1326)
    (problem,) = tunnel_datapaths(everything, BARE)["problems"]
    assert "would draw all traffic of this host" in problem


def test_the_time_until_a_dead_peer_is_noticed_sets_delay_and_retransmission():
    found = tunnel_datapaths([tunnel()], MODERN, dead_peer_after=10)
    assert found["connections"][0]["dpd_delay"] == 3
    assert found["retransmission"]["tries"] == 3
    assert found["retransmission"]["seconds"] == pytest.approx(6, abs=0.01)
    own = tunnel_datapaths([tunnel(dpd_delay=5)], MODERN, dead_peer_after=10)
    assert own["connections"][0]["dpd_delay"] == 5
    assert own["retransmission"]["seconds"] == pytest.approx(4, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ike": {"encryption": "sm4"}}, "sm4"),
        ({"ipsec": {"integrity": "sm3"}}, "sm3"),
        ({"ike": {"version": "ikev2", "mode": "aggressive"}}, "exists only in IKEv1"),
        ({"dpd_delay": 40}, "raise it to 120, or lower dpd_delay to 10"),
        ({"routes": ["203.0.113.0/24"]}, "would be routed into itself"),
    ],
)
def test_what_no_host_can_do_is_refused_by_name_before_any_change(changes, words):
    found = tunnel_datapaths([tunnel(**changes)], MODERN)
    assert any(words in problem for problem in found["problems"]), found["problems"]
    assert found["interfaces"] == []
    assert not any("correct horse" in problem for problem in found["problems"])


class View(list):
    """As a list of a play is since ansible-core 2.19: its copy is one of all variables of the play, too."""

    def __deepcopy__(self, memo):
        raise AssertionError("the variables of the play are copied, which takes seconds on an inventory of some size")


def test_the_variables_of_a_play_are_not_copied():
    tunnels = View([tunnel(1, local_networks=View(["192.168.1.0/24"])), tunnel(2)])
    assert len(tunnel_datapaths(tunnels, MODERN)["connections"]) == 2
