"""The artifact holds the collection and nothing else, and works where nothing else is."""

from __future__ import annotations

import json

import pytest
import yaml

TOP_LEVEL = {
    "CHANGELOG.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "docs",
    "inventories",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
PLAYBOOKS = ("site", "verify", "teardown")


def test_holds_nothing_of_the_checkouts_tooling(installed):
    assert {path.name for path in installed.root.iterdir()} == TOP_LEVEL
    assert sorted(path.name for path in (installed.root / "inventories").iterdir()) == ["chain", "example", "tutorial"]


def test_is_small(installed):
    assert sum(path.stat().st_size for path in installed.root.rglob("*") if path.is_file()) < 2_000_000


def test_no_caches_or_bytecode_inside(installed):
    names = [entry["name"] for entry in json.loads((installed.root / "FILES.json").read_text())["files"]]
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".log", "~"))]


@pytest.mark.parametrize("kind", ["module", "filter", "role"])
def test_everything_is_documented(installed, kind):
    result = installed.run("ansible-doc", "--type", kind, "--list", "--json", "hybridnet.alicloud")
    assert result.returncode == 0, result.stderr
    names = sorted(json.loads(result.stdout))
    assert names
    shown = installed.run("ansible-doc", "--type", kind, "--json", *names)
    assert shown.returncode == 0, shown.stderr
    assert sorted(json.loads(shown.stdout)) == names


def test_action_group_holds_every_cloud_module(installed):
    modules = {path.stem for path in (installed.root / "plugins" / "modules").glob("*.py")}
    group = yaml.safe_load((installed.root / "meta" / "runtime.yml").read_text())["action_groups"]["alicloud"]
    # The others configure hosts and devices and have none of the cloud's options.
    assert sorted(group) == sorted(
        name for name in modules if not name.startswith(("strongswan_", "gateway_", "device_", "__"))
    )


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_playbooks_are_found_by_name(installed, playbook):
    inventory = installed.root / "inventories" / "example"
    result = installed.run("ansible-playbook", "-i", str(inventory), f"hybridnet.alicloud.{playbook}", "--syntax-check")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_roles_and_filters_of_playbooks_resolve(installed, playbook):
    """Listing the tasks loads every static import: a role or plugin left out of the artifact shows here."""
    inventory = installed.root / "inventories" / "example"
    result = installed.run("ansible-playbook", "-i", str(inventory), f"hybridnet.alicloud.{playbook}", "--list-tasks")
    assert result.returncode == 0, result.stderr
    assert "hybridnet.alicloud" in result.stdout or "playbook:" in result.stdout
