"""The product as a whole: one inventory, both ends, real packets. The tests run in order and build on each other."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from lab.identity import lab_at
from lab.removal import remove
from tests.conftest import Say
from tests.lab.waiting import eventually
from tests.lab.world import SITE, TEARDOWN, VERIFY, World

ALL = {
    "gateways": ["vpg-lab"],
    "customer gateways": ["cgw-store-001", "cgw-store-002"],
    "connections": ["ipsec-store-001-main", "ipsec-store-002-main"],
    "routes": ["172.16.0.0/16-192.168.1.0/24", "172.16.0.0/16-192.168.2.0/24"],
}
#: The firewall's role is part of the first two runs and of the teardown; extensions/molecule has scenarios for it.
SITE_ALONE = (SITE, "-e", "vpn_firewall=false")
NEW_PSK = "Rotated-8Hs3kQz7Lw5Xc2Vb"
MODIFY = "ModifyVpnConnectionAttribute"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("both-ends"))
    try:
        world.lab("up")
        yield world
    finally:
        remove(lab_at(world.state))


def assert_converged(world: World, *run: str) -> None:
    """All tunnels up on both ends, and *run*, by default SITE_ALONE, has nothing left to change anywhere."""
    eventually(world.tunnels_up, "all tunnels are up in the cloud")
    world.play(VERIFY)
    world.forget_calls()
    again = world.play(*(run or SITE_ALONE))
    assert set(again.changed.values()) == {0}, again.output[-4000:]
    assert "(item=" not in again.output, "files that are as they should be were compared one by one"
    assert world.writes() == {}


def test_check_mode_on_an_empty_cloud(world: World) -> None:
    """The whole plan of both ends is shown, and nothing is written anywhere."""
    world.forget_calls()
    shown = world.play(SITE, "--check", "--diff").output
    assert world.writes() == {}
    for name in (*ALL["gateways"], *ALL["customer gateways"], *ALL["connections"]):
        assert f"name: {name}" in shown
    for network in ("192.168.1.0/24", "192.168.2.0/24"):
        assert f"route_dest: {network}" in shown
    for file in ("hybridnet-store-001-main-1.conf", "hybridnet-store-002-main-2.conf"):
        assert file in shown
    assert "(known after apply)" in shown
    assert world.ssh("store-001", "ls /etc/swanctl", status=None) == ""


def test_build(world: World) -> None:
    world.play(SITE)
    assert world.objects() == ALL
    for name, connection in world.connections().items():
        for tunnel in connection["TunnelOptionsSpecification"]["TunnelOptions"]:
            assert tunnel["Status"] == "ipsec_sa_established", name
    for host in ("store-001", "store-002"):
        assert set(world.associations(host)) == {f"{host}-main-1", f"{host}-main-2"}


def test_packets_cross_both_ways_and_are_counted(world: World) -> None:
    report = world.play(VERIFY).output
    assert "both ends are as described, every tunnel is up, and packets cross both ways" in report
    for host in ("store-001", "store-002"):
        moved = re.search(rf"{host}-main-1 \(active\) to \S+: up, (\d+) bytes in, (\d+) bytes out", report)
        assert moved and int(moved.group(1)) > 0 and int(moved.group(2)) > 0
    assert report.count("5 of 5 came back") == 4


def test_second_run_changes_nothing_and_its_plan_is_empty(world: World) -> None:
    assert_converged(world, SITE)
    shown = world.play(SITE, "--check", "--diff")
    assert set(shown.changed.values()) == {0}
    assert "+++" not in shown.output


def set_psk(world: World) -> None:
    world.edit("host_vars/store-002.yml", lambda document: document["vpn_site"].update(psk=NEW_PSK))


def set_ike_encryption(world: World) -> None:
    crypto = {"suite": "modern", "ike": {"encryption": "aes192"}}
    world.edit("host_vars/store-001.yml", lambda document: document["vpn_site"].update(crypto=crypto))


def set_dh_group(world: World) -> None:
    crypto = {"suite": "modern", "ike": {"encryption": "aes192", "dh_group": 5}}
    options = {"crypto": crypto, "allow_weak_crypto": True}
    world.edit("host_vars/store-001.yml", lambda document: document["vpn_site"].update(options))


def set_networks(world: World) -> None:
    networks = ["192.168.1.0/24", "192.168.101.0/24"]
    # The second network gets an address on the host, as a network of the site has.
    world.ssh("store-001", "ip addr add 192.168.101.1/24 dev lan0")
    world.edit("host_vars/store-001.yml", lambda document: document["vpn_site"].update(networks=networks))


def set_tags(world: World) -> None:
    world.edit("host_vars/store-001.yml", lambda document: document["vpn_site"].update(tags={"store": "1"}))


def add_site(world: World) -> None:
    world.edit("hosts.yml", lambda document: document["customer_gateways"]["hosts"].update({"store-003": None}))
    site = {"vpn_site": {"public_address": "198.51.100.30", "networks": ["192.168.3.0/24"]}}
    world.edit("host_vars/store-003.yml", lambda document: document.update(site))


def make_site_absent(world: World) -> None:
    world.edit("host_vars/store-003.yml", lambda document: document["vpn_site"].update(state="absent"))


def forget_site(world: World) -> None:
    world.edit("hosts.yml", lambda document: document["customer_gateways"]["hosts"].pop("store-003"))


# What is edited, the write calls it needs, and the customer gateways that change. No two in a row concern the same one,
# so each run shows, too, that the one before left nothing to do.
EDITS = [
    (set_psk, {MODIFY: 1}, {"store-002"}),
    (set_ike_encryption, {MODIFY: 1}, {"store-001"}),
    (set_tags, {"TagResources": 2}, set()),
    (set_dh_group, {MODIFY: 1}, {"store-001"}),
    (
        add_site,
        {"CreateCustomerGateway": 1, "CreateVpnConnection": 1, "CreateVpnPbrRouteEntry": 1},
        {"store-003"},
    ),
    (set_networks, {MODIFY: 1, "CreateVpnPbrRouteEntry": 1}, {"store-001"}),
    (
        make_site_absent,
        {"DeleteCustomerGateway": 1, "DeleteVpnConnection": 1, "DeleteVpnPbrRouteEntry": 1},
        {"store-003"},
    ),
    (forget_site, {}, set()),
]


@pytest.mark.parametrize(("edit", "writes", "touched"), EDITS, ids=[edit.__name__ for edit, _writes, _hosts in EDITS])
def test_an_edit_changes_only_what_it_must(world: World, edit, writes, touched) -> None:
    before = {host: world.associations(host) for host in ("store-001", "store-002")}
    edit(world)
    world.forget_calls()
    play = world.play(*SITE_ALONE, "--diff")
    assert world.writes() == writes
    # The cloud's task counts on the first host of the play.
    for host, changed in play.changed.items():
        cloud_task = 1 if writes and host == "store-001" else 0
        assert bool(changed - cloud_task) == (host in touched), (host, play.output[-4000:])
    for host, associations in before.items():
        if host not in touched:
            assert world.associations(host) == associations, f"the tunnels of {host} were touched"
    eventually(world.tunnels_up, "all tunnels are up in the cloud")
    world.play(VERIFY)


def test_the_last_edit_left_nothing_to_do(world: World) -> None:
    assert_converged(world)


def test_settings_changed_by_hand_in_the_cloud_and_on_a_host(world: World) -> None:
    """One site's in the cloud, another one's on its host: all are named, each with its end, and put back."""
    connection = world.connections()["ipsec-store-002-main"]
    tunnels = []
    for tunnel in connection["TunnelOptionsSpecification"]["TunnelOptions"]:
        tunnels.append(
            {
                "TunnelId": tunnel["TunnelId"],
                "Role": tunnel["Role"],
                "TunnelIpsecConfig": {**tunnel["TunnelIpsecConfig"], "IpsecLifetime": 3600, "IpsecPfs": "group2"},
            }
        )
    world.api(MODIFY, VpnConnectionId=connection["VpnConnectionId"], TunnelOptionsSpecification=tunnels)
    file = "/etc/swanctl/conf.d/hybridnet-store-001-main-1.conf"
    world.ssh("store-001", f"sed -i 's/aes192-sha256-modp1536/aes256-sha512-modp2048/' {file} && grep -q sha512 {file}")

    verdict = world.play(VERIFY, status=2).output
    for parameter, wanted, actual in (("pfs_group", "14", "2"), ("lifetime", "86400", "3600")):
        for role in ("master", "slave"):
            assert f"tunnels[{role}].ipsec.{parameter} should be {wanted}, but is {actual} (cloud)" in verdict
    for parameter, wanted, actual in (("encryption", "aes192", "aes256"), ("integrity", "sha256", "sha512")):
        assert f"store-001-main-1: ike.{parameter} should be {wanted}, but is {actual} (file)" in verdict
    assert "store-001-main-1: ike.dh_group should be 5, but is 14 (file)" in verdict
    world.play(*SITE_ALONE)
    assert_converged(world)


# What a command on a host says when all is well, and what somebody did there by hand.
BY_HAND = [
    ("stat --format %a /etc/strongswan.d/hybridnet.conf", "644", "chmod 600 /etc/strongswan.d/hybridnet.conf"),
    ("stat --format %U /etc/hybridnet", "root", "chown nobody /etc/hybridnet"),
    ("ls /etc/hybridnet", "firewall.nft", "rm /etc/hybridnet/firewall.nft"),
    ("nft list tables | grep hybridnet", "table inet hybridnet", "nft delete table inet hybridnet"),
    ("systemctl is-enabled hybridnet-firewall", "enabled", "systemctl disable --quiet hybridnet-firewall"),
    ("sysctl --values net.ipv4.ip_forward", "1", "sysctl --quiet net.ipv4.ip_forward=0"),
    (
        "systemctl is-enabled hybridnet-strongswan-tunnels",
        "enabled",
        "systemctl disable --quiet hybridnet-strongswan-tunnels",
    ),
    (
        "tail --lines=1 /usr/local/sbin/hybridnet-strongswan-tunnels",
        "esac",
        "echo >>/usr/local/sbin/hybridnet-strongswan-tunnels",
    ),
]


def test_what_was_taken_apart_on_the_host_is_put_back(world: World) -> None:
    before = world.associations("store-001")
    for look, well, undo in BY_HAND:
        assert world.ssh("store-001", f"{look}; {undo}").strip() == well
        assert world.ssh("store-001", look, status=None).strip() != well
    world.play(SITE)
    for look, well, _undo in BY_HAND:
        assert world.ssh("store-001", look).strip() == well
    assert world.associations("store-001") == before
    assert_converged(world, SITE)


def test_the_active_endpoint_dies(world: World, say: Say) -> None:
    """Traffic goes on over the other tunnel; both are up again when it is back. Says the gap."""
    gateway = world.api("DescribeVpnGateways")["VpnGateways"]["VpnGateway"][0]["VpnGatewayId"]
    ping = subprocess.Popen(
        [*world.ssh_argv("store-001"), "ping -D -i 0.1 -w 60 -I 192.168.1.1 172.16.1.10"],
        stdout=subprocess.PIPE,
        text=True,
    )
    eventually(lambda: world.ssh("store-001", "pgrep -x ping", status=None), "the ping runs")
    world.lab("kill-endpoint", gateway, "1")
    output = ping.communicate(timeout=120)[0]
    stamps = [float(stamp) for stamp in re.findall(r"^\[([\d.]+)\] \d+ bytes from", output, re.MULTILINE)]
    gap = max(later - earlier for earlier, later in zip(stamps, stamps[1:], strict=False))
    say(f"the active endpoint was killed: {gap:.1f} s without an answer, {len(stamps)} answers in 60 s")
    # The role's dead peer detection may take 10 + 18.5 s (dpd_delay, then retransmissions); time is no gate here.
    assert stamps[-1] - stamps[0] > 50, "the traffic did not go on"
    assert gap > 1.0, "the kill had no effect"
    world.lab("revive-endpoint", gateway, "1")
    seconds = eventually(world.tunnels_up, "both tunnels are up again", limit=60)
    say(f"both tunnels up again {seconds:.1f} s after the endpoint came back")
    world.play(VERIFY)


def test_limit_and_tags(world: World) -> None:
    """--limit works on one site, --tags on one side."""
    crypto = {"suite": "modern", "ipsec": {"lifetime": 7200}}
    for host in ("store-001", "store-002"):
        world.edit(f"host_vars/{host}.yml", lambda document: document["vpn_site"].update(crypto=crypto))
    world.forget_calls()
    limited = world.play(*SITE_ALONE, "--limit", "store-002")
    assert world.writes() == {MODIFY: 1} and set(limited.changed) == {"store-002"}
    world.forget_calls()
    cloud = world.play(SITE, "--tags", "cloud")
    assert world.writes() == {MODIFY: 1} and cloud.changed == {"store-001": 1, "store-002": 0}
    world.forget_calls()
    hosts = world.play(*SITE_ALONE, "--tags", "on_premises")
    assert world.writes() == {} and hosts.changed["store-001"] > 0
    assert_converged(world)


def test_no_secret_in_any_output(world: World) -> None:
    """Everything once more with -vvv and diff; then a search through all that was printed or left in a folder."""
    for playbook, arguments in ((SITE, []), (SITE, ["--check"]), (VERIFY, [])):
        world.play(playbook, "-vvv", "--diff", *arguments)
    wrong = {"psk": "wrong key with spaces"}
    world.edit("host_vars/store-002.yml", lambda document: document["vpn_site"].update(wrong))
    refused = world.play(SITE, "-vvv", "--diff", status=2).output
    assert "white space inside" in refused and "vpn_site[store-002].psk" in refused
    world.edit("host_vars/store-002.yml", lambda document: document["vpn_site"].update(psk=NEW_PSK))

    secrets = {NEW_PSK, wrong["psk"], "lab-only-Mq7ZkR2vX9tB4nWc", world.facts["access_key_secret"]}
    for connection in world.connections().values():
        for tunnel in connection["TunnelOptionsSpecification"]["TunnelOptions"]:
            secrets.add(tunnel["TunnelIkeConfig"]["Psk"])
    leaks = [(secret[:4], text[-200:]) for text in world.outputs for secret in secrets if secret in text]
    assert not leaks

    pattern = "\n".join(secrets)
    for host in ("store-001", "store-002"):
        found = subprocess.run(
            [
                *world.ssh_argv(host),
                "grep -rlF -f - /root /tmp /var/tmp /var/log 2>/dev/null; journalctl | grep -cF -f -",
            ],
            input=pattern,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert found.stdout.split() in ([], ["0"]), found.stdout
    temporary = world.environment["ANSIBLE_LOCAL_TEMP"]
    local = subprocess.run(["grep", "-rlF", "-f", "-", temporary], input=pattern, capture_output=True, text=True)
    assert local.stdout == ""


def test_teardown_removes_what_was_made_and_nothing_else(world: World) -> None:
    world.api("CreateCustomerGateway", Name="cgw-of-somebody-else", IpAddress="198.51.100.77")
    world.forget_calls()
    world.play(TEARDOWN, "--check", "--diff")
    assert world.writes() == {}
    world.play(TEARDOWN)
    nothing = {"gateways": [], "customer gateways": ["cgw-of-somebody-else"], "connections": [], "routes": []}
    assert world.objects() == nothing
    assert world.associations("store-001") == {}
    assert "hybridnet-" not in world.ssh("store-001", "ls /etc/swanctl/conf.d")
    again = world.play(TEARDOWN)
    assert set(again.changed.values()) == {0}
    assert world.api("DescribeVpcs")["TotalCount"] == 1


def test_killed_at_random_moments(world: World, say: Say) -> None:
    """site.yml is killed five times on its way from nothing; the next run converges, and nothing exists twice."""
    moments = random.Random(20261123)
    started = time.monotonic()
    world.play(*SITE_ALONE)
    whole = time.monotonic() - started
    world.play(TEARDOWN)
    kills, starts = 0, 0
    while kills < 5 and starts < 15:
        # What an earlier run did makes the next one shorter. One that got to its end is no kill; the next comes sooner.
        killed = world.play_and_kill(SITE, moments.uniform(0.05, 0.9) * whole)
        kills, starts = kills + killed, starts + 1
        whole = whole if killed else whole * 0.7
    say(f"killed while running: {kills} of {starts}")
    assert kills == 5
    world.play(*SITE_ALONE)
    expected = {**ALL, "customer gateways": ["cgw-of-somebody-else", *ALL["customer gateways"]]}
    expected["routes"] = sorted([*ALL["routes"], "172.16.0.0/16-192.168.101.0/24"])
    assert world.objects() == expected
    assert_converged(world)
