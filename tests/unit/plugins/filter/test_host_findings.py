# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.filter.host_findings import host_findings

CONNECTIONS = [{"name": "t1", "role": "active", "remote_address": "203.0.113.11", "psk": "key"}]
ANSWERED = {
    "item": {"address": "172.16.1.10", "source": "192.168.1.1"},
    "stdout": "3 packets transmitted, 3 received, 0% packet loss\nrtt min/avg/max/mdev = 0.4/0.5/0.6/0.1 ms",
}
LOST = {"item": {"address": "172.16.1.11"}, "stdout": "3 packets transmitted, 0 received, 100% packet loss"}


def report(number="1", count=100, state="INSTALLED", **more):
    child = {"uniqueid": number, "state": state, "bytes_in": count, "bytes_out": count}
    return {"associations": [{"name": "t1", "state": "ESTABLISHED", "children": [child]}], **more}


def test_all_is_well():
    result = host_findings(report(), report(count=352), CONNECTIONS, [ANSWERED])
    assert result["findings"] == []
    assert result["tunnels"] == [
        {
            "name": "t1",
            "role": "active",
            "remote_address": "203.0.113.11",
            "up": True,
            "bytes_in": 252,
            "bytes_out": 252,
        }
    ]
    assert result["pings"] == [
        {"address": "172.16.1.10", "source": "192.168.1.1", "sent": 3, "received": 3, "milliseconds": 0.5}
    ]


def test_a_rekey_in_between_starts_counting_anew():
    result = host_findings(report(count=9999), report(number="2", count=84), CONNECTIONS, [ANSWERED])
    assert (result["tunnels"][0]["bytes_in"], result["findings"]) == (84, [])


def test_everything_that_is_wrong_is_told():
    difference = {"connection": "t1", "parameter": "ike.dh_group", "wanted": "14", "actual": "2", "source": "file"}
    before = report(problems=["x.conf:3: broken"], differences=[difference])
    result = host_findings(before, {"associations": []}, CONNECTIONS, [LOST])
    assert result["findings"] == [
        "x.conf:3: broken",
        "t1: ike.dh_group should be 14, but is 2 (file)",
        "t1: no tunnel to 203.0.113.11 is up",
        "ping to 172.16.1.11: 0 of 3 packets came back",
    ]


def test_answers_that_no_tunnel_counted_took_another_way():
    findings = host_findings(report(), report(), CONNECTIONS, [ANSWERED])["findings"]
    assert findings == [
        "pings were answered, but nothing went into the tunnels: it takes another way",
        "pings were answered, but nothing went out of the tunnels: it takes another way",
    ]


def test_a_host_without_connections_only_pings():
    result = host_findings({}, {}, [], [ANSWERED])
    assert (result["tunnels"], result["findings"]) == ([], [])


def test_a_ping_that_could_not_run_is_a_finding():
    failed = {"item": {"address": "172.16.1.10"}, "msg": "No such file"}
    assert host_findings({}, {}, [], [failed])["findings"] == ["ping to 172.16.1.10: 0 of 0 packets came back"]
