"""The site documents that README and docs show are valid as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import build_topology

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = [
    pytest.param(block, id=f"{page}-{number}")
    for page in ("README.md", "docs/site_document.md")
    for number, block in enumerate(BLOCK.findall((ROOT / page).read_text(encoding="utf-8")))
    if "vpn_gateways:" in block and "vpn_site:" in block
]


def test_both_pages_show_one():
    assert len(SHOWN) >= 2


@pytest.mark.parametrize("block", SHOWN)
def test_document(block):
    document = yaml.safe_load(block)
    topology = build_topology(
        region=document["alicloud_region"],
        gateways=document["vpn_gateways"],
        defaults=document["vpn_defaults"],
        sites={"store-001": document["vpn_site"]},
    )
    assert topology.sites


def test_the_example_inventory():
    """inventories/example is a valid document, placeholders for ids and secrets aside."""
    folder = ROOT / "inventories" / "example"
    shared = yaml.safe_load((folder / "group_vars" / "all.yml").read_text(encoding="utf-8"))
    sites = {
        file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["vpn_site"]
        for file in sorted((folder / "host_vars").glob("*.yml"))
    }
    for site in sites.values():
        site.pop("psk", None)
    topology = build_topology(
        region=shared["alicloud_region"],
        gateways=shared["vpn_gateways"],
        defaults=shared["vpn_defaults"],
        sites=sites,
        owner=shared["vpn_owner"],
    )
    hosts = yaml.safe_load((folder / "hosts.yml").read_text(encoding="utf-8"))["customer_gateways"]["hosts"]
    assert set(topology.sites) == set(hosts)
