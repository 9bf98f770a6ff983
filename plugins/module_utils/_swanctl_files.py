# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the managed connections: their names, text, atomic replacement and redacted view.

Each connection has ``hybridnet-<name>.conf`` under conf.d, and beside it ``hybridnet-<name>.secret.conf`` or, under
x509, x509ca and private, its certificates and its key. All are readable by root only. No other file is ever written or
removed.
"""

from __future__ import annotations

import os
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN

PREFIX = "hybridnet-"
HEADER = "# Managed by Ansible (hybridnet.alicloud.strongswan_connections). Changes made here are overwritten.\n"
# Read by what initiates the tunnels when the daemon starts: the active one has to come last.
ROLE = "# role: %s\n"
MODE = 0o600

_CONNECTION_FILE = re.compile(re.escape(PREFIX) + r"(?P<name>[a-z0-9][a-z0-9_-]{0,59})(?:\.secret)?\.conf")
_SECRET_SETTINGS = ("secret", "pin")
_STAGED_SUFFIX = ".new"


def paths(directory, name):
    """Return (connection file, secret file) of a connection; ``directory`` is conf.d."""
    stem = os.path.join(directory, PREFIX + name)
    return stem + ".conf", stem + ".secret.conf"


def wanted(directory, connections):
    """Return {path: text} of all files of these connections."""
    files = {}
    for connection in connections:
        connection_file, secret_file = paths(directory, connection["name"])
        role = ROLE % connection["role"]
        files[connection_file] = HEADER + role + "\n" + conf.render(model.connection_tree(connection))
        if credentials.by_certificate(connection):
            files.update(credentials.wanted(os.path.dirname(directory), connection))
        else:
            files[secret_file] = HEADER + "\n" + conf.render(model.secret_tree(connection))
    return files


def _folders(directory):
    """Return the folders in which managed files lie; ``directory`` is conf.d."""
    return [directory] + [os.path.join(os.path.dirname(directory), folder) for folder in credentials.FOLDERS]


def existing(directory):
    """Return {path: text} of the managed files on the host; empty when there is no such directory."""
    found = {}
    for folder in _folders(directory):
        for entry in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, entry)
            if name_of(path) and os.path.isfile(path):
                with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
                    found[path] = stream.read()
    return found


def name_of(path):
    """Return the name of the connection that a file belongs to, None when it is no managed file."""
    if credentials.folder_of(path):
        return credentials.name_of(path)
    match = _CONNECTION_FILE.fullmatch(os.path.basename(path))
    return match.group("name") if match else None


def names(files):
    """Return the names of the connections that paths belong to, sorted."""
    return sorted({name_of(path) for path in files} - {None})


def owned(directory, name, files):
    """Return the paths of a connection's files: the two under conf.d, and those of its certificates among ``files``."""
    mine = sorted(path for path in files if credentials.folder_of(path) and credentials.name_of(path) == name)
    return list(paths(directory, name)) + mine


def is_private(path):
    """Whether a file has the mode and owner it has to have."""
    status = os.stat(path)
    return (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (MODE, 0, 0)


def replace(changes):
    """Write ({path: text}) or remove ({path: None}) files, each atomically: all are staged before one is replaced.

    A staged file is hidden and has no ``.conf`` suffix, so that no include pattern matches it.
    """
    staged = []
    try:
        for path, text in changes.items():
            if text is not None:
                staged.append((_stage(path, text), path))
        for source, path in staged:
            os.replace(source, path)
        for path, text in changes.items():
            if text is None and os.path.lexists(path):
                os.unlink(path)
    finally:
        for source, _path in staged:
            if os.path.lexists(source):
                os.unlink(source)


def _stage(path, text):
    folder = os.path.dirname(path)
    if credentials.folder_of(path) and not os.path.isdir(folder):
        os.mkdir(folder, 0o700)
    staged = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + _STAGED_SUFFIX)
    # A leftover of a killed run may have another mode or be open elsewhere.
    if os.path.lexists(staged):
        os.unlink(staged)
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text.encode("utf-8", "surrogateescape"))
        os.fchown(stream.fileno(), 0, 0)
        stream.flush()
        os.fsync(stream.fileno())
    return staged


def remove_leftovers(directory):
    """Remove what a killed run left staged: it may hold a secret."""
    for folder in _folders(directory):
        for entry in os.listdir(folder) if os.path.isdir(folder) else []:
            if entry.startswith("." + PREFIX) and entry.endswith(_STAGED_SUFFIX):
                os.unlink(os.path.join(folder, entry))


def redacted(tree, shown=HIDDEN):
    """Return a copy of nested dicts with every secret replaced."""
    return {
        key: redacted(value, shown) if isinstance(value, dict) else shown if key in _SECRET_SETTINGS else value
        for key, value in tree.items()
    }


def view(text, shown=HIDDEN):
    """Return a file's text for a diff: without comments and with secrets replaced by ``shown``."""
    if text is None:
        return ""
    try:
        tree = conf.parse_text(text).as_dict()
    except conf.SyntaxProblem as problem:
        return "(not shown: %s in line %d)\n" % (problem.message, problem.line)
    return conf.render(redacted(tree, shown))


def diff(before, after):
    """Return Ansible diff entries for files ({path: text or None} before and after), secrets as changed or not."""
    entries = []
    for path in sorted(set(before) | set(after)):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        folder = credentials.folder_of(path)
        shown_before, shown_after = old or "", new or ""
        if folder == credentials.KEYS:
            shown_before = HIDDEN + "\n" if old else ""
            shown_after = ("(hidden, changed)" if old else HIDDEN) + "\n" if new else ""
        elif not folder:
            changed = old is not None and new is not None and _secrets(old) != _secrets(new)
            shown_before, shown_after = view(old), view(new, "(hidden, changed)" if changed else HIDDEN)
        entries.append({"before_header": path, "after_header": path, "before": shown_before, "after": shown_after})
    return entries


def _secrets(text):
    """Return the values of all secrets in a text, decoded, for comparison only."""

    def walk(section):
        for key in _SECRET_SETTINGS:
            if key in section.settings:
                yield model.decode_secret(section.settings[key])
        for child in section.sections.values():
            yield from walk(child)

    try:
        return sorted(value or b"" for value in walk(conf.parse_text(text)))
    except conf.SyntaxProblem:
        return None
