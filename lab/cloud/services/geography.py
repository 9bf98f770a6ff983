"""DescribeRegions and DescribeZones."""

from __future__ import annotations

from lab.cloud.services.context import Context, Params, Reply
from lab.cloud.settings import REGIONS, zones


def describe_regions(ctx: Context, params: Params) -> Reply:
    """DescribeRegions."""
    regions = [
        {"RegionId": name, "LocalName": local_name, "RegionEndpoint": endpoint(name)}
        for name, (local_name, _letters) in REGIONS.items()
    ]
    return {"Regions": {"Region": regions}}


def describe_zones(ctx: Context, params: Params) -> Reply:
    """DescribeZones of a region."""
    region_name = REGIONS[ctx.region.id][0]
    found = [
        {"ZoneId": zone, "LocalName": f"{region_name} Zone {zone[-1].upper()}", "ZoneType": "AvailabilityZone"}
        for zone in zones(ctx.region.id)
    ]
    return {"Zones": {"Zone": found}}


def endpoint(region: str) -> str:
    """The real service's host name for a region, as DescribeRegions shows it."""
    return "vpc.aliyuncs.com" if region == "cn-hangzhou" else f"vpc.{region}.aliyuncs.com"
