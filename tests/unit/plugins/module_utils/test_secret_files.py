"""Files with secrets: private at every moment, replaced as a whole, left alone when right."""

from __future__ import annotations

import os
import stat

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._secret_files import SecretFileError, differs, write


@pytest.fixture
def path(tmp_path):
    return tmp_path / "client.key"


def test_a_new_file_is_its_owners_alone(path):
    previous = os.umask(0)
    try:
        assert differs(path, "key")
        write(path, "key")
    finally:
        os.umask(previous)
    assert path.read_text() == "key" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not differs(path, "key")
    assert [*path.parent.iterdir()] == [path]


def test_other_content_and_other_permissions_are_differences(path):
    write(path, "key")
    assert differs(path, "other")
    path.chmod(0o644)
    assert differs(path, "key")
    write(path, "key")
    assert not differs(path, "key")


def test_a_link_is_replaced_and_what_it_names_is_not(path):
    victim = path.with_name("victim")
    victim.write_text("precious")
    path.symlink_to(victim)
    write(path, "key")
    assert victim.read_text() == "precious" and not path.is_symlink()


def test_what_cannot_be_done_is_said_without_the_secret(path):
    inside = path / "missing" / "client.key"
    with pytest.raises(SecretFileError, match="folder must exist") as told:
        write(inside, "SECRET-KEY")
    assert "SECRET-KEY" not in str(told.value)
    with pytest.raises(SecretFileError, match="cannot be read"):
        differs(path.parent, "key")
