"""Verdicts from evidence, above all those that the lab's data path cannot produce."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._diagnosis import CAUSES, ESTABLISHED, diagnose

SITE, NAME, PEER = "store-001", "store-001-main-1", "203.0.113.11"


def association(*, encapsulated=True, state="ESTABLISHED"):
    child = {"state": "INSTALLED", "encapsulated": encapsulated, "uniqueid": "2"}
    return {"name": NAME, "state": state, "children": [child]}


def evidence(**changes):
    """A healthy site with one tunnel; ``up=False``: with none."""
    up = changes.pop("up", True)
    found = {
        "site": SITE,
        "problem": None,
        "cloud": {
            "connections": {NAME: {"status": ESTABLISHED if up else "ike_sa_not_established", "address": PEER}},
            "missing": [],
            "peers": {NAME: {"configured": "198.51.100.10", "wanted": "198.51.100.10"}},
            "routes": [],
            "security": [],
        },
        "host": {"problems": [], "differences": [], "associations": [association()] if up else []},
        "path": {
            "forwarding": True,
            "strict_filters": [],
            "filtered_packets": 0,
            "blocked": [],
            "log": [],
            "sizes": [{"address": "172.16.1.10", "sent": 1400, "answered": 1400}],
        },
        "filtered_before": 0,
        "measured": {
            "tunnels": [{"name": NAME, "bytes_in": 252, "bytes_out": 252}],
            "pings": [{"address": "172.16.1.10", "sent": 3, "received": 3}],
        },
        "far": [],
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = found
        for parent in parents:
            target = target[parent]
        target[last] = value
    return found


def difference(parameter, wanted="aes256", actual="aes192", source="file"):
    return {"connection": NAME, "parameter": parameter, "wanted": wanted, "actual": actual, "source": source}


def lost(**changes):
    return evidence(measured__pings=[{"address": "172.16.1.10", "sent": 3, "received": 0}], **changes)


def packets(direction, port, exchange="IKE_SA_INIT"):
    """A packet as charon logs it, with the line that tells what is in it."""
    ends = ("198.51.100.10[500]", f"{PEER}[{port}]")
    line = f"{direction} packet: from {' to '.join(ends if direction == 'sending' else ends[::-1])} (80 bytes)"
    if direction == "sending":
        return [f"generating {exchange} request 0 [ SA ]", line]
    return [line, f"parsed {exchange} response 0 [ SA ]"]


def one_way(bytes_in, bytes_out):
    return [{"name": NAME, "bytes_in": bytes_in, "bytes_out": bytes_out}]


SPOKEN = [*packets("sending", 500), "retransmit 1 of request with message ID 0", packets("sending", 500)[1]]
DELETED = f"deleting IKE_SA {NAME}[7] between a and b"
BROKEN = {
    "host_unreachable": evidence(problem="Connection refused"),
    "cloud_missing": evidence(cloud__missing=["IPsec connection ipsec-store-001-main"]),
    "host_missing": evidence(up=False, host__differences=[difference("connection", "present", "missing")]),
    "peer_address": evidence(up=False, host__differences=[difference("remote_address", PEER, "203.0.113.99")]),
    "ike_version": evidence(up=False, host__differences=[difference("ike.version", "2", "1")]),
    "ike_proposals": evidence(up=False, host__differences=[difference("ike.encryption")]),
    "identities": evidence(up=False, host__differences=[difference("remote_id", PEER, "203.0.113.99")]),
    "psk": evidence(up=False, host__differences=[difference("psk", "(hidden)", "(hidden, different)")]),
    "esp_proposals": evidence(up=False, host__differences=[difference("ipsec.encryption")]),
    "traffic_selectors": evidence(up=False, host__differences=[difference("local_networks", "a", "b")]),
    "host_firewall": evidence(
        up=False, path__blocked=[{"flow": "udp 500 out", "peer": PEER, "by": "chain output"}], path__log=SPOKEN
    ),
    "udp_500": evidence(up=False, path__log=SPOKEN),
    "udp_4500": evidence(
        up=False, path__log=[*SPOKEN, *packets("received", 500), *packets("sending", 4500, "IKE_AUTH")]
    ),
    "idle": evidence(
        up=False,
        path__log=[
            DELETED,
            *packets("sending", 4500, "INFORMATIONAL"),
            *packets("received", 4500, "INFORMATIONAL"),
            "IKE_SA deleted",
        ],
    ),
    "one_end_only": evidence(host__associations=[]),
    "vpc_route": lost(cloud__routes=["no route table leads there"]),
    "security_group": lost(cloud__security=["sg-1 lets no ICMP in"]),
    "forwarding": lost(path__forwarding=False),
    "host_firewall_forward": lost(path__blocked=[{"flow": "forward to the cloud", "peer": "x", "by": "chain forward"}]),
    "reverse_path": lost(path__strict_filters=["ipsec0"], path__filtered_packets=3),
    # Real IP protocol 50 is not in the lab's data path, which wraps ESP in UDP: from the evidence alone.
    "esp_blocked": lost(
        host__associations=[association(encapsulated=False)], measured__tunnels=one_way(bytes_in=0, bytes_out=252)
    ),
    "one_way": lost(measured__tunnels=one_way(bytes_in=0, bytes_out=252)),
    "packet_size": evidence(path__sizes=[{"address": "172.16.1.10", "sent": 1400, "answered": 1180}]),
    "device": evidence(up=False, problem="fortios", device="fortios"),
    "unexplained": lost(measured__tunnels=one_way(bytes_in=0, bytes_out=0)),
}
LATENT = {
    "pfs": evidence(host__differences=[difference("ipsec.pfs_group", "14", "2")]),
    "dpd": evidence(host__differences=[difference("dpd_delay", "10s", "(not set)")]),
}


def test_every_cause_is_shown_here():
    # What the service reports stands in for a host out of reach, and has a test of its own.
    assert {*BROKEN, *LATENT, "reported"} == set(CAUSES)


def test_healthy():
    verdict = diagnose(evidence())
    assert verdict["healthy"] and verdict["findings"] == []
    assert verdict["verdict"] == "store-001: healthy, every tunnel is up and carries packets"


def test_a_device_whose_tunnels_are_up_is_healthy():
    assert diagnose(evidence(problem="fortios", device="fortios"))["healthy"]


@pytest.mark.parametrize("cause", BROKEN)
def test_first_cause(cause):
    verdict = diagnose(BROKEN[cause])
    assert not verdict["healthy"]
    assert verdict["findings"][0]["cause"] == cause
    assert CAUSES[cause].title in verdict["verdict"] and CAUSES[cause].fix in verdict["verdict"]


@pytest.mark.parametrize("cause", LATENT)
def test_what_breaks_nothing_yet(cause):
    verdict = diagnose(LATENT[cause])
    assert verdict["healthy"]
    assert [(item["cause"], item["latent"]) for item in verdict["findings"]] == [(cause, True)]


def test_both_values_are_named():
    sentence = diagnose(BROKEN["ike_proposals"])["findings"][0]["sentence"]
    assert sentence == (
        "store-001-main-1: the IKE proposals differ: "
        "ike.encryption is aes256 in the cloud and aes192 on the host (file)"
    )


def test_a_key_is_never_shown():
    shown = str(diagnose(evidence(up=False, host__differences=[difference("psk", "Secret-1", "Secret-2")])))
    assert "Secret" not in shown


def test_only_the_last_negotiation_counts():
    """What was heard before the tunnel went down says nothing about the way now."""
    old = [*packets("received", 4500), DELETED]
    assert diagnose(evidence(up=False, path__log=[*old, *SPOKEN]))["findings"][0]["cause"] == "udp_500"


def test_what_explains_the_rest_comes_first():
    both = copy.deepcopy(BROKEN["udp_500"])
    both["path"]["blocked"] = BROKEN["host_firewall"]["path"]["blocked"]
    both["path"]["forwarding"] = False
    causes = [(item["cause"], item["latent"]) for item in diagnose(both)["findings"]]
    assert causes == [("host_firewall", False), ("udp_500", False), ("forwarding", True)]


def test_a_rule_that_may_differ_is_no_finding():
    free = [difference("ike.lifetime", "86400", "3600"), difference("dpd_delay", "10s", "600s")]
    assert diagnose(evidence(host__differences=free))["findings"] == []


@given(
    st.lists(st.sampled_from([*BROKEN]), max_size=3),
    st.lists(st.sampled_from(["ike.encryption", "psk", "local_id", "unknown.setting", "ipsec.lifetime"]), max_size=3),
)
def test_any_mixture_has_a_verdict(causes, parameters):
    """Broken means a first finding that is not latent; healthy means none, and latent ones come last."""
    mixed = evidence()
    for cause in causes:
        for key in ("cloud", "host", "path", "measured"):
            mixed[key] = {**mixed[key], **BROKEN[cause][key]}
    mixed["host"] = {**mixed["host"], "differences": [difference(name) for name in parameters]}
    verdict = diagnose(mixed)
    latent = [item["latent"] for item in verdict["findings"]]
    assert latent == sorted(latent)
    assert verdict["healthy"] == all(latent)


def test_what_the_service_reports_is_shown_with_the_cause_and_stands_in_for_a_host_out_of_reach():
    words = ["the service finds: no proposal is common"]
    told = {NAME: {"status": "ike_sa_not_established", "address": PEER, "reported": words}}
    seen = evidence(up=False, cloud__connections=told, host__differences=[difference("ike.encryption")])
    assert diagnose(seen)["findings"][0]["cause"] == "ike_proposals"
    assert diagnose(seen)["findings"][0]["evidence"] == words
    unreachable = evidence(up=False, cloud__connections=told, problem="Connection refused")
    causes = {item["cause"]: item["evidence"] for item in diagnose(unreachable)["findings"]}
    assert list(causes) == ["host_unreachable", "reported"] and causes["reported"] == words
