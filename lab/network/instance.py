"""An ECS instance that is powered on: a machine whose only NIC is its port at the VPC's router."""

from __future__ import annotations

from lab.cloud.dataplane import Instance
from lab.hosts.base_image import ensure_base
from lab.hosts.machine import Machine
from lab.hosts.package_proxy import url
from lab.hosts.setup import Setup, host_key_of, make_key
from lab.identity import Lab
from lab.network.internet import PROXY_ADDRESS
from lab.network.vpc import VpcRouter
from lab.progress import Progress
from lab.system.namespace import Namespace

STOP_SECONDS = 8.0


class PoweredInstance:
    """A machine that runs. Its disk outlives it; see ``disks`` and ``remove_disk``."""

    def __init__(self, lab: Lab, router: VpcRouter, wanted: Instance):
        self.wanted = wanted
        self.router = router
        self._lab = lab
        self._namespace = _namespace(lab, wanted.id)
        self._machine = Machine(lab, wanted.id, self._namespace)

    @property
    def running(self) -> bool:
        """Whether the machine is still on: the guest may have powered itself off."""
        return self._machine.running

    def start(self) -> None:
        """Plug it in and boot it. A new disk gets the instance's name, key and user data; an old one is as it was."""
        base = ensure_base(self._lab, Progress())
        self._namespace.create()
        self.router.plug(self.wanted, self._namespace)
        self._machine.start(base, None if self._machine.is_set_up else self._setup())

    def stop(self, grace: float = STOP_SECONDS) -> None:
        """Power it off, killed after ``grace`` seconds. Its disk stays."""
        self._machine.power_off(grace)
        self._namespace.delete()
        self.router.unplug(self.wanted.id)

    def _setup(self) -> Setup:
        key = host_key_of(self._lab, self.wanted.id)
        make_key(key, self.wanted.host_name)
        login = f"{self.wanted.public_key}\n" if self.wanted.public_key else ""
        return Setup(self.wanted.host_name, key, login, url(PROXY_ADDRESS), self.wanted.user_data)


def disks(lab: Lab) -> set[str]:
    """Ids of the instances that have a disk."""
    return {folder.name for folder in lab.hosts.glob("i-*")}


def remove_disk(lab: Lab, instance_id: str) -> None:
    """Remove what an instance left; it must be off."""
    Machine(lab, instance_id, _namespace(lab, instance_id)).remove(grace=0.0)
    key = host_key_of(lab, instance_id)
    for file in (key, key.with_suffix(".pub")):
        file.unlink(missing_ok=True)


def _namespace(lab: Lab, instance_id: str) -> Namespace:
    return Namespace(lab.namespace(f"net-{instance_id}"))
