"""Value rules that the API publishes for names, tags, networks and keys. Each raises ApiError or returns the value."""

from __future__ import annotations

import ipaddress
import re
import string
from collections.abc import Iterable, Mapping

from lab.cloud.errors import ApiError, invalid

GATEWAY_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{1,99}")
PSK_CHARACTERS = frozenset(string.ascii_letters + string.digits + string.punctuation)
RESOURCE_GROUP = re.compile(r"rg-[a-z0-9]+")
DEFAULT_RESOURCE_GROUP = "rg-acfmlabdefault1"
LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")
SHARED = ipaddress.IPv4Network("100.64.0.0/10")
RESERVED_TUNNEL_CIDRS = frozenset(
    ipaddress.IPv4Network(text) for text in (*(f"169.254.{third}.0/30" for third in range(7)), "169.254.169.252/30")
)
UNUSABLE_PEERS = tuple(
    ipaddress.IPv4Network(text)
    for text in ("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.0.0.0/8")
)
UNUSABLE_VPCS = tuple(
    ipaddress.IPv4Network(text) for text in ("100.64.0.0/10", "224.0.0.0/4", "127.0.0.0/8", "169.254.0.0/16")
)
CLOUD_ASN = 45104


def text(parameter: str, value: str | None, maximum: int, code: str) -> str:
    """A name or description: 1 to ``maximum`` characters, not starting with http:// or https://. None gives ""."""
    if value is None:
        return ""
    if len(value) > maximum or value.lower().startswith(("http://", "https://")):
        message = f"{parameter} must have 1 to {maximum} characters and must not start with http:// or https://."
        raise ApiError(400, code, message)
    return value


def gateway_name(value: str) -> str:
    """A VPN gateway's name: 2 to 100 of letters, digits, ``_ - .``, first a letter, no http(s):// prefix."""
    if not GATEWAY_NAME.fullmatch(value):
        message = "Name must have 2 to 100 characters, start with a letter and hold letters, digits, '_', '-' and '.'."
        raise ApiError(400, "InvalidName", message)
    return value


def resource_group(value: str | None) -> str:
    """A resource group id of the form ``rg-…``; None gives the account's default group."""
    if value is None:
        return DEFAULT_RESOURCE_GROUP
    if not RESOURCE_GROUP.fullmatch(value):
        raise ApiError(404, "InvalidResourceGroupId.NotFound", "The specified resource group does not exist.")
    return value


def tags(elements: Iterable[Mapping[str, str]], parameter: str, max_key: int, limit: int) -> dict[str, str]:
    """Tags given as ``[{Key, Value}]``: up to ``limit``, keys up to ``max_key`` characters, values up to 128."""
    result: dict[str, str] = {}
    for index, element in enumerate(elements, start=1):
        key, value = element.get("Key"), element.get("Value", "")
        if not key:
            raise ApiError(400, "InvalidTagKey", f"{parameter}.{index}.Key must not be empty.")
        if len(key) > max_key or key.startswith(("aliyun", "acs:")) or "http://" in key or "https://" in key:
            message = f"{parameter}.{index}.Key must have up to {max_key} characters, not start with aliyun or acs:"
            raise ApiError(400, "InvalidTagKey", f"{message} and not contain http:// or https://.")
        if len(value) > 128 or "http://" in value or "https://" in value:
            message = f"{parameter}.{index}.Value must have up to 128 characters without http:// or https://."
            raise ApiError(400, "InvalidTagValue", message)
        if key in result:
            raise ApiError(400, "Duplicate.TagKey", f"{parameter}.{index}.Key is given twice.")
        result[key] = value
    if len(result) > limit:
        raise ApiError(400, "QuotaExceeded.TagNum", f"At most {limit} tags can be given.")
    return result


def network(value: str) -> ipaddress.IPv4Network | None:
    """An IPv4 network in ``a.b.c.d/n`` form without host bits; None when it is not one."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", value):
        return None
    try:
        return ipaddress.IPv4Network(value)
    except ValueError:
        return None


def address(value: str) -> ipaddress.IPv4Address | None:
    """A dotted IPv4 address; None when it is not one."""
    try:
        return ipaddress.IPv4Address(value)
    except ValueError:
        return None


def subnets(parameter: str, value: str, maximum: int) -> list[str]:
    """LocalSubnet or RemoteSubnet: comma-separated CIDR blocks, ``0.0.0.0/0`` only alone, no duplicates.

    Raises ``IllegalParam.<parameter>``, which names the block.
    """
    code = f"IllegalParam.{parameter}"
    result: list[str] = []
    for item in value.split(","):
        parsed = network(item.strip())
        if parsed is None:
            raise ApiError(400, code, f"The CIDR block {item.strip()} in {parameter} is not a valid network.")
        if str(parsed) in result:
            raise ApiError(400, code, f"The CIDR block {parsed} is given twice in {parameter}.")
        result.append(str(parsed))
    if "0.0.0.0/0" in result and len(result) > 1:
        raise ApiError(400, code, f"0.0.0.0/0 in {parameter} cannot be combined with other CIDR blocks.")
    if len(result) > maximum:
        raise ApiError(400, code, f"{parameter} holds {len(result)} CIDR blocks; at most {maximum} are supported.")
    return result


def routed_network(parameter: str, value: str) -> str:
    """RouteDest or RouteSource: a network other than 0.0.0.0/0 that does not overlap 100.64.0.0/10."""
    parsed = network(value)
    if parsed is None:
        raise ApiError(400, f"IllegalParam.{parameter}", f"{parameter} is not a valid CIDR block.")
    if parsed.prefixlen == 0:
        raise ApiError(400, f"IllegalParam.{parameter}", f"{parameter} must not be 0.0.0.0/0.")
    if parsed.overlaps(SHARED):
        raise ApiError(400, f"IllegalParam.{parameter}", f"{parameter} must not overlap 100.64.0.0/10.")
    return str(parsed)


def asn(parameter: str, value: str, *, cloud_asn_allowed: bool = True) -> int:
    """An AS number 1 to 4294967295, plain or dotted (``hi.lo`` = hi*65536+lo)."""
    parts = value.split(".")
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        raise invalid(parameter, "it must be an AS number, plain or in two segments")
    if len(parts) == 2:
        high, low = (int(part) for part in parts)
        if high > 65535 or low > 65535:
            raise invalid(parameter, "each segment must be from 0 to 65535")
        number = high * 65536 + low
    else:
        number = int(parts[0])
    if not 1 <= number <= 4294967295:
        raise invalid(parameter, "it must be from 1 to 4294967295")
    if number == CLOUD_ASN and not cloud_asn_allowed:
        raise invalid(parameter, f"{CLOUD_ASN} is the cloud's own AS number")
    return number


def tunnel_cidr(parameter: str, value: str) -> str:
    """A tunnel network: a /30 inside 169.254.0.0/16 that is not reserved."""
    parsed = network(value)
    if parsed is None or parsed.prefixlen != 30 or not parsed.subnet_of(LINK_LOCAL):
        raise invalid(parameter, "it must be a /30 network inside 169.254.0.0/16")
    if parsed in RESERVED_TUNNEL_CIDRS:
        raise invalid(parameter, f"{parsed} is reserved")
    return str(parsed)


def tunnel_address(parameter: str, value: str, cidr: str) -> str:
    """The cloud's BGP address: one of the two hosts of the tunnel network."""
    parsed = address(value)
    if parsed is None or parsed not in list(ipaddress.IPv4Network(cidr).hosts()):
        raise invalid(parameter, f"it must be a host address of {cidr}")
    return str(parsed)


def psk(parameter: str, value: str) -> str:
    """A pre-shared key: 1 to 100 letters, digits and punctuation, no space. The message never shows it."""
    if not 1 <= len(value) <= 100 or not set(value) <= PSK_CHARACTERS:
        raise invalid(parameter, "it must have 1 to 100 letters, digits or punctuation characters and no space")
    return value


def peer_id(parameter: str, value: str) -> str:
    """An IKE identity: up to 100 characters without spaces."""
    if len(value) > 100 or any(character.isspace() for character in value):
        raise invalid(parameter, "it must have up to 100 characters and no space")
    return value
