"""One machine: an overlay over the shared base, booted by systemd-nspawn in a network namespace."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from lab.errors import LabError
from lab.hosts.login import answers, ssh_argv
from lab.hosts.overlay import mount_overlay
from lab.hosts.setup import Setup
from lab.hosts.traces import remove_traces
from lab.identity import Lab
from lab.removal import mounts_below
from lab.system.command import run
from lab.system.namespace import Namespace
from lab.system.process import end, inside, marked, spawn

_RUNNER = Path(__file__).with_name("run-machine.sh")


class Machine:
    """A machine of a lab; ``address`` is its management address, empty for one that has none."""

    def __init__(self, lab: Lab, name: str, namespace: Namespace, address: str = ""):
        self.lab = lab
        self.name = name
        self.address = address
        self.id = f"{lab.prefix}-{name}"
        self.log = lab.logs / f"{name}.console.log"
        self._namespace = namespace
        self._process: subprocess.Popen | None = None
        self._folder = lab.hosts / name
        self._root = self._folder / "root"
        self._sign = self._folder / "set-up"

    def runners(self) -> list[int]:
        """Processes of this machine outside its namespaces: the script that boots it, and systemd-nspawn."""
        own = (f"{_RUNNER} {self.id} ", f"--machine={self.id} ")
        return [pid for pid, line in marked(self.lab).items() if any(mark in line + " " for mark in own)]

    @property
    def is_set_up(self) -> bool:
        """Whether it has a file system from an earlier start that was set up to the end."""
        return self._sign.exists()

    def start(self, base: Path, setup: Setup | None) -> None:
        """Boot it unless it runs. Its network must be there already. ``setup`` is written to its disk before."""
        if self.runners():
            return
        mount_overlay(self.lab, base, self._folder)
        if setup is not None:
            setup.write(self._root)
            self._sign.touch()
        argv = ["sh", str(_RUNNER), self.id, str(self._root), str(self._namespace.path)]
        self._process = spawn(self.lab, argv, self.log)

    @property
    def running(self) -> bool:
        """Whether the machine that this object started is on."""
        return self._process is not None and self._process.poll() is None

    def wait_ready(self, limit: float = 60.0) -> None:
        """Return once root can log in over SSH. Raises LabError after ``limit`` seconds or when it stops booting."""
        deadline = time.monotonic() + limit
        while not (answers(self.address) and self.ssh("true").returncode == 0):
            # The process itself, too: just started it does not carry its name yet.
            if not self.running and not self.runners():
                raise LabError(f"Machine {self.name} did not boot; its console follows.", self.log)
            if time.monotonic() > deadline:
                raise LabError(f"Machine {self.name} took no login for {limit:.0f} s; its console follows.", self.log)
            time.sleep(0.1)

    def ssh_argv(self, *command: str) -> list[str]:
        """``command`` (or a login) as run over SSH."""
        return ssh_argv(self.lab, self.address, *command)

    def ssh(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run ``command`` on the machine."""
        return subprocess.run(self.ssh_argv("--", *command), text=True, capture_output=True, stdin=subprocess.DEVNULL)

    def answers(self) -> bool:
        """Whether root can log in now."""
        return answers(self.address) and self.ssh("true").returncode == 0

    def power_off(self, grace: float = 8.0) -> None:
        """Shut it down, at once after ``grace`` seconds; its disk stays. Idempotent."""
        end(self.runners(), grace)
        inode = self._namespace.inode()
        if inode is not None:
            end(inside({inode}), grace=0.0)
        for point in mounts_below(self._folder):
            run(["umount", "--lazy", str(point)])
        remove_traces(self.id)

    def remove(self, grace: float = 8.0) -> None:
        """Power it off and remove its file system. Idempotent."""
        self.power_off(grace)
        shutil.rmtree(self._folder, ignore_errors=True)
