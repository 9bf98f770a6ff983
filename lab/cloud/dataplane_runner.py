"""Drives a data plane from the event loop: one thread applies, the latest network wins; another reads, cached."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab.cloud.dataplane import ControlPlaneOnly, DataPlane, Network, SaState

log = logging.getLogger("lab.cloud")
CACHE_SECONDS = 0.3


class DataPlaneRunner:
    """Owns the data plane's threads. All methods run on the event loop.

    ``applied`` is the newest revision that the data plane has been given completely (infinite without one, so
    nothing waits); ``failure`` is the text of the last failed apply, None after a good one.
    """

    def __init__(self, plane: DataPlane, on_applied: Callable[[], None]) -> None:
        self.plane = plane
        self.has_packets = not isinstance(plane, ControlPlaneOnly)
        self.applied: float = -1 if self.has_packets else math.inf
        self.failure: str | None = None
        self._on_applied = on_applied
        self._wanted: tuple[int, Network] | None = None
        self._current: Network | None = None
        self._task: asyncio.Task[None] | None = None
        self._apply_thread = ThreadPoolExecutor(1, "apply")
        self._read_thread = ThreadPoolExecutor(1, "sa-states")
        self._states: Mapping[str, SaState] = {}
        self._states_at = -math.inf
        self._reading: asyncio.Future[None] | None = None

    def submit(self, revision: int, network: Network) -> None:
        """Ask for ``network``. Returns at once; a network that is replaced before its turn is skipped."""
        if not self.has_packets:
            return
        self._wanted = (revision, network)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._wanted is not None:
            revision, network = self._wanted
            self._wanted = None
            # Many changes, such as a name or a status, mean nothing to the data plane.
            if network != self._current:
                await self._apply(revision, network)
            self.applied = revision
            self._on_applied()

    async def _apply(self, revision: int, network: Network) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._apply_thread, self.plane.apply, network)
            self._current, self.failure = network, None
        except Exception as error:
            # A data plane that fails must not lock gateways for ever; health and the log tell what happened.
            self._current, self.failure = None, f"{type(error).__name__}: {error}"
            log.exception("the data plane could not apply revision %d", revision)

    async def sa_states(self, max_age: float = CACHE_SECONDS) -> Mapping[str, SaState]:
        """Negotiation states, at most ``max_age`` seconds old. A failed read keeps the last answer."""
        if not self.has_packets or time.monotonic() - self._states_at <= max_age:
            return self._states
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read())
        await asyncio.shield(self._reading)
        return self._states

    async def _read(self) -> None:
        try:
            states = await asyncio.get_running_loop().run_in_executor(self._read_thread, self.plane.sa_states)
        except Exception:
            log.exception("the data plane could not report its SAs")
        else:
            self._states = states
        self._states_at = time.monotonic()

    async def log_lines(self, connection_id: str) -> list[str]:
        """What the IKE daemons logged about a connection; nothing when the data plane keeps no log."""
        return await self._ask("log_lines", [], connection_id)

    async def powered_off(self) -> set[str]:
        """Ids of the instances that have powered themselves off; none when the data plane has no machines."""
        return await self._ask("powered_off", set())

    async def _ask(self, what: str, unknown: Any, *arguments: object) -> Any:
        """The answer of an optional operation that reads; ``unknown`` when there is none."""
        function = getattr(self.plane, what, None)
        if function is None:
            return unknown
        try:
            return await asyncio.get_running_loop().run_in_executor(self._read_thread, function, *arguments)
        except Exception:
            log.exception("the data plane could not tell its %s", what)
            return unknown

    async def call(self, function: Callable[..., object], *arguments: object) -> object:
        """Run an optional operation of the data plane in its apply thread, one after the other with applies."""
        return await asyncio.get_running_loop().run_in_executor(self._apply_thread, function, *arguments)

    async def idle(self) -> None:
        """Wait until nothing is being applied."""
        while self._task is not None and not self._task.done():
            await self._task

    def close(self) -> None:
        """Close the data plane and its threads."""
        self._apply_thread.shutdown(wait=True, cancel_futures=True)
        self._read_thread.shutdown(wait=True, cancel_futures=True)
        self.plane.close()
