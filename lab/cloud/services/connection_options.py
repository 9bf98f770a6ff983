"""IKE, IPsec, BGP and health check settings as clients send them, to model objects.

Single-tunnel connections send JSON text with PascalCase keys (the health check in lower case, or capitalised by
some clients); dual-tunnel ones send typed structures. Types inside JSON are taken leniently (numbers and
booleans as text or not), values strictly. An unknown key is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lab.cloud.errors import ApiError, invalid, unsupported
from lab.cloud.model import BgpConfig, HealthCheck, IkeConfig, IpsecConfig
from lab.cloud.services import rules

ENCRYPTIONS = ("aes", "aes192", "aes256", "des", "3des")
INTEGRITIES = ("md5", "sha1", "sha256", "sha384", "sha512")
GROUPS = ("group1", "group2", "group5", "group14")
MAX_LIFETIME = 86400


@dataclass(frozen=True)
class Key:
    """How one key of a block is read: the model attribute it sets and the function that checks its value."""

    attribute: str
    parse: Callable[[str, Any], Any]


def _text(parameter: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise invalid(parameter, "it must be a string")
    return str(value)


def _one_of(values: tuple[str, ...]) -> Callable[[str, Any], str]:
    def parse(parameter: str, value: Any) -> str:
        if value not in values:
            raise invalid(parameter, f"it must be one of {', '.join(values)}")
        return value

    return parse


def _number(minimum: int, maximum: int) -> Callable[[str, Any], int]:
    def parse(parameter: str, value: Any) -> int:
        text = str(value)
        if isinstance(value, (bool, float)) or not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise invalid(parameter, "it must be an integer")
        if not minimum <= int(text) <= maximum:
            raise invalid(parameter, f"it must be from {minimum} to {maximum}")
        return int(text)

    return parse


def _flag(parameter: str, value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise invalid(parameter, "it must be true or false")
    return text == "true"


def _address(parameter: str, value: Any) -> str:
    parsed = rules.address(_text(parameter, value))
    if parsed is None:
        raise invalid(parameter, "it must be an IPv4 address")
    return str(parsed)


IKE_KEYS = {
    "Psk": Key("psk", lambda name, value: rules.psk(name, _text(name, value))),
    "IkeVersion": Key("version", _one_of(("ikev1", "ikev2"))),
    "IkeMode": Key("mode", _one_of(("main", "aggressive"))),
    "IkeEncAlg": Key("encryption", _one_of(ENCRYPTIONS)),
    "IkeAuthAlg": Key("integrity", _one_of(INTEGRITIES)),
    "IkePfs": Key("dh_group", _one_of(GROUPS)),
    "IkeLifetime": Key("lifetime", _number(0, MAX_LIFETIME)),
    "LocalId": Key("local_id", lambda name, value: rules.peer_id(name, _text(name, value))),
    "RemoteId": Key("remote_id", lambda name, value: rules.peer_id(name, _text(name, value))),
}
IPSEC_KEYS = {
    "IpsecEncAlg": Key("encryption", _one_of(ENCRYPTIONS)),
    "IpsecAuthAlg": Key("integrity", _one_of(INTEGRITIES)),
    "IpsecPfs": Key("pfs", _one_of(("disabled", *GROUPS))),
    "IpsecLifetime": Key("lifetime", _number(0, MAX_LIFETIME)),
}
# What an SM gateway negotiates: the ShangMi algorithms and nothing else.
SM_IKE_KEYS = {
    **IKE_KEYS,
    "IkeVersion": Key("version", _one_of(("ikev1",))),
    "IkeMode": Key("mode", _one_of(("main",))),
    "IkeEncAlg": Key("encryption", _one_of(("sm4",))),
    "IkeAuthAlg": Key("integrity", _one_of(("sm3",))),
}
SM_IPSEC_KEYS = {
    **IPSEC_KEYS,
    "IpsecEncAlg": Key("encryption", _one_of(("sm4",))),
    "IpsecAuthAlg": Key("integrity", _one_of(("sm3",))),
}
BGP_KEYS = {
    "EnableBgp": Key("enabled", _flag),
    "LocalAsn": Key("local_asn", lambda name, value: rules.asn(name, _text(name, value))),
    "TunnelCidr": Key("tunnel_cidr", lambda name, value: rules.tunnel_cidr(name, _text(name, value))),
    "LocalBgpIp": Key("local_address", _address),
}
HEALTH_CHECK_KEYS = {
    "enable": Key("enabled", _flag),
    "dip": Key("destination", _address),
    "sip": Key("source", _address),
    "interval": Key("interval", _number(0, 3600)),
    "retry": Key("retry", _number(0, 3600)),
}


def json_block(parameter: str, text: str | None) -> dict[str, Any]:
    """The members of a JSON-text parameter; absent, null and empty members are dropped."""
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        raise invalid(parameter, "it must be the text of a JSON object") from None
    if not isinstance(value, dict):
        raise invalid(parameter, "it must be the text of a JSON object")
    return {key: item for key, item in value.items() if item is not None and item != ""}


def _read(parameter: str, block: Mapping[str, Any], keys: Mapping[str, Key]) -> dict[str, Any]:
    values = {}
    for name, value in block.items():
        if name not in keys:
            raise unsupported(f"{parameter}.{name}", "the block has no such key")
        values[keys[name].attribute] = keys[name].parse(f"{parameter}.{name}", value)
    return values


def ike_config(parameter: str, block: Mapping[str, Any], current: IkeConfig, new_psk: Callable[[], str]) -> IkeConfig:
    """Phase 1 settings from a block that was sent.

    A missing Psk is generated anew and missing ids fall back to their defaults, at creation and at every
    change, as documented; missing algorithms and lifetimes keep the ``current`` values. Where those are
    ShangMi algorithms, only such can be given.
    """
    values = _read(parameter, block, SM_IKE_KEYS if current.encryption == "sm4" else IKE_KEYS)
    reset = {"psk": values.get("psk") or new_psk(), "local_id": None, "remote_id": None}
    return replace(current, **{**reset, **values})


def ipsec_config(parameter: str, block: Mapping[str, Any], current: IpsecConfig) -> IpsecConfig:
    """Phase 2 settings; missing keys keep the current values."""
    return replace(current, **_read(parameter, block, SM_IPSEC_KEYS if current.encryption == "sm4" else IPSEC_KEYS))


def bgp_config(parameter: str, block: Mapping[str, Any], current: BgpConfig) -> BgpConfig:
    """BGP settings of a tunnel; the address must lie in the tunnel network."""
    bgp = replace(current, **_read(parameter, block, BGP_KEYS))
    if bgp.local_address and not bgp.tunnel_cidr:
        raise invalid(f"{parameter}.TunnelCidr", "it is needed together with LocalBgpIp")
    if bgp.local_address:
        rules.tunnel_address(f"{parameter}.LocalBgpIp", bgp.local_address, bgp.tunnel_cidr)
    if bgp.enabled and not (bgp.tunnel_cidr and bgp.local_address):
        raise invalid(parameter, "BGP needs TunnelCidr and LocalBgpIp")
    return bgp


def health_check(block: Mapping[str, Any], current: HealthCheck) -> HealthCheck:
    """Health check settings; key names in either case."""
    lowered = {name.lower(): value for name, value in block.items()}
    if len(lowered) != len(block):
        raise invalid("HealthCheckConfig", "a key is given twice")
    check = replace(current, **_read("HealthCheckConfig", lowered, HEALTH_CHECK_KEYS))
    if check.enabled and not (check.destination and check.source):
        raise ApiError(400, "InvalidParameter", "HealthCheckConfig needs dip and sip when it is enabled.")
    return check
