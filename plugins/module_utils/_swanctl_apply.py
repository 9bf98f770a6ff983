# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry a plan out: check everything, replace files, load, judge by state, re-establish what changed one by one."""

from __future__ import annotations

import os
import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_diagnosis as diagnosis
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_plan import Have, adopt, visible_differences
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_record import Record

#: Seconds between two looks at the state of a tunnel that is coming up.
POLL_INTERVAL = 0.2
#: Seconds between two attempts at a peer that refuses: first, and at most.
RETRY_INTERVAL = (0.5, 5.0)
#: Seconds that a peer gets to renew the keys of a tunnel.
REKEY_TIMEOUT = 10


class ConfigurationError(Exception):
    """The configuration cannot be loaded. Nothing has changed, or what had changed has been put back."""


def conf_directory(swanctl_dir):
    """Return the directory of the connection files."""
    return os.path.join(swanctl_dir, "conf.d")


def look(swanctl_dir, run_dir, daemon):
    """Read files, daemon and record; return a Have."""
    directory = conf_directory(swanctl_dir)
    texts = files.existing(directory)
    have = Have(directory, texts, [path for path in texts if not files.is_private(path)])
    started = daemon.started()
    if started is None:
        return have
    have.running = True
    have.loaded = daemon.connections()
    have.associations = daemon.associations()
    have.record = Record(run_dir, started).read()
    if not have.record.known:
        start = (daemon_state.start_seconds(started) or 0) - daemon_state.START_TOLERANCE
        adopt(have, {path for path in texts if os.stat(path).st_ctime < start})
    return have


def check_files(swanctl_dir, changes, managed):
    """Parse all of swanctl's configuration as it will be after the changes ({path: text or None}).

    managed: paths of all managed files. Raises ConfigurationError with everything that is wrong, in our files or in
    others: one syntax error anywhere would unload every connection at the next load or start. Returns what a load may
    do to tunnels of others, as texts.
    """
    main = daemon_state.main_file(swanctl_dir)
    if not os.path.exists(main) and not os.path.isdir(swanctl_dir):
        return []
    tree = conf.FileTree(main, changes).read()
    problems = ["%s" % problem for problem in tree.problems]
    if not problems:
        problems = _misplaced(tree, main, changes) + _shared_sections(tree, set(managed))
    if problems:
        raise ConfigurationError("nothing was changed, because swanctl could not load:\n" + "\n".join(problems))
    return list(_torn_by_loads(tree))


def _torn_by_loads(tree):
    """Managed connections are never started by a load, so those that are belong to others."""
    for name, section in sorted(tree.root.find("connections").sections.items()):
        children = section.find("children").sections.values()
        if any("start" in (child.settings.get("start_action") or "").split("|") for child in children):
            yield (
                "%s: connection %s has start_action = start: strongSwan 5.9 tears its tunnel down whenever it loads a "
                "changed option of it; use start_action = none and initiate it, or hand it over to this module"
                % (section.paths[0], name)
            )


def _misplaced(tree, main, changes):
    texts = [path for path, text in changes.items() if text is not None and not credentials.folder_of(path)]
    missing = sorted(path for path in texts if path not in tree.paths)
    if not missing:
        return []
    return ["%s does not include %s; add the line 'include conf.d/*.conf'" % (main, missing[0])]


def _shared_sections(tree, ours):
    """A section of ours that another file opens too would be merged with it."""
    found = []
    for kind in ("connections", "secrets"):
        for name, section in tree.root.find(kind).sections.items():
            others = [path for path in section.paths if path not in ours]
            if others and len(others) < len(section.paths):
                found.append("%s: defines %s.%s too; rename or remove it there" % (others[0], kind, name))
    return found


class Applier:
    """Applies a Plan through a Daemon.

    wait: whether to wait for tunnels; wait_timeout: seconds for each; verify_rekey: whether a tunnel that was set up
    has to renew its keys once; warn: called with a text.
    After ``run``: ``failures`` holds {connection: what is wrong with its tunnel}.
    """

    def __init__(self, plan, have, daemon, wait, wait_timeout, verify_rekey, warn):
        self._plan = plan
        self._have = have
        self._daemon = daemon
        self._wait = wait
        self._wait_timeout = wait_timeout
        self._verify_rekey = verify_rekey
        self._warn = warn
        self.failures = {}

    def run(self):
        """Raise ConfigurationError when a connection is refused; every file is then as it was before."""
        record = self._have.record
        # Before anything on disk changes: a run killed from here on leaves a trace of what was loaded.
        record.write()
        files.remove_leftovers(self._have.directory)
        files.replace(self._plan.changes)
        if self._plan.load:
            self._load()
        for name in self._plan.removed:
            self._daemon.terminate(name)
            record.forget(name)
        record.write()
        for step in self._plan.steps:
            failed = self._failed_partner(step)
            if step.up and step.reestablish and failed:
                self.failures[step.name] = diagnosis.explain_kept(failed)
                continue
            if step.reestablish:
                self._end(step)
            self._settle(step)

    def _end(self, step):
        """End a tunnel that is to be set up anew.

        charon takes its routes away only after the peer has closed it, and what is sent in between is lost: when
        another tunnel has the same routes, its packets take that one before.
        """
        if tunnel_interface.is_interface(step.connection) and any(
            tunnel_interface.is_interface(other.connection) and self._up(other.name) for other in self._partners(step)
        ):
            self._daemon.withdraw_routes(step.name)
        self._daemon.terminate(step.name)

    def _partners(self, step):
        """Steps of the other tunnels between the same networks."""
        return [
            other
            for other in self._plan.steps
            if other is not step
            and all(
                sorted(other.connection[side]) == sorted(step.connection[side])
                for side in ("local_networks", "remote_networks")
            )
        ]

    def _failed_partner(self, step):
        """Return the name of another tunnel between the same networks that this run could not set up, or None."""
        return next((other.name for other in self._partners(step) if other.name in self.failures), None)

    def _load(self):
        secrets, refused = self._daemon.load(self._plan.clear_secrets)
        loaded = self._daemon.connections()
        wrong = {}
        for step in self._plan.steps:
            if step.name in refused:
                wrong[step.name] = refused[step.name]
            elif step.name not in loaded:
                wrong[step.name] = "charon did not load it"
            else:
                unloaded = [one for one in self._credentials(step) if one not in secrets]
                if unloaded:
                    wrong[step.name] = "charon did not load " + ", ".join(unloaded)
        if wrong:
            self._restore(wrong)
        for name in sorted(set(refused) - set(wrong)):
            self._warn("charon refuses the connection %s, which is not managed here: %s" % (name, refused[name]))
        for step in self._plan.steps:
            self._have.record.loaded[step.name] = step.fingerprint
        self._have.record.write()

    def _credentials(self, step):
        """What swanctl has to tell that it loaded for a connection."""
        if credentials.by_certificate(step.connection):
            return sorted(credentials.wanted(os.path.dirname(self._have.directory), step.connection))
        return ["ike-" + step.name]

    def _restore(self, wrong):
        before = {path: self._have.files.get(path) for path in self._plan.changes}
        files.replace(before)
        self._daemon.load(clear_secrets=True)
        lines = ["charon refuses connection %s: %s" % (name, message) for name, message in sorted(wrong.items())]
        raise ConfigurationError(
            "\n".join(lines) + "\nThe previous files are back and loaded, no tunnel was touched. Correct the options "
            "named above; an algorithm may also be missing in this build of strongSwan (swanctl --list-algs)."
        )

    def _settle(self, step):
        """Bring a connection up if it has to be, and record under what."""
        record = self._have.record
        if step.up and not step.reestablish:
            if step.name in record.unproven:
                self._prove(step)
            return
        log = []
        if step.initiate:
            up, log = self._bring_up(step.name)
        else:
            up = self._wait_until_up(step.name, time.monotonic() + (self._wait_timeout if self._wait else 0))
        record.established[step.name] = step.fingerprint
        record.tolerated[step.name] = visible_differences(step.connection, up) if up else []
        if step.initiate and up and self._wait and step.connection["ike"]["version"] == "ikev2":
            record.unproven[step.name] = step.fingerprint
        record.write()
        if record.tolerated[step.name]:
            text = ", ".join(record.tolerated[step.name])
            self._warn("connection %s is up, but not as configured: %s" % (step.name, text))
        if self._wait and not up:
            self.failures[step.name] = "is not up: " + diagnosis.explain(step.connection, log)
        elif step.name in record.unproven:
            self._prove(step)

    def _prove(self, step):
        """Renew the keys of a tunnel once.

        IKEv2 names the group of PFS only then: a difference would end the tunnel hours after the run that made it.
        """
        if self._verify_rekey and not self._rekeyed(step.name):
            self.failures[step.name] = diagnosis.explain_rekey(step.connection)
            return
        del self._have.record.unproven[step.name]
        self._have.record.write()

    def _rekeyed(self, name):
        """Whether the newest tunnel that this host has initiated renews its keys.

        What the peer has initiated is left to it: where both ends are set up at the same time and rekey the same
        tunnel, ESP in user space loses its packets.
        """
        before = self._newest_own_child(name)
        if before is None:
            return True
        self._daemon.rekey(before)
        deadline = time.monotonic() + min(self._wait_timeout, REKEY_TIMEOUT)
        while int(self._newest_own_child(name) or 0) <= int(before):
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_INTERVAL)
        return True

    def _newest_own_child(self, name):
        own = [child["uniqueid"] for association, child in self._up(name) if association.get("initiator") == "yes"]
        return max(own, key=int, default=None)

    def _up(self, name):
        return daemon_state.installed_children(self._daemon.associations(), name)

    def _wait_until_up(self, name, deadline):
        while True:
            up = self._up(name)
            if up or time.monotonic() >= deadline:
                return up
            time.sleep(POLL_INTERVAL)

    def _bring_up(self, name):
        """Initiate until the tunnel is up or its time is over; return (tunnels, log lines)."""
        if daemon_state.is_connecting(self._daemon.associations(), name):
            # It waits for an answer with ever longer pauses between its retransmissions: begin anew.
            self._daemon.terminate(name)
        if not self._wait:
            log = self._daemon.initiate(name, 1)
            return self._up(name), log
        deadline = time.monotonic() + self._wait_timeout
        pause, longest = RETRY_INTERVAL
        log = []
        while True:
            log += self._daemon.initiate(name, deadline - time.monotonic())
            # A peer that has just been changed may refuse at first, or come towards us: look before trying again.
            up = self._wait_until_up(name, min(deadline, time.monotonic() + pause))
            if up or time.monotonic() >= deadline:
                return up, log
            pause = min(pause * 2, longest)
