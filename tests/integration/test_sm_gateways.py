"""Connections of SM gateways: certificates on both ends and ShangMi algorithms."""

from __future__ import annotations

import pytest

from tests.integration.module_cases_vpn import sm_gateway

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
SM = {"ike": {"version": "ikev1", "encryption": "sm4", "integrity": "sm3"}, "ipsec": {"encryption": "sm4"}}
NETWORKS = {"local_subnets": ["172.16.0.0/16"], "remote_subnets": ["192.168.1.0/24"], "auto_config_route": False}


@pytest.fixture
def options(account):
    gateway = sm_gateway(account)
    for kind in ("encryption", "signature"):
        account.ok("vpn_gateway_certificate", **gateway, certificate_type=kind, certificate_id=f"cert-{kind}")
    customer = account.customer_gateway()
    tunnel = {"customer_gateway_id": customer, "remote_ca_certificate": PEM, **SM}
    tunnels = [{"role": role, **tunnel} for role in ("master", "slave")]
    return {"name": "ipsec-sm", **gateway, **NETWORKS, "tunnels": tunnels}


def test_a_connection_and_another_authority(account, options):
    made = account.ok("ipsec_connection", **options)["ipsec_connection"]
    assert made["tunnels"][1]["ike"]["encryption"] == "sm4" and made["tunnels"][0]["ipsec"]["integrity"] == "sm3"
    # A newline at the end of the certificate is no difference.
    assert not account.ok("ipsec_connection", **options)["changed"]
    other = [{**tunnel, "remote_ca_certificate": PEM.replace("MIIB", "MIIC")} for tunnel in options["tunnels"]]
    account.forget_calls()
    assert account.ok("ipsec_connection", **{**options, "tunnels": other})["changed"]
    assert account.writes() == {"ModifyVpnConnectionAttribute": 1}
    failed = account.fails(
        "vpn_gateway_certificate",
        vpn_gateway_id=options["vpn_gateway_id"],
        certificate_type="signature",
        state="absent",
    )
    assert f"is still used by IPsec connection {made['vpn_connection_id']}; remove them first" in failed["msg"]


@pytest.mark.parametrize(
    ("block", "path", "rule"),
    [
        ({"ike": {"encryption": "sm4"}}, "ike.encryption", "whose peers are known by certificate"),
        ({"ike": {"encryption": "sm4", "integrity": "sha256"}, "remote_ca_certificate": PEM}, "ike.integrity", "mixed"),
        ({"ipsec": {"encryption": "aes256"}, "remote_ca_certificate": PEM}, "ipsec.encryption", "no"),
        ({"ike": {"encryption": "sm4", "version": "ikev2"}, "remote_ca_certificate": PEM}, "ike.version", "use ikev1"),
        (
            {"ike": {"encryption": "sm4", "version": "ikev1", "mode": "aggressive"}, "remote_ca_certificate": PEM},
            "ike.mode",
            "use main",
        ),
    ],
)
def test_contradictions_are_named_before_any_call(account, block, path, rule):
    for given, where in (
        (block, path),
        ({"tunnels": [{"role": "master", **block}, {"role": "slave"}]}, f"tunnels[master].{path}"),
    ):
        failed = account.fails("ipsec_connection", name="a", vpn_gateway_id="vpn-x", **NETWORKS, **given)
        assert f"{where}: " in failed["msg"] and rule in failed["msg"], failed["msg"]
    assert account.cloud.admin("GET", "calls")["total"] == 0
