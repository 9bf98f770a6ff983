"""Destination- and policy-based routes, publication, automatic routes."""

from __future__ import annotations

import pytest


@pytest.fixture
def dual(world):
    """(gateway, connection) with two tunnels."""
    gateway = world.gateway()
    return gateway, world.dual(gateway, world.peer())


@pytest.fixture
def single(world):
    """(gateway, first connection, second connection) with one tunnel each."""
    gateway = world.gateway(dual=False)
    return (
        gateway,
        world.single(gateway, world.peer("198.51.100.1")),
        world.single(gateway, world.peer("198.51.100.2")),
    )


def dest_params(gateway, connection, **params):
    base = {"VpnGatewayId": gateway, "NextHop": connection, "RouteDest": "192.168.1.0/24", "Weight": 100}
    return {**base, "PublishVpc": False, **params}


def policy_params(gateway, connection, **params):
    return dest_params(gateway, connection, **{"RouteSource": "172.16.0.0/16", **params})


def key(params, *extra):
    return {name: params[name] for name in ("VpnGatewayId", "NextHop", "RouteDest", "Weight", *extra)}


def policy_rows(world, gateway):
    reply = world.api.call("DescribeVpnPbrRouteEntries", VpnGatewayId=gateway)
    return reply["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]


def dest_rows(world, gateway):
    return world.api.call("DescribeVpnRouteEntries", VpnGatewayId=gateway)["VpnRouteEntries"]["VpnRouteEntry"]


def vpc_routes(world):
    table = world.api.call("DescribeVpcs", VpcId=world.vpc_id)["Vpcs"]["Vpc"][0]["RouterTableIds"]["RouterTableIds"][0]
    reply = world.api.call("DescribeRouteEntryList", RouteTableId=table, NextHopType="VpnGateway")
    return [entry["DestinationCidrBlock"] for entry in reply["RouteEntrys"]["RouteEntry"]]


class TestDestination:
    def test_life(self, world, dual):
        gateway, connection = dual
        params = dest_params(gateway, connection, PublishVpc=True, Description="d")
        created = world.api.call("CreateVpnRouteEntry", **params)
        assert (created["State"], created["VpnInstanceId"], created["Description"]) == ("published", gateway, "d")
        (row,) = dest_rows(world, gateway)
        assert (row["State"], row["RouteEntryType"], row["Source"]) == ("published", "custom", "CLOUD")
        assert row["NextHopTunnelId"].startswith("tun-")
        assert "Description" not in row
        assert vpc_routes(world) == ["192.168.1.0/24"]
        world.api.call("ModifyVpnRouteEntryWeight", **key(params), NewWeight=0)
        assert world.api.refused("DeleteVpnRouteEntry", **key(params)) == "InvalidRouteEntry.NotFound 404"
        world.api.call("DeleteVpnRouteEntry", **{**key(params), "Weight": 0})
        assert dest_rows(world, gateway) == []
        assert vpc_routes(world) == []

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"RouteDest": "0.0.0.0/0"}, "IllegalParam.RouteDest"),
            ({"RouteDest": "100.64.0.0/10"}, "IllegalParam.RouteDest"),
            ({"RouteDest": "100.100.0.0/16"}, "IllegalParam.RouteDest"),
            ({"RouteDest": "96.0.0.0/4"}, "IllegalParam.RouteDest"),
            ({"RouteDest": "192.168.1.1/24"}, "IllegalParam.RouteDest"),
            ({"Weight": 50}, "InvalidParameter"),
            ({"NextHop": "vco-none"}, "InvalidVpnConnectionInstanceId.NotFound"),
            ({"VpnGatewayId": "vpn-none"}, "InvalidVpnGatewayInstanceId.NotFound"),
            ({"OverlayMode": "Gre"}, "InvalidParameter"),
            ({"PublishVpc": ""}, "MissingPublishVpc"),
            ({"DryRun": True}, "DryRunOperation"),
            ({"PublishVpc": True, "RouteDest": "172.16.1.0/24"}, "RouterEntryConflict.Duplicated"),
        ],
    )
    def test_refusals(self, world, dual, params, code):
        assert world.api.try_call("CreateVpnRouteEntry", **dest_params(*dual, **params)).code == code
        assert dest_rows(world, dual[0]) == []

    def test_duplicate(self, world, dual):
        world.api.call("CreateVpnRouteEntry", **dest_params(*dual))
        refused = world.api.refused("CreateVpnRouteEntry", **dest_params(*dual, Weight=0))
        assert refused == "VpnRouteEntry.AlreadyExists 400"

    def test_active_and_standby(self, world, single):
        gateway, first, second = single
        world.api.call("CreateVpnRouteEntry", **dest_params(gateway, first))
        refused = world.api.refused("CreateVpnRouteEntry", **dest_params(gateway, second))
        assert refused == "VpnRouteEntry.Conflict 400"
        standby = dest_params(gateway, second, Weight=0)
        world.api.call("CreateVpnRouteEntry", **standby)
        refused = world.api.refused("ModifyVpnRouteEntryWeight", **key(standby), NewWeight=100)
        assert refused == "VpnRouteEntry.Conflict 400"

    def test_learned_ones_do_not_exist(self, world, dual):
        world.api.call("CreateVpnRouteEntry", **dest_params(*dual))
        reply = world.api.call("DescribeVpnRouteEntries", VpnGatewayId=dual[0], RouteEntryType="bgp")
        assert reply["TotalCount"] == 0
        counted = world.api.call("DescribeVpnRouteEntries", VpnGatewayId=dual[0])["VpnRouteCounts"]["VpnRouteCount"]
        assert counted == [{"RouteCount": 1, "RouteEntryType": "custom", "Source": "CLOUD"}]

    def test_quota(self, cloud, world, dual):
        cloud.admin("POST", "settings", {"quotas": {"routes_per_gateway": 0}})
        assert world.api.refused("CreateVpnRouteEntry", **dest_params(*dual)) == "Resource.QuotaFull 400"


class TestPolicy:
    def test_life(self, world, dual):
        gateway, connection = dual
        params = policy_params(gateway, connection, PublishVpc=True)
        created = world.api.call("CreateVpnPbrRouteEntry", **params)
        assert (created["Priority"], created["State"], created["RouteSource"]) == (10, "published", "172.16.0.0/16")
        whole = key(params, "RouteSource")
        world.api.call("ModifyVpnPbrRouteEntryPriority", **whole, NewPriority=5)
        world.api.call("ModifyVpnPbrRouteEntryWeight", **whole, NewWeight=0)
        whole["Weight"] = 0
        world.api.call("ModifyVpnPbrRouteEntryAttribute", **whole, Priority=5, NewWeight=100, NewPriority=7)
        whole["Weight"] = 100
        (row,) = policy_rows(world, gateway)
        assert (row["Weight"], row["Priority"], row["State"]) == (100, 7, "published")
        refused = world.api.refused("DeleteVpnPbrRouteEntry", **whole, Priority=8)
        assert refused == "InvalidRouteEntry.NotFound 404"
        world.api.call("DeleteVpnPbrRouteEntry", **whole)
        assert policy_rows(world, gateway) == []

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"RouteSource": "0.0.0.0/0"}, "IllegalParam.RouteSource"),
            ({"RouteDest": "0.0.0.0/0"}, "IllegalParam.RouteDest"),
            ({"Priority": 0}, "InvalidParameter"),
            ({"Priority": 101}, "InvalidParameter"),
            ({"RouteSource": ""}, "MissingRouteSource"),
            ({"DryRun": True}, "DryRunOperation"),
        ],
    )
    def test_refusals(self, world, dual, params, code):
        assert world.api.try_call("CreateVpnPbrRouteEntry", **policy_params(*dual, **params)).code == code

    def test_attribute_needs_something_to_change(self, world, dual):
        params = policy_params(*dual)
        world.api.call("CreateVpnPbrRouteEntry", **params)
        refused = world.api.refused("ModifyVpnPbrRouteEntryAttribute", **key(params, "RouteSource"), Priority=10)
        assert refused == "MissingNewWeight 400"

    def test_same_pair_to_two_connections(self, world, single):
        gateway, first, second = single
        world.api.call("CreateVpnPbrRouteEntry", **policy_params(gateway, first))
        refused = world.api.refused("CreateVpnPbrRouteEntry", **policy_params(gateway, second))
        assert refused == "VpnPbrRouteEntry.Conflict 400"
        world.api.call("CreateVpnPbrRouteEntry", **policy_params(gateway, second, Priority=20))

    def test_unknown_gateway(self, api):
        for action in ("DescribeVpnPbrRouteEntries", "DescribeVpnRouteEntries"):
            assert api.refused(action, VpnGatewayId="vpn-x") == "InvalidVpnInstanceId.NotFound 404"


class TestPublication:
    def test_withdrawing_one_kind_withdraws_the_other(self, world, dual):
        gateway, connection = dual
        world.api.call("CreateVpnRouteEntry", **dest_params(gateway, connection, PublishVpc=True))
        world.api.call("CreateVpnPbrRouteEntry", **policy_params(gateway, connection, PublishVpc=True))
        base = {"VpnGatewayId": gateway, "RouteDest": "192.168.1.0/24", "NextHop": connection}
        world.api.call("PublishVpnRouteEntry", **base, RouteType="pbr", PublishVpc=False)
        assert {row["State"] for row in dest_rows(world, gateway) + policy_rows(world, gateway)} == {"normal"}
        assert vpc_routes(world) == []
        world.api.call("PublishVpnRouteEntry", **base, RouteType="dbr", PublishVpc=True)
        assert policy_rows(world, gateway)[0]["State"] == "normal"
        assert vpc_routes(world) == ["192.168.1.0/24"]

    def test_sources_share_it(self, world, dual):
        gateway, connection = dual
        for source in ("172.16.1.0/24", "172.16.2.0/24"):
            world.api.call("CreateVpnPbrRouteEntry", **policy_params(gateway, connection, RouteSource=source))
        base = {"VpnGatewayId": gateway, "RouteDest": "192.168.1.0/24", "NextHop": connection}
        world.api.call("PublishVpnRouteEntry", **base, RouteType="pbr", PublishVpc=True)
        assert [row["State"] for row in policy_rows(world, gateway)] == ["published", "published"]

    def test_one_gateway_per_destination(self, world, dual):
        gateway, connection = dual
        world.api.call("CreateVpnRouteEntry", **dest_params(gateway, connection, PublishVpc=True))
        other = world.gateway()
        peer = world.peer("198.51.100.77")
        taken = dest_params(other, world.dual(other, peer), PublishVpc=True)
        assert world.api.refused("CreateVpnRouteEntry", **taken) == "RouterEntryConflict.Duplicated 400"

    @pytest.mark.parametrize(
        ("params", "code"),
        [({"RouteType": "x"}, "InvalidParameter 400"), ({"RouteDest": "10.0.0.0/8"}, "InvalidRouteEntry.NotFound 404")],
    )
    def test_refusals(self, world, dual, params, code):
        gateway, connection = dual
        base = {"VpnGatewayId": gateway, "RouteDest": "192.168.1.0/24", "NextHop": connection, "RouteType": "pbr"}
        assert world.api.refused("PublishVpnRouteEntry", **{**base, **params}, PublishVpc=True) == code


class TestAutomatic:
    PARAMS = {"LocalSubnet": "172.16.1.0/24,172.16.2.0/24", "RemoteSubnet": "192.168.1.0/24"}

    def test_one_per_pair_and_gone_with_the_connection(self, world):
        gateway = world.gateway()
        connection = world.dual(gateway, world.peer(), AutoConfigRoute=True, **self.PARAMS)
        rows = policy_rows(world, gateway)
        assert sorted(row["RouteSource"] for row in rows) == ["172.16.1.0/24", "172.16.2.0/24"]
        assert {row["State"] for row in rows} == {"normal"}
        world.api.call("DeleteVpnConnection", VpnConnectionId=connection)
        assert policy_rows(world, gateway) == []

    def test_it_is_the_default_and_follows_changes(self, world):
        gateway = world.gateway()
        params = world.dual_params(gateway, world.peer(), **self.PARAMS)
        del params["AutoConfigRoute"]
        connection = world.api.call("CreateVpnConnection", **params)["VpnConnectionId"]
        change = {"VpnConnectionId": connection}
        world.api.call("ModifyVpnConnectionAttribute", **change, RemoteSubnet="192.168.5.0/24")
        assert {row["RouteDest"] for row in policy_rows(world, gateway)} == {"192.168.5.0/24"}
        world.api.call("ModifyVpnConnectionAttribute", **change, AutoConfigRoute=False)
        assert policy_rows(world, gateway) == []

    def test_not_in_destination_routing_mode(self, world):
        gateway = world.gateway()
        anywhere = {"LocalSubnet": "0.0.0.0/0", "RemoteSubnet": "0.0.0.0/0"}
        world.dual(gateway, world.peer(), AutoConfigRoute=True, **anywhere)
        assert policy_rows(world, gateway) == []

    def test_quota(self, cloud, world):
        cloud.admin("POST", "settings", {"quotas": {"policy_routes_per_gateway": 1}})
        gateway = world.gateway()
        params = world.dual_params(gateway, world.peer(), AutoConfigRoute=True, **self.PARAMS)
        assert world.api.refused("CreateVpnConnection", **params) == "QuotaExceeded.PolicyBasedRoute 400"


def test_a_connection_with_routes_stays(world, dual):
    gateway, connection = dual
    world.api.call("CreateVpnPbrRouteEntry", **policy_params(gateway, connection))
    refused = world.api.refused("DeleteVpnConnection", VpnConnectionId=connection)
    assert refused == "DependencyViolation.VpnPbrRouteEntry 400"
