# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ECS instance (RunInstances, DescribeInstances, DescribeUserData, ModifyInstanceAttribute, Start-, Stop-,
DeleteInstance).

Private to this collection.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import BOOLEAN, INTEGER, WORD, Codec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import address, whole_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs import (
    ecs_description,
    ecs_name,
    move_verb,
)

#: RunInstances (SystemDisk.Category, SystemDisk.PerformanceLevel, UserData, SecurityGroupIds).
DISK_CATEGORIES = ("cloud_essd", "cloud_essd_entry", "cloud_auto", "cloud_efficiency", "cloud_ssd")
DISK_LEVELS = ("PL0", "PL1", "PL2", "PL3")
MOST_USER_DATA = 32 * 1024
MOST_GROUPS = 16
_HOST_NAME = re.compile(r"(?!.*[.-]{2})[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])")
# What an instance that only passes through a state is on its way to.
_HEADING_FOR = {"pending": "running", "starting": "running", "stopping": "stopped"}
_CHARGE_TYPES = {"postpaid": "PostPaid", "prepaid": "PrePaid"}
_INTERNET_CHARGE_TYPES = {"pay_by_traffic": "PayByTraffic", "pay_by_bandwidth": "PayByBandwidth"}


def _words(spellings: Mapping[str, str]) -> Codec:
    """Words of ours for words of the API; a word that the table lacks is kept, so that it shows as a difference."""
    ours = {theirs.lower(): word for word, theirs in spellings.items()}
    return Codec(to_api=lambda value: spellings[value], from_api=lambda value: ours.get(str(value).lower(), str(value)))


def _from_base64(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return value


_STATUS = WORD.with_(normal=lambda value: _HEADING_FOR.get(str(value).lower(), str(value).lower()))
_USER_DATA = Codec(to_api=lambda value: base64.b64encode(value.encode()).decode(), from_api=_from_base64)
_GROUPS = Codec(normal=lambda value: sorted(set(value)))
_FIRST = Codec(from_api=lambda value: value[0] if value else "")


def _host_name(value: str, path: str) -> Problem | None:
    if _HOST_NAME.fullmatch(value):
        return None
    rule = "is not 2 to 64 letters, digits, single dots and dashes, with a letter or digit at both ends"
    return Problem(path, shown(value), rule, "change the host name")


def _user_data(value: str, path: str) -> Problem | None:
    if len(value.encode()) <= MOST_USER_DATA:
        return None
    return Problem(path, HIDDEN, "is larger than 32 KB", "have it fetch the rest from elsewhere")


def _group_ids(value: list[str], path: str) -> Problem | None:
    if 1 <= len(set(value)) <= MOST_GROUPS:
        return None
    return Problem(path, f"{len(value)} groups", f"are not 1 to {MOST_GROUPS}", "choose others")


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    prepaid = want.get("charge_type") == "prepaid"
    if want.get("period") is not None and not prepaid:
        yield Problem("period", shown(want["period"]), "belongs to a prepaid instance", "set charge_type: prepaid")
    if prepaid and want.get("deletion_protection"):
        rule = "is for instances that are paid as they go"
        yield Problem("deletion_protection", "True", rule, "remove it: a prepaid instance cannot be deleted anyway")
    disk = want.get("system_disk") or {}
    if disk.get("performance_level") and disk.get("category") not in (None, "cloud_essd"):
        value = shown(disk["performance_level"])
        yield Problem("system_disk.performance_level", value, "belongs to a cloud_essd disk", "remove it")


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("deletion_protection"):
        return "is protected against deletion", "set deletion_protection: false with state: present first"
    if have.get("charge_type") == "prepaid":
        return "is prepaid and cannot be released inside its term", "let it expire or refund it in the console"
    return None


def _power(have: Mapping[str, Any], want: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    instance = {"InstanceId": have["instance_id"]}
    if have.get("status") == want["status"]:
        return
    if want["status"] == "running":
        yield "StartInstance", instance
    else:
        mode = {"stop_charging": "StopCharging", "keep_charging": "KeepCharging"}.get(str(want.get("stopped_mode")))
        yield "StopInstance", {**instance, "StoppedMode": mode}


def _instance_id(reply: Mapping[str, Any]) -> str:
    return reply["InstanceIdSets"]["InstanceIdSet"][0]


def _ids(value: str) -> str:
    return json.dumps([value])


ECS_INSTANCE = Resource(
    kind="ecs_instance",
    title="ECS instance",
    product="ecs",
    id_option="instance_id",
    id_param="InstanceId",
    key=("name",),
    rank=8,
    list_action="DescribeInstances",
    list_items=("Instances", "Instance"),
    list_filters={
        "instance_id": "InstanceIds",
        "name": "InstanceName",
        "vpc_id": "VpcId",
        "vswitch_id": "VSwitchId",
        "zone_id": "ZoneId",
        "security_group_id": "SecurityGroupId",
        "key_pair": "KeyPairName",
        "private_ip": "PrivateIpAddresses",
        "resource_group_id": "ResourceGroupId",
    },
    list_codecs={"instance_id": _ids, "private_ip": _ids},
    page_size=100,
    token_size="MaxResults",
    more_reads=("DescribeUserData",),
    constants={"RunInstances": {"Amount": 1}, "DeleteInstance": {"Force": True}},
    dry_run=True,
    create_action="RunInstances",
    created_id=_instance_id,
    delete_action="DeleteInstance",
    verbs={
        "modify": Verb("ModifyInstanceAttribute"),
        "move": move_verb("instance", "instance_id"),
        "power": Verb(calls=_power),
    },
    states={"running": {"status": "running"}, "stopped": {"status": "stopped"}},
    tag_type="instance",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"running", "stopped"})),
    check=_check,
    undeletable=_undeletable,
    fields=(
        Field("instance_id", {"type": "str"}, read="InstanceId"),
        Field("name", {"type": "str"}, write="InstanceName", read="InstanceName", verb="modify", rule=ecs_name),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=ecs_description,
        ),
        Field("host_name", {"type": "str"}, write="HostName", read="HostName", verb="modify", rule=_host_name),
        Field("image_id", {"type": "str"}, write="ImageId", read="ImageId", required=True),
        Field("instance_type", {"type": "str"}, write="InstanceType", read="InstanceType", required=True),
        Field("vswitch_id", {"type": "str"}, write="VSwitchId", read="VpcAttributes.VSwitchId", required=True),
        Field(
            "security_group_ids",
            {"type": "list", "elements": "str"},
            write="SecurityGroupIds",
            read="SecurityGroupIds.SecurityGroupId",
            codec=_GROUPS,
            verb="modify",
            required=True,
            rule=_group_ids,
        ),
        # The name of a key pair is no secret.
        Field("key_pair", {"type": "str", "no_log": False}, write="KeyPairName", read="KeyPairName"),
        Field(
            "user_data",
            {"type": "str", "no_log": True},
            write="UserData",
            read="UserData",
            codec=_USER_DATA,
            secret=True,
            detail=True,
            rule=_user_data,
        ),
        Field(
            "private_ip",
            {"type": "str"},
            write="PrivateIpAddress",
            read="VpcAttributes.PrivateIpAddress.IpAddress",
            codec=_FIRST,
            rule=address,
        ),
        Field(
            "system_disk",
            {"type": "dict"},
            write="SystemDisk",
            fields=(
                Field("category", {"type": "str", "choices": list(DISK_CATEGORIES)}, write="Category"),
                Field(
                    "size",
                    {"type": "int"},
                    write="Size",
                    codec=Codec(to_api=str),
                    rule=whole_number(20, 2048, "GiB"),
                ),
                Field("performance_level", {"type": "str", "choices": list(DISK_LEVELS)}, write="PerformanceLevel"),
            ),
        ),
        Field(
            "internet_bandwidth",
            {"type": "int"},
            write="InternetMaxBandwidthOut",
            read="InternetMaxBandwidthOut",
            codec=INTEGER,
            rule=whole_number(0, 100, "Mbit/s"),
        ),
        Field(
            "internet_charge_type",
            {"type": "str", "choices": list(_INTERNET_CHARGE_TYPES)},
            write="InternetChargeType",
            read="InternetChargeType",
            codec=_words(_INTERNET_CHARGE_TYPES),
        ),
        Field(
            "charge_type",
            {"type": "str", "choices": list(_CHARGE_TYPES)},
            write="InstanceChargeType",
            read="InstanceChargeType",
            codec=_words(_CHARGE_TYPES),
        ),
        Field("period", {"type": "int", "choices": [*range(1, 10), 12, 24, 36, 48, 60]}, write="Period"),
        Field(
            "deletion_protection",
            {"type": "bool"},
            write="DeletionProtection",
            read="DeletionProtection",
            codec=BOOLEAN,
            verb="modify",
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("stopped_mode", {"type": "str", "choices": ["keep_charging", "stop_charging"]}),
        # Last, so that an instance is stopped after everything else that changes.
        Field("status", read="Status", codec=_STATUS, create=False, verb="power"),
        Field("vpc_id", read="VpcAttributes.VpcId"),
        Field("zone_id", read="ZoneId"),
        Field("public_ip", read="PublicIpAddress.IpAddress", codec=_FIRST),
        Field("eip", read="EipAddress.IpAddress"),
        Field("eip_allocation_id", read="EipAddress.AllocationId"),
        Field("create_time", read="CreationTime"),
        Field("expired_time", read="ExpiredTime"),
    ),
)
