"""What can be bought: images, instance types and disk categories, as data, and the actions that look them up."""

from __future__ import annotations

from dataclasses import dataclass

from lab.cloud.errors import ApiError, invalid
from lab.cloud.services.context import Context, Params, Reply, page
from lab.cloud.services.ecs import rules
from lab.cloud.settings import REGIONS, zones


@dataclass(frozen=True)
class Image:
    """A public image; ``size`` in GiB."""

    id: str
    family: str
    os: str
    platform: str
    architecture: str
    size: int = 20


@dataclass(frozen=True)
class InstanceType:
    """A type; ``memory`` in GiB, ``bandwidth`` in kbit/s."""

    id: str
    cpus: int
    memory: float
    interfaces: int = 2
    bandwidth: int = 1024000

    @property
    def family(self) -> str:
        """``ecs.g7`` of ``ecs.g7.large``."""
        return self.id.rsplit(".", 1)[0]


_ALIYUN, _DEBIAN = "Alibaba Cloud Linux  3.2104 LTS 64 bit", "Debian  12.6 64 bit"
_UBUNTU, _UBUNTU_ARM = "Ubuntu  22.04 64 bit", "Ubuntu  24.04 64 bit ARM edition"
IMAGES = {
    f"{name}.vhd": Image(f"{name}.vhd", f"acs:{family}", os, platform, architecture)
    for name, family, os, platform, architecture in (
        ("aliyun_3_x64_20G_alibase_20240819", "alibaba_cloud_linux_3_2104_lts_x64", _ALIYUN, "Aliyun", "x86_64"),
        ("debian_12_6_x64_20G_alibase_20240711", "debian_12_6_x64", _DEBIAN, "Debian", "x86_64"),
        ("ubuntu_22_04_x64_20G_alibase_20240820", "ubuntu_22_04_x64", _UBUNTU, "Ubuntu", "x86_64"),
        ("ubuntu_24_04_arm64_20G_alibase_20240819", "ubuntu_24_04_arm64", _UBUNTU_ARM, "Ubuntu", "arm64"),
    )
}
BOOTS = "Debian"
"""Platform of the images whose instances can carry packets: what the lab's machines run."""
BOOTABLE = next(image.id for image in IMAGES.values() if image.platform == BOOTS)
TYPES = {
    item.id: item
    for item in (
        InstanceType("ecs.t6-c1m1.large", 2, 2.0),
        InstanceType("ecs.e-c1m1.large", 2, 2.0),
        InstanceType("ecs.e-c1m2.large", 2, 4.0),
        InstanceType("ecs.u1-c1m2.large", 2, 4.0),
        InstanceType("ecs.c7.large", 2, 4.0, 3, 2048000),
        InstanceType("ecs.g7.large", 2, 8.0, 3, 2048000),
        InstanceType("ecs.g7.xlarge", 4, 16.0, 4, 3072000),
        InstanceType("ecs.r7.large", 2, 16.0, 3, 2048000),
    )
}
# Smallest and largest system disk in GiB.
DISKS = {
    "cloud_essd": (20, 2048),
    "cloud_essd_entry": (20, 2048),
    "cloud_auto": (20, 2048),
    "cloud_efficiency": (20, 2048),
    "cloud_ssd": (20, 2048),
}
DISK_LEVELS = ("PL0", "PL1", "PL2", "PL3")
RESOURCES = ("Zone", "InstanceType", "SystemDisk", "IoOptimized", "Network")


def describe_images(ctx: Context, params: Params) -> Reply:
    """DescribeImages: the public images, by id (a comma list), name, family, platform and architecture."""
    identifiers = params["ImageId"].split(",") if "ImageId" in params else None
    if params.get("ImageOwnerAlias", "system") != "system" or not params.get("IsPublic", True):
        identifiers = []
    found = [
        image
        for image in IMAGES.values()
        if rules.chosen(identifiers, image.id)
        and rules.matches(
            params,
            {
                "ImageName": image.id,
                "ImageFamily": image.family,
                "Architecture": image.architecture,
                "OSType": "linux",
                "Status": "Available",
            },
        )
    ]
    selected, paging = page(params, found, rules.MAX_PAGE)
    shown = [
        {
            "ImageId": image.id,
            "ImageName": image.id,
            "ImageFamily": image.family,
            "Architecture": image.architecture,
            "OSName": image.os,
            "OSNameEn": image.os,
            "OSType": "linux",
            "Platform": image.platform,
            "Size": image.size,
            "Status": "Available",
            "ImageOwnerAlias": "system",
            "IsPublic": True,
            "IsSupportCloudinit": True,
            "IsSupportIoOptimized": True,
            "Usage": "none",
        }
        for image in selected
    ]
    return {**paging, "RegionId": ctx.region.id, "Images": {"Image": shown}}


def describe_instance_types(ctx: Context, params: Params) -> Reply:
    """DescribeInstanceTypes: by ids, family, and lowest and highest number of CPUs and GiB of memory."""
    wanted = params.get("InstanceTypes")
    families = params.get("InstanceTypeFamilies")
    if "InstanceTypeFamily" in params:
        families = [params["InstanceTypeFamily"]]
    found = [
        item
        for item in TYPES.values()
        if rules.chosen(wanted, item.id)
        and rules.chosen(families, item.family)
        and params.get("MinimumCpuCoreCount", 0) <= item.cpus <= params.get("MaximumCpuCoreCount", item.cpus)
        and params.get("MinimumMemorySize", 0.0) <= item.memory <= params.get("MaximumMemorySize", item.memory)
    ]
    selected, paging = rules.paged({"MaxResults": 100, **params}, found)
    shown = [
        {
            "InstanceTypeId": item.id,
            "InstanceTypeFamily": item.family,
            "CpuCoreCount": item.cpus,
            "MemorySize": item.memory,
            "CpuArchitecture": "X86",
            "EniQuantity": item.interfaces,
            "InstanceBandwidthRx": item.bandwidth,
            "InstanceBandwidthTx": item.bandwidth,
            "GPUAmount": 0,
            "GPUSpec": "",
            "LocalStorageCategory": "",
        }
        for item in selected
    ]
    paging.pop("TotalCount")
    return {**paging, "InstanceTypes": {"InstanceType": shown}}


def describe_available_resource(ctx: Context, params: Params) -> Reply:
    """DescribeAvailableResource: every zone offers every type and disk."""
    destination = params["DestinationResource"]
    offered = {
        "Zone": [],
        "InstanceType": [item.id for item in TYPES.values() if item.cpus == params.get("Cores", item.cpus)],
        "SystemDisk": list(DISKS),
        "IoOptimized": ["optimized"],
        "Network": ["vpc"],
    }
    if destination not in offered:
        raise invalid("DestinationResource", f"the lab knows {', '.join(RESOURCES)}")
    asked = params.get("InstanceType")
    if asked is not None and asked not in TYPES:
        raise ApiError(403, "InvalidInstanceType.ValueNotSupported", "The specified InstanceType does not exist.")
    values = [value for value in offered[destination] if destination != "InstanceType" or asked in (None, value)]
    supported = []
    for value in values:
        entry = {"Value": value, "Status": "Available", "StatusCategory": "WithStock"}
        if destination == "SystemDisk":
            entry.update(Min=DISKS[value][0], Max=DISKS[value][1], Unit="GiB")
        supported.append(entry)
    shown = [
        {
            "RegionId": ctx.region.id,
            "ZoneId": zone,
            "Status": "Available",
            "StatusCategory": "WithStock",
            "AvailableResources": {
                "AvailableResource": [{"Type": destination, "SupportedResources": {"SupportedResource": supported}}]
            },
        }
        for zone in zones(ctx.region.id)
        if params.get("ZoneId", zone) == zone
    ]
    return {"AvailableZones": {"AvailableZone": shown}}


def describe_regions(ctx: Context, params: Params) -> Reply:
    """DescribeRegions."""
    shown = [
        {"RegionId": name, "LocalName": local_name, "RegionEndpoint": f"ecs.{name}.aliyuncs.com", "Status": "available"}
        for name, (local_name, _letters) in REGIONS.items()
    ]
    return {"Regions": {"Region": shown}}


def describe_zones(ctx: Context, params: Params) -> Reply:
    """DescribeZones of a region with what they offer."""
    region_name = REGIONS[ctx.region.id][0]
    shown = [
        {
            "ZoneId": zone,
            "LocalName": f"{region_name} Zone {zone[-1].upper()}",
            "ZoneType": "AvailabilityZone",
            "AvailableInstanceTypes": {"InstanceTypes": list(TYPES)},
            "AvailableDiskCategories": {"DiskCategories": list(DISKS)},
            "AvailableResourceCreation": {"ResourceTypes": ["VSwitch", "Instance", "Disk"]},
        }
        for zone in zones(ctx.region.id)
    ]
    return {"Zones": {"Zone": shown}}
