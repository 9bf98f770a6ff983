"""What the lab needs from the machine, checked before anything is made: each problem is one sentence with its fix."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from importlib.util import find_spec
from pathlib import Path

from lab.identity import REPOSITORY

TUN_DEVICE = Path("/dev/net/tun")

_DATA_PLANE_TOOLS = {
    "ip": "iproute2",
    "nsenter": "util-linux",
    "sysctl": "procps",
    "nft": "nftables",
    "charon-systemd": "charon-systemd",
}
_HOST_TOOLS = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ssh-keygen": "openssh-client",
    "ssh": "openssh-client",
}
_PLUGIN_FOLDERS = (Path("/usr/lib/ipsec/plugins"), Path("/usr/lib/strongswan/plugins"))
_PLUGIN_PACKAGES = {
    "libstrongswan-kernel-libipsec.so": "libcharon-extra-plugins",
    "libstrongswan-openssl.so": "libstrongswan-standard-plugins",
    "libstrongswan-vici.so": "strongswan-swanctl",
}
_PYTHON_PACKAGES = {
    "alibabacloud_vpc20160428": "alibabacloud-vpc20160428",
    "starlette": "starlette",
    "uvicorn": "uvicorn",
}

_ALONE = "or start the control plane alone (API, no hosts, no packets) with: lab/lab up --control-plane-only"


def control_plane_problem() -> str | None:
    """Why the control plane cannot run, or None."""
    missing = [package for module, package in _PYTHON_PACKAGES.items() if find_spec(module) is None]
    if missing:
        return (
            f"Python packages missing in {sys.executable}: {' '.join(missing)}; "
            f"install them with: {sys.executable} -m pip install -r {REPOSITORY}/lab/requirements.txt"
        )
    return None


def data_plane_problem() -> str | None:
    """Why packets cannot be carried, or None."""
    if find_spec("vici") is None:
        return f"Python package vici is missing: install it with: {sys.executable} -m pip install vici"
    return _privilege_problem() or _missing(_DATA_PLANE_TOOLS) or _tun_problem()


def hosts_problem() -> str | None:
    """Why machines cannot be started, or None."""
    return _privilege_problem() or _missing({**_DATA_PLANE_TOOLS, **_HOST_TOOLS}) or _tun_problem()


def _privilege_problem() -> str | None:
    if not sys.platform.startswith("linux"):
        return f"The lab's hosts and packets need Linux, this is {sys.platform}: use a Linux machine, {_ALONE}"
    if os.geteuid() != 0:
        return f"The lab's hosts and packets need root: run it with sudo, {_ALONE}"
    return None


def _missing(tools: dict[str, str]) -> str | None:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    lacking = {tool: package for tool, package in tools.items() if shutil.which(tool, path=path) is None}
    for plugin, package in _PLUGIN_PACKAGES.items():
        if not any((folder / plugin).exists() for folder in _PLUGIN_FOLDERS):
            lacking[f"strongSwan's {plugin}"] = package
    if lacking:
        packages = " ".join(sorted(set(lacking.values())))
        return (
            f"Missing on this machine: {', '.join(lacking)}; install with: apt-get install -y {packages} "
            "(the lab's whole list is lab/packages.txt)"
        )
    return None


def _tun_problem() -> str | None:
    try:
        if stat.S_ISCHR(TUN_DEVICE.stat().st_mode):
            os.close(os.open(TUN_DEVICE, os.O_RDWR))
            return None
    except OSError:
        pass
    return (
        f"{TUN_DEVICE} cannot be opened, and the lab's tunnels need it: load it with 'modprobe tun' "
        "(in a container: pass the device in, for example --device /dev/net/tun), "
        f"{_ALONE}"
    )
