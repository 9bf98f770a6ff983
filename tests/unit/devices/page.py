# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of docs/devices.md, from what the code knows of the devices. To write them anew:

python -m tests.unit.devices.page
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import choices
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import WORDS, words_of
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES, ROUTINGS, VERSIONS, Device

PAGE = Path(__file__).resolve().parents[3] / "docs" / "devices.md"
MARK = "<!-- from here on written by tests/unit/devices/page.py -->\n"


def table(*rows: Iterable[str]) -> Iterator[str]:
    head, *body = [list(row) for row in rows]
    for row in (head, ["---"] * len(head), *body):
        yield f"| {' | '.join(row)} |"


def lacking(name: str, version: str) -> str:
    """What a device lacks of the algorithms of a site document with one version of IKE."""
    missing = []
    for word, (section, option, _rows) in WORDS.items():
        words = words_of(name, version, word)
        values = [str(choice) for choice in choices(option) if words and str(choice) not in words]
        if values and word != "prf":
            missing.append(f"`{section}.{option}` {', '.join(values)}")
    return "; ".join(missing) or "nothing"


def tunnels(device: Device, routing: str) -> str:
    if routing not in device.routings:
        return "no"
    return "1 or 2" if routing in device.dual else "1"


def keys(device: Device) -> str:
    refused = [f"`{character}`" for character in sorted(device.psk_refused)]
    refused += [f"`{start}` in front" for start in device.psk_decoded]
    return ", ".join(refused) or "none"


def text() -> str:
    """The generated part of the page."""
    lines = ["", "## Devices", ""]
    lines += table(
        ("`device`", "what it is", "from release", "files"),
        *(
            (f"`{name}`", one.title, one.minimum or "any", ", ".join(f"`.{ending}`" for ending, _template in one.files))
            for name, one in DEVICES.items()
        ),
    )
    lines += ["", "## Tunnels, by routing", ""]
    lines += table(
        ("`device`", *(f"`{routing}`" for routing in ROUTINGS)),
        *((f"`{name}`", *(tunnels(one, routing) for routing in ROUTINGS)) for name, one in DEVICES.items()),
    )
    lines += ["", "## Algorithms that a device lacks", ""]
    lines += table(
        ("`device`", "with IKEv1", "with IKEv2"),
        *((f"`{name}`", *(lacking(name, version) for version in VERSIONS)) for name in DEVICES),
    )
    lines += ["", "## Limits", ""]
    lines += table(
        (
            "`device`",
            "aggressive mode",
            "a name as `local_id`",
            "shortest lifetime, IKE and IPsec",
            "`dpd_delay`",
            "refused in keys",
        ),
        *(
            (
                f"`{name}`",
                "yes" if one.aggressive else "no",
                "yes" if one.names == VERSIONS else " and ".join(one.names) or "no",
                f"{one.shortest_ike}, {one.shortest_ipsec}",
                "{}–{}".format(*one.dpd_delays),
                keys(one),
            )
            for name, one in DEVICES.items()
        ),
    )
    lines += ["", "Certificates: on none of them. All times are seconds.", "", "## Peculiarities"]
    for name, one in DEVICES.items():
        lines += ["", f"### {name}", ""]
        lines += [f"- {note}" for note in one.notes]
        lines += [
            f"- `{parameter}`: {one.title} {why}." for parameter, why in one.silent.items() if "has no zones" not in why
        ]
        if one.documents:
            lines.append(f"- Commands from: {'; '.join(one.documents)}.")
    return "\n".join(lines) + "\n"


def main() -> None:
    own, mark, _generated = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(own + mark + text(), encoding="utf-8")


if __name__ == "__main__":
    main()
