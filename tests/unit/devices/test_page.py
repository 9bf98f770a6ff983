# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/devices.md, the module and the role know the same devices and options as the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hybridnet.alicloud.plugins.action.device_config import ARGUMENTS
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_model import device_problems
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import DEVICES
from tests.unit.devices.page import MARK, PAGE, text

ROOT = Path(__file__).resolve().parents[3]
COMPARED = ("type", "elements", "choices", "default", "required")


def test_tables_are_those_of_the_code():
    _own, mark, generated = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert generated == text(), "if that is wanted: python -m tests.unit.devices.page"


def shape(options: dict[str, Any], below: str) -> dict[str, Any]:
    """Options without their descriptions; what is not said stays out."""
    return {
        name: {
            **{key: option[key] for key in COMPARED if option.get(key) not in (None, False)},
            **({"options": shape(option[below], below)} if option.get(below) else {}),
        }
        for name, option in options.items()
    }


def test_the_module_documents_the_options_of_the_action():
    source = (ROOT / "plugins" / "modules" / "device_config.py").read_text()
    documentation = yaml.safe_load(re.search(r'DOCUMENTATION = r"""\n(.*?)"""', source, re.DOTALL)[1])
    assert shape(documentation["options"], "suboptions") == shape(ARGUMENTS, "options")


def test_the_example_is_a_working_one():
    source = (ROOT / "plugins" / "modules" / "device_config.py").read_text()
    (task,) = yaml.safe_load(re.search(r'EXAMPLES = r"""\n(.*?)"""', source, re.DOTALL)[1])
    checked = ArgumentSpecValidator(ARGUMENTS).validate(task["hybridnet.alicloud.device_config"])
    assert checked.error_messages == []
    options = checked.validated_parameters
    for number, connection in enumerate(options["connections"]):
        connection["psk"] = f"example-key-{number}"
    assert device_problems(options["device"], options["connections"]) == []


def test_the_role_has_the_options_of_the_action():
    specs = yaml.safe_load((ROOT / "roles" / "device_config" / "meta" / "argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    assert options.keys() == {f"device_config_{name}" for name in ARGUMENTS}
    connections = options["device_config_connections"]["options"]
    assert shape(connections, "options") == shape(ARGUMENTS["connections"]["options"], "options")
    assert options["device_config_device"]["choices"] == list(DEVICES)
    defaults = yaml.safe_load((ROOT / "roles" / "device_config" / "defaults" / "main.yml").read_text())
    assert defaults.keys() == options.keys()


def test_every_device_has_its_templates():
    folder = ROOT / "roles" / "device_config" / "templates"
    named = {template for device in DEVICES.values() for _ending, template in device.files}
    assert {path.name for path in folder.iterdir()} == named
    for template in named:
        assert (folder / template).read_text().startswith("{# "), "each says where its commands come from"
