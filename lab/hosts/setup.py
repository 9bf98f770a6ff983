"""What is written into a machine's file system before it boots: its name, who may log in, where packages come from."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from lab.identity import Lab
from lab.system.command import run

_SCRIPT = "var/lib/cloud/instance/user-data.txt"

_UNIT = """\
[Unit]
Description=User data, run once
After=network.target ssh.service
ConditionPathExists=!/var/lib/cloud/instance/sem

[Service]
Type=oneshot
ExecStartPre=/usr/bin/touch /var/lib/cloud/instance/sem
ExecStart=/var/lib/cloud/instance/user-data.txt
StandardOutput=append:/var/log/cloud-init-output.log
StandardError=inherit

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True)
class Setup:
    """``authorized_keys`` (root's) and ``package_proxy`` may be empty.

    ``user_data`` runs once, at the first boot, if it is a script (#!).
    """

    host_name: str
    host_key: Path
    authorized_keys: str
    package_proxy: str
    user_data: str = field(default="", repr=False)

    def write(self, root: Path) -> None:
        """Write it all into the file system ``root``."""
        (root / "etc/hostname").write_text(f"{self.host_name}\n")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {self.host_name}\n")
        (root / "etc/resolv.conf").write_text("# The lab's internet has no name service; packages come by proxy.\n")
        if self.package_proxy:
            (root / "etc/apt/apt.conf.d/zz-lab-proxy").write_text(f'Acquire::http::Proxy "{self.package_proxy}";\n')
        folder = root / "root/.ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "authorized_keys").write_text(self.authorized_keys)
        host_key = root / "etc/ssh/ssh_host_ed25519_key"
        shutil.copyfile(self.host_key, host_key)
        host_key.chmod(0o600)
        shutil.copyfile(self.host_key.with_suffix(".pub"), host_key.with_suffix(".pub"))
        if self.user_data.startswith("#!"):
            self._write_user_data(root)

    def _write_user_data(self, root: Path) -> None:
        script = root / _SCRIPT
        script.parent.mkdir(parents=True, exist_ok=True)
        script.touch(mode=0o700)
        script.write_text(self.user_data)
        unit = root / "etc/systemd/system/cloud-final.service"
        unit.write_text(_UNIT)
        wanted = root / "etc/systemd/system/multi-user.target.wants"
        wanted.mkdir(exist_ok=True)
        link = wanted / unit.name
        link.unlink(missing_ok=True)
        link.symlink_to(f"/etc/systemd/system/{unit.name}")


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
