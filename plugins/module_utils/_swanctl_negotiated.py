# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is configured, loaded and negotiated, compared with what is wanted.

Every comparison returns differences: dicts of ``parameter``, ``wanted``, ``actual`` and ``source`` (``file``: in the
configuration file, ``loaded``: in the daemon, ``established``: in the tunnel that is up). Parameters are named as the
options of the module where there is one, otherwise as in swanctl.conf.
"""

from __future__ import annotations

import ipaddress
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN

ABSENT = "(not set)"

_OPTION_NAMES = {
    "version": "ike.version",
    "aggressive": "ike.mode",
    "local_addrs": "local_address",
    "remote_addrs": "remote_address",
    "local.auth": "auth",
    "remote.auth": "auth of the peer",
    "local.id": "local_id",
    "remote.id": "remote_id",
    "encap": "force_encapsulation",
    "child.local_ts": "local_networks",
    "child.remote_ts": "remote_networks",
}
_PROPOSALS = {
    "proposals": ("ike", ("encryption", "integrity", "dh_group")),
    "child.esp_proposals": ("ipsec", ("encryption", "integrity", "pfs_group")),
}
_CREDENTIAL_OPTIONS = {
    credentials.CERTIFICATES: "certificate",
    credentials.KEYS: "private_key",
    credentials.AUTHORITIES: "ca_certificates",
}
# As charon names them.
_AUTH_CLASSES = {"psk": "pre-shared key", credentials.PUBKEY: "public key"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"(\d+)\s*([smhd]?)")
_BY_TOKEN = {
    kind: {_crypto.spelling(kind, choice, _crypto.STRONGSWAN): choice for choice in _crypto.choices(kind)}
    for kind in ("encryption", "integrity", "dh_group", "pfs_group")
}
# Only the role knows what the kernel of a host allows: whoever expects no data path does not compare these.
_DATAPATH_SETTINGS = ("child.if_id_in", "child.if_id_out", "child.mark_in", "child.mark_out", "child.updown")
# Charon reports 0 for times that are off.
_LOADED_TIMES = ("rekey_time", "reauth_time")


def difference(source, parameter, wanted, actual):
    return {"source": source, "parameter": parameter, "wanted": str(wanted), "actual": str(actual)}


def flatten(settings, name):
    """Return {path: text} of a connection's section; its own child is ``child``, other children keep their name."""
    flat = {}

    def walk(tree, prefix):
        for key, value in tree.items():
            if isinstance(value, dict):
                walk(value, prefix + key + ".")
            elif value is not None:
                flat[prefix + key] = str(value)

    children = settings.get("children", {})
    walk({key: value for key, value in settings.items() if key != "children"}, "")
    walk(children.get(name, {}), "child.")
    walk({key: value for key, value in children.items() if key != name}, "children.")
    return flat


def _comparable(path, text):
    """Return a value in a form in which two spellings of one meaning are equal."""
    if path in ("child.local_ts", "child.remote_ts", "local_addrs", "remote_addrs"):
        return _networks(part.strip() for part in text.split(","))
    if path.endswith(("_time", "dpd_delay", "dpd_timeout")):
        match = _TIME.fullmatch(text)
        if match:
            return int(match.group(1)) * _UNITS[match.group(2) or "s"]
    lowered = text.lower()
    return {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(lowered, lowered)


def compare_settings(wanted, actual, name, datapath=True):
    """Compare the wanted section of a connection with the one in the files, both as nested dicts.

    datapath: whether what belongs to the data path is compared too.
    """
    wanted_flat, actual_flat = flatten(wanted, name), flatten(actual, name)
    found = []
    for path in sorted(set(wanted_flat) | set(actual_flat)):
        if path in _DATAPATH_SETTINGS and not datapath:
            continue
        one, other = wanted_flat.get(path), actual_flat.get(path)
        if one is not None and other is not None and _comparable(path, one) == _comparable(path, other):
            continue
        found += _named_differences(path, one, other)
    return found


def _named_differences(path, wanted, actual):
    if path in _PROPOSALS and wanted and actual:
        section, kinds = _PROPOSALS[path]
        parts, others = _proposal_options(wanted, kinds), _proposal_options(actual, kinds)
        if parts and others:
            return [
                difference("file", "%s.%s" % (section, kind), parts[kind], others[kind])
                for kind in kinds
                if parts[kind] != others[kind]
            ]
    parameter = _OPTION_NAMES.get(path, path)
    return [difference("file", parameter, ABSENT if wanted is None else wanted, ABSENT if actual is None else actual)]


def _proposal_options(proposal, kinds):
    """Return {option: value} of a proposal such as aes256-sha256-modp2048; None when it has another shape."""
    tokens = proposal.split("-")
    if len(tokens) == 2 and "pfs_group" in kinds:
        # No group in an ESP proposal is how PFS is disabled, and how the table spells that.
        tokens.append("")
    if len(tokens) != 3 or any(token not in _BY_TOKEN[kind] for kind, token in zip(kinds, tokens)):
        return None
    return {kind: _BY_TOKEN[kind][token] for kind, token in zip(kinds, tokens)}


def compare_secret(wanted_psk, secret):
    """Compare a pre-shared key with a parsed ``ike-...`` section of the files; values never leave this function."""
    if secret is None:
        return [difference("file", "psk", HIDDEN, ABSENT)]
    if model.decode_secret(secret.get("secret")) != wanted_psk.encode("utf-8"):
        return [difference("file", "psk", HIDDEN, "(hidden, different)")]
    return []


def compare_secret_identities(wanted, secret):
    """Compare the identities that a secret belongs to."""
    found = []
    actual = {str(value) for key, value in (secret or {}).items() if key.startswith("id")}
    for option in ("local_id", "remote_id"):
        if secret is not None and wanted[option] not in actual:
            found.append(difference("file", "psk.%s" % option, wanted[option], ", ".join(sorted(actual)) or ABSENT))
    return found


def compare_credentials(wanted, actual):
    """Compare the certificates and the key of a connection with those on the host, both as {path: text}."""
    found = {}
    for path, text in wanted.items():
        if actual.get(path) != text:
            state = ABSENT if path not in actual else "(hidden, different)"
            option = _CREDENTIAL_OPTIONS[credentials.folder_of(path)]
            found.setdefault(option, difference("file", option, HIDDEN, state))
    return list(found.values())


def compare_loaded(connection, loaded):
    """Compare a wanted connection with what ``swanctl --list-conns`` shows of it (proposals are not shown)."""
    name = connection["name"]
    settings = model.connection_tree(connection)["connections"][name]
    child, loaded_child = settings["children"][name], loaded.get("children", {}).get(name)
    pairs = [
        ("ike.version", "IKEv%d" % settings["version"], loaded.get("version")),
        ("remote_address", [connection["remote_address"]], loaded.get("remote_addrs")),
        ("local_address", [connection.get("local_address") or "%any"], loaded.get("local_addrs")),
        ("auth", _AUTH_CLASSES[connection.get("auth") or "psk"], loaded.get("local-1", {}).get("class")),
    ]
    pairs += _identities(connection, loaded.get("local-1", {}).get("id"), loaded.get("remote-1", {}).get("id"))
    pairs += [(key, settings[key].rstrip("s"), loaded.get(key, "0")) for key in _LOADED_TIMES]
    if loaded_child is None:
        pairs.append(("child", name, ABSENT))
    else:
        pairs += [
            ("local_networks", _networks(connection["local_networks"]), _networks(loaded_child.get("local-ts", []))),
            ("remote_networks", _networks(connection["remote_networks"]), _networks(loaded_child.get("remote-ts", []))),
            ("child.rekey_time", child["rekey_time"].rstrip("s"), loaded_child.get("rekey_time", "0")),
        ]
    return _unequal("loaded", pairs)


def compare_established(connection, association, child):
    """Compare a wanted connection with the IKE_SA and CHILD_SA that are up.

    The PFS group only shows after the first rekey of the child, and an address only when it is wanted as an address.
    """
    ike, ipsec = connection["ike"], connection["ipsec"]
    pairs = [
        ("ike.version", str(_crypto.strongswan_version(ike)), association.get("version")),
        *_identities(connection, association.get("local-id"), association.get("remote-id")),
        ("ike.encryption", ike["encryption"], _cipher(association)),
        ("ike.integrity", ike["integrity"], _hash(association)),
        ("ike.dh_group", str(ike["dh_group"]), _group(association)),
        ("ipsec.encryption", ipsec["encryption"], _cipher(child)),
        ("ipsec.integrity", ipsec["integrity"], _hash(child)),
        ("local_networks", _networks(connection["local_networks"]), _networks(child.get("local-ts", []))),
        ("remote_networks", _networks(connection["remote_networks"]), _networks(child.get("remote-ts", []))),
    ]
    if connection.get("datapath"):
        own = tunnel_interface.child_settings(connection)
        for setting in ("if_id_in", "if_id_out", "mark_in", "mark_out"):
            pairs.append(("child." + setting, own.get(setting, 0), _number(child.get(setting.replace("_", "-")))))
    if child.get("dh-group"):
        pairs.append(("ipsec.pfs_group", str(ipsec["pfs_group"]), _group(child)))
    if re.fullmatch(r"[0-9.]+|[0-9a-f:]+", connection["remote_address"]):
        pairs.append(("remote_address", connection["remote_address"], association.get("remote-host")))
    return _unequal("established", pairs)


def _identities(connection, local, remote):
    """Pairs of the identities that differ in meaning: two spellings of one distinguished name do not."""
    return [
        (option, connection[option], actual)
        for option, actual in (("local_id", local), ("remote_id", remote))
        if not credentials.same_identity(connection[option], actual)
    ]


def _unequal(source, pairs):
    return [
        difference(source, parameter, _text(wanted), _text(actual))
        for parameter, wanted, actual in pairs
        if wanted != actual
    ]


def _text(value):
    if isinstance(value, list):
        return ", ".join(value) or ABSENT
    return ABSENT if value is None else value


def _networks(selectors):
    """Return networks in one spelling and order; what is no network (a selector with a port) stays as it is."""
    found = []
    for selector in selectors:
        try:
            found.append(str(ipaddress.ip_network(selector, strict=False)))
        except ValueError:
            found.append(selector)
    return sorted(found)


def _number(text):
    """A mark or interface id as charon tells it (hexadecimal, absent when there is none)."""
    return int(text or "0", 16)


def _cipher(association):
    """AES_CBC with 256 bits -> aes256, 3DES_CBC -> 3des."""
    name = association.get("encr-alg", "").lower()
    return name.replace("_cbc", "") + (association.get("encr-keysize", "") if name.startswith("aes") else "")


def _hash(association):
    """HMAC_SHA2_256_128 -> sha256, HMAC_SHA1_96 -> sha1, HMAC_MD5_96 -> md5."""
    match = re.match(r"HMAC_(?:SHA2_(\d+)|(SHA1|MD5))", association.get("integ-alg", ""))
    if not match:
        return association.get("integ-alg")
    return "sha" + match.group(1) if match.group(1) else match.group(2).lower()


def _group(association):
    """MODP_2048 -> 14; a group outside the table stays as charon names it."""
    name = association.get("dh-group", "")
    return str(_BY_TOKEN["dh_group"].get(name.lower().replace("_", ""), name)) or None
