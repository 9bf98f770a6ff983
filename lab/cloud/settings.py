"""Everything about the lab's behaviour that can be set, at start or while it runs (``POST /_lab/settings``)."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class Delays:
    """Seconds that asynchronous steps take. Short on purpose; the order is the cloud's."""

    gateway_init: float = 0.5
    gateway_provision: float = 1.0
    gateway_delete: float = 0.5
    vswitch_release: float = 0.5
    child: float = 0.3
    vpc: float = 0.2
    vswitch: float = 0.2
    instance_create: float = 0.5
    instance_start: float = 0.5
    instance_stop: float = 0.5
    instance_release: float = 0.5
    eip: float = 0.2
    route_table: float = 0.2
    route_entry: float = 0.2
    network_acl: float = 0.2


@dataclass
class Quotas:
    """Default quotas of an account, as published."""

    vpcs: int = 10
    vswitches_per_vpc: int = 150
    vpn_gateways: int = 30
    customer_gateways: int = 100
    connections_per_gateway: int = 10
    policy_routes_per_gateway: int = 20
    routes_per_gateway: int = 20
    subnets_per_side: int = 10
    ssl_servers_per_gateway: int = 1
    ssl_client_certs: int = 50
    tags_per_resource: int = 20
    key_pairs: int = 500
    security_groups: int = 100
    rules_per_security_group: int = 200
    security_groups_per_instance: int = 5
    instances: int = 200
    eips: int = 20
    route_tables_per_vpc: int = 9
    routes_per_table: int = 200
    network_acls_per_vpc: int = 20
    entries_per_network_acl: int = 20


@dataclass
class Throttle:
    """Calls per second and account before ``Throttling.User`` (0: no limit); milliseconds for x-acs-retry-after."""

    calls_per_second: int = 0
    retry_after_ms: int = 0


@dataclass
class Settings:
    """All settings. ``dual_tunnel_regions``: where a gateway must have two vSwitches (InvalidVSwitchId.NotFound)."""

    default_region: str = "cn-hangzhou"
    dual_tunnel_regions: list[str] = field(default_factory=lambda: ["cn-beijing"])
    delays: Delays = field(default_factory=Delays)
    quotas: Quotas = field(default_factory=Quotas)
    throttle: Throttle = field(default_factory=Throttle)
    latency: float = 0.0

    @classmethod
    def immediate(cls) -> Settings:
        """Settings for tests: every asynchronous step is done when its call returns."""
        return cls(delays=Delays(**{f.name: 0.0 for f in fields(Delays)}))

    def update(self, changes: dict[str, Any]) -> None:
        """Apply a partial document of the shape of ``as_dict``. Raises ValueError naming an unknown key or type."""
        # Tried on a copy first: a document with a mistake in it changes nothing.
        _update(copy.deepcopy(self), changes, "")
        _update(self, changes, "")

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain data."""
        return asdict(self)


def _update(target: Any, changes: Any, path: str) -> None:
    if not isinstance(changes, dict):
        raise ValueError(f"{path.rstrip('.') or 'settings'} must be an object")
    known = {f.name for f in fields(target)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"unknown setting {path}{name}; known: {', '.join(sorted(known))}")
        current = getattr(target, name)
        if isinstance(current, (Delays, Quotas, Throttle)):
            _update(current, value, f"{path}{name}.")
            continue
        if isinstance(current, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(current):
            raise ValueError(f"{path}{name} must be of type {type(current).__name__}")
        if isinstance(value, (int, float)) and value < 0:
            raise ValueError(f"{path}{name} must not be negative")
        setattr(target, name, value)


REGIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "cn-hangzhou": ("China (Hangzhou)", ("h", "i", "j", "k")),
    "cn-shanghai": ("China (Shanghai)", ("b", "f", "g", "l")),
    "cn-beijing": ("China (Beijing)", ("f", "h", "k", "l")),
    "eu-central-1": ("Germany (Frankfurt)", ("a", "b", "c")),
}
"""Regions the lab knows: local name and zone letters."""


def zones(region: str) -> tuple[str, ...]:
    """Zone ids of a region, such as ``cn-hangzhou-h`` (``eu-central-1a`` outside China)."""
    separator = "-" if region.startswith("cn-") else ""
    return tuple(f"{region}{separator}{letter}" for letter in REGIONS[region][1])
