"""DiagnoseVpnGateway and its result, and the logs of servers for remote access."""

from __future__ import annotations

import json


def diagnose(world, gateway, connection, **more):
    asked = {"VpnGatewayId": gateway, "ResourceId": connection, "ResourceType": "IPsec", **more}
    identifier = world.api.call("DiagnoseVpnGateway", **asked)["DiagnoseId"]
    return world.api.call("GetVpnGatewayDiagnoseResult", DiagnoseId=identifier)


def levels(result):
    return {item["DiagnoseName"]: item["DiagnoseResultLevel"] for item in result["DiagnoseResult"]}


def test_items_and_their_levels(world, cloud):
    gateway = world.gateway()
    connection = world.dual(gateway, world.peer())
    result = diagnose(world, gateway, connection)
    assert result["FinishedCount"] == result["TotalCount"] == len(result["DiagnoseResult"]) == 6
    assert levels(result)["RouteEntryConflict"] == levels(result)["VpnIPsecQuota"] == "normal"
    # Nothing negotiates without a data plane.
    assert levels(result)["VcoUserInternetIpConnectivity"] == "error"
    quota = next(item for item in result["DiagnoseResult"] if item["DiagnoseName"] == "VpnIPsecQuota")
    words = json.loads(quota["DiagnoseResultDescription"])
    assert (words["quantity"], words["used"]) == (10, 1)
    cloud.admin("POST", "settings", {"quotas": {"connections_per_gateway": 1}})
    assert levels(diagnose(world, gateway, connection))["VpnIPsecQuota"] == "error"


def test_a_route_into_a_vswitch_is_a_conflict(world):
    gateway = world.gateway()
    connection = world.dual(gateway, world.peer())
    route = {"VpnGatewayId": gateway, "NextHop": connection, "RouteDest": "172.16.1.0/25", "Weight": 100}
    world.api.call("CreateVpnRouteEntry", **route, PublishVpc=False)
    assert levels(diagnose(world, gateway, connection))["RouteEntryConflict"] == "error"


def test_private_addresses_are_compared_with_the_networks(world):
    gateway = world.gateway()
    connection = world.dual(gateway, world.peer())
    inside = {"PrivateSourceIp": "172.16.1.9", "PrivateDestinationIp": "192.168.1.9"}
    result = diagnose(world, gateway, connection, IPsecExtendInfo=json.dumps(inside))
    assert levels(result)["VcoPrivateConnectivity"] == "normal"
    outside = json.dumps({**inside, "PrivateDestinationIp": "10.0.0.9"})
    result = diagnose(world, gateway, connection, IPsecExtendInfo=outside)
    assert levels(result)["VcoPrivateConnectivity"] == "error"


def test_what_cannot_be_diagnosed(world):
    gateway = world.gateway()
    asked = {"VpnGatewayId": gateway, "ResourceType": "IPsec"}
    unknown = "InvalidVpnConnectionInstanceId.NotFound 404"
    assert world.api.refused("DiagnoseVpnGateway", **asked, ResourceId="vco-x") == unknown
    connection = world.dual(gateway, world.peer())
    asked["ResourceId"] = connection
    assert world.api.refused("DiagnoseVpnGateway", **{**asked, "ResourceType": "SSL"}) == "InvalidParameter 400"
    assert world.api.refused("DiagnoseVpnGateway", **asked, IPsecExtendInfo='{"A": "1"}') == "InvalidParameter 400"
    assert world.api.refused("GetVpnGatewayDiagnoseResult") == "MissingDiagnoseId 400"
    assert world.api.refused("GetVpnGatewayDiagnoseResult", DiagnoseId="d") == "InvalidDiagnoseId.NotFound 404"


def test_logs_of_servers(world):
    gateway = world.gateway(EnableSsl=True)
    clients = {"VpnGatewayId": gateway, "LocalSubnet": "172.16.0.0/16"}
    server = world.api.call("CreateSslVpnServer", **clients, ClientIpPool="10.9.0.0/24")["SslVpnServerId"]
    certificate = world.api.call("CreateSslVpnClientCert", SslVpnServerId=server)["SslVpnClientCertId"]
    reply = world.api.call("DescribeVpnSslServerLogs", VpnSslServerId=server, MinutePeriod=10)
    assert (reply["Count"], reply["IsCompleted"]) == (2, True)
    one = world.api.call("DescribeVpnSslServerLogs", VpnSslServerId=server, SslVpnClientCertId=certificate)
    assert one["Data"]["Logs"][0].endswith(f"<{certificate}> client certificate created")
    remote = world.api.call("CreateIpsecServer", **clients, ClientIpPool="10.10.0.0/24", PskEnabled=True)
    named = {"IpsecServerId": remote["IpsecServerId"]}
    world.api.call("UpdateIpsecServer", **named, EffectImmediately=True)
    lines = world.api.call("ListIpsecServerLogs", **named, PageSize=1)
    assert lines["Count"] == 2 and len(lines["Data"]) == 1
    assert world.api.refused("ListIpsecServerLogs", **named, MinutePeriod=11) == "InvalidParameter 400"
    assert world.api.refused("ListIpsecServerLogs", IpsecServerId="iss-x") == "InvalidIpsecServerId.NotFound 404"
