# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,59}", fullmatch=True)


def connection(name="store-001-main-1", **changes):
    return {
        "name": name,
        "role": "active",
        "datapath": "xfrm",
        "remote_address": "203.0.113.11",
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": ["172.16.0.0/16"],
        **changes,
    }


@given(NAMES)
def test_every_name_gives_a_name_and_a_number_that_linux_takes(name):
    interface = tunnel_interface.interface_name(connection(name))
    assert interface.startswith("vpn-")
    assert 5 <= len(interface) <= 15
    assert 1 <= tunnel_interface.interface_id(connection(name)) <= 2**31 - 1
    own = connection(name, interface=interface, interface_id=tunnel_interface.interface_id(connection(name)))
    assert tunnel_interface.problems(own) == []


def test_names_stay_readable_and_tell_the_tunnels_of_a_site_apart():
    names = [
        tunnel_interface.interface_name(connection(name)) for name in ("hq-1", "store-001-main-1", "store-001-main-2")
    ]
    assert names[0] == "vpn-hq-1"
    assert names[1].endswith("main-1")
    assert names[2].endswith("main-2")
    assert names[1][4:8] != names[2][4:8]


def test_the_number_of_a_connection_depends_on_its_name_alone():
    assert tunnel_interface.interface_id(connection("hq-1")) == tunnel_interface.interface_id(
        connection("hq-1", role="standby", remote_networks=["10.0.0.0/8"])
    )


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"datapath": None}, {}),
        ({"datapath": "policy"}, {}),
        ({"interface_id": 11}, {"if_id_in": 11, "if_id_out": 11, "updown": tunnel_interface.UPDOWN}),
        (
            {"datapath": "vti", "interface_id": 11},
            {"mark_in": 11, "mark_out": 11, "updown": tunnel_interface.UPDOWN},
        ),
    ],
)
def test_child_settings(changes, settings):
    assert tunnel_interface.child_settings(connection(**changes)) == settings


def test_routes_and_metrics():
    assert tunnel_interface.routes(connection()) == ["172.16.0.0/16"]
    assert tunnel_interface.routes(connection(remote_networks=["0.0.0.0/0"])) == []
    assert tunnel_interface.routes(connection(remote_networks=["0.0.0.0/0"], routes=["10.1.0.0/16"])) == ["10.1.0.0/16"]
    assert tunnel_interface.routes(connection(routes=[])) == []
    assert tunnel_interface.metric(connection()) < tunnel_interface.metric(connection(role="standby"))
    assert tunnel_interface.metric(connection(metric=50)) == 50


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"interface": "a name"}, "interface"),
        ({"interface": "sixteen-letters-"}, "at most 15"),
        ({"interface_id": 0}, "is not between 1 and 2147483647"),
        ({"metric": 70000}, "is not between 1 and 65535"),
        ({"path_mtu": 500}, "is not between 576 and 65535"),
        ({"interface_address": "169.254.10.2"}, "write it as 169.254.10.2/30"),
        ({"interface_address": "x/30"}, "write it as 169.254.10.2/30"),
        ({"routes": ["172.16.0.1/16"]}, "is not a network"),
        ({"routes": ["0.0.0.0/0"]}, "would draw all traffic"),
        ({"remote_networks": ["203.0.113.0/24"]}, "would be routed into itself"),
    ],
)
def test_what_is_wrong_is_named_with_its_fix(changes, text):
    (problem,) = tunnel_interface.problems(connection(**changes))
    assert text in str(problem)


def test_two_connections_cannot_have_one_interface():
    found = tunnel_interface.shared_problems(
        [connection("a", interface="vpn0", interface_id=7), connection("b", interface="vpn0", interface_id=7)]
    )
    assert [problem.path for problem in found] == ["connections[b].interface", "connections[b].interface_id"]
    policy = [connection(name, interface="vpn0", datapath="policy") for name in ("a", "b")]
    assert tunnel_interface.shared_problems(policy) == []
