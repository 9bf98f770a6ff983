"""What the role strongswan knows of distributions is data, complete, and nowhere else."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import jinja2
import pytest
import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles" / "strongswan"
FILES = sorted(path for path in (ROLE / "vars").glob("*.yml") if path.stem not in ("main", "unknown"))
PLATFORMS = {path.stem: yaml.safe_load(path.read_text())["strongswan_platform"] for path in FILES}
README = (ROLE / "README.md").read_text()


def is_names(value) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)


def is_lists_by_name(value) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) and is_names(one) for key, one in value.items())


def is_path(value) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"(/[A-Za-z0-9._-]+)+", value))


def is_unit(value) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[a-z-]+\.service", value))


SCHEMA = {
    "versions": lambda value: is_lists_by_name(value) and bool(value),
    "package_manager": lambda value: value in ("apt", "dnf", "zypper"),
    "repository_packages": is_lists_by_name,
    "packages": is_names,
    "certificate_packages": is_names,
    "tun_packages": lambda value: value is None or is_names(value),
    "service": is_unit,
    "legacy_service": is_unit,
    "swanctl_dir": is_path,
    "settings_dir": is_path,
    "ipsec_conf": is_path,
    "ipsec_secrets": is_path,
    "units_dir": is_path,
    "systemd_sysctl": is_path,
}
PATHS = [key for key, rule in SCHEMA.items() if rule is is_path]


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_has_every_key_and_each_of_its_type(name):
    platform = PLATFORMS[name]
    assert set(platform) == set(SCHEMA)
    assert [key for key, rule in SCHEMA.items() if not rule(platform[key])] == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_versions_are_stated_and_packages_belong_to_stated_distributions(name):
    versions = PLATFORMS[name]["versions"]
    assert all(one == "any" or one.isdigit() for numbers in versions.values() for one in numbers)
    assert set(PLATFORMS[name]["repository_packages"]) <= set(versions)


def test_no_distribution_is_in_two_files():
    named = [distribution for platform in PLATFORMS.values() for distribution in platform["versions"]]
    assert sorted(named) == sorted(set(named))


def shown_as(distribution: str) -> str:
    """Its name in the README: as people write it, not as Ansible's facts do."""
    return {
        "Alibaba": "Alibaba Cloud Linux",
        "RedHat": "RHEL",
        "OracleLinux": "Oracle Linux",
        "Rocky": "Rocky Linux",
    }.get(distribution, distribution)


def test_every_distribution_is_in_the_table_of_the_readme():
    rows = [line for line in README.splitlines() if line.startswith("| ")]
    versions = {name: numbers for platform in PLATFORMS.values() for name, numbers in platform["versions"].items()}
    missing = [
        (name, number)
        for name, numbers in versions.items()
        for number in numbers
        if not any(
            re.search(re.escape(shown_as(name)) + (r"\b" if number == "any" else rf"[^A-Za-z]*\b{number}\b"), row)
            for row in rows
        )
    ]
    assert missing == []


SCRIPTS = sorted([*(ROLE / "tasks").iterdir(), *(ROLE / "templates").iterdir(), *(ROLE / "files").iterdir()])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_task_template_or_script_holds_what_the_data_hold(script):
    text = script.read_text()
    held = {platform[key] for platform in PLATFORMS.values() for key in [*PATHS, "service", "legacy_service"]}
    assert [
        value for value in held if re.search(re.escape(value) + r"(?![A-Za-z0-9_-]|\.j2)", without_own_names(text))
    ] == []


def without_own_names(text: str) -> str:
    """The role's own units and files have the same names everywhere."""
    return text.replace("hybridnet-strongswan", "own")


def rendered(template: str, platform: dict) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string((ROLE / "templates" / template).read_text()).render(strongswan_platform=platform)


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("template", ["hybridnet-strongswan-tunnels.j2", "hybridnet-strongswan-interfaces.j2"])
def test_the_scripts_are_shell_with_the_folders_of_the_platform(name, template, tmp_path):
    text = rendered(template, PLATFORMS[name])
    assert f'settings="{PLATFORMS[name]["settings_dir"]}' in text
    script = tmp_path / "script"
    script.write_text(text)
    subprocess.run(["sh", "-n", str(script)], check=True)


LOOK = ROLE / "files" / "look-at-packages.sh"
SAYS = """#!/bin/sh
printf '%s\\n' "${0##*/} $*" >>"$CALLS"
"""


def look(tmp_path: Path, manager: str) -> list[str]:
    """The programs that the script calls, with their arguments."""
    for program in ("dpkg", "dpkg-query", "rpm", "systemctl", "ls"):
        path = tmp_path / program
        path.write_text(SAYS)
        path.chmod(0o755)
    calls = tmp_path / "calls"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["sh", str(LOOK), manager, "older.service", "one two"], env=environment, check=True)
    return calls.read_text().splitlines()


def test_packages_are_asked_of_dpkg_where_apt_is(tmp_path):
    calls = look(tmp_path, "apt")
    assert [call.split()[0] for call in calls] == ["dpkg", "ls", "dpkg-query", "systemctl"]
    assert calls[2].endswith(" one two")


@pytest.mark.parametrize("manager", ["dnf", "zypper"])
def test_packages_are_asked_of_rpm_elsewhere(tmp_path, manager):
    calls = look(tmp_path, manager)
    assert [call.split()[0] for call in calls] == ["rpm", "systemctl"]
    assert calls[0].endswith(" one two")
    assert calls[1].endswith(" older.service")
