"""Every example of every cloud module is run, in the order of its documentation."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import jinja2.nativetypes
import pytest
import yaml

from ansible_collections.hybridnet.alicloud.plugins import modules
from tests.integration.module_cases_compute import PUBLIC_KEY
from tests.integration.module_cases_network import system_table
from tests.integration.module_cases_vpn import attached_connection

PREFIX = "hybridnet.alicloud."
# Modules that run on the managed hosts have tests of their own on real ones; device_config runs as an action.
ELSEWHERE = ("strongswan_", "gateway_firewall_info", "device_config")
NAMES = [name for _finder, name, _package in pkgutil.iter_modules(modules.__path__) if not name.startswith(ELSEWHERE)]


def values(account: Any, folder: str) -> dict[str, Any]:
    """What the examples take from elsewhere."""
    network = account.network()
    dual = account.ok("vpn_gateway", name="vpg-of-examples", bandwidth=10, **network)["vpn_gateway"]
    single = account.ok(
        "vpn_gateway", name="vpg-single", bandwidth=10, vpc_id=network["vpc_id"], vswitch_id=network["vswitch_id"]
    )["vpn_gateway"]
    customer_gateway_id = account.customer_gateway("cgw-of-examples", "198.51.100.9")
    connection = account.ok(
        "ipsec_connection",
        name="ipsec-of-examples",
        vpn_gateway_id=dual["vpn_gateway_id"],
        local_subnets=["172.16.0.0/16"],
        remote_subnets=["192.168.99.0/24"],
        auto_config_route=False,
        tunnels=[{"role": role, "customer_gateway_id": customer_gateway_id} for role in ("master", "slave")],
    )["ipsec_connection"]
    ssl = account.ok("vpn_gateway", name="vpg-ssl", bandwidth=10, enable_ssl=True, **network)["vpn_gateway"]
    remote = account.ok("vpn_gateway", name="vpg-remote", bandwidth=10, enable_ssl=True, **network)["vpn_gateway"]
    server = account.ok(
        "ssl_vpn_server",
        name="ssl-of-examples",
        vpn_gateway_id=remote["vpn_gateway_id"],
        client_ip_pool="10.20.0.0/24",
        local_subnets=["172.16.0.0/16"],
    )["ssl_vpn_server"]
    clients = account.ok(
        "ipsec_server",
        name="ike-of-examples",
        vpn_gateway_id=remote["vpn_gateway_id"],
        client_ip_pool="10.21.0.0/24",
        local_subnets=["172.16.0.0/16"],
    )["ipsec_server"]
    sm = account.ok("vpn_gateway", name="vpg-sm", bandwidth=10, vpn_type="NationalStandard", **network)["vpn_gateway"]
    group = account.ok("security_group", name="sg-of-examples", vpc_id=network["vpc_id"])["security_group"]
    pair = account.ok("key_pair", name="pair-of-examples", public_key=PUBLIC_KEY)["key_pair"]
    gateways = {"main": {"name": "vpg-lab", "vpc": "vpc-lab", "vswitches": ["vsw-lab-a", "vsw-lab-b"], "bandwidth": 10}}
    return {
        "vpc_id": network["vpc_id"],
        "vswitch_a_id": network["vswitch_id"],
        "vswitch_b_id": network["disaster_recovery_vswitch_id"],
        "security_group_id": group["security_group_id"],
        "key_pair_name": pair["name"],
        "vpn_gateway_id": dual["vpn_gateway_id"],
        "single_tunnel_gateway_id": single["vpn_gateway_id"],
        "customer_gateway_id": customer_gateway_id,
        "vpn_connection_id": connection["vpn_connection_id"],
        "ssl_vpn_gateway_id": ssl["vpn_gateway_id"],
        "ssl_vpn_server_id": server["ssl_vpn_server_id"],
        "ipsec_server_id": clients["ipsec_server_id"],
        "sm_gateway_id": sm["vpn_gateway_id"],
        "attached_connection_id": attached_connection(account)["vpn_connection_id"],
        "private_folder": folder,
        "key_folder": folder,
        "instance_id": "i-bp1cqhiw8jlxajsrdsvm",
        "route_table_id": system_table(account, network["vpc_id"]),
        "psk": "Kx7mQ2vT9bR4nZc1",
        "bgp_key": "Wd5hJ8sY3gL6pFa0",
        "operators_public_key": PUBLIC_KEY,
        "vault_psk_store_001": "Kx7mQ2vT9bR4nZc1",
        "vpn_gateways": gateways,
        "vpn_defaults": {"cloud_networks": ["172.16.0.0/16"]},
        "sites": {"store-001": {"public_address": "198.51.100.10", "networks": ["192.168.1.0/24"]}},
    }


def rendered(value: Any, variables: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: rendered(item, variables) for name, item in value.items()}
    if isinstance(value, list):
        return [rendered(item, variables) for item in value]
    if isinstance(value, str) and "{{" in value:
        environment = jinja2.nativetypes.NativeEnvironment(undefined=jinja2.StrictUndefined)
        return environment.from_string(value).render(variables)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_examples(account, tmp_path, name):
    examples = yaml.safe_load(importlib.import_module(f"{modules.__name__}.{name}").EXAMPLES)
    variables = values(account, str(tmp_path))
    own = [task for task in examples if PREFIX + name in task]
    assert own, "no example uses the module"
    for task in own:
        options = rendered(task[PREFIX + name], variables)
        result = account.ok(name, **options)
        if not name.endswith("_info"):
            assert result["changed"], task["name"]
            # A second run of the same example changes nothing.
            assert not account.ok(name, **options)["changed"], task["name"]
