"""Routing, envelopes and parameter rules that hold for every action."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lab.cloud.errors import ApiError
from lab.cloud.spec import products
from lab.cloud.wire.parameters import decode

VPC = products()["2016-04-28"]


def decoded(action, **flat):
    return decode(VPC.actions[action], flat.items())


def test_error_envelope(api):
    reply = api.try_call("DescribeVpnGateway", VpnGatewayId="vpn-none")
    assert reply.status == 404
    assert reply.headers["content-type"] == "application/json;charset=utf-8"
    assert set(reply.body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert reply.body["HostId"] == "vpc.aliyuncs.com"


def test_success_has_no_code(api):
    body = api.call("DescribeVpcs")
    assert "Code" not in body
    assert body["RequestId"].isupper()


@pytest.mark.parametrize(
    ("action", "version", "code", "status"),
    [
        ("CreateNatGateway", "2016-04-28", "InvalidAction.NotFound", 404),
        ("CreateDisk", "2014-05-26", "InvalidAction.NotFound", 404),
        ("DescribeVpcs", "1999-01-01", "NoSuchVersion", 400),
    ],
)
def test_unknown_action_or_version(api, action, version, code, status):
    reply = api.v3(action, {"RegionId": "cn-hangzhou"}, version=version)
    assert (reply.code, reply.status) == (code, status)


def test_no_action_or_version(api):
    assert api.v1("DescribeVpcs", Version=None).code == "MissingVersion"
    assert api.v1("x", Action=None).code == "MissingAction"


def test_unknown_region(api):
    assert api.refused("DescribeVpcs", RegionId="cn-nowhere") == "InvalidRegionId.NotFound 404"


def test_regions_are_apart(api, world):
    assert api.call("DescribeVpcs", RegionId="cn-shanghai")["TotalCount"] == 0
    assert (
        api.refused("DescribeVpcAttribute", RegionId="cn-shanghai", VpcId=world.vpc_id) == "InvalidVpcID.NotFound 404"
    )


def test_published_methods(api):
    assert api.v3("MoveVpnResourceGroup", method="GET").code == "UnsupportedHTTPMethod"
    params = {"RegionId": "cn-hangzhou", "Spec": "10M"}
    assert api.v3("DescribeVpnGatewayAvailableZones", params, method="POST").status == 405
    assert api.v3("DescribeVpnGatewayAvailableZones", params, method="GET").status == 200


def test_xml_for_v1(api):
    reply = api.v1("DescribeZones", {"RegionId": "cn-hangzhou"}, Format="XML")
    assert reply.headers["content-type"] == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(reply.raw)
    assert root.tag == "DescribeZonesResponse"
    assert root.findtext("Zones/Zone/ZoneId") == "cn-hangzhou-h"
    error = ElementTree.fromstring(api.v1("DescribeZones", Format="XML").raw)
    assert (error.tag, error.findtext("Code")) == ("Error", "MissingRegionId")


class TestDecode:
    def test_structures_and_types(self):
        params = decoded(
            "CreateVpnConnection",
            RegionId="r",
            VpnGatewayId="g",
            LocalSubnet="a",
            RemoteSubnet="b",
            EffectImmediately="True",
            AutoConfigRoute="fAlse",
            **{
                "Tags.2.Key": "b",
                "Tags.1.Key": "a",
                "Tags.1.Value": "",
                "TunnelOptionsSpecification.1.EnableDpd": "true",
                "TunnelOptionsSpecification.1.TunnelIkeConfig.IkeLifetime": "3600",
            },
        )
        assert params["EffectImmediately"] is True
        assert params["AutoConfigRoute"] is False
        assert params["Tags"] == [{"Key": "a", "Value": ""}, {"Key": "b"}]
        assert params["TunnelOptionsSpecification"] == [{"EnableDpd": True, "TunnelIkeConfig": {"IkeLifetime": 3600}}]

    def test_lists_are_ordered_by_number(self):
        flat = {f"ResourceId.{index}": f"i{index}" for index in (10, 2, 1)}
        params = decoded("ListTagResources", RegionId="r", ResourceType="VPC", **flat)
        assert params["ResourceId"] == ["i1", "i2", "i10"]

    def test_protocol_and_owner_parameters_are_dropped(self):
        params = decoded("DescribeVpcs", RegionId="r", OwnerId="1", ResourceOwnerAccount="a", Signature="s", Action="a")
        assert params == {"RegionId": "r"}

    def test_an_empty_scalar_is_absent(self):
        assert decoded("DescribeVpcs", RegionId="r", VpcName="", PageSize="") == {"RegionId": "r"}

    @pytest.mark.parametrize(
        ("flat", "code"),
        [
            ({}, "MissingRegionId"),
            ({"RegionId": ""}, "MissingRegionId"),
            ({"RegionId": "r", "Nonsense": "1"}, "UnsupportedParameter"),
            ({"RegionId": "r", "Tag.1.Kee": "1"}, "UnsupportedParameter"),
            ({"RegionId": "r", "PageSize": "ten"}, "InvalidParameter"),
            ({"RegionId": "r", "PageSize": "1.5"}, "InvalidParameter"),
            ({"RegionId": "r", "PageSize": "9" * 40}, "InvalidParameter"),
            ({"RegionId": "r", "DryRun": "yes"}, "InvalidParameter"),
            ({"RegionId": "r", "Tag": "x"}, "InvalidParameter"),
            ({"RegionId": "r", "Tag.0.Key": "x"}, "InvalidParameter"),
            ({"RegionId": "r", "Tag.1000.Key": "x"}, "InvalidParameter"),
            ({"RegionId": "r", "Tag.1": "x"}, "InvalidParameter"),
            ({"RegionId": "r", "VpcName.1": "x"}, "InvalidParameter"),
            ({"RegionId": "r", "VpcName": "x", "VpcName.1": "x"}, "InvalidParameter"),
        ],
    )
    def test_refusals(self, flat, code):
        with pytest.raises(ApiError) as caught:
            decoded("DescribeVpcs", **flat)
        assert caught.value.code == code

    def test_a_parameter_in_query_and_form_must_agree(self):
        action = VPC.actions["DescribeVpcs"]
        assert decode(action, [("RegionId", "r"), ("RegionId", "r")]) == {"RegionId": "r"}
        with pytest.raises(ApiError):
            decode(action, [("RegionId", "r"), ("RegionId", "s")])


def test_unmodelled_parameters_are_errors_not_ignored(api):
    assert api.refused("CreateVpc", EnableIpv6=True) == "UnsupportedParameter 400"
    assert api.call("CreateVpc", EnableIpv6=False)["VpcId"]


def test_paging_limits(api):
    assert api.refused("DescribeVpnGateways", PageSize=51) == "InvalidParameter 400"
    assert api.refused("DescribeVpnGateways", PageSize=0) == "InvalidParameter 400"
    assert api.refused("DescribeVpnGateways", PageNumber=0) == "InvalidParameter 400"


def test_pages(api, world):
    peers = [world.peer(f"198.51.100.{last}") for last in range(1, 13)]
    assert len(api.call("DescribeCustomerGateways")["CustomerGateways"]["CustomerGateway"]) == 10
    second = api.call("DescribeCustomerGateways", PageNumber=2, PageSize=5)
    assert [item["CustomerGatewayId"] for item in second["CustomerGateways"]["CustomerGateway"]] == peers[5:10]
    assert (second["PageNumber"], second["PageSize"], second["TotalCount"]) == (2, 5, 12)
    assert api.call("DescribeCustomerGateways", PageNumber=9)["CustomerGateways"]["CustomerGateway"] == []


class TestClientToken:
    def test_same_answer_and_one_object(self, api):
        first = api.call("CreateVpc", ClientToken="t-1", CidrBlock="10.0.0.0/16")
        again = api.call("CreateVpc", ClientToken="t-1", CidrBlock="10.0.0.0/16")
        assert {**first, "RequestId": ""} == {**again, "RequestId": ""}
        assert api.call("DescribeVpcs")["TotalCount"] == 1

    def test_other_parameters(self, api):
        api.call("CreateVpc", ClientToken="t-1", CidrBlock="10.0.0.0/16")
        refused = api.refused("CreateVpc", ClientToken="t-1", CidrBlock="10.1.0.0/16")
        assert refused == "IdempotentParameterMismatch 400"

    def test_a_refused_call_leaves_no_token(self, api):
        api.refused("CreateVpc", ClientToken="t-1", CidrBlock="100.64.0.0/16")
        api.call("CreateVpc", ClientToken="t-1", CidrBlock="10.0.0.0/16")

    def test_delete_can_be_repeated(self, api):
        vpc_id = api.call("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
        for _ in range(2):
            api.call("DeleteVpc", VpcId=vpc_id, ClientToken="d")
        assert api.refused("DeleteVpc", VpcId=vpc_id) == "InvalidVpcID.NotFound 404"

    @pytest.mark.parametrize("token", ["x" * 65, "schlüssel", "a\nb"])
    def test_form(self, api, token):
        assert api.refused("CreateVpc", ClientToken=token) == "InvalidParameter 400"
