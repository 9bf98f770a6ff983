"""Modules that tell about a connection: its log, and what the device at the other end needs."""

from __future__ import annotations

import pytest

from tests.integration.module_cases import CASES, PSK


def connection(account, kind):
    case = CASES[f"ipsec_connection ({kind} tunnel)"]
    return account.ok("ipsec_connection", **case.build(account), **case.create)["ipsec_connection"]


@pytest.mark.parametrize("kind", ["single", "dual"])
def test_the_peer_sees_itself_as_local(account, kind):
    made = connection(account, kind)
    named = {"vpn_connection_id": made["vpn_connection_id"]}
    config = account.ok("vpn_peer_config_info", **named)["vpn_peer_config"]
    assert (config["local_subnets"], config["remote_subnets"]) == (made["remote_subnets"], made["local_subnets"])
    ends = config["tunnels"] if kind == "dual" else [config]
    addresses = [tunnel["internet_ip"] for tunnel in made.get("tunnels") or [made]]
    assert [end["remote_address"] for end in ends] == addresses
    assert {end["local_address"] for end in ends} == {"198.51.100.10"}
    assert ends[0]["ike"]["encryption"] == "aes256" and ends[0]["ike"]["psk_set"] is True
    assert not any(PSK in text for text in account.printed)
    config = account.ok("vpn_peer_config_info", include_psk=True, **named)["vpn_peer_config"]
    assert (config["tunnels"] if kind == "dual" else [config])[0]["ike"]["psk"] == PSK


def test_the_log_of_a_connection_and_of_one_tunnel(account):
    made = connection(account, "dual")
    named = {"vpn_connection_id": made["vpn_connection_id"]}
    log = account.ok("ipsec_connection_log_info", **named)["log"]
    assert len(log) == 2 and all("configuration created" in line for line in log)
    tunnel = made["tunnels"][1]["tunnel_id"]
    (line,) = account.ok("ipsec_connection_log_info", **named, tunnel_id=tunnel)["log"]
    assert tunnel in line


def test_a_log_of_more_than_two_pages_is_read_whole(account):
    case = CASES["ipsec_connection (dual tunnel)"]
    options = {**case.build(account), **case.create}
    made = account.ok("ipsec_connection", **options)["ipsec_connection"]
    for number in range(55):
        account.api("ModifyVpnConnectionAttribute", VpnConnectionId=made["vpn_connection_id"], Name=f"n{number}")
    account.forget_calls()
    log = account.ok("ipsec_connection_log_info", vpn_connection_id=made["vpn_connection_id"])["log"]
    assert len(log) == 2 * 56 and account.calls("DescribeVpnConnectionLogs") == 3


def test_wrong_questions_are_refused_in_words(account):
    failed = account.fails("ipsec_connection_log_info", vpn_connection_id="vco-x", minutes=11)
    assert "is not between 1 and 10 minutes" in failed["msg"]
    for module in ("ipsec_connection_log_info", "vpn_peer_config_info"):
        assert "does not exist" in account.fails(module, vpn_connection_id="vco-x")["msg"]


def test_a_diagnosis_names_the_tunnels_that_are_down(account):
    made = connection(account, "dual")
    asked = {"vpn_connection_ids": [made["vpn_connection_id"]]}
    findings = account.ok("vpn_diagnosis_info", **asked)["findings"]
    assert [finding["tunnel_id"] for finding in findings] == [tunnel["tunnel_id"] for tunnel in made["tunnels"]]
    assert {finding["severity"] for finding in findings} == {"critical"}
    assert "configuration created" in findings[0]["source_log"]
    (one,) = account.ok("vpn_diagnosis_info", tunnel_ids=[made["tunnels"][1]["tunnel_id"]])["findings"]
    assert one == findings[1]
    assert account.ok("vpn_diagnosis_info", vpn_gateway_id=made["vpn_gateway_id"])["findings"] == findings
    assert "does not exist" in account.fails("vpn_diagnosis_info", vpn_connection_ids=["vco-x"])["msg"]
    assert "one of the following is required" in account.fails("vpn_diagnosis_info")["msg"]


def test_a_gateway_is_diagnosed_once_the_service_is_done(account):
    made = connection(account, "dual")
    asked = {"vpn_gateway_id": made["vpn_gateway_id"], "vpn_connection_id": made["vpn_connection_id"]}
    account.settings(delays={"child": 0.5})
    ends = {"private_source_ip": "172.16.1.10", "private_destination_ip": "10.0.0.1"}
    result = account.ok("vpn_gateway_diagnosis_info", **asked, **ends)
    levels = {finding["item"]: finding["level"] for finding in result["findings"]}
    # The second address is none of the connection's networks.
    assert (levels["VpnIPsecQuota"], levels["VcoPrivateConnectivity"]) == ("normal", "error")
    quota = next(finding for finding in result["findings"] if finding["item"] == "VpnIPsecQuota")
    assert quota["details"]["used"] == 1
    assert account.calls("GetVpnGatewayDiagnoseResult") > 1 and account.calls("DiagnoseVpnGateway") == 1
    account.settings(delays={"child": 60})
    failed = account.fails("vpn_gateway_diagnosis_info", **asked, wait_timeout=1)
    assert "is not finished but '0 of 6 items'" in failed["msg"]


def test_a_diagnosis_needs_addresses(account):
    asked = {"vpn_gateway_id": "vpn-x", "vpn_connection_id": "vco-x"}
    failed = account.fails(
        "vpn_gateway_diagnosis_info", **asked, private_source_ip="a", private_destination_ip="10.0.0.1"
    )
    assert "private_source_ip: 'a' is not an IPv4 address" in failed["msg"]
    assert (
        "required together" in account.fails("vpn_gateway_diagnosis_info", **asked, private_source_ip="1.1.1.1")["msg"]
    )
    assert "does not exist" in account.fails("vpn_gateway_diagnosis_info", **asked)["msg"]


def test_what_servers_logged_and_who_is_connected(account):
    gateway = account.ok("vpn_gateway", name="vpg-a", bandwidth=10, enable_ssl=True, **account.network())["vpn_gateway"]
    clients = {"vpn_gateway_id": gateway["vpn_gateway_id"], "local_subnets": ["172.16.0.0/16"]}
    server = account.ok("ssl_vpn_server", name="ssl-a", client_ip_pool="10.9.0.0/24", **clients)["ssl_vpn_server"]
    named = {"ssl_vpn_server_id": server["ssl_vpn_server_id"]}
    pair = account.ok("ssl_vpn_client_cert", name="laptop", **named)["ssl_vpn_client_cert"]
    log = account.ok("ssl_vpn_server_log_info", **named)["log"]
    assert len(log) == 2 and "SSL server created" in log[1]
    only = account.ok("ssl_vpn_server_log_info", **named, ssl_vpn_client_cert_id=pair["ssl_vpn_client_cert_id"])["log"]
    assert only == log[:1]
    remote = account.ok("ipsec_server", name="ike-a", client_ip_pool="10.8.0.0/24", **clients)["ipsec_server"]
    (line,) = account.ok("ipsec_server_log_info", ipsec_server_id=remote["ipsec_server_id"])["log"]
    assert "IPsec server created" in line
    assert account.ok("ssl_vpn_client_info", vpn_gateway_id=gateway["vpn_gateway_id"])["ssl_vpn_clients"] == []
    assert "does not exist" in account.fails("ssl_vpn_client_info", vpn_gateway_id="vpn-x")["msg"]


def test_where_gateways_can_be_made(account):
    offer = account.ok("vpn_gateway_zone_info", bandwidth=100)
    assert "cn-hangzhou-h" in [zone["zone_id"] for zone in offer["zones"]]
    assert offer["bgp"] is True
    assert "value of bandwidth must be one of" in account.fails("vpn_gateway_zone_info", bandwidth=7)["msg"]
