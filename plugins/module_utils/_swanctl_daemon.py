# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running charon, through ``swanctl``. What happened is read from its state: exit codes prove nothing.

``swanctl --load-conns`` exits with 0 after it has unloaded everything because of a syntax error, ``--initiate`` exits
with 1 when the tunnel is already up.
"""

from __future__ import annotations

import calendar
import os
import re
import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_raw as raw

#: Seconds that a peer gets to confirm the end of an IKE_SA before it is dropped on this side alone.
CLOSE_TIMEOUT = 3
#: Seconds by which two readings of one start time may differ.
START_TOLERANCE = 1

#: Where distributions put swanctl.conf: most of them, and those of the Red Hat family.
SWANCTL_DIRS = ("/etc/swanctl", "/etc/strongswan/swanctl")

_FAILED = re.compile(r"^loading connection '(?P<name>.*)' failed: (?P<message>.*)$", re.MULTILINE)
_SECRET = re.compile(r"^loaded (?:ike secret|certificate from|\S+ key from) '(?P<name>.*)'$", re.MULTILINE)


class DaemonError(Exception):
    """swanctl cannot do its work at all: not installed, no daemon, no answer."""


class Daemon:
    """Commands to one charon.

    run_command: ``AnsibleModule.run_command`` or a function of the same signature.
    swanctl: path of the program, None when it is not installed.
    uri: vici socket of the daemon, None for swanctl's own default.
    swanctl_dir: directory of swanctl.conf.
    """

    def __init__(self, run_command, swanctl, uri=None, swanctl_dir=None):
        self._run_command = run_command
        self._swanctl = swanctl
        self._uri = uri
        self._environment = {"LC_ALL": "C"}
        if swanctl_dir:
            self._environment["SWANCTL_DIR"] = swanctl_dir

    def _run(self, *arguments):
        command = [self._swanctl] + list(arguments)
        if self._uri:
            command += ["--uri", self._uri]
        code, out, err = self._run_command(command, environ_update=self._environment)
        if "connecting to" in err and "URI failed" in err:
            raise DaemonError("strongSwan is not running: %s" % err.strip().splitlines()[-1])
        return code, out, err

    def _read(self, *arguments):
        code, out, err = self._run(*(arguments + ("--raw", "--pretty")))
        if code:
            raise DaemonError("swanctl %s failed: %s" % (" ".join(arguments), err.strip() or out.strip()))
        return out

    def stats(self):
        """Return what the daemon tells of itself: {uptime: {since}, plugins: [...], ...}. None when none runs."""
        if not self._swanctl:
            return None
        try:
            return dict(raw.parse_messages(self._read("--stats")))["stats reply"]
        except DaemonError:
            return None

    def started(self):
        """Return the start time of the daemon as it tells it, None when none runs. See ``same_start``."""
        stats = self.stats()
        return stats and stats["uptime"]["since"]

    def connections(self):
        """Return {name: connection} as loaded."""
        return raw.connections(self._read("--list-conns"))

    def associations(self):
        """Return the IKE_SAs with their CHILD_SAs, see ``_swanctl_raw.associations``."""
        return raw.associations(self._read("--list-sas"))

    def load(self, clear_secrets=False):
        """Load secrets and connections from the files; return (secrets loaded, {connection: why it was refused}).

        A pre-shared key is told by its name, a certificate or private key by its path.

        Secrets come first, so that no connection is ever loaded without its key. ``clear_secrets`` forgets those that
        are no longer in the files, which a plain load keeps.
        """
        arguments = ["--load-creds", "--noprompt"] + (["--clear"] if clear_secrets else [])
        out = self._run(*arguments)[1]
        err = self._run("--load-conns")[2]
        secrets = {match.group("name") for match in _SECRET.finditer(out)}
        return secrets, {match.group("name"): match.group("message") for match in _FAILED.finditer(err)}

    def initiate(self, name, seconds):
        """Initiate the child of a connection for at most this many seconds; return what charon logged, line by line."""
        out, err = self._run("--initiate", "--ike", name, "--child", name, "--timeout", str(max(1, int(seconds))))[1:]
        return (out + err).splitlines()

    def rekey(self, uniqueid):
        """Ask for new keys of a CHILD_SA; ``swanctl`` reports success whatever the peer answers."""
        self._run("--rekey", "--child-id", uniqueid)

    def withdraw_routes(self, name):
        """Take away the routes into the tunnel of a connection until it comes up again, where the role keeps them."""
        if os.path.exists(tunnel_interface.SCRIPT):
            self._run_command([tunnel_interface.SCRIPT, "withdraw", name], environ_update=self._environment)

    def terminate(self, name):
        """End every IKE_SA of a connection; a peer that does not answer is not waited for."""
        self._run("--terminate", "--ike", name, "--force", "--timeout", str(CLOSE_TIMEOUT))


def start_seconds(started):
    """Return the start time of the daemon (``Nov 23 18:04:50 2026``, local time) in seconds since the epoch.

    None when it cannot be read. The hour that a change of the clocks repeats is taken as its later one.
    """
    try:
        moment = time.strptime(started, "%b %d %H:%M:%S %Y")
    except ValueError:
        return None
    possible = [value for value in (_local_seconds(moment, dst) for dst in (1, 0)) if value is not None]
    matching = [value for value in possible if time.localtime(value)[:6] == moment[:6]]
    return max(matching) if matching else float(calendar.timegm(moment))


def _local_seconds(moment, dst):
    """The moment as seconds since the epoch with or without daylight saving time.

    None where the zone has no such time and the C library says so (Debian 11), instead of taking the other one.
    """
    try:
        return time.mktime(moment[:8] + (dst,))
    except OverflowError:
        return None


def same_start(one, other):
    """Whether two start times are of the same run of the daemon: it computes the time anew, and rounds, each time."""
    seconds = start_seconds(one), start_seconds(other)
    if None in seconds:
        return one == other
    return abs(seconds[0] - seconds[1]) <= START_TOLERANCE


def find_swanctl(get_bin_path):
    """Return the path of swanctl or None. ``get_bin_path``: AnsibleModule.get_bin_path."""
    return get_bin_path("swanctl", opt_dirs=["/usr/sbin", "/usr/local/sbin"])


def find_swanctl_dir(given, directories=SWANCTL_DIRS):
    """Return the directory of swanctl.conf: the given one, or the first of the usual ones that exists."""
    if given:
        return given
    return next((one for one in directories if os.path.isdir(one)), directories[0])


def installed_children(associations, name):
    """Return [(IKE_SA, CHILD_SA)] that carry traffic for a connection, the newest IKE_SA last."""
    return [
        (association, child)
        for association in sorted(associations, key=lambda one: int(one["uniqueid"]))
        if association["name"] == name and association["state"] == "ESTABLISHED"
        for child in association["children"]
        if child["name"] == name and child["state"] in ("INSTALLED", "REKEYING", "REKEYED")
    ]


def is_connecting(associations, name):
    """Whether charon is still trying to set up an IKE_SA for this connection."""
    return any(one["name"] == name and one["state"] in ("CREATED", "CONNECTING") for one in associations)


def main_file(swanctl_dir):
    """Return the path of swanctl.conf."""
    return os.path.join(swanctl_dir, "swanctl.conf")
