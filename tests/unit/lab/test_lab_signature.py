"""Signatures: both procedures, what each refuses."""

from __future__ import annotations

import pytest

from lab.cloud.testing import RunningCloud
from lab.cloud.wire.signature import AccessKey

PARAMS = {"RegionId": "cn-hangzhou", "VpcName": "a b*c~d+e/é%&=", "Tag": [{"Key": "k", "Value": ""}]}
ACTION = "DescribeVpcs"


def test_v3_post_and_get(api):
    assert api.v3(ACTION, PARAMS).status == 200
    assert api.v3(ACTION, PARAMS, method="GET").status == 200


def test_v3_covers_a_form_body(api):
    assert api.v3(ACTION, form=PARAMS).status == 200
    assert api.v3(ACTION, form=PARAMS, body_after_signing=b"RegionId=cn-beijing").code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_v1_in_the_query(api, method):
    assert api.v1(ACTION, PARAMS, method=method).status == 200
    assert api.v1(ACTION, PARAMS, method=method, SignatureType="").status == 200


def test_v1_covers_the_form(api):
    assert api.v1(ACTION, form=PARAMS, method="POST").status == 200


def test_v1_everything_in_the_body(api):
    assert api.v1(ACTION, PARAMS, method="POST", all_in_form=True).status == 200


@pytest.mark.parametrize("procedure", ["v1", "v3"])
class TestRefusals:
    def test_wrong_secret(self, api, procedure):
        api.secret = "wrong"
        reply = getattr(api, procedure)(ACTION, PARAMS)
        assert (reply.status, reply.code) == (400, "SignatureDoesNotMatch")
        # The old core SDK compares what follows the colon; the string to sign itself would hold secrets.
        assert reply.body["Message"].split(":")[1] == "(not shown)"

    def test_unknown_key(self, api, procedure):
        api.key_id = "nobody"
        reply = getattr(api, procedure)(ACTION, PARAMS)
        assert (reply.status, reply.code) == (404, "InvalidAccessKeyId.NotFound")

    def test_token_nobody_asked_for(self, api, procedure):
        api.token = "t"
        assert getattr(api, procedure)(ACTION, PARAMS).code == "InvalidSecurityToken.MismatchWithAccessKey"


def test_nonce_is_used_once(api):
    assert api.v3(ACTION, PARAMS, nonce="n1").status == 200
    assert api.v3(ACTION, PARAMS, nonce="n1").code == "SignatureNonceUsed"
    assert api.v1(ACTION, PARAMS, SignatureNonce="n2").status == 200
    assert api.v1(ACTION, PARAMS, SignatureNonce="n2").code == "SignatureNonceUsed"


@pytest.mark.parametrize(("offset", "code"), [(-800, None), (800, None), (-1000, "x"), (1000, "x")])
def test_clock_window_is_15_minutes(api, offset, code):
    import time

    date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))
    expected = code and "InvalidTimeStamp.Expired"
    assert api.v3(ACTION, PARAMS, date=date).code == expected
    assert api.v1(ACTION, PARAMS, Timestamp=date).code == expected


def test_malformed_time(api):
    assert api.v3(ACTION, PARAMS, date="yesterday").code == "IllegalTimestamp"
    assert api.v1(ACTION, PARAMS, Timestamp="2026-01-01 00:00:00").code == "IllegalTimestamp"


def test_incomplete_v3(api):
    assert api.v3(ACTION, PARAMS, change={"authorization": "Bearer x"}).code == "IncompleteSignature"
    assert api.v3(ACTION, PARAMS, change={"x-acs-date": None}).code == "IncompleteSignature"
    unsigned = f"ACS3-HMAC-SHA256 Credential={api.key_id},SignedHeaders=host,Signature=00"
    assert api.v3(ACTION, PARAMS, change={"authorization": unsigned}).code == "IncompleteSignature"


@pytest.mark.parametrize("name", ["AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"])
def test_incomplete_v1(api, name):
    assert api.v1(ACTION, PARAMS, **{name: None}).code == f"Missing{name}"


def test_v1_with_another_method(api):
    assert api.v1(ACTION, PARAMS, SignatureMethod="HMAC-SHA256").code == "IncompleteSignature"


def test_tampered_query(api):
    assert api.v1(ACTION, PARAMS, change={"VpcName": "other"}).code == "SignatureDoesNotMatch"


def test_temporary_key():
    with RunningCloud(keys=[AccessKey("STS.x", "s", "token/1")]) as cloud:
        from tests.unit.lab.conftest import RawClient

        good = RawClient(cloud.endpoint, "STS.x", "s", token="token/1")
        assert good.v3(ACTION, PARAMS).status == 200
        assert good.v1(ACTION, PARAMS).status == 200
        assert RawClient(cloud.endpoint, "STS.x", "s", token="other").v3(ACTION, PARAMS).code.startswith("InvalidSecur")
        assert RawClient(cloud.endpoint, "STS.x", "s").v3(ACTION, PARAMS).code == "MissingSecurityToken"
