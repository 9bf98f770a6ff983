# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Site documents -> validated model -> wanted cloud objects and peer configuration. No I/O.

Everything is checked before anything is built: :func:`build_topology` reports all problems at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import parse_network, tunnel_addresses
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet_rules import (
    fleet_problems,
    fleet_warnings,
    vpc_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._gateways import read_gateways
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import (
    LONGEST_TAG_VALUE,
    OWNER_TAG,
    SITE_TAG,
    check_key,
    peer_name,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import CLOUD_ASN, asn_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import (
    HIDDEN,
    MISSING,
    Problem,
    Refused,
    TopologyError,
    nearest,
    shown,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import is_unreadable
from ansible_collections.hybridnet.alicloud.plugins.module_utils._reference import Reference
from ansible_collections.hybridnet.alicloud.plugins.module_utils._sites import BGP, is_absent, read_defaults, read_site

__all__ = ["PENDING", "Problem", "Reference", "Topology", "TopologyError", "WantedObject", "build_topology"]

#: Stands for an address that the cloud has not given out yet (check mode on an empty cloud).
PENDING = "(known after apply)"

_ROLES = {1: (None,), 2: ("master", "slave")}
_REGION = re.compile(r"[a-z]{2}(-[a-z0-9]+)+")
# Policy routes: the API's default priority; weight 100 is the only one of use without a second connection.
_PRIORITY = 10
# With BGP both ends carry everything, and routes decide what that is.
_EVERYTHING = ["0.0.0.0/0"]
_WEIGHT = 100


@dataclass(frozen=True)
class WantedObject:
    """One cloud object as it should be.

    kind: vpn_gateway, customer_gateway, ipsec_connection or vpn_policy_route.
    key: unique within its kind, stable between runs.
    options: those of the module of that kind; ids that are not known yet are References.
    """

    kind: str
    key: str
    options: dict = field(repr=False)


@dataclass(frozen=True)
class Topology:
    """The validated whole.

    gateways: {key: Gateway}. sites: {name: Site}, both sorted. absent_sites: names to remove.
    warnings: problems that do not stop anything (weak cryptography that was allowed, and the like).
    """

    owner: str
    gateways: dict
    sites: dict
    absent_sites: tuple = ()
    warnings: tuple = ()

    def cloud_objects(self, site_names=None):
        """The wanted objects in the order in which they can be created: list[WantedObject].

        site_names: only these sites (the gateways always come along); raises TopologyError for a
        name that is neither a site nor an absent one. Absent sites have no objects.
        """
        names = sorted(self.sites) if site_names is None else sorted(set(site_names))
        self._require(names)
        objects = [WantedObject("vpn_gateway", key, gateway.options) for key, gateway in self.gateways.items()]
        sites = [self.sites[name] for name in names if name in self.sites]
        objects.extend(self._customer_gateway(site) for site in sites)
        pairs = [(site, self.gateways[key]) for site in sites for key in site.gateways]
        objects.extend(self._connection(site, gateway) for site, gateway in pairs)
        for site, gateway in pairs:
            objects.extend(_policy_routes(site, gateway))
        return objects

    def peer_connections(self, site, facts):
        """Elements of ``strongswan_connections`` for one site, one for each tunnel; [] for an absent site.

        facts: what the cloud says of its ends, ``{"<site>/<gateway>": [{role, address, psk, local_id},
        ...]}`` with the cloud's own id and role master, slave or (single tunnel) anything. A missing
        connection, tunnel or address becomes :data:`PENDING`, a key that is neither in the document
        nor readable becomes None.

        What the document says wins over the facts. Raises TopologyError for an unknown site.
        """
        self._require([site])
        if site not in self.sites:
            return []
        own = self.sites[site]
        return [
            connection
            for key in own.gateways
            for connection in _peer(
                own, self.gateways[key], (facts or {}).get(f"{site}/{key}") or (), self._tunnel_cidrs(own, key)
            )
        ]

    def bgp(self, site):
        """The routing of one site as its host configures it, for the role ``bgp``; None without BGP.

        ``{asn, networks, accepted_networks, neighbors: [{name, role, address, source, asn, accepted_networks}]}``; a
        neighbour's accepted networks are those of its gateway, beside them are those of all. All of it is in the
        documents. Raises TopologyError for an unknown site.
        """
        self._require([site])
        own = self.sites.get(site)
        if own is None or own.routing != BGP:
            return None
        neighbors = []
        for key in own.gateways:
            for index, cidr in enumerate(self._tunnel_cidrs(own, key)):
                address, source = tunnel_addresses(cidr)
                neighbors.append(
                    {
                        "name": peer_name(own.name, key, index + 1),
                        "role": _peer_role(_ROLES[self.gateways[key].tunnels][index]),
                        "address": address,
                        "source": source,
                        "asn": str(CLOUD_ASN),
                        "accepted_networks": _cidrs(own.cloud_networks[key]),
                    }
                )
        accepted = [network for neighbor in neighbors for network in neighbor["accepted_networks"]]
        return {
            # FRR reads the two-part form only in later versions.
            "asn": str(asn_number(own.asn)),
            "networks": _cidrs(own.networks),
            "accepted_networks": list(dict.fromkeys(accepted)),
            "neighbors": neighbors,
        }

    def _tunnel_cidrs(self, site, key):
        """The /30s of a site's tunnels to one gateway, as text; [] without BGP."""
        if site.routing != BGP:
            return []
        before = sum(self.gateways[other].tunnels for other in site.gateways if other < key)
        own = site.tunnel_cidrs[before : before + self.gateways[key].tunnels]
        return [str(network) for _path, network in own]

    def vpc_problems(self, networks):
        """Sites that overlap the VPC behind their gateway, as problems.

        networks: {gateway key: [(what, CIDR)]} as read from the cloud, such as
        ``{"main": [("VPC vpc-lab", "172.16.0.0/16")]}``.
        """
        sites = list(self.sites.values())
        return [
            problem
            for key in sorted(networks)
            for problem in vpc_problems(sites, key, [(what, parse_network(cidr)) for what, cidr in networks[key]])
        ]

    def _require(self, names):
        known = {*self.sites, *self.absent_sites}
        wrong = []
        for name in names:
            if name not in known:
                suggestion = nearest(name, known)
                fix = f"did you mean {suggestion}?" if suggestion else "give it a vpn_site"
                wrong.append(Problem("vpn_site", shown(name), "is not a site", fix))
        if wrong:
            raise TopologyError(wrong)

    def _site_tags(self, site):
        return {**site.tags, OWNER_TAG: self.owner, SITE_TAG: site.name}

    def _customer_gateway(self, site):
        options = {"name": site.customer_gateway_name, "ip_address": site.public_address}
        if site.asn is not None:
            options["asn"] = site.asn
        if site.bgp_auth_key is not None:
            options["auth_key"] = site.bgp_auth_key
        return WantedObject("customer_gateway", site.name, dict(options, tags=self._site_tags(site)))

    def _connection(self, site, gateway):
        bgp = site.routing == BGP
        options = {
            "name": site.connection_names[gateway.key],
            "vpn_gateway_id": Reference("vpn_gateway", gateway.key),
            "local_subnets": _EVERYTHING if bgp else _cidrs(site.cloud_networks[gateway.key]),
            "remote_subnets": _EVERYTHING if bgp else _cidrs(site.networks),
            "effect_immediately": True,
            "auto_config_route": False,
            "tags": self._site_tags(site),
        }
        tunnels = [_cloud_tunnel(site, index) for index in range(gateway.tunnels)]
        for tunnel, cidr in zip(tunnels, self._tunnel_cidrs(site, gateway.key), strict=False):
            tunnel["bgp"] = {
                "local_asn": str(CLOUD_ASN),
                "tunnel_cidr": cidr,
                "local_address": tunnel_addresses(cidr)[0],
            }
        if gateway.tunnels == 1:
            options.update(tunnels[0])
            if bgp:
                options["bgp"] = dict(options["bgp"], enabled=True)
        else:
            options["enable_tunnels_bgp"] = bgp
            options["tunnels"] = [dict(tunnel, role=role) for role, tunnel in zip(_ROLES[2], tunnels, strict=True)]
        return WantedObject("ipsec_connection", f"{site.name}/{gateway.key}", options)


def _own_id(site):
    """How the site calls itself, which both ends are told."""
    return site.local_id or site.public_address


def _cloud_tunnel(site, index):
    """One tunnel's options on the cloud's side: the site's ids change places here."""
    ike = dict(site.suite["ike"])
    # Without an id of its own the site is known by its address. It is sent although it is the API's
    # default too: a tunnel that moves to another customer gateway would otherwise keep the old one.
    ike["remote_id"] = _own_id(site)
    optional = {"psk": site.psk_of(index), "local_id": site.remote_id}
    ike.update({option: value for option, value in optional.items() if value is not None})
    return {
        "customer_gateway_id": Reference("customer_gateway", site.name),
        "dpd": site.suite["dpd"],
        "nat_traversal": site.suite["nat_traversal"],
        "ike": ike,
        "ipsec": _ipsec(site.suite),
    }


def _ipsec(suite):
    # A choice of words in the modules, because one of them is "disabled".
    return dict(suite["ipsec"], pfs_group=str(suite["ipsec"]["pfs_group"]))


def _cidrs(networks):
    """Networks in one order, whatever order they were written in."""
    return [str(network) for network in sorted(network for _path, network in networks)]


def _policy_routes(site, gateway):
    if site.routing == BGP:
        return
    connection = f"{site.name}/{gateway.key}"
    for source in _cidrs(site.cloud_networks[gateway.key]):
        for dest in _cidrs(site.networks):
            options = {
                "vpn_gateway_id": Reference("vpn_gateway", gateway.key),
                "next_hop": Reference("ipsec_connection", connection),
                "route_source": source,
                "route_dest": dest,
                "weight": _WEIGHT,
                "priority": _PRIORITY,
                "publish_vpc": True,
            }
            yield WantedObject("vpn_policy_route", f"{connection}/{source}-{dest}", options)


def _peer_role(role):
    return "standby" if role == "slave" else "active"


def _peer(site, gateway, facts, tunnel_cidrs):
    """The tunnels of one connection as the site's host configures them: the mirror of the cloud's end.

    tunnel_cidrs: one for each tunnel with BGP, else [].
    """
    bgp = site.routing == BGP
    by_role = {fact.get("role"): fact for fact in facts}
    for index, role in enumerate(_ROLES[gateway.tunnels]):
        fact = by_role.get(role) if role else next(iter(facts), None)
        fact = fact or {}
        address = fact.get("address") or PENDING
        known_psk = fact.get("psk")
        connection = {
            "name": peer_name(site.name, gateway.key, index + 1),
            "role": _peer_role(role),
            "remote_address": address,
            "local_id": _own_id(site),
            "remote_id": site.remote_id or fact.get("local_id") or address,
            "psk": site.psk_of(index) or (None if is_unreadable(known_psk) else known_psk),
            "ike": dict(site.suite["ike"]),
            "ipsec": _ipsec(site.suite),
            "dpd": site.suite["dpd"],
            "dpd_delay": site.dpd_delay,
            "nat_traversal": site.suite["nat_traversal"],
            "force_encapsulation": False,
            "local_networks": _EVERYTHING if bgp else _cidrs(site.networks),
            "remote_networks": _EVERYTHING if bgp else _cidrs(site.cloud_networks[gateway.key]),
        }
        if bgp:
            # An interface for each tunnel, and no routes into it but those that BGP learns.
            connection["interface_address"] = f"{tunnel_addresses(tunnel_cidrs[index])[1]}/30"
            connection["routes"] = []
        yield connection


def _with_propagation(gateways, sites):
    """What a site announces by BGP has to reach the VPC's route table."""
    learning = {key for site in sites.values() if site.routing == BGP for key in site.gateways}
    return {
        key: replace(gateway, options={**gateway.options, "auto_propagate": True}) if key in learning else gateway
        for key, gateway in gateways.items()
    }


def build_topology(*, gateways, defaults, sites, region=None, owner="hybridnet"):
    """Validate the documents and build the model.

    gateways: ``vpn_gateways``. defaults: ``vpn_defaults`` (None: none). sites: {host name: its
    ``vpn_site``}. region: checked for its form only. owner: marks what this configuration made, as
    the value of the tag ``hybridnet:owner``.

    Raises TopologyError with every problem of all documents, in a stable order. No message holds a
    pre-shared key.
    """
    problems, warnings = [], []
    problems.extend(_setting_problems(region, owner))
    gateway_documents = _documents(gateways, "vpn_gateways", problems)
    site_documents = _documents(sites, "vpn_site", problems)
    default_problems = []
    known_defaults = read_defaults({} if defaults is None else defaults, default_problems)
    words = {key: known_defaults.values[key] for key in ("env", "purpose") if key in known_defaults.values}
    known_gateways = read_gateways(gateway_documents, owner, problems, warnings, region, words)
    problems.extend(default_problems)
    absent = [name for name in site_documents if is_absent(site_documents[name])]
    if not gateway_documents and len(absent) < len(site_documents):
        problems.append(
            Problem("vpn_gateways", MISSING, "is required", "describe the VPN gateway that sites connect to")
        )
    present = {}
    for name in sorted(set(site_documents) - set(absent)):
        present[name] = read_site(
            name, site_documents[name], known_defaults, known_gateways, gateway_documents, problems, warnings
        )
    known_sites = {name: site for name, site in present.items() if site}
    problems.extend(fleet_problems(known_gateways, list(known_sites.values())))
    if problems:
        # What comes from the defaults is found at every site but said once.
        raise TopologyError(dict.fromkeys(problems))
    warnings.extend(fleet_warnings(known_sites.values()))
    known_gateways = _with_propagation(known_gateways, known_sites)
    return Topology(owner, known_gateways, known_sites, tuple(sorted(absent)), tuple(dict.fromkeys(warnings)))


def _documents(value, path, problems):
    """A mapping of documents whose keys are usable as names; what is not is reported and left out."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        text = HIDDEN if isinstance(value, str) else shown(value)
        problems.append(Problem(path, text, "is not a mapping", "write one entry per name"))
        return {}
    documents = {}
    for key in sorted(value, key=str):
        try:
            documents[check_key(key)] = value[key]
        except Refused as refused:
            problems.append(refused.at(f"{path}[{key}]", key))
    return documents


def _setting_problems(region, owner):
    if region is not None and not (isinstance(region, str) and _REGION.fullmatch(region)):
        yield Problem("alicloud_region", shown(region), "is not a region id", "write one such as cn-hangzhou")
    if not isinstance(owner, str) or not 1 <= len(owner) <= LONGEST_TAG_VALUE:
        rule = f"is not text of 1 to {LONGEST_TAG_VALUE} characters, as a tag's value must be"
        yield Problem("owner", shown(owner), rule, "write a short word")
