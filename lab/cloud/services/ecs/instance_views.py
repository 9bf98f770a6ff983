"""How instances are read: DescribeInstances, DescribeInstanceStatus, DescribeUserData."""

from __future__ import annotations

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, missing
from lab.cloud.model import Instance
from lab.cloud.services.context import Context, Params, Reply, page, tags_match
from lab.cloud.services.ecs import offers, rules
from lab.cloud.services.ecs.instances import NOT_FOUND
from lab.cloud.services.eips import bound_to

STATUSES = ("Pending", "Starting", "Running", "Stopping", "Stopped")
FOREVER = "2099-12-31T15:59Z"
MOST_STATUSES = 50


def describe_instances(ctx: Context, params: Params) -> Reply:
    """DescribeInstances, filtered by ids (JSON text) and by what the parameters of its name say."""
    identifiers = rules.json_list("InstanceIds", params.get("InstanceIds"))
    private = rules.json_list("PrivateIpAddresses", params.get("PrivateIpAddresses"))
    public = rules.json_list("PublicIpAddresses", params.get("PublicIpAddresses"))
    if params.get("Status", "Running") not in STATUSES:
        raise ApiError(400, "InvalidStatus.ValueNotSupported", f"Status must be one of {', '.join(STATUSES)}.")
    if params.get("InstanceNetworkType", "vpc") != "vpc":
        identifiers = []
    found = [
        instance
        for instance in ctx.readable(ctx.region.instances.values())
        if rules.chosen(identifiers, instance.id)
        and rules.chosen(private, instance.private_address)
        and rules.chosen(public, instance.public_address)
        and params.get("SecurityGroupId", instance.security_group_ids[0]) in instance.security_group_ids
        and _named(instance, params.get("InstanceName"))
        and rules.matches(
            params,
            {
                "VpcId": ctx.region.vswitches[instance.vswitch_id].vpc_id,
                "VSwitchId": instance.vswitch_id,
                "ZoneId": ctx.region.vswitches[instance.vswitch_id].zone,
                "Status": instance.status,
                "ImageId": instance.image_id,
                "InstanceType": instance.type,
                "InstanceTypeFamily": offers.TYPES[instance.type].family,
                "InstanceChargeType": instance.charge_type,
                "InternetChargeType": instance.internet_charge_type,
                "KeyPairName": instance.key_pair,
                "ResourceGroupId": instance.resource_group_id,
            },
        )
        and tags_match(instance.tags, params.get("Tag", ()))
    ]
    selected, paging = rules.paged(params, found, lowest=10)
    return {**paging, "Instances": {"Instance": [_view(ctx, instance) for instance in selected]}}


def describe_instance_status(ctx: Context, params: Params) -> Reply:
    """DescribeInstanceStatus: ids with their status, of a zone or of the instances named."""
    found = [
        instance
        for instance in ctx.readable(ctx.region.instances.values())
        if rules.chosen(params.get("InstanceId"), instance.id)
        and rules.matches(params, {"ZoneId": ctx.region.vswitches[instance.vswitch_id].zone})
    ]
    selected, paging = page(params, found, MOST_STATUSES)
    rows = [{"InstanceId": instance.id, "Status": instance.status} for instance in selected]
    return {**paging, "InstanceStatuses": {"InstanceStatus": rows}}


def describe_user_data(ctx: Context, params: Params) -> Reply:
    """DescribeUserData: in Base64, as it was given."""
    if "InstanceId" not in params:
        raise missing("InstanceId")
    instance = ctx.read(ctx.region.instances, params["InstanceId"], NOT_FOUND, "instance")
    return {"InstanceId": instance.id, "RegionId": ctx.region.id, "UserData": instance.user_data}


def _named(instance: Instance, wanted: str | None) -> bool:
    """Whether a name filter, in which ``*`` ends an open beginning, fits."""
    if wanted is None:
        return True
    return instance.name.startswith(wanted[:-1]) if wanted.endswith("*") else instance.name == wanted


def _view(ctx: Context, instance: Instance) -> Reply:
    vswitch = ctx.region.vswitches[instance.vswitch_id]
    kind, image = offers.TYPES[instance.type], offers.IMAGES[instance.image_id]
    eip = bound_to(ctx.region, instance.id)
    return {
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "Description": instance.description,
        "HostName": instance.host_name,
        "Status": instance.status,
        "StoppedMode": instance.stopped_mode,
        "RegionId": ctx.region.id,
        "ZoneId": vswitch.zone,
        "ImageId": instance.image_id,
        "OSName": image.os,
        "OSNameEn": image.os,
        "OSType": "linux",
        "InstanceType": instance.type,
        "InstanceTypeFamily": kind.family,
        "Cpu": kind.cpus,
        "Memory": int(kind.memory * 1024),
        "GPUAmount": 0,
        "GPUSpec": "",
        "IoOptimized": True,
        "InstanceNetworkType": "vpc",
        "InstanceChargeType": instance.charge_type,
        "InternetChargeType": instance.internet_charge_type,
        "InternetMaxBandwidthIn": instance.bandwidth_in,
        "InternetMaxBandwidthOut": instance.bandwidth_out,
        "KeyPairName": instance.key_pair,
        "SerialNumber": instance.serial,
        "DeletionProtection": instance.deletion_protection,
        "ResourceGroupId": instance.resource_group_id,
        "CreationTime": iso(instance.created),
        "StartTime": iso(instance.started or instance.created),
        "ExpiredTime": iso(instance.end_time) if instance.end_time else FOREVER,
        "SecurityGroupIds": {"SecurityGroupId": list(instance.security_group_ids)},
        "VpcAttributes": {
            "VpcId": vswitch.vpc_id,
            "VSwitchId": vswitch.id,
            "NatIpAddress": "",
            "PrivateIpAddress": {"IpAddress": [instance.private_address]},
        },
        "PublicIpAddress": {"IpAddress": [instance.public_address] if instance.public_address else []},
        "InnerIpAddress": {"IpAddress": []},
        "EipAddress": {
            "AllocationId": eip.id if eip else "",
            "IpAddress": eip.address if eip else "",
            "InternetChargeType": eip.internet_charge_type if eip else "",
            "Bandwidth": eip.bandwidth if eip else 0,
        },
        "OperationLocks": {"LockReason": []},
        "Tags": rules.tag_views(instance.tags),
    }
