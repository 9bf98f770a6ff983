"""What only the client certificate module does: files of its owner, and secrets that stay out of output."""

from __future__ import annotations

import stat

import pytest

from tests.integration.module_cases_vpn import VPN_CASES

CASE = VPN_CASES["ssl_vpn_client_cert"]
MODULE = "ssl_vpn_client_cert"
PATHS = ("private_key_path", "certificate_path", "ca_certificate_path", "profile_path")


@pytest.fixture
def options(account):
    return {**CASE.build(account), **CASE.create}


@pytest.fixture
def files(tmp_path):
    return {option: str(tmp_path / option) for option in PATHS}


def test_files_are_written_once(account, options, files, tmp_path):
    planned = account.ok(MODULE, check=True, **options, **files)
    assert planned["files_written"] == [*files.values()] and [*tmp_path.iterdir()] == []
    created = account.ok(MODULE, **options, **files)
    assert created["changed"] and created["files_written"] == [*files.values()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    key = (tmp_path / "private_key_path").read_text()
    assert "PRIVATE KEY" in key and key in (tmp_path / "profile_path").read_text()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = account.ok(MODULE, **options, **files)
    assert not again["changed"] and again["files_written"] == []
    assert before == {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}


def test_a_file_that_was_spoilt_is_repaired(account, options, files, tmp_path):
    account.ok(MODULE, **options, **files)
    (tmp_path / "private_key_path").chmod(0o644)
    (tmp_path / "profile_path").write_text("spoilt")
    (tmp_path / "certificate_path").unlink()
    account.forget_calls()
    spoilt = [files["private_key_path"], files["certificate_path"], files["profile_path"]]
    assert account.ok(MODULE, check=True, **options, **files)["files_written"] == spoilt
    repaired = account.ok(MODULE, **options, **files)
    assert repaired["changed"] and repaired["files_written"] == spoilt
    assert account.writes() == {}
    assert not account.ok(MODULE, **options, **files)["changed"]


def test_a_rename_leaves_the_files_alone_and_a_delete_too(account, options, files, tmp_path):
    created = account.ok(MODULE, **options, **files)[MODULE]
    identifier = {"ssl_vpn_client_cert_id": created["ssl_vpn_client_cert_id"]}
    for check in (True, False):
        renamed = account.ok(MODULE, check=check, name="other", **identifier, **files)
        assert renamed["changed"] and renamed["files_written"] == []
    assert account.ok(MODULE, state="absent", **identifier, **files)["changed"]
    assert len([*tmp_path.iterdir()]) == len(PATHS)


def test_a_missing_folder_is_named(account, options):
    failed = account.fails(MODULE, **options, profile_path="/nonexistent/folder/a.ovpn")
    assert "/nonexistent/folder/a.ovpn" in failed["msg"] and "folder must exist" in failed["msg"]


def test_keys_are_shown_only_when_asked_for(account, options, files, tmp_path):
    shown = account.ok(MODULE, **options, **files)[MODULE]
    account.ok(f"{MODULE}_info")
    assert shown["private_key_set"] and shown["client_profile_set"] and "private_key" not in shown
    key = (tmp_path / "private_key_path").read_text()
    assert not any(line in text for line in key.splitlines()[1:-1] for text in account.printed)
    assert account.ok(MODULE, **options, return_secrets=True)[MODULE]["private_key"] == key
    (found,) = account.ok(f"{MODULE}_info", return_secrets=True)["ssl_vpn_client_certs"]
    assert found["private_key"] == key and key in found["client_profile"]
