# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written for each device: as it was agreed on, with every parameter in it, and shown without keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netaddr import IPNetwork

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import (
    Configuration,
    Tunnel,
    device_connection_options,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import spelled
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import BGP, DEVICES, psk_problems
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import PSK_CHARACTERS
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import placeholder, redacted, render
from tests.unit.devices.golden import GOLDEN, wanted
from tests.unit.devices.samples import Case, cases, configuration

CASES = list(cases())

#: Parameter of a tunnel -> a value other than the sample's.
TUNNEL = {
    "name": "other-name",
    "number": 77,
    "role": "standby",
    "remote_address": "203.0.113.99",
    "local_id": "198.51.100.99",
    "remote_id": "203.0.113.98",
    "psk": "another-key-Tw81",
    "ike.version": "ikev1",
    "ike.mode": "aggressive",
    "ike.encryption": "aes128",
    "ike.integrity": "md5",
    "ike.dh_group": 5,
    "ike.lifetime": 7200,
    "ipsec.encryption": "aes128",
    "ipsec.integrity": "md5",
    "ipsec.pfs_group": "disabled",
    "ipsec.lifetime": 1800,
    "dpd": False,
    "dpd_delay": 25,
    "nat_traversal": False,
    "force_encapsulation": True,
    "local_networks": (IPNetwork("192.168.77.0/24"),),
    "remote_networks": (IPNetwork("172.17.0.0/16"),),
    "cidr": "169.254.99.0/30",
    "local_asn": 65099,
    "peer_asn": 65098,
    "mtu": 1111,
    "mss": 1071,
}
#: Parameter of the whole configuration -> another value.
WHOLE = {
    "name": "store-099",
    "outside_interface": "other0",
    "inside_interface": "other1",
    "outside_zone": "zone0",
    "inside_zone": "zone1",
}
SECTIONS = ("ike", "ipsec")
PARAMETERS = [*TUNNEL, *(f"whole {name}" for name in WHOLE)]


def test_golden_files():
    texts = wanted()
    assert {path for path in GOLDEN.rglob("*") if path.is_file()} == set(texts)
    different = [str(path.relative_to(GOLDEN)) for path, text in texts.items() if path.read_text() != text]
    assert different == [], "if that is wanted: python -m tests.unit.devices.golden"


@pytest.mark.parametrize("device", DEVICES)
def test_every_device_has_one_and_two_tunnels_and_both_versions(device):
    own = [case for case in CASES if case.device == device]
    assert {case.tunnels for case in own} == {1, 2}
    assert {case.version for case in own} == {"ikev1", "ikev2"}
    assert {case.routing for case in own} == set(DEVICES[device].routings)


def test_every_parameter_is_changed_here():
    """A new parameter of the model has to be written for every device, or said to be silent."""
    own = {field.name for field in dataclasses.fields(Tunnel)} - {"words", *SECTIONS}
    options = device_connection_options()
    own |= {f"{section}.{option}" for section in SECTIONS for option in options[section]["options"]}
    assert set(TUNNEL) == own
    assert set(WHOLE) == {field.name for field in dataclasses.fields(Configuration)} - {"device", "routing", "tunnels"}


def changed(made: Configuration, parameter: str) -> Configuration:
    """The configuration with another value of one parameter, in its first tunnel or as a whole."""
    if parameter.startswith("whole "):
        name = parameter.removeprefix("whole ")
        return dataclasses.replace(made, **{name: WHOLE[name]})
    tunnel, value = made.tunnels[0], TUNNEL[parameter]
    section, dot, option = parameter.partition(".")
    changes = {section: {**getattr(tunnel, section), option: value} if dot else value}
    other = dataclasses.replace(tunnel, **changes)
    other = dataclasses.replace(other, words=spelled(made.device, other.ike, other.ipsec))
    return dataclasses.replace(made, tunnels=(other, *made.tunnels[1:]))


def bases(device: str, parameter: str) -> Iterator[Configuration]:
    """Configurations in which a parameter means something."""
    for routing in DEVICES[device].routings:
        if parameter in ("local_asn", "peer_asn") and routing != BGP:
            continue
        # One network on each side, and an algorithm that every device has, so that the version can be changed as well.
        version = "ikev1" if parameter == "ike.mode" else "ikev2"
        changes = {"local_networks": ["192.168.1.0/24"], "ike__integrity": "sha1", "ipsec__integrity": "sha1"}
        yield configuration(Case(device, 1, routing, version), **changes)


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("device", DEVICES)
def test_every_parameter_is_written_or_said_to_be_silent(device, parameter):
    if parameter == "ike.mode" and not DEVICES[device].aggressive:
        return
    known = list(bases(device, parameter))
    written = any(render(made) != render(changed(made, parameter)) for made in known)
    silent = parameter.removeprefix("whole ") in DEVICES[device].silent
    assert written == (bool(known) and not silent)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.tunnels == 2], ids=lambda case: f"{case.device}-{case}"
)
def test_both_tunnels_are_always_written(case):
    made = configuration(case)
    text = "".join(render(made).values())
    for tunnel in made.tunnels:
        assert tunnel.remote_address in text and tunnel.name in text


@pytest.mark.parametrize("device", DEVICES)
def test_placeholders(device):
    made = configuration(next(case for case in CASES if case.device == device))
    text = "".join(render(made, psk_inline=False).values())
    for tunnel in made.tunnels:
        assert tunnel.psk not in text and placeholder(tunnel) in text
    unknown = dataclasses.replace(made, tunnels=tuple(dataclasses.replace(one, psk=None) for one in made.tunnels))
    assert "".join(render(unknown).values()) == text


KEYS = st.text(sorted(PSK_CHARACTERS), min_size=8, max_size=100)


@pytest.mark.parametrize("version", ["ikev1", "ikev2"])
@pytest.mark.parametrize("device", DEVICES)
@settings(max_examples=20, deadline=None)
@given(old=KEYS, new=KEYS)
def test_no_key_is_shown(device, version, old, new):
    case = next(case for case in CASES if (case.device, case.version) == (device, version))
    before, after = (
        render(configuration(case, psk=key)) if not psk_problems(device, key) else {} for key in (old, new)
    )
    for ending, text in after.items():
        shown_before, shown_after = redacted(before.get(ending, ""), text)
        hidden = render(configuration(case), psk_inline=False)[ending]
        # What is left is what the file says with a placeholder in place of the key.
        assert redacted("", hidden)[1].replace(" (new)", "") == shown_after.replace(" (new)", "")
        assert (" (new)" in shown_after) == (text != hidden and text != before.get(ending))
        assert shown_before in ("", shown_after.replace(" (new)", ""))


def test_a_changed_key_is_called_new():
    case = Case("fortios", 1, "policy", "ikev2")
    (before,), (after,) = (render(configuration(case, psk=key)).values() for key in ("first-key-1", "second-key-2"))
    shown_before, shown_after = redacted(before, after)
    assert "set psksecret (hidden)\n" in shown_before
    assert "set psksecret (hidden) (new)\n" in shown_after
    assert redacted(after, after)[1] == shown_before
