"""Security groups and network ACLs of a VPC as an nftables ruleset for its router: computed, no I/O.

Every instance has a port of its own at the router, so what goes to it or comes from it is told by the interface,
whatever addresses the packets carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lab.cloud.dataplane import Instance, NetworkAcl, Rule, Vpc
from lab.network.interfaces import bridge_name, port_name, short

ANYWHERE = "0.0.0.0/0"
_SIDE = {"ingress": "saddr", "egress": "daddr"}


@dataclass(frozen=True)
class _Chain:
    name: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        body = "".join(f"    {line}\n" for line in self.lines)
        return f"  chain {self.name} {{\n{body}  }}\n"


def ruleset(vpc: Vpc) -> str:
    """The whole ruleset of the VPC's router, as ``nft -f`` takes it; it replaces the one before."""
    return f"flush ruleset\n{_security_groups(vpc)}{_network_acls(vpc)}"


def _security_groups(vpc: Vpc) -> str:
    """Groups are stateful, but only replies pass unseen: so what is forbidden now also ends established flows."""
    chains = [chain for instance in vpc.instances for chain in _instance_chains(vpc, instance)]
    forward = ["type filter hook forward priority filter; policy accept;", "ct state related accept"]
    forward.append("ct state established ct direction reply accept")
    for instance in vpc.instances:
        port = port_name(instance.id)
        forward += [f'iifname "{port}" jump from-{port}', f'oifname "{port}" jump to-{port}']
    return _table("security-groups", [*chains, _Chain("forward", tuple(forward))])


def _instance_chains(vpc: Vpc, instance: Instance) -> list[_Chain]:
    groups = [group for group in vpc.groups if group.id in instance.group_ids]
    members = {
        group.id: sorted(other.address for other in vpc.instances if group.id in other.group_ids)
        for group in vpc.groups
    }
    rules = [rule for group in groups for rule in group.rules]
    incoming = _lines((rule for rule in rules if rule.direction == "ingress"), members)
    for group in groups:
        if group.inner_access and not group.enterprise:
            incoming.append(f"ip saddr {{ {', '.join(members[group.id])} }} return")
    outgoing = _lines((rule for rule in rules if rule.direction == "egress"), members)
    if any(group.enterprise for group in groups):
        outgoing.append("drop")
    port = port_name(instance.id)
    return [_Chain(f"to-{port}", (*incoming, "drop")), _Chain(f"from-{port}", tuple(outgoing))]


def _network_acls(vpc: Vpc) -> str:
    """ACLs are stateless and see only what enters or leaves the vSwitch. They come before the security groups."""
    chains = []
    forward = ["type filter hook forward priority filter - 10; policy accept;"]
    for acl in vpc.acls:
        name = f"acl-{short(acl.id)}"
        chains += [
            _Chain(f"{direction}-{name}", (*_lines((r for r in acl.rules if r.direction == direction), {}), "drop"))
            for direction in ("ingress", "egress")
        ]
        forward += [line for vswitch_id in acl.vswitch_ids for line in _boundary(vpc, acl, vswitch_id, name)]
    return _table("network-acls", [*chains, _Chain("forward", tuple(forward))]) if chains else ""


def _boundary(vpc: Vpc, acl: NetworkAcl, vswitch_id: str, name: str) -> list[str]:
    ports = [bridge_name(vswitch_id)]
    ports += [port_name(instance.id) for instance in vpc.instances if instance.vswitch_id == vswitch_id]
    inside = "{ " + ", ".join(f'"{port}"' for port in ports) + " }"
    return [
        f"iifname {inside} oifname != {inside} jump egress-{name}",
        f"iifname != {inside} oifname {inside} jump ingress-{name}",
    ]


def _lines(rules: Iterable[Rule], members: Mapping[str, list[str]]) -> list[str]:
    """In the order in which they decide: by priority, and what drops before what accepts."""
    ordered = sorted(rules, key=lambda rule: (rule.priority, rule.accept))
    return [line for line in (_line(rule, members) for rule in ordered) if line]


def _line(rule: Rule, members: Mapping[str, list[str]]) -> str:
    """``return`` leaves the instance's chain: the packet may have to pass the one at its other end, too."""
    words = []
    addresses = members.get(rule.peer, [rule.peer])
    if not addresses:
        return ""
    if rule.peer != ANYWHERE:
        words.append(f"ip {_SIDE[rule.direction]} {{ {', '.join(addresses)} }}")
    words += _PROTOCOLS[rule.protocol](rule.ports.replace("/", "-"))
    return " ".join([*words, "return" if rule.accept else "drop"])


_PROTOCOLS: dict[str, Callable[[str], list[str]]] = {
    "TCP": lambda ports: [f"tcp dport {ports}"],
    "UDP": lambda ports: [f"udp dport {ports}"],
    "ICMP": lambda _ports: ["ip protocol icmp"],
    "GRE": lambda _ports: ["ip protocol gre"],
    "ALL": lambda _ports: [],
}


def _table(name: str, chains: Iterable[_Chain]) -> str:
    return f"table ip {name} {{\n{''.join(map(str, chains))}}}\n"
