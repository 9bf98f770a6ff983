"""Wrong documents through the module: the table of the topology's own tests, with no call of the API for any row."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.site_documents import SECRETS, fleet_with
from ansible_collections.hybridnet.alicloud.tests.unit.plugins.module_utils.test_topology_wrong_inputs import ROWS


def module_options(fleet):
    """The documents as the role hands them over: keys apart from the rest."""
    sites = fleet["sites"] or {}
    plain = {
        name: {key: value for key, value in site.items() if key != "psk"} if isinstance(site, dict) else site
        for name, site in sites.items()
    }
    psks = {name: site["psk"] for name, site in sites.items() if isinstance(site, dict) and site.get("psk")}
    options = {"gateways": fleet["gateways"], "defaults": fleet["defaults"], "sites": plain, "psks": psks}
    return {**options, "owner": fleet["owner"]} if "owner" in fleet else options


def usable(fleet):
    """Rows that get as far as the documents: Ansible itself refuses an option that is not a mapping."""
    return all(isinstance(fleet.get(name) or {}, dict) for name in ("gateways", "defaults", "sites"))


# An empty key counts as left out on its way through the role, and the service makes one; the region is an option of
# every module (test_access.py).
NOT_THROUGH_THE_ROLE = {"empty psk", "a region that is none"}
USED = {
    name: row for name, row in ROWS.items() if name not in NOT_THROUGH_THE_ROLE and usable(fleet_with(row[0], row[1]))
}


def test_the_table_is_long_enough():
    assert len(USED) >= 30


@pytest.mark.parametrize("name", USED)
def test_wrong_document(account, name):
    where, what, path, _value, rule, fix = USED[name]
    failed = account.fails("vpn_sites", **module_options(fleet_with(where, what)))
    for part in (path, rule, fix):
        assert part in failed["msg"], failed["msg"]
    assert "nothing was changed" in failed["msg"]
    assert account.cloud.admin("GET", "calls")["total"] == 0
    assert not [secret for secret in SECRETS if secret in account.printed[-1]]
