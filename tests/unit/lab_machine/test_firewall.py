"""Security groups and network ACLs as nftables rules: what decides, and in which order."""

from __future__ import annotations

import re

from lab.cloud.dataplane import Instance, NetworkAcl, Rule, SecurityGroup, Vpc, Vswitch
from lab.network.firewall import ruleset
from lab.network.interfaces import bridge_name, port_name

VSWITCHES = (Vswitch("vsw-a", "10.0.1.0/24", "z"), Vswitch("vsw-b", "10.0.2.0/24", "z"))


def ingress(protocol: str = "TCP", ports: str = "22/22", peer: str = "0.0.0.0/0", **values) -> Rule:
    return Rule("ingress", protocol, ports, values.pop("accept", True), peer, **values)


def egress(protocol: str = "ALL", ports: str = "-1/-1", peer: str = "0.0.0.0/0", **values) -> Rule:
    return Rule("egress", protocol, ports, values.pop("accept", False), peer, **values)


def instance(name: str, address: str, *groups: str, vswitch: str = "vsw-a") -> Instance:
    return Instance(name, vswitch, address, groups, powered=True)


def text_of(*groups: SecurityGroup, instances: tuple[Instance, ...], acls: tuple[NetworkAcl, ...] = ()) -> str:
    return ruleset(Vpc("vpc-1", "10.0.0.0/16", VSWITCHES, groups=groups, acls=acls, instances=instances))


def chain(text: str, name: str) -> list[str]:
    """The lines of a chain."""
    found = re.search(rf"  chain {re.escape(name)} {{\n(.*?)  }}\n", text, re.DOTALL)
    assert found, f"no chain {name} in\n{text}"
    return [line.strip() for line in found.group(1).splitlines()]


def incoming(*rules: Rule, inner_access: bool = False, enterprise: bool = False) -> list[str]:
    group = SecurityGroup("sg-1", rules, inner_access, enterprise)
    text = text_of(group, instances=(instance("i-1", "10.0.1.2", "sg-1"),))
    return chain(text, f"to-{port_name('i-1')}")


def test_nothing_comes_in_without_a_rule() -> None:
    assert incoming() == ["drop"]


def test_every_kind_of_rule() -> None:
    rules = [
        ingress(),
        ingress("UDP", "500/4500", "192.0.2.0/24"),
        ingress("ICMP", "-1/-1"),
        ingress("GRE", "-1/-1"),
        ingress("ALL", "-1/-1", "203.0.113.7/32"),
    ]
    assert sorted(incoming(*rules)) == sorted(
        [
            "tcp dport 22-22 return",
            "ip saddr { 192.0.2.0/24 } udp dport 500-4500 return",
            "ip protocol icmp return",
            "ip protocol gre return",
            "ip saddr { 203.0.113.7/32 } return",
            "drop",
        ]
    )


def test_only_all_lets_esp_in() -> None:
    assert "return" in incoming(ingress("ALL", "-1/-1"))
    assert not any(line == "return" for line in incoming(ingress("UDP", "1/65535"), ingress("GRE", "-1/-1")))


def test_smaller_priorities_come_first_and_drop_before_accept() -> None:
    rules = [
        ingress(ports="3/3", priority=2),
        ingress(ports="2/2", priority=1),
        ingress(ports="1/1", accept=False, priority=1),
    ]
    assert incoming(*rules) == ["tcp dport 1-1 drop", "tcp dport 2-2 return", "tcp dport 3-3 return", "drop"]


def test_rules_of_all_groups_count() -> None:
    one, two = SecurityGroup("sg-1", (ingress(),), False), SecurityGroup("sg-2", (ingress(ports="80/80"),), False)
    text = text_of(one, two, instances=(instance("i-1", "10.0.1.2", "sg-1", "sg-2"),))
    assert chain(text, f"to-{port_name('i-1')}") == ["tcp dport 22-22 return", "tcp dport 80-80 return", "drop"]


def test_a_rule_names_the_members_of_a_group() -> None:
    one, two = SecurityGroup("sg-1", (ingress(peer="sg-2"),), False), SecurityGroup("sg-2")
    members = (instance("i-2", "10.0.1.3", "sg-2"), instance("i-3", "10.0.2.2", "sg-2", vswitch="vsw-b"))
    text = text_of(one, two, instances=(instance("i-1", "10.0.1.2", "sg-1"), *members))
    assert chain(text, f"to-{port_name('i-1')}")[0] == "ip saddr { 10.0.1.3, 10.0.2.2 } tcp dport 22-22 return"


def test_a_rule_for_a_group_without_members_lets_nobody_in() -> None:
    one, two = SecurityGroup("sg-1", (ingress(peer="sg-2"),), False), SecurityGroup("sg-2")
    text = text_of(one, two, instances=(instance("i-1", "10.0.1.2", "sg-1"),))
    assert chain(text, f"to-{port_name('i-1')}") == ["drop"]


def test_members_of_a_normal_group_reach_one_another_after_its_rules() -> None:
    shown = incoming(ingress(accept=False), inner_access=True)
    assert shown == ["tcp dport 22-22 drop", "ip saddr { 10.0.1.2 } return", "drop"]
    assert incoming(inner_access=True, enterprise=True) == ["drop"]


def outgoing(*rules: Rule, enterprise: bool = False) -> list[str]:
    group = SecurityGroup("sg-1", rules, not enterprise, enterprise)
    text = text_of(group, instances=(instance("i-1", "10.0.1.2", "sg-1"),))
    return chain(text, f"from-{port_name('i-1')}")


def test_everything_goes_out_of_a_normal_group_without_a_rule_and_nothing_of_an_enterprise_one() -> None:
    assert outgoing() == []
    assert outgoing(egress("TCP", "25/25")) == ["tcp dport 25-25 drop"]
    assert outgoing(egress(peer="10.0.2.0/24")) == ["ip daddr { 10.0.2.0/24 } drop"]
    assert outgoing(enterprise=True) == ["drop"]


def test_replies_pass_and_the_direction_of_the_flow_decides() -> None:
    text = text_of(SecurityGroup("sg-1"), instances=(instance("i-1", "10.0.1.2", "sg-1"),))
    port = port_name("i-1")
    assert chain(text, "forward") == [
        "type filter hook forward priority filter; policy accept;",
        "ct state related accept",
        "ct state established ct direction reply accept",
        f'iifname "{port}" jump from-{port}',
        f'oifname "{port}" jump to-{port}',
    ]


def test_an_acl_stands_between_its_vswitch_and_the_rest() -> None:
    acl = NetworkAcl(
        "nacl-1", ("vsw-b",), (ingress("ICMP", "-1/-1", accept=False), ingress("ALL", "-1/-1", priority=2))
    )
    members = (instance("i-1", "10.0.1.2", "sg-1"), instance("i-2", "10.0.2.2", "sg-1", vswitch="vsw-b"))
    text = text_of(SecurityGroup("sg-1"), instances=members, acls=(acl,))
    inside = f'{{ "{bridge_name("vsw-b")}", "{port_name("i-2")}" }}'
    name = re.search(r"jump ingress-(acl-\w+)", text)
    assert name
    assert f"iifname != {inside} oifname {inside} jump ingress-{name.group(1)}" in text
    assert f"iifname {inside} oifname != {inside} jump egress-{name.group(1)}" in text
    assert chain(text, f"ingress-{name.group(1)}") == ["ip protocol icmp drop", "return", "drop"]
    assert chain(text, f"egress-{name.group(1)}") == ["drop"]


def test_without_acls_there_is_no_table_for_them() -> None:
    assert "network-acls" not in text_of(instances=())
