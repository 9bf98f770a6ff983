"""Network namespaces with names (``ip netns``)."""

from __future__ import annotations

import ctypes
import ipaddress
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.system.command import CommandFailed, run

NETNS = Path("/run/netns")

_CLONE_NEWNET = 0x40000000

_ROUTER_SETTINGS = {"net.ipv4.ip_forward": 1, "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0}


class Namespace:
    """A named network namespace. The object is only a handle; ``create`` and ``delete`` are idempotent."""

    def __init__(self, name: str):
        self.name = name
        self.path = NETNS / name

    def exists(self) -> bool:
        """Whether the namespace is there (a plain file without a mounted namespace does not count)."""
        try:
            return os.stat(self.path).st_dev != os.stat(NETNS).st_dev
        except FileNotFoundError:
            return False

    def inode(self) -> int | None:
        """The number that ``/proc/<pid>/ns/net`` shows for processes inside; None when it does not exist."""
        try:
            return os.stat(self.path).st_ino
        except FileNotFoundError:
            return None

    def create(self) -> None:
        """Make the namespace, loopback up, everything else as the kernel has it in a new one."""
        if not self.exists():
            self.path.unlink(missing_ok=True)
            run(["ip", "netns", "add", self.name])
        self.ip("link set lo up")

    def create_router(self) -> None:
        """Make the namespace of a router: it forwards, without reverse path filter (asymmetric paths are normal)."""
        self.create()
        self.sysctl(_ROUTER_SETTINGS)

    def delete(self) -> None:
        """Remove the name; the kernel removes the rest when the last process inside is gone."""
        if self.path.exists():
            run(["ip", "netns", "delete", self.name])

    def argv(self, *command: str) -> list[str]:
        """``command`` as run inside. Not ``ip netns exec``: its own mount namespace would pin our mounts."""
        return ["nsenter", f"--net={self.path}", "--", *command]

    def ip(self, *lines: str) -> None:
        """Run lines of ``ip -batch`` inside; the first failing one raises CommandFailed."""
        run(["ip", "-n", self.name, "-batch", "-"], text="\n".join(lines) + "\n")

    def try_ip(self, line: str) -> bool:
        """Run one ``ip`` line inside; false when the kernel refuses it (for example because it is done already)."""
        try:
            self.ip(line)
        except CommandFailed:
            return False
        return True

    def query(self, *arguments: str) -> str:
        """Output of ``ip <arguments>`` inside; empty when it fails (no such object)."""
        return run(["ip", "-n", self.name, *arguments], check=False)

    def has_link(self, name: str) -> bool:
        """Whether an interface of that name is inside."""
        return bool(self.query("-o", "link", "show", "dev", name))

    def nft(self, ruleset: str) -> None:
        """Load an nftables ruleset inside."""
        run(self.argv("nft", "-f", "-"), text=ruleset)

    def sysctl(self, values: Mapping[str, int]) -> None:
        """Set ``net.*`` values inside."""
        run(self.argv("sysctl", "-qw", *(f"{key}={value}" for key, value in values.items())))


@contextmanager
def entered(path: Path) -> Iterator[None]:
    """The calling thread is in the namespace at ``path``; a socket made meanwhile stays there. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(path, os.O_RDONLY)
        try:
            _enter(library, there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _enter(library, home)
    finally:
        os.close(home)


def _enter(library: ctypes.CDLL, namespace: int) -> None:
    if library.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter the network namespace")


def connect(a: Namespace, a_link: str, b: Namespace, b_link: str) -> None:
    """A cable (veth pair) between two namespaces, both ends up; nothing when it is there already.

    The pair is made inside the namespaces, so that the root namespace never shows either end.
    """
    if a.has_link(a_link) and b.has_link(b_link):
        return
    for end, link in ((a, a_link), (b, b_link)):
        end.try_ip(f"link del {link}")
    run(["ip", "link", "add", "name", a_link, "netns", a.name, "type", "veth", "peer", "name", b_link, "netns", b.name])
    a.ip(f"link set {a_link} up")
    b.ip(f"link set {b_link} up")


def hardware_address(address: str) -> str:
    """The hardware address that goes with an IPv4 address.

    Derived, so that whoever gets the address of something that is gone is reached at once, past old ARP entries.
    """
    return ":".join(["02", "00", *(f"{byte:02x}" for byte in ipaddress.ip_address(address).packed)])


def bridge(where: Namespace, name: str) -> None:
    """A bridge inside ``where``, up; nothing when it is there already."""
    if not where.has_link(name):
        where.ip(f"link add {name} type bridge", f"link set {name} up")


def namespaces_of(prefix: str) -> list[Namespace]:
    """Every existing namespace whose name starts with ``prefix-``."""
    if not NETNS.is_dir():
        return []
    return [Namespace(path.name) for path in sorted(NETNS.iterdir()) if path.name.startswith(prefix + "-")]
