"""The collection as users get it: built from this checkout and installed alone into an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


class Installed:
    """An installed collection, and commands that see nothing but it."""

    def __init__(self, folder: Path):
        self.collections = folder / "collections"
        self.root = self.collections / "ansible_collections" / "hybridnet" / "alicloud"
        self.cwd = folder / "empty"
        self.cwd.mkdir(parents=True)
        config = folder / "ansible.cfg"
        config.touch()
        kept = {name: os.environ[name] for name in ("PATH", "LC_ALL", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(folder / "home"),
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_NOCOLOR": "1",
        }
        (folder / "home").mkdir()

    def run(self, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs one of Ansible's commands in the empty folder and returns what it printed, whatever its exit code."""
        return subprocess.run(
            [str(BIN / command), *arguments],
            cwd=self.cwd,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Installed:
    """Builds and installs once."""
    folder = tmp_path_factory.mktemp("artifact")
    place = Installed(folder)
    built = place.run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder))
    assert built.returncode == 0, built.stderr
    (tarball,) = folder.glob("*.tar.gz")
    done = place.run(
        "ansible-galaxy",
        "collection",
        "install",
        str(tarball),
        "--offline",
        "--collections-path",
        str(place.collections),
    )
    assert done.returncode == 0, done.stderr
    return place
