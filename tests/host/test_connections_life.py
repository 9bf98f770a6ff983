"""The life of managed connections on a real charon: what a change touches, and what it does not."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import time

import pytest

from tests.host.charon_in_netns import wait_for
from tests.host.conftest import CLOUD_LANS, STORE_LAN


def tunnels(site) -> dict:
    """{connection: (number of the IKE_SA, number of the CHILD_SA)} of the tunnels that are up."""
    report = site.module(site.store, "strongswan_info")
    return {
        association["name"]: (association["uniqueid"], child["uniqueid"])
        for association in report["associations"]
        for child in association["children"]
        if child["state"] == "INSTALLED"
    }


def reachable(site, target: str) -> bool:
    return site.store.execute("ping", "-c1", "-W2", "-I", STORE_LAN, target, check=False).returncode == 0


def actions(result: dict) -> dict:
    return {one["name"]: one["action"] for one in result["connections"]}


def assert_unchanged(result: dict) -> None:
    assert not result["changed"], result["connections"]


def with_changes(connections: list[dict], name: str, **changes) -> list[dict]:
    return [{**one, **changes} if one["name"] == name else one for one in connections]


def test_created_connections_are_up_and_a_second_run_changes_nothing(site):
    connections = site.connections()
    first = site.establish(connections)
    assert first["changed"]
    assert [(one["name"], one["action"], one["established"]) for one in first["connections"]] == [
        ("t2", "created", True),
        ("t1", "created", True),
    ]
    assert all(reachable(site, target) for target in CLOUD_LANS)
    second = site.configure(connections)
    assert not second["changed"], second
    assert second["diff"] == []
    assert_unchanged(site.answer(connections))


def test_files_are_readable_by_root_only_and_repaired(site):
    connections = site.connections()
    site.establish(connections)
    files = sorted(site.store.conf_d.iterdir())
    assert [file.name for file in files] == [
        "hybridnet-t1.conf",
        "hybridnet-t1.secret.conf",
        "hybridnet-t2.conf",
        "hybridnet-t2.secret.conf",
    ]
    files[1].chmod(0o644)
    before = tunnels(site)
    assert actions(site.configure(connections)) == {"t1": "updated", "t2": "unchanged"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert tunnels(site) == before


CHANGES = {
    "IKE group": {"ike": {"dh_group": 5}},
    "IKE encryption": {"ike": {"encryption": "aes128"}},
    "IKE version": {"ike": {"version": "ikev1", "integrity": "sha1", "dh_group": 2}},
    "IPsec integrity": {"ipsec": {"integrity": "sha512"}},
    "PFS": {"ipsec": {"pfs_group": "disabled"}},
    "key": {"psk": "another key"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_re_establishes_its_own_tunnel_only(site, change):
    connections = site.connections()
    site.establish(connections)
    before = tunnels(site)
    changed = with_changes(connections, "t1", **change)
    site.answer(changed)
    with continuous_ping(site, CLOUD_LANS[1]) as ping:
        result = site.configure(changed)
    assert not result.get("failed"), result
    assert actions(result) == {"t1": "updated", "t2": "unchanged"}
    after = tunnels(site)
    assert after["t2"] == before["t2"]
    assert after["t1"] != before["t1"]
    assert reachable(site, CLOUD_LANS[0])
    assert ping.lost == 0, f"{ping.lost} of {ping.sent} packets of the untouched tunnel were lost"
    assert_unchanged(site.configure(changed))


class continuous_ping:
    """Ping through a tunnel every 20 ms while the body runs."""

    def __init__(self, site, target: str):
        self._command = ["ip", "netns", "exec", site.store.namespace, "ping", "-i0.02", "-I", STORE_LAN, target]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *unused):
        self._process.send_signal(signal.SIGINT)
        output = self._process.communicate(timeout=10)[0]
        self.sent = int(re.search(r"(\d+) packets transmitted", output).group(1))
        answered = {int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", output)}
        assert answered, output
        # The packet that was on its way when ping was stopped is not lost.
        self.lost = len(set(range(1, self.sent)) - answered)


def test_a_new_key_of_a_single_tunnel_costs_what_setting_it_up_anew_costs(site, say):
    connections = site.connections()[:1]
    site.establish(connections)
    begun = time.monotonic()
    site.store.swanctl("--terminate", "--ike", "t1")
    site.store.swanctl("--initiate", "--child", "t1")
    took = time.monotonic() - begun
    changed = with_changes(connections, "t1", psk="another key")
    site.answer(changed)
    with continuous_ping(site, CLOUD_LANS[0]) as ping:
        assert actions(site.configure(changed)) == {"t1": "updated"}
    say(f"new key of a single tunnel: {ping.lost} of {ping.sent} pings of 20 ms lost; anew by hand in {took:.2f} s")
    # Half a second for a loaded machine.
    assert ping.lost * 0.02 <= took + 0.5


def test_both_tunnels_change_one_after_the_other(site):
    site.establish(site.connections())
    changed = site.connections(ike={"dh_group": 5})
    site.answer(changed)
    result = site.configure(changed)
    assert actions(result) == {"t1": "updated", "t2": "updated"}
    numbers = tunnels(site)
    assert int(numbers["t2"][0]) < int(numbers["t1"][0]), "the standby tunnel has to be set up before the active one"


def test_check_mode_tells_the_plan_and_writes_nothing(site):
    connections = site.connections()
    planned = site.configure(connections, check=True)
    assert planned["changed"]
    assert actions(planned) == {"t1": "created", "t2": "created"}
    assert list(site.store.conf_d.iterdir()) == []
    assert not site.store.run_dir.exists()
    site.establish(connections)
    changed = with_changes(connections, "t1", psk="another key", dpd_delay=7)
    before = {file: file.read_bytes() for file in site.store.conf_d.iterdir()}
    planned = site.configure(changed, check=True)
    assert actions(planned) == {"t1": "updated", "t2": "unchanged"}
    assert {file: file.read_bytes() for file in site.store.conf_d.iterdir()} == before
    texts = [(entry["before"], entry["after"]) for entry in planned["diff"]]
    assert any("dpd_delay = 2s" in old and "dpd_delay = 7s" in new for old, new in texts)
    assert any('secret = "(hidden)"' in old and 'secret = "(hidden, changed)"' in new for old, new in texts)


def test_check_mode_accepts_what_the_other_end_has_yet_to_make(site):
    unknown = "(known after apply)"
    connections = [{**one, "remote_address": unknown, "remote_id": unknown, "psk": None} for one in site.connections()]
    planned = site.configure(connections, check=True)
    assert actions(planned) == {"t1": "created", "t2": "created"}
    refused = site.configure(connections)
    assert "psk: (missing) is not given" in refused["msg"]
    assert list(site.store.conf_d.iterdir()) == []


def test_purge_removes_only_managed_connections_and_closes_their_tunnels(site):
    connections = site.connections()
    foreign = site.store.conf_d / "office.conf"
    foreign.write_text("connections {\n office {\n remote_addrs = 192.0.2.9\n remote { auth = psk\n}\n}\n}\n")
    site.establish(connections)
    kept = [one for one in connections if one["name"] == "t2"]
    before = tunnels(site)
    assert_unchanged(site.configure(kept))
    result = site.configure(kept, purge=True)
    assert result["removed"] == ["t1"]
    assert tunnels(site) == {"t2": before["t2"]}
    report = site.module(site.store, "strongswan_info")
    assert [(one["name"], one["loaded"]) for one in report["connections"]] == [("office", True), ("t2", True)]
    assert_unchanged(site.configure(kept, purge=True))


def test_a_removed_secret_is_forgotten_by_the_daemon(site):
    connections = site.connections()
    site.establish(connections)
    site.configure(connections[1:], purge=True)
    # The peer still has t1: with the connection back but its secret only in memory, authentication must fail.
    site.configure(connections, wait=False, initiate=False)
    (site.store.conf_d / "hybridnet-t1.secret.conf").unlink()
    site.configure(connections[1:], purge=True)
    again = site.configure(connections)
    assert not again.get("failed"), again


def test_a_tunnel_set_up_under_hand_made_settings_is_found_and_repaired(site):
    connections = site.connections()
    site.establish(connections)
    for host in (site.store, site.cloud):
        file = host.conf_d / "hybridnet-t1.conf"
        file.write_text(
            file.read_text().replace("proposals = aes256-sha256-modp2048", "proposals = aes128-sha256-modp1024", 1)
        )
        host.swanctl("--load-conns")
    site.store.swanctl("--terminate", "--ike", "t1")
    site.store.swanctl("--initiate", "--child", "t1")
    found = site.module(site.store, "strongswan_info", expected=connections)["differences"]
    assert {(one["source"], one["parameter"], one["wanted"], one["actual"]) for one in found} == {
        ("file", "ike.encryption", "aes256", "aes128"),
        ("file", "ike.dh_group", "14", "2"),
        ("established", "ike.encryption", "aes256", "aes128"),
        ("established", "ike.dh_group", "14", "2"),
    }
    before = tunnels(site)
    site.establish(connections)
    assert site.module(site.store, "strongswan_info", expected=connections)["differences"] == []
    assert tunnels(site)["t2"] == before["t2"]


def test_a_tunnel_that_is_down_is_initiated(site):
    connections = site.connections()
    site.establish(connections)
    site.store.swanctl("--terminate", "--ike", "t1")
    result = site.configure(connections)
    assert result["changed"]
    assert actions(result) == {"t1": "initiated", "t2": "unchanged"}


def test_a_restarted_daemon_with_loaded_files_needs_only_initiation(site):
    connections = site.connections()
    site.establish(connections)
    site.store.stop()
    # The daemon works its start time out from two clocks, each cut to whole seconds: what it tells may be two seconds
    # early, and one second of tolerance is added. Files written in those three seconds before it count as newer.
    newest = max(file.stat().st_ctime for file in site.store.conf_d.iterdir())
    wait_for(lambda: os.path.getctime(_touched(site)) > newest + 3.1, 8, "the clock")
    site.store.start()
    site.store.swanctl("--load-all", "--noprompt")
    assert actions(site.configure(connections)) == {"t1": "initiated", "t2": "initiated"}
    assert_unchanged(site.configure(connections))


def _touched(site) -> str:
    path = site.store.directory / "clock"
    path.write_text("")
    return str(path)


def test_a_restarted_daemon_without_connections_is_loaded(site):
    connections = site.connections()
    site.establish(connections)
    site.store.stop()
    site.store.start()
    assert actions(site.configure(connections)) == {"t1": "loaded", "t2": "loaded"}
    assert set(tunnels(site)) == {"t1", "t2"}


def test_no_secret_in_any_result(site):
    connections = site.connections()
    results = [site.answer(connections), site.configure(connections, check=True), site.configure(connections)]
    changed = with_changes(connections, "t1", psk="wrong key at one end")
    results.append(site.configure(changed, wait_timeout=2))
    results.append(site.module(site.store, "strongswan_info", expected=connections))
    text = json.dumps(results)
    for one in connections + changed:
        assert json.dumps(one["psk"]).strip('"') not in text
    for file in site.store.conf_d.glob("*.secret.conf"):
        secret = re.search(r"secret = (\S+)", file.read_text()).group(1)
        assert secret.strip('"')[2:] not in text
    assert ("file", "psk", "(hidden)", "(hidden, different)") in [
        (one["source"], one["parameter"], one["wanted"], one["actual"]) for one in results[-1]["differences"]
    ]
