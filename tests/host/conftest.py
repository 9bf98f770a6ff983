# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.host import charon_in_netns

HERE = pathlib.Path(__file__).parent
STORE, CLOUD = "198.51.100.10", ("203.0.113.11", "203.0.113.12")
STORE_LAN, CLOUD_LANS = "192.168.1.1", ("172.16.1.1", "172.16.2.1")


def missing_for_charon() -> str | None:
    """Return what keeps a real charon from running here, None when nothing does."""
    if os.geteuid() != 0:
        return "root is needed for network namespaces"
    if not os.path.exists("/dev/net/tun"):
        return "/dev/net/tun is needed for userspace ESP"
    if not os.path.exists(charon_in_netns.CHARON):
        return "the packages charon-systemd, strongswan-swanctl and libcharon-extra-plugins are needed"
    return None


@pytest.fixture(scope="session", autouse=True)
def _charon_can_run():
    """These tests prove nothing without a daemon: a machine that cannot run one fails instead of skipping."""
    missing = missing_for_charon()
    if missing:
        pytest.fail(missing, pytrace=False)


class Site:
    """A store and a cloud end, each a real charon in its namespace, with two tunnels between them."""

    def __init__(self, directory: pathlib.Path):
        self.store = charon_in_netns.CharonHost("store", directory)
        self.cloud = charon_in_netns.CharonHost("cloud", directory)
        charon_in_netns.join(self.store, STORE, self.cloud, list(CLOUD))
        self.store.ip("addr", "add", f"{STORE_LAN}/32", "dev", "lo")
        for address in CLOUD_LANS:
            self.cloud.ip("addr", "add", f"{address}/32", "dev", "lo")
        self.store.start()
        self.cloud.start()

    def close(self):
        self.store.close()
        self.cloud.close()

    @staticmethod
    def connections(**changes) -> list[dict]:
        """The two tunnels as the store wants them; ``changes`` are laid over both."""
        return [
            {
                "name": f"t{number}",
                "role": "active" if number == 1 else "standby",
                "local_address": STORE,
                "remote_address": CLOUD[number - 1],
                "local_id": STORE,
                "remote_id": CLOUD[number - 1],
                "psk": f'Psk-{number} "quoted" \\ #{{}}',
                "dpd_delay": 2,
                "local_networks": ["192.168.1.0/24"],
                "remote_networks": [f"172.16.{number}.0/24"],
                **copy.deepcopy(changes),
            }
            for number in (1, 2)
        ]

    @staticmethod
    def mirrored(connections: list[dict]) -> list[dict]:
        """The same tunnels as the cloud wants them."""
        swap = {"local": "remote", "remote": "local"}
        return [
            {
                "_".join([swap.get(key.split("_")[0], key.split("_")[0]), *key.split("_")[1:]]): value
                for key, value in connection.items()
            }
            for connection in connections
        ]

    def module(self, host, name: str, check=False, diff=True, **options) -> dict:
        """Run a module of the collection on one of the hosts and return its result."""
        arguments = {"swanctl_dir": str(host.swanctl_dir), "uri": host.uri, "run_dir": str(host.run_dir), **options}
        if name == "strongswan_info":
            del arguments["run_dir"]
        arguments.update(_ansible_check_mode=check, _ansible_diff=diff)
        process = subprocess.run(
            ["ip", "netns", "exec", host.namespace, sys.executable, str(HERE / "run_module.py"), name],
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            timeout=180,
            env={**host.environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            check=False,
        )
        assert process.stdout.strip(), process.stderr
        result = json.loads(process.stdout.strip().splitlines()[-1])
        assert "Traceback" not in process.stderr + process.stdout, process.stderr + process.stdout
        return result

    def configure(self, connections: list[dict], host=None, **options) -> dict:
        """Run strongswan_connections on the store (or another host)."""
        return self.module(host or self.store, "strongswan_connections", connections=connections, **options)

    def answer(self, connections: list[dict], **options) -> dict:
        """Give the cloud end the mirror of what the store wants, without initiating from there."""
        return self.configure(
            self.mirrored(connections), host=self.cloud, initiate=False, wait=False, purge=True, **options
        )

    def establish(self, connections: list[dict]) -> dict:
        self.answer(connections)
        result = self.configure(connections)
        assert not result.get("failed"), result
        return result


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    yield site
    site.close()
