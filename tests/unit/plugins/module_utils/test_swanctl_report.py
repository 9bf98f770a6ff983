"""What charon prints, what is made of it, and how it is compared."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_diagnosis as diagnosis
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_negotiated as negotiated
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_raw as raw

CONNECTION = {
    "name": "t1",
    "role": "standby",
    "remote_address": "203.0.113.11",
    "local_id": "198.51.100.10",
    "remote_id": "203.0.113.11",
    "psk": "key",
    "ike": {
        "version": "ikev2",
        "mode": "main",
        "encryption": "aes256",
        "integrity": "sha256",
        "dh_group": 14,
        "lifetime": 86400,
    },
    "ipsec": {"encryption": "aes256", "integrity": "sha256", "pfs_group": "14", "lifetime": 86400},
    "dpd": True,
    "dpd_delay": 10,
    "force_encapsulation": False,
    "local_networks": ["192.168.1.0/24"],
    "remote_networks": ["172.16.1.0/24"],
}

# Printed by swanctl --list-sas --raw --pretty of strongSwan 5.9.8.
ASSOCIATION = """\
list-sa event {
  t1 {
    uniqueid = 3
    version = 2
    state = ESTABLISHED
    local-id = 198.51.100.10
    remote-host = 203.0.113.11
    remote-id = 203.0.113.11
    encr-alg = AES_CBC
    encr-keysize = 256
    integ-alg = HMAC_SHA2_256_128
    prf-alg = PRF_HMAC_SHA2_256
    dh-group = MODP_2048
    established = 2
    child-sas {
      t1-4 {
        name = t1
        uniqueid = 4
        state = INSTALLED
        encr-alg = AES_CBC
        encr-keysize = 256
        integ-alg = HMAC_SHA2_256_128
        bytes-in = 168
        local-ts = [
          192.168.1.0/24
        ]
        remote-ts = [
          172.16.1.0/24
        ]
      }
    }
  }
}
list-sas reply {
}
"""


def test_associations_are_read():
    (association,) = raw.associations(ASSOCIATION)
    assert (association["name"], association["uniqueid"]) == ("t1", "3")
    (child,) = association["children"]
    assert (child["bytes-in"], child["local-ts"]) == ("168", ["192.168.1.0/24"])


def test_values_with_spaces_equal_signs_and_nothing_are_read():
    lines = ["stats reply {", "uptime {", "since = Nov 23 18:04:50 2026", "}", "id = C=CH, O=a {b}", "empty = "]
    text = "\n".join([*lines, "list = [", "]", "}"])
    assert raw.parse_messages(text) == [
        ("stats reply", {"uptime": {"since": "Nov 23 18:04:50 2026"}, "id": "C=CH, O=a {b}", "empty": "", "list": []})
    ]


@pytest.mark.parametrize("text", ["no message", "a {\n", "a {\n  b\n}\n", "a {\n  b = [\n"])
def test_output_of_another_form_is_refused(text):
    with pytest.raises(ValueError, match="swanctl"):
        raw.parse_messages(text)


def established(**changes):
    text = ASSOCIATION
    for old, new in changes.values():
        text = text.replace(old, new)
    (pair,) = daemon_state.installed_children(raw.associations(text), "t1")
    return negotiated.compare_established(CONNECTION, *pair)


def test_a_tunnel_as_wanted_has_no_differences():
    assert established() == []


def test_a_tunnel_with_other_settings_is_described():
    found = established(
        group=("MODP_2048", "MODP_1024"),
        cipher=("encr-alg = AES_CBC\n        encr-keysize = 256", "encr-alg = 3DES_CBC"),
        network=("172.16.1.0/24", "172.16.1.128/25"),
    )
    assert [(one["parameter"], one["wanted"], one["actual"]) for one in found] == [
        ("ike.dh_group", "14", "2"),
        ("ipsec.encryption", "aes256", "3des"),
        ("remote_networks", "172.16.1.0/24", "172.16.1.128/25"),
    ]


def in_file(**changes):
    wanted = model.connection_tree(CONNECTION)
    text = conf.render(wanted)
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new, 1)
    actual = conf.parse_text(text).find("connections", "t1").as_dict()
    return [
        (one["parameter"], one["wanted"], one["actual"])
        for one in negotiated.compare_settings(wanted["connections"]["t1"], actual, "t1")
    ]


def test_other_spellings_in_a_file_are_no_differences():
    assert in_file(time=("life_time = 86400s", "life_time = 24h"), flag=("mobike = no", "mobike = false")) == []


def test_differences_in_a_file_are_named_as_options():
    assert in_file(
        proposal=("proposals = aes256-sha256-modp2048", "proposals = aes128-sha256-modp1024"),
        pfs=("esp_proposals = aes256-sha256-modp2048", "esp_proposals = aes256-sha256"),
        extra=("mobike = no", "mobike = no\n rekey_bytes = 5"),
        network=("local_ts = 192.168.1.0/24", "local_ts = 192.168.9.0/24"),
    ) == [
        ("ipsec.pfs_group", "14", "disabled"),
        ("local_networks", "192.168.1.0/24", "192.168.9.0/24"),
        ("ike.encryption", "aes256", "aes128"),
        ("ike.dh_group", "14", "2"),
        ("rekey_bytes", "(not set)", "5"),
    ]


def test_a_proposal_outside_the_table_is_shown_whole():
    assert in_file(proposal=("proposals = aes256-sha256-modp2048", "proposals = aes256gcm16-prfsha256-x25519")) == [
        ("proposals", "aes256-sha256-modp2048", "aes256gcm16-prfsha256-x25519")
    ]


LOGS = [
    (["[IKE] received AUTHENTICATION_FAILED notify error"], "make psk, local_id and remote_id agree"),
    (["[IKE] tried 1 shared key for 'a' - 'b', but MAC mismatched"], "give both ends the same psk"),
    (["[IKE] received NO_PROPOSAL_CHOSEN notify error"], "accepts no IKE proposal of aes256-sha256-modp2048"),
    (["[IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built"], "accepts no IPsec proposal"),
    (["[IKE] received TS_UNACCEPTABLE notify, no CHILD_SA built"], "does not accept the networks 192.168.1.0/24"),
    (["[NET] sending packet", "[IKE] retransmit 1 of request with message ID 0"], "203.0.113.11 did not answer"),
    ([], "203.0.113.11 did not answer"),
]


@pytest.mark.parametrize(("log", "text"), LOGS)
def test_a_log_is_explained(log, text):
    explained = diagnosis.explain(CONNECTION, log)
    assert text in explained
    assert all(("charon: " + line in explained) == line.startswith("[IKE]") for line in log)


def test_start_times_of_one_daemon_may_differ_by_a_second():
    assert daemon_state.same_start("Nov 23 18:04:50 2026", "Nov 23 18:04:51 2026")
    assert not daemon_state.same_start("Nov 23 18:04:50 2026", "Nov 23 18:04:52 2026")
    assert daemon_state.same_start("unreadable", "unreadable")


def test_a_diff_shows_settings_and_hides_secrets():
    before = files.wanted("/d", [CONNECTION])
    after = files.wanted("/d", [{**CONNECTION, "psk": "another", "dpd_delay": 5}])
    entries = {entry["after_header"]: entry for entry in files.diff(before, after)}
    assert "dpd_delay = 5s" in entries["/d/hybridnet-t1.conf"]["after"]
    secret = entries["/d/hybridnet-t1.secret.conf"]
    assert 'secret = "(hidden)"' in secret["before"]
    assert 'secret = "(hidden, changed)"' in secret["after"]


def test_a_file_with_a_syntax_error_is_not_shown_in_a_diff():
    assert files.view("secrets { ike { secret = x\n") == (
        "(not shown: section 'ike' is opened here and never closed in line 1)\n"
    )


def test_names_of_files_are_told_from_others():
    assert files.names(["/d/hybridnet-a.conf", "/d/hybridnet-a.secret.conf", "/d/hybridnet-B.conf", "/d/x.conf"]) == [
        "a"
    ]


def test_a_c_library_that_knows_no_summer_time_of_the_zone(monkeypatch):
    """Debian 11: mktime refuses a daylight saving time that the zone does not have."""
    without = daemon_state.time.mktime

    def refuses(moment):
        if moment[8] == 1:
            raise OverflowError("mktime argument out of range")
        return without(moment)

    expected = daemon_state.start_seconds("Nov 23 18:04:50 2026")
    monkeypatch.setattr(daemon_state.time, "mktime", refuses)
    assert daemon_state.start_seconds("Nov 23 18:04:50 2026") == expected
