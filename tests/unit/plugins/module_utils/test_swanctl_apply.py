# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order a tunnel that is an interface is set up anew."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_apply as apply
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_plan import Have, Plan, Step
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_record import Record


class Daemon:
    """One whose tunnels come up at once; it notes what it is told."""

    def __init__(self, up):
        self.told = []
        self._up = set(up)

    def associations(self):
        return [
            {
                "name": name,
                "uniqueid": "1",
                "state": "ESTABLISHED",
                "children": [{"name": name, "uniqueid": "1", "state": "INSTALLED"}],
            }
            for name in self._up
        ]

    def withdraw_routes(self, name):
        self.told.append(f"withdraw {name}")

    def terminate(self, name):
        self._up.discard(name)
        self.told.append(f"terminate {name}")

    def initiate(self, name, seconds):
        self._up.add(name)
        self.told.append(f"initiate {name}")
        return []


def step(name, *, datapath="xfrm", networks="172.16.0.0/16"):
    connection = {
        "name": name,
        "datapath": datapath,
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": [networks],
        "ike": {"version": "ikev1"},
    }
    found = Step(connection, "fingerprint")
    found.up = found.reestablish = found.initiate = True
    return found


def told(tmp_path, monkeypatch, *steps):
    """What the daemon is told when all of these are set up anew."""
    monkeypatch.setattr(apply, "visible_differences", lambda connection, up: [])
    have = Have(str(tmp_path), {})
    have.record = Record(str(tmp_path / "run"), "Nov 23 18:04:50 2026")
    daemon = Daemon([one.name for one in steps])
    apply.Applier(Plan(list(steps), {}, []), have, daemon, True, 5, False, pytest.fail).run()
    return daemon.told


def test_the_routes_of_a_tunnel_go_before_it_ends_when_another_carries_its_networks(tmp_path, monkeypatch):
    """charon takes them away only after the peer has closed the tunnel: what is sent in between would be lost."""
    assert told(tmp_path, monkeypatch, step("standby"), step("active")) == [
        "withdraw standby",
        "terminate standby",
        "initiate standby",
        "withdraw active",
        "terminate active",
        "initiate active",
    ]


@pytest.mark.parametrize(
    "other", [{"networks": "172.17.0.0/16"}, {"datapath": "policy"}], ids=["other networks", "no interface"]
)
def test_the_routes_of_a_tunnel_stay_when_no_other_could_carry_its_packets(tmp_path, monkeypatch, other):
    """Without them its packets would leave the host in clear."""
    found = told(tmp_path, monkeypatch, step("other", **other), step("active"))
    assert [text for text in found if text.startswith("withdraw")] == []
