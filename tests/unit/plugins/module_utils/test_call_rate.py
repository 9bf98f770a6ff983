"""The learnt rate of calls, in virtual time against a service that counts calls within a second."""

from __future__ import annotations

import random
import threading
from collections import deque
from types import SimpleNamespace

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._call_rate import CallRate
from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import Session, SessionOptions
from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import Pace


class Clock:
    """Time that passes only in sleeps and calls."""

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


class Refusal(Exception):
    code, status_code, data, request_id = "Throttling.User", 400, {"Message": "Too many."}, "R-1"

    def __init__(self, retry_after):
        super().__init__()
        self.retry_after = retry_after


class CountingService:
    """Stands for the SDK of a product: *limit* calls within a second, each taking *seconds*."""

    def __init__(self, clock, limit, retry_after=None, seconds=0.005):
        self.clock, self.limit, self.retry_after, self.seconds = clock, limit, retry_after, seconds
        self.recent = deque()
        self.refused = 0
        self.too_early = 0
        self.not_before = 0.0

    def request(self, action):
        return SimpleNamespace(from_map=lambda values: None, to_map=dict)

    def invoke(self, action, request):
        self.clock.time += self.seconds
        now = self.clock.now()
        self.too_early += now < self.not_before
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if len(self.recent) >= self.limit:
            self.refused += 1
            if self.retry_after:
                self.not_before = now + self.retry_after / 1000
            raise Refusal(self.retry_after)
        self.recent.append(now)
        return SimpleNamespace(body=None)


def session_of(service, seed=1):
    pace = Pace(now=service.clock.now, sleep=service.clock.sleep, uniform=random.Random(seed).uniform)
    session = Session(SessionOptions(region="cn-hangzhou"), None, pace=pace)
    session._products["vpc"] = service
    return session


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", [3, 10, 50])
def test_a_limit_costs_little_more_than_it_must(limit, seed):
    clock = Clock()
    service = CountingService(clock, limit)
    session = session_of(service, seed)
    for _number in range(100 * limit):
        session.call("DescribeVpcs", {})
    assert clock.now() < 1.3 * 100
    assert service.refused < 0.1 * 100 * limit


def test_a_service_without_a_limit_is_not_kept_waiting():
    clock = Clock()
    service = CountingService(clock, limit=10_000)
    session = session_of(service)
    for _number in range(1000):
        session.call("DescribeVpcs", {})
    assert clock.now() == pytest.approx(1000 * service.seconds)


def test_a_limit_that_goes_away_is_forgotten():
    clock = Clock()
    service = CountingService(clock, limit=2)
    session = session_of(service)
    for _number in range(20):
        session.call("DescribeVpcs", {})
    service.limit, started = 10_000, clock.now()
    for _number in range(1000):
        session.call("DescribeVpcs", {})
    assert clock.now() - started < 0.2 * 1000 / 2


def test_the_service_is_left_alone_as_long_as_it_asks_for():
    service = CountingService(Clock(), limit=5, retry_after=800)
    session = session_of(service)
    for _number in range(100):
        session.call("DescribeVpcs", {})
    assert service.refused and not service.too_early


def test_a_refusal_of_one_thread_holds_the_others_back():
    slept = []
    rate = CallRate(Pace(now=lambda: 100.0, sleep=slept.append))
    rate.accepted()
    rate.refused(retry_after=3.0)
    other = threading.Thread(target=rate.wait)
    other.start()
    other.join()
    assert slept == [3.0]
