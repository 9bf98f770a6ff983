"""One booted machine of a lab and the playbooks run on it, without the lab's control plane."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from lab.hosts.layout import Site
from lab.hosts.machine import Machine
from lab.identity import REPOSITORY, Lab
from lab.lifecycle import boot
from lab.progress import Progress
from tests.lab.world import Play


class OneHost:
    """The machine of a site, booted."""

    def __init__(self, lab: Lab, site: Site, folder: Path) -> None:
        self.lab = lab
        self.machine: Machine = boot(lab, Progress(), [site])[0]
        self.machine.wait_ready()
        self._folder = folder
        #: Output of every playbook run, for the search for secrets.
        self.outputs: list[str] = []

    def play(self, variables: dict[str, Any], *arguments: str, role: str, status: int = 0) -> Play:
        """Apply a role of the collection with these variables and expect an exit status."""
        plays = [{"hosts": "all", "gather_facts": False, "roles": [{"role": f"hybridnet.alicloud.{role}"}]}]
        playbook, inventory = self._folder / "play.yml", self._folder / "hosts.yml"
        playbook.write_text(yaml.safe_dump(plays))
        connection = {
            "ansible_host": self.machine.address,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.lab.ssh_key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.lab.known_hosts} -o StrictHostKeyChecking=yes",
        }
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {self.machine.name: {**connection, **variables}}}}))
        done = subprocess.run(
            ["ansible-playbook", "-i", str(inventory), str(playbook), *arguments],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "ANSIBLE_FORCE_COLOR": "0",
                "ANSIBLE_LOCAL_TEMP": str(self._folder / "ansible-tmp"),
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        self.outputs.append(done.stdout)
        assert done.returncode == status, done.stdout[-6000:]
        assert "Traceback (most recent call last)" not in done.stdout
        return Play(done.returncode, done.stdout)

    def changed(self, *arguments, **options) -> int:
        """Apply a role; how many tasks changed something."""
        return self.play(*arguments, **options).changed[self.machine.name]

    def run(self, command: str, status: int | None = 0) -> str:
        """Run a shell command on the machine and expect an exit status; what it printed."""
        done = self.machine.ssh(command)
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return done.stdout
