"""Tunnels with certificates on a real charon: set up, refused in words, renewed, and no key anywhere."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import stat

import pytest

from tests.host.authority import ORGANISATION, Authority
from tests.host.conftest import CLOUD, CLOUD_LANS
from tests.host.test_connections_life import actions, assert_unchanged, reachable, tunnels

STORE_NAME, CLOUD_NAME = "store-001.example.com", "cloud.example.com"


class Pki:
    """An authority, and a certificate for each end of the tunnel t1."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder, "Example CA")
        self.store = self.authority.issue("store-001", f"DNS:{STORE_NAME}")
        self.cloud = self.authority.issue("cloud", f"DNS:{CLOUD_NAME}")

    def store_end(self, connections: list[dict], **changes) -> list[dict]:
        """The tunnel t1 with certificates, t2 with its pre-shared key."""
        options = {
            "auth": "pubkey",
            "local_id": STORE_NAME,
            "remote_id": CLOUD_NAME,
            "certificate": self.store.certificate,
            "private_key": self.store.private_key,
            "ca_certificates": [self.authority.certificate],
            **changes,
        }
        t1, t2 = connections
        return [{**{key: value for key, value in t1.items() if key != "psk"}, **options}, t2]

    def cloud_end(self, site, store_end: list[dict], **changes) -> dict:
        """Configure the other end for it."""
        t1, t2 = site.mirrored(store_end)
        options = {
            "certificate": self.cloud.certificate,
            "private_key": self.cloud.private_key,
            "ca_certificates": [self.authority.certificate],
            **changes,
        }
        return site.configure([{**t1, **options}, t2], host=site.cloud, initiate=False, wait=False, purge=True)


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path / "pki")


def files_of(site) -> dict:
    folders = [site.store.conf_d] + [site.store.swanctl_dir / name for name in ("x509", "x509ca", "private")]
    return {str(path): path.read_text() for folder in folders if folder.is_dir() for path in folder.iterdir()}


def established(site, pki) -> list[dict]:
    wanted = pki.store_end(site.connections())
    assert not pki.cloud_end(site, wanted).get("failed")
    result = site.configure(wanted)
    assert not result.get("failed"), result
    return wanted


def test_a_tunnel_is_set_up_by_certificate_beside_one_by_key(site, pki):
    wanted = established(site, pki)
    assert all(reachable(site, target) for target in CLOUD_LANS)
    found = site.store.swanctl("--list-sas").stdout
    assert f"local  '{STORE_NAME}'" in found and f"remote '{CLOUD_NAME}'" in found
    second = site.configure(wanted)
    assert_unchanged(second)
    assert second["diff"] == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (site.store.swanctl_dir / "private").iterdir()} == {0o600}
    report = site.module(site.store, "strongswan_info", expected=wanted)
    assert report["differences"] == []
    (certificate,) = report["certificates"]
    assert certificate["connection"] == "t1"
    assert certificate["subject"] == f"C=CN, O={ORGANISATION}, CN=store-001"
    assert certificate["alternative_names"] == [f"DNS:{STORE_NAME}"]
    assert 8 * 86400 < certificate["remaining_seconds"] < 9 * 86400


@pytest.mark.parametrize("algorithm", ["rsa:3072", "ec -pkeyopt ec_paramgen_curve:prime256v1"], ids=["rsa", "ecdsa"])
def test_the_subject_is_an_identity_too(site, pki, algorithm):
    pki.store = pki.authority.issue("store-001", algorithm=algorithm)
    wanted = pki.store_end(site.connections(), local_id=f"C=CN,O={ORGANISATION},CN=store-001")
    assert not pki.cloud_end(site, wanted).get("failed")
    result = site.configure(wanted)
    assert not result.get("failed"), result
    assert reachable(site, CLOUD_LANS[0])
    assert_unchanged(site.configure(wanted))
    assert site.module(site.store, "strongswan_info", expected=wanted)["differences"] == []


def test_paths_of_files_on_the_host_are_as_good_and_a_renewed_file_sets_up_its_own_tunnel(site, pki):
    paths = {name: pki.folder / f"{name}.pem" for name in ("certificate", "private_key", "ca")}

    def write() -> None:
        paths["certificate"].write_text(pki.store.certificate)
        paths["private_key"].write_text(pki.store.private_key)
        paths["ca"].write_text(pki.authority.certificate)

    write()
    wanted = pki.store_end(
        site.connections(),
        certificate=str(paths["certificate"]),
        private_key=str(paths["private_key"]),
        ca_certificates=[str(paths["ca"])],
    )
    pki.cloud_end(site, wanted)
    assert not site.configure(wanted).get("failed")
    assert_unchanged(site.configure(wanted))
    before = tunnels(site)
    pki.store = pki.authority.issue("store-001", f"DNS:{STORE_NAME}", days=20)
    write()
    result = site.configure(wanted)
    assert not result.get("failed"), result
    assert actions(result) == {"t1": "updated", "t2": "unchanged"}
    reasons = next(one["reasons"] for one in result["connections"] if one["name"] == "t1")
    assert "its certificate differs" in reasons and "its private key differs" in reasons
    after = tunnels(site)
    assert after["t2"] == before["t2"]
    assert after["t1"] != before["t1"]
    assert all(reachable(site, target) for target in CLOUD_LANS)
    assert_unchanged(site.configure(wanted))


def test_a_change_from_key_to_certificate_and_back_leaves_nothing_behind(site, pki):
    connections = site.connections()
    site.establish(connections)
    by_key = files_of(site)
    before = tunnels(site)
    established(site, pki)
    assert [path for path in files_of(site) if path.endswith("hybridnet-t1.secret.conf")] == []
    assert tunnels(site)["t2"] == before["t2"]
    site.establish(connections)
    assert files_of(site) == by_key
    assert all(reachable(site, target) for target in CLOUD_LANS)


def test_purge_removes_certificates_and_the_key(site, pki):
    wanted = established(site, pki)
    result = site.configure(wanted[1:], purge=True)
    assert result["removed"] == ["t1"]
    assert [path for path in files_of(site) if "t1" in path] == []
    assert "t1" not in tunnels(site)
    assert STORE_NAME not in site.store.swanctl("--list-certs").stdout


def refused(pki) -> dict:
    """{what is wrong: (options, words of the refusal)}"""
    other = Authority(pki.folder, "Other CA")
    expired = pki.authority.issue("store-001", f"DNS:{STORE_NAME}", first_day=-5, days=2)
    coming = pki.authority.issue("store-001", f"DNS:{STORE_NAME}", first_day=2)
    foreign = other.issue("store-001", f"DNS:{STORE_NAME}")
    nameless = pki.authority.issue("store-001", "DNS:another.example.com")
    return {
        "expired": (expired._asdict(), "CN=store-001) expired on "),
        "not yet valid": (coming._asdict(), "CN=store-001) is not valid before "),
        "another key": (
            {"private_key": foreign.private_key},
            "private_key: (hidden) does not belong to the certificate",
        ),
        "another authority": (foreign._asdict(), "do not vouch for the certificate"),
        "another name": (nameless._asdict(), f"local_id: '{STORE_NAME}' is not in the certificate"),
        "no certificate": ({"certificate": "/nonexistent.pem"}, "certificate: '/nonexistent.pem' is not on this host"),
        "no key": ({"private_key": pki.store.certificate}, "private_key: (hidden) is no private key"),
    }


def test_what_cannot_work_is_refused_before_anything_is_replaced(site, pki):
    wanted = established(site, pki)
    before, files = tunnels(site), files_of(site)
    for options, words in refused(pki).values():
        result = site.configure(pki.store_end(site.connections(), **options))
        assert result.get("failed"), words
        assert words in result["msg"]
        assert "nothing was changed" in result["msg"]
        assert files_of(site) == files
    assert tunnels(site) == before
    assert_unchanged(site.configure(wanted))


def test_a_peer_of_another_authority_is_refused_and_said_so(site, pki):
    other = Authority(pki.folder, "Other CA")
    pki.cloud = other.issue("cloud", f"DNS:{CLOUD_NAME}")
    wanted = pki.store_end(site.connections())
    both = [other.certificate, pki.authority.certificate]
    assert not pki.cloud_end(site, wanted, ca_certificates=both).get("failed")
    result = site.configure(wanted, wait_timeout=3)
    assert result["failed"]
    assert "tunnel t1 is not up: the certificate of the peer is of no authority in ca_certificates" in result["msg"]
    assert "t2" not in result["msg"]
    assert not reachable(site, CLOUD_LANS[0])
    assert reachable(site, CLOUD_LANS[1])


def test_the_active_tunnel_keeps_running_when_the_standby_one_cannot_take_its_certificate(site, pki):
    both = {"local_networks": ["192.168.1.0/24"], "remote_networks": ["172.16.1.0/24"]}
    connections = [{**one, **both} for one in site.connections()]
    site.establish(connections)
    before = tunnels(site)
    # The other end knows of no certificates yet.
    options = {
        "auth": "pubkey",
        "psk": None,
        "local_id": STORE_NAME,
        "certificate": pki.store.certificate,
        "private_key": pki.store.private_key,
        "ca_certificates": [pki.authority.certificate],
    }
    result = site.configure([{**one, **options} for one in connections], wait_timeout=3)
    assert result["failed"]
    assert "tunnel t1 runs with its previous settings" in result["msg"]
    assert tunnels(site) == {"t1": before["t1"]}


def body(private_key: str) -> list[str]:
    return [line for line in private_key.splitlines() if "-----" not in line and len(line) > 20]


def test_no_key_is_shown(site, pki):
    wanted = pki.store_end(site.connections())
    pki.cloud_end(site, wanted)
    texts = [site.configure(wanted, check=True), site.configure(wanted)]
    renewed = pki.authority.issue("store-001", f"DNS:{STORE_NAME}")
    changed = pki.store_end(site.connections(), **renewed._asdict())
    texts += [site.configure(changed, check=True), site.configure(changed)]
    texts += [site.configure(pki.store_end(site.connections(), private_key=renewed.private_key))]
    texts += [site.module(site.store, "strongswan_info", expected=changed)]
    assert "hybridnet-t1.pem" in json.dumps(texts) and "(hidden, changed)" in json.dumps(texts)
    # What Ansible adds at -vvv are the options that the module was called with, as the module returns them.
    assert [one["invocation"]["module_args"].get("connections", [{}])[0].get("private_key") for one in texts[:-1]] == [
        "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    ] * 5
    for result in texts:
        shown = json.dumps(result)
        for key in (pki.store.private_key, renewed.private_key):
            assert [line for line in body(key) if line in shown] == []


def test_check_mode_takes_what_does_not_exist_yet_as_unchanged(site, pki):
    wanted = established(site, pki)
    for option in ("certificate", "private_key"):
        for value in ("(known after apply)", "/nonexistent.pem"):
            assert_unchanged(site.configure([{**wanted[0], option: value}, wanted[1]], check=True))


def test_addresses_are_identities_when_they_are_in_the_certificate(site, pki):
    pki.cloud = pki.authority.issue("cloud", f"IP:{CLOUD[0]}")
    wanted = pki.store_end(site.connections(), remote_id=CLOUD[0])
    assert not pki.cloud_end(site, wanted).get("failed")
    assert not site.configure(wanted).get("failed")
    assert reachable(site, CLOUD_LANS[0])
