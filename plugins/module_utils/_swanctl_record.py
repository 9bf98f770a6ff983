# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was loaded into the running charon, and under what its tunnels were set up.

charon does not tell the proposals or the secrets it has loaded. So the fingerprint of the files as they were loaded is
kept in a file under /run, together with the start time of the daemon: a run that was killed between writing and
loading, or between loading and re-establishing, is recognised and finished by the next run, and a restarted daemon
makes the record void.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os

from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_daemon import same_start

FILE_NAME = "loaded.json"


def fingerprint(*texts):
    """Return one SHA-256 over texts, each None or text. Stored in a file that only root reads."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = (text or "").encode("utf-8", "surrogateescape")
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


class Record:
    """``loaded``: {connection: fingerprint of its files when last loaded}; ``established``: {connection: fingerprint
    its tunnel was set up under}; ``tolerated``: {connection: differences that remained after it was set up};
    ``unproven``: {connection: fingerprint of a tunnel that was set up and whose keys have not been renewed since}.

    ``known`` tells whether there was a record of this run of the daemon.
    """

    def __init__(self, directory, started):
        self._directory = directory
        self._started = started
        self.known = False
        self.loaded = {}
        self.established = {}
        self.tolerated = {}
        self.unproven = {}

    def read(self):
        try:
            with open(os.path.join(self._directory, FILE_NAME), encoding="utf-8") as stream:
                content = json.load(stream)
            if same_start(content["started"], self._started):
                self.loaded = dict(content["loaded"])
                self.established = dict(content["established"])
                self.tolerated = dict(content["tolerated"])
                self.unproven = dict(content["unproven"])
                self.known = True
        except (OSError, ValueError, KeyError, TypeError):
            # Missing or damaged: the same as no record, everything is loaded once more.
            self.known = False
        return self

    def write(self):
        content = {
            "started": self._started,
            "loaded": self.loaded,
            "established": self.established,
            "tolerated": self.tolerated,
            "unproven": self.unproven,
        }
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        path = os.path.join(self._directory, FILE_NAME)
        descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream)
        os.replace(path + ".new", path)
        self.known = True

    def forget(self, name):
        for table in (self.loaded, self.established, self.tolerated, self.unproven):
            table.pop(name, None)


class Lock:
    """Keeps a second run on the same host out. The kernel releases it when the holder dies."""

    def __init__(self, directory):
        self._directory = directory
        self._descriptor = None

    def __enter__(self):
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        self._descriptor = os.open(os.path.join(self._directory, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise LockedError(
                "another run is changing the connections of this host; wait for it and run again"
            ) from None
        return self

    def __exit__(self, *unused):
        os.close(self._descriptor)


class LockedError(Exception):
    """Another run holds the lock."""
