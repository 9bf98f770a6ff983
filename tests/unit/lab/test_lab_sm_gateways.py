"""SM gateways: certificates, and connections that negotiate ShangMi algorithms only."""

from __future__ import annotations

import pytest

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
KINDS = ("Encryption", "Signature")


@pytest.fixture
def gateway(world):
    return world.gateway(VpnType="NationalStandard")


def associate(world, gateway, kind, certificate="cert-1", **more):
    named = {"VpnGatewayId": gateway, "CertificateId": certificate, "CertificateType": kind}
    return world.api.call("AssociateVpnGatewayWithCertificate", **named, **more)


def listed(world, **filters):
    return world.api.call("ListVpnCertificateAssociations", MaxResults=20, **filters)["VpnCertificateRelations"]


def with_certificates(world, gateway):
    for kind in KINDS:
        associate(world, gateway, kind, f"cert-{kind}")
    return gateway


def test_a_certificate_of_each_kind(world, gateway):
    assert world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["VpnType"] == "NationalStandard"
    with_certificates(world, gateway)
    assert [row["CertificateId"] for row in listed(world)] == ["cert-Encryption", "cert-Signature"]
    assert listed(world, CertificateType="Signature", VpnGatewayId=[gateway])[0]["CertificateId"] == "cert-Signature"
    assert listed(world, CertificateId=["cert-Encryption"])[0]["CertificateType"] == "Encryption"
    named = {"VpnGatewayId": gateway, "CertificateType": "Signature"}
    gone = "InvalidCertificateId.NotFound 404"
    assert world.api.refused("DissociateVpnGatewayWithCertificate", **named, CertificateId="cert-x") == gone
    dry = world.api.refused("DissociateVpnGatewayWithCertificate", **named, CertificateId="cert-Signature", DryRun=True)
    assert dry == "DryRunOperation 400"
    world.api.call("DissociateVpnGatewayWithCertificate", **named, CertificateId="cert-Signature")
    assert len(listed(world)) == 1


def test_the_list_shows_one_a_page_unless_asked(world, gateway):
    with_certificates(world, gateway)
    reply = world.api.call("ListVpnCertificateAssociations")
    assert (len(reply["VpnCertificateRelations"]), reply["TotalCount"], reply["MaxResults"]) == (1, 2, 1)
    following = world.api.call("ListVpnCertificateAssociations", NextToken=reply["NextToken"])
    assert following["VpnCertificateRelations"][0]["CertificateType"] == "Signature"
    assert "NextToken" not in following
    assert world.api.refused("ListVpnCertificateAssociations", MaxResults=21) == "InvalidParameter 400"


def test_a_passed_rehearsal_of_an_association_is_no_error(world, gateway):
    assert "RequestId" in associate(world, gateway, "Signature", DryRun=True)
    assert listed(world) == []


def test_what_cannot_be_associated(world, gateway):
    associate(world, gateway, "Signature")
    action, named = "AssociateVpnGatewayWithCertificate", {"VpnGatewayId": gateway}
    taken = "OperationFailed.CertificateAssociated 400"
    for kind, certificate in (("Signature", "cert-2"), ("Encryption", "cert-1")):
        assert world.api.refused(action, **named, CertificateType=kind, CertificateId=certificate) == taken
    assert world.api.refused(action, **named, CertificateType="Both", CertificateId="c") == "InvalidParameter 400"
    ordinary = world.gateway()
    refused = world.api.refused(action, VpnGatewayId=ordinary, CertificateType="Signature", CertificateId="c")
    assert refused == "OperationUnsupported.Certificate 400"


def test_connections_need_certificates_on_both_ends(world, gateway):
    peer = world.peer()
    params = world.dual_params(gateway, peer)
    missing = "MissingTunnelOptionsSpecification1RemoteCaCertificate 400"
    assert world.api.refused("CreateVpnConnection", **params) == missing
    for tunnel in params["TunnelOptionsSpecification"]:
        tunnel["RemoteCaCertificate"] = PEM
    not_yet = "OperationFailed.CertificateNotAssociated 400"
    assert world.api.refused("CreateVpnConnection", **params) == not_yet
    with_certificates(world, gateway)
    connection = world.api.call("CreateVpnConnection", **params)["VpnConnectionId"]
    shown = world.api.call("DescribeVpnConnection", VpnConnectionId=connection)
    tunnel = shown["TunnelOptionsSpecification"]["TunnelOptions"][1]
    assert (tunnel["TunnelIkeConfig"]["IkeEncAlg"], tunnel["TunnelIpsecConfig"]["IpsecAuthAlg"]) == ("sm4", "sm3")
    assert tunnel["RemoteCaCertificate"] == PEM
    named = {"VpnGatewayId": gateway, "CertificateType": "Signature", "CertificateId": "cert-Signature"}
    used = "DependencyViolation.VpnConnection 400"
    assert world.api.refused("DissociateVpnGatewayWithCertificate", **named) == used


@pytest.mark.parametrize("text", ['{"IkeEncAlg": "aes256"}', '{"IkeVersion": "ikev2"}', '{"IkeMode": "aggressive"}'])
def test_only_shangmi_algorithms(world, text):
    gateway = with_certificates(world, world.gateway(dual=False, VpnType="NationalStandard"))
    given = {"VpnGatewayId": gateway, "CustomerGatewayId": world.peer(), "RemoteCaCertificate": PEM}
    networks = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
    assert world.api.refused("CreateVpnConnection", **given, **networks, IkeConfig=text) == "InvalidParameter 400"
    made = world.api.call("CreateVpnConnection", **given, **networks, IkeConfig='{"IkeEncAlg": "sm4"}')
    shown = world.api.call("DescribeVpnConnection", VpnConnectionId=made["VpnConnectionId"])
    assert shown["RemoteCaCertificate"] == PEM and shown["IkeConfig"]["IkeAuthAlg"] == "sm3"


def test_other_gateways_know_neither(world):
    gateway, peer = world.gateway(dual=False), world.peer()
    given = {"VpnGatewayId": gateway, "CustomerGatewayId": peer, "LocalSubnet": "172.16.0.0/16"}
    given["RemoteSubnet"] = "192.168.1.0/24"
    refused = world.api.refused("CreateVpnConnection", **given, RemoteCaCertificate=PEM)
    assert refused == "UnsupportedParameter 400"
    refused = world.api.refused("CreateVpnConnection", **given, IkeConfig='{"IkeEncAlg": "sm4"}')
    assert refused == "InvalidParameter 400"


def test_certificates_go_with_their_gateway(world, gateway):
    with_certificates(world, gateway)
    world.api.call("DeleteVpnGateway", VpnGatewayId=gateway)
    assert listed(world) == []
