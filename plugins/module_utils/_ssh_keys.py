# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH public keys and their fingerprints, and the file that a new private key is written to.

Private to this collection.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import tempfile

from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown

_FINGERPRINT = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2})+")
_TYPES = ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")


def fingerprint(text: str) -> str:
    """The MD5 fingerprint (RFC 4716, section 4) of a public key ``<type> <base64> [comment]``.

    A fingerprint stands for itself. Text that is neither is returned as it is, so that it shows as a difference.
    """
    text = text.strip()
    if _FINGERPRINT.fullmatch(text):
        return text.lower()
    blob = _blob(text)
    if blob is None:
        return text
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))


def public_key(value: str, path: str) -> Problem | None:
    """ImportKeyPair (PublicKeyBody): a key in OpenSSH's one-line form."""
    if "PRIVATE KEY" in value:
        return Problem(path, "(hidden)", "is a private key", "give the public one, the line of the .pub file")
    if _blob(value.strip()) is not None:
        return None
    return Problem(path, shown(value), "is not an OpenSSH public key", "give the line of the .pub file")


def unwritable(path: str) -> tuple[str, str] | None:
    """The rule and the fix that keep a new private key from being written to *path*, or ``None``."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.lexists(path):
        return "exists already", "move that file away or name another one; a private key is never overwritten"
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        return "is not in a folder that can be written to", "create the folder or name another one"
    return None


def write_private_key(path: str, text: str) -> None:
    """Write *text* to a new file readable by its owner only. Raises ``OSError``; an existing file is left alone."""
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)), prefix=".key-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text if text.endswith("\n") else f"{text}\n")
            stream.flush()
            os.fsync(stream.fileno())
        # A link, unlike a rename, fails when the name is taken meanwhile.
        os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _blob(text: str) -> bytes | None:
    """The key inside the one-line form, checked to be of the type it claims (RFC 4253, section 6.6)."""
    parts = text.split(None, 2)
    if len(parts) < 2 or parts[0] not in _TYPES:
        return None
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    name = parts[0].encode()
    return blob if blob.startswith(len(name).to_bytes(4, "big") + name) else None
