# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Libreswan's own tools accept what is written for it and read the model in it.

scripts/test unpacks them into .cache/libreswan.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import choices
from ansible_collections.hybridnet.alicloud.plugins.module_utils._device_words import words_of
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import render
from tests.unit.devices.samples import cases, configuration

ROOT = Path(__file__).resolve().parents[3]
UNPACKED = ROOT / ".cache" / "libreswan"
CASES = [pytest.param(case, id=str(case)) for case in cases() if case.device == "libreswan"]
#: Canonical names in the words of algparse.
REPORTED = {
    "aes128": "AES_CBC_128",
    "aes192": "AES_CBC_192",
    "aes256": "AES_CBC_256",
    "3des": "3DES_CBC",
    "md5": "HMAC_MD5",
    "sha1": "HMAC_SHA1",
    "sha256": "HMAC_SHA2_256",
    "sha384": "HMAC_SHA2_384",
    "sha512": "HMAC_SHA2_512",
    "5": "MODP1536",
    "14": "MODP2048",
}


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of Libreswan's programs with the libraries that were unpacked beside it."""
    found = sorted(UNPACKED.glob(f"usr/lib*/ipsec/{name}"))
    assert found, "Libreswan is not unpacked: run scripts/test unit"
    libraries = ":".join(str(path) for path in UNPACKED.glob("usr/lib/*-linux-*"))
    return subprocess.run(
        [found[0], *arguments],
        env={**os.environ, "LD_LIBRARY_PATH": libraries},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def connections(printed: str) -> dict[str, dict[str, str]]:
    """What readwriteconf prints: settings by connection."""
    found: dict[str, dict[str, str]] = {}
    for line in printed.splitlines():
        if line.startswith("conn "):
            found[line.split()[1]] = {}
        elif "=" in line and found:
            key, value = line.strip().split("=", 1)
            list(found.values())[-1].setdefault(key, value.strip('"'))
    return found


@pytest.mark.parametrize("case", CASES)
def test_its_own_tools_read_the_model(case, tmp_path):
    made = configuration(case)
    texts = render(made)
    path = tmp_path / "hybridnet.conf"
    path.write_text(texts["conf"])
    checked = tool("addconn", "--config", path, "--checkconfig")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    read = connections(tool("readwriteconf", "--config", path).stdout)
    assert read.keys() == {tunnel.label for tunnel in made.tunnels}
    for tunnel in made.tunnels:
        own = read[tunnel.label]
        assert own["right"] == tunnel.remote_address
        assert (own["leftid"], own["rightid"]) == (tunnel.local_id, tunnel.remote_id)
        assert own["ikev2"] == ("no" if tunnel.ikev1 else "yes")
        milliseconds = {"ikelifetime": tunnel.ike["lifetime"], "salifetime": tunnel.ipsec["lifetime"]}
        milliseconds["dpddelay"] = tunnel.dpd_delay
        assert {key: int(own[key]) for key in milliseconds} == {key: 1000 * one for key, one in milliseconds.items()}
        selectors = [
            own.get(f"{side}subnets", own.get(f"{side}subnet", "")).strip("{}").split() for side in ("left", "right")
        ]
        networks = (tunnel.local_networks, tunnel.remote_networks) if made.exact else (["0.0.0.0/0"],) * 2
        assert selectors == [[str(network) for network in side] for side in networks]
        assert own["vti-interface"] == f"vti{tunnel.number}"
        for section, start in (("ike", "ike"), ("ipsec", "esp")):
            values = list(getattr(tunnel, section).values())
            understood = tool("algparse", "-v1" if tunnel.ikev1 else "-v2", "-pfs=yes", f"{start}={own[start]}")
            assert understood.returncode == 0, understood.stderr
            for value in values:
                assert REPORTED.get(str(value), "") in understood.stdout


@pytest.mark.parametrize(
    ("kind", "name"), [("encryption", "ike_encryption"), ("integrity", "ike_integrity"), ("dh_group", "dh_group")]
)
def test_the_table_of_words_is_what_it_supports(kind, name):
    words = words_of("libreswan", "ikev2", name)
    spare = {"encryption": "aes256", "integrity": "sha2_256", "dh_group": "modp2048"}
    for value in choices(kind):
        # What the table lacks is asked for by the name that strongSwan and Libreswan share.
        word = words.get(str(value), {"des": "des", "1": "modp768", "2": "modp1024"}.get(str(value)))
        parts = {**spare, kind: word}
        asked = f"ike={parts['encryption']}-{parts['integrity']};{parts['dh_group']}"
        answer = tool("algparse", asked)
        accepted = "ERROR" not in answer.stdout + answer.stderr and answer.returncode == 0
        assert accepted == (str(value) in words), answer.stdout + answer.stderr


@pytest.mark.parametrize("case", CASES)
def test_the_script_is_a_sound_one(case, tmp_path):
    path = tmp_path / "hybridnet.sh"
    path.write_text(render(configuration(case))["sh"])
    checker = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([checker, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_bgp_is_a_file_of_its_own():
    by_routing = {case.values[0].routing: render(configuration(case.values[0])) for case in CASES}
    assert {routing: "frr" in texts for routing, texts in by_routing.items()} == {
        "policy": False,
        "static": False,
        "bgp": True,
    }
    assert re.search(r"^router bgp 65010$", by_routing["bgp"]["frr"], re.MULTILINE)
