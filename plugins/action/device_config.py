# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action device_config: everything happens on the controller. See the module of the same name for its documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import HAS_NETADDR
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import (
    FIRST_TUNNEL,
    build_configuration,
    device_connection_options,
    device_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES
from ansible_collections.hybridnet.alicloud.plugins.module_utils._secret_files import SecretFileError, differs, write
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import redacted, render

_FOLDER_MODE = 0o700
_FIRST_TUNNELS = (1, 90)
_OUTER_MTUS = (576, 9216)

ARGUMENTS = {
    "device": {"type": "str", "required": True, "choices": list(DEVICES)},
    "name": {"type": "str", "required": True},
    "folder": {"type": "path", "required": True},
    "connections": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": device_connection_options(),
    },
    "psk": {"type": "str", "choices": ["inline", "placeholder"], "default": "inline", "no_log": False},
    "outside_interface": {"type": "str"},
    "inside_interface": {"type": "str"},
    "outside_zone": {"type": "str"},
    "inside_zone": {"type": "str"},
    "first_tunnel": {"type": "int", "default": FIRST_TUNNEL},
    "outer_mtu": {"type": "int", "default": 1500},
}
_INTERFACES = ("outside_interface", "inside_interface", "outside_zone", "inside_zone")


class ActionModule(ActionBase):
    """Writes the files of one device."""

    _supports_check_mode = True
    _requires_connection = False
    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(ARGUMENTS)
        if not HAS_NETADDR:
            raise AnsibleActionFail("the Python package netaddr is missing on the controller: pip install netaddr")
        wrong = list(_wrong(options, self._task.check_mode))
        if wrong:
            raise AnsibleActionFail("\n".join(wrong))
        texts = _texts(options)
        files, diffs = [], []
        try:
            for ending, _template in DEVICES[options["device"]].files:
                path = Path(options["folder"]) / f"{options['name']}.{ending}"
                text = texts.get(ending)
                if text is not None:
                    files.append(str(path))
                if not (path.exists() if text is None else differs(path, text)):
                    continue
                diffs.append(_difference(path, text))
                if not self._task.check_mode:
                    _put(path, text)
        except SecretFileError as error:
            raise AnsibleActionFail(str(error)) from None
        result.update(changed=bool(diffs), files=files)
        if self._task.diff:
            result["diff"] = diffs
        return result


def _difference(path: Path, text: str | None) -> dict[str, str]:
    """What a file is and becomes, without keys."""
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    shown_before, shown_after = redacted(before, text or "")
    return {"before_header": str(path), "after_header": str(path), "before": shown_before, "after": shown_after}


def _put(path: Path, text: str | None) -> None:
    try:
        if text is None:
            path.unlink()
            return
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise SecretFileError(f"{path}: {error.strerror}") from None
    write(path, text)


def _wrong(options: Mapping[str, Any], check_mode: bool) -> Iterator[str]:
    if Path(options["name"]).name != options["name"] or options["name"].startswith("."):
        yield f"name: {options['name']!r} is not the name of a file; leave out slashes and the dot in front"
    for option, (least, most) in (("first_tunnel", _FIRST_TUNNELS), ("outer_mtu", _OUTER_MTUS)):
        if not least <= options[option] <= most:
            yield f"{option}: {options[option]} is not between {least} and {most}; choose a number in that range"
    for option in _INTERFACES:
        value = options[option]
        if value and (not value.isprintable() or set(value) & set(" \"'")):
            yield f"{option}: {value!r} is not the name of an interface or zone; leave out spaces and quotes"
    problems = device_problems(
        options["device"], options["connections"], psk_inline=options["psk"] == "inline", allow_unknown=check_mode
    )
    yield from map(str, problems)


def _texts(options: Mapping[str, Any]) -> dict[str, str]:
    """The files of a device that has tunnels; {} of one that has none."""
    if not options["connections"]:
        return {}
    configuration = build_configuration(
        options["name"],
        options["device"],
        options["connections"],
        {key: options[key] for key in _INTERFACES},
        options["first_tunnel"],
        options["outer_mtu"],
    )
    return render(configuration, options["psk"] == "inline")
