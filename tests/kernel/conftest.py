"""One guest for all tests of a run: it takes half a minute to boot."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from lab.hosts.guest import Guest
from lab.identity import lab_at
from lab.progress import Progress
from lab.removal import remove
from lab.state_folder import claim
from tests.kernel.world import DEAD_PEER_AFTER, World, answer, site


def missing_for_a_guest() -> str | None:
    """What keeps a guest from being built and booted here, None when nothing does."""
    if os.geteuid() != 0:
        return "root is needed to build the guest's file system"
    lacking = [name for name in ("qemu-system-x86_64", "mmdebstrap", "mke2fs") if shutil.which(name) is None]
    return (
        f"{', '.join(lacking)}: install the packages of lab/packages.txt and tests/kernel/packages.txt"
        if lacking
        else None
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    missing = missing_for_a_guest()
    if missing:
        pytest.fail(missing, pytrace=False)
    folder = tmp_path_factory.mktemp("kernel")
    lab = lab_at(folder / "state")
    claim(lab)
    world = World(Guest(lab, "store"), folder)
    try:
        world.guest.start(Progress())
        world.build()
        yield world
        world.disconnect()
    finally:
        world.guest.stop()
        remove(lab)


@pytest.fixture(scope="session")
def store(world: World) -> World:
    """The store after one run of the role, as ``first_run``, for both tunnels."""
    answer(world, site())
    world.first_run = world.role(site(), strongswan_dead_peer_after=DEAD_PEER_AFTER)
    return world
