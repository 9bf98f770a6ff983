"""Names of the interfaces at a VPC's router, derived from the ids of what is behind them."""

from __future__ import annotations

import hashlib


def port_name(instance_id: str) -> str:
    """Interface of an instance."""
    return f"i-{short(instance_id)}"


def bridge_name(vswitch_id: str) -> str:
    """Interface of a vSwitch."""
    return f"vs-{short(vswitch_id)}"


def host_port_name(namespace: str) -> str:
    """Port, in a vSwitch's bridge, of a host that is no instance."""
    return f"h-{short(namespace)}"


def public_name(address: str) -> str:
    """Interface towards a public address."""
    return f"p-{short(address)}"


def short(identifier: str) -> str:
    """Eight hexadecimal digits for an id: names of interfaces have at most 15 characters."""
    return hashlib.sha256(identifier.encode()).hexdigest()[:8]
