# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look at every configured tunnel once, set dead ones up again, write metrics. ``python3 DIRECTORY SETTINGS.json``

Run by a timer of systemd. Logs changes of state only, one line each, to standard error. Exit code 1 when something that
is configured is missing (the daemon, a connection) or a file cannot be written; a tunnel that is down is no error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import tunnel_daemon
import tunnel_decision
import tunnel_evidence
import tunnel_metrics
import tunnel_probe
import tunnel_routing

_WORKERS = 16
# Priorities of the journal (sd-daemon(3)).
_NOTICE, _WARNING, _ERROR = "<5>", "<4>", "<3>"


class Run:
    """One run over all tunnels. settings: the file that the role writes, see its template."""

    def __init__(self, settings):
        self._settings = settings
        self._back_off = tunnel_decision.BackOff(**settings["back_off"])
        self._memories, self._known_breaches = _read_state(settings["state_file"])
        self._evidence = {}
        self.breaches = []
        self.running = True

    def look(self):
        """Read the daemon, probe what is established, note and log every change of state."""
        self.breaches = []
        try:
            loaded, associations = tunnel_daemon.read_connections(), tunnel_daemon.read_associations()
            self.running = True
        except tunnel_daemon.NoAnswer as reason:
            loaded, associations, self.running = set(), [], False
            self.breaches.append("reason=%s" % _quoted(str(reason)))
        self._evidence = self._probed(loaded, associations)
        now = time.time()
        for tunnel in self._settings["tunnels"]:
            name = tunnel["name"]
            if self.running and name not in loaded:
                self.breaches.append("tunnel=%s reason=%s" % (name, _quoted("not loaded in strongSwan")))
            state, reason = tunnel_evidence.judge(
                self._evidence[name], self._settings["max_loss"], self._settings["max_rtt"]
            )
            if not self.running:
                state, reason = tunnel_evidence.DOWN, "the IKE daemon does not answer"
            self._memories[name], change = tunnel_decision.remember(self._memory(name), state, reason, now)
            if change:
                _log_transition(tunnel, change)
            self._memories[name], turn = tunnel_decision.remember_session(
                self._memory(name), self._evidence[name].session
            )
            if turn:
                _log_session(tunnel, turn)

    def act(self):
        """Set up what is dead and due, standby tunnels first; whether anything was done."""
        if not self.running or not self._settings["initiate"]:
            return False
        due = []
        for tunnel in self._settings["tunnels"]:
            action, self._memories[tunnel["name"]] = tunnel_decision.decide(
                self._memory(tunnel["name"]), self._back_off, self._settings["reestablish_after"], time.time()
            )
            if action:
                due.append((tunnel, action))
        # Of two tunnels with the same networks the one set up last carries the traffic.
        for standby in (True, False):
            chosen = [one for one in due if (one[0]["role"] == "standby") == standby]
            with ThreadPoolExecutor(_WORKERS) as pool:
                list(pool.map(self._set_up, chosen))
        return bool(due)

    def write(self):
        """Replace the files with metrics and with what the next run needs."""
        now = time.time()
        tunnels = [
            tunnel_metrics.Measured(
                tunnel["name"], tunnel["role"], self._memory(tunnel["name"]), self._evidence[tunnel["name"]], now
            )
            for tunnel in self._settings["tunnels"]
        ]
        text = tunnel_metrics.render(tunnels, self.running, len(self.breaches), now)
        _replace(self._settings["metrics_file"], text, 0o644)
        kept = {tunnel["name"]: self._memory(tunnel["name"])._asdict() for tunnel in self._settings["tunnels"]}
        state = json.dumps({"tunnels": kept, "breaches": self.breaches})
        _replace(self._settings["state_file"], state + "\n", 0o600)

    def log_breaches(self):
        """What has broken or was mended since the run before."""
        for breach in self.breaches:
            if breach not in self._known_breaches:
                _log(_ERROR, "event=breach %s" % breach)
        for breach in self._known_breaches:
            if breach not in self.breaches:
                _log(_NOTICE, "event=mended %s" % breach)

    def _memory(self, name):
        return self._memories.get(name, tunnel_decision.Memory())

    def _probed(self, loaded, associations):
        """The evidence on every tunnel by name, with the probes of those that are established."""
        names = [tunnel["name"] for tunnel in self._settings["tunnels"]]
        found = {name: tunnel_evidence.look(name, loaded, associations) for name in names}
        probes = [one for one in self._settings["tunnels"] if one.get("probe") and found[one["name"]].child]
        with ThreadPoolExecutor(_WORKERS) as pool:
            answers = list(pool.map(self._probe, probes))
        for tunnel, answer in zip(probes, answers):
            found[tunnel["name"]] = found[tunnel["name"]]._replace(probe=answer)
        routed = [tunnel for tunnel in self._settings["tunnels"] if tunnel.get("neighbor")]
        sessions = tunnel_routing.read_sessions() if routed else {}
        for tunnel in routed:
            session = sessions.get(tunnel["neighbor"], tunnel_routing.NONE)
            found[tunnel["name"]] = found[tunnel["name"]]._replace(session=session)
        return found

    def _probe(self, tunnel):
        wanted = tunnel["probe"]
        return tunnel_probe.probe(
            wanted["target"], wanted.get("source"), wanted.get("port"), self._settings["probe_packets"]
        )

    def _set_up(self, due):
        tunnel, action = due
        if action == tunnel_decision.REESTABLISH:
            tunnel_daemon.terminate(tunnel["name"])
        tunnel_daemon.initiate(tunnel["name"], self._settings["initiate_timeout"])


def _read_state(path):
    """({name: Memory}, breaches) of the run before; empty without one, or when another version wrote it."""
    try:
        with open(path, encoding="utf-8") as stream:
            state = json.load(stream)
        memories = {name: tunnel_decision.Memory(**kept) for name, kept in state["tunnels"].items()}
        return memories, list(state["breaches"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}, []


def _replace(path, text, mode):
    """Readers see the old file or the new one, never a part."""
    temporary = "%s.%d.tmp" % (path, os.getpid())
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(text)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def _quoted(text):
    return json.dumps(text) if set(text) & set(' "=\n') else text


def _log_transition(tunnel, change):
    fields = [
        ("event", "transition"),
        ("tunnel", tunnel["name"]),
        ("role", tunnel["role"]),
        ("from", change.before),
        ("to", change.after),
        ("after_seconds", "-" if change.seconds is None else str(change.seconds)),
        ("reason", change.reason),
    ]
    carrying = change.after in tunnel_evidence.CARRYING
    _log(_NOTICE if carrying else _WARNING, " ".join("%s=%s" % (key, _quoted(text)) for key, text in fields))


def _log_session(tunnel, turn):
    before, after = turn
    line = "event=session tunnel=%s role=%s from=%s to=%s" % (tunnel["name"], tunnel["role"], before, after)
    _log(_NOTICE if after == "established" else _WARNING, "%s neighbor=%s" % (line, tunnel["neighbor"]))


def _log(priority, line):
    sys.stderr.write("%s%s\n" % (priority, line))
    sys.stderr.flush()


def main(path):
    """Return the exit code."""
    try:
        with open(path, encoding="utf-8") as stream:
            run = Run(json.load(stream))
        run.look()
        # Before setting up, too, which may take a while: what has been down shows.
        run.write()
        if run.act():
            run.look()
            run.write()
    except (OSError, ValueError) as error:
        _log(_ERROR, "event=breach reason=%s" % _quoted(str(error)))
        return 1
    run.log_breaches()
    return 1 if run.breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
