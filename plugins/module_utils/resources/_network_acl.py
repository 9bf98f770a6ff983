# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network ACL with its rules and the vSwitches it filters (…NetworkAcl, …NetworkAclAttributes, …NetworkAclEntries).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._acl_entries import (
    ENTRIES_SPEC,
    check_entries,
    entries,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import description, name
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb

_INGRESS, _EGRESS = entries("SourceCidrIp"), entries("DestinationCidrIp")


def _ids(resources: Any) -> list[str]:
    return [item["ResourceId"] for item in resources if item.get("ResourceType", "VSwitch") == "VSwitch"]


# Which vSwitches an ACL filters is a set.
_RESOURCES = Codec(from_api=_ids, normal=lambda value: sorted(set(value)))


def _call(action: str, acl_id: str, vswitch_ids: Iterable[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    resources = [{"ResourceType": "VSwitch", "ResourceId": item} for item in sorted(vswitch_ids)]
    if resources:
        yield action, {"NetworkAclId": acl_id, "Resource": resources}


def _associate(have: Mapping[str, Any], want: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    present, wanted = set(have.get("vswitch_ids") or []), set(want["vswitch_ids"])
    yield from _call("UnassociateNetworkAcl", have["network_acl_id"], present - wanted)
    yield from _call("AssociateNetworkAcl", have["network_acl_id"], wanted - present)


def _detach(have: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    return _call("UnassociateNetworkAcl", have["network_acl_id"], have.get("vswitch_ids") or [])


def _replace(have: Mapping[str, Any], want: Mapping[str, Any], options: set[str]) -> dict[str, Any]:
    params: dict[str, Any] = {"NetworkAclId": have["network_acl_id"]}
    if "ingress" in options:
        params.update(UpdateIngressAclEntries=True, IngressAclEntries=_INGRESS.to_api(want["ingress"]))
    if "egress" in options:
        params.update(UpdateEgressAclEntries=True, EgressAclEntries=_EGRESS.to_api(want["egress"]))
    return params


NETWORK_ACL = Resource(
    kind="network_acl",
    title="network ACL",
    id_option="network_acl_id",
    id_param="NetworkAclId",
    key=("name",),
    scope=("vpc_id",),
    rank=4,
    list_action="DescribeNetworkAcls",
    list_items=("NetworkAcls", "NetworkAcl"),
    list_filters={"network_acl_id": "NetworkAclId", "name": "NetworkAclName", "vpc_id": "VpcId"},
    create_action="CreateNetworkAcl",
    delete_action="DeleteNetworkAcl",
    dry_run=True,
    verbs={
        "modify": Verb("ModifyNetworkAclAttributes"),
        "entries": Verb("UpdateNetworkAclEntries", _replace),
        "associate": Verb(calls=_associate),
    },
    tag_type="NETWORKACL",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"Available"}), frozenset({"Deleting"})),
    detach=_detach,
    fields=(
        Field("network_acl_id", {"type": "str"}, read="NetworkAclId"),
        Field("name", {"type": "str"}, write="NetworkAclName", read="NetworkAclName", verb="modify", rule=name),
        Field("vpc_id", {"type": "str"}, write="VpcId", read="VpcId", required=True),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=description,
        ),
        Field(
            "ingress",
            ENTRIES_SPEC,
            write="IngressAclEntries",
            read="IngressAclEntries.IngressAclEntry",
            codec=_INGRESS,
            create=False,
            verb="entries",
            rule=check_entries,
        ),
        Field(
            "egress",
            ENTRIES_SPEC,
            write="EgressAclEntries",
            read="EgressAclEntries.EgressAclEntry",
            codec=_EGRESS,
            create=False,
            verb="entries",
            rule=check_entries,
        ),
        Field(
            "vswitch_ids",
            {"type": "list", "elements": "str"},
            write="Resource",
            read="Resources.Resource",
            codec=_RESOURCES,
            create=False,
            verb="associate",
        ),
        Field("status", read="Status"),
        Field("create_time", read="CreationTime"),
    ),
)
