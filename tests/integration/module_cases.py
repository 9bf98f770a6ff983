"""What each single-object module is tested with, as data. The beats that use it are in test_module_beats.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

IKE = {"version": "ikev2", "encryption": "aes256", "integrity": "sha256", "dh_group": 14, "lifetime": 28800}
IPSEC = {"encryption": "aes256", "integrity": "sha256", "pfs_group": "14", "lifetime": 3600}
PSK, OTHER_PSK = "Kx7mQ2vT9bR4nZc1", "Wd5hJ8sY3gL6pFa0"


@dataclass(frozen=True)
class Update:
    """One option changed alone: its new value and the one action that must be called for it."""

    options: dict[str, Any]
    action: str
    secret: bool = False


@dataclass(frozen=True)
class Case:
    """A module with everything its beats need.

    ``build(account)`` makes what the object needs and returns the options that come of it. ``equal`` are option sets
    that
    mean the same as ``create``. ``outside(account, options)`` creates the object with another client, server defaults
    and all, and ``twin(account, options)`` a second one of the same name; both return an id. ``invalid`` maps a
    fragment of the expected message to wrong options. ``key``: the options that find the object, whose
    ``id_option`` is empty when it has no id. ``scope``: the options that the info module needs. ``listed``: the info
    module's result.
    """

    module: str
    id_option: str
    create_action: str
    delete_action: str
    build: Callable[[Any], dict[str, Any]]
    create: dict[str, Any]
    updates: dict[str, Update]
    immutable: dict[str, Any]
    invalid: dict[str, dict[str, Any]]
    outside: Callable[[Any, dict[str, Any]], str | None]
    twin: Callable[[Any, dict[str, Any]], str] | None = None
    key: tuple[str, ...] = ("name",)
    scope: tuple[str, ...] = ()
    listed: str = ""
    dry_run: bool = False
    equal: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    # Whether two objects may have one name, and an object another name later on.
    unique_names: bool = False
    untag_action: str = "UnTagResources"
    # recreate: true with one of the immutable options, which must be possible on its own.
    recreate: dict[str, Any] = field(default_factory=dict)
    # What is different in the n-th of several objects that exist side by side, in the place that ``build`` made.
    another: Callable[[Any, int], dict[str, Any]] = lambda account, number: {}
    # The smallest page that the list action gives.
    smallest_page: int = 1

    @property
    def info(self) -> str:
        return f"{self.module}_info"

    @property
    def named(self) -> bool:
        return "name" in self.key

    @property
    def tagged(self) -> bool:
        return "tags" in self.create

    @property
    def plural(self) -> str:
        return self.listed or f"{self.module}s"


def _tunnel(role: str, customer_gateway_id: str, **ike: Any) -> dict[str, Any]:
    return {
        "role": role,
        "customer_gateway_id": customer_gateway_id,
        "dpd": True,
        "nat_traversal": True,
        "ike": {**IKE, "psk": PSK, **ike},
        "ipsec": dict(IPSEC),
    }


def _dual_connection(account: Any) -> dict[str, Any]:
    gateway = account.dual_gateway()
    customer = account.customer_gateway()
    return {
        "vpn_gateway_id": gateway["vpn_gateway_id"],
        "tunnels": [_tunnel("master", customer), _tunnel("slave", customer)],
    }


def _single_connection(account: Any) -> dict[str, Any]:
    gateway = account.single_gateway()
    return {"vpn_gateway_id": gateway["vpn_gateway_id"], "customer_gateway_id": account.customer_gateway()}


def _outside_single(account: Any, options: dict[str, Any]) -> str:
    return account.api(
        "CreateVpnConnection",
        Name=options["name"],
        VpnGatewayId=options["vpn_gateway_id"],
        CustomerGatewayId=options["customer_gateway_id"],
        LocalSubnet="172.16.0.0/16",
        RemoteSubnet="192.168.1.0/24",
    )["VpnConnectionId"]


def _outside_dual(account: Any, options: dict[str, Any]) -> str:
    tunnels = [
        {"Role": tunnel["role"], "CustomerGatewayId": tunnel["customer_gateway_id"]} for tunnel in options["tunnels"]
    ]
    return account.api(
        "CreateVpnConnection",
        Name=options["name"],
        VpnGatewayId=options["vpn_gateway_id"],
        LocalSubnet="172.16.0.0/16",
        RemoteSubnet="192.168.1.0/24",
        TunnelOptionsSpecification=tunnels,
    )["VpnConnectionId"]


def _outside_gateway(account: Any, options: dict[str, Any]) -> str:
    return account.api(
        "CreateVpnGateway",
        Name=options["name"],
        VpcId=options["vpc_id"],
        Bandwidth=options["bandwidth"],
        VSwitchId=options["vswitch_id"],
        DisasterRecoveryVSwitchId=options["disaster_recovery_vswitch_id"],
    )["VpnGatewayId"]


def _outside_enhanced_gateway(account: Any, options: dict[str, Any]) -> str:
    return account.api(
        "CreateEnhancedVpnGateway",
        Name=options["name"],
        GatewayType="Enhanced.SiteToSite",
        VpcId=options["vpc_id"],
        VSwitchId=options["vswitch_id"],
        DisasterRecoveryVSwitchId=options["disaster_recovery_vswitch_id"],
    )["VpnGatewayId"]


def _twin_connection(account: Any, options: dict[str, Any]) -> str:
    """Same networks on one gateway are a duplicate for the service, whatever the name is."""
    other = {**options, "name": "other", "remote_subnets": ["192.168.77.0/24"]}
    identifier = account.ok("ipsec_connection", **other)["ipsec_connection"]["vpn_connection_id"]
    rename = {"vpn_gateway_id": options["vpn_gateway_id"], "name": options["name"]}
    account.ok("ipsec_connection", vpn_connection_id=identifier, **rename)
    return identifier


def _outside_customer_gateway(account: Any, options: dict[str, Any]) -> str:
    return account.api("CreateCustomerGateway", Name=options["name"], IpAddress=options["ip_address"])[
        "CustomerGatewayId"
    ]


def _other_networks(account: Any, number: int) -> dict[str, Any]:
    return {"remote_subnets": [f"10.{number}.0.0/16"]}


_MODIFY = "ModifyVpnConnectionAttribute"
_SINGLE_IKE = {**IKE, "psk": PSK}

CASES = {
    "vpn_gateway": Case(
        module="vpn_gateway",
        id_option="vpn_gateway_id",
        create_action="CreateVpnGateway",
        delete_action="DeleteVpnGateway",
        build=lambda account: account.network(),
        create={"name": "vpg-a", "bandwidth": 10, "enable_ipsec": True, "tags": {"env": "prod", "owner": "netops"}},
        required=("vpc_id", "bandwidth"),
        updates={
            "description": Update({"description": "stores"}, "ModifyVpnGatewayAttribute"),
            "auto_propagate": Update({"auto_propagate": True}, "ModifyVpnGatewayAttribute"),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        immutable={"bandwidth": 100, "enable_ssl": True, "vpn_type": "NationalStandard"},
        recreate={"bandwidth": 100},
        invalid={
            "2 to 100 letters": {"name": "1"},
            "ssl_connections": {"ssl_connections": 5},
            "dual-tunnel gateway needs both": {"vswitch_id": None},
            "value of bandwidth must be one of": {"bandwidth": 7},
            "aliyun": {"tags": {"aliyun-x": "1"}},
            "more than the 20": {"tags": {f"key{number}": "x" for number in range(21)}},
            "belongs to a prepaid gateway": {"period": 3},
        },
        outside=_outside_gateway,
        twin=_outside_gateway,
    ),
    "enhanced_vpn_gateway": Case(
        module="enhanced_vpn_gateway",
        id_option="vpn_gateway_id",
        create_action="CreateEnhancedVpnGateway",
        delete_action="DeleteEnhancedVpnGateway",
        build=lambda account: account.network(),
        create={"name": "vpg-e", "network_type": "public", "tags": {"env": "prod", "owner": "netops"}},
        required=("vpc_id", "vswitch_id", "disaster_recovery_vswitch_id"),
        updates={
            "description": Update({"description": "stores"}, "UpdateEnhancedVpnGateway"),
            "auto_propagate": Update({"auto_propagate": True}, "UpdateEnhancedVpnGateway"),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        immutable={"network_type": "private"},
        recreate={"network_type": "private"},
        invalid={"2 to 100 letters": {"name": "1"}, "aliyun": {"tags": {"aliyun-x": "1"}}},
        outside=_outside_enhanced_gateway,
        twin=_outside_enhanced_gateway,
    ),
    "customer_gateway": Case(
        module="customer_gateway",
        id_option="customer_gateway_id",
        create_action="CreateCustomerGateway",
        delete_action="DeleteCustomerGateway",
        build=lambda account: {},
        create={"name": "cgw-a", "ip_address": "198.51.100.10", "asn": "65010", "tags": {"site": "a"}},
        required=("ip_address",),
        updates={
            "description": Update({"description": "router of a store"}, "ModifyCustomerGatewayAttribute"),
            "auth_key": Update({"auth_key": PSK}, "ModifyCustomerGatewayAttribute", secret=True),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        immutable={"ip_address": "198.51.100.11", "asn": "65011"},
        recreate={"ip_address": "198.51.100.11"},
        equal={"asn as a number": {"asn": 65010}, "asn in two parts": {"asn": "0.65010"}},
        invalid={
            "is not an IPv4 address": {"ip_address": "198.51.100"},
            "100.64.0.0/10": {"ip_address": "100.64.1.1"},
            "belongs to the cloud side": {"asn": "45104"},
            "is not an AS number": {"asn": "many"},
            "is not 1 to 64 ASCII characters": {"auth_key": "with a space"},
            "is not 1 to 100 characters": {"name": "http://x"},
        },
        outside=_outside_customer_gateway,
        twin=lambda account, options: _outside_customer_gateway(account, {**options, "ip_address": "198.51.100.77"}),
        another=lambda account, number: {"ip_address": f"198.51.100.{100 + number}"},
    ),
    "ipsec_connection (single tunnel)": Case(
        module="ipsec_connection",
        id_option="vpn_connection_id",
        create_action="CreateVpnConnection",
        delete_action="DeleteVpnConnection",
        build=_single_connection,
        create={
            "name": "ipsec-a",
            "local_subnets": ["172.16.0.0/17", "172.16.128.0/17"],
            "remote_subnets": ["192.168.1.0/24"],
            "effect_immediately": True,
            "auto_config_route": False,
            "dpd": True,
            "nat_traversal": True,
            "ike": _SINGLE_IKE,
            "ipsec": IPSEC,
            "tags": {"site": "a"},
        },
        required=("local_subnets", "remote_subnets"),
        updates={
            "local_subnets": Update({"local_subnets": ["172.16.0.0/16"]}, _MODIFY),
            "remote_subnets": Update({"remote_subnets": ["192.168.1.0/24", "192.168.9.0/24"]}, _MODIFY),
            "effect_immediately": Update({"effect_immediately": False}, _MODIFY),
            "dpd": Update({"dpd": False}, _MODIFY),
            "nat_traversal": Update({"nat_traversal": False}, _MODIFY),
            "psk": Update({"ike": {"psk": OTHER_PSK}}, _MODIFY, secret=True),
            "ike.encryption": Update({"ike": {"encryption": "aes128"}}, _MODIFY),
            "ike.integrity": Update({"ike": {"integrity": "sha512"}}, _MODIFY),
            "ike.dh_group": Update({"ike": {"dh_group": 5}}, _MODIFY),
            "ike.lifetime": Update({"ike": {"lifetime": 3600}}, _MODIFY),
            "ike.local_id": Update({"ike": {"local_id": "cloud.example.com"}}, _MODIFY),
            "ike.remote_id": Update({"ike": {"remote_id": "store.example.com"}}, _MODIFY),
            "ipsec.encryption": Update({"ipsec": {"encryption": "aes192"}}, _MODIFY),
            "ipsec.pfs_group": Update({"ipsec": {"pfs_group": "disabled"}}, _MODIFY),
            "ipsec.lifetime": Update({"ipsec": {"lifetime": 7200}}, _MODIFY),
            "health_check": Update(
                {
                    "health_check": {
                        "enabled": True,
                        "destination": "192.168.1.10",
                        "source": "172.16.1.10",
                        "interval": 5,
                        "retry": 4,
                    }
                },
                _MODIFY,
            ),
        },
        immutable={"customer_gateway_id": "cgw-other"},
        equal={
            "networks in another order": {"local_subnets": ["172.16.128.0/17", "172.16.0.0/17"]},
        },
        invalid={
            "has host bits set": {"remote_subnets": ["192.168.1.1/24"]},
            "are not 1 to 10 networks": {"remote_subnets": [f"10.{number}.0.0/16" for number in range(11)]},
            "white space inside": {"ike": {"psk": "two words here"}},
            "is not 8 to 100 characters long": {"ike": {"psk": "x" * 101}},
            "do not work with IKEv1": {"ike": {"version": "ikev1"}},
            "exists only in IKEv1": {"ike": {"version": "ikev2", "mode": "aggressive"}},
            "is not between 60 and 86400 seconds": {"ike": {"lifetime": 100000}},
            "is reserved by the cloud": {"bgp": {"enabled": True, "tunnel_cidr": "169.254.0.0/30"}},
            "is not a /30": {"bgp": {"enabled": True, "tunnel_cidr": "169.254.10.0/29"}},
            "belongs to a dual-tunnel connection": {"enable_tunnels_bgp": True},
            "value of dh_group must be one of": {"ike": {"dh_group": 3}},
        },
        outside=_outside_single,
        twin=_twin_connection,
        another=_other_networks,
        dry_run=True,
    ),
    "ipsec_connection (dual tunnel)": Case(
        module="ipsec_connection",
        id_option="vpn_connection_id",
        create_action="CreateVpnConnection",
        delete_action="DeleteVpnConnection",
        build=_dual_connection,
        create={
            "name": "ipsec-b",
            "local_subnets": ["172.16.0.0/16"],
            "remote_subnets": ["192.168.1.0/24"],
            "effect_immediately": True,
            "auto_config_route": False,
            "tags": {"site": "b"},
        },
        required=("local_subnets", "remote_subnets"),
        updates={
            "effect_immediately": Update({"effect_immediately": False}, _MODIFY),
            "master psk": Update(
                {"tunnels": [{"role": "master", "ike": {"psk": OTHER_PSK}}, {"role": "slave"}]}, _MODIFY, True
            ),
            "slave dh_group": Update(
                {"tunnels": [{"role": "slave", "ike": {"dh_group": 5}}, {"role": "master"}]}, _MODIFY
            ),
            "master dpd": Update({"tunnels": [{"role": "master", "dpd": False}, {"role": "slave"}]}, _MODIFY),
            "slave nat": Update({"tunnels": [{"role": "master"}, {"role": "slave", "nat_traversal": False}]}, _MODIFY),
            "both lifetimes": Update(
                {
                    "tunnels": [
                        {"role": "master", "ipsec": {"lifetime": 7200}},
                        {"role": "slave", "ipsec": {"lifetime": 7200}},
                    ]
                },
                _MODIFY,
            ),
        },
        immutable={"vpn_gateway_id": None},
        invalid={
            "is not one master and one slave": {"tunnels": [{"role": "master"}]},
            "move ike into tunnels": {"ike": {"version": "ikev2"}},
            "is needed with enable_tunnels_bgp": {"enable_tunnels_bgp": True},
        },
        outside=_outside_dual,
        twin=_twin_connection,
        another=_other_networks,
        dry_run=True,
    ),
}
