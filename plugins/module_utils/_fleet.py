# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet: the cloud side of any number of sites, planned and reported as one.

Private to this collection. The wanted objects come from the topology, what is there is read by page, and the engine
that
serves single objects carries the plan out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import ApiError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import Engine, Outcome
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import OWNER_TAG, SITE_TAG
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Change, PlanError, Target, label, plan
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import without_secrets
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import Topology, WantedObject
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._customer_gateway import CUSTOMER_GATEWAY
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ipsec_connection import IPSEC_CONNECTION
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpc import VPC
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_gateway import VPN_GATEWAY
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vpn_policy_route import VPN_POLICY_ROUTE
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._vswitch import VSWITCH

RESOURCES = {item.kind: item for item in (VPN_GATEWAY, CUSTOMER_GATEWAY, IPSEC_CONNECTION, VPN_POLICY_ROUTE)}
LOOKUPS = {item.kind: item for item in (VPC, VSWITCH)}
# So many sites are asked for one by one; for more of them everything is read by page.
_FEW = 5
# A site whose address changes gets a new customer gateway, to which the connection moves before the old one is removed.
_IDENTITIES = {"customer_gateway": ("name", "ip_address")}


@dataclass(frozen=True)
class Scope:
    """What of the fleet a run covers.

    ``sites``: names, ``None`` for all. ``purge``: whether objects of sites that are no longer described are deleted,
    at most
    ``max_deletes`` of them. ``everything_absent``: delete all that the owner made.
    """

    sites: tuple[str, ...] | None = None
    purge: bool = False
    max_deletes: int = 10
    everything_absent: bool = False


class Fleet:
    """One run over a topology."""

    def __init__(self, engine: Engine, topology: Topology) -> None:
        self.engine = engine
        self.topology = topology

    def plan(self, scope: Scope) -> list[Change]:
        """All changes. Raises :class:`PlanError` with every problem, before any write."""
        wanted = [] if scope.everything_absent else self.topology.cloud_objects(scope.sites)
        self.engine.marks = marks(self.topology, scope.sites)
        changes = self.engine.plan(_target(item) for item in wanted)
        self._check_vpcs()
        for change in changes:
            change.warnings.extend(self._unmarked(change))
        gateways = self._gateways(changes, scope)
        surplus = self._surplus(changes, gateways, scope)
        self._limit(surplus, scope)
        return changes + surplus

    def _check_vpcs(self) -> None:
        """Sites must not use networks of the VPC they are connected to; those are known only now."""
        networks = {}
        for key, gateway in self.topology.gateways.items():
            vpc = self.engine.looked_up.get(gateway.options.get("vpc_id"))
            if vpc and vpc.get("cidr_block"):
                networks[key] = [(f"VPC {vpc['name'] or vpc['vpc_id']}", vpc["cidr_block"])]
        problems = self.topology.vpc_problems(networks)
        if problems:
            raise PlanError(problems)

    def _unmarked(self, change: Change) -> Iterable[str]:
        """A gateway takes its tags only once it exists: a run that was cut off in between leaves one without."""
        if change.resource is not VPN_GATEWAY or not change.have or change.have.get("tags"):
            return
        if OWNER_TAG in (change.target.options.get("tags") or {}):
            yield (
                f"{change.target.path}: VPN gateway {label(VPN_GATEWAY, change.have)} is used, but carries no tag that "
                f"says who made it, so it is never deleted; if this configuration made it in a run that was cut off, "
                f"give it the tag {OWNER_TAG}: {self.topology.owner}; if not, name it by vpn_gateway_id"
            )

    def _gateways(self, changes: Iterable[Change], scope: Scope) -> list[dict[str, Any]]:
        """The existing gateways in play: those of the documents, or for a teardown all that can hold objects of
        ours."""
        if not scope.everything_absent:
            return [change.have for change in changes if change.resource is VPN_GATEWAY and change.have]
        return [
            gateway
            for gateway in self.engine.listed(VPN_GATEWAY, {})
            if self._is_ours(gateway) or self._is_described(gateway)
        ]

    def _is_described(self, gateway: Mapping[str, Any]) -> bool:
        return any(
            gateway[name] == document.options.get(name)
            for document in self.topology.gateways.values()
            for name in ("vpn_gateway_id", "name")
            if document.options.get(name)
        )

    def _is_ours(self, item: Mapping[str, Any]) -> bool:
        return (item.get("tags") or {}).get(OWNER_TAG) == self.topology.owner

    def _surplus(self, changes: Iterable[Change], gateways: list[dict[str, Any]], scope: Scope) -> list[Change]:
        """Deletions: what we made and is not wanted any more."""
        changes = list(changes)
        kept = {
            (change.resource.kind, change.have[change.resource.id_option])
            for change in changes
            if change.have is not None and change.resource.id_option
        }
        connections = [
            connection
            for gateway in gateways
            for connection in self.engine.marked(IPSEC_CONNECTION, {"vpn_gateway_id": gateway["vpn_gateway_id"]})
        ]
        dropped = [item for item in connections if self._is_surplus(IPSEC_CONNECTION.kind, item, kept, scope)]
        customer_gateways = [
            item
            for item in (self.engine.marked(CUSTOMER_GATEWAY, {}) if gateways or scope.everything_absent else [])
            if self._is_surplus(CUSTOMER_GATEWAY.kind, item, kept, scope)
        ]
        targets = [(IPSEC_CONNECTION, item) for item in dropped] + [
            (CUSTOMER_GATEWAY, item) for item in customer_gateways
        ]
        targets += [(VPN_POLICY_ROUTE, route) for route in self._surplus_routes(changes, gateways, dropped)]
        if scope.everything_absent and scope.sites is None:
            targets += [(VPN_GATEWAY, gateway) for gateway in gateways if self._is_ours(gateway)]
        return [
            plan(Target(resource, label(resource, item), {}, absent=True), item, self.engine.settings.policy)
            for resource, item in targets
        ]

    def _is_surplus(self, kind: str, item: Mapping[str, Any], kept: set[tuple[str, str]], scope: Scope) -> bool:
        identifier = item[RESOURCES[kind].id_option]
        if not self._is_ours(item) or (kind, identifier) in kept:
            return False
        site = (item.get("tags") or {}).get(SITE_TAG)
        if scope.sites is not None and site not in scope.sites:
            return False
        if scope.everything_absent:
            return True
        # A present site's leftover (its old address, a gateway it left) goes with the change that made it one.
        return site in self.topology.sites or site in self.topology.absent_sites or scope.purge

    def _surplus_routes(
        self, changes: Iterable[Change], gateways: Iterable[Mapping[str, Any]], dropped: Iterable[Mapping[str, Any]]
    ) -> Iterable[dict[str, Any]]:
        """Routes of connections that go, and routes of connections that stay which their site does not describe any
        more."""
        gone = {item["vpn_connection_id"] for item in dropped}
        ours = {
            change.have["vpn_connection_id"]
            for change in changes
            if change.resource is IPSEC_CONNECTION and change.have is not None
        }
        routes_kept = {
            tuple(change.target.options[name] for name in VPN_POLICY_ROUTE.key)
            for change in changes
            if change.resource is VPN_POLICY_ROUTE and change.have is not None
        }
        for gateway in gateways:
            for route in self.engine.listed(VPN_POLICY_ROUTE, {"vpn_gateway_id": gateway["vpn_gateway_id"]}):
                unwanted = (
                    route["next_hop"] in ours and tuple(route[name] for name in VPN_POLICY_ROUTE.key) not in routes_kept
                )
                if route["next_hop"] in gone or unwanted:
                    yield route

    def _limit(self, surplus: list[Change], scope: Scope) -> None:
        """Refuse to delete many sites at once because an inventory came up short."""
        if scope.everything_absent:
            return
        undescribed = [
            change
            for change in surplus
            if change.resource is IPSEC_CONNECTION
            and ((change.have or {}).get("tags") or {}).get(SITE_TAG)
            not in {*self.topology.sites, *self.topology.absent_sites}
        ]
        if len(undescribed) > scope.max_deletes:
            names = ", ".join(label(change.resource, change.have or {}) for change in undescribed[:5])
            raise PlanError(
                [
                    Problem(
                        "max_deletes",
                        str(scope.max_deletes),
                        f"is less than the {len(undescribed)} connections of sites that are no longer described "
                        f"({names}, ...)",
                        "check that the inventory is complete; raise max_deletes if it is, or set purge: false",
                    )
                ]
            )


def marks(topology: Topology, sites: tuple[str, ...] | None) -> tuple[dict[str, str], ...]:
    """The tags of our objects of *sites*, where they are so few that it is worth asking by them."""
    names = sorted(set(sites or ()))
    return tuple({OWNER_TAG: topology.owner, SITE_TAG: name} for name in names) if len(names) <= _FEW else ()


def _target(item: WantedObject) -> Target:
    gateway = item.kind == "vpn_gateway"
    path = f"vpn_gateways[{item.key}]" if gateway else f"vpn_site[{item.key.split('/')[0]}]"
    return Target(
        RESOURCES[item.kind],
        item.key,
        dict(item.options),
        path=path,
        identity=_IDENTITIES.get(item.kind, ()),
        complete=_with_local_ids if item.kind == "ipsec_connection" else None,
    )


def _with_local_ids(options: dict[str, Any], have: Mapping[str, Any]) -> dict[str, Any]:
    """The cloud's identity of a tunnel is its address, known once it exists; one set by hand is a difference."""
    if options.get("tunnels") is None:
        return _with_local_id(options, have)
    ends = {tunnel.get("role"): tunnel for tunnel in have.get("tunnels") or []}
    return {
        **options,
        "tunnels": [_with_local_id(tunnel, ends.get(tunnel["role"], {})) for tunnel in options["tunnels"]],
    }


def _with_local_id(block: dict[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    if block["ike"].get("local_id") or not end.get("internet_ip"):
        return block
    return {**block, "ike": {**block["ike"], "local_id": end["internet_ip"]}}


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """The result of a run: counts, the plan as lines, and for each touched object what was done, without secrets."""
    counts = Counter(outcome.change.action for outcome in outcomes if outcome.reached and not outcome.error)
    failed = [outcome for outcome in outcomes if outcome.error]
    return {
        "changed": any(outcome.change.changed and outcome.reached for outcome in outcomes),
        "summary": {
            "created": counts["create"] + counts["recreate"],
            "updated": counts["update"],
            "deleted": counts["delete"],
            "unchanged": counts["none"],
            "failed": len(failed),
            "not_reached": sum(not outcome.reached for outcome in outcomes),
        },
        "plan": [outcome.change.summary() for outcome in outcomes if outcome.change.changed],
        "differences": [difference for outcome in outcomes for difference in _differences(outcome.change)],
        "failures": [_failure(outcome) for outcome in failed],
    }


def _failure(outcome: Outcome) -> dict[str, Any]:
    change, error = outcome.change, outcome.error
    refused = isinstance(error, ApiError)
    return {
        "object": label(change.resource, change.target.options),
        "error": str(error),
        "code": error.code if refused else None,
        "request_id": error.request_id if refused else None,
    }


def _differences(change: Change) -> Iterable[dict[str, Any]]:
    """What differs, option by option, for reports: object, parameter, wanted, actual."""
    name = f"{change.resource.title} {label(change.resource, change.have or change.target.options)}"
    if change.action in ("create", "delete"):
        there = change.action == "delete"
        states = {True: "present", False: "absent"}
        yield {"object": name, "parameter": "state", "wanted": states[not there], "actual": states[there]}
    for difference in change.differences:
        yield {
            "object": name,
            "parameter": difference.path,
            "wanted": str(difference.after),
            "actual": str(difference.before),
        }
    present = (change.have or {}).get("tags") or {}
    if change.action == "update":
        for tag in sorted({*change.tags_set, *change.tags_unset}):
            wanted = change.tags_set.get(tag, "(no tag)")
            yield {"object": name, "parameter": f"tags.{tag}", "wanted": wanted, "actual": present.get(tag, "(no tag)")}


def describe(engine: Engine, topology: Topology, sites: tuple[str, ...] | None) -> dict[str, Any]:
    """What is there of the *topology*: gateways, sites and the facts that the peers' configuration is made of.

    Returns ``gateways`` (by key), ``sites`` (by name: customer gateway, connections by gateway key) without secrets,
    and
    ``facts`` for :meth:`Topology.peer_connections`, which hold pre-shared keys.
    """
    gateways: dict[str, Any] = {}
    described: dict[str, Any] = {
        name: {"connections": {}} for name in (sites or topology.sites) if name in topology.sites
    }
    facts: dict[str, list[dict[str, Any]]] = {}
    engine.marks = marks(topology, sites)
    for item in topology.cloud_objects(sites):
        target = _target(item)
        resource = target.resource
        if resource is VPN_POLICY_ROUTE:
            continue
        target.options = engine.resolve(target.options)
        have = engine.find(target)
        engine.remember(target, have)
        if have is None:
            continue
        public = without_secrets(resource, have)
        if resource is VPN_GATEWAY:
            gateways[item.key] = public
        elif resource is CUSTOMER_GATEWAY:
            described[item.key]["customer_gateway"] = public
        else:
            site, gateway = item.key.split("/")
            described[site]["connections"][gateway] = public
            facts[item.key] = tunnel_facts(have, gateways.get(gateway) or {})
    return {"gateways": gateways, "sites": described, "facts": facts}


def tunnel_facts(connection: Mapping[str, Any], gateway: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cloud's ends of a *connection*: role, address, psk, local_id, remote_id of each tunnel. Holds secrets."""
    tunnels = connection.get("tunnels")
    if tunnels:
        return [_end(tunnel, tunnel.get("role"), tunnel.get("internet_ip")) for tunnel in tunnels]
    return [_end(connection, None, connection.get("internet_ip") or gateway.get("internet_ip"))]


def _end(block: Mapping[str, Any], role: str | None, address: str | None) -> dict[str, Any]:
    ike = block.get("ike") or {}
    return {
        "role": role,
        "address": address,
        "psk": ike.get("psk"),
        "local_id": ike.get("local_id"),
        "remote_id": ike.get("remote_id"),
    }
