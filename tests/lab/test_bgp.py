"""The role bgp on a booted host whose peer is another FRR. The tests run in order and build on each other.

The peer stands in a namespace of the host, at the other end of two cables that stand for the tunnels' interfaces: what
is tested is which routes are told, believed and preferred, and when.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lab.hosts.layout import SITES
from lab.identity import lab_at
from lab.removal import remove
from lab.state_folder import claim
from tests.conftest import Say
from tests.lab.one_host import OneHost
from tests.lab.waiting import eventually

HERE = SITES[0]
PASSWORD = "Bgp-7Wq3Lk"
CLOUD = "172.16.0.0/16"
MORE = {"bgp_networks": [HERE.network, "192.168.77.0/24"], "bgp_accepted_networks": [CLOUD, "10.99.0.0/16"]}
ACTIVE, STANDBY = "169.254.10.1", "169.254.10.5"
NEIGHBORS = [
    {"name": "store-001-main-1", "role": "active", "address": ACTIVE, "source": "169.254.10.2", "asn": 45104},
    {"name": "store-001-main-2", "role": "standby", "address": STANDBY, "source": "169.254.10.6", "asn": 45104},
]
BGP = {
    "bgp_asn": 65010,
    "bgp_neighbors": NEIGHBORS,
    "bgp_password": PASSWORD,
    "bgp_networks": [HERE.network],
    "bgp_accepted_networks": [CLOUD],
    "bgp_source_address": HERE.lan_address,
    "bgp_keepalive": 1,
    "bgp_hold": 3,
    "bgp_connect_retry": 1,
    "bgp_maximum_prefixes": 3,
}
# Announces what it may and what it may not, and believes everything.
PEER = f"""\
log syslog informational
router bgp 45104
 bgp router-id 203.0.113.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 169.254.10.2 remote-as 65010
 neighbor 169.254.10.2 password {PASSWORD}
 neighbor 169.254.10.2 timers connect 1
 neighbor 169.254.10.6 remote-as 65010
 neighbor 169.254.10.6 password {PASSWORD}
 neighbor 169.254.10.6 timers connect 1
 address-family ipv4 unicast
  network {CLOUD}
  network 172.16.1.0/24
  network 10.99.0.0/16
  network 0.0.0.0/0
 exit-address-family
"""
START_PEER = f"""
set -e
ip netns add cloud
for number in 1 2; do
  ip link add tun$number type veth peer name tun$number netns cloud
  ip link set tun$number up
  ip -n cloud link set tun$number up
done
ip address add 169.254.10.2/30 dev tun1
ip address add 169.254.10.6/30 dev tun2
ip -n cloud address add {ACTIVE}/30 dev tun1
ip -n cloud address add {STANDBY}/30 dev tun2
mkdir -p /etc/frr/cloud
cat >/etc/frr/cloud/frr.conf <<EOF
{PEER}EOF
touch /etc/frr/cloud/vtysh.conf
chown -R frr:frr /etc/frr/cloud
install -d -o frr -g frr /run/frr/cloud
for daemon in zebra bgpd; do ip netns exec cloud /usr/lib/frr/$daemon -d -N cloud -A 127.0.0.1; done
ip netns exec cloud vtysh -N cloud -b
"""


class Speaker(OneHost):
    """The host with its BGP, and its peer's."""

    def bgp(self, *arguments: str, **changes: Any) -> int:
        return self.changed({**BGP, **changes}, *arguments, role="bgp")

    def refused(self, **changes: Any) -> str:
        return self.play({**BGP, **changes}, role="bgp", status=2).output

    def sessions(self) -> dict[str, dict[str, Any]]:
        """{neighbour: its session as FRR tells it}"""
        return self._told("vtysh", "show bgp ipv4 unicast summary json").get("peers", {})

    def established(self) -> dict[str, int]:
        """{neighbour: how many sessions with it there were so far}; only with those that have one now."""
        return {
            address: session["connectionsEstablished"]
            for address, session in self.sessions().items()
            if session["state"] == "Established"
        }

    def uptimes(self) -> dict[str, int]:
        """{neighbour: seconds}"""
        return {address: session["peerUptimeMsec"] // 1000 for address, session in self.sessions().items()}

    def learned(self) -> dict[str, dict[str, int]]:
        """{prefix: {neighbour: local preference}} of what the host believes."""
        table = self._told("vtysh", "show bgp ipv4 unicast json")["routes"]
        return {
            prefix: {path["nexthops"][0]["ip"]: path["locPrf"] for path in paths if "locPrf" in path}
            for prefix, paths in table.items()
        }

    def told(self) -> dict[str, dict[str, str]]:
        """{prefix: {neighbour: AS path}} of what the peer was told."""
        table = self._told("ip netns exec cloud vtysh -N cloud", "show bgp ipv4 unicast json")["routes"]
        return {
            prefix: {path["nexthops"][0]["ip"]: path["path"] for path in paths}
            for prefix, paths in table.items()
            if any(path["path"] for path in paths)
        }

    def route(self, network: str = CLOUD) -> str:
        """The kernel's route to the cloud."""
        return self.run(f"ip route show {network}").strip()

    def peer(self, *commands: str) -> None:
        """Configure the peer's BGP."""
        words = " ".join(f"-c '{word}'" for word in ("configure terminal", "router bgp 45104", *commands))
        self.run(f"ip netns exec cloud vtysh -N cloud {words}")

    def _told(self, vtysh: str, command: str) -> Any:
        return json.loads(self.run(f"{vtysh} -c '{command}'"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speaker]:
    folder = tmp_path_factory.mktemp("bgp")
    lab = lab_at(folder / "state")
    claim(lab)
    try:
        yield Speaker(lab, HERE, folder)
    finally:
        remove(lab)


def test_check_mode_and_installation(host: Speaker) -> None:
    plan = host.play(BGP, "--check", "--diff", role="bgp")
    assert plan.changed[host.machine.name] > 0
    assert f"neighbor {ACTIVE} password ********" in plan.output and f"permit {CLOUD} le 32" in plan.output
    assert plan.output.index("router bgp 65010") < plan.output.index(f"neighbor {ACTIVE} remote-as 45104")
    assert host.run("ls /etc/frr", status=None) == ""
    assert host.bgp("--tags", "install") == 1


def test_a_configuration_of_somebody_else_is_refused_and_replaced_only_when_allowed(host: Speaker) -> None:
    host.run(START_PEER)
    host.run("vtysh -c 'configure terminal' -c 'ip route 10.123.0.0/16 blackhole'")
    before = host.run("cat /etc/frr/frr.conf")
    refused = host.refused()
    assert "(ip route 10.123.0.0/16 blackhole)" in refused and "bgp_take_over: true" in refused
    assert host.run("cat /etc/frr/frr.conf") == before
    assert host.bgp(bgp_take_over=True) > 0
    assert "10.123.0.0" not in host.run("vtysh -c 'show running-config'")
    assert host.run("cat /etc/frr/frr.conf.before-hybridnet") == before
    assert set(host.established()) == {ACTIVE, STANDBY}


def test_only_what_is_allowed_is_told_and_believed_and_the_active_tunnel_is_preferred(host: Speaker) -> None:
    eventually(lambda: len(host.learned()) == 3 and host.told(), "the routes are exchanged")
    own = {HERE.network: {}}
    assert host.learned() == {
        **own,
        CLOUD: {ACTIVE: 200, STANDBY: 100},
        "172.16.1.0/24": {ACTIVE: 200, STANDBY: 100},
    }
    assert host.told() == {HERE.network: {"169.254.10.2": "65010", "169.254.10.6": "65010 65010 65010"}}
    assert f"via {ACTIVE} dev tun1 proto bgp src {HERE.lan_address}" in host.route()
    assert host.run("stat -c '%a %U' /etc/frr/frr.conf").split() == ["640", "frr"]


def test_a_second_run_changes_nothing(host: Speaker) -> None:
    assert host.bgp("--diff") == 0


def test_a_changed_filter_is_applied_and_no_session_ends(host: Speaker, say: Say) -> None:
    before, uptimes = host.established(), host.uptimes()
    own, cloud = MORE["bgp_networks"], MORE["bgp_accepted_networks"]
    assert host.bgp("--diff", **MORE) > 0
    eventually(lambda: set(host.told()) == set(own), "the peer is told of the second network")
    eventually(lambda: set(host.learned()) == {*own, *cloud, "172.16.1.0/24"}, "the second network is believed")
    assert host.established() == before
    later = host.uptimes()
    say(f"uptime of the sessions before the change {uptimes} s, after it {later} s")
    assert all(later[address] > uptimes[address] for address in before)


def test_a_neighbour_is_believed_what_is_behind_it(host: Speaker) -> None:
    before = host.established()
    limited = [{**NEIGHBORS[0], "accepted_networks": ["172.16.1.0/24"]}, NEIGHBORS[1]]
    assert host.bgp("--diff", bgp_neighbors=limited, **MORE) > 0
    eventually(lambda: set(host.learned()[CLOUD]) == {STANDBY}, "the other network is not believed")
    assert host.learned()["172.16.1.0/24"] == {ACTIVE: 200, STANDBY: 100}
    assert host.bgp("--diff", bgp_neighbors=limited, **MORE) == 0
    assert host.bgp("--diff", **MORE) > 0
    eventually(lambda: host.learned()[CLOUD] == {ACTIVE: 200, STANDBY: 100}, "it is believed again")
    assert host.established() == before


def test_a_session_with_too_many_prefixes_is_ended(host: Speaker) -> None:
    more = [f"172.16.{number}.0/24" for number in (2, 3)]
    # FRR counts before it adds, so it takes one more to be noticed.
    for network in more:
        host.peer("address-family ipv4 unicast", f"network {network}")
        eventually(lambda network=network: network in host.learned() or not host.established(), "it is heard")
    eventually(lambda: not host.established(), "both sessions end")
    assert "Maximum Number of Prefixes Reached" in host.run(f"vtysh -c 'show bgp neighbors {ACTIVE}'")
    assert host.route() == ""
    host.peer("address-family ipv4 unicast", *(f"no network {network}" for network in more))
    host.run("vtysh -c 'clear bgp *'")
    eventually(lambda: set(host.established()) == {ACTIVE, STANDBY}, "both sessions are back", limit=40)


def test_failover_and_back(host: Speaker, say: Say) -> None:
    eventually(lambda: f"via {ACTIVE} " in host.route(), "the active tunnel carries")
    # Not the host's own end: it learns of it by silence only.
    host.run(
        "ip netns exec cloud nft 'add table t; add chain t i { type filter hook input priority 0; }; "
        "add rule t i iifname tun1 drop'"
    )
    gone = eventually(lambda: f"via {STANDBY} " in host.route(), "the standby tunnel carries")
    host.run("ip netns exec cloud nft flush ruleset")
    back = eventually(lambda: f"via {ACTIVE} " in host.route(), "the active tunnel carries again", limit=60)
    say(f"with a hold time of 3 s the route moved after {gone:.1f} s, and back {back:.1f} s after the repair")


def test_the_sessions_are_in_the_metrics_of_the_tunnels_health(host: Speaker) -> None:
    tunnels = [{"name": one["name"], "role": one["role"], "neighbor": one["address"]} for one in NEIGHBORS]
    tunnels.append({"name": "elsewhere", "neighbor": "169.254.99.1"})
    host.play({"tunnel_health_tunnels": tunnels}, role="tunnel_health")
    file = "/var/lib/prometheus/node-exporter/hybridnet_tunnels.prom"
    eventually(lambda: "frr_bgp_peer_state" in host.run(f"cat {file}", status=None), "metrics are written")
    found = set(host.run(f"grep ^frr_bgp_peer_state {file}").splitlines())
    assert found == {
        'frr_bgp_peer_state{connection="store-001-main-1",role="active"} 1',
        'frr_bgp_peer_state{connection="store-001-main-2",role="standby"} 1',
        'frr_bgp_peer_state{connection="elsewhere",role="active"} 0',
    }
    assert "event=session tunnel=store-001-main-1" in host.run("journalctl -o cat -t hybridnet-tunnel-health")


def test_what_frr_would_not_take_changes_nothing(host: Speaker) -> None:
    before = host.run("cat /etc/frr/frr.conf"), host.established()
    assert "two lost packets would end" in host.refused(bgp_hold=2)
    wrong = host.refused(bgp_accepted_networks=["172.16.0.0/33"])
    assert "172.16.0.0/33" in wrong
    assert (host.run("cat /etc/frr/frr.conf"), host.established()) == before


def test_removal(host: Speaker) -> None:
    assert host.bgp(bgp_state="absent") > 0
    assert "router bgp" not in host.run("vtysh -c 'show running-config'")
    assert host.route() == ""
    assert host.bgp(bgp_state="absent") == 0


def test_the_key_is_nowhere_but_in_the_configuration(host: Speaker) -> None:
    assert not [output[-300:] for output in host.outputs if PASSWORD in output]
    where = "/var/log /tmp /var/tmp /root /run/frr /etc/systemd"
    assert host.run(f"grep -rlF {PASSWORD} {where}", status=None).split() == []
    assert host.run(f"journalctl -o cat | grep -cF {PASSWORD}", status=1).strip() == "0"
