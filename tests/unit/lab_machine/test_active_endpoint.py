"""Which endpoint carries a published destination."""

from __future__ import annotations

import pytest

from lab.cloud.dataplane import Connection, Endpoint, Gateway, Tunnel
from lab.network.active import next_hops

SITE = "192.168.1.0/24"


def _tunnel(name: str, role: str, endpoint: int) -> Tunnel:
    words = [
        "198.51.100.10",
        "ikev2",
        "main",
        "aes256",
        "sha256",
        "group14",
        86400,
        "aes256",
        "sha256",
        "group14",
        86400,
    ]
    return Tunnel(name, role, endpoint, *words, "key", "203.0.113.11", "198.51.100.10", True, True)


def _connection(name: str, *tunnels: Tunnel) -> Connection:
    return Connection(name, "vpn-1", ("172.16.0.0/16",), (SITE,), True, tunnels, 1)


def _gateway(*connections: Connection, **routes) -> Gateway:
    return Gateway("vpn-1", "vpc-1", (Endpoint(1, "203.0.113.11"), Endpoint(2, "203.0.113.12")), connections, **routes)


def _hop(gateway: Gateway, *up: str, vpc_routes=((SITE, "vpn-1"),)) -> dict:
    return next_hops(vpc_routes, [gateway], up)


DUAL = _connection("vco-1", _tunnel("m", "master", 1), _tunnel("s", "slave", 2))
CROSSED = _connection("vco-1", _tunnel("m", "master", 2), _tunnel("s", "slave", 1))
POLICY = (("172.16.0.0/16", SITE, "vco-1", 100, 10),)


@pytest.mark.parametrize(
    ("connection", "up", "endpoint"),
    [(DUAL, "ms", 1), (DUAL, "s", 2), (DUAL, "m", 1), (DUAL, "", 1), (CROSSED, "ms", 2), (CROSSED, "s", 1)],
)
def test_the_master_carries_when_it_is_up_else_the_slave(connection, up, endpoint):
    assert _hop(_gateway(connection, policy_routes=POLICY), *up) == {SITE: ("vpn-1", endpoint)}


def test_a_destination_that_is_not_published_has_no_next_hop():
    assert _hop(_gateway(DUAL, policy_routes=POLICY), "m", vpc_routes=()) == {}


def test_a_published_destination_without_a_gateway_route_ends_at_the_gateway():
    assert _hop(_gateway(DUAL), "s") == {SITE: ("vpn-1", 1)}


def test_the_heavier_connection_carries_unless_only_the_other_is_up():
    first = _connection("vco-1", _tunnel("a", "single", 1))
    second = _connection("vco-2", _tunnel("b", "single", 2))
    routes = ((SITE, "vco-1", 100), (SITE, "vco-2", 0))
    assert _hop(_gateway(first, second, routes=routes), "a", "b") == {SITE: ("vpn-1", 1)}
    assert _hop(_gateway(first, second, routes=routes), "b") == {SITE: ("vpn-1", 2)}
    assert _hop(_gateway(first, second, routes=routes)) == {SITE: ("vpn-1", 1)}


def test_a_route_to_a_gateway_that_is_gone_has_no_next_hop():
    assert _hop(_gateway(DUAL, policy_routes=POLICY), "m", vpc_routes=((SITE, "vpn-gone"),)) == {}
