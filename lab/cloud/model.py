"""The objects of the cloud. Plain data; times are epoch seconds; ids are the keys of the tables that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Record:
    """What every object has. ``hidden_reads``: how many more reads do not see it yet (eventual consistency)."""

    id: str
    created: float
    tags: dict[str, str] = field(default_factory=dict)
    hidden_reads: int = 0


@dataclass
class Vpc(Record):
    """A VPC with its router and system route table."""

    cidr: str = ""
    name: str = ""
    description: str = ""
    user_cidrs: list[str] = field(default_factory=list)
    resource_group_id: str = ""
    vrouter_id: str = ""
    route_table_id: str = ""
    dns_hostname: bool = False
    status: str = "Pending"


@dataclass
class VSwitch(Record):
    """A subnet. ``held``: a deleted gateway has not let go of it yet. ``route_table_id``: its custom route table."""

    vpc_id: str = ""
    zone: str = ""
    cidr: str = ""
    name: str = ""
    description: str = ""
    status: str = "Pending"
    held: bool = False
    route_table_id: str = ""
    network_acl_id: str = ""


@dataclass
class VpnGateway(Record):
    """A VPN gateway. One address and vSwitch for a single-tunnel one, two for a dual-tunnel one."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    bandwidth: int = 0
    vswitch_ids: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    ssl_address: str = ""
    network_type: str = "public"
    vpn_type: str = "Normal"
    gateway_type: str = "Traditional"
    charge_type: str = "POSTPAY"
    end_time: float = 0.0
    enable_ipsec: bool = True
    enable_ssl: bool = False
    ssl_connections: int = 0
    auto_propagate: bool = False
    resource_group_id: str = ""
    status: str = "init"
    business_status: str = "Normal"

    @property
    def dual(self) -> bool:
        """Whether connections of this gateway have two tunnels."""
        return len(self.vswitch_ids) == 2


@dataclass
class CustomerGateway(Record):
    """The peer device as the cloud knows it."""

    ip_address: str = ""
    asn: int | None = None
    auth_key: str = ""
    name: str = ""
    description: str = ""
    resource_group_id: str = ""


@dataclass
class IkeConfig:
    """Phase 1. ``None`` ids stand for the default: the endpoint's and the customer gateway's address."""

    psk: str = field(repr=False, default="")
    version: str = "ikev1"
    mode: str = "main"
    encryption: str = "aes"
    integrity: str = "md5"
    dh_group: str = "group2"
    lifetime: int = 86400
    local_id: str | None = None
    remote_id: str | None = None


@dataclass
class IpsecConfig:
    """Phase 2."""

    encryption: str = "aes"
    integrity: str = "md5"
    pfs: str = "group2"
    lifetime: int = 86400


@dataclass
class BgpConfig:
    """BGP inside one tunnel."""

    enabled: bool = False
    local_asn: int = 45104
    tunnel_cidr: str = ""
    local_address: str = ""


@dataclass
class HealthCheck:
    """ICMP probe of a single-tunnel connection."""

    enabled: bool = False
    destination: str = ""
    source: str = ""
    interval: int = 3
    retry: int = 3


@dataclass
class Tunnel:
    """One tunnel. A single-tunnel connection has one of role ``single``, which carries the connection's id."""

    id: str
    role: str
    customer_gateway_id: str
    dpd: bool = True
    nat_traversal: bool = True
    ike: IkeConfig = field(default_factory=IkeConfig)
    ipsec: IpsecConfig = field(default_factory=IpsecConfig)
    bgp: BgpConfig = field(default_factory=BgpConfig)
    remote_ca_certificate: str = ""


@dataclass
class LogLine:
    """A line of a log: epoch seconds, the tunnel, server or certificate it is about, text."""

    time: float
    about: str
    text: str


@dataclass
class VpnConnection(Record):
    """An IPsec connection of a VPN gateway. ``statuses``: status by tunnel id as last written to the log."""

    gateway_id: str = ""
    name: str = ""
    local_subnets: list[str] = field(default_factory=list)
    remote_subnets: list[str] = field(default_factory=list)
    effect_immediately: bool = False
    auto_config_route: bool = True
    enable_tunnels_bgp: bool = False
    health_check: HealthCheck = field(default_factory=HealthCheck)
    tunnels: list[Tunnel] = field(default_factory=list)
    state: str = "provisioning"
    generation: int = 1
    statuses: dict[str, str] = field(default_factory=dict)
    log: list[LogLine] = field(default_factory=list)

    @property
    def dual(self) -> bool:
        """Whether this is a dual-tunnel connection."""
        return len(self.tunnels) == 2


@dataclass
class VpnAttachment(VpnConnection):
    """An IPsec connection for a transit router. It has no gateway and, until it is attached, no public address."""

    network_type: str = "public"
    tunnel_bandwidth: str = "Standard"
    resource_group_id: str = ""
    health_check_policy: str = "revoke_route"
    transit_router_id: str = ""
    addresses: list[str] = field(default_factory=list)


@dataclass
class Route(Record):
    """A destination-based route (``source`` is None) or a policy-based one. ``automatic``: made by a connection."""

    gateway_id: str = ""
    next_hop: str = ""
    source: str | None = None
    dest: str = ""
    weight: int = 100
    priority: int = 10
    published: bool = False
    description: str = ""
    overlay_mode: str = "Ipsec"
    automatic: bool = False


@dataclass
class SslServer(Record):
    """An SSL server of a VPN gateway, with the authority that signs its clients' certificates."""

    gateway_id: str = ""
    name: str = ""
    client_ip_pool: str = ""
    local_subnets: list[str] = field(default_factory=list)
    protocol: str = "TCP"
    port: int = 1194
    cipher: str = "AES-128-CBC"
    compress: bool = False
    dns_servers: str = ""
    multi_factor: bool = False
    idaas_instance_id: str = ""
    idaas_region_id: str = ""
    idaas_application_id: str = ""
    ca_key: str = field(repr=False, default="")
    ca_certificate: str = ""
    log: list[LogLine] = field(default_factory=list)


@dataclass
class SslClientCert(Record):
    """A client's key and certificate."""

    server_id: str = ""
    name: str = ""
    client_key: str = field(repr=False, default="")
    certificate: str = ""


@dataclass
class IpsecServer(Record):
    """An IPsec server for the clients of a VPN gateway. ``ike``: its ``psk`` is the server's."""

    gateway_id: str = ""
    name: str = ""
    client_ip_pool: str = ""
    local_subnets: list[str] = field(default_factory=list)
    effect_immediately: bool = False
    ike: IkeConfig = field(default_factory=IkeConfig)
    ipsec: IpsecConfig = field(default_factory=IpsecConfig)
    log: list[LogLine] = field(default_factory=list)


@dataclass
class GatewayCertificate(Record):
    """A certificate that an SM gateway uses, of ``type`` Encryption or Signature. Its id is ``<gateway>/<type>``."""

    gateway_id: str = ""
    certificate_id: str = ""
    type: str = ""


@dataclass
class Diagnosis(Record):
    """A diagnosis of a gateway that can be read from ``finished`` on: ``items`` are [name, level, words]."""

    gateway_id: str = ""
    resource_id: str = ""
    resource_type: str = ""
    finished: float = 0.0
    items: list[list[Any]] = field(default_factory=list)


@dataclass
class KeyPair(Record):
    """An SSH key pair, by name: the cloud keeps the public key only."""

    public_key: str = ""
    fingerprint: str = ""
    resource_group_id: str = ""


@dataclass
class SecurityRule:
    """A rule of a security group. ``peer_kind`` says whether ``peer`` is a network (cidr) or a group id (group)."""

    id: str
    created: float
    direction: str
    protocol: str
    ports: str
    policy: str
    priority: int
    peer_kind: str
    peer: str
    description: str = ""


@dataclass
class RouteTable(Record):
    """A route table of a VPC: the system one, or a custom one. ``propagation``: whether it takes dynamic routes."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    system: bool = False
    propagation: bool = True
    status: str = "Available"


@dataclass
class RouteEntry(Record):
    """A custom route of a route table."""

    table_id: str = ""
    dest: str = ""
    hop_type: str = ""
    hop_id: str = ""
    name: str = ""
    description: str = ""
    status: str = "Pending"


@dataclass
class AclEntry:
    """A rule of a network ACL for one direction; as it stands it lets everything through."""

    id: str
    protocol: str = "all"
    port: str = "-1/-1"
    cidr: str = "0.0.0.0/0"
    policy: str = "accept"
    name: str = ""
    description: str = ""


@dataclass
class SecurityGroup(Record):
    """A security group of a VPC with its rules."""

    name: str = ""
    description: str = ""
    vpc_id: str = ""
    type: str = "normal"
    inner_access: str = "Accept"
    resource_group_id: str = ""
    rules: list[SecurityRule] = field(default_factory=list)


@dataclass
class Instance(Record):
    """An ECS instance: everything a data plane needs to boot it. ``public_address``: a fixed one, not elastic."""

    name: str = ""
    description: str = ""
    host_name: str = ""
    image_id: str = ""
    type: str = ""
    vswitch_id: str = ""
    security_group_ids: list[str] = field(default_factory=list)
    key_pair: str = ""
    user_data: str = ""
    private_address: str = ""
    public_address: str = ""
    bandwidth_out: int = 0
    bandwidth_in: int = 0
    internet_charge_type: str = "PayByTraffic"
    disk_category: str = ""
    disk_size: int = 0
    disk_level: str = ""
    charge_type: str = "PostPaid"
    end_time: float = 0.0
    deletion_protection: bool = False
    resource_group_id: str = ""
    serial: str = ""
    status: str = "Pending"
    stopped_mode: str = "Not-applicable"
    started: float = 0.0


@dataclass
class NetworkAcl(Record):
    """A network ACL of a VPC; the first rule that fits decides."""

    vpc_id: str = ""
    name: str = ""
    description: str = ""
    ingress: list[AclEntry] = field(default_factory=list)
    egress: list[AclEntry] = field(default_factory=list)
    status: str = "Modifying"


@dataclass
class Eip(Record):
    """An elastic IP address. ``end_time``: epoch seconds at which a subscription ends."""

    address: str = ""
    bandwidth: int = 5
    name: str = ""
    description: str = ""
    charge_type: str = "PostPaid"
    internet_charge_type: str = "PayByBandwidth"
    isp: str = "BGP"
    resource_group_id: str = ""
    end_time: float = 0.0
    instance_id: str = ""
    instance_type: str = ""
    private_address: str = ""
    mode: str = ""
    vpc_id: str = ""
    status: str = "Available"


@dataclass
class Region:
    """All objects of one region, by id."""

    id: str
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    vswitches: dict[str, VSwitch] = field(default_factory=dict)
    vpn_gateways: dict[str, VpnGateway] = field(default_factory=dict)
    customer_gateways: dict[str, CustomerGateway] = field(default_factory=dict)
    connections: dict[str, VpnConnection] = field(default_factory=dict)
    attachments: dict[str, VpnAttachment] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    vco_routes: dict[str, Route] = field(default_factory=dict)
    ssl_servers: dict[str, SslServer] = field(default_factory=dict)
    ssl_client_certs: dict[str, SslClientCert] = field(default_factory=dict)
    ipsec_servers: dict[str, IpsecServer] = field(default_factory=dict)
    gateway_certificates: dict[str, GatewayCertificate] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    key_pairs: dict[str, KeyPair] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    eips: dict[str, Eip] = field(default_factory=dict)
    route_tables: dict[str, RouteTable] = field(default_factory=dict)
    route_entries: dict[str, RouteEntry] = field(default_factory=dict)
    network_acls: dict[str, NetworkAcl] = field(default_factory=dict)
