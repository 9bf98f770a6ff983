"""The role device_config, run by ansible-playbook: alone for every kind of device, and from a site document."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES

ROOT = Path(__file__).resolve().parents[2]
KEY, NEW_KEY = "Only-for-this-test-Jw83", "Rotated-for-this-test-Zx41"
PLAYBOOK = [{"hosts": "all", "gather_facts": False, "roles": ["hybridnet.alicloud.device_config"]}]


def connections(key: str, **changes: Any) -> list[dict[str, Any]]:
    """A tunnel as it is given by hand, with the rest left to the defaults."""
    tunnel = {
        "name": "head-office",
        "remote_address": "203.0.113.11",
        "local_id": "198.51.100.10",
        "remote_id": "203.0.113.11",
        "psk": key,
        "local_networks": ["192.168.1.0/24"],
        "remote_networks": ["172.16.0.0/16"],
    }
    return [{**tunnel, **changes}]


def play(*arguments: str, cwd: Path = ROOT, status: int = 0) -> tuple[int, str]:
    """Run ansible-playbook; changed tasks over all hosts, and the output, which never holds a key."""
    done = subprocess.run(
        ["ansible-playbook", *arguments],
        cwd=cwd,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_NOCOLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout
    assert KEY not in done.stdout and NEW_KEY not in done.stdout
    return sum(map(int, re.findall(r"\bchanged=(\d+)", done.stdout))), done.stdout


@pytest.fixture
def role(tmp_path):
    """Run the role for one host of each kind of device with variables; changed hosts and the output."""
    playbook, inventory = tmp_path / "playbook.yml", tmp_path / "hosts.yml"
    playbook.write_text(yaml.safe_dump(PLAYBOOK))
    # Nobody answers there: the role must not try.
    hosts = {device: {"ansible_host": "192.0.2.1", "device_config_device": device} for device in DEVICES}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))

    def run(*arguments: str, status: int = 0, **variables: Any) -> tuple[int, str]:
        given = {f"device_config_{name}": value for name, value in variables.items()}
        return play("-i", str(inventory), str(playbook), "-e", json.dumps(given), *arguments, status=status)

    return run


def test_life_of_the_files(role, tmp_path):
    folder = tmp_path / "devices"
    changed, plan = role("--check", "--diff", connections=connections(KEY))
    assert changed == len(DEVICES) and not folder.exists()
    assert "set psksecret (hidden) (new)" in plan and "pre-shared-key 0 (hidden) (new)" in plan

    changed, _output = role("-vvv", connections=connections(KEY))
    files = {path.name: path for path in folder.iterdir()}
    assert changed == len(DEVICES) and len(files) == sum(len(kind.files) for kind in DEVICES.values()) - 1, "no BGP"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert f'set psksecret "{KEY}"' in files["fortios.conf"].read_text()

    assert role(connections=connections(KEY))[0] == 0

    changed, plan = role("--diff", "--limit", "junos", connections=connections(NEW_KEY))
    assert changed == 1 and "pre-shared-key ascii-text (hidden)\n" in plan and "(hidden) (new)\n" in plan
    assert NEW_KEY in files["junos.set"].read_text()

    changed, _output = role("--limit", "libreswan", connections=[])
    assert changed == 1 and not list(folder.glob("libreswan.*"))


def test_what_a_device_cannot_do_is_refused_before_a_file_is_written(role, tmp_path):
    wrong = connections(KEY, ipsec={"integrity": "sha384"}, routing="static", dpd_delay=0)
    _changed, output = role("--limit", "routeros", status=2, connections=wrong)
    assert "connections[head-office].ipsec.integrity: 'sha384' is not available on MikroTik RouterOS" in output
    assert "connections[head-office].routing: 'static' is not available on MikroTik RouterOS; use policy" in output
    assert "connections[head-office].dpd_delay: 0 is not between 1 and 3600" in output
    assert "Traceback" not in output and not (tmp_path / "devices").exists()


def test_from_a_site_document(account, tmp_path):
    network = account.network()
    gateway = {"name": "vpg-main", "vpc": network["vpc_id"], "vswitches": [network["vswitch_id"]], "bandwidth": 10}
    site = {"public_address": "198.51.100.10", "networks": ["192.168.1.0/24"], "device": "FortiOS", "psk": KEY}
    variables = {
        **{f"alicloud_{name}": value for name, value in account.connection.items()},
        "vpn_gateways": {"main": gateway},
        "vpn_defaults": {"cloud_networks": ["172.16.0.0/16"]},
    }
    routed = {"device": "cisco_ios_xe", "routing": "bgp", "bgp": {"asn": 65010, "tunnel_cidrs": ["169.254.10.0/30"]}}
    other = {**site, "public_address": "198.51.100.20", "networks": ["192.168.2.0/24"], **routed}
    hosts = {
        "store-001": {"ansible_host": "192.0.2.1", "vpn_site": site},
        "store-002": {"ansible_host": "192.0.2.2", "vpn_site": other},
    }
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"customer_gateways": {"hosts": hosts, "vars": variables}}))
    path = tmp_path / "devices" / "store-001.conf"

    def run(playbook: str, *arguments: str, status: int = 0) -> tuple[int, str]:
        return play("-i", str(inventory), str(ROOT / "playbooks" / f"{playbook}.yml"), *arguments, status=status)

    run("site")
    connection, _other = account.ok("ipsec_connection_info")["ipsec_connections"]
    text = path.read_text()
    peer = account.ok("vpn_gateway_info")["vpn_gateways"][0]["internet_ip"]
    assert connection["name"] == "ipsec-store-001-main"
    assert f"set remote-gw {peer}\n" in text and f'set psksecret "{KEY}"\n' in text
    assert "set src-subnet 192.168.1.0 255.255.255.0\n" in text
    text = (tmp_path / "devices" / "store-002.cfg").read_text()
    assert "router bgp 65010\n" in text and "neighbor 169.254.10.1 remote-as 45104\n" in text
    assert "ip address 169.254.10.2 255.255.255.252\n" in text and "network 192.168.2.0 mask 255.255.255.0\n" in text
    # No packets in this cloud: the tunnel is down there, and that is all that is wrong.
    _changed, report = run("verify", status=2)
    assert "the cloud says ike_sa_not_established" in report and "not reached" not in report
    run("teardown")
    assert not path.exists() and account.ok("ipsec_connection_info")["ipsec_connections"] == []
