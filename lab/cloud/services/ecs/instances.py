"""ECS instances: RunInstances, ModifyInstanceAttribute, DeleteInstance(s)."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable

from lab.cloud.errors import ApiError, invalid, missing, not_found, quota_full
from lab.cloud.model import Instance, VSwitch
from lab.cloud.services import rules as common
from lab.cloud.services.context import Context, Params, Reply, choice
from lab.cloud.services.ecs import key_pairs, offers, rules, security_groups
from lab.cloud.services.eips import bound_to, free_address, unbound
from lab.cloud.state import Effect, Step

NOT_FOUND = "InvalidInstanceId.NotFound"
MONTH_SECONDS = 30 * 86400
PERIODS = (*range(1, 10), 12, 24, 36, 48, 60)
MAX_AT_ONCE = 100
MAX_USER_DATA = 32 * 1024
_HOST_NAME = re.compile(r"(?!.*[.-]{2})[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])")


def run_instances(ctx: Context, params: Params) -> Reply:
    """RunInstances: Pending, Starting, Running. MinAmount changes nothing, as the lab never runs out of stock."""
    amount = params.get("Amount", 1)
    if not 1 <= amount <= MAX_AT_ONCE or not 1 <= params.get("MinAmount", 1) <= amount:
        raise ApiError(400, "InvalidParameter.Amount", f"Amount must be from 1 to {MAX_AT_ONCE}.")
    if "PrivateIpAddress" in params and amount > 1:
        raise invalid("PrivateIpAddress", "several instances cannot have one address")
    vswitch = _vswitch(ctx, params)
    template = _template(ctx, params, vswitch)
    quota = ctx.settings.quotas.instances
    if len(ctx.region.instances) + amount > quota:
        raise quota_full("instances in the region", quota)
    instances: list[Instance] = []
    for _ in range(amount):
        instances.append(_instance(ctx, params, template, vswitch, instances))
    ctx.commit(params)
    for instance in instances:
        ctx.add(ctx.region.instances, instance)
    delays = ctx.settings.delays
    ctx.start(
        Step(delays.instance_create, [status_effect(instance, "Starting") for instance in instances]),
        Step(delays.instance_start, [status_effect(instance, "Running") for instance in instances], barrier=True),
    )
    reply: Reply = {"InstanceIdSets": {"InstanceIdSet": [instance.id for instance in instances]}}
    return {**reply, "OrderId": str(ctx.ids.order())} if template.charge_type == "PrePaid" else reply


def modify_instance_attribute(ctx: Context, params: Params) -> Reply:
    """ModifyInstanceAttribute: names, description, groups, deletion protection; user data of a stopped instance."""
    instance = existing(ctx, params["InstanceId"])
    if instance.status not in ("Running", "Stopped"):
        raise incorrect_status(instance)
    name = _name(params, instance.name)
    description = rules.description(params.get("Description"))
    host_name = _host_name(params, instance.host_name)
    groups = instance.security_group_ids
    if "SecurityGroupIds" in params:
        vpc_id = ctx.region.vswitches[instance.vswitch_id].vpc_id
        groups = _groups(ctx, params["SecurityGroupIds"], vpc_id)
    if params.get("DeletionProtection") and instance.charge_type == "PrePaid":
        raise ApiError(
            403, "InvalidOperation.DeletionProtection", "Deletion protection is for pay-as-you-go instances."
        )
    user_data = instance.user_data
    if "UserData" in params:
        if instance.status != "Stopped":
            raise incorrect_status(instance)
        user_data = _user_data(params)
    ctx.commit(params)
    instance.name, instance.host_name, instance.user_data = name, host_name, user_data
    instance.description = description or instance.description
    instance.security_group_ids = groups
    instance.deletion_protection = params.get("DeletionProtection", instance.deletion_protection)
    return {}


def delete_instance(ctx: Context, params: Params) -> Reply:
    """DeleteInstance: a stopped instance, or with Force any other; not a protected one nor a subscription."""
    return _delete(ctx, params, [params["InstanceId"]])


def delete_instances(ctx: Context, params: Params) -> Reply:
    """DeleteInstances: the same for up to 100; all or none."""
    return _delete(ctx, params, params["InstanceId"])


def existing(ctx: Context, identifier: str) -> Instance:
    """The instance for a write."""
    if identifier not in ctx.region.instances:
        raise not_found(NOT_FOUND, "instance", identifier)
    return ctx.region.instances[identifier]


def incorrect_status(instance: Instance) -> ApiError:
    """``IncorrectInstanceStatus``: the instance is in no state for the operation."""
    message = f"The current status of the resource {instance.id} does not support this operation: {instance.status}."
    return ApiError(403, "IncorrectInstanceStatus", message)


def _no_protection() -> ApiError:
    message = "Deletion protection is for pay-as-you-go instances."
    return ApiError(403, "InvalidOperation.DeletionProtection", message)


def status_effect(instance: Instance, status: str) -> Effect:
    """The instance takes a status."""
    return Effect("instances", instance.id, "status", status)


def _delete(ctx: Context, params: Params, identifiers: Iterable[str]) -> Reply:
    instances = [existing(ctx, identifier) for identifier in identifiers]
    for instance in instances:
        if instance.deletion_protection:
            message = f"The operation is denied because {instance.id} is protected against deletion."
            raise ApiError(403, "OperationDenied.DeletionProtection", message)
        if instance.charge_type == "PrePaid" and instance.end_time > ctx.now:
            raise ApiError(403, "InvalidOperation.ChargeTypeViolation", f"{instance.id} is a subscription in its term.")
        if instance.status == "Pending":
            raise ApiError(403, "IncorrectInstanceStatus.Initializing", f"{instance.id} is being initialized.")
        if instance.status != "Stopped" and not params.get("Force"):
            raise incorrect_status(instance)
    ctx.commit(params)
    effects = [Effect("instances", instance.id) for instance in instances]
    for instance in instances:
        instance.status = "Stopped" if instance.status == "Stopped" else "Stopping"
        eip = bound_to(ctx.region, instance.id)
        effects += unbound(eip) if eip else []
    ctx.start(Step(ctx.settings.delays.instance_release, effects, barrier=True))
    return {}


def _template(ctx: Context, params: Params, vswitch: VSwitch) -> Instance:
    """Everything that the instances of one call have in common."""
    for name in ("ImageId", "InstanceType"):
        if name not in params:
            raise missing(name)
    image, instance_type = offers.IMAGES.get(params["ImageId"]), params["InstanceType"]
    if image is None:
        raise not_found("InvalidImageId.NotFound", "image", params["ImageId"])
    if instance_type not in offers.TYPES:
        raise ApiError(403, "InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist.")
    if image.architecture != "x86_64":
        raise ApiError(403, "InvalidInstanceType.NotSupportImage", "The instance type cannot run the image.")
    if ctx.has_machines and image.platform != offers.BOOTS:
        message = f"The lab's instances boot {offers.BOOTS} only: take {offers.BOOTABLE}."
        raise ApiError(403, "InvalidInstanceType.NotSupportImage", message)
    if "SecurityGroupId" in params and "SecurityGroupIds" in params:
        raise invalid("SecurityGroupId", "it cannot be given together with SecurityGroupIds")
    group_ids = params.get("SecurityGroupIds") or ([params["SecurityGroupId"]] if "SecurityGroupId" in params else [])
    if not group_ids:
        raise missing("SecurityGroupId")
    if "KeyPairName" in params and params["KeyPairName"] not in ctx.region.key_pairs:
        raise not_found(key_pairs.NOT_FOUND, "key pair", params["KeyPairName"])
    charge_type = choice(params, "InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid")
    if charge_type == "PrePaid" and params.get("Period") not in PERIODS:
        raise ApiError(400, "InvalidPeriod", "A subscription needs 1 to 9, 12, 24, 36, 48 or 60 months.")
    if charge_type == "PrePaid" and not params.get("AutoPay", True):
        raise invalid("AutoPay", "the lab has no unpaid orders")
    if params.get("DeletionProtection") and charge_type == "PrePaid":
        raise ApiError(
            403, "InvalidOperation.DeletionProtection", "Deletion protection is for pay-as-you-go instances."
        )
    choice(params, "PeriodUnit", ("Month",), "Month")
    out, into = params.get("InternetMaxBandwidthOut", 0), params.get("InternetMaxBandwidthIn", 10)
    if not 0 <= out <= 100 or not 1 <= into <= 100:
        raise ApiError(400, "InvalidParameter.Bandwidth", "Bandwidths must be 0 to 100 Mbit/s out, 1 to 100 in.")
    category, size, level = _system_disk(params, image)
    return Instance(
        "",
        ctx.now,
        common.tags(params.get("Tag", ()), "Tag", 128, ctx.settings.quotas.tags_per_resource),
        name=_name(params, ""),
        description=rules.description(params.get("Description")),
        image_id=image.id,
        type=instance_type,
        vswitch_id=vswitch.id,
        security_group_ids=_groups(ctx, group_ids, vswitch.vpc_id),
        key_pair=params.get("KeyPairName", ""),
        user_data=_user_data(params),
        bandwidth_out=out,
        bandwidth_in=into,
        internet_charge_type=choice(params, "InternetChargeType", ("PayByTraffic", "PayByBandwidth"), "PayByTraffic"),
        disk_category=category,
        disk_size=size,
        disk_level=level,
        charge_type=charge_type,
        end_time=ctx.now + params.get("Period", 0) * MONTH_SECONDS if charge_type == "PrePaid" else 0.0,
        deletion_protection=params.get("DeletionProtection", False),
        resource_group_id=common.resource_group(params.get("ResourceGroupId")),
    )


def _instance(ctx: Context, params: Params, template: Instance, vswitch: VSwitch, siblings: list[Instance]) -> Instance:
    identifier = ctx.ids.resource("i")
    values = {**vars(template), "id": identifier, "tags": dict(template.tags)}
    instance = Instance(**values)
    instance.name = template.name or identifier
    instance.host_name = _host_name(params, f"iZ{identifier.removeprefix('i-')}Z")
    instance.serial = ctx.ids.request().lower()
    instance.private_address = _private_address(ctx, params, vswitch, siblings)
    if template.bandwidth_out:
        instance.public_address = free_address(ctx, frozenset(item.public_address for item in siblings))
    return instance


def _vswitch(ctx: Context, params: Params) -> VSwitch:
    if "VSwitchId" not in params:
        raise missing("VSwitchId")
    vswitch = ctx.region.vswitches.get(params["VSwitchId"])
    if vswitch is None:
        raise not_found("InvalidVSwitchId.NotFound", "vSwitch", params["VSwitchId"])
    if vswitch.status != "Available":
        raise ApiError(400, "IncorrectVSwitchStatus", f"The vSwitch {vswitch.id} is not Available.")
    if params.get("ZoneId", vswitch.zone) != vswitch.zone:
        raise ApiError(400, "InvalidParameter.Mismatch", "ZoneId is not the zone of the vSwitch.")
    return vswitch


def _groups(ctx: Context, identifiers: list[str], vpc_id: str) -> list[str]:
    limit = ctx.settings.quotas.security_groups_per_instance
    if not 1 <= len(identifiers) <= limit or len(set(identifiers)) < len(identifiers):
        raise ApiError(400, "InvalidParameter.SecurityGroupIds", f"1 to {limit} different groups can be given.")
    found = []
    for identifier in identifiers:
        if identifier not in ctx.region.security_groups:
            raise not_found(security_groups.NOT_FOUND, "security group", identifier)
        found.append(ctx.region.security_groups[identifier])
    if any(group.vpc_id != vpc_id for group in found):
        message = "The security group is not in the VPC of the vSwitch."
        raise ApiError(403, "InvalidSecurityGroupId.VPCMismatch", message)
    if len({group.type for group in found}) > 1:
        raise ApiError(403, "InvalidOperation.InvalidEniType", "Normal and enterprise groups cannot be combined.")
    return list(identifiers)


def _system_disk(params: Params, image: offers.Image) -> tuple[str, int, str]:
    disk = params.get("SystemDisk", {})
    foreign = disk.keys() - {"Category", "Size", "PerformanceLevel"}
    if foreign:
        raise invalid(f"SystemDisk.{min(foreign)}", "the lab does not model it")
    category = choice(disk, "Category", offers.DISKS, "cloud_essd")
    lowest, highest = offers.DISKS[category]
    text = disk.get("Size", str(max(40, image.size)))
    if not text.isdigit() or not max(lowest, image.size) <= int(text) <= highest:
        message = f"A {category} system disk has {max(lowest, image.size)} to {highest} GiB."
        raise ApiError(400, "InvalidSystemDiskSize.ValueNotSupported", message)
    level = choice(disk, "PerformanceLevel", offers.DISK_LEVELS, "PL1") if category == "cloud_essd" else ""
    if category != "cloud_essd" and "PerformanceLevel" in disk:
        raise invalid("SystemDisk.PerformanceLevel", "only cloud_essd has levels")
    return category, int(text), level


def _private_address(ctx: Context, params: Params, vswitch: VSwitch, siblings: list[Instance]) -> str:
    network = ipaddress.IPv4Network(vswitch.cidr)
    # The first address and the last three of a vSwitch are the cloud's own, and gateways sit right below those.
    first, last = int(network.network_address) + 2, int(network.broadcast_address) - 3
    taken = {
        item.private_address for item in (*ctx.region.instances.values(), *siblings) if item.vswitch_id == vswitch.id
    }
    if "PrivateIpAddress" in params:
        wanted = common.address(params["PrivateIpAddress"])
        if wanted is None or not first - 1 <= int(wanted) <= last or wanted not in network:
            message = "PrivateIpAddress is not a usable address of the vSwitch."
            raise ApiError(400, "InvalidPrivateIpAddress.Malformed", message)
        if str(wanted) in taken:
            raise ApiError(403, "InvalidIPAddress.AlreadyUsed", "The specified IP address is already used.")
        return str(wanted)
    for number in range(first, last - 2):
        if str(ipaddress.IPv4Address(number)) not in taken:
            return str(ipaddress.IPv4Address(number))
    raise ApiError(400, "InvalidVSwitchId.IpNotEnough", f"The vSwitch {vswitch.id} has no address left.")


def _user_data(params: Params) -> str:
    text = params.get("UserData", "")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(400, "InvalidUserData.Base64FormatInvalid", "UserData must be in Base64.") from None
    if len(raw) > MAX_USER_DATA:
        raise ApiError(400, "InvalidUserData.SizeExceeded", "UserData can have 32 KB before it is encoded.")
    return text


def _name(params: Params, default: str) -> str:
    if "InstanceName" not in params:
        return default
    return rules.name("InstanceName", params["InstanceName"], "InvalidInstanceName.Malformed")


def _host_name(params: Params, default: str) -> str:
    if "HostName" not in params:
        return default
    if not _HOST_NAME.fullmatch(params["HostName"]):
        message = "HostName must have 2 to 64 letters, digits, single dots and hyphens, not at the ends."
        raise ApiError(400, "InvalidHostName.Malformed", message)
    return params["HostName"]
