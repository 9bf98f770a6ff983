"""From the API's spelling of a tunnel to strongSwan's (vici ``load-conn``).

The lab's own table, on purpose: if it shared the product's, a mistake there would cancel out here.
Option names: https://docs.strongswan.org/docs/5.9/swanctl/swanctlConf.html
"""

from __future__ import annotations

from typing import Any

from lab.cloud.dataplane import Connection, Tunnel

ENCRYPTION = {"aes": "aes128", "aes192": "aes192", "aes256": "aes256", "des": "des", "3des": "3des"}
INTEGRITY = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
GROUP = {"group1": "modp768", "group2": "modp1024", "group5": "modp1536", "group14": "modp2048"}
VERSION = {"ikev1": "1", "ikev2": "2"}

DPD_DELAY = 2
"""Seconds of silence after which the peer is probed. With RETRANSMIT, a dead peer is known after at most 7.4 s."""

RETRANSMIT = {"retransmit_timeout": "1.0", "retransmit_base": "1.2", "retransmit_tries": "3"}
"""charon's daemon-wide retransmission: gives up after 1 + 1.2 + 1.44 + 1.73 = 5.4 s (the default takes 165 s)."""


def ike_proposal(tunnel: Tunnel) -> str:
    """Phase 1 proposal, such as ``aes256-sha256-modp2048``. Raises KeyError for a value outside the API's."""
    return f"{ENCRYPTION[tunnel.ike_enc]}-{INTEGRITY[tunnel.ike_auth]}-{GROUP[tunnel.ike_pfs]}"


def esp_proposal(tunnel: Tunnel) -> str:
    """Phase 2 proposal; without a group when PFS is disabled. Raises KeyError for a value outside the API's."""
    proposal = f"{ENCRYPTION[tunnel.ipsec_enc]}-{INTEGRITY[tunnel.ipsec_auth]}"
    return proposal if tunnel.ipsec_pfs == "disabled" else f"{proposal}-{GROUP[tunnel.ipsec_pfs]}"


def connection_message(connection: Connection, tunnel: Tunnel, local_address: str) -> dict[str, Any]:
    """The tunnel as charon's connection and child definition, both named after the tunnel's id.

    No ``start_action``: who initiates, and when, is decided by the endpoint's keeper. ``unique=replace`` because both
    ends may initiate. Lifetimes: rekeying before nine tenths of the API's lifetime, the hard end at the lifetime.
    """
    return {
        tunnel.id: {
            "version": VERSION[tunnel.ike_version],
            "aggressive": "yes" if tunnel.ike_version == "ikev1" and tunnel.ike_mode == "aggressive" else "no",
            "local_addrs": [local_address],
            "remote_addrs": [tunnel.peer_address],
            "proposals": [ike_proposal(tunnel)],
            "dpd_delay": f"{DPD_DELAY}s" if tunnel.dpd else "0s",
            "keyingtries": "1",
            "unique": "replace",
            "mobike": "no",
            "encap": "yes",
            **_soft_and_hard("rekey_time", "over_time", tunnel.ike_lifetime),
            "local": {"auth": "psk", "id": tunnel.local_id},
            "remote": {"auth": "psk", "id": tunnel.remote_id},
            "children": {
                tunnel.id: {
                    "mode": "tunnel",
                    "local_ts": list(connection.local_subnets),
                    "remote_ts": list(connection.remote_subnets),
                    "esp_proposals": [esp_proposal(tunnel)],
                    "rekey_time": f"{tunnel.ipsec_lifetime * 9 // 10}s",
                    "life_time": f"{tunnel.ipsec_lifetime}s",
                    "dpd_action": "clear",
                    "start_action": "none",
                    "close_action": "none",
                }
            },
        }
    }


def secret_message(tunnel: Tunnel) -> dict[str, Any]:
    """The tunnel's pre-shared key, for exactly its two identities (vici ``load-shared``)."""
    return {
        "id": tunnel.id,
        "type": "IKE",
        "data": tunnel.psk,
        "owners": [tunnel.local_id, tunnel.remote_id],
    }


def _soft_and_hard(soft: str, over: str, lifetime: int) -> dict[str, str]:
    return {soft: f"{lifetime * 9 // 10}s", over: f"{lifetime - lifetime * 9 // 10}s"}
