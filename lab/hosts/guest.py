"""A guest with a kernel of its own, Debian's, run by QEMU: for what the kernel of this machine cannot do (ESP).

It is reached over SSH through a port of this machine's loopback. It is emulated (TCG) and boots in about half a minute:
many test machines are virtual themselves and have no KVM, or one that hangs.

While it works, its clock counts its instructions. With the clock of this machine it would see itself stand still for
seconds whenever other processes need the processors, and its timers would run out although nothing is late.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError
from lab.hosts.base_image import MACHINES, Recipe, ensure_base
from lab.hosts.login import answers, ssh_argv
from lab.hosts.overlay import mount_overlay
from lab.hosts.setup import Setup, host_key_of, make_key
from lab.identity import Lab
from lab.progress import Progress
from lab.system.command import run
from lab.system.process import end, spawn

# What a customer gateway needs is installed already: unpacking it would take an emulated machine half a minute.
BOOKWORM = Recipe(
    "the guests' file system",
    "bookworm",
    (
        *MACHINES.packages,
        "linux-image-cloud-amd64",
        "udev",
        "charon-systemd",
        "strongswan-swanctl",
        "libstrongswan-standard-plugins",
        "libcharon-extra-plugins",
        "frr",
        "frr-pythontools",
    ),
)

_DISK_MEGABYTES = 3000
_MEMORY_MEGABYTES = 1024
_BOOT_SECONDS = 600.0

_FSTAB = "/dev/vda / ext4 defaults,noatime 0 1\n"
# QEMU's own network: 10.0.2.2 is the machine it runs on.
_NETWORK_UNIT = """\
[Unit]
Description=Address of the management interface
Before=network.target
DefaultDependencies=no
After=systemd-udevd.service local-fs.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip address add 10.0.2.15/24 dev eth0
ExecStart=/sbin/ip link set eth0 up
ExecStart=/sbin/ip route add default via 10.0.2.2

[Install]
WantedBy=multi-user.target
"""


class Guest:
    """One guest of a lab; ``name`` is also its host name. Everything it writes is gone when it ends."""

    def __init__(self, lab: Lab, name: str, recipe: Recipe = BOOKWORM):
        self.lab = lab
        self.name = name
        self.address = "127.0.0.1"
        self.port = _free_port()
        self.log = lab.logs / f"{name}.console.log"
        self._recipe = recipe
        self._folder = lab.hosts / name
        self._process: subprocess.Popen | None = None

    def start(self, progress: Progress) -> None:
        """Build what is missing, and boot. Raises LabError when it does not come up."""
        base = ensure_base(self.lab, progress, self._recipe)
        with progress.step(f"writing the disk of {self.name}"):
            disk = self._write_disk(base)
        with progress.step(f"booting {self.name}"):
            self._process = spawn(self.lab, self._qemu(base, disk), self.log)
            self._wait_ready()

    def ssh_argv(self, *command: str) -> list[str]:
        """``command`` (or a login) as run over SSH."""
        return ssh_argv(self.lab, self.address, *command, port=self.port)

    def stop(self) -> None:
        """End it at once and remove its disk. Idempotent."""
        if self._process is not None:
            end([self._process.pid], grace=0.0)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_disk(self, base: Path) -> Path:
        shutil.rmtree(self._folder, ignore_errors=True)
        make_key(self.lab.ssh_key, "lab")
        host_key = host_key_of(self.lab, self.name)
        make_key(host_key, self.name)
        public = host_key.with_suffix(".pub").read_text().split()
        self.lab.known_hosts.write_text(f"[{self.address}]:{self.port} {public[0]} {public[1]}\n")
        root = mount_overlay(self.lab, base, self._folder)
        try:
            Setup(self.name, host_key, self.lab.ssh_key.with_suffix(".pub").read_text(), package_proxy="").write(root)
            (root / "etc/fstab").write_text(_FSTAB)
            unit = root / "etc/systemd/system/management-address.service"
            unit.write_text(_NETWORK_UNIT)
            wanted = unit.parent / "multi-user.target.wants"
            (wanted / unit.name).symlink_to(f"/etc/systemd/system/{unit.name}")
            # Only where a role starts it: it switches forwarding on, which a gateway without BGP has to do by itself.
            (wanted / "frr.service").unlink(missing_ok=True)
            disk = self._folder / "disk.img"
            run(["mke2fs", "-q", "-t", "ext4", "-d", str(root), str(disk), f"{_DISK_MEGABYTES}M"], timeout=300)
        finally:
            run(["umount", str(root)])
        return disk

    def _qemu(self, base: Path, disk: Path) -> Sequence[str]:
        kernel, initial = (sorted(base.glob(f"boot/{kind}-*"))[-1] for kind in ("vmlinuz", "initrd.img"))
        append = "root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet"
        return [
            *("qemu-system-x86_64", "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"),
            # 2 ns for each instruction: to itself a slow but steady machine. With this clock there is one processor.
            *("-accel", "tcg,thread=single", "-icount", "shift=1", "-smp", "1", "-cpu", "max"),
            *("-m", str(_MEMORY_MEGABYTES)),
            *("-kernel", str(kernel), "-initrd", str(initial), "-append", append),
            *("-drive", f"file={disk},if=virtio,format=raw,cache=unsafe"),
            *("-netdev", f"user,id=net0,hostfwd=tcp:{self.address}:{self.port}-:22"),
            *("-device", "virtio-net-pci,netdev=net0,romfile="),
            *("-device", "virtio-rng-pci"),
        ]

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _BOOT_SECONDS
        while not (answers(self.address, self.port) and _succeeds(self.ssh_argv("true"))):
            if self._process is None or self._process.poll() is not None:
                raise LabError(f"Guest {self.name} did not boot; its console follows.", self.log)
            if time.monotonic() > deadline:
                raise LabError(
                    f"Guest {self.name} took no login for {_BOOT_SECONDS:.0f} s; its console follows.", self.log
                )
            time.sleep(0.2)


def _succeeds(argv: Sequence[str]) -> bool:
    return subprocess.run(list(argv), capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
