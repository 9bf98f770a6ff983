"""A practice account with instances in a VPC of its own, and probes that send real packets through it."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from lab.administrator import administrator
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
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)])
        created = self.vpc("CreateVpc", CidrBlock=CIDR, VpcName="vpc-packets")
        self.vpc_id, self.table = created["VpcId"], created["RouteTableId"]
        eventually(lambda: self._status("Vpc") == {"Available"}, "the VPC is Available")
        self.vswitches = {}
        for number, zone in ((1, "h"), (2, "i")):
            request = {"VpcId": self.vpc_id, "ZoneId": f"cn-hangzhou-{zone}", "CidrBlock": f"172.20.{number}.0/24"}
            self.vswitches[number] = self.vpc("CreateVSwitch", **request)["VSwitchId"]
        eventually(lambda: self._status("VSwitch") == {"Available"}, "the vSwitches are Available")
        self.groups = {
            name: self.ecs("CreateSecurityGroup", VpcId=self.vpc_id, SecurityGroupName=name)["SecurityGroupId"]
            for name in ("edge", "inner")
        }
        self.ecs("ImportKeyPair", KeyPairName="packets", PublicKeyBody=self.key.with_suffix(".pub").read_text())
        self.ids: dict[str, str] = {}
        self.eip: dict[str, str] = {}

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

    def route(self, table: str, destination: str, name: str) -> str:
        request = {"RouteTableId": table, "DestinationCidrBlock": destination, "NextHopType": "Instance"}
        entry = self.vpc("CreateRouteEntry", NextHopId=self.ids[name], **request)["RouteEntryId"]
        eventually(lambda: self._routes(table).get(entry) == "Available", "the route is Available")
        return entry

    def unroute(self, table: str, entry: str) -> None:
        self.vpc("DeleteRouteEntry", RouteEntryId=entry)
        eventually(lambda: entry not in self._routes(table), "the route is gone")

    def _routes(self, table: str) -> dict[str, str]:
        reply = self.vpc("DescribeRouteEntryList", RouteTableId=table)["RouteEntrys"].get("RouteEntry") or []
        return {item["RouteEntryId"]: item["Status"] for item in reply}

    def _status(self, kind: str) -> set[str]:
        plural = f"{kind}es" if kind.endswith("h") else f"{kind}s"
        rows = self.vpc(f"Describe{plural}", VpcId=self.vpc_id)[plural][kind]
        return {row["Status"] for row in rows}

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

    def takes_logins(self) -> bool:
        try:
            self.ssh("true")
        except AssertionError:
            return False
        return True
