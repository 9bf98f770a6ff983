"""One strongSwan daemon (charon-systemd, run by hand) inside a namespace, driven over vici.

vici instead of swanctl and its files: connections are loaded one by one, so that changing one never disturbs another,
and pre-shared keys are never written anywhere.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vici

from lab.identity import Lab
from lab.network.proposals import RETRANSMIT
from lab.system.namespace import Namespace
from lab.system.process import spawn

PROGRAM = "charon-systemd"

TUN = "ipsec0"
"""Interface of the userspace ESP (kernel-libipsec): plain packets go in and come out there."""

SETTLED_SECONDS = 3
"""Age of an IKE SA from which on an older one of the same peer is a leftover, not a replacement on its way."""

ROUTING_RULE_PRIORITY = 40000
"""charon's own routing table comes after ``main``, so never decides: the endpoint's routes do."""

_PLUGINS = (
    "random nonce openssl hmac sha1 sha2 md5 aes gmp kdf pem pkcs1 "
    "kernel-libipsec kernel-netlink socket-default vici counters"
)

_SETTINGS = """\
charon-systemd {{
  load = {plugins}
  routing_table_prio = {priority}
  make_before_break = yes
  # The cloud accepts aggressive mode with a pre-shared key; charon as a responder asks for this confession.
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
{retransmit}
  journal {{ default = -1 }}
  syslog {{
    daemon {{ default = -1 }}
    auth {{ default = -1 }}
  }}
  filelog {{
    lab {{
      path = "{log}"
      time_format = "%Y-%m-%dT%H:%M:%SZ"
      ike_name = yes
      flush_line = yes
      append = yes
      default = 1
    }}
  }}
  plugins {{
    vici {{ socket = "unix://{socket}" }}
    openssl {{ load_legacy = yes }}
  }}
}}
"""


class DaemonUnavailable(Exception):
    """The daemon does not run or does not answer."""


@dataclass(frozen=True)
class Sa:
    """What charon holds for one connection name: states in charon's words, ESP bytes of the installed children.

    ``surplus``: unique ids of established IKE SAs older than the newest, once that carries a child SA and is settled.
    """

    ike_states: tuple[str, ...] = ()
    child_states: tuple[str, ...] = ()
    bytes_in: int = 0
    bytes_out: int = 0
    established_seconds: int | None = None
    surplus: tuple[str, ...] = ()

    @property
    def ike_up(self) -> bool:
        """An IKE SA is established."""
        return bool({"ESTABLISHED", "REKEYING", "REKEYED"} & set(self.ike_states))

    @property
    def child_up(self) -> bool:
        """A child SA is installed."""
        return bool({"INSTALLED", "UPDATING", "REKEYING", "REKEYED"} & set(self.child_states))

    @property
    def negotiating(self) -> bool:
        """Something is on its way that may still come up."""
        return bool({"CREATED", "CONNECTING"} & set(self.ike_states)) or bool(
            {"CREATED", "ROUTED", "INSTALLING"} & set(self.child_states)
        )


class Charon:
    """The daemon of one namespace. Thread-safe: one request at a time."""

    def __init__(self, lab: Lab, where: Namespace, name: str, socket_path: Path):
        self._lab = lab
        self._where = where
        self._folder = lab.state / "endpoints" / name
        self._socket = socket_path
        self._process: subprocess.Popen | None = None
        self._session: vici.Session | None = None
        self._lock = threading.RLock()
        self.log = lab.logs / f"{name}.charon.log"

    @property
    def running(self) -> bool:
        """Whether the process this object started is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self, limit: float = 15.0) -> None:
        """Start the daemon and wait until it answers. Raises DaemonUnavailable after ``limit`` seconds."""
        with self._lock:
            if self.running:
                return
            self._disconnect()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._socket.parent.mkdir(parents=True, exist_ok=True)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._socket.unlink(missing_ok=True)
            settings = self._folder / "strongswan.conf"
            settings.write_text(
                _SETTINGS.format(
                    plugins=_PLUGINS,
                    priority=ROUTING_RULE_PRIORITY,
                    retransmit="\n".join(f"  {key} = {value}" for key, value in RETRANSMIT.items()),
                    log=self.log,
                    socket=self._socket,
                )
            )
            self._process = spawn(
                self._lab,
                self._where.argv(*_unconfined(), _program()),
                self.log,
                {"STRONGSWAN_CONF": str(settings), "TZ": "UTC"},
            )
            self._wait_ready(limit)

    def stop(self, grace: float = 3.0) -> None:
        """End the daemon so that it tells its peers (SIGTERM makes charon delete its SAs); SIGKILL after ``grace``."""
        with self._lock:
            self._disconnect()
            if self.running:
                self._process.terminate()
                try:
                    self._process.wait(grace)
                except subprocess.TimeoutExpired:
                    self.kill()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._socket.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the daemon without a word to anybody."""
        with self._lock:
            self._disconnect()
            if self.running:
                self._process.kill()
                self._process.wait()

    def load(self, connection: Mapping[str, Any], secret: Mapping[str, Any]) -> None:
        """Load or replace one connection and its key. SAs that exist keep what they negotiated."""
        self._request("load-shared", secret)
        self._request("load-conn", connection)

    def unload(self, name: str) -> None:
        """Forget a connection and its key, and delete its SAs (the peer is told)."""
        self._request("unload-conn", {"name": name}, ignore_failure=True)
        self.terminate(name)
        self._request("unload-shared", {"id": name}, ignore_failure=True)

    def terminate(self, name: str) -> None:
        """Delete the SAs of a connection; returns at once, also when there are none."""
        self._request("terminate", {"ike": name, "timeout": "-1"}, ignore_failure=True)

    def close_sa(self, unique_id: str) -> None:
        """Delete one IKE SA and its children; returns at once."""
        self._request("terminate", {"ike-id": unique_id, "timeout": "-1"}, ignore_failure=True)

    def initiate(self, name: str) -> None:
        """Start negotiating a connection; returns at once."""
        self._request(
            "initiate", {"ike": name, "child": name, "timeout": "-1", "init-limits": "no"}, ignore_failure=True
        )

    def sas(self) -> dict[str, Sa]:
        """What is negotiated or being negotiated, by connection name. Raises DaemonUnavailable."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        with self._talk() as session:
            for event in session.list_sas():
                for name, sa in event.items():
                    found.setdefault(name, []).append(sa)
        return {name: _summary(sas) for name, sas in found.items()}

    def _request(self, command: str, message: Mapping[str, Any], *, ignore_failure: bool = False) -> None:
        with self._talk() as session:
            try:
                session.request(command, message)
            except vici.exception.CommandException as error:
                if not ignore_failure:
                    raise DaemonUnavailable(f"charon refused {command}: {error}") from None

    @contextmanager
    def _talk(self) -> Iterator[vici.Session]:
        with self._lock:
            if not self.running:
                raise DaemonUnavailable("the IKE daemon is not running")
            try:
                if self._session is None:
                    self._session = self._connect()
                yield self._session
            except (OSError, vici.exception.SessionException) as error:
                self._disconnect()
                raise DaemonUnavailable(f"the IKE daemon does not answer: {error}") from error

    def _connect(self) -> vici.Session:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        try:
            connection.connect(str(self._socket))
        except OSError:
            connection.close()
            raise
        return vici.Session(connection)

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.transport.socket.close()
            self._session = None

    def _wait_ready(self, limit: float) -> None:
        deadline = time.monotonic() + limit
        while True:
            if not self.running:
                raise DaemonUnavailable(f"{PROGRAM} ended at once; the reason is in {self.log}")
            try:
                with self._talk() as session:
                    session.version()
                if self._where.has_link(TUN):
                    return
            except DaemonUnavailable:
                pass
            if time.monotonic() > deadline:
                raise DaemonUnavailable(f"{PROGRAM} did not come up within {limit:.0f} s; see {self.log}")
            time.sleep(0.02)


def _summary(sas: list[Mapping[str, Any]]) -> Sa:
    children = [child for sa in sas for child in sa.get("child-sas", {}).values()]
    live = [child for child in children if child["state"] in (b"INSTALLED", b"REKEYING", b"REKEYED", b"UPDATING")]
    ages = [int(sa["established"]) for sa in sas if "established" in sa and sa["state"] == b"ESTABLISHED"]
    return Sa(
        ike_states=tuple(sa["state"].decode() for sa in sas),
        child_states=tuple(child["state"].decode() for child in children),
        bytes_in=sum(int(child.get("bytes-in", 0)) for child in live),
        bytes_out=sum(int(child.get("bytes-out", 0)) for child in live),
        established_seconds=min(ages) if ages else None,
        surplus=_surplus(sas),
    )


def _surplus(sas: list[Mapping[str, Any]]) -> tuple[str, ...]:
    established = [sa for sa in sas if sa["state"] == b"ESTABLISHED"]
    newest, *older = sorted(established, key=lambda sa: (int(sa["established"]), -int(sa["uniqueid"]))) or [{}]
    carries = any(child["state"] == b"INSTALLED" for child in newest.get("child-sas", {}).values())
    if not carries or int(newest["established"]) < SETTLED_SECONDS:
        return ()
    return tuple(sa["uniqueid"].decode() for sa in older)


def _program() -> str:
    return shutil.which(PROGRAM) or f"/usr/sbin/{PROGRAM}"


def _unconfined() -> tuple[str, ...]:
    """The distribution's AppArmor profile lets the daemon read only /etc; ours lives in the lab's folder."""
    enabled = Path("/sys/module/apparmor/parameters/enabled")
    if enabled.exists() and enabled.read_text().startswith("Y") and shutil.which("aa-exec"):
        return ("aa-exec", "-p", "unconfined", "--")
    return ()


def can_run() -> bool:
    """Whether the daemon is installed."""
    return shutil.which(PROGRAM, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin") is not None
