# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a tunnel does not come up, from what charon logged while it was initiated."""

from __future__ import annotations

import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto

# (pattern in a log line, cause, fix), the most telling first. {ike}, {ipsec} and the rest are filled in.
_CAUSES = (
    (
        r"no issuer certificate found|no trusted .*public key found",
        "the certificate of the peer is of no authority in ca_certificates, or without remote_id {remote_id}",
        "add the authority of the peer, or correct remote_id",
    ),
    (
        r"MAC mismatched",
        "the peer has another pre-shared key",
        "give both ends the same psk",
    ),
    (
        r"identity '.*' required|IDir '.*' does not match",
        "the peer calls itself something else than remote_id {remote_id}",
        "make remote_id the identity in charon's message, or correct the peer",
    ),
    (
        r"NO_PROPOSAL_CHOSEN.*no CHILD_SA built",
        "the peer accepts no IPsec proposal of {ipsec}",
        "make ipsec.encryption, ipsec.integrity and ipsec.pfs_group the same at both ends",
    ),
    (
        r"NO_PROPOSAL_CHOSEN|INVALID_KE_PAYLOAD notify error",
        "the peer accepts no IKE proposal of {ike}, or does not know this connection",
        "make ike.version, ike.encryption, ike.integrity and ike.dh_group the same at both ends",
    ),
    (
        r"TS_UNACCEPTABLE|INVALID_ID_INFORMATION",
        "the peer does not accept the networks {local_networks} to {remote_networks}",
        "make local_networks and remote_networks the exact mirror of the peer's",
    ),
    (
        r"AUTHENTICATION_FAILED|AUTH_FAILED|HASH.*(?:invalid|failed)|invalid HASH|decrypt|MALFORMED",
        "the peer refuses the authentication as {local_id}",
        "make {proof}, local_id and remote_id agree with the peer",
    ),
)
_NO_ANSWER = (
    "the peer {remote_address} did not answer",
    "check the address, and that UDP 500 and 4500 pass in both directions",
)
_GROUPS_SHOWN = ("[IKE]", "[CFG]")
_LINES_SHOWN = 6
_NOISE = re.compile(
    r"initiating |NAT|scheduling|establishing CHILD_SA [^']*\{|with pre-shared key$|selected proposal: "
)


def explain_rekey(connection):
    """Return one text about a tunnel that is up, but whose peer does not renew its keys."""
    return (
        "is up, but the peer does not renew its keys with %s, so that it would end within %d seconds; make "
        "ipsec.pfs_group the same at both ends: IKEv2 shows a difference only at the first rekey"
        % (_crypto.strongswan_proposal(connection["ipsec"]), connection["ipsec"]["lifetime"])
    )


def explain_kept(failed):
    """Return one text about a tunnel that was left alone."""
    return (
        "runs with its previous settings: it was not touched, because the tunnel %s between the same networks "
        "could not be set up with the new ones" % failed
    )


def explain(connection, log):
    """Return one text for a failure message: cause, fix and the log lines that show it.

    log: lines of ``swanctl --initiate``, all attempts after each other.
    """
    lines = [line for line in log if line.startswith(_GROUPS_SHOWN)]
    cause, fix = next(
        ((cause, fix) for pattern, cause, fix in _CAUSES if any(re.search(pattern, line) for line in lines)),
        _NO_ANSWER,
    )
    values = {
        "ike": _crypto.strongswan_proposal(connection["ike"]),
        "ipsec": _crypto.strongswan_proposal(connection["ipsec"]),
        "local_networks": ", ".join(connection["local_networks"]),
        "remote_networks": ", ".join(connection["remote_networks"]),
    }
    values["proof"] = "certificate and ca_certificates" if connection.get("auth") == "pubkey" else "psk"
    values.update({key: connection[key] for key in ("local_id", "remote_id", "remote_address")})
    quoted = [line for line in lines if not _NOISE.search(line)][-_LINES_SHOWN:]
    text = "%s; %s" % (cause.format(**values), fix.format(**values))
    return text + "".join("\n    charon: " + line for line in quoted)
