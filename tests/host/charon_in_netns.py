"""Two real strongSwan daemons, each in a network namespace of its own, joined by a veth pair.

The kernel of a test machine often has no ESP, so the daemons use strongSwan's userspace ESP (kernel-libipsec over
/dev/net/tun). Needs root. Everything made here carries the process id in its name and is removed by ``close()``.
"""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_datapath import Retransmission

CHARON = "/usr/sbin/charon-systemd"

# kernel-libipsec has to come before kernel-netlink, which would otherwise claim the IPsec interface.
PLUGINS = (
    "random nonce x509 constraints pubkey pem pkcs1 pkcs8 openssl gmp hmac kdf sha1 sha2 md5 aes "
    "kernel-libipsec kernel-netlink socket-default vici"
)

SHORT = Retransmission(timeout=1, base=1.2, tries=2, seconds=3.64)

STRONGSWAN_CONF = """\
charon-systemd {{
    load = {plugins}
    retransmit_timeout = {retransmission.timeout}
    retransmit_base = {retransmission.base}
    retransmit_tries = {retransmission.tries}
    # As the cloud does; a charon that answers asks for this confession.
    i_dont_care_about_security_and_use_aggressive_mode_psk = yes
    plugins {{
        vici {{ socket = unix://{directory}/charon.vici }}
    }}
    filelog {{
        log {{
            path = {directory}/charon.log
            time_format = %FT%T
            default = 1
            flush_line = yes
        }}
    }}
}}
swanctl {{ load = random nonce x509 pubkey pem pkcs1 openssl }}
"""

SWANCTL_CONF = "include conf.d/*.conf\n"


def run(*command: str, check: bool = True, **kwargs) -> subprocess.CompletedProcess:
    """Run a command and return its completed process; text output is captured."""
    return subprocess.run(command, check=check, capture_output=True, text=True, timeout=60, **kwargs)


def wait_for(condition, seconds: float, what: str):
    """Poll ``condition`` until it returns something true and return that; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class CharonHost:
    """One namespace with addresses, a charon and a swanctl directory."""

    def __init__(self, name: str, directory: pathlib.Path, plugins: str = PLUGINS):
        self.namespace = f"hn{os.getpid()}-{name}"
        self.directory = directory / name
        self.swanctl_dir = self.directory / "swanctl"
        self.conf_d = self.swanctl_dir / "conf.d"
        self.run_dir = self.directory / "run"
        self.uri = f"unix://{self.directory}/charon.vici"
        self.plugins = plugins
        self.retransmission = SHORT
        self.process: subprocess.Popen | None = None
        self.conf_d.mkdir(parents=True)
        (self.swanctl_dir / "swanctl.conf").write_text(SWANCTL_CONF)
        run("ip", "netns", "add", self.namespace)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments: str) -> str:
        return run("ip", "-n", self.namespace, *arguments).stdout

    def execute(self, *command: str, check: bool = True, **kwargs) -> subprocess.CompletedProcess:
        return run("ip", "netns", "exec", self.namespace, *command, check=check, **kwargs)

    @property
    def environment(self) -> dict:
        return {
            **os.environ,
            "STRONGSWAN_CONF": f"{self.directory}/strongswan.conf",
            "SWANCTL_DIR": str(self.swanctl_dir),
        }

    def start(self) -> None:
        (self.directory / "strongswan.conf").write_text(
            STRONGSWAN_CONF.format(directory=self.directory, plugins=self.plugins, retransmission=self.retransmission)
        )
        log = open(self.directory / "charon.out", "a")  # noqa: SIM115 - the daemon keeps it
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace, CHARON], env=self.environment, stdout=log, stderr=log
        )
        wait_for(lambda: self.swanctl("--stats", check=False).returncode == 0, 10, "charon's vici socket")

    def stop(self, sig: int = signal.SIGTERM) -> None:
        if self.process:
            self.process.send_signal(sig)
            self.process.wait(10)
            self.process = None
        pathlib.Path(f"{self.directory}/charon.vici").unlink(missing_ok=True)

    def swanctl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return self.execute("swanctl", *arguments, "--uri", self.uri, check=check, env=self.environment)

    def close(self) -> None:
        self.stop(signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False)
        shutil.rmtree(self.directory, ignore_errors=True)


def join(left: CharonHost, left_address: str, right: CharonHost, right_addresses: list[str]) -> None:
    """Connect two hosts by a veth pair; both addresses are /32s reached over the link."""
    run(
        "ip",
        "link",
        "add",
        "wan0",
        "netns",
        left.namespace,
        "type",
        "veth",
        "peer",
        "name",
        "wan0",
        "netns",
        right.namespace,
    )
    left.ip("addr", "add", f"{left_address}/32", "dev", "wan0")
    for address in right_addresses:
        right.ip("addr", "add", f"{address}/32", "dev", "wan0")
    for host in (left, right):
        host.ip("link", "set", "wan0", "up")
        host.ip("route", "add", "default", "dev", "wan0")
