"""Key pairs that the cloud makes: the private key is kept once, safely, or the pair is not made."""

from __future__ import annotations

import stat
import subprocess

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule


def test_private_key_is_written_once(account, tmp_path):
    path = tmp_path / "bastion.pem"
    options = {"name": "bastion", "private_key_path": str(path)}
    assert account.ok("key_pair", check=True, **options)["changed"]
    assert not path.exists()
    created = account.ok("key_pair", **options)
    text = path.read_text()
    assert created["changed"] and "private_key" not in created
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # OpenSSH reads it, and it is the private half of what the cloud shows.
    shown = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout
    assert shown.split()[:2] == created["key_pair"]["public_key"].split()[:2]
    assert not account.ok("key_pair", **options)["changed"]
    assert path.read_text() == text
    assert not any("PRIVATE KEY" in printed for printed in account.printed)
    assert [item.name for item in tmp_path.iterdir()] == ["bastion.pem"]


def test_private_key_that_is_gone_is_told(account, tmp_path, monkeypatch):
    """The reply with the key was lost, or the file was: the pair is there, its key is not."""
    # Where a warning goes depends on what else of Ansible is loaded into the process.
    warnings: list[str] = []
    monkeypatch.setattr(AlicloudModule, "warn", lambda _module, text: warnings.append(text))
    path = str(tmp_path / "bastion.pem")
    account.fault(action="CreateKeyPair", kind="reset_after")
    account.fails("key_pair", name="bastion", private_key_path=path, retry_timeout=2)
    result = account.ok("key_pair", name="bastion", private_key_path=path)
    assert not result["changed"]
    assert [text for text in warnings if path in text and "shows a private key only once" in text] == warnings != []
    warnings.clear()
    account.ok("key_pair", name="bastion", state="absent")
    assert account.ok("key_pair", name="bastion", private_key_path=path)["changed"]
    assert (tmp_path / "bastion.pem").exists() and warnings == []


def test_private_key_is_returned_when_asked_for(account):
    created = account.ok("key_pair", name="bastion", return_private_key=True)
    assert created["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert "private_key" not in account.ok("key_pair", name="bastion", return_private_key=True)


@pytest.mark.parametrize("check", [True, False])
def test_pair_whose_key_would_be_lost_is_not_made(account, tmp_path, check):
    taken = tmp_path / "taken.pem"
    taken.write_text("the key of another pair")
    paths = {"is needed to make": None, "exists already": taken, "can be written to": tmp_path / "a" / "b"}
    for fragment, path in paths.items():
        failed = account.fails("key_pair", name="bastion", check=check, private_key_path=path and str(path))
        assert fragment in failed["msg"] and "private_key_path" in failed["msg"]
    assert account.writes() == {}
    assert taken.read_text() == "the key of another pair"


def test_key_that_cannot_be_written_after_all(account, tmp_path, monkeypatch):
    """The folder fills up between the look and the write: the user is told that the pair is of no use."""
    from ansible_collections.hybridnet.alicloud.plugins.module_utils import _ssh_keys

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_ssh_keys.tempfile, "mkstemp", full)
    failed = account.fails("key_pair", name="bastion", private_key_path=str(tmp_path / "key"))
    assert "No space left on device" in failed["msg"] and "delete the key pair" in failed["msg"]
    assert "PRIVATE KEY" not in account.printed[-1]


def test_pair_known_by_its_fingerprint_only(account, monkeypatch):
    """An API that does not return the key itself: its fingerprint is enough."""
    from ansible_collections.hybridnet.alicloud.plugins.module_utils._ssh_keys import fingerprint
    from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._key_pair import KEY_PAIR
    from tests.integration.module_cases_compute import OTHER_KEY, PUBLIC_KEY

    account.ok("key_pair", name="operators", public_key=PUBLIC_KEY)
    monkeypatch.setitem(KEY_PAIR.constants, "DescribeKeyPairs", {})
    same = account.ok("key_pair", name="operators", public_key=PUBLIC_KEY)
    assert not same["changed"] and same["key_pair"]["public_key"] == fingerprint(PUBLIC_KEY)
    assert "public_key" in account.fails("key_pair", name="operators", public_key=OTHER_KEY)["msg"]


def test_pages(account):
    """More than two pages of key pairs."""
    from tests.integration.module_cases_compute import PUBLIC_KEY

    names = {f"pair-{number}" for number in range(110)}
    for name in names:
        account.api("ImportKeyPair", "Ecs", KeyPairName=name, PublicKeyBody=PUBLIC_KEY)
    account.forget_calls()
    assert {item["name"] for item in account.ok("key_pair_info")["key_pairs"]} == names
    assert account.calls("DescribeKeyPairs") == 3
