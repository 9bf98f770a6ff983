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
    """One option changed alone: its new value and the one action that must be called for it.

    ``options(account)`` makes what the new value needs, if it needs something.
    """

    options: dict[str, Any] | Callable[[Any], dict[str, Any]]
    action: str
    secret: bool = False


# Reasons why a beat does not apply.
UNTAGGED = {"tags": "the service has no tags for it"}
NO_REHEARSAL = {"the_service_is_asked_in_check_mode": "its create action has no DryRun"}
NO_RECREATION = {"recreate": "another value of what cannot be changed is another object"}
ONE_EACH = {"two_of_one_name": "there is only one in each place"}
KEYED = {
    "rename_by_id": "it has no name to be found by",
    "two_of_one_name": "what it is found by is unique",
}


@dataclass(frozen=True)
class Case:
    """A module with everything its beats need.

    ``build(account)`` makes what the object needs and returns the options that come of it. ``equal`` are option sets
    that
    mean the same as ``create``. ``outside(account, options)`` creates the object with another client, server defaults
    and all, and ``twin(account, options)`` a second one of the same name; both return an id. ``invalid`` maps a
    fragment of the expected message to wrong options. ``key``: the options that find the object, whose
    ``id_option`` is empty when it has no id. ``scope``: the options that the info module needs. ``listed``: the info
    module's result. ``immutable``: a value that is refused, several options where one alone would contradict
    the rest, or ``None`` where another value is another object.
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
    equal: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    untag_action: str = "UnTagResources"
    # recreate: true with one of the immutable options, which must be possible on its own.
    recreate: dict[str, Any] | Callable[[Any], dict[str, Any]] = field(default_factory=dict)
    # What is different in the n-th of several objects that exist side by side, in the place that ``build`` made.
    another: Callable[[Any, int], dict[str, Any]] = lambda account, number: {}
    # The smallest page that the list action gives.
    smallest_page: int = 1
    # What a delete begins with while the object is attached, as it is after its updates.
    detach_action: str = ""
    # Beats that do not apply, with the reason.
    without: dict[str, str] = field(default_factory=dict)
    # Options that are neither changed alone nor refused as immutable, with the reason.
    apart: dict[str, str] = field(default_factory=dict)

    @property
    def one_for_each_action(self) -> list[Update]:
        """The first update of each action that changes the object."""
        return list({update.action: update for update in reversed(self.updates.values())}.values())[::-1]

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
    customer = bgp_peer(account)
    return {
        "vpn_gateway_id": gateway["vpn_gateway_id"],
        "tunnels": [_tunnel("master", customer), _tunnel("slave", customer)],
    }


def bgp_peer(account: Any, name: str = "cgw-a", address: str = "198.51.100.10") -> str:
    """The id of a customer gateway that may speak BGP."""
    result = account.ok("customer_gateway", name=name, ip_address=address, asn="65010")
    return result["customer_gateway"]["customer_gateway_id"]


def other_peer(account: Any) -> str:
    return bgp_peer(account, "cgw-b", "198.51.100.20")


def _single_connection(account: Any) -> dict[str, Any]:
    gateway = account.single_gateway()
    return {"vpn_gateway_id": gateway["vpn_gateway_id"], "customer_gateway_id": bgp_peer(account)}


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


CRYPTO = {
    "ike.encryption": {"ike": {"encryption": "aes128"}},
    "ike.integrity": {"ike": {"integrity": "sha512"}},
    "ike.dh_group": {"ike": {"dh_group": 5}},
    "ike.lifetime": {"ike": {"lifetime": 3600}},
    "ike.local_id": {"ike": {"local_id": "cloud.example.com"}},
    "ike.remote_id": {"ike": {"remote_id": "store.example.com"}},
    "ipsec.encryption": {"ipsec": {"encryption": "aes192"}},
    "ipsec.integrity": {"ipsec": {"integrity": "sha512"}},
    "ipsec.pfs_group": {"ipsec": {"pfs_group": "disabled"}},
    "ipsec.lifetime": {"ipsec": {"lifetime": 7200}},
    "ike.version": {"ike": {"version": "ikev1"}},
    "ike.mode": {"ike": {"mode": "aggressive"}},
}
BGP = {
    "bgp": {
        "bgp": {
            "enabled": True,
            "local_asn": "65100",
            "tunnel_cidr": "169.254.10.0/30",
            "local_address": "169.254.10.1",
        }
    },
    "bgp.local_asn": {"bgp": {"local_asn": "65101"}},
    "bgp.tunnel_cidr": {"bgp": {"tunnel_cidr": "169.254.11.0/30", "local_address": "169.254.11.1"}},
    "bgp.local_address": {"bgp": {"local_address": "169.254.11.2"}},
    "bgp.enabled": {"bgp": {"enabled": False}},
}


def crypto_updates(action: str, *names: str) -> dict[str, Update]:
    """Every setting of the two phases, changed alone, or the named ones."""
    return {name: Update(CRYPTO[name], action) for name in names or CRYPTO}


def bgp_updates(action: str) -> dict[str, Update]:
    return {name: Update(options, action) for name, options in BGP.items()}


def tunnel_updates(action: str, match: str, pair: tuple[Any, Any]) -> dict[str, Update]:
    """Every setting of a tunnel, changed alone, in the first or in the second one by turns."""
    first, second = pair
    settings = {
        "dpd": {"dpd": False},
        "nat_traversal": {"nat_traversal": False},
        "customer_gateway_id": lambda account: {"customer_gateway_id": other_peer(account)},
        **CRYPTO,
        "bgp.local_asn": {"bgp": {"local_asn": "65101"}},
        "bgp.tunnel_cidr": {"bgp": {"tunnel_cidr": "169.254.22.0/30", "local_address": "169.254.22.1"}},
        "bgp.local_address": {"bgp": {"local_address": "169.254.22.2"}},
    }

    def of(role: Any, setting: Any) -> Any:
        if callable(setting):
            return lambda account: {"tunnels": [{match: role, **setting(account)}]}
        return {"tunnels": [{match: role, **setting}]}

    blocks = [
        {
            match: role,
            "bgp": {"local_asn": "65100", "tunnel_cidr": f"169.254.{net}.0/30", "local_address": f"169.254.{net}.1"},
        }
        for role, net in ((first, 20), (second, 21))
    ]
    updates = {
        "tunnels.psk": Update({"tunnels": [{match: first, "ike": {"psk": OTHER_PSK}}]}, action, secret=True),
        "tunnels.bgp": Update({"enable_tunnels_bgp": True, "tunnels": blocks}, action),
    }
    for number, (name, setting) in enumerate(settings.items()):
        # The address belongs to the network that was given just before, hence to the same tunnel.
        role = second if name.startswith("bgp.") or number % 2 else first
        updates[f"tunnels.{name}"] = Update(of(role, setting), action)
    with_ikev1 = updates["tunnels.ike.version"].options["tunnels"][0][match]
    updates["tunnels.ike.mode"] = Update(of(with_ikev1, CRYPTO["ike.mode"]), action)
    return {**updates, "enable_tunnels_bgp": Update({"enable_tunnels_bgp": False}, action)}


_MODIFY = "ModifyVpnConnectionAttribute"
_SINGLE_IKE = {**IKE, "psk": PSK}

CASES = {
    "vpn_gateway": Case(
        module="vpn_gateway",
        id_option="vpn_gateway_id",
        create_action="CreateVpnGateway",
        delete_action="DeleteVpnGateway",
        without=NO_REHEARSAL,
        build=lambda account: account.network(),
        create={
            "name": "vpg-a",
            "bandwidth": 200,
            "enable_ipsec": True,
            "enable_ssl": True,
            "tags": {"env": "prod", "owner": "netops"},
        },
        required=("vpc_id", "bandwidth"),
        updates={
            "description": Update({"description": "stores"}, "ModifyVpnGatewayAttribute"),
            "auto_propagate": Update({"auto_propagate": True}, "ModifyVpnGatewayAttribute"),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        immutable={
            "vpc_id": "vpc-other",
            "vswitch_id": "vsw-other",
            "disaster_recovery_vswitch_id": "vsw-other",
            "bandwidth": 100,
            "enable_ipsec": False,
            "enable_ssl": False,
            "ssl_connections": 20,
            "vpn_type": "NationalStandard",
            "network_type": "private",
            "charge_type": "prepay",
        },
        apart=dict.fromkeys(("period", "auto_pay"), "part of the order of a prepaid gateway, not of the gateway"),
        recreate={"bandwidth": 100},
        invalid={
            "2 to 100 letters": {"name": "1"},
            "ssl_connections": {"enable_ssl": False, "ssl_connections": 5},
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
        without=NO_REHEARSAL,
        build=lambda account: account.network(),
        create={"name": "vpg-e", "network_type": "public", "tags": {"env": "prod", "owner": "netops"}},
        required=("vpc_id", "vswitch_id", "disaster_recovery_vswitch_id"),
        updates={
            "description": Update({"description": "stores"}, "UpdateEnhancedVpnGateway"),
            "auto_propagate": Update({"auto_propagate": True}, "UpdateEnhancedVpnGateway"),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        immutable={
            "vpc_id": "vpc-other",
            "vswitch_id": "vsw-other",
            "disaster_recovery_vswitch_id": "vsw-other",
            "network_type": "private",
        },
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
        without=NO_REHEARSAL,
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
            "one network": Update({"remote_subnets": ["192.168.1.0/24"]}, _MODIFY),
            **crypto_updates(_MODIFY),
            **bgp_updates(_MODIFY),
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
        recreate=lambda account: {"customer_gateway_id": other_peer(account)},
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
            "is not an address of the tunnel": {"bgp": {"tunnel_cidr": "169.254.10.0/30", "local_address": "10.0.0.1"}},
            "belongs to a dual-tunnel connection": {"enable_tunnels_bgp": True},
            "use 1, 2, 5 or 14": {"ike": {"dh_group": 3}},
            "use aes128, aes192, aes256, 3des, des or sm4": {"ipsec": {"encryption": "AES-GCM-256"}},
        },
        outside=_outside_single,
        twin=_twin_connection,
        another=_other_networks,
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
        required=("local_subnets", "remote_subnets", "tunnels.customer_gateway_id"),
        updates={
            "effect_immediately": Update({"effect_immediately": False}, _MODIFY),
            **tunnel_updates(_MODIFY, "role", ("master", "slave")),
        },
        apart={
            "auto_config_route": "cannot be read back",
            "remote_ca_certificate": "goes with an SM gateway: test_sm_gateways.py",
            "tunnels.remote_ca_certificate": "goes with an SM gateway: test_sm_gateways.py",
            "tunnels.role": "tells the tunnels apart",
        },
        immutable={"vpn_gateway_id": None},
        without=NO_RECREATION,
        invalid={
            "is not one master and one slave": {"tunnels": [{"role": "master"}]},
            "tunnels[slave].bgp.local_address: '169.254.10.3' is not an address of the tunnel": {
                "tunnels": [
                    {"role": "master"},
                    {"role": "slave", "bgp": {"tunnel_cidr": "169.254.10.0/30", "local_address": "169.254.10.3"}},
                ]
            },
            "move ike into tunnels": {"ike": {"version": "ikev2"}},
            "is needed with enable_tunnels_bgp": {"enable_tunnels_bgp": True},
        },
        outside=_outside_dual,
        twin=_twin_connection,
        another=_other_networks,
    ),
}
