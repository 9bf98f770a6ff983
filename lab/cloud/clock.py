"""Time and identifiers as objects, so that tests can hold the one and repeat the other."""

from __future__ import annotations

import random
import secrets
import string
import time
import uuid
from datetime import datetime, timezone

_ALPHABET = string.ascii_lowercase + string.digits
_PSK_ALPHABET = string.ascii_letters + string.digits


class Clock:
    """The machine's clock."""

    def now(self) -> float:
        """Epoch seconds."""
        return time.time()


class ManualClock(Clock):
    """A clock that only moves when told to."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Epoch seconds, as last set."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self._now += seconds


class IdSource:
    """Identifiers of the cloud's forms. With a seed every run hands out the same ones."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed) if seed is not None else secrets.SystemRandom()

    def resource(self, prefix: str) -> str:
        """An instance id such as ``vpn-bp1k3…`` (prefix and 20 lower-case characters)."""
        return f"{prefix}-bp1" + "".join(self._random.choices(_ALPHABET, k=17))

    def request(self) -> str:
        """A RequestId: an upper-case UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4)).upper()

    def order(self) -> int:
        """An order number of 15 digits."""
        return self._random.randrange(10**14, 10**15)

    def psk(self) -> str:
        """A pre-shared key as the cloud generates it: 16 letters and digits."""
        return "".join(self._random.choices(_PSK_ALPHABET, k=16))


def milliseconds(seconds: float) -> int:
    """Epoch milliseconds, as VPN objects show their times."""
    return int(seconds * 1000)


def iso(seconds: float) -> str:
    """ISO text, as VPC objects show their times."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
