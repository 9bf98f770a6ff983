"""How the API is reached: credentials, endpoint, region, proxies."""

from __future__ import annotations

import pytest

VARIABLES = [
    f"{prefix}_{name}"
    for prefix in ("ALIBABA_CLOUD", "ALICLOUD")
    for name in (
        "ACCESS_KEY",
        "ACCESS_KEY_ID",
        "ACCESS_KEY_SECRET",
        "SECRET_KEY",
        "SECURITY_TOKEN",
        "PROFILE",
        "REGION",
        "REGION_ID",
    )
]


@pytest.fixture
def bare(account, monkeypatch, tmp_path):
    """No credentials anywhere: neither options nor environment, profile or instance role."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    # The SDK looks the home directory up once, when it is imported.
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", str(tmp_path))
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_util.environment_ecs_metadata_disabled", "true")
    for name in ("access_key_id", "access_key_secret"):
        del account.connection[name]
    return account


def test_no_credentials(bare, capfd):
    failed = bare.fails("vpn_gateway_info")
    assert "no credentials found; set access_key_id" in failed["msg"]
    assert "Traceback" not in capfd.readouterr().err


def test_half_a_pair(bare, monkeypatch):
    failed = bare.fails("vpn_gateway_info", access_key_id="LTAIx")
    assert "access_key_id is given without access_key_secret" in failed["msg"]
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "LTAIx")
    assert "ALICLOUD_ACCESS_KEY is given without ALICLOUD_SECRET_KEY" in bare.fails("vpn_gateway_info")["msg"]


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"),
        ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET"),
    ],
)
def test_environment(bare, monkeypatch, key, secret):
    monkeypatch.setenv(key, bare.cloud.access_key_id)
    monkeypatch.setenv(secret, bare.cloud.access_key_secret)
    assert bare.ok("vpn_gateway_info")["vpn_gateways"] == []


def test_profile_of_the_cli(bare, tmp_path):
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / ".aliyun" / "config.json").write_text(
        '{"current": "default", "profiles": [{"name": "netops", "mode": "AK", '
        f'"access_key_id": "{bare.cloud.access_key_id}", "access_key_secret": "{bare.cloud.access_key_secret}"}}]}}'
    )
    assert bare.ok("vpn_gateway_info", profile="netops")["vpn_gateways"] == []
    assert "no credentials from profile 'nobody'" in bare.fails("vpn_gateway_info", profile="nobody")["msg"]


def test_unknown_key_and_wrong_secret(account):
    failed = account.fails("vpn_gateway_info", access_key_id="LTAIunknown")
    assert "InvalidAccessKeyId.NotFound" in failed["msg"] and "access_key_id" in failed["msg"]
    failed = account.fails("vpn_gateway_info", access_key_secret="wrong-secret-of-this-key")
    assert "SignatureDoesNotMatch" in failed["msg"] and "access_key_secret" in failed["msg"]
    assert "wrong-secret-of-this-key" not in account.printed[-1]


def test_region(account):
    assert "is not a region id" in account.fails("vpn_gateway_info", region="cn_hangzhou")["msg"]
    failed = account.fails("vpn_gateway_info", region="cn-hangzou")
    assert "InvalidRegionId.NotFound" in failed["msg"] and "check the option region" in failed["msg"]


def test_nothing_listens(account):
    failed = account.fails("vpn_gateway_info", endpoint="127.0.0.1:1")
    assert "the connection was refused" in failed["msg"] and "http://127.0.0.1:1" in failed["msg"]


def test_a_secret_in_the_url_is_not_quoted(account):
    """The transport's own errors quote the URL, which holds the keys of a single-tunnel connection."""
    gateway = account.single_gateway()
    customer = account.customer_gateway()
    account.fault(action="CreateVpnConnection", kind="reset_before", count=None)
    failed = account.fails(
        "ipsec_connection",
        name="ipsec-a",
        vpn_gateway_id=gateway["vpn_gateway_id"],
        customer_gateway_id=customer,
        local_subnets=["172.16.0.0/16"],
        remote_subnets=["192.168.1.0/24"],
        ike={"psk": "Kx7mQ2vT9bR4nZc1"},
        retry_timeout=3,
    )
    assert "CreateVpnConnection failed: no answer" in failed["msg"]
    assert "Kx7mQ2vT9bR4nZc1" not in account.printed[-1]


def test_proxy_variables_do_not_capture_loopback(account, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert account.ok("vpn_gateway_info")["vpn_gateways"] == []


def test_pages(account):
    """More than two pages of the largest size, each object once."""
    account.settings(quotas={"customer_gateways": 200})
    for number in range(123):
        account.api("CreateCustomerGateway", Name=f"cgw-{number:03}", IpAddress=f"198.51.100.{number}")
    account.forget_calls()
    found = account.ok("customer_gateway_info")["customer_gateways"]
    assert sorted(item["name"] for item in found) == [f"cgw-{number:03}" for number in range(123)]
    assert account.calls("DescribeCustomerGateways") == 3
