"""docs/terraform.md maps every argument of the Terraform provider's VPN resources, to options that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "terraform.md").read_text(encoding="utf-8")
IKE = "psk ike_version ike_mode ike_enc_alg ike_auth_alg ike_pfs ike_lifetime"
IPSEC = "ipsec_config: ipsec_enc_alg ipsec_auth_alg ipsec_pfs ipsec_lifetime"
CHECK = "health_check_config: enable dip sip interval retry"
BGP = "bgp_config: enable local_asn tunnel_cidr local_bgp_ip"
TUNNEL = f"""
tunnel_options_specification: customer_gateway_id role enable_dpd enable_nat_traversal
tunnel_options_specification.tunnel_bgp_config: local_asn tunnel_cidr local_bgp_ip
tunnel_options_specification.tunnel_ike_config: {IKE} local_id remote_id
tunnel_options_specification.tunnel_ipsec_config: ipsec_enc_alg ipsec_auth_alg ipsec_pfs ipsec_lifetime"""
#: What can be set, as the provider's schema has it; ``block: members`` in lines of their own.
ARGUMENTS = {
    "alicloud_vpn_gateway": """vpc_id bandwidth vswitch_id disaster_recovery_vswitch_id vpn_gateway_name name
        description network_type vpn_type payment_type instance_charge_type period auto_pay auto_propagate enable_ipsec
        enable_ssl ssl_connections resource_group_id tags""",
    "alicloud_vpn_gateway_enhanced_vpn_gateway": """gateway_type vpc_id vswitch_id disaster_recovery_vswitch_id
        network_type vpn_type vpn_gateway_name description auto_propagate tags""",
    "alicloud_vpn_customer_gateway": "ip_address asn customer_gateway_name name description tags",
    "alicloud_vpn_connection": f"""vpn_gateway_id customer_gateway_id local_subnet remote_subnet vpn_connection_name
        name effect_immediately auto_config_route enable_dpd enable_nat_traversal enable_tunnels_bgp network_type tags
ike_config: {IKE} ike_local_id ike_remote_id
{IPSEC}
{CHECK}
{BGP}{TUNNEL}""",
    "alicloud_vpn_route_entry": "vpn_gateway_id next_hop route_dest weight publish_vpc",
    "alicloud_vpn_pbr_route_entry": "vpn_gateway_id next_hop route_source route_dest weight publish_vpc",
    "alicloud_vpn_gateway_vco_route": "vpn_connection_id next_hop route_dest weight overlay_mode",
    "alicloud_ssl_vpn_server": "vpn_gateway_id client_ip_pool local_subnet name protocol cipher port compress",
    "alicloud_ssl_vpn_client_cert": "ssl_vpn_server_id name",
    "alicloud_vpn_ipsec_server": f"""vpn_gateway_id client_ip_pool local_subnet ipsec_server_name psk psk_enabled
        effect_immediately dry_run
ike_config: {IKE.removeprefix("psk ")} local_id remote_id
{IPSEC}""",
    "alicloud_vpn_gateway_vpn_attachment": f"""local_subnet remote_subnet customer_gateway_id vpn_attachment_name
        network_type effect_immediately enable_dpd enable_nat_traversal enable_tunnels_bgp tunnel_bandwidth
        resource_group_id tags
ike_config: {IKE} local_id remote_id
{IPSEC}
{CHECK} policy
{BGP}{TUNNEL}
tunnel_options_specification: tunnel_index""",
}
DATA_SOURCES = """alicloud_vpn_gateways alicloud_vpn_gateway_enhanced_vpn_gateways alicloud_vpn_customer_gateways
    alicloud_vpn_connections alicloud_ssl_vpn_servers alicloud_ssl_vpn_client_certs alicloud_vpn_ipsec_servers
    alicloud_vpn_pbr_route_entries alicloud_vpn_gateway_vco_routes alicloud_vpn_gateway_vpn_attachments
    alicloud_vpn_gateway_zones alicloud_cen_transit_router_vpn_attachments"""
_SECTION = re.compile(r"^## (alicloud_\w+): `(\w+)`\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
SECTIONS = {resource: (module, text) for resource, module, text in _SECTION.findall(PAGE)}


def arguments(schema: str) -> set[str]:
    found = set()
    for line in re.sub(r"\n\s+", " ", schema).splitlines():
        block, colon, names = line.rpartition(":")
        found |= {f"{block}.{name}" if colon else name for name in names.split()}
    return found


def rows(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", text, re.MULTILINE))


def options_of(module: str) -> dict[str, Any]:
    """The documented options of a module and of the fragments that it extends."""
    documentation = yaml.safe_load(
        importlib.import_module(f"ansible_collections.hybridnet.alicloud.plugins.modules.{module}").DOCUMENTATION
    )
    options = dict(documentation["options"])
    for reference in documentation["extends_documentation_fragment"]:
        name, _dot, part = reference.removeprefix("hybridnet.alicloud.").partition(".")
        fragment = importlib.import_module(f"ansible_collections.hybridnet.alicloud.plugins.doc_fragments.{name}")
        text = getattr(fragment.ModuleDocFragment, (part or "documentation").upper())
        options.update(yaml.safe_load(text).get("options") or {})
    return options


def exists(option: str, options: dict[str, Any]) -> bool:
    first, _dot, rest = option.partition(".")
    if first not in options:
        return False
    return not rest or exists(rest, options[first].get("suboptions") or {})


def test_every_resource_has_a_section():
    assert SECTIONS.keys() == ARGUMENTS.keys()


@pytest.mark.parametrize("resource", ARGUMENTS)
def test_every_argument_is_mapped_or_explained(resource):
    assert rows(SECTIONS[resource][1]).keys() == arguments(ARGUMENTS[resource])


@pytest.mark.parametrize("resource", ARGUMENTS)
def test_every_option_named_exists(resource):
    module, text = SECTIONS[resource]
    options = options_of(module)
    named = [option for answer in rows(text).values() for option in re.findall(r"`([a-z_.]+)`", answer)]
    note = re.search(r"^Ours also has (.*)$", text, re.MULTILINE)
    values = {"aes", "prepay", "postpay"}
    named += re.findall(r"`([a-z_.]+)`", note[1]) if note else []
    assert [option for option in named if option not in values and not exists(option, options)] == []
    assert all(answer.startswith(("`", "— ")) for answer in rows(text).values())


def test_every_data_source_has_a_module():
    answers = rows(PAGE.split("## Data sources")[1])
    assert answers.keys() == set(DATA_SOURCES.split())
    for answer in answers.values():
        assert answer.startswith("— ") or options_of(answer.strip("`"))
