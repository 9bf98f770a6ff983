"""The file systems that machines and guests share: built once per recipe with mmdebstrap, kept in the user's cache.

They outlive labs: machines see them through an overlay and never write to them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.hosts.packages import mirrors, proxy
from lab.identity import Lab
from lab.progress import Progress
from lab.system.process import end

_SETUP = Path(__file__).with_name("base-setup.sh")


@dataclass(frozen=True)
class Recipe:
    """A Debian release and the packages installed in it; ``what`` names it in messages."""

    what: str
    suite: str
    packages: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it is kept; the name changes with the recipe."""
        text = "\0".join([self.suite, os.uname().machine, *self.packages, _SETUP.read_text()])
        return cache_folder() / hashlib.sha256(text.encode()).hexdigest()[:12]


_PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "python3",
    "python3-apt",
    "iproute2",
    "iputils-ping",
    "ca-certificates",
    "sudo",
    "nftables",
    "tcpdump",
    "procps",
    "kmod",
    "netbase",
)

MACHINES = Recipe("the machines' base file system", "bookworm", _PACKAGES)


def cache_folder() -> Path:
    """Where base file systems are kept: ``$XDG_CACHE_HOME/hybridnet-lab`` or ``~/.cache/hybridnet-lab``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hybridnet-lab"


def ensure_base(lab: Lab, progress: Progress, recipe: Recipe = MACHINES) -> Path:
    """The file system of a recipe, built when it is not in the cache yet.

    Raises LabError with mmdebstrap's last errors when it cannot be built; then nothing is left in the cache.
    """
    base = recipe.folder
    if base.is_dir():
        return base
    base.parent.mkdir(parents=True, exist_ok=True)
    with _build_lock(base, progress):
        if base.is_dir():
            return base
        partial = base.with_name(f"{base.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        report = lab.logs / "base-image.log"
        with progress.step(f"building {recipe.what} (once; Debian {recipe.suite})", lambda: _tail(report)):
            try:
                _build(lab, recipe, partial, report)
                partial.rename(base)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    return base


def _build(lab: Lab, recipe: Recipe, target: Path, report: Path) -> None:
    # No cleanup of apt's lists and downloads: the machines install from them.
    argv = [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--skip=cleanup/apt",
        f"--include={','.join(recipe.packages)}",
    ]
    if proxy():
        argv.append(f'--aptopt=Acquire::http::Proxy "{proxy()}"')
    argv += [f'--customize-hook={shlex.quote(str(_SETUP))} "$1"', recipe.suite, str(target), *mirrors(recipe.suite)]
    report.parent.mkdir(parents=True, exist_ok=True)
    with report.open("wb") as output:
        builder = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=lab.environment()
        )
        try:
            status = builder.wait()
        except BaseException:
            end([builder.pid], grace=10.0)
            builder.wait()
            raise
    if status:
        raise LabError(
            f"{recipe.what[0].upper()}{recipe.what[1:]} could not be built; check that a Debian mirror is reachable, "
            f"or name one with LAB_MIRROR=http://...: {_errors(report)}"
        )


@contextmanager
def _build_lock(base: Path, progress: Progress) -> Iterator[None]:
    path = base.with_name(f"{base.name}.lock")
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step("another lab is building the base file system: waiting for it"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _tail(report: Path) -> str:
    try:
        lines = report.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1][-120:] if lines else ""


def _errors(report: Path) -> str:
    lines = report.read_text(errors="replace").splitlines()
    told = [line for line in lines if line.startswith(("E:", "W:", "Err:"))] or lines
    return " / ".join(told[-4:])[:600]
