"""Names of a lab: unique per state folder, short enough for the kernel, refused when unusable."""

from __future__ import annotations

import pytest

from lab.errors import LabError
from lab.identity import REPOSITORY, lab_of


def test_the_default_lab_lives_in_the_checkout():
    lab = lab_of({})
    assert (lab.name, lab.state) == ("default", REPOSITORY / ".lab/default")


def test_labs_of_one_name_in_two_folders_share_nothing(tmp_path):
    one = lab_of({"LAB_STATE": str(tmp_path / "a")})
    two = lab_of({"LAB_STATE": str(tmp_path / "b")})
    assert one.prefix != two.prefix
    assert one.runtime != two.runtime
    assert not one.namespace("internet").startswith(two.prefix)


def test_the_interface_name_fits_the_kernel():
    assert len(lab_of({}).prefix) <= 15


@pytest.mark.parametrize("name", ["A", "a b", "a/b", "..", "-a", "a" * 32, "a.b", "a\n"])
def test_an_unusable_name_is_refused_with_the_rule(name):
    with pytest.raises(LabError, match="lower-case letters, digits and dashes"):
        lab_of({"LAB_NAME": name})
