"""docs/site_document.md names exactly the keys and choices that the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto, _devices, _site_schema

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "site_document.md").read_text(encoding="utf-8")
CRYPTO_KEYS = {
    *(key for key in _crypto._SUITE_KEYS if key not in _crypto.CLOUD_KEYS),
    *(f"{section}.{option}" for section, options in _crypto.CLOUD_KEYS.items() for option in options),
}


def rows(section: str, header: str = "key") -> dict[str, str]:
    """The table of a section whose first column is HEADER: first cell (without backticks) -> second cell."""
    body = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = [part for part in body if part.startswith(section + "\n")]
    (table,) = [part for part in text.split("\n\n") if part.startswith(f"| {header} |")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0].strip("`"): row[1] for row in cells}


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("vpn_gateways", set(_site_schema.GATEWAY)),
        ("vpn_defaults", set(_site_schema.DEFAULTS)),
        ("vpn_site", set(_site_schema.SITE) - set(_site_schema.DEFAULTS)),
        ("crypto", CRYPTO_KEYS),
    ],
)
def test_keys(section, keys):
    assert set(rows(section)) == keys


def test_devices():
    assert tuple(re.findall(r"`([^`]+)`", rows("vpn_defaults")["device"])) == _devices.NAMES


def test_suites():
    assert set(rows("crypto", "suite")) == set(_crypto.SUITE_NAMES)


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("ike.version", "version"),
        ("ike.mode", "mode"),
        ("ike.encryption", "encryption"),
        ("ike.integrity", "integrity"),
        ("ike.dh_group", "dh_group"),
        ("ipsec.pfs_group", "pfs_group"),
    ],
)
def test_choices(key, option):
    assert re.findall(r"`([^`]+)`", rows("crypto")[key]) == [str(choice.name) for choice in _crypto.TABLE[option]]


def test_lifetime_limits():
    low, high = _crypto.LIFETIME_LIMITS
    for key in ("ike.lifetime", "ipsec.lifetime"):
        assert f"{low} to {high}" in rows("crypto")[key]
