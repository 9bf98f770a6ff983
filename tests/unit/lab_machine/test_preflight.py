"""What the lab says about a machine it cannot run on: one sentence that names the problem and its fix."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from lab import preflight


@pytest.fixture
def good_machine(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """A Linux machine with root's rights, every tool, strongSwan's plugins and a TUN device."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: f"/usr/bin/{tool}")
    monkeypatch.setattr(preflight, "find_spec", lambda module: object())
    for plugin in preflight._PLUGIN_PACKAGES:
        (tmp_path / plugin).touch()
    monkeypatch.setattr(preflight, "_PLUGIN_FOLDERS", (tmp_path,))
    monkeypatch.setattr(preflight, "TUN_DEVICE", preflight.Path("/dev/null"))
    return monkeypatch


def test_a_good_machine_has_no_problem(good_machine):
    assert preflight.control_plane_problem() is None
    assert preflight.data_plane_problem() is None
    assert preflight.hosts_problem() is None


def test_without_root_sudo_or_the_control_plane_alone_are_named(good_machine):
    good_machine.setattr(os, "geteuid", lambda: 1000)
    problem = preflight.data_plane_problem()
    assert "need root: run it with sudo" in problem
    assert "lab/lab up --control-plane-only" in problem


def test_another_system_is_named(good_machine):
    good_machine.setattr(sys, "platform", "darwin")
    assert "need Linux, this is darwin" in preflight.data_plane_problem()


def test_a_missing_tun_device_comes_with_its_fix(good_machine, tmp_path):
    good_machine.setattr(preflight, "TUN_DEVICE", tmp_path / "tun")
    problem = preflight.data_plane_problem()
    assert str(tmp_path / "tun") in problem
    assert "modprobe tun" in problem


def test_a_file_in_place_of_the_tun_device_is_a_problem(good_machine, tmp_path):
    (tmp_path / "tun").touch()
    good_machine.setattr(preflight, "TUN_DEVICE", tmp_path / "tun")
    assert "cannot be opened" in preflight.data_plane_problem()


def test_missing_tools_name_the_packages_to_install(good_machine):
    absent = {"systemd-nspawn", "mmdebstrap"}
    good_machine.setattr(shutil, "which", lambda tool, path=None: None if tool in absent else f"/usr/bin/{tool}")
    assert preflight.data_plane_problem() is None
    problem = preflight.hosts_problem()
    assert "apt-get install -y mmdebstrap systemd-container" in problem


def test_missing_plugins_name_the_packages_to_install(good_machine, tmp_path):
    (tmp_path / "libstrongswan-kernel-libipsec.so").unlink()
    assert "apt-get install -y libcharon-extra-plugins" in preflight.data_plane_problem()


def test_missing_python_packages_name_the_command_to_install_them(good_machine):
    good_machine.setattr(preflight, "find_spec", lambda module: None if module == "starlette" else object())
    problem = preflight.control_plane_problem()
    assert "starlette" in problem
    assert "-m pip install -r" in problem


def test_every_tool_the_lab_checks_for_is_in_its_package_list():
    listed = {
        line.partition("#")[0].strip()
        for line in (preflight.REPOSITORY / "lab/packages.txt").read_text().splitlines()
        if line.partition("#")[0].strip()
    }
    needed = {*preflight._DATA_PLANE_TOOLS.values(), *preflight._HOST_TOOLS.values()}
    assert needed | set(preflight._PLUGIN_PACKAGES.values()) <= listed
