# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates and the private key of a connection: as options, and as files that ``swanctl`` finds.

An option holds PEM text or the path of a file on the host. Either way the text is copied to where ``swanctl`` looks for
it: nothing else may be readable for it (SELinux, AppArmor), and a renewed file changes nothing before it is judged.
"""

from __future__ import annotations

import ipaddress
import os
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, MISSING, Problem, shown

PUBKEY = "pubkey"
#: Stands for a value that only exists after something else has been done. Accepted in check mode.
UNKNOWN = "(known after apply)"
#: Folders of swanctl that each kind of file has to lie in.
CERTIFICATES, AUTHORITIES, KEYS = "x509", "x509ca", "private"
FOLDERS = (CERTIFICATES, AUTHORITIES, KEYS)
PREFIX = "hybridnet-"

_FILE = {
    CERTIFICATES: re.compile(PREFIX + r"(?P<name>[a-z0-9][a-z0-9_-]{0,59})\.pem"),
    KEYS: re.compile(PREFIX + r"(?P<name>[a-z0-9][a-z0-9_-]{0,59})\.pem"),
    AUTHORITIES: re.compile(PREFIX + r"(?P<name>[a-z0-9][a-z0-9_-]{0,59})-[0-9]+\.pem"),
}
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s.*?-----END CERTIFICATE-----", re.DOTALL)
_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s.*?-----END (?:[A-Z]+ )?PRIVATE KEY-----", re.DOTALL)
_DN = re.compile(r"[A-Za-z0-9.]+=[^\x00-\x1f]*")
_DN_NAMES = {"E": "EMAILADDRESS", "EMAIL": "EMAILADDRESS", "S": "ST"}
_LONGEST_DN = 255


def by_certificate(connection):
    """Whether a connection authenticates by certificate."""
    return connection.get("auth") == PUBKEY


def certificate_file(name):
    return PREFIX + name + ".pem"


def authority_files(name, count):
    return ["%s%s-%d.pem" % (PREFIX, name, number + 1) for number in range(count)]


def authorities(connection):
    """Return the CA certificates of a connection one by one; an option may hold several."""
    found = []
    for text in connection["ca_certificates"] or []:
        found += _CERTIFICATE.findall(text) or [text]
    return found


def wanted(swanctl_dir, connection):
    """Return {path: text} of the files of a connection whose options hold text; one not known yet is left out."""
    name = connection["name"]
    texts = {
        os.path.join(swanctl_dir, CERTIFICATES, certificate_file(name)): connection["certificate"],
        os.path.join(swanctl_dir, KEYS, certificate_file(name)): connection["private_key"],
    }
    chain = authorities(connection)
    for file, text in zip(authority_files(name, len(chain)), chain):
        texts[os.path.join(swanctl_dir, AUTHORITIES, file)] = text
    return {path: text.strip() + "\n" for path, text in texts.items() if text not in (None, UNKNOWN)}


def folder_of(path):
    """Return the folder of swanctl that a file of ours lies in, None when it is no certificate or key."""
    folder = os.path.basename(os.path.dirname(path))
    return folder if folder in FOLDERS and path.endswith(".pem") else None


def name_of(path):
    """Return the connection that a file of certificates or keys belongs to, None for other files."""
    folder = folder_of(path)
    match = _FILE[folder].fullmatch(os.path.basename(path)) if folder else None
    return match.group("name") if match else None


def resolved(connection, missing_is_unknown):
    """Return a connection with the text of its files in place of their paths, and what is wrong with the files.

    missing_is_unknown: in check mode an earlier task would have made the file.
    """
    if not by_certificate(connection):
        return connection, []
    problems = []

    def text_of(option, value):
        if value in (None, UNKNOWN) or "-----BEGIN" in value:
            return value
        text, rule = _read(value)
        if rule is None:
            return text
        if not (missing_is_unknown and not os.path.exists(value)):
            fix = "give the path of a PEM file, or its text"
            problems.append(Problem(option, _named(option, value), rule, fix))
        return UNKNOWN

    found = dict(connection)
    for option in ("certificate", "private_key"):
        found[option] = text_of(option, connection[option])
    found["ca_certificates"] = [
        text_of("ca_certificates[%d]" % index, value) for index, value in enumerate(connection["ca_certificates"] or [])
    ]
    return found, problems + _text_problems(found)


def _read(path):
    """Return the text of a file and None, or None and why it cannot be read."""
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read(), None
    except FileNotFoundError:
        return None, "is not on this host"
    except (OSError, UnicodeDecodeError):
        return None, "is no readable text file on this host"


def _named(option, value):
    return HIDDEN if option == "private_key" else shown(value)


def _text_problems(connection):
    """What is wrong with texts, as far as it shows without reading what is in them."""
    found = []
    if connection["certificate"] not in (None, UNKNOWN) and len(_CERTIFICATE.findall(connection["certificate"])) != 1:
        fix = "give exactly one certificate in PEM; those between it and the root belong to ca_certificates"
        found.append(Problem("certificate", "(text)", "is not one certificate", fix))
    key = connection["private_key"]
    if key not in (None, UNKNOWN) and ("ENCRYPTED" in key or not _KEY.search(key)):
        rule = "is protected by a passphrase" if "ENCRYPTED" in key else "is no private key"
        fix = "give one in PEM that needs no passphrase: nobody is there to type it when the host starts"
        found.append(Problem("private_key", HIDDEN, rule, fix))
    for index, text in enumerate(connection["ca_certificates"]):
        if text != UNKNOWN and not _CERTIFICATE.search(text):
            fix = "give one or more certificates in PEM"
            found.append(Problem("ca_certificates[%d]" % index, "(text)", "holds no certificate", fix))
    return found


def option_problems(connection):
    """What is wrong with the options themselves."""
    given = [name for name in ("certificate", "private_key", "ca_certificates") if connection.get(name)]
    if not by_certificate(connection):
        fix = "set auth: pubkey, or leave it out"
        return [Problem(name, "(given)", "is of no use with auth psk", fix) for name in given]
    found = []
    if connection.get("psk") is not None:
        found.append(Problem("psk", HIDDEN, "is of no use with auth pubkey", "set auth: psk, or leave it out"))
    for name in ("certificate", "private_key", "ca_certificates"):
        if name not in given:
            found.append(Problem(name, MISSING, "is not given", "auth pubkey needs it, as PEM or the path of a file"))
            continue
        values = connection[name] if name == "ca_certificates" else [connection[name]]
        for value in values:
            if value != UNKNOWN and "-----BEGIN" not in value and not os.path.isabs(value):
                fix = "give PEM, or the path of a file beginning with /"
                found.append(Problem(name, _named(name, value), "is neither PEM text nor a path", fix))
    return found


def is_dn(identity):
    """Whether an identity is the subject of a certificate, such as C=CN, O=Example, CN=store-001."""
    return bool(_DN.fullmatch(identity)) and len(identity) <= _LONGEST_DN


def comparable(identity):
    """Return an identity in a form in which two spellings of one meaning are equal."""
    if identity and is_dn(identity):
        parts = [part.partition("=") for part in re.split(r"(?<!\\),", identity)]
        return [(_attribute(name), value.strip().casefold()) for name, _equals, value in parts]
    return identity


def _attribute(name):
    upper = name.strip().upper()
    return _DN_NAMES.get(upper, upper)


def same_identity(one, other):
    return comparable(one) == comparable(other)


def in_certificate(identity, subject, alternatives):
    """Whether charon finds an identity in a certificate; it takes a name from the subject as a whole only.

    alternatives: of the subject, as openssl prints them ([``DNS:a.example.com``, ``IP Address:...``]).
    """
    if is_dn(identity):
        return same_identity(identity, subject)
    return _alternative(identity) in [_alternative_of(one) for one in alternatives]


def _alternative(identity):
    try:
        return ("IP", ipaddress.ip_address(identity))
    except ValueError:
        if "@" in identity[1:]:
            return ("EMAIL", identity.casefold())
        return ("DNS", identity.lstrip("@").casefold())


def _alternative_of(text):
    kind, _colon, value = text.strip().partition(":")
    if kind == "IP Address":
        try:
            return ("IP", ipaddress.ip_address(value))
        except ValueError:
            return (kind, value)
    return (kind.upper(), value.casefold())
