"""What goes wrong on a real host, and what the module does then."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.host import charon_in_netns
from tests.host.conftest import HERE, STORE_LAN
from tests.host.test_connections_life import actions, assert_unchanged, reachable, tunnels, with_changes


def contents(host) -> dict:
    return {file.name: file.read_bytes() for file in host.conf_d.iterdir()}


def loaded(host) -> set:
    return {line.split(":")[0] for line in host.swanctl("--list-conns").stdout.splitlines() if not line.startswith(" ")}


def test_a_syntax_error_in_a_file_of_others_stops_before_anything_is_touched(site):
    connections = site.connections()
    site.establish(connections)
    foreign = site.store.conf_d / "office.conf"
    foreign.write_text("connections {\n    office {\n        remote_addrs = 192.0.2.9\n}\n")
    before, state = tunnels(site), contents(site.store)
    result = site.configure(with_changes(connections, "t1", psk="another key"))
    assert result["failed"]
    assert f"{foreign}:1: section 'connections' is opened here and never closed; add the missing '}}'" in result["msg"]
    assert contents(site.store) == state
    assert loaded(site.store) == {"t1", "t2"}
    assert tunnels(site) == before
    report = site.module(site.store, "strongswan_info", expected=connections)
    assert report["problems"] == [
        f"{foreign}:1: section 'connections' is opened here and never closed; add the missing '}}'"
    ]


def test_a_connection_of_others_with_the_same_name_is_refused(site):
    foreign = site.store.conf_d / "a.conf"
    foreign.write_text("connections {\n t1 {\n dpd_delay = 3s\n }\n}\n")
    result = site.configure(site.connections())
    assert result["msg"].endswith(f"{foreign}: defines connections.t1 too; rename or remove it there")
    assert list(contents(site.store)) == ["a.conf"]


def test_a_main_file_without_the_include_is_reported(site):
    (site.store.swanctl_dir / "swanctl.conf").write_text("# nothing\n")
    result = site.configure(site.connections())
    assert "does not include" in result["msg"]
    assert "add the line 'include conf.d/*.conf'" in result["msg"]


def test_a_refused_connection_puts_the_previous_files_back(site):
    connections = site.connections()
    site.establish(connections)
    before, state = tunnels(site), contents(site.store)
    result = refused_by_charon(site, with_changes(connections, "t1", dpd_delay=9))
    assert result["failed"]
    assert "charon refuses connection t1: unknown option: dpd_delay_x, config discarded" in result["msg"]
    assert contents(site.store) == state
    assert loaded(site.store) == {"t1", "t2"}
    assert tunnels(site) == before
    assert reachable(site, "172.16.1.1")
    assert_unchanged(site.configure(connections))


def refused_by_charon(site, connections) -> dict:
    """Run the module on the store with a renderer that writes an option of a later strongSwan."""
    code = (
        "import sys; sys.argv = ['run_module.py', 'strongswan_connections']\n"
        "from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model\n"
        "plain = model.connection_tree\n"
        "def odd(connection):\n"
        "    tree = plain(connection)\n"
        "    settings = tree['connections'][connection['name']]\n"
        "    if settings['dpd_delay'] == '9s':\n"
        "        settings['dpd_delay_x'] = 1\n"
        "    return tree\n"
        "model.connection_tree = odd\n"
        f"exec(open({str(HERE / 'run_module.py')!r}).read())\n"
    )
    options = {
        "connections": connections,
        "swanctl_dir": str(site.store.swanctl_dir),
        "uri": site.store.uri,
        "run_dir": str(site.store.run_dir),
    }
    process = subprocess.run(
        ["ip", "netns", "exec", site.store.namespace, sys.executable, "-c", code],
        input=json.dumps(options),
        capture_output=True,
        text=True,
        timeout=60,
        env={**site.store.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=False,
    )
    return json.loads(process.stdout.splitlines()[-1])


# What differs at the peer -> what the message has to say.
REFUSALS = {
    "key": ({"psk": "the peer's own"}, "make psk, local_id and remote_id agree with the peer"),
    "IKE proposal": ({"ike": {"dh_group": 5}}, "accepts no IKE proposal of aes256-sha256-modp2048"),
    "IPsec proposal": ({"ipsec": {"encryption": "aes128"}}, "accepts no IPsec proposal of aes256-sha256"),
    "networks": ({"remote_networks": ["10.9.9.0/24"]}, "does not accept the networks 192.168.1.0/24 to 172.16.1.0/24"),
    "local identity": ({"remote_id": "someone.example.com"}, "the peer"),
}


@pytest.mark.parametrize(("difference", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_tunnel_that_does_not_come_up_is_explained(site, difference, message):
    connections = site.connections()
    site.answer(with_changes(connections, "t1", **difference))
    result = site.configure(connections, wait_timeout=2)
    assert result["failed"]
    assert result["msg"].startswith("tunnel t1 is not up: ")
    assert message in result["msg"]
    assert "charon: [" in result["msg"]
    assert {one["name"]: one["established"] for one in result["connections"]} == {"t1": False, "t2": True}
    site.answer(connections)
    assert actions(site.configure(connections)) == {"t1": "initiated", "t2": "unchanged"}


def test_another_group_for_rekeying_shows_at_once_and_until_it_is_repaired(site):
    """IKEv2 sets the tunnel up all the same; without a forced rekey it would end hours later."""
    connections = site.connections()
    site.answer(with_changes(connections, "t1", ipsec={"pfs_group": "5"}))
    result = site.configure(connections, wait_timeout=2)
    assert result["failed"]
    assert result["msg"].startswith("tunnel t1 is up, but the peer does not renew its keys with aes256-sha256-modp2048")
    assert "make ipsec.pfs_group the same at both ends" in result["msg"]
    before = tunnels(site)
    assert set(before) == {"t1", "t2"} and reachable(site, "172.16.1.1")
    again = site.configure(connections, wait_timeout=2)
    assert again["failed"] and not again["changed"] and "tunnel t1 is up, but the peer does not" in again["msg"]
    assert tunnels(site) == before
    assert not site.configure(connections, verify_rekey=False).get("failed")
    site.answer(connections)
    assert not site.configure(connections).get("failed")
    assert_unchanged(site.configure(connections))


def test_the_active_tunnel_is_left_alone_when_its_standby_cannot_be_set_up(site):
    connections = site.connections(remote_networks=["172.16.0.0/16"])
    site.establish(connections)
    before = tunnels(site)
    changed = site.connections(remote_networks=["172.16.0.0/16"], psk="only on this side")
    result = site.configure(changed, wait_timeout=2)
    assert result["failed"]
    assert "tunnel t2 is not up: " in result["msg"]
    assert "tunnel t1 runs with its previous settings: it was not touched, because the tunnel t2" in result["msg"]
    assert tunnels(site) == {"t1": before["t1"]}
    site.answer(changed)
    assert not site.configure(changed).get("failed")
    assert set(tunnels(site)) == {"t1", "t2"}
    assert_unchanged(site.configure(changed))


def test_a_peer_that_does_not_answer_is_explained(site):
    connections = site.connections()
    site.cloud.stop()
    result = site.configure(connections[:1], wait_timeout=2)
    assert (
        "tunnel t1 is not up: the peer 203.0.113.11 did not answer; check the address, and that UDP 500"
        in result["msg"]
    )


# Where the run is killed: just before the named function is called for the first time.
KILLED_BEFORE = {
    "files are replaced": "_swanctl_files.replace",
    "the daemon loads": "_swanctl_daemon.Daemon.load",
    "the old tunnel is closed": "_swanctl_daemon.Daemon.terminate",
    "the new tunnel is initiated": "_swanctl_daemon.Daemon.initiate",
}


@pytest.mark.parametrize("function", KILLED_BEFORE.values(), ids=KILLED_BEFORE)
def test_a_killed_run_is_finished_by_the_next(site, function):
    connections = site.connections()
    site.establish(connections)
    before = tunnels(site)
    changed = with_changes(connections, "t1", psk="another key", ike={"dh_group": 5})
    kill(site, function, changed)
    site.answer(changed)
    result = site.configure(changed)
    assert not result.get("failed"), result
    assert result["changed"]
    after = tunnels(site)
    assert after["t2"] == before["t2"]
    assert after["t1"] != before["t1"]
    assert site.module(site.store, "strongswan_info", expected=changed)["differences"] == []
    assert [file for file in contents(site.store) if file.startswith(".")] == []
    assert_unchanged(site.configure(changed))


def test_a_purge_killed_before_the_tunnel_is_closed_is_finished_by_the_next(site):
    connections = site.connections()
    site.establish(connections)
    kill(site, "_swanctl_daemon.Daemon.terminate", connections[1:], purge=True)
    assert set(tunnels(site)) == {"t1", "t2"}
    result = site.configure(connections[1:], purge=True)
    assert result["removed"] == ["t1"]
    assert set(tunnels(site)) == {"t2"}
    assert_unchanged(site.configure(connections[1:], purge=True))


def kill(site, function: str, connections, **options) -> None:
    """Run the module on the store and kill it with SIGKILL at the first call of a function."""
    module, path = function.split(".", 1)
    code = (
        "import os, importlib\n"
        f"owner = importlib.import_module('ansible_collections.hybridnet.alicloud.plugins.module_utils.{module}')\n"
        f"*parts, name = {path!r}.split('.')\n"
        "for part in parts:\n"
        "    owner = getattr(owner, part)\n"
        "setattr(owner, name, lambda *arguments, **more: os.kill(os.getpid(), 9))\n"
        "import sys; sys.argv = ['run_module.py', 'strongswan_connections']\n"
        f"exec(open({str(HERE / 'run_module.py')!r}).read())\n"
    )
    arguments = {
        "connections": connections,
        "swanctl_dir": str(site.store.swanctl_dir),
        "uri": site.store.uri,
        "run_dir": str(site.store.run_dir),
        **options,
    }
    process = subprocess.run(
        ["ip", "netns", "exec", site.store.namespace, sys.executable, "-c", code],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        timeout=60,
        env={**site.store.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=False,
    )
    assert process.returncode == -9, process.stdout + process.stderr


def test_a_second_run_at_the_same_time_is_refused(site):
    from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_record import Lock

    with Lock(str(site.store.run_dir)):
        result = site.configure(site.connections())
    assert "another run is changing the connections of this host" in result["msg"]


def test_a_stopped_daemon_is_reported(site):
    site.store.stop()
    result = site.configure(site.connections())
    assert "strongSwan is not running" in result["msg"]
    assert contents(site.store) == {}
    report = site.module(site.store, "strongswan_info", expected=site.connections()[:1])
    assert (report["installed"], report["running"]) == (True, False)
    assert STORE_LAN not in json.dumps(report["differences"])


def test_a_load_that_tears_a_tunnel_of_others_down_is_announced(site):
    """``start_action = start``: strongSwan 5.9 sets a tunnel up anew whenever any of its options has changed."""
    ours, theirs = site.connections()
    site.establish([theirs])
    foreign = (site.store.conf_d / "hybridnet-t2.conf").rename(site.store.conf_d / "office.conf")
    (site.store.conf_d / "hybridnet-t2.secret.conf").rename(site.store.conf_d / "office.secret.conf")
    foreign.write_text(foreign.read_text().replace("start_action = none", "start_action = start"))
    site.store.swanctl("--load-all", "--noprompt")
    charon_in_netns.wait_for(lambda: "t2" in tunnels(site), 10, "the tunnel of others")
    before = tunnels(site)["t2"]
    site.answer([ours, theirs])
    announced = (
        f"{foreign}: connection t2 has start_action = start: strongSwan 5.9 tears its tunnel down whenever it loads a "
        "changed option of it; use start_action = none and initiate it, or hand it over to this module"
    )
    # Newer ansible-core wraps each warning.
    assert announced in json.dumps(site.configure([ours], check=True)["warnings"])
    assert announced in json.dumps(site.configure([ours])["warnings"])
    assert tunnels(site)["t2"] == before
    # Nothing to load, nothing to say.
    assert "warnings" not in site.configure([ours])
    foreign.write_text(foreign.read_text().replace("dpd_delay = 2s", "dpd_delay = 3s"))
    assert announced in json.dumps(site.configure([{**ours, "dpd_delay": 3}])["warnings"])
    assert tunnels(site).get("t2") != before
