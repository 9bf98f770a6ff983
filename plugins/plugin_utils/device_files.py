# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a device's files, and that text without its keys."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import jinja2

from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import (
    DPD_TRIES,
    EVERYTHING,
    Configuration,
    Tunnel,
    network,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN

TEMPLATES = Path(__file__).resolve().parents[2] / "roles" / "device_config" / "templates"
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
#: Seconds between probes that are not answered, for devices that tell them from the first one.
DPD_RETRY = 5

# Every way in which a template names a key; what follows it on its line is the key.
_KEY = re.compile(
    r"(?P<name>(?<![=\w])pre-shared-key (?:address \S+(?: \d+\.\S+)? )?(?:(?:key |0 |plaintext |simple |ascii-text )*)"
    r"|\bpsksecret |\bsecret[= ]|: PSK |\bPSK = )(?P<key>\S.*)$",
    re.MULTILINE,
)


def _in_quotes(escaped: str) -> Callable[[str], str]:
    """A way of writing text in double quotes, with a backslash before each of *escaped*."""
    return lambda text: '"%s"' % re.sub(f"([{re.escape(escaped)}])", r"\\\1", text)


#: How a device wants a key to be written, where that is not just its characters.
QUOTED: dict[str, Callable[[str], str]] = {
    "fortios": _in_quotes('"\\'),
    "panos": '"{}"'.format,
    "junos": _in_quotes('"\\'),
    "routeros": _in_quotes('"\\$?'),
    "vyos": "'{}'".format,
    # Base64, because there is no way to write a double quote.
    "libreswan": lambda text: "0s" + base64.b64encode(text.encode()).decode(),
}


def placeholder(tunnel: Tunnel) -> str:
    """What stands where a key has to be entered by hand."""
    return f"<key-of-{tunnel.name}>"


def render(configuration: Configuration, psk_inline: bool = True) -> dict[str, str]:
    """The files of a device: ``{ending of the name: text}``, without those that have nothing to say.

    A key that is unknown, or not to be written out, appears as a placeholder.
    """
    quoted = QUOTED.get(configuration.device, str)

    def secret(tunnel: Tunnel) -> str:
        return quoted(tunnel.psk) if psk_inline and tunnel.psk else placeholder(tunnel)

    texts = {}
    for ending, template in DEVICES[configuration.device].files:
        text = _ENVIRONMENT.get_template(template).render(
            c=configuration,
            secret=secret,
            everything=network(EVERYTHING),
            dpd_tries=DPD_TRIES,
            dpd_retry=DPD_RETRY,
        )
        if text.strip():
            texts[ending] = text
    return texts


def redacted(before: str, after: str) -> tuple[str, str]:
    """An old and a new text without keys; a key that is not in the old text is called new."""
    known = {match["key"] for match in _KEY.finditer(before)}

    def hide(match: re.Match[str]) -> str:
        changed = "" if match["key"] in known else " (new)"
        return f"{match['name']}{HIDDEN}{changed}"

    return _KEY.sub(lambda match: match["name"] + HIDDEN, before), _KEY.sub(hide, after)
