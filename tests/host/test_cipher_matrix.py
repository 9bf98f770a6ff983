"""Every combination of algorithms that the cloud's API accepts, rendered here and negotiated by two real charons.

IKE and ESP are negotiated apart, so each connection tries one combination of either: 125 per version and mode hold all
100 of IKE and all 125 of ESP. The first rekey belongs to it: with IKEv2 the PFS group is not used before.
"""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import collections
import itertools
import socket

import pytest
import vici

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _crypto
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_negotiated as negotiated
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_raw as raw
from tests.conftest import Say
from tests.host import charon_in_netns
from tests.host.conftest import Site

VERSIONS = {"ikev2": ("ikev2", "main"), "ikev1": ("ikev1", "main"), "ikev1 aggressive": ("ikev1", "aggressive")}
IKE = list(itertools.product(*(_crypto.choices(kind) for kind in ("encryption", "integrity", "dh_group"))))
ESP = list(itertools.product(*(_crypto.choices(kind) for kind in ("encryption", "integrity", "pfs_group"))))


def connections(version: str, mode: str) -> list[dict]:
    """One connection for each combination of ESP; the combinations of IKE repeat. Each has addresses of its own."""
    found = []
    for number, (esp, ike) in enumerate(zip(ESP, itertools.cycle(IKE), strict=False)):
        encryption, integrity, pfs_group = esp
        found.append(
            {
                "name": f"{version}-{mode}-{number}",
                "role": "active",
                "local_address": f"10.1.0.{number + 1}",
                "remote_address": f"10.2.0.{number + 1}",
                "local_id": f"store-{number}",
                "remote_id": f"cloud-{number}",
                "psk": f"key {number}",
                "ike": {"version": version, "mode": mode, "lifetime": 86400}
                | dict(zip(("encryption", "integrity", "dh_group"), ike, strict=True)),
                "ipsec": {
                    "encryption": encryption,
                    "integrity": integrity,
                    "pfs_group": str(pfs_group),
                    "lifetime": 86400,
                },
                "dpd": False,
                "dpd_delay": 10,
                "nat_traversal": True,
                "force_encapsulation": False,
                "local_networks": ["192.168.1.0/24"],
                "remote_networks": ["172.16.1.0/24"],
            }
        )
    return found


class Pair:
    """Two charons whose connections are those of one version and mode."""

    def __init__(self, directory):
        self.store = charon_in_netns.CharonHost("store", directory)
        self.cloud = charon_in_netns.CharonHost("cloud", directory)
        charon_in_netns.join(self.store, "10.1.0.1", self.cloud, ["10.2.0.1"])
        for host, network, inside in ((self.store, 1, "192.168.1.1"), (self.cloud, 2, "172.16.1.1")):
            lines = [f"address add 10.{network}.0.{number + 1}/32 dev wan0" for number in range(1, len(ESP))]
            lines.append(f"address add {inside}/32 dev lo")
            host.execute("ip", "-batch", "-", input="\n".join(lines))
            host.start()

    def load(self, wanted: list[dict]) -> None:
        """Load connections as the only ones, into the cloud as their mirror."""
        for host, own in ((self.cloud, Site.mirrored(wanted)), (self.store, wanted)):
            assert model.connection_problems(own) == []
            texts = [conf.render({**model.connection_tree(one), **model.secret_tree(one)}) for one in own]
            (host.conf_d / "matrix.conf").write_text("\n".join(texts))
            shown = host.swanctl("--load-all", "--noprompt", "--clear").stdout
            assert f"successfully loaded {len(own)} connections" in shown, shown[-2000:]

    def session(self) -> vici.Session:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.store.uri.removeprefix("unix://"))
        return vici.Session(connection)

    def associations(self) -> dict[str, dict]:
        """The IKE_SA of each connection, with its installed child as ``child``."""
        found = {}
        for one in raw.associations(self.store.swanctl("--list-sas", "--raw", "--pretty").stdout):
            installed = [child for child in one["children"] if child["state"] == "INSTALLED"]
            if one["state"] == "ESTABLISHED" and installed:
                found[one["name"]] = {**one, "child": max(installed, key=lambda child: int(child["uniqueid"]))}
        return found

    def close(self) -> None:
        self.store.close()
        self.cloud.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    pair = Pair(tmp_path_factory.mktemp("matrix"))
    yield pair
    pair.close()


def child(association: dict) -> str:
    return association["child"]["uniqueid"]


def say_table(say: Say, title: str, worked: dict[tuple, bool]) -> None:
    """How many of the groups of each pair of ciphers worked."""
    integrities = _crypto.choices("integrity")
    counted = collections.defaultdict(list)
    for (encryption, integrity, _group), success in worked.items():
        counted[encryption, integrity].append(success)
    say(f"{title:<30}" + "".join(f"{integrity:>8}" for integrity in integrities))
    for encryption in _crypto.choices("encryption"):
        cells = (counted[encryption, integrity] for integrity in integrities)
        say(f"  {encryption:<28}" + "".join(f"{f'{sum(cell)}/{len(cell)}':>8}" for cell in cells))


@pytest.mark.parametrize("title", VERSIONS)
def test_every_combination_is_negotiated_and_rekeyed(pair, title, say):
    version, mode = VERSIONS[title]
    wanted = connections(version, mode)
    pair.load(wanted)
    session = pair.session()
    for one in wanted:
        # The reply comes at once; the daemon sets them up side by side.
        list(session.initiate({"ike": one["name"], "child": one["name"], "timeout": "-1", "init-limits": "no"}))
    names = {one["name"] for one in wanted}
    charon_in_netns.wait_for(lambda: names <= set(pair.associations()), 60, "every tunnel")
    before = pair.associations()
    for name in sorted(names):
        session.rekey({"child": name})
    charon_in_netns.wait_for(
        lambda: all(child(one) != child(before[name]) for name, one in pair.associations().items() if name in names),
        60,
        "every rekeyed child",
    )
    after = pair.associations()
    ike, esp = {}, {}
    differences = {}
    for one in wanted:
        name = one["name"]
        found = negotiated.compare_established(one, after[name], after[name]["child"]) if name in after else ["down"]
        differences.update({name: found} if found else {})
        options = one["ike"]
        combination = (options["encryption"], options["integrity"], options["dh_group"])
        ike[combination] = ike.get(combination, True) and not found
        options = one["ipsec"]
        esp[options["encryption"], options["integrity"], options["pfs_group"]] = not found
    say_table(say, f"{title} IKE", ike)
    say_table(say, f"{title} ESP, rekeyed", esp)
    assert (len(ike), len(esp)) == (len(IKE), len(ESP))
    assert differences == {}
    pfs = {one["name"] for one in wanted if one["ipsec"]["pfs_group"] != "disabled"}
    assert {name for name in names if after[name]["child"].get("dh-group")} == pfs
