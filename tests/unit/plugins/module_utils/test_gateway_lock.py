"""Learnt locks of a gateway, in virtual time against a gateway that refuses writes while it is locked."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import Session, SessionOptions
from ansible_collections.hybridnet.alicloud.plugins.module_utils._gateway_lock import GatewayLocks
from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import Waiter
from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import Pace


class Locked(Exception):
    code, status_code, data, request_id = "VpnGateway.Configuring", 400, {"Message": "Configuring."}, "R-1"


class Gateway:
    """Stands for the SDK of a product: a write locks it for as long as *lock* says, each call takes 10 ms."""

    def __init__(self, lock):
        self.lock = lock
        self.time = self.until = 0.0
        self.writes = self.reads = self.refused = 0

    def sleep(self, seconds):
        self.time += seconds

    def request(self, action):
        values = {}
        return SimpleNamespace(from_map=values.update, to_map=lambda: values)

    def invoke(self, action, request):
        self.time += 0.01
        if action == "DescribeVpnGateway":
            self.reads += 1
            status = "active" if self.time >= self.until else "updating"
            return SimpleNamespace(body=SimpleNamespace(to_map=lambda: {"Status": status}))
        if self.time < self.until:
            self.refused += 1
            raise Locked
        self.writes += 1
        self.until = self.time + self.lock()
        return SimpleNamespace(body=None)


def written(gateway, count, seed=1, others=None):
    """*gateway* after *count* writes as the engine makes them. *others*: lock it for 60 s before this write."""
    pace = Pace(now=lambda: gateway.time, sleep=gateway.sleep, uniform=random.Random(seed).uniform)
    session = Session(SessionOptions(region="cn-hangzhou"), None, pace=pace)
    session._products["vpc"] = gateway
    locks = GatewayLocks(Waiter(session, timeout=900), pace)
    for number in range(count):
        if number == others:
            locks.settle("vpn-a")
            gateway.until = gateway.time + 60
        locks.before_write("vpn-a")
        session.call("DeleteVpnConnection", {}, when_busy=lambda: locks.refused("vpn-a"))
        locks.written("vpn-a", to_the_end=False)
    locks.settle("vpn-a")
    return gateway


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3, 2.0, 20.0])
def test_a_steady_lock_is_learnt(seconds):
    gateway = written(Gateway(lambda: seconds), 400)
    assert (gateway.writes, gateway.refused) == (400, 0)
    assert gateway.reads < 400 / 2
    # Each write takes 10 ms of its own.
    assert gateway.time < 1.25 * 400 * (seconds + 0.01) + 1.0


def test_locks_of_uneven_length_cost_repeated_calls_and_no_failure():
    chance = random.Random(7)
    gateway = written(Gateway(lambda: chance.uniform(1.0, 3.0)), 400)
    assert gateway.writes == 400 and 0 < gateway.refused < 400 / 3
    assert gateway.time < 1.5 * 400 * 2.0


def test_locks_that_become_longer_are_noticed():
    lengths = iter([0.1] * 100 + [4.0] * 100)
    gateway = written(Gateway(lambda: next(lengths)), 200)
    assert gateway.writes == 200 and gateway.refused <= 2


def test_the_last_write_is_seen_to_its_end():
    gateway = written(Gateway(lambda: 5.0), 50)
    assert gateway.time >= gateway.until


def test_a_lock_of_others_is_waited_for_and_teaches_nothing():
    alone, disturbed = (written(Gateway(lambda: 0.5), 100, others=others) for others in (None, 50))
    assert (disturbed.writes, disturbed.refused) == (100, 1)
    assert disturbed.time < alone.time + 60 + 10
