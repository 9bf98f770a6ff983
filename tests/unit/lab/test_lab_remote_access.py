"""SSL servers, their client certificates, and IPsec servers."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

CLIENTS = {"ClientIpPool": "10.9.0.0/24", "LocalSubnet": "172.16.0.0/16"}
IPSEC_CLIENTS = {"ClientIpPool": "10.10.0.0/24", "LocalSubnet": "172.16.0.0/16", "PskEnabled": True}


@pytest.fixture
def gateway(world):
    return world.gateway(EnableSsl=True)


@pytest.fixture
def server(world, gateway):
    return world.api.call("CreateSslVpnServer", VpnGatewayId=gateway, **CLIENTS)["SslVpnServerId"]


def servers(world, **filters):
    return world.api.call("DescribeSslVpnServers", **filters)["SslVpnServers"]["SslVpnServer"]


def vpc_routes(world):
    tables = world.api.call("DescribeVpcs", VpcId=world.vpc_id)["Vpcs"]["Vpc"][0]["RouterTableIds"]["RouterTableIds"]
    reply = world.api.call("DescribeRouteEntryList", RouteTableId=tables[0], NextHopType="VpnGateway")
    return [entry["DestinationCidrBlock"] for entry in reply["RouteEntrys"]["RouteEntry"]]


def test_defaults_and_the_route_to_the_clients(world, gateway, server):
    (shown,) = servers(world, SslVpnServerId=server)
    defaults = (shown["Proto"], shown["Port"], shown["Cipher"], shown["Compress"], shown["MaxConnections"])
    assert defaults == ("TCP", 1194, "AES-128-CBC", False, 5)
    assert vpc_routes(world) == ["10.9.0.0/24"]
    world.api.call("DeleteSslVpnServer", SslVpnServerId=server)
    assert vpc_routes(world) == [] and servers(world) == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"ClientIpPool": "10.9.0.0/30"}, "InvalidParameter 400"),
        ({"ClientIpPool": "10.9.0.0/28"}, "InvalidParameter 400"),  # 16 addresses, 5 connections need 20
        ({"ClientIpPool": "172.16.9.0/24"}, "InvalidParameter 400"),
        ({"ClientIpPool": "100.64.9.0/24"}, "InvalidParameter 400"),
        ({"LocalSubnet": "172.16.0.1/16"}, "IllegalParam.LocalSubnet 400"),
        ({"LocalSubnet": "4.0.0.0/7"}, "IllegalParam.LocalSubnet 400"),
        ({"LocalSubnet": ",".join(f"10.{n}.0.0/16" for n in range(20, 26))}, "IllegalParam.LocalSubnet 400"),
        ({"Port": 443}, "InvalidParameter 400"),
        ({"Proto": "udp"}, "InvalidParameter 400"),
        ({"Cipher": "DES"}, "InvalidParameter 400"),
        ({"DnsServers": "ns.example.com"}, "InvalidParameter 400"),
        ({"EnableMultiFactorAuth": True}, "MissingIDaaSInstanceId 400"),
        ({"DryRun": True}, "DryRunOperation 400"),
    ],
)
def test_rules_of_a_server(world, gateway, params, code):
    assert world.api.refused("CreateSslVpnServer", VpnGatewayId=gateway, **{**CLIENTS, **params}) == code
    assert servers(world) == []


def test_a_gateway_without_ssl_has_no_servers(world):
    plain = world.gateway()
    for action, params in (("CreateSslVpnServer", CLIENTS), ("CreateIpsecServer", IPSEC_CLIENTS)):
        assert world.api.refused(action, VpnGatewayId=plain, **params) == "VpnGateway.SslVpnDisabled 400"


def test_one_server_for_a_gateway(world, gateway, server):
    again = {"VpnGatewayId": gateway, **CLIENTS, "ClientIpPool": "10.11.0.0/24"}
    assert world.api.refused("CreateSslVpnServer", **again) == "Resource.QuotaFull 400"
    assert world.api.refused("DeleteVpnGateway", VpnGatewayId=gateway) == "DependencyViolation.SslVpnServer 400"


def test_a_name_alone_does_not_keep_the_gateway_busy(cloud, world, gateway, server):
    cloud.admin("POST", "settings", {"delays": {"child": 60.0}})
    world.api.call("ModifySslVpnServer", SslVpnServerId=server, Name="renamed")
    world.api.call("ModifySslVpnServer", SslVpnServerId=server, Port=1195)
    assert servers(world)[0]["Name"] == "renamed" and servers(world)[0]["Port"] == 1195
    busy = world.api.refused("ModifySslVpnServer", SslVpnServerId=server, Name="x")
    assert busy == "VpnGateway.Configuring 400"
    assert world.api.refused("CreateSslVpnClientCert", SslVpnServerId=server) == "VpnGateway.Configuring 400"


def test_a_certificate_is_signed_by_its_server(world, server):
    identifier = world.api.call("CreateSslVpnClientCert", SslVpnServerId=server, Name="a")["SslVpnClientCertId"]
    shown = world.api.call("DescribeSslVpnClientCert", SslVpnClientCertId=identifier)
    certificate = x509.load_pem_x509_certificate(shown["ClientCert"].encode())
    authority = x509.load_pem_x509_certificate(shown["CaCert"].encode())
    certificate.verify_directly_issued_by(authority)
    key = load_pem_private_key(shown["ClientKey"].encode(), None)
    assert key.public_key() == certificate.public_key()
    assert shown["ClientKey"] in shown["ClientConfig"] and "remote " in shown["ClientConfig"]
    (listed,) = world.api.call("DescribeSslVpnClientCerts")["SslVpnClientCertKeys"]["SslVpnClientCertKey"]
    assert "ClientKey" not in listed and listed["Status"] == "normal"


def test_certificates_expire(cloud, world, server):
    identifier = world.api.call("CreateSslVpnClientCert", SslVpnServerId=server)["SslVpnClientCertId"]
    record = cloud.control.state.regions["cn-hangzhou"].ssl_client_certs[identifier]
    for days, status in ((3 * 365 - 6, "expiring-soon"), (3 * 365 + 1, "expired")):
        record.created = cloud.control.clock.now() - days * 86400
        shown = world.api.call("DescribeSslVpnClientCert", SslVpnClientCertId=identifier)
        assert shown["Status"] == status


def test_certificates_go_with_their_server_and_count(cloud, world, server):
    cloud.admin("POST", "settings", {"quotas": {"ssl_client_certs": 1}})
    identifier = world.api.call("CreateSslVpnClientCert", SslVpnServerId=server)["SslVpnClientCertId"]
    assert world.api.refused("CreateSslVpnClientCert", SslVpnServerId=server) == "Resource.QuotaFull 400"
    world.api.call("DeleteSslVpnServer", SslVpnServerId=server)
    gone = world.api.refused("DescribeSslVpnClientCert", SslVpnClientCertId=identifier)
    assert gone == "InvalidInstanceId.NotFound 404"


def test_the_admin_endpoint_shows_no_key(cloud, world, server):
    identifier = world.api.call("CreateSslVpnClientCert", SslVpnServerId=server)["SslVpnClientCertId"]
    key = world.api.call("DescribeSslVpnClientCert", SslVpnClientCertId=identifier)["ClientKey"]
    text = str(cloud.admin("GET", "snapshot"))
    assert "PRIVATE KEY" not in text and key.splitlines()[1] not in text


def test_an_ipsec_server(world, gateway):
    created = world.api.call("CreateIpsecServer", VpnGatewayId=gateway, **IPSEC_CLIENTS)
    (shown,) = world.api.call("ListIpsecServers")["IpsecServers"]
    assert (shown["IkeConfig"]["IkeVersion"], shown["IkeConfig"]["IkeAuthAlg"]) == ("ikev2", "sha1")
    assert len(shown["Psk"]) == 16 and shown["IpsecConfig"]["IpsecAuthAlg"] == "sha1"
    assert vpc_routes(world) == ["10.10.0.0/24"]
    again = world.api.refused("CreateIpsecServer", VpnGatewayId=gateway, **IPSEC_CLIENTS)
    assert again == "OperationFailed.IPsecServerExist 400"
    identifier = created["IpsecServerId"]
    world.api.call("UpdateIpsecServer", IpsecServerId=identifier, IkeConfig='{"IkePfs": "group14"}')
    (changed,) = world.api.call("ListIpsecServers", IpsecServerId=[identifier])["IpsecServers"]
    assert changed["Psk"] == shown["Psk"] and changed["IkeConfig"]["IkePfs"] == "group14"
    assert world.api.refused("DeleteIpsecServer", IpsecServerId=identifier, DryRun="true") == "DryRunOperation 400"
    world.api.call("DeleteIpsecServer", IpsecServerId=identifier)
    assert world.api.call("ListIpsecServers")["IpsecServers"] == []


def test_an_ipsec_server_and_connections_exclude_each_other(world):
    gateway = world.gateway(dual=False, EnableSsl=True)
    world.single(gateway, world.peer())
    refused = world.api.refused("CreateIpsecServer", VpnGatewayId=gateway, **IPSEC_CLIENTS)
    assert refused == "OperationFailed.VpnConnectionExist 400"


def test_clients_of_two_servers_stay_apart(world, gateway, server):
    same = {**IPSEC_CLIENTS, "ClientIpPool": CLIENTS["ClientIpPool"]}
    assert world.api.refused("CreateIpsecServer", VpnGatewayId=gateway, **same) == "InvalidParameter 400"
    for wrong in ({"PskEnabled": False}, {"IkeConfig": '{"Psk": "x"}'}, {"DryRun": "maybe"}):
        refused = world.api.refused("CreateIpsecServer", VpnGatewayId=gateway, **{**IPSEC_CLIENTS, **wrong})
        assert refused == "InvalidParameter 400"
