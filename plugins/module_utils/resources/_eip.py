# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic IP address and what it is bound to (Allocate-, Associate-, Unassociate-, Describe-, Modify-, ReleaseEip…).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import INTEGER, WORD
from ansible_collections.hybridnet.alicloud.plugins.module_utils._network_rules import (
    eip_description,
    eip_name,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import address, whole_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Lifecycle, Resource, Verb
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource_groups import moving

INSTANCE_TYPES = ("EcsInstance", "NetworkInterface", "Nat", "SlbInstance", "HaVip", "IpAddress")
#: AllocateEipAddress (Bandwidth): the most Mbit/s by how it is paid and metered.
_MOST_BANDWIDTH = {
    ("postpay", "PayByBandwidth"): 500,
    ("postpay", "PayByTraffic"): 200,
    ("prepay", "PayByBandwidth"): 1000,
}
_CHARGE_TYPES = {"prepay": "PrePaid", "postpay": "PostPaid"}
# What goes with the instance that the address is bound to.
_BINDING = ("instance_type", "private_ip_address", "mode", "instance_vpc_id")


def _charge_type(value: Any) -> str:
    return "prepay" if str(value).lower().startswith("prepa") else "postpay"


def _unbind(have: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    if have.get("instance_id"):
        yield (
            "UnassociateEipAddress",
            {
                "AllocationId": have["allocation_id"],
                "InstanceId": have["instance_id"],
                "InstanceType": have.get("instance_type"),
            },
        )


def _rebind(have: Mapping[str, Any], want: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    yield from _unbind(have)
    if want.get("instance_id"):
        moved = want["instance_id"] != have.get("instance_id")
        # The address inside the old instance means nothing in the new one.
        private = want.get("private_ip_address")
        yield (
            "AssociateEipAddress",
            {
                "AllocationId": have["allocation_id"],
                "InstanceId": want["instance_id"],
                "InstanceType": want.get("instance_type"),
                "PrivateIpAddress": None if moved and private == have.get("private_ip_address") else private,
                "Mode": want.get("mode"),
                "VpcId": want.get("instance_vpc_id"),
            },
        )


def _check(want: Mapping[str, Any]) -> Iterable[Problem]:
    charge_type, metering = want.get("charge_type"), want.get("internet_charge_type")
    if charge_type == "prepay" and metering == "PayByTraffic":
        yield Problem("internet_charge_type", shown(metering), "does not go with a subscription", "use PayByBandwidth")
    elif want.get("bandwidth") is not None and charge_type and metering:
        most = _MOST_BANDWIDTH[(charge_type, metering)]
        if want["bandwidth"] > most:
            rule = f"is more than the {most} Mbit/s of {metering} with charge_type {charge_type}"
            yield Problem("bandwidth", shown(want["bandwidth"]), rule, "lower it or choose another way of billing")
    for option in ("period", "pricing_cycle", "auto_pay"):
        if want.get(option) is not None and charge_type != "prepay":
            yield Problem(
                option, shown(want[option]), "belongs to a subscription", "set charge_type: prepay or remove it"
            )
    for option in _BINDING:
        if want.get(option) is not None and not want.get("instance_id"):
            yield Problem(option, shown(want[option]), "is given without instance_id", "add it or remove this option")
    if want.get("instance_type") == "IpAddress" and want.get("instance_vpc_id") is None:
        yield Problem(
            "instance_vpc_id", "(missing)", "is needed to bind to an address of a VPC", "add the id of the VPC"
        )


def _undeletable(have: Mapping[str, Any]) -> tuple[str, str] | None:
    if have.get("charge_type") == "prepay":
        return "is prepaid and cannot be released inside its term", "let it expire or refund it in the console"
    return None


EIP = Resource(
    kind="eip",
    title="EIP",
    id_option="allocation_id",
    id_param="AllocationId",
    key=("name",),
    rank=3,
    list_action="DescribeEipAddresses",
    list_items=("EipAddresses", "EipAddress"),
    list_filters={
        "allocation_id": "AllocationId",
        "name": "EipName",
        "ip_address": "EipAddress",
        "instance_id": "AssociatedInstanceId",
        "resource_group_id": "ResourceGroupId",
    },
    page_size=100,
    create_action="AllocateEipAddress",
    delete_action="ReleaseEipAddress",
    verbs={
        "modify": Verb("ModifyEipAddressAttribute"),
        "bind": Verb(calls=_rebind),
        "move": moving("Eip", "allocation_id"),
    },
    tag_type="EIP",
    tags_at_create="Tag",
    lifecycle=Lifecycle("status", frozenset({"Available", "InUse"}), frozenset({"Releasing"})),
    check=_check,
    undeletable=_undeletable,
    detach=_unbind,
    fields=(
        Field("allocation_id", {"type": "str"}, read="AllocationId"),
        Field("name", {"type": "str"}, write="Name", read="Name", verb="modify", rule=eip_name),
        Field(
            "bandwidth",
            {"type": "int"},
            write="Bandwidth",
            read="Bandwidth",
            codec=INTEGER.with_(to_api=str),
            verb="modify",
            rule=whole_number(1, 1000, "Mbit/s"),
        ),
        Field(
            "internet_charge_type",
            {"type": "str", "choices": ["PayByBandwidth", "PayByTraffic"]},
            write="InternetChargeType",
            read="InternetChargeType",
        ),
        Field(
            "charge_type",
            {"type": "str", "choices": ["prepay", "postpay"]},
            write="InstanceChargeType",
            read="ChargeType",
            codec=WORD.with_(to_api=_CHARGE_TYPES.get, from_api=_charge_type),
        ),
        Field("period", {"type": "int"}, write="Period", rule=whole_number(1, 9)),
        Field("pricing_cycle", {"type": "str", "choices": ["Month", "Year"]}, write="PricingCycle"),
        Field("auto_pay", {"type": "bool"}, write="AutoPay"),
        Field("isp", {"type": "str"}, write="ISP", read="ISP"),
        Field(
            "description",
            {"type": "str"},
            write="Description",
            read="Description",
            verb="modify",
            rule=eip_description,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("instance_id", {"type": "str"}, write="InstanceId", read="InstanceId", create=False, verb="bind"),
        Field(
            "instance_type",
            {"type": "str", "choices": list(INSTANCE_TYPES)},
            write="InstanceType",
            read="InstanceType",
            create=False,
            verb="bind",
        ),
        Field(
            "private_ip_address",
            {"type": "str"},
            write="PrivateIpAddress",
            read="PrivateIpAddress",
            create=False,
            verb="bind",
            rule=address,
        ),
        Field(
            "mode",
            {"type": "str", "choices": ["NAT", "MULTI_BINDED", "BINDED"]},
            write="Mode",
            read="Mode",
            create=False,
            verb="bind",
        ),
        Field("instance_vpc_id", {"type": "str"}, write="VpcId", read="VpcId", create=False, verb="bind"),
        Field("ip_address", read="IpAddress"),
        Field("status", read="Status"),
        Field("business_status", read="BusinessStatus"),
        Field("create_time", read="AllocationTime"),
        Field("end_time", read="ExpiredTime"),
    ),
)
