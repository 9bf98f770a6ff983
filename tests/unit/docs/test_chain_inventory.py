"""inventories/chain: sites from a table, and names by the convention that docs/site_document.md states."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _naming
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import Topology, build_topology
from tests.unit.docs.test_site_document import rows

FOLDER = Path(__file__).resolve().parents[3] / "inventories" / "chain"
SHARED = yaml.safe_load((FOLDER / "group_vars" / "all.yml").read_text(encoding="utf-8"))


def printed(*arguments: str, **environment: str) -> str:
    command = [sys.executable, str(FOLDER / "sites.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout


def topology_of(sites: dict[str, Any]) -> Topology:
    return build_topology(
        region=SHARED["alicloud_region"],
        gateways=SHARED["vpn_gateways"],
        defaults=SHARED["vpn_defaults"],
        sites=sites,
        owner=SHARED["vpn_owner"],
    )


def read(**environment: str) -> Topology:
    hosts = json.loads(printed("--list", **environment))["_meta"]["hostvars"]
    return topology_of({name: variables["vpn_site"] for name, variables in hosts.items()})


def names(topology: Topology, kind: str) -> list[str]:
    return [item.options["name"] for item in topology.cloud_objects() if item.kind == kind]


def test_names_follow_the_convention():
    topology = read()
    assert names(topology, "vpn_gateway") == ["vpg-prod-cn-hangzhou-vpc-stores"]
    assert names(topology, "customer_gateway")[0] == "cgw-store-001-telecom"
    assert names(topology, "ipsec_connection")[0] == "ipsec-store-001-prod-retail"


def test_the_page_states_the_rule():
    shown = rows("Names", "object")
    assert shown == {
        "VPN gateway": f"`{_naming.vpn_gateway_name('<env>', '<region>', '<vpc>')}`",
        "customer gateway": f"`{_naming.customer_gateway_name('<site>', '<isp>')}`",
        "IPsec connection": f"`{_naming.connection_name('<site>', '', '<env>', '<purpose>')}`",
    }


def test_a_thousand_sites(tmp_path):
    table = tmp_path / "sites.csv"
    table.write_text(printed("--generate", "1000"), encoding="utf-8")
    topology = read(CHAIN_SITES=str(table))
    assert len(set(names(topology, "ipsec_connection"))) == 1000


def test_a_table_is_read_cell_by_cell():
    hosts = json.loads(printed("--list"))["_meta"]["hostvars"]
    assert hosts["store-002"]["vpn_site"]["networks"] == ["10.1.2.0/24", "10.2.2.0/24"]
    assert hosts["store-003"] == {
        "ansible_host": "192.0.2.3",
        "vpn_site": {
            "isp": "mobile",
            "public_address": "198.51.100.30",
            "networks": ["10.1.3.0/24"],
            "behind_nat": "yes",
        },
    }
