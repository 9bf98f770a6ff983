"""What the modules for routes, remote access and transit routers are tested with, as data (see module_cases.py)."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import (
    CASES,
    IKE,
    IPSEC,
    KEYED,
    NO_RECREATION,
    NO_REHEARSAL,
    ONE_EACH,
    OTHER_PSK,
    PSK,
    UNTAGGED,
    Case,
    Update,
    bgp_peer,
    bgp_updates,
    crypto_updates,
    other_peer,
    tunnel_updates,
)


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


def attached_connection(account: Any) -> dict[str, Any]:
    """A connection that is attached to a transit router."""
    tunnels = _attachment_tunnels(account, account.customer_gateway("cgw-r", "198.51.100.250"))
    made = account.ok("vpn_attachment", name="attach-r", **tunnels, **_ATTACHMENT)
    identifier = made["vpn_attachment"]["vpn_connection_id"]
    account.cloud.admin("POST", f"attachments/{identifier}/attach")
    return {"vpn_connection_id": identifier}


def _outside_vco_route(account: Any, options: dict[str, Any]) -> None:
    connection = {"VpnConnectionId": options["vpn_connection_id"], "NextHop": options["vpn_connection_id"]}
    account.api("CreateVcoRouteEntry", **connection, RouteDest=options["route_dest"], Weight=100)


_ROUTE_INVALID = {
    "has host bits set": {"route_dest": "192.168.1.1/24"},
    "is everything": {"route_dest": "0.0.0.0/0"},
    "overlaps 100.64.0.0/10": {"route_dest": "100.64.1.0/24"},
    "value of weight must be one of": {"weight": 50},
    "is not 1 to 100 characters": {"description": "http://x"},
}

_SSL = {"client_ip_pool": "10.9.0.0/24", "local_subnets": ["172.16.0.0/17", "172.16.128.0/17"]}
_SERVER_INVALID = {
    "is not a network of /16 to /29": {"client_ip_pool": "10.9.0.0/30"},
    "overlaps 172.16.0.0/17 of local_subnets": {"client_ip_pool": "172.16.9.0/24"},
    "is in a range that clients cannot use": {"client_ip_pool": "100.64.0.0/24"},
    "are not 1 to 5 networks": {"local_subnets": [f"10.{number}.0.0/16" for number in range(20, 26)]},
    "is larger than a /8": {"local_subnets": ["4.0.0.0/7"]},
}


def _ssl_gateway(account: Any, number: int = 0) -> dict[str, Any]:
    options = {"name": f"vpg-ssl-{number}", "bandwidth": 10, "enable_ssl": True, **account.network()}
    return {"vpn_gateway_id": account.ok("vpn_gateway", **options)["vpn_gateway"]["vpn_gateway_id"]}


def _ssl_server(account: Any) -> dict[str, Any]:
    server = account.ok("ssl_vpn_server", name="ssl-a", **_ssl_gateway(account), **_SSL)["ssl_vpn_server"]
    return {"ssl_vpn_server_id": server["ssl_vpn_server_id"]}


def sm_gateway(account: Any, number: int = 0) -> dict[str, Any]:
    """A gateway for the ShangMi algorithms."""
    options = {"name": f"vpg-sm-{number}", "bandwidth": 10, "vpn_type": "NationalStandard", **account.network()}
    return {"vpn_gateway_id": account.ok("vpn_gateway", **options)["vpn_gateway"]["vpn_gateway_id"]}


def _outside_association(account: Any, options: dict[str, Any]) -> None:
    account.api(
        "AssociateVpnGatewayWithCertificate",
        VpnGatewayId=options["vpn_gateway_id"],
        CertificateType=options["certificate_type"].capitalize(),
        CertificateId=options["certificate_id"],
    )


def _outside_server(action: str, name: str, identifier: str) -> Any:
    def create(account: Any, options: dict[str, Any]) -> str:
        settings = {"ClientIpPool": options["client_ip_pool"], "LocalSubnet": "172.16.0.0/16"}
        reply = account.api(action, VpnGatewayId=options["vpn_gateway_id"], **{name: options["name"]}, **settings)
        return reply[identifier]

    return create


def _outside_certificate(account: Any, options: dict[str, Any]) -> str:
    reply = account.api("CreateSslVpnClientCert", SslVpnServerId=options["ssl_vpn_server_id"], Name=options["name"])
    return reply["SslVpnClientCertId"]


def _attachment_tunnels(account: Any, customer_gateway_id: str = "") -> dict[str, Any]:
    settings = {
        "customer_gateway_id": customer_gateway_id or bgp_peer(account),
        "dpd": True,
        "nat_traversal": True,
        "ike": {**IKE, "psk": PSK},
        "ipsec": dict(IPSEC),
    }
    return {"tunnels": [{"tunnel_index": index, **settings} for index in (1, 2)]}


def _outside_attachment(account: Any, options: dict[str, Any]) -> str:
    peer = {"CustomerGatewayId": options.get("customer_gateway_id")}
    if "tunnels" in options:
        tunnels = [
            {"TunnelIndex": tunnel["tunnel_index"], "CustomerGatewayId": tunnel["customer_gateway_id"]}
            for tunnel in options["tunnels"]
        ]
        peer = {"TunnelOptionsSpecification": tunnels}
    networks = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
    return account.api("CreateVpnAttachment", Name=options["name"], **networks, **peer)["VpnConnectionId"]


_MODIFY_ATTACHMENT = "ModifyVpnAttachmentAttribute"
_ATTACHMENT: dict[str, Any] = {
    "local_subnets": ["172.16.0.0/16"],
    "remote_subnets": ["192.168.1.0/24"],
    "effect_immediately": True,
    "network_type": "public",
    "tags": {"site": "a"},
}
_ATTACHMENT_COMMON: dict[str, Any] = {
    "module": "vpn_attachment",
    "id_option": "vpn_connection_id",
    "create_action": "CreateVpnAttachment",
    "delete_action": "DeleteVpnAttachment",
    "required": ("local_subnets", "remote_subnets"),
    "immutable": {"network_type": "private", "tunnel_bandwidth": "Large"},
    "recreate": {"tunnel_bandwidth": "Large"},
    "outside": _outside_attachment,
    "twin": _outside_attachment,
}
_MODIFY_SSL, _UPDATE_IPSEC = "ModifySslVpnServer", "UpdateIpsecServer"

VPN_CASES = {
    "vpn_route_entry": Case(
        module="vpn_route_entry",
        id_option="",
        key=("vpn_gateway_id", "route_dest", "next_hop"),
        scope=("vpn_gateway_id",),
        listed="vpn_route_entries",
        create_action="CreateVpnRouteEntry",
        delete_action="DeleteVpnRouteEntry",
        without=KEYED | UNTAGGED | NO_RECREATION,
        build=_dual_connection,
        create={"route_dest": "192.168.1.0/24", "weight": 100, "publish_vpc": True, "description": "to the store"},
        required=("vpn_gateway_id", "route_dest", "next_hop"),
        updates={
            "weight": Update({"weight": 0}, "ModifyVpnRouteEntryWeight"),
            "publish_vpc": Update({"publish_vpc": False}, "PublishVpnRouteEntry"),
        },
        immutable={},
        apart={"description": "can neither be read back nor changed"},
        invalid=_ROUTE_INVALID,
        outside=_outside_route("CreateVpnRouteEntry"),
        another=lambda account, number: {"route_dest": f"10.{number}.0.0/16"},
    ),
    "vpn_policy_route": Case(
        module="vpn_policy_route",
        id_option="",
        key=("vpn_gateway_id", "route_source", "route_dest", "next_hop"),
        scope=("vpn_gateway_id",),
        create_action="CreateVpnPbrRouteEntry",
        delete_action="DeleteVpnPbrRouteEntry",
        without=KEYED | UNTAGGED | NO_RECREATION,
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
        apart={"description": "can neither be read back nor changed"},
        invalid={**_ROUTE_INVALID, "is not between 1 and 100": {"priority": 101}},
        outside=_outside_route("CreateVpnPbrRouteEntry", RouteSource="172.16.0.0/16"),
        another=lambda account, number: {"route_dest": f"10.{number}.0.0/16"},
    ),
    "vco_route_entry": Case(
        module="vco_route_entry",
        id_option="",
        key=("vpn_connection_id", "route_dest"),
        scope=("vpn_connection_id",),
        listed="vco_route_entries",
        create_action="CreateVcoRouteEntry",
        delete_action="DeleteVcoRouteEntry",
        without=KEYED | UNTAGGED | NO_RECREATION,
        build=attached_connection,
        create={"route_dest": "192.168.1.0/24", "weight": 100, "description": "to the store"},
        required=("vpn_connection_id", "route_dest"),
        updates={"weight": Update({"weight": 0}, "ModifyVcoRouteEntryWeight")},
        immutable={},
        apart={"description": "can neither be read back nor changed"},
        invalid=_ROUTE_INVALID,
        outside=_outside_vco_route,
        another=lambda account, number: {"route_dest": f"10.{number}.0.0/16"},
    ),
    "ssl_vpn_server": Case(
        module="ssl_vpn_server",
        id_option="ssl_vpn_server_id",
        create_action="CreateSslVpnServer",
        delete_action="DeleteSslVpnServer",
        without=UNTAGGED | ONE_EACH | NO_RECREATION,
        build=_ssl_gateway,
        create={"name": "ssl-a", **_SSL},
        required=("vpn_gateway_id", "client_ip_pool", "local_subnets"),
        updates={
            "client_ip_pool": Update({"client_ip_pool": "10.9.1.0/24"}, _MODIFY_SSL),
            "local_subnets": Update({"local_subnets": ["172.16.0.0/16"]}, _MODIFY_SSL),
            "transport": Update({"transport": "UDP"}, _MODIFY_SSL),
            "port": Update({"port": 1195}, _MODIFY_SSL),
            "cipher": Update({"cipher": "AES-192-CBC"}, _MODIFY_SSL),
            "compress": Update({"compress": True}, _MODIFY_SSL),
            "dns_servers": Update({"dns_servers": ["172.16.0.53", "172.16.0.54"]}, _MODIFY_SSL),
            "multi_factor_auth": Update(
                {
                    "multi_factor_auth": True,
                    "idaas_instance_id": "eiam-1",
                    "idaas_region_id": "cn-hangzhou",
                    "idaas_application_id": "app-1",
                },
                _MODIFY_SSL,
            ),
        },
        # Another gateway has another server.
        immutable={"vpn_gateway_id": None},
        equal={"networks in another order": {"local_subnets": ["172.16.128.0/17", "172.16.0.0/17"]}},
        invalid={
            **_SERVER_INVALID,
            "is not a port that the gateway leaves free": {"port": 443},
            "use AES-128-CBC, AES-192-CBC, AES-256-CBC or none": {"cipher": "DES"},
            "is needed with multi_factor_auth": {"multi_factor_auth": True},
            "is not an IPv4 address": {"dns_servers": ["ns.example.com"]},
        },
        outside=_outside_server("CreateSslVpnServer", "Name", "SslVpnServerId"),
        another=lambda account, number: _ssl_gateway(account, number + 1),
    ),
    "vpn_gateway_certificate": Case(
        module="vpn_gateway_certificate",
        id_option="",
        key=("vpn_gateway_id", "certificate_type"),
        scope=("vpn_gateway_id",),
        create_action="AssociateVpnGatewayWithCertificate",
        delete_action="DissociateVpnGatewayWithCertificate",
        without=KEYED | UNTAGGED,
        build=sm_gateway,
        create={"certificate_type": "signature", "certificate_id": "6bfe4218-ea1d"},
        required=("vpn_gateway_id", "certificate_type", "certificate_id"),
        updates={},
        immutable={"certificate_id": "77aa01f2-90bc"},
        recreate={"certificate_id": "77aa01f2-90bc"},
        invalid={"value of certificate_type must be one of": {"certificate_type": "both"}},
        outside=_outside_association,
        another=lambda account, number: sm_gateway(account, number + 1),
    ),
    "ssl_vpn_client_cert": Case(
        module="ssl_vpn_client_cert",
        id_option="ssl_vpn_client_cert_id",
        create_action="CreateSslVpnClientCert",
        delete_action="DeleteSslVpnClientCert",
        without=UNTAGGED | NO_REHEARSAL | NO_RECREATION,
        build=_ssl_server,
        create={"name": "laptop-a"},
        required=("ssl_vpn_server_id",),
        updates={},
        # Another server has another certificate.
        immutable={"ssl_vpn_server_id": None},
        invalid={"is not 1 to 100 characters": {"name": "http://x"}},
        outside=_outside_certificate,
        twin=_outside_certificate,
    ),
    "ipsec_server": Case(
        module="ipsec_server",
        id_option="ipsec_server_id",
        create_action="CreateIpsecServer",
        delete_action="DeleteIpsecServer",
        without=UNTAGGED | ONE_EACH | NO_RECREATION,
        build=_ssl_gateway,
        create={
            "name": "ike-a",
            **_SSL,
            "psk": PSK,
            "effect_immediately": True,
            "ike": {"version": "ikev2", "encryption": "aes256", "integrity": "sha256", "dh_group": 14},
            "ipsec": IPSEC,
        },
        required=("vpn_gateway_id", "client_ip_pool", "local_subnets"),
        updates={
            "client_ip_pool": Update({"client_ip_pool": "10.9.1.0/24"}, _UPDATE_IPSEC),
            "local_subnets": Update({"local_subnets": ["172.16.0.0/16"]}, _UPDATE_IPSEC),
            "effect_immediately": Update({"effect_immediately": False}, _UPDATE_IPSEC),
            "psk": Update({"psk": OTHER_PSK}, _UPDATE_IPSEC, secret=True),
            **crypto_updates(_UPDATE_IPSEC),
        },
        # Another gateway has another server.
        immutable={"vpn_gateway_id": None},
        equal={"networks in another order": {"local_subnets": ["172.16.128.0/17", "172.16.0.0/17"]}},
        invalid={
            **_SERVER_INVALID,
            "white space inside": {"psk": "two words here"},
            "exists only in IKEv1": {"ike": {"version": "ikev2", "mode": "aggressive"}},
        },
        outside=_outside_server("CreateIpsecServer", "IpSecServerName", "IpsecServerId"),
        another=lambda account, number: _ssl_gateway(account, number + 1),
    ),
    "vpn_attachment (single tunnel)": Case(
        **_ATTACHMENT_COMMON,
        build=lambda account: {"customer_gateway_id": bgp_peer(account)},
        create={"name": "attach-a", **_ATTACHMENT, "ike": {**IKE, "psk": PSK}, "ipsec": IPSEC},
        updates={
            "remote_subnets": Update({"remote_subnets": ["192.168.1.0/24", "192.168.9.0/24"]}, _MODIFY_ATTACHMENT),
            "effect_immediately": Update({"effect_immediately": False}, _MODIFY_ATTACHMENT),
            "dpd": Update({"dpd": False}, _MODIFY_ATTACHMENT),
            "psk": Update({"ike": {"psk": OTHER_PSK}}, _MODIFY_ATTACHMENT, secret=True),
            "nat_traversal": Update({"nat_traversal": False}, _MODIFY_ATTACHMENT),
            "customer_gateway_id": Update(
                lambda account: {"customer_gateway_id": other_peer(account)}, _MODIFY_ATTACHMENT
            ),
            "one network": Update({"remote_subnets": ["192.168.1.0/24"]}, _MODIFY_ATTACHMENT),
            **crypto_updates(_MODIFY_ATTACHMENT),
            **bgp_updates(_MODIFY_ATTACHMENT),
            "health_check": Update(
                {
                    "health_check": {
                        "enabled": True,
                        "destination": "192.168.1.10",
                        "source": "172.16.1.10",
                        "policy": "reserve_route",
                    }
                },
                _MODIFY_ATTACHMENT,
            ),
            "health_check.interval": Update({"health_check": {"interval": 7}}, _MODIFY_ATTACHMENT),
            "health_check.retry": Update({"health_check": {"retry": 5}}, _MODIFY_ATTACHMENT),
            "resource_group_id": Update({"resource_group_id": "rg-acfmxazb4ph6aiy"}, "MoveVpnResourceGroup"),
        },
        invalid={
            "has host bits set": {"remote_subnets": ["192.168.1.1/24"]},
            "exists only in IKEv1": {"ike": {"version": "ikev2", "mode": "aggressive"}},
            "belongs to a dual-tunnel connection": {"enable_tunnels_bgp": True},
        },
    ),
    "vpn_attachment (dual tunnel)": Case(
        **_ATTACHMENT_COMMON,
        build=_attachment_tunnels,
        create={"name": "attach-b", **_ATTACHMENT},
        updates={
            "local_subnets": Update({"local_subnets": ["172.16.0.0/17"]}, _MODIFY_ATTACHMENT),
            **tunnel_updates(_MODIFY_ATTACHMENT, "tunnel_index", (1, 2)),
        },
        apart={"tunnels.tunnel_index": "tells the tunnels apart"},
        invalid={
            "is not one 1 and one 2": {"tunnels": [{"tunnel_index": 1}]},
            "move ike into tunnels": {"ike": {"version": "ikev2"}},
            "is needed with enable_tunnels_bgp": {"enable_tunnels_bgp": True},
        },
    ),
}
