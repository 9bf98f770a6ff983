"""What the modules for routes, remote access and transit routers are tested with, as data (see module_cases.py)."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import CASES, Case, Update


def _dual_connection(account: Any) -> dict[str, Any]:
    case = CASES["ipsec_connection (dual tunnel)"]
    options = {**case.build(account), **case.create}
    connection = account.ok("ipsec_connection", **options)["ipsec_connection"]
    return {"vpn_gateway_id": options["vpn_gateway_id"], "next_hop": connection["vpn_connection_id"]}


def _outside_route(action: str, **more: Any) -> Any:
    def create(account: Any, options: dict[str, Any]) -> None:
        account.api(
            action,
            VpnGatewayId=options["vpn_gateway_id"],
            NextHop=options["next_hop"],
            RouteDest=options["route_dest"],
            Weight=100,
            PublishVpc=False,
            **more,
        )

    return create


_ROUTE_INVALID = {
    "has host bits set": {"route_dest": "192.168.1.1/24"},
    "is everything": {"route_dest": "0.0.0.0/0"},
    "overlaps 100.64.0.0/10": {"route_dest": "100.64.1.0/24"},
    "value of weight must be one of": {"weight": 50},
    "is not 1 to 100 characters": {"description": "http://x"},
}

VPN_CASES = {
    "vpn_route_entry": Case(
        module="vpn_route_entry",
        id_option="",
        key=("vpn_gateway_id", "route_dest", "next_hop"),
        scope=("vpn_gateway_id",),
        listed="vpn_route_entries",
        create_action="CreateVpnRouteEntry",
        delete_action="DeleteVpnRouteEntry",
        dry_run=True,
        build=_dual_connection,
        create={"route_dest": "192.168.1.0/24", "weight": 100, "publish_vpc": True, "description": "to the store"},
        required=("vpn_gateway_id", "route_dest", "next_hop"),
        updates={
            "weight": Update({"weight": 0}, "ModifyVpnRouteEntryWeight"),
            "publish_vpc": Update({"publish_vpc": False}, "PublishVpnRouteEntry"),
        },
        immutable={},
        invalid=_ROUTE_INVALID,
        outside=_outside_route("CreateVpnRouteEntry"),
    ),
    "vpn_policy_route": Case(
        module="vpn_policy_route",
        id_option="",
        key=("vpn_gateway_id", "route_source", "route_dest", "next_hop"),
        scope=("vpn_gateway_id",),
        create_action="CreateVpnPbrRouteEntry",
        delete_action="DeleteVpnPbrRouteEntry",
        dry_run=True,
        build=_dual_connection,
        create={
            "route_source": "172.16.0.0/16",
            "route_dest": "192.168.1.0/24",
            "weight": 100,
            "priority": 20,
            "publish_vpc": True,
        },
        required=("vpn_gateway_id", "route_source", "route_dest", "next_hop"),
        updates={
            "weight": Update({"weight": 0}, "ModifyVpnPbrRouteEntryAttribute"),
            "priority": Update({"priority": 30}, "ModifyVpnPbrRouteEntryAttribute"),
            "publish_vpc": Update({"publish_vpc": False}, "PublishVpnRouteEntry"),
        },
        immutable={},
        invalid={**_ROUTE_INVALID, "is not between 1 and 100": {"priority": 101}},
        outside=_outside_route("CreateVpnPbrRouteEntry", RouteSource="172.16.0.0/16"),
    ),
}
