"""A practice account with instances in a VPC of its own, and probes that send real packets through it."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from lab.administrator import administrator
from lab.hosts.setup import make_key
from lab.identity import lab_at
from lab.system.command import run
from lab.system.namespace import Namespace
from tests.lab.waiting import eventually
from tests.lab.world import World

CIDR = "172.20.0.0/16"
USER_DATA = "#!/bin/sh\ndate +%s%N >> /root/user-data\n"
EVERYBODY = "0.0.0.0/0"


class CloudNetwork:
    """One VPC with two vSwitches, a security group in each, and a key pair. Instances by name."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.lab = lab_at(world.state)
        self.key = folder / "key"
        make_key(self.key, "packets")
        self.vswitches: dict[int, str] = {}
        self.groups: dict[str, str] = {}
        self.vpc_id, self.table = self.make_vpc(CIDR, {1: "172.20.1.0/24", 2: "172.20.2.0/24"}, "edge", "inner")
        self.ecs("ImportKeyPair", KeyPairName="packets", PublicKeyBody=self.key.with_suffix(".pub").read_text())
        self.ids: dict[str, str] = {}
        self.eip: dict[str, str] = {}

    def make_vpc(self, cidr: str, vswitches: dict[int, str], *groups: str) -> tuple[str, str]:
        """A VPC with vSwitches, in zones one after the other, and security groups; its id and its system table's."""
        created = self.vpc("CreateVpc", CidrBlock=cidr)
        vpc_id = created["VpcId"]
        eventually(lambda: self._statuses("Vpcs", "Vpc", vpc_id) == {"Available"}, "the VPC is Available")
        for (number, network), zone in zip(vswitches.items(), "hijk", strict=False):
            request = {"VpcId": vpc_id, "ZoneId": f"cn-hangzhou-{zone}", "CidrBlock": network}
            self.vswitches[number] = self.vpc("CreateVSwitch", **request)["VSwitchId"]
        eventually(lambda: self._statuses("VSwitches", "VSwitch", vpc_id) == {"Available"}, "its vSwitches, too")
        for name in groups:
            created_group = self.ecs("CreateSecurityGroup", VpcId=vpc_id, SecurityGroupName=name)
            self.groups[name] = created_group["SecurityGroupId"]
        return vpc_id, created["RouteTableId"]

    # -- the account --------------------------------------------------------------------------------------------------

    def vpc(self, action: str, **params: Any) -> dict[str, Any]:
        return self.world.api(action, **params)

    def ecs(self, action: str, **params: Any) -> dict[str, Any]:
        return self.world.api(action, "Ecs", **params)

    def run_instance(self, name: str, vswitch: int, group: str) -> None:
        reply = self.ecs(
            "RunInstances",
            ImageId="debian_12_6_x64_20G_alibase_20240711.vhd",
            InstanceType="ecs.g7.large",
            VSwitchId=self.vswitches[vswitch],
            SecurityGroupId=self.groups[group],
            KeyPairName="packets",
            InstanceName=name,
            HostName=f"host-{name}",
            UserData=base64.b64encode(USER_DATA.encode()).decode(),
        )
        self.ids[name] = reply["InstanceIdSets"]["InstanceIdSet"][0]

    def instance(self, name: str) -> dict[str, Any]:
        """An instance as the API shows it; empty when it is gone."""
        reply = self.ecs("DescribeInstances", InstanceIds=json.dumps([self.ids[name]]))
        return next(iter(reply["Instances"].get("Instance") or []), {})

    def address(self, name: str) -> str:
        return self.instance(name)["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0]

    def wait_status(self, name: str, status: str) -> None:
        eventually(lambda: self.instance(name).get("Status") == status, f"{name} is {status}", limit=30)

    def allocate(self) -> None:
        """The elastic address that the other methods bind and free."""
        reply = self.vpc("AllocateEipAddress")
        self.eip = {"id": reply["AllocationId"], "address": reply["EipAddress"]}

    def associate(self, name: str) -> None:
        self.vpc("AssociateEipAddress", AllocationId=self.eip["id"], InstanceId=self.ids[name])
        eventually(lambda: self.eip_view()["Status"] == "InUse", "the address is bound")

    def unassociate(self) -> None:
        self.vpc("UnassociateEipAddress", AllocationId=self.eip["id"])
        eventually(lambda: self.eip_view()["Status"] == "Available", "the address is free")

    def eip_view(self) -> dict[str, Any]:
        return self.vpc("DescribeEipAddresses", AllocationId=self.eip["id"])["EipAddresses"]["EipAddress"][0]

    def rule(self, verb: str, group: str, direction: str = "", **rule: Any) -> None:
        """``verb``: Authorize or Revoke; ``direction``: empty for incoming, Egress for outgoing."""
        values = {"PortRange": "-1/-1", **rule}
        self.ecs(f"{verb}SecurityGroup{direction}", SecurityGroupId=self.groups[group], Permissions=[values])

    def route(self, table: str, destination: str, hop: str, kind: str = "Instance") -> str:
        """``hop``: the id of what the route leads to, or an instance's name."""
        request = {"RouteTableId": table, "DestinationCidrBlock": destination, "NextHopType": kind}
        entry = self.vpc("CreateRouteEntry", NextHopId=self.ids.get(hop, hop), **request)["RouteEntryId"]
        eventually(lambda: self._routes(table).get(entry) == "Available", "the route is Available")
        return entry

    def unroute(self, table: str, entry: str) -> None:
        self.vpc("DeleteRouteEntry", RouteEntryId=entry)
        eventually(lambda: entry not in self._routes(table), "the route is gone")

    def _routes(self, table: str) -> dict[str, str]:
        reply = self.vpc("DescribeRouteEntryList", RouteTableId=table)["RouteEntrys"].get("RouteEntry") or []
        return {item["RouteEntryId"]: item["Status"] for item in reply}

    def _statuses(self, plural: str, kind: str, vpc_id: str) -> set[str]:
        return {row["Status"] for row in self.vpc(f"Describe{plural}", VpcId=vpc_id)[plural][kind]}

    # -- packets ------------------------------------------------------------------------------------------------------

    def place(self, name: str) -> Namespace:
        """Where an instance's packets begin; ``admin``: the administrator's place on the internet."""
        return administrator(self.lab) if name == "admin" else Namespace(self.lab.namespace(f"net-{self.ids[name]}"))

    def reaches(self, name: str, address: str) -> bool:
        """Whether an echo request from ``name`` is answered within a second."""
        shown = run(self.place(name).argv("ping", "-n", "-c", "1", "-W", "1", address), check=False)
        return "bytes from" in shown

    def ssh(self, command: str, *, status: int | None = 0) -> str:
        """Run a command on the instance that has the public address, as the administrator would."""
        options = {
            "ProxyCommand": self.world.facts["administrator"]["proxy_command"],
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
        }
        given = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        argv = ["ssh", "-F", "none", "-i", str(self.key), *given, f"root@{self.eip['address']}", command]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert status in (None, done.returncode), done.stdout + done.stderr
        return done.stdout

    def takes_logins(self, command: str = "true") -> bool:
        """Whether the instance with the public address takes logins, and ``command`` succeeds there."""
        try:
            self.ssh(command)
        except AssertionError:
            return False
        return True
