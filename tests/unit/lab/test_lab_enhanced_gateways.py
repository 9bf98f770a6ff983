"""Enhanced gateways, and routes of connections that are attached to a transit router."""

from __future__ import annotations

import pytest

KIND = {"GatewayType": "Enhanced.SiteToSite"}


def create(world, **more):
    first, second = world.vswitches
    where = {"VpcId": world.vpc_id, "VSwitchId": first, "DisasterRecoveryVSwitchId": second}
    return {**KIND, **where, **more}


def test_a_gateway_without_bandwidth_has_two_endpoints(world):
    gateway = world.api.call("CreateEnhancedVpnGateway", **create(world))["VpnGatewayId"]
    shown = world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)
    assert (shown["GatewayType"], shown["Status"], shown["Name"]) == ("Enhanced.SiteToSite", "active", gateway)
    assert shown["InternetIp"] != shown["DisasterRecoveryInternetIp"]
    assert not {"Spec", "ChargeType", "SslVpn"} & shown.keys()
    connection = world.dual(gateway, world.peer())
    assert "Spec" not in world.api.call("DescribeVpnConnection", VpnConnectionId=connection)
    used = "DependencyViolation.VpnConnection 400"
    assert world.api.refused("DeleteEnhancedVpnGateway", VpnGatewayId=gateway) == used


def test_each_type_has_actions_of_its_own(world):
    enhanced = {"VpnGatewayId": world.api.call("CreateEnhancedVpnGateway", **create(world))["VpnGatewayId"]}
    traditional = {"VpnGatewayId": world.gateway()}
    other = "OperationUnsupported.GatewayType 400"
    assert world.api.refused("DeleteVpnGateway", **enhanced) == other
    assert world.api.refused("ModifyVpnGatewayAttribute", **enhanced, Name="gw-9") == other
    assert world.api.refused("DeleteEnhancedVpnGateway", **traditional) == other
    assert world.api.refused("UpdateEnhancedVpnGateway", **traditional, Name="gw-9") == other
    assert world.api.call("DescribeVpnGateways", GatewayType="Traditional")["TotalCount"] == 1
    assert world.api.call("DescribeVpnGateways")["TotalCount"] == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DisasterRecoveryVSwitchId": ""}, "InvalidVSwitchId.NotFound 400"),
        ({"GatewayType": "Traditional"}, "InvalidParameter 400"),
        ({"VpnType": "NationalStandard"}, "InvalidParameter 400"),
        ({"Name": "1"}, "InvalidName 400"),
    ],
)
def test_rules(world, change, code):
    assert world.api.refused("CreateEnhancedVpnGateway", **create(world, **change)) == code


@pytest.fixture
def attachment(world, cloud):
    tunnels = [{"TunnelIndex": index, "CustomerGatewayId": world.peer(f"198.51.100.{index}")} for index in (1, 2)]
    networks = {"LocalSubnet": "0.0.0.0/0", "RemoteSubnet": "0.0.0.0/0"}
    return world.api.call("CreateVpnAttachment", **networks, TunnelOptionsSpecification=tunnels)["VpnConnectionId"]


def route(attachment, **more):
    return {"VpnConnectionId": attachment, "NextHop": attachment, "RouteDest": "10.1.0.0/16", "Weight": 100, **more}


def test_routes_need_an_attached_connection(world, cloud, attachment):
    not_yet = "OperationUnsupported.VcoNotAttached 400"
    assert world.api.refused("CreateVcoRouteEntry", **route(attachment)) == not_yet
    cloud.admin("POST", f"attachments/{attachment}/attach")
    world.api.call("CreateVcoRouteEntry", **route(attachment))
    assert world.api.refused("CreateVcoRouteEntry", **route(attachment)) == "VcoRouteEntry.AlreadyExists 400"
    held = "DependencyViolation.TransitRouter 400"
    assert world.api.refused("DeleteVpnAttachment", VpnConnectionId=attachment) == held
    assert world.api.call("DescribeVpnConnection", VpnConnectionId=attachment)["State"] == "attached"
    world.api.call("ModifyVpnAttachmentAttribute", VpnConnectionId=attachment, Name="a")
    assert world.api.call("DescribeVpnConnection", VpnConnectionId=attachment)["State"] == "attached"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"NextHop": "vco-x"}, "InvalidParameter 400"),
        ({"RouteDest": "0.0.0.0/0"}, "IllegalParam.RouteDest 400"),
        ({"RouteDest": "100.64.1.0/24"}, "IllegalParam.RouteDest 400"),
        ({"Weight": 50}, "InvalidParameter 400"),
        ({"DryRun": True}, "DryRunOperation 400"),
    ],
)
def test_rules_of_routes(world, cloud, attachment, change, code):
    cloud.admin("POST", f"attachments/{attachment}/attach")
    assert world.api.refused("CreateVcoRouteEntry", **route(attachment, **change)) == code
    gone = world.api.refused("DeleteVcoRouteEntry", **route(attachment))
    assert gone == "InvalidRouteEntry.NotFound 404"
