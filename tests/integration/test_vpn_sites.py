"""The fleet module: whole sites, planned and changed together."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

PSK, OTHER_PSK = "Kx7mQ2vT9bR4nZc1", "Wd5hJ8sY3gL6pFa0"
GATEWAY = {
    "name": "vpg-lab",
    "vpc": "vpc-lab",
    "vswitches": ["vsw-lab-a", "vsw-lab-b"],
    "bandwidth": 10,
    "tags": {"env": "lab"},
}


def documents() -> dict[str, Any]:
    return {
        "gateways": {"main": copy.deepcopy(GATEWAY)},
        "defaults": {"crypto": "modern", "cloud_networks": ["172.16.0.0/16"]},
        "sites": {
            "store-001": {"public_address": "198.51.100.10", "networks": ["192.168.1.0/24"]},
            "store-002": {"public_address": "198.51.100.20", "networks": ["192.168.2.0/24"], "behind_nat": True},
        },
        "psks": {"store-001": PSK},
    }


def counted(**numbers: int) -> dict[str, int]:
    """A summary with zeros for what is not named."""
    return {**dict.fromkeys(("created", "updated", "deleted", "unchanged", "failed", "not_reached"), 0), **numbers}


@pytest.fixture
def built(account):
    """An account in which the documents are in force; yields the account and the documents."""
    account.network()
    options = documents()
    account.ok("vpn_sites", **options)
    account.forget_calls()
    return account, options


def test_plan_build_and_again(account):
    account.network()
    options = documents()
    account.forget_calls()
    checked = account.ok("vpn_sites", check=True, **options)
    assert checked["summary"] == counted(created=7)
    assert account.writes() == {}
    done = account.ok("vpn_sites", **options)
    assert done["summary"] == checked["summary"]
    assert account.writes() == {
        "CreateVpnGateway": 1,
        "TagResources": 1,
        "CreateCustomerGateway": 2,
        "CreateVpnConnection": 2,
        "CreateVpnPbrRouteEntry": 2,
    }
    account.forget_calls()
    again = account.ok("vpn_sites", **options)
    assert not again["changed"] and again["plan"] == [] and again["diff"] == []
    assert account.writes() == {}


def change_psk(options):
    options["psks"]["store-001"] = OTHER_PSK


def change_encryption(options):
    options["defaults"]["crypto"] = {"suite": "modern", "ike": {"encryption": "aes192"}}


def change_group(options):
    options["defaults"]["crypto"] = {"suite": "modern", "ike": {"dh_group": 14}, "ipsec": {"pfs_group": "disabled"}}


def change_networks(options):
    options["sites"]["store-001"]["networks"] = ["192.168.1.0/24", "192.168.11.0/24"]


def shrink_cloud_networks(options):
    options["sites"]["store-001"]["cloud_networks"] = ["172.16.1.0/24"]


def change_gateway_tags(options):
    options["gateways"]["main"]["tags"] = {"env": "lab", "owner": "netops"}


def change_site_tags(options):
    options["sites"]["store-001"]["tags"] = {"store": "1"}


def add_site(options):
    options["sites"]["store-003"] = {"public_address": "198.51.100.30", "networks": ["192.168.3.0/24"]}


def remove_site(options):
    del options["sites"]["store-002"]


def make_site_absent(options):
    options["sites"]["store-002"]["state"] = "absent"


def move_site(options):
    options["sites"]["store-001"]["public_address"] = "198.51.100.11"


MODIFY = "ModifyVpnConnectionAttribute"
CHANGES = [
    (change_psk, {MODIFY: 1}),
    (change_encryption, {MODIFY: 2}),
    (change_group, {MODIFY: 2}),
    (change_networks, {MODIFY: 1, "CreateVpnPbrRouteEntry": 1}),
    (shrink_cloud_networks, {MODIFY: 1, "CreateVpnPbrRouteEntry": 1, "DeleteVpnPbrRouteEntry": 1}),
    (change_gateway_tags, {"TagResources": 1}),
    (change_site_tags, {"TagResources": 2}),
    (add_site, {"CreateCustomerGateway": 1, "CreateVpnConnection": 1, "CreateVpnPbrRouteEntry": 1}),
    (remove_site, {"DeleteCustomerGateway": 1, "DeleteVpnConnection": 1, "DeleteVpnPbrRouteEntry": 1}),
    (make_site_absent, {"DeleteCustomerGateway": 1, "DeleteVpnConnection": 1, "DeleteVpnPbrRouteEntry": 1}),
    (move_site, {"CreateCustomerGateway": 1, MODIFY: 1, "DeleteCustomerGateway": 1}),
]


@pytest.mark.parametrize(("change", "writes"), CHANGES, ids=[change.__name__ for change, _writes in CHANGES])
def test_one_change_makes_only_its_calls(built, change, writes):
    account, options = built
    change(options)
    checked = account.ok("vpn_sites", check=True, **options)
    assert checked["changed"] and account.writes() == {}
    done = account.ok("vpn_sites", **options)
    assert account.writes() == writes
    assert len(done["plan"]) == len(checked["plan"])
    account.forget_calls()
    assert not account.ok("vpn_sites", **options)["changed"]
    assert account.writes() == {}
    assert PSK not in "".join(account.printed) and OTHER_PSK not in "".join(account.printed)


def test_moved_site_keeps_its_connection(built):
    """A new address makes a new customer gateway; both tunnels move to it and expect its identity."""
    account, options = built
    before = account.ok("ipsec_connection_info", name="ipsec-store-001-main")["ipsec_connections"][0]
    move_site(options)
    account.ok("vpn_sites", **options)
    after = account.ok("ipsec_connection_info", name="ipsec-store-001-main")["ipsec_connections"][0]
    customer = account.ok("customer_gateway_info", name="cgw-store-001")["customer_gateways"]
    assert [item["ip_address"] for item in customer] == ["198.51.100.11"]
    assert after["vpn_connection_id"] == before["vpn_connection_id"]
    for tunnel in after["tunnels"]:
        assert tunnel["customer_gateway_id"] == customer[0]["customer_gateway_id"]
        assert tunnel["ike"]["remote_id"] == "198.51.100.11"


def test_limit_leaves_other_sites_alone(built):
    account, options = built
    change_encryption(options)
    remove_site(options)
    result = account.ok("vpn_sites", limit=["store-001"], **options)
    assert result["changed"] and account.writes() == {MODIFY: 1}


def test_limit_reads_only_the_site(account):
    """Sixty sites are two pages of each kind; one of them is asked for by its tags. Routes cannot be filtered."""
    account.network()
    raise_quotas(account)
    options = many_sites(60)
    account.ok("vpn_sites", **options)
    options["sites"]["store-007"]["networks"] = ["10.9.0.0/24"]
    for module in ("vpn_sites_info", "vpn_sites"):
        account.forget_calls()
        given = options if module == "vpn_sites" else {**options, "psks": None}
        account.ok(module, limit=["store-007"], **given)
        assert (account.calls("DescribeCustomerGateways"), account.calls("DescribeVpnConnections")) == (1, 1), module
    assert account.writes() == {MODIFY: 1, "CreateVpnPbrRouteEntry": 1, "DeleteVpnPbrRouteEntry": 1}


def test_limit_finds_what_was_made_by_hand(account):
    """A customer gateway of the site's name without our tags is used, as without a limit."""
    account.network()
    account.api("CreateCustomerGateway", Name="cgw-store-001", IpAddress="198.51.100.10")
    account.ok("vpn_sites", limit=["store-001"], **documents())
    assert account.writes()["CreateCustomerGateway"] == 1
    assert not account.ok("vpn_sites", limit=["store-001"], **documents())["changed"]


def test_a_setting_changed_by_hand_is_named_and_repaired(built):
    account, options = built
    found = account.ok("ipsec_connection_info", name="ipsec-store-002-main")["ipsec_connections"][0]
    account.ok(
        "ipsec_connection",
        vpn_connection_id=found["vpn_connection_id"],
        tunnels=[{"role": "master", "ipsec": {"pfs_group": "2"}}, {"role": "slave"}],
    )
    checked = account.ok("vpn_sites", check=True, **options)
    assert [{**item, "object": ""} for item in checked["differences"]] == [
        {"object": "", "parameter": "tunnels[master].ipsec.pfs_group", "wanted": "14", "actual": "2"}
    ]
    assert account.ok("vpn_sites", **options)["changed"]
    assert not account.ok("vpn_sites", **options)["changed"]


def test_identities_changed_by_hand_are_repaired(built):
    account, options = built
    found = account.ok("ipsec_connection_info", name="ipsec-store-001-main")["ipsec_connections"][0]
    wrong = {"local_id": "cloud.example.com", "remote_id": "store.example.com"}
    tunnels = [{"role": "master", "ike": wrong}, {"role": "slave"}]
    account.ok("ipsec_connection", vpn_connection_id=found["vpn_connection_id"], tunnels=tunnels)
    checked = account.ok("vpn_sites", check=True, **options)
    assert [(item["parameter"], item["wanted"], item["actual"]) for item in checked["differences"]] == [
        ("tunnels[master].ike.local_id", found["tunnels"][0]["internet_ip"], "cloud.example.com"),
        ("tunnels[master].ike.remote_id", "198.51.100.10", "store.example.com"),
    ]
    account.ok("vpn_sites", **options)
    assert not account.ok("vpn_sites", **options)["changed"]


def test_max_deletes(built):
    account, options = built
    options["sites"] = {"store-009": {"public_address": "198.51.100.90", "networks": ["192.168.9.0/24"]}}
    options["psks"] = {}
    failed = account.fails("vpn_sites", max_deletes=1, **options)
    assert "max_deletes" in failed["msg"] and "2 connections" in failed["msg"]
    assert account.writes() == {}
    kept = account.ok("vpn_sites", purge=False, **options)
    assert kept["summary"]["deleted"] == 0


def test_teardown_removes_what_was_made_and_nothing_else(built):
    account, options = built
    foreign = account.ok("customer_gateway", name="cgw-foreign", ip_address="198.51.100.99", tags={"owner": "x"})
    account.forget_calls()
    assert account.ok("vpn_sites", check=True, state="absent", **options)["summary"]["deleted"] == 7
    assert account.writes() == {}
    account.ok("vpn_sites", state="absent", **options)
    assert account.writes() == {
        "DeleteVpnPbrRouteEntry": 2,
        "DeleteVpnConnection": 2,
        "DeleteCustomerGateway": 2,
        "DeleteVpnGateway": 1,
    }
    left = account.ok("customer_gateway_info")["customer_gateways"]
    assert [item["customer_gateway_id"] for item in left] == [foreign["customer_gateway"]["customer_gateway_id"]]
    assert not account.ok("vpn_sites", state="absent", **options)["changed"]


def test_teardown_of_some_sites(built):
    account, options = built
    result = account.ok("vpn_sites", state="absent", limit=["store-002"], **options)
    assert result["summary"]["deleted"] == 3
    assert [item["name"] for item in account.ok("ipsec_connection_info")["ipsec_connections"]] == [
        "ipsec-store-001-main"
    ]
    assert len(account.ok("vpn_gateway_info")["vpn_gateways"]) == 1


def test_what_was_there_before_is_never_deleted(account):
    """A gateway and a customer gateway made by hand under the names of the documents are used, and survive."""
    network = account.network()
    account.api(
        "CreateVpnGateway",
        Name="vpg-lab",
        VpcId=network["vpc_id"],
        Bandwidth=10,
        VSwitchId=network["vswitch_id"],
        DisasterRecoveryVSwitchId=network["disaster_recovery_vswitch_id"],
    )
    account.api("CreateCustomerGateway", Name="cgw-store-001", IpAddress="198.51.100.10")
    options = documents()
    created = account.ok("vpn_sites", **options)
    assert created["summary"]["created"] == 5
    assert not account.ok("vpn_sites", **options)["changed"]
    account.ok("vpn_sites", state="absent", **options)
    assert [item["name"] for item in account.ok("vpn_gateway_info")["vpn_gateways"]] == ["vpg-lab"]
    assert [item["name"] for item in account.ok("customer_gateway_info")["customer_gateways"]] == ["cgw-store-001"]
    assert account.ok("ipsec_connection_info")["ipsec_connections"] == []


def test_one_site_fails_and_the_others_are_done(account):
    account.network()
    options = documents()
    account.fault(action="CreateVpnConnection", kind="error", status=400, code="Resource.QuotaFull", message="Full.")
    failed = account.fails("vpn_sites", **options)
    assert failed["summary"]["failed"] == 2  # the connection, and the route that needs it
    assert "Resource.QuotaFull" in failed["msg"] and "request id" in failed["msg"]
    assert "ipsec-store-001-main" in failed["msg"]
    assert len(account.ok("ipsec_connection_info")["ipsec_connections"]) == 1
    account.forget_calls()
    assert account.ok("vpn_sites", **options)["changed"]
    assert account.writes() == {"CreateVpnConnection": 1, "CreateVpnPbrRouteEntry": 1}


def test_a_gateway_that_a_run_left_without_its_tags_is_named(account):
    """The service takes the tags of a gateway only once it exists. One that was left without them may be another's."""
    account.network()
    options = documents()
    account.fault(action="TagResources", kind="error", status=400, code="Forbidden.RAM", message="No.")
    account.fails("vpn_sites", **options)
    again = account.ok("vpn_sites", **options)
    [gateway] = account.ok("vpn_gateway_info")["vpn_gateways"]
    # Modules that run in one process share their warnings, and newer Ansible wraps them.
    warned = [json.dumps(item, default=str) for item in again["warnings"]]
    [warning] = [text for text in warned if gateway["vpn_gateway_id"] in text]
    assert "vpn_gateways[main]" in warning and "give it the tag hybridnet:owner: hybridnet" in warning
    assert not account.ok("vpn_sites", **options)["changed"]


def test_concurrency_has_a_lower_bound(account):
    account.network()
    account.forget_calls()
    failed = account.fails("vpn_sites", concurrency=0, **documents())
    assert "concurrency: 0 is less than 1" in failed["msg"]
    assert account.cloud.admin("GET", "calls")["total"] == 0


def test_on_error_stop(account):
    """What was not reached is neither done nor failed, and the next run goes on from there."""
    account.network()
    options = many_sites(8)
    account.fault(action="CreateVpnConnection", kind="error", nth=3, status=400, code="InvalidName", message="No.")
    account.settings(quotas={"connections_per_gateway": 100})
    failed = account.fails("vpn_sites", on_error="stop", **options)
    # The gateway, the customer gateways and two connections; then one failed, and five and the routes come no more.
    assert failed["summary"] == counted(created=11, failed=1, not_reached=13)
    assert [(item["object"], item["code"]) for item in failed["failures"]] == [("ipsec-store-002-main", "InvalidName")]
    assert account.ok("vpn_sites", **options)["summary"] == counted(created=14, unchanged=11)


def test_on_error_stop_before_anything_is_done(account):
    account.network()
    account.fault(action="CreateVpnGateway", kind="error", status=400, code="InvalidName", message="No.")
    failed = account.fails("vpn_sites", on_error="stop", **documents())
    assert failed["summary"] == counted(failed=1, not_reached=6)


def test_single_tunnel_gateway(account):
    account.network()
    options = documents()
    options["gateways"]["main"]["vswitches"] = ["vsw-lab-a"]
    account.ok("vpn_sites", **options)
    assert not account.ok("vpn_sites", **options)["changed"]
    change_group(options)
    account.forget_calls()
    account.ok("vpn_sites", **options)
    assert account.writes() == {MODIFY: 2}
    found = account.ok("vpn_sites_info", include_psk=True, **{**options, "psks": None})
    assert [peer["psk"] for peer in found["peers"]["store-001"]] == [PSK]


def test_existing_gateway_by_id(account):
    gateway = account.dual_gateway()
    options = documents()
    options["gateways"] = {
        "main": {"vpn_gateway_id": gateway["vpn_gateway_id"], "vswitches": ["vsw-lab-a", "vsw-lab-b"]}
    }
    account.forget_calls()
    account.ok("vpn_sites", **options)
    assert "CreateVpnGateway" not in account.writes()
    assert not account.ok("vpn_sites", **options)["changed"]
    options["gateways"]["main"]["vpn_gateway_id"] = "vpn-unknown"
    failed = account.fails("vpn_sites", **options)
    assert "vpn-unknown" in failed["msg"] and "is not the id of a VPN gateway" in failed["msg"]


def test_info(built):
    account, options = built
    del options["psks"]
    found = account.ok("vpn_sites_info", **options)
    assert account.writes() == {}
    assert found["gateways"]["main"]["status"] == "active"
    assert found["sites"]["store-001"]["connections"]["main"]["state"] == "active"
    assert [peer["name"] for peer in found["peers"]["store-001"]] == ["store-001-main-1", "store-001-main-2"]
    addresses = {found["gateways"]["main"][name] for name in ("internet_ip", "disaster_recovery_internet_ip")}
    assert {peer["remote_address"] for peer in found["peers"]["store-001"]} == addresses
    assert "psk" not in found["peers"]["store-001"][0]
    with_keys = account.ok("vpn_sites_info", include_psk=True, **options)
    assert [peer["psk"] for peer in with_keys["peers"]["store-001"]] == [PSK, PSK]
    assert len({peer["psk"] for peer in with_keys["peers"]["store-002"]}) == 2  # made by the service


def test_info_before_anything_exists(account):
    account.network()
    options = documents()
    del options["psks"]
    found = account.ok("vpn_sites_info", **options)
    assert {peer["remote_address"] for peer in found["peers"]["store-001"]} == {"(known after apply)"}
    assert found["gateways"] == {}


def test_what_is_read_describes_what_is_there(account):
    """The documents made of what is there, given back, change nothing."""
    account.network()
    options = documents()
    options["gateways"]["second"] = {"name": "vpg-second", "vpc": "vpc-lab", "vswitches": ["vsw-lab-a"], "bandwidth": 5}
    options["gateways"]["second"]["cloud_networks"] = ["172.17.0.0/16"]
    options["defaults"] |= {"gateways": ["main"], "tags": {"env": "lab"}}
    options["sites"]["store-001"] |= {"local_id": "store-001.example.com", "bgp": {"asn": 65010}, "tags": {"isp": "a"}}
    options["sites"]["store-002"] |= {
        "gateways": ["second"],
        "customer_gateway_name": "cgw-b",
        "remote_id": "cloud.test",
    }
    weak = {"suite": "modern", "ike": {"integrity": "sha1", "lifetime": 3600}, "ipsec": {"pfs_group": "disabled"}}
    options["sites"]["store-002"] |= {"crypto": weak, "allow_weak_crypto": True, "cloud_networks": ["172.17.1.0/24"]}
    account.ok("vpn_sites", **options)
    account.forget_calls()
    read = account.ok("vpn_sites_info", include_documents=True, **{**options, "psks": None})["documents"]
    assert read["sites"]["store-002"]["public_address"] == "198.51.100.20"
    assert not account.ok("vpn_sites", **read)["changed"]
    assert account.ok("vpn_sites_info", include_documents=True, **read)["documents"] == read
    assert account.writes() == {}
    read["sites"]["store-001"]["networks"] = ["192.168.9.0/24"]
    assert account.ok("vpn_sites", check=True, **read)["summary"]["updated"] == 1


def test_keys_among_the_sites_are_refused_unseen(account):
    options = documents()
    options["sites"]["store-001"]["psk"] = PSK
    failed = account.fails("vpn_sites", **options)
    assert "move it to the option psks" in failed["msg"]
    assert PSK not in account.printed[-1]


def test_no_change_run_reads_by_page(account):
    """Thirty sites: the calls of a run without changes do not grow with the sites."""
    account.network()
    account.settings(quotas={"connections_per_gateway": 100, "policy_routes_per_gateway": 100})
    options = documents()
    options["psks"] = {}
    options["sites"] = {
        f"store-{number:03}": {"public_address": f"198.51.100.{number}", "networks": [f"192.168.{number}.0/24"]}
        for number in range(1, 31)
    }
    account.ok("vpn_sites", **options)
    result = account.ok("vpn_sites", **options)
    assert not result["changed"]
    assert sum(result["actions"].values()) == 7, result["actions"]


def progress(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_progress_is_told_object_by_object(account, tmp_path):
    account.network()
    options, file = documents(), tmp_path / "progress.jsonl"
    account.ok("vpn_sites", check=True, progress_file=str(file), **options)
    assert not file.exists()
    account.fault(action="CreateVpnConnection", kind="error", status=400, code="Resource.QuotaFull", message="Full.")
    account.fails("vpn_sites", progress_file=str(file), **options)
    lines = progress(file)
    assert [(line["done"], line["of"]) for line in lines] == [(number, 7) for number in range(8)]
    [refused] = [line for line in lines if line.get("code")]
    assert refused["object"] == "IPsec connection ipsec-store-001-main" and refused["failed"]
    assert refused["code"] == "Resource.QuotaFull" and refused["request_id"]
    assert sum(line.get("failed", False) for line in lines) == 2  # and the route that needs it
    assert PSK not in file.read_text()
    account.ok("vpn_sites", progress_file=str(file), **options)
    assert [(line["done"], line["of"]) for line in progress(file)] == [(0, 2), (1, 2), (2, 2)]
    account.ok("vpn_sites", progress_file=str(file), **options)
    assert progress(file) == [{"done": 0, "of": 0}]


def test_progress_file_that_cannot_be_written(account, tmp_path):
    account.network()
    account.forget_calls()
    failed = account.fails("vpn_sites", progress_file=str(tmp_path / "missing" / "file"), **documents())
    assert failed["problems"][0]["path"] == "progress_file" and "No such file" in failed["msg"]
    assert account.cloud.admin("GET", "calls")["total"] == 0


def test_diff_only_when_asked_for(account):
    account.network()
    assert "diff" not in account.ok("vpn_sites", check=True, diff=False, **documents())
    assert len(account.ok("vpn_sites", check=True, diff=True, **documents())["diff"]) == 7


def many_sites(count):
    options = documents()
    options["psks"] = {}
    options["sites"] = {
        f"store-{number:03}": {
            "public_address": f"198.18.{number // 250}.{number % 250 + 1}",
            "networks": [f"10.{number // 250}.{number % 250}.0/24"],
        }
        for number in range(count)
    }
    return options


def raise_quotas(account, count=1000):
    names = ("customer_gateways", "connections_per_gateway", "policy_routes_per_gateway")
    account.settings(quotas=dict.fromkeys(names, count))


def test_refusals_for_their_rate_fail_nothing(account):
    """Three calls are refused for the rate of calls; each is repeated, and nothing is made twice."""
    account.network()
    account.fault(action="CreateCustomerGateway", kind="throttle", nth=2, count=3, retry_after_ms=100)
    result = account.ok("vpn_sites", **many_sites(6))
    assert result["summary"]["created"] == 19
    entry = account.cloud.admin("GET", "calls")["by_action"]["CreateCustomerGateway"]
    assert (entry["faulted"], entry["ok"]) == (3, 6)


def test_refused_sites_are_named_and_the_others_done(account):
    """Ten of forty connections are refused; the run after the repair touches these ten sites and no other."""
    account.network()
    raise_quotas(account)
    options = many_sites(40)
    codes = ("Resource.QuotaFull", "InvalidVpnConnection.AlreadyExists", "IllegalParam.Name")
    # Sites count from 0, calls from 1.
    reasons = {f"ipsec-store-{4 * number:03}-main": codes[number % 3] for number in range(10)}
    for number, code in enumerate(reasons.values()):
        rule = {"action": "CreateVpnConnection", "kind": "error", "status": 400, "code": code, "message": "No."}
        account.fault(nth=4 * number + 1, **rule)
    failed = account.fails("vpn_sites", **options)
    assert failed["summary"] == counted(created=101, failed=20)
    refused = [item for item in failed["failures"] if "not touched" not in item["error"]]
    assert {item["object"]: item["code"] for item in refused} == reasons
    assert all(item["code"] in item["error"] and item["request_id"] in item["error"] for item in refused)
    account.forget_calls()
    account.ok("vpn_sites", **options)
    assert account.writes() == {"CreateVpnConnection": 10, "CreateVpnPbrRouteEntry": 10}
    account.forget_calls()
    assert not account.ok("vpn_sites", **options)["changed"]
    assert account.writes() == {}
