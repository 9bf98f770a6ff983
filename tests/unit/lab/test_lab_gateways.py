"""VPN gateways and customer gateways: rules, read shape, life."""

from __future__ import annotations

import pytest

IDS = {"VpnGatewayId": "vpn-none"}


def view(world, gateway):
    return world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)


def test_read_shape_of_a_dual_tunnel_gateway(world):
    gateway = world.gateway(Name="vpg-1")
    shown = view(world, gateway)
    assert shown["Spec"] == "10M"
    assert (shown["IpsecVpn"], shown["SslVpn"]) == ("enable", "disable")
    assert shown["Status"] == "active"
    assert (shown["VSwitchId"], shown["DisasterRecoveryVSwitchId"]) == world.vswitches
    assert shown["InternetIp"] != shown["DisasterRecoveryInternetIp"]
    assert shown["InternetIp"].startswith("203.0.113.")
    assert isinstance(shown["CreateTime"], int)
    assert shown["CreateTime"] > 10**12
    assert shown["Tag"].startswith("{")
    (listed,) = world.api.call("DescribeVpnGateways")["VpnGateways"]["VpnGateway"]
    assert listed == {key: value for key, value in shown.items() if key != "RequestId"}


def test_name_defaults_to_the_id(world):
    gateway = world.gateway()
    assert view(world, gateway)["Name"] == gateway


def test_single_tunnel_gateway(world):
    shown = view(world, world.gateway(dual=False))
    assert "DisasterRecoveryVSwitchId" not in shown
    assert "DisasterRecoveryInternetIp" not in shown


def test_a_single_tunnel_gateway_finds_a_vswitch_itself(world):
    shown = view(world, world.gateway(dual=False, VSwitchId=""))
    assert shown["VSwitchId"] == min(world.vswitches)


def test_no_vswitch_at_all(api):
    vpc_id = api.call("CreateVpc")["VpcId"]
    assert api.refused("CreateVpnGateway", VpcId=vpc_id, Bandwidth=10) == "InvalidVSwitchId.NotFound 400"


def test_ssl(world):
    shown = view(world, world.gateway(EnableSsl=True, SslConnections=20))
    assert (shown["SslVpn"], shown["SslMaxConnections"]) == ("enable", 20)
    assert shown["SslVpnInternetIp"] not in (shown["InternetIp"], shown["DisasterRecoveryInternetIp"])


def test_private_gateway_has_addresses_of_its_vswitches(world):
    shown = view(world, world.gateway(NetworkType="private", Bandwidth=200))
    assert shown["InternetIp"].startswith("172.16.1.")
    assert shown["DisasterRecoveryInternetIp"].startswith("172.16.2.")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Bandwidth": 7}, "InvalidParameter"),
        ({"Bandwidth": 10, "NetworkType": "private"}, "InvalidParameter"),
        ({"NetworkType": "internal"}, "InvalidParameter"),
        ({"SslConnections": 5}, "UnnecessarySslConnection"),
        ({"EnableSsl": True, "SslConnections": 6}, "InvalidParameter"),
        ({"EnableIpsec": False}, "InvalidParameter"),
        ({"InstanceChargeType": "FREE"}, "InvalidParameter"),
        ({"InstanceChargeType": "PREPAY"}, "InvalidParameter"),
        ({"InstanceChargeType": "PREPAY", "Period": 10}, "InvalidParameter"),
        ({"Name": "x"}, "InvalidName"),
        ({"Name": "1x"}, "InvalidName"),
        ({"Name": "a b"}, "InvalidName"),
        ({"Name": "a" * 101}, "InvalidName"),
        ({"VpcId": "vpc-none"}, "InvalidVpcID.NotFound"),
        ({"VSwitchId": "vsw-none"}, "InvalidVSwitchId.NotFound"),
        ({"VSwitchId": "", "DisasterRecoveryVSwitchId": "x"}, "InvalidVSwitchId.NotFound"),
        ({"Tag": [{"Key": "a"}]}, "UnsupportedParameter"),
        ({"Description": "d"}, "UnsupportedParameter"),
        ({"DryRun": True}, "UnsupportedParameter"),
    ],
)
def test_create_refusals(world, params, code):
    first, second = world.vswitches
    defaults = {
        "VpcId": world.vpc_id,
        "Bandwidth": 10,
        "VSwitchId": first,
        "DisasterRecoveryVSwitchId": second,
    }
    assert world.api.try_call("CreateVpnGateway", **{**defaults, **params}).code == code
    assert world.api.call("DescribeVpnGateways")["TotalCount"] == 0


def test_both_vswitches_in_one_zone(world):
    third = world.api.call("CreateVSwitch", VpcId=world.vpc_id, ZoneId="cn-hangzhou-h", CidrBlock="172.16.9.0/24")
    params = {"VpcId": world.vpc_id, "Bandwidth": 10, "VSwitchId": world.vswitches[0]}
    refused = world.api.refused("CreateVpnGateway", **params, DisasterRecoveryVSwitchId=third["VSwitchId"])
    assert refused == "InvalidParameter 400"


def test_a_dual_tunnel_region_needs_two_vswitches(api):
    vpc_id = api.call("CreateVpc", RegionId="cn-beijing")["VpcId"]
    params = {"RegionId": "cn-beijing", "VpcId": vpc_id}
    vswitch = api.call("CreateVSwitch", **params, ZoneId="cn-beijing-f", CidrBlock="172.16.1.0/24")["VSwitchId"]
    refused = api.refused("CreateVpnGateway", **params, Bandwidth=10, VSwitchId=vswitch)
    assert refused == "InvalidVSwitchId.NotFound 400"


def test_prepaid(world):
    params = {"InstanceChargeType": "PREPAY", "Period": 1}
    paid, unpaid = world.gateway(**params, AutoPay=True), world.gateway(**params)
    assert view(world, paid)["ChargeType"] == "Prepay"
    assert world.api.refused("DeleteVpnGateway", VpnGatewayId=paid) == "ForbiddenRelease 403"
    assert view(world, unpaid)["Status"] == "init"


def test_modify(world):
    gateway = world.gateway()
    reply = world.api.call(
        "ModifyVpnGatewayAttribute", VpnGatewayId=gateway, Name="new", Description="d", AutoPropagate=True
    )
    assert (reply["Name"], reply["Status"]) == ("new", "updating")
    shown = view(world, gateway)
    assert (shown["Name"], shown["Description"], shown["AutoPropagate"], shown["Status"]) == (
        "new",
        "d",
        True,
        "active",
    )


def test_filters(world):
    gateway = world.gateway()
    world.gateway()
    api = world.api
    assert api.call("DescribeVpnGateways", VpnGatewayId=gateway)["TotalCount"] == 1
    assert api.call("DescribeVpnGateways", VpcId=world.vpc_id)["TotalCount"] == 2
    assert api.call("DescribeVpnGateways", Status="init")["TotalCount"] == 0
    assert api.call("DescribeVpnGateways", GatewayType="Enhanced.SiteToSite")["TotalCount"] == 0
    assert api.refused("DescribeVpnGateways", Name="x") == "UnsupportedParameter 400"


def test_not_found(api):
    for action in ("DescribeVpnGateway", "DeleteVpnGateway", "ModifyVpnGatewayAttribute"):
        assert api.refused(action, **IDS) == "InvalidVpnGatewayInstanceId.NotFound 404"


def test_delete_is_refused_with_connections(world):
    gateway = world.gateway()
    world.dual(gateway, world.peer())
    assert world.api.refused("DeleteVpnGateway", VpnGatewayId=gateway) == "DependencyViolation.VpnConnection 400"


def test_quota(cloud, world):
    cloud.admin("POST", "settings", {"quotas": {"vpn_gateways": 1}})
    world.gateway()
    first, second = world.vswitches
    params = {"VpcId": world.vpc_id, "Bandwidth": 10, "VSwitchId": first, "DisasterRecoveryVSwitchId": second}
    assert world.api.refused("CreateVpnGateway", **params) == "Resource.QuotaFull 400"


def test_addresses_run_out(cloud, world, monkeypatch):
    def none_left(in_use):
        raise RuntimeError("no free public address left")

    monkeypatch.setattr(cloud.control.runner.plane, "allocate_public_address", none_left, raising=False)
    params = {"VpcId": world.vpc_id, "Bandwidth": 10, "VSwitchId": world.vswitches[0]}
    assert world.api.refused("CreateVpnGateway", **params) == "Resource.QuotaFull 400"
    assert world.api.call("DescribeVpnGateways")["TotalCount"] == 0


def test_zones_and_bgp(api):
    zones = api.call("DescribeVpnGatewayAvailableZones", Spec="10M")["AvailableZoneIdList"]
    assert zones[0]["ZoneId"] == "cn-hangzhou-h"
    assert api.refused("DescribeVpnGatewayAvailableZones", Spec="7M") == "InvalidParameter 400"
    assert api.call("CheckVpnBgpEnabled")["BgpEnabled"] is True


class TestCustomerGateway:
    def test_life(self, world):
        api = world.api
        created = api.call(
            "CreateCustomerGateway", IpAddress="198.51.100.9", Name="c", Description="d", Asn="1.2", AuthKey="k&y"
        )
        shown = api.call("DescribeCustomerGateway", CustomerGatewayId=created["CustomerGatewayId"])
        assert (shown["Asn"], shown["AuthKey"], shown["Name"]) == (65538, "k&y", "c")
        changed = api.call(
            "ModifyCustomerGatewayAttribute", CustomerGatewayId=created["CustomerGatewayId"], Name="n", AuthKey="other"
        )
        assert changed["Name"] == "n"
        assert "AuthKey" not in changed
        api.call("DeleteCustomerGateway", CustomerGatewayId=created["CustomerGatewayId"])
        refused = api.refused("DescribeCustomerGateway", CustomerGatewayId=created["CustomerGatewayId"])
        assert refused == "InvalidCustomerGatewayInstanceId.NotFound 404"

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"IpAddress": "198.51.100"}, "InvalidIpAddress.WrongFormat"),
            ({"IpAddress": "198.51.100.1/32"}, "InvalidIpAddress.WrongFormat"),
            ({"IpAddress": "::1"}, "InvalidIpAddress.WrongFormat"),
            ({"IpAddress": "100.64.0.1"}, "InvalidIpAddress"),
            ({"IpAddress": "127.0.0.1"}, "InvalidIpAddress"),
            ({"IpAddress": "169.254.1.1"}, "InvalidIpAddress"),
            ({"IpAddress": "224.0.0.1"}, "InvalidIpAddress"),
            ({"IpAddress": "255.1.1.1"}, "InvalidIpAddress"),
            ({"Asn": "45104"}, "InvalidParameter"),
            ({"Asn": "0"}, "InvalidParameter"),
            ({"Asn": "4294967296"}, "InvalidParameter"),
            ({"Asn": "1.65536"}, "InvalidParameter"),
            ({"Asn": "AS1"}, "InvalidParameter"),
            ({"AuthKey": "a b"}, "InvalidParameter"),
            ({"AuthKey": "a?b"}, "InvalidParameter"),
            ({"AuthKey": "x" * 65}, "InvalidParameter"),
            ({"Name": "x" * 101}, "InvalidName"),
            ({"Description": "http://x"}, "InvalidDescription"),
            ({"Tags": [{"Key": "x" * 65}]}, "InvalidTagKey"),
            ({"Tag": [{"Key": "a"}]}, "UnsupportedParameter"),
        ],
    )
    def test_refusals(self, api, params, code):
        assert api.try_call("CreateCustomerGateway", **{"IpAddress": "198.51.100.1", **params}).code == code

    def test_an_error_does_not_show_the_key(self, api):
        assert b"s3cr" not in api.try_call("CreateCustomerGateway", IpAddress="198.51.100.1", AuthKey="s3cr et").raw

    def test_one_per_address(self, world):
        world.peer()
        assert (
            world.api.refused("CreateCustomerGateway", IpAddress="198.51.100.10") == "InvalidIpAddress.AlreadyExist 400"
        )

    def test_in_use(self, world):
        gateway, peer = world.gateway(), world.peer()
        connection = world.dual(gateway, peer)
        refused = world.api.refused("DeleteCustomerGateway", CustomerGatewayId=peer)
        assert refused == "DependencyViolation.VpnConnection 400"
        world.api.call("DeleteVpnConnection", VpnConnectionId=connection)
        world.api.call("DeleteCustomerGateway", CustomerGatewayId=peer)

    def test_quota(self, cloud, world):
        cloud.admin("POST", "settings", {"quotas": {"customer_gateways": 0}})
        assert world.api.refused("CreateCustomerGateway", IpAddress="198.51.100.1") == "Resource.QuotaFull 400"
