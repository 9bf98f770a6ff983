"""Faults made on purpose in a running lab, each with what undoes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.hosts.layout import Site, host_named
from lab.hosts.wiring import router_of
from lab.identity import lab_at
from tests.lab.waiting import eventually
from tests.lab.world import World

Undo = Callable[[], None]
FILES = "/etc/swanctl/conf.d/hybridnet-{host}-main-*.conf"
FILTER = """\
table {family} fault {{
  chain {hook} {{
    type filter hook {hook} priority -10; policy accept;
    {rules}
  }}
}}
"""
# ESP in UDP begins with an SPI, IKE on the same port with four zeros (RFC 3948).
ESP_IN_UDP = "udp {side} 4500 @th,64,32 != 0 drop"


@dataclass
class Faults:
    """Makes faults at one site of a lab."""

    world: World
    host: str

    def up(self) -> bool:
        """Whether the cloud and the host both have the site's two tunnels."""
        raw = self.ssh("swanctl --list-sas 2>/dev/null").count("INSTALLED")
        return raw == 2 and self._cloud() == {True}

    def down(self) -> bool:
        return self._cloud() == {False} and "INSTALLED" not in self.ssh("swanctl --list-sas 2>/dev/null")

    def ssh(self, command: str) -> str:
        return self.world.ssh(self.host, command)

    def renegotiate(self) -> None:
        """Close the tunnels and try again; what comes of it is another matter."""
        for number in (1, 2):
            self.ssh(f"swanctl --terminate --force --ike {self.host}-main-{number} --timeout 1 >/dev/null 2>&1; true")
        self.initiate()

    def initiate(self) -> None:
        for number in (1, 2):
            name = f"{self.host}-main-{number}"
            self.ssh(f"swanctl --initiate --child {name} --timeout 1 >/dev/null 2>&1; true")

    # -- settings of the host -----------------------------------------------------------------------------------------

    def setting(self, expression: str, *, works: bool = False) -> Undo:
        """Edit the host's files with sed, load them, negotiate anew. ``works``: the tunnels come up all the same."""
        files = FILES.format(host=self.host)
        self.ssh(f"mkdir -p /root/kept && cp -p {files} /root/kept/ && sed -i -E '{expression}' {files}")
        assert self.ssh(f"cat {files} | cksum") != self.ssh("cat /root/kept/*.conf | cksum"), "nothing was edited"
        self._load()
        if works:
            eventually(self.up, "the tunnels are up again", limit=40)
        else:
            eventually(self.down, "the tunnels are down", limit=40)

        def undo() -> None:
            self.ssh("cp -p /root/kept/*.conf /etc/swanctl/conf.d/ && rm -r /root/kept")
            self._load()

        return undo

    def key(self) -> Undo:
        other = base64.b64encode(b"Another-9Kq2Zx7Vb4Nm").decode().replace("/", r"\/")
        return self.setting(f"s/^( *secret = ).*/\\10s{other}/")

    def _load(self) -> None:
        self.ssh("swanctl --load-all --clear >/dev/null 2>&1")
        self.renegotiate()

    # -- the host's kernel --------------------------------------------------------------------------------------------

    def firewall(self, hook: str, rule: str) -> Undo:
        self.ssh(f"nft '{FILTER.format(family='inet', hook=hook, rules=rule)}'")
        if hook == "output":
            self.renegotiate()
            eventually(self.down, "the tunnels are down", limit=60)
        return lambda: self.ssh("nft delete table inet fault") and None

    def reverse_path(self) -> Undo:
        """Routing by mark: what goes into the tunnel is marked, what comes out of it is not, and strict filters mind.

        The tunnel's device gets an address, because without one even a loose filter drops what has another way back.
        """
        lan = host_named(self.host).lan_address
        self.ssh(
            "nft add table ip fault && "
            "nft 'add chain ip fault in { type filter hook prerouting priority mangle ; }' && "
            "nft 'add rule ip fault in iifname lan0 ip daddr 172.16.0.0/16 meta mark set 1' && "
            "ip route add 172.16.0.0/16 dev lan0 table 777 && "
            "ip rule add priority 9 fwmark 1 table 220 && "
            "ip rule add priority 10 iif lan0 to 172.16.0.0/16 table 777 && "
            f"ip address add {lan}/32 dev ipsec0"
        )
        restore = self.sysctl("net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.ipsec0.rp_filter=1")

        def undo() -> None:
            restore()
            self.ssh(
                "ip rule del priority 9; ip rule del priority 10; ip route flush table 777; nft delete table ip fault; "
                f"ip address del {lan}/32 dev ipsec0"
            )

        return undo

    def sysctl(self, *settings: str) -> Undo:
        kept = [self.ssh(f"sysctl {setting.split('=')[0]}").replace(" ", "").strip() for setting in settings]
        self.ssh(f"sysctl -q -w {' '.join(settings)}")
        return lambda: self.ssh(f"sysctl -q -w {' '.join(kept)}") and None

    # -- the way between the ends -------------------------------------------------------------------------------------

    def path(self, *rules: str, breaks: bool) -> Undo:
        """Drop packets on the NAT router in front of the site."""
        site = host_named(self.host)
        assert isinstance(site, Site) and site.nat is not None
        router = router_of(lab_at(self.world.state), site)
        router.nft(FILTER.format(family="ip", hook="forward", rules="\n    ".join(rules)))
        if breaks:
            self.renegotiate()
            eventually(self.down, "the tunnels are down", limit=60)
        return lambda: router.nft("delete table ip fault")

    # -- the cloud ----------------------------------------------------------------------------------------------------

    def unpublished(self, network: str) -> Undo:
        """The gateway's route is not in the VPC's table any more."""
        connection = self._connection()

        def publish(there: bool) -> None:
            self.world.api(
                "PublishVpnRouteEntry",
                VpnGatewayId=connection["VpnGatewayId"],
                RouteType="pbr",
                RouteDest=network,
                NextHop=connection["VpnConnectionId"],
                PublishVpc=there,
            )

        publish(False)
        return lambda: publish(True)

    def security_group(self) -> Undo:
        """An instance that the site could reach, until its group's rule was removed."""
        vswitch = self.world.api("DescribeVSwitches", VSwitchName="vsw-lab-a")["VSwitches"]["VSwitch"][0]
        group = {
            "SecurityGroupId": self._ecs("CreateSecurityGroup", VpcId=vswitch["VpcId"], SecurityGroupName="till")[
                "SecurityGroupId"
            ]
        }
        rule = {"IpProtocol": "ICMP", "PortRange": "-1/-1", "SourceCidrIp": "192.168.0.0/16"}
        self._ecs("AuthorizeSecurityGroup", **group, Permissions=[rule])
        instance = self._ecs(
            "RunInstances",
            ImageId="debian_12_6_x64_20G_alibase_20240711.vhd",
            InstanceType="ecs.g7.large",
            VSwitchId=vswitch["VSwitchId"],
            InstanceName="till",
            **group,
        )["InstanceIdSets"]["InstanceIdSet"][0]

        def status() -> str:
            found = self._ecs("DescribeInstances", InstanceIds=json.dumps([instance]))["Instances"].get("Instance")
            return found[0]["Status"] if found else ""

        eventually(lambda: status() == "Running", "the instance runs", limit=60)
        shown = self._ecs("DescribeInstances", InstanceIds=json.dumps([instance]))["Instances"]["Instance"][0]
        address = shown["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0]
        target = {"address": address, "source": host_named(self.host).lan_address}
        ping = f"ping -c 1 -W 1 -I {target['source']} {address} | grep -c 'bytes from' || true"
        eventually(lambda: self.ssh(ping).strip() == "1", "the instance is reached through the tunnel")
        file = f"host_vars/{self.host}.yml"
        self.world.edit(file, lambda document: document["vpn_verify_targets"].append(target))
        self._ecs("RevokeSecurityGroup", **group, Permissions=[rule])

        def undo() -> None:
            self.world.edit(file, lambda document: document["vpn_verify_targets"].remove(target))
            self._ecs("DeleteInstance", InstanceId=instance, Force=True)
            eventually(lambda: not status(), "the instance is gone", limit=60)
            self._ecs("DeleteSecurityGroup", **group)

        return undo

    def unreachable(self) -> Undo:
        """Nobody answers where the inventory says that the host is."""
        file = f"host_vars/{self.host}.yml"
        nobody = {"ansible_host": "127.0.0.9", "ansible_port": 9}
        self.world.edit(file, lambda document: document.update(nobody))
        return lambda: self.world.edit(file, lambda document: [document.pop(key) for key in nobody] and None)

    def _ecs(self, action: str, **params: Any) -> dict[str, Any]:
        return self.world.api(action, "Ecs", **params)

    def idle(self) -> Undo:
        """The cloud waits for traffic and the host for the cloud."""
        connection = self._connection()["VpnConnectionId"]

        def modify(at_once: bool) -> None:
            self.world.api("ModifyVpnConnectionAttribute", VpnConnectionId=connection, EffectImmediately=at_once)

        modify(False)
        for number in (1, 2):
            self.ssh(f"swanctl --terminate --ike {self.host}-main-{number} >/dev/null 2>&1; true")
        eventually(self.down, "the tunnels are down", limit=40)

        def undo() -> None:
            modify(True)
            self.initiate()

        return undo

    def dead_endpoint(self) -> Undo:
        """The gateway's first endpoint dies, and the host does not look for it for ten minutes."""
        undo_setting = self.setting("s/dpd_delay = .*/dpd_delay = 600s/", works=True)
        gateway = self._connection()["VpnGatewayId"]
        self.world.lab("kill-endpoint", gateway, "1")

        def undo() -> None:
            self.world.lab("revive-endpoint", gateway, "1")
            undo_setting()

        return undo

    def _connection(self) -> dict:
        return self.world.connections()[f"ipsec-{self.host}-main"]

    def _cloud(self) -> set[bool]:
        """Whether the site's tunnels are up, as the API says."""
        tunnels = self._connection()["TunnelOptionsSpecification"]["TunnelOptions"]
        return {tunnel["Status"] == "ipsec_sa_established" for tunnel in tunnels}
