"""IPsec connections for transit routers."""

from __future__ import annotations

import pytest

NETWORKS = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}


def tunnels(peer, **more):
    return [{"TunnelIndex": index, "CustomerGatewayId": peer, **more} for index in (1, 2)]


@pytest.fixture
def dual(world):
    given = {**NETWORKS, "TunnelOptionsSpecification": tunnels(world.peer())}
    return world.api.call("CreateVpnAttachment", **given)["VpnConnectionId"]


def shown(world, identifier):
    return world.api.call("DescribeVpnConnection", VpnConnectionId=identifier)


def test_defaults(world, dual):
    view = shown(world, dual)
    assert (view["State"], view["AttachType"], view["TunnelBandwidth"]) == ("init", "NO_ASSOCIATED", "Standard")
    first, second = view["TunnelOptionsSpecification"]["TunnelOptions"]
    assert [first["TunnelIndex"], second["TunnelIndex"]] == [1, 2]
    assert (first["TunnelIkeConfig"]["IkeVersion"], first["TunnelIkeConfig"]["IkeAuthAlg"]) == ("ikev2", "sha1")
    assert first["TunnelIkeConfig"]["LocalId"] == "" and first["TunnelIpsecConfig"]["IpsecAuthAlg"] == "sha1"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "MissingCustomerGatewayId 400"),
        ({"CustomerGatewayId": "cgw-x"}, "InvalidCustomerGatewayInstanceId.NotFound 404"),
        ({"EnableTunnelsBgp": True, "CustomerGatewayId": "peer"}, "UnsupportedParameter 400"),
        ({"HealthCheckConfig": '{"Policy": "both"}', "CustomerGatewayId": "peer"}, "InvalidParameter 400"),
        ({"CustomerGatewayId": "peer", "DryRun": True}, "DryRunOperation 400"),
        ({"CustomerGatewayId": "peer", "TunnelBandwidth": "Huge"}, "InvalidParameter 400"),
        ({"CustomerGatewayId": "peer", "RemoteCaCert": "x"}, "UnsupportedParameter 400"),
    ],
)
def test_rules_of_one_tunnel(world, params, code):
    if params.get("CustomerGatewayId") == "peer":
        params = {**params, "CustomerGatewayId": world.peer()}
    assert world.api.refused("CreateVpnAttachment", **NETWORKS, **params) == code


def test_rules_of_two_tunnels(world):
    peer = world.peer()
    pair = tunnels(peer)
    for wrong in (pair[:1], [pair[0], pair[0]], [{"CustomerGatewayId": peer}, pair[1]]):
        params = {**NETWORKS, "TunnelOptionsSpecification": wrong}
        assert world.api.refused("CreateVpnAttachment", **params) == "InvalidParameter 400"
    params = {**NETWORKS, "TunnelOptionsSpecification": pair, "EnableDpd": True}
    assert world.api.refused("CreateVpnAttachment", **params) == "UnsupportedParameter 400"


def test_a_change_takes_its_time_and_admits_no_second_one(cloud, world, dual):
    cloud.admin("POST", "settings", {"delays": {"child": 60.0}})
    change = {"VpnConnectionId": dual, "Name": "b"}
    world.api.call("ModifyVpnAttachmentAttribute", **change)
    assert shown(world, dual)["State"] == "updating"
    assert world.api.refused("ModifyVpnAttachmentAttribute", **change) == "VpnConnection.Configuring 400"
    assert world.api.refused("DeleteVpnAttachment", VpnConnectionId=dual) == "VpnConnection.Configuring 400"


def test_the_other_tunnel_keeps_its_settings(world, dual):
    before = shown(world, dual)["TunnelOptionsSpecification"]["TunnelOptions"]
    change = [{"TunnelIndex": 2, "EnableDpd": False, "CustomerGatewayId": before[1]["CustomerGatewayId"]}]
    world.api.call("ModifyVpnAttachmentAttribute", VpnConnectionId=dual, TunnelOptionsSpecification=change)
    after = shown(world, dual)["TunnelOptionsSpecification"]["TunnelOptions"]
    assert after[0] == before[0] and after[1] == {**before[1], "EnableDpd": "false"}


def test_what_it_uses_stays_and_it_goes(world, dual):
    peer = shown(world, dual)["TunnelOptionsSpecification"]["TunnelOptions"][0]["CustomerGatewayId"]
    refused = world.api.refused("DeleteCustomerGateway", CustomerGatewayId=peer)
    assert refused == "DependencyViolation.VpnAttachment 400"
    changed = world.api.refused("ModifyVpnAttachmentAttribute", VpnConnectionId=dual, NetworkType="private")
    assert changed == "UnsupportedParameter 400"
    assert world.api.call("DescribeVpnConnections", CustomerGatewayId=peer)["TotalCount"] == 1
    assert world.api.call("DescribeVpnConnections", VpnGatewayId="vpn-other")["TotalCount"] == 0
    world.api.call("DeleteVpnAttachment", VpnConnectionId=dual)
    assert world.api.call("DescribeVpnConnections")["TotalCount"] == 0
    gone = world.api.refused("DescribeVpnConnection", VpnConnectionId=dual)
    assert gone == "InvalidVpnConnectionInstanceId.NotFound 404"
