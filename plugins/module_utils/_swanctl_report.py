# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a strongSwan host as data without secrets, and how it differs from what is expected."""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_negotiated as negotiated

PRESENT, MISSING = "present", "missing"

# Result key -> key of charon's message; numbers are turned into ints.
_ASSOCIATION = {
    "name": "name",
    "uniqueid": "uniqueid",
    "state": "state",
    "version": "version",
    "local_address": "local-host",
    "local_id": "local-id",
    "remote_address": "remote-host",
    "remote_id": "remote-id",
    "encryption": "encr-alg",
    "encryption_bits": "encr-keysize",
    "integrity": "integ-alg",
    "dh_group": "dh-group",
    "established_seconds": "established",
    "rekey_seconds": "rekey-time",
    "children": "children",
}
_CHILD = {
    "name": "name",
    "uniqueid": "uniqueid",
    "state": "state",
    "mode": "mode",
    "encapsulated": "encap",
    "encryption": "encr-alg",
    "encryption_bits": "encr-keysize",
    "integrity": "integ-alg",
    "dh_group": "dh-group",
    "bytes_in": "bytes-in",
    "bytes_out": "bytes-out",
    "packets_in": "packets-in",
    "packets_out": "packets-out",
    "installed_seconds": "install-time",
    "rekey_seconds": "rekey-time",
    "local_networks": "local-ts",
    "remote_networks": "remote-ts",
}
_NUMBERS = ("_bits", "_seconds", "bytes_in", "bytes_out", "packets_in", "packets_out")


def _described(message, keys):
    found = {key: message.get(source) for key, source in keys.items()}
    for key, value in found.items():
        if key.endswith(_NUMBERS) and value is not None:
            found[key] = int(value)
    return found


def describe_association(association):
    """Return one IKE_SA with its CHILD_SAs under the names of the documentation."""
    found = _described(association, _ASSOCIATION)
    found["children"] = [_described(child, _CHILD) for child in association["children"]]
    for child in found["children"]:
        child["encapsulated"] = child["encapsulated"] == "yes"
    return found


def describe_connection(name, section, loaded):
    """Return one configured connection: its settings as in the files, where they are, and whether it is loaded."""
    return {
        "name": name,
        "files": list(section.paths),
        "settings": files.redacted(section.as_dict()),
        "loaded": name in loaded,
    }


def differences(expected, tree, loaded, associations, running, managed, swanctl_dir=None, texts=None):
    """Compare a host with the expected connections; return a list of differences.

    tree: the root Section of the configuration; loaded, associations: as from the daemon; managed: names of the
    connections in managed files, of which those that are not expected are differences too; swanctl_dir, texts: the
    managed files on the host, for connections with certificates.
    """
    found = []
    for connection in expected:
        for one in _connection_differences(connection, tree, loaded, associations, running):
            found.append(dict(one, connection=connection["name"]))
        if credentials.by_certificate(connection):
            for one in negotiated.compare_credentials(credentials.wanted(swanctl_dir, connection), texts or {}):
                found.append(dict(one, connection=connection["name"]))
    for name in sorted(set(managed) - {connection["name"] for connection in expected}):
        found.append(dict(negotiated.difference("file", "connection", MISSING, PRESENT), connection=name))
    return found


def _connection_differences(connection, tree, loaded, associations, running):
    name = connection["name"]
    sections = tree.find("connections").sections
    if name not in sections:
        return [negotiated.difference("file", "connection", PRESENT, MISSING)]
    wanted = model.connection_tree(connection)["connections"][name]
    found = negotiated.compare_settings(
        wanted, sections[name].as_dict(), name, datapath=bool(connection.get("datapath"))
    )
    if not credentials.by_certificate(connection):
        found += _secret_differences(connection, tree)
    if not running:
        return found + [negotiated.difference("loaded", "daemon", "running", "not running")]
    if name not in loaded:
        found.append(negotiated.difference("loaded", "connection", PRESENT, MISSING))
    else:
        found += negotiated.compare_loaded(connection, loaded[name])
    up = daemon_state.installed_children(associations, name)
    if up:
        found += negotiated.compare_established(connection, *up[-1])
    return found


def _secret_differences(connection, tree):
    section = tree.find("secrets").sections.get("ike-" + connection["name"])
    secret = section.as_dict() if section else None
    found = negotiated.compare_secret_identities(connection, secret)
    if secret is None or model.psk_is_known(connection):
        found += negotiated.compare_secret(connection.get("psk"), secret)
    return found
