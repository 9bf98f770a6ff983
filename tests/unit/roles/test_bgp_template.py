"""The configuration that the role bgp writes for FRR, line by line. FRR itself reads it in the lab."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles" / "bgp"
NEIGHBORS = [
    {"name": "store-001-main-1", "address": "169.254.10.1", "source": "169.254.10.2", "asn": "45104"},
    {
        "name": "store-001-main-2",
        "role": "standby",
        "address": "169.254.10.5",
        "source": "169.254.10.6",
        "asn": "45104",
        "password": "Own",
    },
]
GOLDEN = """\
! Managed (role hybridnet.alicloud.bgp)
! What is changed by hand is lost with the next run.
frr defaults traditional
hostname store-001
log syslog informational
service integrated-vtysh-config
!
ip prefix-list HYBRIDNET-OUT seq 5 permit 192.168.1.0/24
ip prefix-list HYBRIDNET-OUT seq 10 permit 10.1.1.1/32
ip prefix-list HYBRIDNET-IN seq 5 permit 172.16.0.0/16 le 32
ip prefix-list HYBRIDNET-IN seq 10 permit 10.2.2.2/32
!
route-map HYBRIDNET-IN-ACTIVE permit 10
 match ip address prefix-list HYBRIDNET-IN
 set local-preference 200
exit
!
route-map HYBRIDNET-OUT-ACTIVE permit 10
 match ip address prefix-list HYBRIDNET-OUT
exit
!
route-map HYBRIDNET-IN-STANDBY permit 10
 match ip address prefix-list HYBRIDNET-IN
 set local-preference 100
exit
!
route-map HYBRIDNET-OUT-STANDBY permit 10
 match ip address prefix-list HYBRIDNET-OUT
 set as-path prepend 65010 65010
exit
!
router bgp 65010
 bgp router-id 169.254.10.2
 no bgp default ipv4-unicast
 bgp graceful-restart stalepath-time 10
 bgp graceful-restart restart-time 10
 bgp graceful-restart
 no bgp network import-check
 neighbor 169.254.10.1 remote-as 45104
 neighbor 169.254.10.1 description store-001-main-1
 neighbor 169.254.10.1 password Common
 neighbor 169.254.10.1 update-source 169.254.10.2
 neighbor 169.254.10.1 timers 10 30
 neighbor 169.254.10.1 timers connect 5
 neighbor 169.254.10.5 remote-as 45104
 neighbor 169.254.10.5 description store-001-main-2
 neighbor 169.254.10.5 password Own
 neighbor 169.254.10.5 update-source 169.254.10.6
 neighbor 169.254.10.5 timers 10 30
 neighbor 169.254.10.5 timers connect 5
 !
 address-family ipv4 unicast
  network 192.168.1.0/24
  network 10.1.1.1/32
  neighbor 169.254.10.1 activate
  neighbor 169.254.10.1 route-map HYBRIDNET-IN-ACTIVE in
  neighbor 169.254.10.1 route-map HYBRIDNET-OUT-ACTIVE out
  neighbor 169.254.10.1 maximum-prefix 100 restart 5
  neighbor 169.254.10.5 activate
  neighbor 169.254.10.5 route-map HYBRIDNET-IN-STANDBY in
  neighbor 169.254.10.5 route-map HYBRIDNET-OUT-STANDBY out
  neighbor 169.254.10.5 maximum-prefix 100 restart 5
 exit-address-family
exit
!
end
"""


def rendered(**variables) -> str:
    """The template with the role's defaults, as Ansible's template module renders it."""
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    environment.filters["bool"] = lambda value: str(value).lower() in ("true", "yes", "1")
    template = environment.from_string((ROLE / "templates" / "frr.conf.j2").read_text())
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    usual = {
        "ansible_managed": "Managed",
        "bgp_asn": 65010,
        "bgp_neighbors": NEIGHBORS,
        "bgp_networks": ["192.168.1.0/24", "10.1.1.1/32"],
        "bgp_accepted_networks": ["172.16.0.0/16", "10.2.2.2/32"],
        "bgp_password": "Common",
        "bgp_running": {"stdout_lines": ["frr version 8.4.4", "hostname store-001", "no ip forwarding"]},
    }
    return template.render({**defaults, **usual, **variables})


def test_the_whole_of_it():
    assert rendered() == GOLDEN


def test_no_statement_weakens_the_rule_that_sessions_need_filters():
    assert "ebgp-requires-policy" not in rendered()
    for neighbor in NEIGHBORS:
        for direction in ("in", "out"):
            assert f" neighbor {neighbor['address']} route-map HYBRIDNET-{direction.upper()}" in rendered()


@pytest.mark.parametrize(
    ("changes", "there", "gone"),
    [
        ({"bgp_graceful_restart": "false"}, [], ["graceful-restart"]),
        ({"bgp_graceful_restart_time": 120}, ["stalepath-time 120\n"], ["restart-time"]),
        ({"bgp_maximum_prefixes_restart": 0}, ["maximum-prefix 100\n"], ["restart 5"]),
        ({"bgp_standby_prepend": 0}, [], ["prepend"]),
        ({"bgp_password": ""}, ["169.254.10.5 password Own"], ["169.254.10.1 password"]),
        ({"bgp_router_id": "192.168.1.1"}, ["bgp router-id 192.168.1.1\n"], []),
        (
            {"bgp_source_address": "192.168.1.1"},
            ["set src 192.168.1.1\n", "ip protocol bgp route-map HYBRIDNET-SOURCE\n"],
            [],
        ),
        ({"bgp_running": {"stdout_lines": ["no ipv6 forwarding"]}}, ["no ipv6 forwarding\n"], ["hostname"]),
        ({"bgp_neighbors": NEIGHBORS[:1]}, [], ["STANDBY", "169.254.10.5"]),
        (
            {"bgp_neighbors": [{**NEIGHBORS[0], "accepted_networks": ["10.2.2.2/32"]}, NEIGHBORS[1]]},
            [
                "ip prefix-list HYBRIDNET-IN-169.254.10.1 seq 5 permit 10.2.2.2/32\n",
                "neighbor 169.254.10.1 prefix-list HYBRIDNET-IN-169.254.10.1 in\n",
            ],
            ["neighbor 169.254.10.5 prefix-list", "HYBRIDNET-IN-169.254.10.5"],
        ),
        (
            {"bgp_neighbors": [{**NEIGHBORS[0], "accepted_networks": ["10.2.2.2/32", "172.16.0.0/16"]}]},
            [],
            ["neighbor 169.254.10.1 prefix-list", "HYBRIDNET-IN-169"],
        ),
        ({"bgp_state": "absent"}, ["service integrated-vtysh-config"], ["router", "HYBRIDNET", "password"]),
    ],
)
def test_each_option(changes, there, gone):
    text = rendered(**changes)
    assert [part for part in there if part not in text] == []
    assert [part for part in gone if part in text] == []
