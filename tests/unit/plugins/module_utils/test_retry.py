"""Repetition: which class of error is repeated, for how long, and how soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import _CODES, ErrorClass, classify
from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import BACKOFFS, Pace, next_delay

REPEATED = sorted(BACKOFFS, key=lambda item: item.value)


def delay(error_class, attempt=0, *, now=0.0, deadline=100.0, repeatable=True, at_least=None, chance=1.0):
    pace = Pace(now=lambda: now, uniform=lambda low, high: low + chance * (high - low))
    return next_delay(error_class, attempt, pace=pace, deadline=deadline, repeatable=repeatable, at_least=at_least)


@given(st.sampled_from(REPEATED), st.integers(0, 10_000), st.floats(0, 1))
def test_delay_is_full_jitter_within_its_bounds(error_class, attempt, chance):
    backoff = BACKOFFS[error_class]
    found = delay(error_class, attempt, chance=chance)
    assert backoff.floor <= found <= backoff.cap
    assert found <= max(backoff.floor, backoff.base * 2 ** min(attempt, 16))


@pytest.mark.parametrize("error_class", [item for item in ErrorClass if item not in BACKOFFS])
def test_other_errors_are_not_repeated(error_class):
    assert delay(error_class) is None


def test_a_write_without_a_token_is_not_repeated_after_a_lost_reply():
    assert delay(ErrorClass.TRANSIENT, repeatable=False) is None
    # A throttled or busy call was not carried out, so it may be.
    assert delay(ErrorClass.THROTTLED, repeatable=False) is not None
    assert delay(ErrorClass.BUSY, repeatable=False) is not None


def test_repetition_ends_at_the_deadline():
    assert delay(ErrorClass.BUSY, 3, now=99.9, deadline=100.0) is None


def test_the_server_may_ask_for_more():
    assert delay(ErrorClass.THROTTLED, chance=0.0, at_least=7.5) == 7.5


def test_no_code_is_in_two_classes():
    codes = [code for codes in _CODES.values() for code in codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (None, None, ErrorClass.TRANSIENT),
        ("None", 502, ErrorClass.TRANSIENT),
        ("Throttling.SomethingNew", 400, ErrorClass.THROTTLED),
        ("Whatever", 429, ErrorClass.THROTTLED),
        ("Whatever", 500, ErrorClass.TRANSIENT),
        ("InvalidVpnGatewayInstanceId.NotFound", 404, ErrorClass.ABSENT),
        ("InvalidRegionId.NotFound", 404, ErrorClass.REFUSED),
        ("InvalidAction.NotFound", 404, ErrorClass.REFUSED),
        ("InvalidAccessKeyId.NotFound", 404, ErrorClass.CREDENTIALS),
        # A permission that is missing must never look like an object that is.
        ("Forbidden", 403, ErrorClass.PERMISSION),
        ("Forbidden.RAM", 403, ErrorClass.PERMISSION),
        ("Forbbiden.SubUser", 403, ErrorClass.PERMISSION),
        ("DryRunOperation", 400, ErrorClass.DRY_RUN),
        ("VpnGateway.ConfiguringX", 400, ErrorClass.REFUSED),
    ],
)
def test_classes(code, status, expected):
    assert classify(code, status) is expected
