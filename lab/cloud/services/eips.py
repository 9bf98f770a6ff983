"""Elastic IP addresses: allocate, bind to an instance, change, read, release."""

from __future__ import annotations

import re

from lab.cloud.clock import iso
from lab.cloud.dataplane import INSTANCE_POOL, first_free_address
from lab.cloud.errors import ApiError, invalid, missing, quota_full
from lab.cloud.model import Eip, Instance, Region
from lab.cloud.services import rules
from lab.cloud.services.context import Context, Params, Reply, choice, comma_list, page, require, tag_list, tags_match
from lab.cloud.services.gateways import used_addresses
from lab.cloud.services.vpcs import available_vpc
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidAllocationId.NotFound"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,127}")
BANDWIDTHS = {
    ("PostPaid", "PayByBandwidth"): 500,
    ("PostPaid", "PayByTraffic"): 200,
    ("PrePaid", "PayByBandwidth"): 1000,
}
PERIODS = {"Month": range(1, 10), "Year": range(1, 6)}
DAYS = {"Month": 30, "Year": 365}
# The form of the ids that an address can be bound to, by type of instance.
INSTANCES = {
    "EcsInstance": "i-",
    "Nat": "ngw-",
    "SlbInstance": "lb-",
    "NetworkInterface": "eni-",
    "HaVip": "havip-",
    "IpAddress": "",
}
SEVERAL_ADDRESSES = ("Nat", "NetworkInterface")


def allocate_eip_address(ctx: Context, params: Params) -> Reply:
    """AllocateEipAddress. The address is Available at once."""
    charge_type = choice(params, "InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid")
    metering = choice(params, "InternetChargeType", ("PayByBandwidth", "PayByTraffic"), "PayByBandwidth")
    if (charge_type, metering) not in BANDWIDTHS:
        raise invalid("InternetChargeType", "a subscription is paid by bandwidth")
    eip = Eip(
        ctx.ids.resource("eip"),
        ctx.now,
        rules.tags(params.get("Tag", ()), "Tag", 128, ctx.settings.quotas.tags_per_resource),
        bandwidth=_bandwidth(params.get("Bandwidth", "5"), charge_type, metering),
        name=_name(params.get("Name")),
        description=_description(params.get("Description")),
        charge_type=charge_type,
        internet_charge_type=metering,
        isp=choice(params, "ISP", ("BGP",), "BGP"),
        resource_group_id=rules.resource_group(params.get("ResourceGroupId")),
        end_time=_end(ctx, params) if charge_type == "PrePaid" else 0.0,
    )
    choice(params, "Netmode", ("public",), "public")
    limit = ctx.settings.quotas.eips
    if len(ctx.region.eips) >= limit:
        raise quota_full("elastic IP addresses in the region", limit)
    eip.address = free_address(ctx, frozenset())
    ctx.commit(params)
    ctx.add(ctx.region.eips, eip)
    return {
        "AllocationId": eip.id,
        "EipAddress": eip.address,
        "OrderId": ctx.ids.order(),
        "ResourceGroupId": eip.resource_group_id,
    }


def associate_eip_address(ctx: Context, params: Params) -> Reply:
    """AssociateEipAddress: Associating, then InUse. Most instances take one address."""
    eip = require(ctx.region.eips, params["AllocationId"], NOT_FOUND, "EIP")
    kind = choice(params, "InstanceType", INSTANCES, "EcsInstance")
    mode = choice(params, "Mode", ("NAT", "MULTI_BINDED", "BINDED"), "NAT")
    if mode != "NAT" and kind != "NetworkInterface":
        raise invalid("Mode", "only a network interface has other modes than NAT")
    instance = params["InstanceId"]
    if kind == "IpAddress":
        if "VpcId" not in params:
            raise missing("VpcId")
        available_vpc(ctx, params["VpcId"])
        if rules.address(instance) is None:
            raise invalid("InstanceId", "it must be an IP address of the VPC")
    elif not instance.startswith(INSTANCES[kind]):
        raise ApiError(404, "InvalidInstanceId.NotFound", f"The specified instance {instance} does not exist.")
    private = params.get("PrivateIpAddress", "")
    if private and rules.address(private) is None:
        raise invalid("PrivateIpAddress", "it must be an IP address")
    if eip.status != "Available":
        raise _wrong_status(eip)
    bound = [other for other in ctx.region.eips.values() if other.instance_id == instance]
    if bound and kind not in SEVERAL_ADDRESSES:
        raise ApiError(400, "InvalidAssociation.Duplicated", f"{instance} already has the address {bound[0].address}.")
    if kind == "EcsInstance" and instance in ctx.region.instances:
        _check_instance(ctx.region.instances[instance])
    ctx.commit(params)
    eip.status = "Associating"
    eip.instance_id, eip.instance_type, eip.private_address, eip.mode = instance, kind, private, mode
    eip.vpc_id = params.get("VpcId", "")
    ctx.start(Step(ctx.settings.delays.eip, [Effect("eips", eip.id, "status", "InUse")], barrier=True))
    return {}


def unassociate_eip_address(ctx: Context, params: Params) -> Reply:
    """UnassociateEipAddress: Unassociating, then Available."""
    eip = require(ctx.region.eips, params["AllocationId"], NOT_FOUND, "EIP")
    choice(params, "InstanceType", INSTANCES, "EcsInstance")
    if eip.status != "InUse":
        raise _wrong_status(eip)
    if params.get("InstanceId", eip.instance_id) != eip.instance_id:
        raise ApiError(400, "InvalidInstanceId.NotBound", f"{eip.id} is not bound to the specified instance.")
    if params.get("PrivateIpAddress", eip.private_address) != eip.private_address:
        raise invalid("PrivateIpAddress", "the EIP is not bound to it")
    ctx.commit(params)
    eip.status = "Unassociating"
    ctx.start(Step(ctx.settings.delays.eip, unbound(eip), barrier=True))
    return {}


def modify_eip_address_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyEipAddressAttribute: bandwidth of a pay-as-you-go address, name, description."""
    eip = require(ctx.region.eips, params["AllocationId"], NOT_FOUND, "EIP")
    if "Bandwidth" in params and eip.charge_type == "PrePaid":
        raise invalid("Bandwidth", "that of a subscription cannot be changed")
    bandwidth = _bandwidth(params.get("Bandwidth", str(eip.bandwidth)), eip.charge_type, eip.internet_charge_type)
    name, description = _name(params.get("Name")), _description(params.get("Description"))
    if eip.status not in ("Available", "InUse"):
        raise _wrong_status(eip)
    ctx.commit(params)
    eip.bandwidth = bandwidth
    eip.name, eip.description = name or eip.name, description or eip.description
    return {}


def release_eip_address(ctx: Context, params: Params) -> Reply:
    """ReleaseEipAddress. Refused while the address is bound, or a subscription in its term."""
    eip = require(ctx.region.eips, params["AllocationId"], NOT_FOUND, "EIP")
    if eip.end_time > ctx.now:
        raise ApiError(403, "ForbiddenRelease", "The EIP is a subscription that has not expired.")
    if eip.status != "Available":
        raise _wrong_status(eip)
    ctx.commit(params)
    eip.status = "Releasing"
    ctx.start(Step(ctx.settings.delays.eip, [Effect("eips", eip.id)]))
    return {}


def describe_eip_addresses(ctx: Context, params: Params) -> Reply:
    """DescribeEipAddresses: up to 50 ids and 50 addresses, by name, status, billing, instance, group, tags."""
    lists = {name: comma_list(params.get(name)) for name in ("AllocationId", "EipAddress")}
    for name, values in lists.items():
        if len(values) > 50:
            raise invalid(name, "at most 50 can be given")
    found = [
        eip
        for eip in ctx.readable(ctx.region.eips.values())
        if (not lists["AllocationId"] or eip.id in lists["AllocationId"])
        and (not lists["EipAddress"] or eip.address in lists["EipAddress"])
        and params.get("EipName", eip.name) == eip.name
        and params.get("Status", eip.status) == eip.status
        and params.get("ChargeType", eip.charge_type) == eip.charge_type
        and params.get("ISP", eip.isp) == eip.isp
        and params.get("AssociatedInstanceId", eip.instance_id) == eip.instance_id
        and params.get("AssociatedInstanceType", eip.instance_type) == eip.instance_type
        and params.get("ResourceGroupId", eip.resource_group_id) == eip.resource_group_id
        and "LockReason" not in params
        and tags_match(eip.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found, 100)
    return {**paging, "EipAddresses": {"EipAddress": [_view(ctx, eip) for eip in selected]}}


def bound_to(region: Region, instance_id: str) -> Eip | None:
    """The elastic address of an instance."""
    return next((eip for eip in region.eips.values() if eip.instance_id == instance_id), None)


def unbound(eip: Eip) -> list[Effect]:
    """The address is bound to nothing and Available."""
    names = ("instance_id", "instance_type", "private_address", "mode", "vpc_id")
    return [*(Effect("eips", eip.id, name, "") for name in names), Effect("eips", eip.id, "status", "Available")]


def free_address(ctx: Context, taken: frozenset[str]) -> str:
    """A free public address for an instance that is not one of ``taken`` either."""
    try:
        return first_free_address(used_addresses(ctx) | taken, INSTANCE_POOL, 1)
    except RuntimeError:
        raise ApiError(400, "Resource.QuotaFull", "No public IP address is left.") from None


def _check_instance(instance: Instance) -> None:
    if instance.status not in ("Running", "Stopped"):
        raise ApiError(400, "IncorrectInstanceStatus", f"The instance {instance.id} is {instance.status}.")
    if instance.public_address:
        message = f"The instance {instance.id} has the public address {instance.public_address}."
        raise ApiError(400, "InvalidStatus.InstanceHasBandWidth", message)


def _view(ctx: Context, eip: Eip) -> Reply:
    return {
        "AllocationId": eip.id,
        "AllocationTime": iso(eip.created),
        "IpAddress": eip.address,
        "Name": eip.name,
        "Description": eip.description,
        "Bandwidth": str(eip.bandwidth),
        "EipBandwidth": str(eip.bandwidth),
        "ChargeType": eip.charge_type,
        "InternetChargeType": eip.internet_charge_type,
        "ExpiredTime": iso(eip.end_time) if eip.end_time else "",
        "BusinessStatus": "Normal",
        "ISP": eip.isp,
        "Netmode": "public",
        "InstanceId": eip.instance_id,
        "InstanceType": eip.instance_type,
        "InstanceRegionId": ctx.region.id if eip.instance_id else "",
        "PrivateIpAddress": eip.private_address,
        "Mode": eip.mode,
        "VpcId": eip.vpc_id,
        "RegionId": ctx.region.id,
        "ResourceGroupId": eip.resource_group_id,
        "Status": eip.status,
        "DeletionProtection": False,
        "SecondLimited": False,
        "Tags": {"Tag": tag_list(eip.tags)},
    }


def _bandwidth(text: str, charge_type: str, metering: str) -> int:
    limit = BANDWIDTHS[(charge_type, metering)]
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= limit:
        raise invalid("Bandwidth", f"it must be from 1 to {limit} Mbit/s")
    return int(text)


def _name(value: str | None) -> str:
    if value is not None and not NAME.fullmatch(value):
        raise ApiError(400, "InvalidName.Malformed", "Name must be a letter and up to 127 letters, digits and '._-'.")
    return value or ""


def _description(value: str | None) -> str:
    if value is None:
        return ""
    if not 2 <= len(value) <= 256 or not value[0].isalpha() or value.lower().startswith(("http://", "https://")):
        message = "Description must have 2 to 256 characters, start with a letter and not with http:// or https://."
        raise ApiError(400, "InvalidDescription.Malformed", message)
    return value


def _end(ctx: Context, params: Params) -> float:
    cycle = choice(params, "PricingCycle", PERIODS, "Month")
    if "Period" not in params:
        raise missing("Period")
    if params["Period"] not in PERIODS[cycle]:
        raise invalid("Period", "it must be 1 to 9 months or 1 to 5 years")
    if not params.get("AutoPay"):
        raise invalid("AutoPay", "the lab has no order centre to pay in, so it must be true")
    return ctx.now + params["Period"] * DAYS[cycle] * 86400


def _wrong_status(eip: Eip) -> ApiError:
    return ApiError(400, "IncorrectEipStatus", f"The EIP {eip.id} is {eip.status}.")
