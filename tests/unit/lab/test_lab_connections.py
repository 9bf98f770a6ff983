"""IPsec connections: both modes, read shape, defaults, rules, changes."""

from __future__ import annotations

import json

import pytest

BGP = {"TunnelCidr": "169.254.10.0/30", "LocalBgpIp": "169.254.10.1", "LocalAsn": 65001}


def shown(world, connection):
    return world.api.call("DescribeVpnConnection", VpnConnectionId=connection)


def tunnels(world, connection):
    return shown(world, connection)["TunnelOptionsSpecification"]["TunnelOptions"]


@pytest.fixture
def single(world):
    """(gateway, customer gateway) for single-tunnel connections."""
    return world.gateway(dual=False), world.peer(Asn="65010", AuthKey="bgpkey")


@pytest.fixture
def dual(world):
    """(gateway, customer gateway) for dual-tunnel connections."""
    return world.gateway(), world.peer(Asn="65010")


class TestSingle:
    def test_defaults(self, world, single):
        view = shown(world, world.single(*single))
        ike = view["IkeConfig"]
        assert len(ike.pop("Psk")) == 16
        assert ike == {
            "IkeVersion": "ikev1",
            "IkeMode": "main",
            "IkeEncAlg": "aes",
            "IkeAuthAlg": "md5",
            "IkePfs": "group2",
            "IkeLifetime": 86400,
            "LocalId": view["InternetIp"],
            "RemoteId": "198.51.100.10",
        }
        assert view["IpsecConfig"] == {
            "IpsecEncAlg": "aes",
            "IpsecAuthAlg": "md5",
            "IpsecPfs": "group2",
            "IpsecLifetime": 86400,
        }
        assert (view["EnableDpd"], view["EnableNatTraversal"], view["EffectImmediately"]) == (True, True, False)
        assert view["VcoHealthCheck"]["Enable"] == "false"
        assert view["VpnBgpConfig"]["EnableBgp"] == "false"
        assert (view["State"], view["Status"]) == ("active", "ike_sa_not_established")
        assert "AutoConfigRoute" not in view

    def test_types_in_json_are_lenient(self, world, single):
        connection = world.single(
            *single,
            IkeConfig=json.dumps({"IkeLifetime": "3600", "IkeVersion": "ikev2", "Psk": 'x!&=%+ "'.replace(" ", "")}),
            IpsecConfig=json.dumps({"IpsecLifetime": 0, "IpsecPfs": "disabled"}),
            HealthCheckConfig=json.dumps({"Enable": True, "Dip": "192.168.1.1", "Sip": "172.16.1.5", "Interval": "5"}),
            BgpConfig=json.dumps({**BGP, "EnableBgp": "true", "LocalAsn": "0.65001"}),
        )
        view = shown(world, connection)
        assert (view["IkeConfig"]["IkeLifetime"], view["IkeConfig"]["Psk"]) == (3600, 'x!&=%+"')
        assert view["IpsecConfig"]["IpsecLifetime"] == 0
        check = {"Enable": "true", "Dip": "192.168.1.1", "Sip": "172.16.1.5", "Interval": 5, "Retry": 3}
        assert view["VcoHealthCheck"] == {**check, "Status": "failed"}
        assert view["VpnBgpConfig"] == {
            "EnableBgp": "true",
            "LocalAsn": 65001,
            "LocalBgpIp": "169.254.10.1",
            "PeerBgpIp": "169.254.10.2",
            "PeerAsn": 65010,
            "TunnelCidr": "169.254.10.0/30",
            "AuthKey": "bgpkey",
            "Status": "failed",
        }

    def test_the_plural_form_differs(self, world, single):
        connection = world.single(*single, Tags=[{"Key": "a", "Value": "b"}])
        one = shown(world, connection)
        (row,) = world.api.call("DescribeVpnConnections")["VpnConnections"]["VpnConnection"]
        assert row["Tag"] == one["Tags"] == {"Tag": [{"Key": "a", "Value": "b"}]}
        assert "Tags" not in row
        assert "ZoneNo" in one
        assert "ZoneNo" not in row
        assert "EnableBgp" not in row["VpnBgpConfig"]

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"CustomerGatewayId": ""}, "MissingCustomerGatewayId"),
            ({"CustomerGatewayId": "cgw-none"}, "InvalidCustomerGatewayInstanceId.NotFound"),
            ({"VpnGatewayId": "vpn-none"}, "InvalidVpnGatewayInstanceId.NotFound"),
            ({"LocalSubnet": "172.16.0.1/16"}, "IllegalParam.LocalSubnet"),
            ({"LocalSubnet": "172.16.0.0"}, "IllegalParam.LocalSubnet"),
            ({"LocalSubnet": "0.0.0.0/0"}, "IllegalParam.LocalSubnet"),
            ({"LocalSubnet": "0.0.0.0/0,10.0.0.0/8"}, "IllegalParam.LocalSubnet"),
            ({"RemoteSubnet": "192.168.1.0/24,192.168.1.0/24"}, "IllegalParam.RemoteSubnet"),
            ({"RemoteSubnet": ",".join(f"10.{n}.0.0/16" for n in range(11))}, "IllegalParam.RemoteSubnet"),
            ({"Name": "http://x"}, "InvalidName"),
            ({"IkeConfig": "{"}, "InvalidParameter"),
            ({"IkeConfig": "[]"}, "InvalidParameter"),
            ({"IkeConfig": '{"Nonsense": 1}'}, "UnsupportedParameter"),
            ({"IkeConfig": '{"IkeVersion": "ikev3"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkeEncAlg": "aes128"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkeAuthAlg": "sha386"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkePfs": "group24"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkePfs": "disabled"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkeLifetime": 86401}'}, "InvalidParameter"),
            ({"IkeConfig": '{"IkeLifetime": "1h"}'}, "InvalidParameter"),
            ({"IkeConfig": '{"Psk": "with space"}'}, "InvalidParameter"),
            ({"IkeConfig": json.dumps({"Psk": "x" * 101})}, "InvalidParameter"),
            ({"IkeConfig": json.dumps({"Psk": "schlüssel"})}, "InvalidParameter"),
            ({"IkeConfig": '{"LocalId": "a b"}'}, "InvalidParameter"),
            ({"HealthCheckConfig": '{"enable": true}'}, "InvalidParameter"),
            ({"HealthCheckConfig": '{"policy": "x"}'}, "UnsupportedParameter"),
            ({"BgpConfig": '{"EnableBgp": true}'}, "InvalidParameter"),
            ({"BgpConfig": '{"TunnelCidr": "169.254.1.0/30"}'}, "InvalidParameter"),
            ({"BgpConfig": '{"TunnelCidr": "169.254.169.252/30"}'}, "InvalidParameter"),
            ({"BgpConfig": '{"TunnelCidr": "10.0.0.0/30"}'}, "InvalidParameter"),
            ({"BgpConfig": '{"TunnelCidr": "169.254.10.0/29"}'}, "InvalidParameter"),
            ({"BgpConfig": json.dumps({**BGP, "LocalBgpIp": "169.254.10.3"})}, "InvalidParameter"),
            ({"RemoteCaCertificate": "-----BEGIN"}, "UnsupportedParameter"),
            ({"EnableTunnelsBgp": True}, "UnsupportedParameter"),
            ({"TunnelOptionsSpecification": [{"Role": "master"}]}, "UnsupportedParameter"),
            ({"DryRun": True}, "DryRunOperation"),
        ],
    )
    def test_refusals(self, world, single, params, code):
        gateway, peer = single
        defaults = {"VpnGatewayId": gateway, "CustomerGatewayId": peer}
        subnets = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
        reply = world.api.try_call("CreateVpnConnection", **{**defaults, **subnets, **params})
        assert reply.code == code
        assert b"with space" not in reply.raw
        assert world.api.call("DescribeVpnConnections")["TotalCount"] == 0
        assert world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["Status"] == "active"

    def test_a_changed_block_without_psk_gets_a_new_one(self, world, single):
        connection = world.single(*single, IkeConfig=json.dumps({"Psk": "mine", "IkeVersion": "ikev2"}))
        change = {"VpnConnectionId": connection}
        reply = world.api.call("ModifyVpnConnectionAttribute", **change, IkeConfig=json.dumps({"IkeEncAlg": "aes256"}))
        ike = shown(world, connection)["IkeConfig"]
        assert len(ike["Psk"]) == 16
        assert (ike["IkeVersion"], ike["IkeEncAlg"]) == ("ikev2", "aes256")
        assert reply["IkeConfig"] == ike
        world.api.call("ModifyVpnConnectionAttribute", **change, IpsecConfig=json.dumps({"IpsecEncAlg": "aes256"}))
        assert shown(world, connection)["IkeConfig"] == ike

    def test_duplicate(self, world, single):
        world.single(*single)
        gateway, peer = single
        params = {"VpnGatewayId": gateway, "CustomerGatewayId": peer}
        subnets = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
        assert world.api.refused("CreateVpnConnection", **params, **subnets) == "InvalidVpnConnection.AlreadyExists 400"

    def test_a_tunnel_network_is_used_once_per_gateway(self, world, single):
        config = json.dumps({**BGP, "EnableBgp": True})
        world.single(*single, BgpConfig=config)
        gateway, peer = single
        params = {"VpnGatewayId": gateway, "CustomerGatewayId": peer, "BgpConfig": config}
        subnets = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.2.0/24"}
        assert world.api.refused("CreateVpnConnection", **params, **subnets) == "InvalidParameter 400"

    def test_bgp_needs_an_asn(self, world, single):
        gateway, _peer = single
        other = world.peer("198.51.100.11")
        params = {
            "VpnGatewayId": gateway,
            "CustomerGatewayId": other,
            "BgpConfig": json.dumps({**BGP, "EnableBgp": True}),
        }
        subnets = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
        assert world.api.refused("CreateVpnConnection", **params, **subnets) == "CustomerGateway.AsnNotSet 400"

    def test_quota(self, cloud, world, single):
        cloud.admin("POST", "settings", {"quotas": {"connections_per_gateway": 0}})
        gateway, peer = single
        params = {"VpnGatewayId": gateway, "CustomerGatewayId": peer}
        subnets = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
        assert world.api.refused("CreateVpnConnection", **params, **subnets) == "Resource.QuotaFull 400"


class TestDual:
    def test_defaults_and_texts(self, world, dual):
        gateway, peer = dual
        connection = world.dual(gateway, peer)
        view = shown(world, connection)
        assert not {"IkeConfig", "IpsecConfig", "CustomerGatewayId", "VpnBgpConfig", "VcoHealthCheck"} & set(view)
        assert view["EnableTunnelsBgp"] is False
        first, second = tunnels(world, connection)
        about = world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)
        assert (first["Role"], first["InternetIp"]) == ("master", about["InternetIp"])
        assert (second["Role"], second["InternetIp"]) == ("slave", about["DisasterRecoveryInternetIp"])
        assert (first["ZoneNo"], second["ZoneNo"]) == ("cn-hangzhou-h", "cn-hangzhou-i")
        assert (first["EnableDpd"], first["EnableNatTraversal"]) == ("true", "true")
        assert first["TunnelIkeConfig"]["IkeLifetime"] == "86400"
        assert first["TunnelIkeConfig"]["LocalId"] == first["InternetIp"]
        assert first["TunnelIpsecConfig"]["IpsecLifetime"] == "86400"
        assert first["TunnelIkeConfig"]["Psk"] != second["TunnelIkeConfig"]["Psk"]
        assert (first["State"], first["Status"]) == ("active", "ike_sa_not_established")

    def test_slave_first_is_shown_master_first(self, world, dual):
        gateway, peer = dual
        options = [{"Role": role, "CustomerGatewayId": peer} for role in ("slave", "master")]
        connection = world.dual(gateway, peer, TunnelOptionsSpecification=options)
        assert [tunnel["Role"] for tunnel in tunnels(world, connection)] == ["master", "slave"]

    def test_bgp(self, world, dual):
        gateway, peer = dual
        options = [
            {"Role": "master", "CustomerGatewayId": peer, "TunnelBgpConfig": BGP},
            {
                "Role": "slave",
                "CustomerGatewayId": peer,
                "TunnelBgpConfig": {"TunnelCidr": "169.254.11.0/30", "LocalBgpIp": "169.254.11.2"},
            },
        ]
        connection = world.dual(gateway, peer, TunnelOptionsSpecification=options, EnableTunnelsBgp=True)
        first, second = (tunnel["TunnelBgpConfig"] for tunnel in tunnels(world, connection))
        assert (first["LocalAsn"], first["PeerAsn"], first["PeerBgpIp"]) == ("65001", "65010", "169.254.10.2")
        assert (second["LocalAsn"], second["PeerBgpIp"], second["BgpStatus"]) == ("45104", "169.254.11.1", "false")
        assert world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["EnableBgp"] is True
        world.api.call("ModifyVpnGatewayAttribute", VpnGatewayId=gateway, AutoPropagate=True)
        refused = world.api.refused("ModifyVpnGatewayAttribute", VpnGatewayId=gateway, AutoPropagate=False)
        assert refused == "OperationUnsupported.AutoPropagate 400"

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"TunnelOptionsSpecification": []}, "MissingTunnelOptionsSpecification"),
            ({"TunnelOptionsSpecification": [{"Role": "master"}]}, "InvalidParameter"),
            ({"TunnelOptionsSpecification": [{"Role": "master"}] * 2}, "InvalidParameter"),
            ({"TunnelOptionsSpecification": [{"Role": "a"}, {"Role": "b"}]}, "InvalidParameter"),
            ({"TunnelOptionsSpecification": [{}, {}, {}]}, "MissingTunnelOptionsSpecification"),
            (
                {"TunnelOptionsSpecification": [{"Role": "master"}, {"Role": "slave"}]},
                "MissingTunnelOptionsSpecification1CustomerGatewayId",
            ),
            ({"CustomerGatewayId": "cgw-x"}, "UnsupportedParameter"),
            ({"IkeConfig": '{"IkeVersion": "ikev2"}'}, "UnsupportedParameter"),
            ({"EnableDpd": False}, "UnsupportedParameter"),
            ({"EnableTunnelsBgp": True}, "MissingTunnelOptionsSpecification1TunnelBgpConfig"),
        ],
    )
    def test_refusals(self, world, dual, params, code):
        gateway, peer = dual
        wanted = world.dual_params(gateway, peer, **params)
        assert world.api.try_call("CreateVpnConnection", **wanted).code == code

    def test_empty_blocks_of_the_other_mode_are_harmless(self, world, dual):
        world.dual(*dual, IkeConfig="{}", IpsecConfig="{}", BgpConfig="{}", HealthCheckConfig="{}")

    def test_change_by_role_and_by_id(self, world, dual):
        connection = world.dual(*dual)
        before = tunnels(world, connection)
        other = world.peer("198.51.100.99")
        reply = world.api.call(
            "ModifyVpnConnectionAttribute",
            VpnConnectionId=connection,
            RemoteSubnet="192.168.7.0/24,192.168.8.0/24",
            TunnelOptionsSpecification=[
                {"Role": "slave", "EnableDpd": False, "CustomerGatewayId": other},
                {
                    "TunnelId": before[0]["TunnelId"],
                    "TunnelIpsecConfig": {"IpsecEncAlg": "aes256", "IpsecLifetime": 3600},
                },
            ],
        )
        first, second = tunnels(world, connection)
        assert first["TunnelIkeConfig"] == before[0]["TunnelIkeConfig"]
        assert first["TunnelIpsecConfig"]["IpsecLifetime"] == "3600"
        assert (second["EnableDpd"], second["CustomerGatewayId"]) == ("false", other)
        assert second["TunnelIkeConfig"]["RemoteId"] == "198.51.100.99"
        echoed = reply["TunnelOptionsSpecification"]["TunnelOptions"]
        assert echoed[1]["EnableDpd"] is False
        assert echoed[0]["TunnelIpsecConfig"]["IpsecLifetime"] == 3600
        assert reply["RemoteSubnet"] == "192.168.7.0/24,192.168.8.0/24"

    def test_roles_can_be_swapped(self, world, dual):
        connection = world.dual(*dual)
        first, second = (tunnel["TunnelId"] for tunnel in tunnels(world, connection))
        swap = [{"TunnelId": first, "Role": "slave"}, {"TunnelId": second, "Role": "master"}]
        world.api.call("ModifyVpnConnectionAttribute", VpnConnectionId=connection, TunnelOptionsSpecification=swap)
        assert {tunnel["TunnelId"]: tunnel["Role"] for tunnel in tunnels(world, connection)} == {
            first: "slave",
            second: "master",
        }
        half = [{"TunnelId": first, "Role": "master"}]
        refused = world.api.refused(
            "ModifyVpnConnectionAttribute", VpnConnectionId=connection, TunnelOptionsSpecification=half
        )
        assert refused == "InvalidParameter 400"

    @pytest.mark.parametrize(
        ("element", "code"),
        [({}, "Missing"), ({"TunnelId": "tun-none"}, "Invalid"), ({"EnableDpd": True}, "Missing")],
    )
    def test_change_refusals(self, world, dual, element, code):
        connection = world.dual(*dual)
        options = [{"EnableNatTraversal": True, **element}]
        reply = world.api.try_call(
            "ModifyVpnConnectionAttribute", VpnConnectionId=connection, TunnelOptionsSpecification=options
        )
        assert reply.code.startswith(code)

    def test_filters(self, world, dual):
        gateway, peer = dual
        connection = world.dual(gateway, peer)
        for name, value in (("VpnGatewayId", gateway), ("CustomerGatewayId", peer), ("VpnConnectionId", connection)):
            assert world.api.call("DescribeVpnConnections", **{name: value})["TotalCount"] == 1
            assert world.api.call("DescribeVpnConnections", **{name: "other"})["TotalCount"] == 0


class TestPeerConfiguration:
    def test_single(self, world, single):
        connection = world.single(*single, BgpConfig=json.dumps({**BGP, "EnableBgp": True}))
        view = shown(world, connection)
        config = world.api.call("DownloadVpnConnectionConfig", VpnConnectionId=connection)["VpnConnectionConfig"]
        assert (config["Local"], config["Remote"]) == ("198.51.100.10", view["InternetIp"])
        assert (config["LocalSubnet"], config["RemoteSubnet"]) == ("192.168.1.0/24", "172.16.0.0/16")
        assert config["IkeConfig"]["LocalId"] == view["IkeConfig"]["RemoteId"]
        (bgp,) = config["BgpConfigs"]["BgpConfig"]
        assert (bgp["LocalAsn"], bgp["PeerAsn"], bgp["LocalBgpIp"]) == ("65010", "65001", "169.254.10.2")

    def test_dual(self, world, dual):
        connection = world.dual(*dual)
        config = world.api.call("DownloadVpnConnectionConfig", VpnConnectionId=connection)["VpnConnectionConfig"]
        both = config["TunnelsConfig"]["TunnelConfig"]
        assert [item["Remote"] for item in both] == [tunnel["InternetIp"] for tunnel in tunnels(world, connection)]


def test_logs(world, dual):
    connection = world.dual(*dual)
    logs = world.api.call("DescribeVpnConnectionLogs", VpnConnectionId=connection)
    assert logs["IsCompleted"] is True
    assert logs["Count"] == 2
    first = tunnels(world, connection)[0]["TunnelId"]
    only = world.api.call("DescribeVpnConnectionLogs", VpnConnectionId=connection, TunnelId=first)["Data"]["Logs"]
    assert [line.split("> ")[1] for line in only] == ["configuration created"]
    assert world.api.call("DescribeVpnConnectionLogs", VpnConnectionId=connection, To=1000)["Count"] == 0
    refused = world.api.refused("DescribeVpnConnectionLogs", VpnConnectionId=connection, MinutePeriod=11)
    assert refused == "InvalidParameter 400"


def test_not_found(api):
    actions = "DescribeVpnConnection DeleteVpnConnection ModifyVpnConnectionAttribute DownloadVpnConnectionConfig"
    for action in actions.split():
        assert api.refused(action, VpnConnectionId="vco-x") == "InvalidVpnConnectionInstanceId.NotFound 404"


def test_ipsec_can_be_off(world):
    gateway = world.gateway(EnableIpsec=False, EnableSsl=True)
    params = world.dual_params(gateway, world.peer())
    assert world.api.refused("CreateVpnConnection", **params) == "VpnGateway.IpsecVpnDisabled 400"
