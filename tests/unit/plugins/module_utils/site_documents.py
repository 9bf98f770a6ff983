# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents for the tests of the model: one small correct fleet, and a strategy for any correct fleet."""

from __future__ import annotations

import copy

from hypothesis import strategies as st

#: Secrets in the documents of the tests, none of which may appear in a message or a repr.
SECRETS = ("Kq7-vT2mXz9pLw4R", "N5dY8-hJ3sBf6GcA")


def small_fleet():
    """Keyword arguments of build_topology: a gateway in two zones, one plain site, one behind NAT."""
    return copy.deepcopy(
        {
            "gateways": {
                "main": {
                    "name": "vpg-test",
                    "vpc": "vpc-test",
                    "vswitches": ["vsw-a", "vsw-b"],
                    "bandwidth": 100,
                    "tags": {"env": "test"},
                }
            },
            "defaults": {"cloud_networks": ["172.16.0.0/16"], "tags": {"team": "net"}},
            "sites": {
                "store-001": {
                    "public_address": "198.51.100.10",
                    "networks": ["192.168.1.0/24"],
                    "psk": SECRETS[0],
                },
                "store-002": {
                    "public_address": "198.51.100.20",
                    "networks": ["192.168.2.0/24"],
                    "behind_nat": True,
                },
            },
            "region": "cn-hangzhou",
        }
    )


#: A value for fleet_with that takes a key out.
REMOVED = object()


def fleet_with(where, value):
    """The small fleet with one change; ``where`` is a dotted path such as ``sites.store-001.networks``."""
    fleet = small_fleet()
    *parents, last = where.split(".")
    target = fleet
    for parent in parents:
        target = target[parent]
    if value is REMOVED:
        del target[last]
    else:
        target[last] = value
    return fleet


# The beginning keeps it from being a known placeholder.
_keys = st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-+=/@", min_size=9, max_size=40).map(
    "K7-".__add__
)
_lifetimes = st.integers(60, 86400)
_ike = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["ikev1", "ikev2", 2, "IKEv2"]),
        "encryption": st.sampled_from(["aes", "AES-192", "aes256", "3des", "des"]),
        "integrity": st.sampled_from(["md5", "sha1", "SHA-256", "sha384", "sha512"]),
        "dh_group": st.sampled_from([1, 2, 5, 14, "group14", "14"]),
        "lifetime": _lifetimes,
    },
)
_ipsec = st.fixed_dictionaries(
    {},
    optional={
        "encryption": st.sampled_from(["aes128", "aes192", "AES256", "3des", "des"]),
        "integrity": st.sampled_from(["md5", "sha1", "sha256", "sha384", "sha512"]),
        "pfs_group": st.sampled_from(["disabled", False, 1, 2, 5, 14, "modp2048"]),
        "lifetime": _lifetimes,
    },
)
_crypto = st.one_of(
    st.none(),
    st.sampled_from(["modern", "compatible", "legacy"]),
    st.fixed_dictionaries({}, optional={"ike": _ike, "ipsec": _ipsec, "dpd": st.booleans()}),
)


@st.composite
def fleets(draw):
    """Any correct fleet: 1 to 3 gateways of one or two zones, 1 to 5 sites on any of them."""
    gateways = {}
    for number in range(draw(st.integers(1, 3))):
        gateways[f"gw{number}"] = {
            "name": f"vpg-{number}",
            "vpc": f"vpc-{number}",
            "bandwidth": 10,
            "vswitches": [f"vsw-{number}-a", f"vsw-{number}-b"][: draw(st.integers(1, 2))],
            "cloud_networks": [
                f"172.{16 + number}.{third}.0/24"
                for third in draw(st.sets(st.integers(0, 255), min_size=1, max_size=3))
            ],
        }
    sites = {}
    for number in range(draw(st.integers(1, 5))):
        chosen = draw(st.lists(st.sampled_from(sorted(gateways)), min_size=1, unique=True))
        site = {
            "public_address": f"198.51.100.{number + 1}",
            "networks": [
                f"10.{number}.{third}.0/24" for third in draw(st.sets(st.integers(0, 255), min_size=1, max_size=3))
            ],
            "gateways": chosen,
            "behind_nat": draw(st.booleans()),
            "crypto": draw(_crypto),
            "allow_weak_crypto": True,
            "local_id": draw(st.none() | st.just(f"store-{number}.example.com")),
            "remote_id": draw(st.none() | st.just("cloud.example.com")),
        }
        key = draw(st.none() | _keys)
        if key and all(len(gateways[name]["vswitches"]) == 2 for name in chosen) and draw(st.booleans()):
            site["psk"] = [key, key[::-1]]
        elif key:
            site["psk"] = key
        if _is_ike_v1(site["crypto"]):
            site["networks"] = site["networks"][:1]
            for name in chosen:
                gateways[name]["cloud_networks"] = gateways[name]["cloud_networks"][:1]
        sites[f"site-{number}"] = {key: value for key, value in site.items() if value is not None}
    return {"gateways": gateways, "defaults": {}, "sites": sites}


def _is_ike_v1(crypto):
    if isinstance(crypto, dict):
        return crypto.get("ike", {}).get("version") == "ikev1"
    return crypto == "legacy"
