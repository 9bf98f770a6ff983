"""One machine: an overlay over the shared base, booted by systemd-nspawn in its own namespaces."""

from __future__ import annotations

import shlex
import shutil
import socket
import subprocess
import time
from pathlib import Path

from lab.errors import LabError
from lab.hosts.layout import CloudHost, Site
from lab.hosts.traces import remove_traces
from lab.hosts.wiring import namespace_of
from lab.identity import Lab
from lab.removal import mounts_below
from lab.system.command import CommandFailed, run
from lab.system.process import end, inside, marked, spawn

_RUNNER = Path(__file__).with_name("run-machine.sh")


class Machine:
    """A machine of a lab; ``address`` is its management address."""

    def __init__(self, lab: Lab, host: Site | CloudHost, address: str):
        self.lab = lab
        self.host = host
        self.address = address
        self.id = f"{lab.prefix}-{host.name}"
        self.log = lab.logs / f"{host.name}.console.log"
        self._folder = lab.hosts / host.name
        self._root = self._folder / "root"

    def runners(self) -> list[int]:
        """Processes of this machine outside its namespaces: the script that boots it, and systemd-nspawn."""
        own = (f"{_RUNNER} {self.id} ", f"--machine={self.id} ")
        return [pid for pid, line in marked(self.lab).items() if any(mark in line + " " for mark in own)]

    def start(self, base: Path, package_proxy: str) -> None:
        """Boot it unless it runs. Its network must be there already. ``package_proxy``: URL for its apt."""
        if self.runners():
            return
        self._mount(base)
        self._personalise(package_proxy)
        spawn(
            self.lab,
            ["sh", str(_RUNNER), self.id, str(self._root), str(namespace_of(self.lab, self.host).path)],
            self.log,
        )

    def wait_ready(self, limit: float = 60.0) -> None:
        """Return once root can log in over SSH. Raises LabError after ``limit`` seconds or when it stops booting."""
        deadline = time.monotonic() + limit
        while not (self._answers() and self.ssh("true").returncode == 0):
            if not self.runners():
                raise LabError(f"Machine {self.host.name} did not boot; its console follows.", self.log)
            if time.monotonic() > deadline:
                raise LabError(
                    f"Machine {self.host.name} took no login for {limit:.0f} s; its console follows.", self.log
                )
            time.sleep(0.1)

    def ssh_argv(self, *command: str) -> list[str]:
        """``command`` (or a login) as run over SSH, with the lab's key and its known hosts only."""
        options = {
            "IdentityFile": shlex.quote(str(self.lab.ssh_key)),
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": shlex.quote(str(self.lab.known_hosts)),
            "StrictHostKeyChecking": "yes",
            "ConnectTimeout": "5",
            "LogLevel": "ERROR",
        }
        given = [item for key, value in options.items() for item in ("-o", f"{key}={value}")]
        return ["ssh", "-F", "none", *given, f"root@{self.address}", *command]

    def ssh(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run ``command`` on the machine."""
        return subprocess.run(self.ssh_argv("--", *command), text=True, capture_output=True, stdin=subprocess.DEVNULL)

    def answers(self) -> bool:
        """Whether root can log in now."""
        return self._answers() and self.ssh("true").returncode == 0

    def remove(self, grace: float = 8.0) -> None:
        """Power it off and remove its file system. Idempotent."""
        end(self.runners(), grace)
        inode = namespace_of(self.lab, self.host).inode()
        if inode is not None:
            end(inside({inode}), grace=0.0)
        for point in mounts_below(self._folder):
            run(["umount", "--lazy", str(point)])
        shutil.rmtree(self._folder, ignore_errors=True)
        remove_traces(self.id)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.address, 22), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def _mount(self, base: Path) -> None:
        for part in ("upper", "work", "root"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        if self._root in mounts_below(self._folder):
            return
        # Short paths without special characters: overlayfs separates its options with commas and colons.
        links = self.lab.runtime / "overlay"
        links.mkdir(parents=True, exist_ok=True)
        lower, own = links / base.name, links / self.host.name
        for link, target in ((lower, base), (own, self._folder)):
            link.unlink(missing_ok=True)
            link.symlink_to(target)
        options = f"lowerdir={lower},upperdir={own}/upper,workdir={own}/work"
        try:
            run(["mount", "-t", "overlay", "overlay", "-o", options, str(self._root)])
        except CommandFailed as error:
            raise LabError(
                f"The machine's file system cannot be mounted in {self._folder}: set LAB_STATE to a folder on ext4 or "
                f"xfs (overlay needs one): {error.output}"
            ) from None

    def _personalise(self, package_proxy: str) -> None:
        root = self._root
        name = self.host.name
        (root / "etc/hostname").write_text(f"{name}\n")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {name}\n")
        (root / "etc/resolv.conf").write_text("# The lab's internet has no name service; packages come by proxy.\n")
        (root / "etc/apt/apt.conf.d/zz-lab-proxy").write_text(f'Acquire::http::Proxy "{package_proxy}";\n')
        folder = root / "root/.ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "authorized_keys").write_text(self.lab.ssh_key.with_suffix(".pub").read_text())
        host_key = root / "etc/ssh/ssh_host_ed25519_key"
        shutil.copyfile(host_key_of(self.lab, name), host_key)
        host_key.chmod(0o600)
        shutil.copyfile(host_key_of(self.lab, name).with_suffix(".pub"), host_key.with_suffix(".pub"))


def host_key_of(lab: Lab, name: str) -> Path:
    """A machine's own SSH key, made before it boots so that clients can check it from the first contact on."""
    return lab.state / "host-keys" / name


def make_key(path: Path, comment: str) -> None:
    """An ed25519 key pair at ``path`` and ``path.pub``, unless there is one."""
    if path.exists() and path.with_suffix(".pub").exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    for part in (path, path.with_suffix(".pub")):
        part.unlink(missing_ok=True)
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])
