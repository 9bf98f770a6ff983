# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules between the documents: what one gateway, one VPC or one region can hold only once."""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import Claim, overlaps
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import peer_name
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, shown


def fleet_problems(gateways, sites):
    """Every broken rule among ``{key: Gateway}`` and ``[Site]`` (both sorted by name)."""
    problems = []
    for rule in _RULES:
        problems.extend(rule(gateways, sites))
    problems.extend(_tunnel_cidrs(gateways, sites))
    return problems


def vpc_problems(sites, gateway, networks):
    """Sites of a gateway whose networks overlap the VPC behind it.

    networks: [(what, Network)], such as ``("the VPC", ...)``, as read from the cloud.
    """
    others = [Claim(network, "", what) for what, network in networks]
    return _overlap_problems(_claims(sites, gateway), others, gateway)


def fleet_warnings(sites):
    """What is allowed and yet unwise: one pre-shared key at several sites."""
    first_with = {}
    for site in sites:
        for key in sorted(set(site.psk or ())):
            first = first_with.setdefault(key, site.name)
            if first != site.name:
                rule = f"is the key of site {first} too"
                yield Problem(f"{site.path}.psk", HIDDEN, rule, "give each site its own")


def _gateway_names(gateways, _sites):
    for key in ("name", "vpn_gateway_id"):
        first_with = {}
        for gateway in gateways.values():
            value = gateway.options.get(key)
            first = first_with.setdefault(value, gateway)
            if value is not None and first is not gateway:
                rule = f"is the {key} of {first.path} too"
                yield Problem(f"{gateway.path}.{key}", shown(value), rule, "name another gateway or remove one")
    first_with = {}
    for gateway in gateways.values():
        first = first_with.setdefault(peer_name("", gateway.key, 1), gateway)
        if first is not gateway:
            rule = f"differs from {first.path} only in case or dots, which names on the sites' hosts cannot show"
            yield Problem(gateway.path, shown(gateway.key), rule, "rename it")


def _customer_gateway_names(_gateways, sites):
    first_with = {}
    for site in sites:
        first = first_with.setdefault(site.customer_gateway_name, site)
        if first is not site:
            rule = f"is the customer gateway of {first.path} too"
            fix = "give each site's customer gateway a name of its own"
            yield Problem(f"{site.path}.customer_gateway_name", shown(site.customer_gateway_name), rule, fix)


def _public_addresses(_gateways, sites):
    first_with = {}
    for site in sites:
        first = first_with.setdefault(site.public_address, site)
        if site.public_address is not None and first is not site:
            rule = f"is the address of site {first.name} too, and the cloud takes an address once"
            fix = "give each site its own public address, or join them to one site"
            yield Problem(f"{site.path}.public_address", shown(site.public_address), rule, fix)


def _claims(sites, gateway):
    return [
        Claim(network, site.name, path) for site in sites if gateway in site.gateways for path, network in site.networks
    ]


def _networks_on_gateways(gateways, sites):
    by_gateway = {key: [] for key in gateways}
    for site in sites:
        for key in site.gateways:
            by_gateway.get(key, []).append(site)
    for key, own_sites in by_gateway.items():
        cloud = {}
        for site in own_sites:
            for path, network in site.cloud_networks.get(key, ()):
                cloud.setdefault(network, Claim(network, "", path))
        yield from _overlap_problems(_claims(own_sites, key), cloud.values(), key)


def _overlap_problems(claims, others, gateway):
    for claim, enclosing in overlaps(claims, others):
        # Between a site and the cloud it is the site's entry that people look for.
        own, other = (claim, enclosing) if claim.owner else (enclosing, claim)
        rule = f"overlaps {other.network} of {other.path} on gateway {gateway}"
        fix = "use separate networks on both sides" if not other.owner else "give each site its own networks"
        yield Problem(own.path, shown(str(own.network)), rule, fix)


def _networks_of_a_site(_gateways, sites):
    """Two gateways that promise one site the same network: its host could not tell which tunnel to use."""
    for site in sites:
        claims = [
            Claim(network, key, path) for key in site.gateways for path, network in site.cloud_networks.get(key, ())
        ]
        for claim, enclosing in overlaps(claims):
            rule = (
                f"is reached through gateway {claim.owner}, and {enclosing.network} through gateway {enclosing.owner}"
            )
            fix = "give each of these gateways its own cloud_networks in vpn_gateways"
            yield Problem(f"{site.path}.cloud_networks", shown(str(claim.network)), rule, fix)


def _routes_of_a_vpc(gateways, sites):
    """A VPC's route table has one entry for a destination, whatever gateway it leads to."""
    first_with = {}
    for site in sites:
        for key in site.gateways:
            vpc = gateways[key].vpc if key in gateways else None
            for path, network in site.networks if vpc else ():
                first_key, first_path = first_with.setdefault((vpc, network), (key, path))
                if first_key != key:
                    rule = f"is routed in VPC {vpc} to gateway {key} and, for {first_path}, to gateway {first_key}"
                    yield Problem(path, shown(str(network)), rule, "connect it through one gateway of a VPC")


def _tunnel_cidrs(_gateways, sites):
    first_with = {}
    for site in sites:
        for key in site.gateways:
            for path, network in site.tunnel_cidrs:
                first = first_with.setdefault((key, network), path)
                if first != path:
                    rule = f"is used on gateway {key} by {first} too"
                    yield Problem(path, shown(str(network)), rule, "give each tunnel its own /30")


_RULES = (
    _gateway_names,
    _customer_gateway_names,
    _public_addresses,
    _networks_on_gateways,
    _networks_of_a_site,
    _routes_of_a_vpc,
)
