# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be done so that the wanted connections are in the files, loaded and up. No I/O.

Everything is decided from state (files, record, daemon), never from what an earlier task reported, so that a run that
was killed anywhere is finished by the next one.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_negotiated as negotiated
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_record import fingerprint

_CREDENTIALS = {
    credentials.CERTIFICATES: "its certificate differs",
    credentials.KEYS: "its private key differs",
    credentials.AUTHORITIES: "its CA certificates differ",
}


class Have:
    """The state found on a host.

    files: {path: text} of the managed files; exposed: those of them with a wrong mode or owner.
    running: whether a daemon answers; loaded: {name: connection}; associations: the IKE_SAs; record: a Record.
    """

    def __init__(self, directory, texts, exposed=()):
        self.directory = directory
        self.files = texts
        self.exposed = set(exposed)
        self.running = False
        self.loaded = {}
        self.associations = []
        self.record = None


class Step:
    """What happens to one wanted connection.

    action: created, updated, loaded, reestablished, initiated or unchanged: the strongest thing that is done.
    reasons: short texts, why. load, reestablish, initiate: which of them are done. up: whether its tunnel is up now.
    """

    def __init__(self, connection, print_of_files):
        self.connection = connection
        self.name = connection["name"]
        self.fingerprint = print_of_files
        self.action = "unchanged"
        self.reasons = []
        self.load = False
        self.reestablish = False
        self.initiate = False
        self.up = False

    def because(self, action, reason):
        if self.action == "unchanged":
            self.action = action
        self.reasons.append(reason)


class Plan:
    """steps: a Step for each wanted connection, in the order in which they are re-established.

    changes: {path: text or None} to write or remove; removed: names of connections that go away.
    load: whether the daemon has to load; clear_secrets: whether it has to forget secrets; forget: whether some of them
    are replaced or go away, which a plain load would keep.
    """

    def __init__(self, steps, changes, removed, forget=False):
        self.steps = steps
        self.changes = changes
        self.removed = removed
        self.load = bool(removed or forget) or any(step.load for step in steps)
        self.clear_secrets = bool(removed or forget)

    @property
    def changed(self):
        return bool(self.changes or self.removed or any(step.action != "unchanged" for step in self.steps))


def make_plan(connections, have, purge, initiate):
    """Compare wanted connections with a Have and return the Plan."""
    wanted = files.wanted(have.directory, connections)
    for connection in connections:
        secret_file = files.paths(have.directory, connection["name"])[1]
        if credentials.by_certificate(connection):
            # Only in check mode: nothing tells that what is not known yet would change.
            wanted.update(_unknown_files(connection, have, wanted))
        elif not model.psk_is_known(connection) and secret_file in have.files:
            # The same.
            wanted[secret_file] = have.files[secret_file]
    changes = {path: text for path, text in wanted.items() if have.files.get(path) != text or path in have.exposed}
    listed = {connection["name"] for connection in connections}
    # What an earlier way to authenticate, or a longer list of CAs, has left.
    changes.update({path: None for path in have.files if path not in wanted and files.name_of(path) in listed})
    steps = [_step(connection, wanted, have, initiate) for connection in connections]
    # The standby tunnel proves a change before the active one is touched.
    steps.sort(key=lambda step: (step.connection["role"] != "standby", step.name))
    removed = _removed(wanted, have) if purge else []
    for name in removed:
        owned = files.owned(have.directory, name, have.files)
        changes.update({path: None for path in owned if path in have.files})
    forget = any(
        path in have.files and have.files[path] != text and (text is None or credentials.folder_of(path))
        for path, text in changes.items()
    )
    return Plan(steps, changes, removed, forget)


def _unknown_files(connection, have, wanted):
    """Files on the host that a connection keeps, because what it wants in their place is not known yet."""
    options = {
        credentials.CERTIFICATES: connection["certificate"],
        credentials.KEYS: connection["private_key"],
        credentials.AUTHORITIES: (
            credentials.UNKNOWN
            if credentials.UNKNOWN in (connection["ca_certificates"] or [credentials.UNKNOWN])
            else ""
        ),
    }
    return {
        path: text
        for path, text in have.files.items()
        if path not in wanted
        and credentials.name_of(path) == connection["name"]
        and options[credentials.folder_of(path)] in (None, credentials.UNKNOWN)
    }


def _removed(wanted, have):
    """Names with files on the host, or left in the record by a run killed after it had removed the files."""
    known = set(files.names(have.files))
    if have.record:
        known |= set(have.record.loaded)
    return sorted(known - set(files.names(wanted)))


def _step(connection, wanted, have, initiate):
    name = connection["name"]
    paths = files.owned(have.directory, name, wanted)
    step = Step(connection, fingerprint(*(wanted.get(path) for path in paths)))
    _judge_files(step, paths, wanted, have)
    if have.running:
        _judge_load(step, have)
        _judge_tunnel(step, have, initiate)
    else:
        step.load = step.initiate = True
    return step


def _judge_files(step, paths, wanted, have):
    connection_file, secret_file = paths[:2]
    if connection_file not in have.files:
        step.because("created", "it is not configured")
    elif have.files[connection_file] != wanted[connection_file]:
        step.because("updated", "its configuration differs")
    if secret_file in wanted:
        if secret_file in have.files and have.files[secret_file] != wanted[secret_file]:
            step.because("updated", "its secret differs")
        elif secret_file not in have.files and connection_file in have.files:
            step.because("updated", "its secret is missing")
    if connection_file in have.files:
        for folder, what in _CREDENTIALS.items():
            if any(
                credentials.folder_of(path) == folder and have.files.get(path) != wanted[path] for path in paths[2:]
            ):
                step.because("updated", what)
    if have.exposed.intersection(paths):
        step.because("updated", "its files are readable by others than root")
    step.load = any(have.files.get(path) != wanted.get(path) for path in paths)


def _judge_load(step, have):
    if step.load:
        return
    if step.name not in have.loaded:
        reason = "it is not loaded"
    elif have.record.loaded.get(step.name) != step.fingerprint:
        reason = "its files are newer than what is loaded"
    elif negotiated.compare_loaded(step.connection, have.loaded[step.name]):
        reason = "something else is loaded than its files say"
    else:
        return
    step.load = True
    step.because("loaded", reason)


def _judge_tunnel(step, have, initiate):
    name = step.name
    exists = any(association["name"] == name for association in have.associations)
    up = daemon_state.installed_children(have.associations, name)
    step.up = bool(up)
    if exists and have.record.established.get(name) != step.fingerprint:
        step.reestablish = True
        step.because("reestablished", "its tunnel was set up with other settings")
    elif up:
        found = visible_differences(step.connection, up)
        if found and found != have.record.tolerated.get(name):
            step.reestablish = True
            step.because("reestablished", "its tunnel runs with other settings: " + ", ".join(found))
    step.initiate = initiate and (step.reestablish or not up)
    if step.initiate and not step.reestablish:
        step.because("initiated", "its tunnel is down")


def visible_differences(connection, up):
    """Return what the newest tunnel of a connection has negotiated otherwise, as texts."""
    return [
        "%(parameter)s %(actual)s instead of %(wanted)s" % found
        for found in negotiated.compare_established(connection, *up[-1])
    ]


def adopt(have, older_than_daemon):
    """Fill the record of a daemon that no run has seen yet, such as after a reboot.

    Its tunnels can only have been set up with what it has loaded. It has loaded the files as they are when they are
    older than the daemon, which reads them when it starts. older_than_daemon: paths of those files.
    """
    for name in files.names(have.files):
        paths = files.owned(have.directory, name, have.files)
        found = fingerprint(*(have.files.get(path) for path in paths))
        have.record.established[name] = found
        if name in have.loaded and older_than_daemon.issuperset(path for path in paths if path in have.files):
            have.record.loaded[name] = found
