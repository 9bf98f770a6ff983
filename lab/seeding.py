"""What every lab's account holds from the start: one VPC with a vSwitch in each of two zones.

Made through the cloud's API with its SDK, as anybody would; looked up by name first, so that it is made once.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from lab.errors import LabError

VPC_NAME = "vpc-lab"
VPC_CIDR = "172.16.0.0/16"
VSWITCHES = {
    "vsw-lab-a": ("172.16.1.0/24", "cn-hangzhou-h"),
    "vsw-lab-b": ("172.16.2.0/24", "cn-hangzhou-i"),
}

_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class Seed:
    """The ids of what was seeded; ``vswitches`` by name."""

    vpc_id: str
    vswitches: dict[str, str]


def seed(description: dict[str, Any], limit: float = 60.0) -> Seed:
    """Make the VPC and its vSwitches unless they exist, and wait until they are available.

    Raises LabError when the API refuses or an object is not available within ``limit`` seconds.
    """
    # The SDK sends even loopback traffic to a proxy, and has no setting against it.
    for name in _PROXY_VARIABLES:
        os.environ.pop(name, None)
    from alibabacloud_tea_openapi.models import Config
    from alibabacloud_vpc20160428 import models
    from alibabacloud_vpc20160428.client import Client
    from Tea.exceptions import TeaException

    region = description["region"]
    client = Client(
        Config(
            access_key_id=description["access_key_id"],
            access_key_secret=description["access_key_secret"],
            region_id=region,
            endpoint=description["endpoint"],
            protocol=description["protocol"],
        )
    )

    def vpcs() -> dict[str, Any]:
        request = models.DescribeVpcsRequest(region_id=region, page_size=50)
        return {vpc.vpc_name: vpc for vpc in client.describe_vpcs(request).body.vpcs.vpc}

    def vswitches(vpc_id: str) -> dict[str, Any]:
        request = models.DescribeVSwitchesRequest(region_id=region, vpc_id=vpc_id, page_size=50)
        return {switch.v_switch_name: switch for switch in client.describe_vswitches(request).body.v_switches.v_switch}

    def available(found: Any, name: str) -> Any:
        deadline = time.monotonic() + limit
        while True:
            item = found().get(name)
            if item is not None and item.status == "Available":
                return item
            if time.monotonic() > deadline:
                raise LabError(f"{name} did not become Available within {limit:.0f} s: see 'lab/lab logs'.")
            time.sleep(0.1)

    try:
        if VPC_NAME not in vpcs():
            client.create_vpc(models.CreateVpcRequest(region_id=region, vpc_name=VPC_NAME, cidr_block=VPC_CIDR))
        vpc_id = available(vpcs, VPC_NAME).vpc_id
        ids = {}
        for name, (cidr, zone) in VSWITCHES.items():
            if name not in vswitches(vpc_id):
                client.create_vswitch(
                    models.CreateVSwitchRequest(
                        region_id=region, vpc_id=vpc_id, zone_id=zone, cidr_block=cidr, v_switch_name=name
                    )
                )
            ids[name] = available(lambda: vswitches(vpc_id), name).v_switch_id
    except TeaException as error:
        raise LabError(f"The control plane refused the lab's own VPC: {error.code}: {error.message}") from None
    return Seed(vpc_id, ids)
