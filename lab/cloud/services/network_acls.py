"""Network ACLs: ordered rules in both directions for the vSwitches that are associated with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, invalid, missing, quota_full
from lab.cloud.model import AclEntry, NetworkAcl, VSwitch
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, page, require, tag_list, tags_match
from lab.cloud.services.vpcs import OWNER_ID, available_vpc
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidNetworkAcl.NotFound"
WITH_PORTS, WITHOUT_PORTS = ("tcp", "udp"), ("all", "icmp", "gre")
# Direction: name of the list, of its elements, and of their network.
DIRECTIONS = {
    "ingress": ("IngressAclEntries", "IngressAclEntry", "SourceCidrIp"),
    "egress": ("EgressAclEntries", "EgressAclEntry", "DestinationCidrIp"),
}


def create_network_acl(ctx: Context, params: Params) -> Reply:
    """CreateNetworkAcl: Modifying, then Available. At first one rule in each direction lets everything through."""
    acl = NetworkAcl(
        ctx.ids.resource("nacl"),
        ctx.now,
        rules.tags(params.get("Tag", ()), "Tag", 128, ctx.settings.quotas.tags_per_resource),
        vpc_id=available_vpc(ctx, params["VpcId"]).id,
        name=rules.text("NetworkAclName", params.get("NetworkAclName"), 128, "InvalidNetworkAclName.Malformed"),
        description=rules.text("Description", params.get("Description"), 256, "InvalidDescription"),
        ingress=[AclEntry(ctx.ids.resource("nae"))],
        egress=[AclEntry(ctx.ids.resource("nae"))],
    )
    limit = ctx.settings.quotas.network_acls_per_vpc
    if sum(other.vpc_id == acl.vpc_id for other in ctx.region.network_acls.values()) >= limit:
        raise quota_full("network ACLs in the VPC", limit)
    ctx.commit(params)
    ctx.add(ctx.region.network_acls, acl)
    _settle(ctx, acl)
    view = {name: value for name, value in _view(ctx, acl).items() if name not in ("OwnerId", "Tags")}
    for plural, single, _network in DIRECTIONS.values():
        # This reply leaves out what the reads say about an entry's origin.
        entries = view[plural][single]
        view[plural] = {single: [_without(entry, "EntryType", "IpVersion") for entry in entries]}
    return {"NetworkAclId": acl.id, "NetworkAclAttribute": view}


def modify_network_acl_attributes(ctx: Context, params: Params) -> Reply:
    """ModifyNetworkAclAttributes: name and description."""
    acl = _writable(ctx, params)
    name = rules.text("NetworkAclName", params.get("NetworkAclName"), 128, "InvalidNetworkAclName.Malformed")
    description = rules.text("Description", params.get("Description"), 256, "InvalidDescription")
    ctx.commit(params)
    acl.name, acl.description = name or acl.name, description or acl.description
    return {}


def update_network_acl_entries(ctx: Context, params: Params) -> Reply:
    """UpdateNetworkAclEntries: the rules of a direction are replaced as a whole, if it is to be updated."""
    acl = _writable(ctx, params)
    updates = {}
    for direction, switch in (("ingress", "UpdateIngressAclEntries"), ("egress", "UpdateEgressAclEntries")):
        plural, _single, network = DIRECTIONS[direction]
        given = params.get(plural, [])
        if params.get(switch, False):
            updates[direction] = _entries(ctx, given, plural, network)
        elif given:
            raise invalid(plural, f"it needs {switch}=true")
    if not updates:
        raise missing("UpdateIngressAclEntries")
    ctx.commit(params)
    acl.ingress = updates.get("ingress", acl.ingress)
    acl.egress = updates.get("egress", acl.egress)
    _settle(ctx, acl)
    return {}


def associate_network_acl(ctx: Context, params: Params) -> Reply:
    """AssociateNetworkAcl with vSwitches of its VPC; a vSwitch has one ACL."""
    acl = _writable(ctx, params)
    vswitches = _vswitches(ctx, acl, params)
    for vswitch in vswitches:
        if vswitch.network_acl_id:
            message = f"{vswitch.id} is associated with {vswitch.network_acl_id}."
            raise ApiError(400, "OperationFailed.AlreadyAssociated", message)
    ctx.commit(params)
    for vswitch in vswitches:
        vswitch.network_acl_id = acl.id
    _settle(ctx, acl)
    return {}


def unassociate_network_acl(ctx: Context, params: Params) -> Reply:
    """UnassociateNetworkAcl."""
    acl = _writable(ctx, params)
    vswitches = _vswitches(ctx, acl, params)
    for vswitch in vswitches:
        if vswitch.network_acl_id != acl.id:
            raise ApiError(400, "OperationFailed.NotAssociated", f"{vswitch.id} is not associated with {acl.id}.")
    ctx.commit(params)
    for vswitch in vswitches:
        vswitch.network_acl_id = ""
    _settle(ctx, acl)
    return {}


def delete_network_acl(ctx: Context, params: Params) -> Reply:
    """DeleteNetworkAcl: one without vSwitches."""
    acl = _writable(ctx, params)
    if any(item.network_acl_id == acl.id for item in ctx.region.vswitches.values()):
        raise ApiError(400, "DependencyViolation.VSwitch", f"{acl.id} is associated with vSwitches.")
    ctx.commit(params)
    del ctx.region.network_acls[acl.id]
    return {}


def describe_network_acls(ctx: Context, params: Params) -> Reply:
    """DescribeNetworkAcls, by VPC, id, name, associated vSwitch and tags. The page fields are text."""
    if ("ResourceId" in params) != ("ResourceType" in params):
        raise missing("ResourceType" if "ResourceId" in params else "ResourceId")
    choice(params, "ResourceType", ("VSwitch",), "VSwitch")
    vswitch = ctx.region.vswitches.get(params.get("ResourceId", ""))
    found = [
        acl
        for acl in ctx.readable(ctx.region.network_acls.values())
        if params.get("VpcId", acl.vpc_id) == acl.vpc_id
        and params.get("NetworkAclId", acl.id) == acl.id
        and params.get("NetworkAclName", acl.name) == acl.name
        and ("ResourceId" not in params or (vswitch is not None and vswitch.network_acl_id == acl.id))
        and tags_match(acl.tags, params.get("Tags", ()))
    ]
    selected, paging = page(params, found)
    shown = {name: str(value) for name, value in paging.items()}
    return {**shown, "NetworkAcls": {"NetworkAcl": [_view(ctx, acl) for acl in selected]}}


def describe_network_acl_attributes(ctx: Context, params: Params) -> Reply:
    """DescribeNetworkAclAttributes."""
    acl = ctx.read(ctx.region.network_acls, params["NetworkAclId"], NOT_FOUND, "network ACL")
    return {"NetworkAclAttribute": _view(ctx, acl)}


def _settle(ctx: Context, acl: NetworkAcl) -> None:
    acl.status = "Modifying"
    ctx.start(Step(ctx.settings.delays.network_acl, [Effect("network_acls", acl.id, "status", "Available")]))


def _writable(ctx: Context, params: Params) -> NetworkAcl:
    acl = require(ctx.region.network_acls, params["NetworkAclId"], NOT_FOUND, "network ACL")
    if acl.status != "Available":
        raise ApiError(400, "IncorrectStatus.NetworkAcl", f"The network ACL {acl.id} is {acl.status}.")
    return acl


def _vswitches(ctx: Context, acl: NetworkAcl, params: Params) -> list[VSwitch]:
    given = params.get("Resource")
    if not given:
        raise missing("Resource")
    own = {key: item for key, item in ctx.region.vswitches.items() if item.vpc_id == acl.vpc_id}
    for element in given:
        choice(element, "ResourceType", ("VSwitch",), "VSwitch")
    return [require(own, item["ResourceId"], "InvalidVSwitchId.NotFound", "vSwitch of the VPC") for item in given]


def _entries(ctx: Context, given: Iterable[Mapping[str, str]], path: str, network: str) -> list[AclEntry]:
    limit = ctx.settings.quotas.entries_per_network_acl
    entries = [_entry(ctx, element, f"{path}.{number}", network) for number, element in enumerate(given, start=1)]
    if len(entries) > limit:
        raise quota_full("rules in each direction of a network ACL", limit)
    return entries


def _entry(ctx: Context, element: Mapping[str, str], path: str, network: str) -> AclEntry:
    for name in ("Protocol", "Policy", "Port", network):
        if name not in element:
            raise missing(f"{path}.{name}")
    if element.get("IpVersion", "IPv4").lower() != "ipv4" or element.get("EntryType", "custom") != "custom":
        raise invalid(path, "the lab knows custom IPv4 rules only")
    protocol = element["Protocol"].lower()
    if protocol not in (*WITH_PORTS, *WITHOUT_PORTS):
        raise invalid(f"{path}.Protocol", f"it must be one of {', '.join((*WITH_PORTS, *WITHOUT_PORTS))}")
    port = element["Port"]
    first, _slash, last = port.partition("/")
    if protocol in WITHOUT_PORTS and port != "-1/-1":
        raise invalid(f"{path}.Port", f"it must be -1/-1 for {protocol}")
    if protocol in WITH_PORTS and not (
        re.fullmatch(r"\d{1,5}/\d{1,5}", port) and 1 <= int(first) <= int(last) <= 65535
    ):
        raise invalid(f"{path}.Port", "it must be a range such as 80/80 within 1 to 65535")
    if element["Policy"] not in ("accept", "drop"):
        raise invalid(f"{path}.Policy", "it must be accept or drop")
    cidr = rules.network(element[network])
    if cidr is None:
        raise invalid(f"{path}.{network}", "it must be an IPv4 network")
    return AclEntry(
        ctx.ids.resource("nae"),
        protocol,
        port,
        str(cidr),
        element["Policy"],
        rules.text(f"{path}.Name", element.get("NetworkAclEntryName"), 128, "InvalidNetworkAclEntryName"),
        rules.text(f"{path}.Description", element.get("Description"), 256, "InvalidDescription"),
    )


def _view(ctx: Context, acl: NetworkAcl) -> dict[str, Any]:
    associated = [item.id for item in ctx.region.vswitches.values() if item.network_acl_id == acl.id]
    lists = {}
    for direction, (plural, single, network) in DIRECTIONS.items():
        # What no rule names is dropped by one of the system's own.
        last = AclEntry(f"{acl.id}-{direction}", policy="drop")
        own = [_entry_view(entry, network, "custom") for entry in getattr(acl, direction)]
        lists[plural] = {single: [*own, _entry_view(last, network, "system")]}
    return {
        "NetworkAclId": acl.id,
        "NetworkAclName": acl.name,
        "Description": acl.description,
        "VpcId": acl.vpc_id,
        "RegionId": ctx.region.id,
        "OwnerId": OWNER_ID,
        "Status": acl.status,
        "CreationTime": iso(acl.created),
        **lists,
        "Resources": {
            "Resource": [{"ResourceId": item, "ResourceType": "VSwitch", "Status": "BINDED"} for item in associated]
        },
        "Tags": {"Tag": tag_list(acl.tags)},
    }


def _entry_view(entry: AclEntry, network: str, origin: str) -> dict[str, str]:
    return {
        "NetworkAclEntryId": entry.id,
        "NetworkAclEntryName": entry.name,
        "Description": entry.description,
        "Protocol": entry.protocol,
        "Port": entry.port,
        "Policy": entry.policy,
        network: entry.cidr,
        "EntryType": origin,
        "IpVersion": "IPv4",
    }


def _without(entry: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in entry.items() if name not in names}
