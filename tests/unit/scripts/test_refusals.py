"""Every broken environment ends scripts/demo and scripts/test with one sentence that names the fix."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run_bash(script: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs SCRIPT after scripts/prepare.sh; functions defined in it stand in for commands of the machine."""
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail; source scripts/prepare.sh; {script}"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


ENVIRONMENTS = {
    "not Linux": (
        "uname() { echo Darwin; }; require_lab_machine",
        "needs Linux, this is Darwin: run it in a Linux virtual machine",
    ),
    "no root": (
        "root_possible() { return 1; }; require_lab_machine",
        "the lab needs root and there is no usable sudo: run it as root",
    ),
    "no apt": (
        "root_possible() { :; }; command() { [[ $2 != apt-get ]]; }; require_lab_machine",
        "found no apt-get: run it on Debian 12 or newer",
    ),
    "no tun device": (
        "root_possible() { :; }; command() { :; }; modprobe() { :; }; TUN=/nonexistent/tun; require_lab_machine",
        "/nonexistent/tun is missing and the tunnels' packets go through it: run 'modprobe tun'",
    ),
    "package mirror down": (
        "LOGS=$(mktemp -d); missing_packages() { echo some-package; }; command() { :; }; "
        "apt-get() { echo 'Could not resolve host'; return 100; }; require_root() { :; }; install_packages list",
        "reading the package lists failed: check the network and the mirrors in /etc/apt (full log: ",
    ),
    "no such python": (
        "PYTHON=/nonexistent/python; find_python 3.10",
        "needs Python 3.10 or newer, found none: install one",
    ),
    "python too old": (
        "find_python 3.99",
        "needs Python 3.99 or newer, found 3.",
    ),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_broken_environment_is_one_sentence_with_the_fix(name):
    script, sentence = ENVIRONMENTS[name]
    result = run_bash(script)
    assert result.returncode != 0
    *log, last = [line for line in result.stderr.splitlines() if line]
    assert sentence in last
    assert all(line.startswith("   | ") for line in log), "only the end of a log may stand before the sentence"


def test_package_index_down(tmp_path):
    result = run_bash(
        f"LOGS={tmp_path}; make_venv {tmp_path}/venv {sys.executable} netaddr",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert result.returncode != 0
    assert "check the network, or name a mirror with PIP_INDEX_URL (full log: " in result.stderr
    assert not list((tmp_path / "venv").glob(".installed-*")), "a half-filled environment must not count as complete"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["scripts/demo", "--dwon"], "demo: unknown option '--dwon': scripts/demo --help lists them"),
        (["scripts/demo", "--check", "--down"], "demo: give one option at most: scripts/demo --help lists them"),
        (["scripts/test", "sanitty"], "test: there is no step 'sanitty': scripts/test --list names them"),
    ],
)
def test_wrong_arguments(command, sentence):
    result = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode != 0
    assert result.stderr.strip() == sentence


def test_a_failed_command_shows_the_end_of_its_output(tmp_path):
    result = run_bash(f"LOGS={tmp_path}; quietly 'counting' 'count again' bash -c 'seq 100; exit 4'")
    assert result.returncode != 0
    lines = result.stderr.strip().splitlines()
    assert lines[-2] == "   | 100"
    assert "counting failed: count again" in lines[-1]
    assert (tmp_path / "counting.log").read_text().splitlines()[0] == "1"


def test_missing_packages_are_those_not_installed(tmp_path):
    listing = tmp_path / "packages.txt"
    listing.write_text("# a comment\nbash\nno-such-package-for-sure  # why\n\n")
    assert run_bash(f"missing_packages {listing}").stdout.split() == ["no-such-package-for-sure"]


def test_a_prepared_environment_is_left_alone(tmp_path):
    """The second start must not touch pip, let alone the network."""
    first = run_bash(f"LOGS={tmp_path}; make_venv {tmp_path}/venv {sys.executable} --no-index pip")
    assert first.returncode == 0, first.stderr
    second = run_bash(
        f"LOGS={tmp_path}; quietly() {{ exit 9; }}; make_venv {tmp_path}/venv {sys.executable} --no-index pip"
    )
    assert second.returncode == 0
    assert second.stdout.strip().endswith("present")


def test_real_credentials_and_proxies_do_not_reach_the_lab():
    result = run_bash(
        "leave_real_world_behind; env",
        ALIBABA_CLOUD_ACCESS_KEY_ID="real",
        ALICLOUD_SECRET_KEY="real",
        https_proxy="http://real",
        http_proxy="http://packages",
        HTTP_PROXY="http://real",
    )
    assert result.returncode == 0
    environment = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)
    assert not [name for name, value in environment.items() if value in ("real", "http://real")]
    assert [name for name, value in environment.items() if value == "http://packages"] == ["LAB_PROXY"]


def test_tools_of_the_administrator_are_found_under_a_users_path():
    result = run_bash("use_own_settings; command -v sysctl", PATH="/usr/bin:/bin")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith("sbin/sysctl")
