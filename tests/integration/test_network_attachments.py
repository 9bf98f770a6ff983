"""What the modules of the VPC and its parts attach, move and let go, and how they say that something is in use."""

from __future__ import annotations

import pytest

from tests.integration.module_cases_network import NETWORK_CASES, system_table
from tests.integration.module_cases_vpn import VPN_CASES

ATTACHED = {
    "route_table": ("AssociateRouteTable", "UnassociateRouteTable", "route_table_id"),
    "network_acl": ("AssociateNetworkAcl", "UnassociateNetworkAcl", "network_acl_id"),
}


@pytest.mark.parametrize("module", ATTACHED)
def test_vswitches_of_an_object(account, module):
    """Associated with the creation, in any order, exchanged, left alone, and let go before the delete."""
    associate, unassociate, id_option = ATTACHED[module]
    network = account.network()
    first, second = network["vswitch_id"], network["disaster_recovery_vswitch_id"]
    options = {"name": "a", "vpc_id": network["vpc_id"]}
    both = {**options, "vswitch_ids": [first, second]}
    created = account.ok(module, **both)[module]
    assert sorted(created["vswitch_ids"]) == sorted([first, second])
    shown = account.ok("vswitch_info", vswitch_id=first)["vswitches"][0]
    assert shown[id_option] == created[id_option]
    account.forget_calls()
    assert not account.ok(module, **{**options, "vswitch_ids": [second, first]})["changed"]
    assert not account.ok(module, **options)["changed"]
    assert account.writes() == {}
    one = account.ok(module, **{**options, "vswitch_ids": [second]})
    assert one["changed"] and one[module]["vswitch_ids"] == [second]
    assert account.writes() == {unassociate: 1}
    moved = account.ok(module, **{**options, "vswitch_ids": [first]})
    assert moved[module]["vswitch_ids"] == [first]
    assert account.writes() == {unassociate: 2, associate: 1}
    account.forget_calls()
    assert account.ok(module, **options, state="absent")["changed"]
    assert account.writes() == {unassociate: 1, NETWORK_CASES[module].delete_action: 1}


def test_vswitches_with_time_between_the_calls(account):
    """The second call waits until the first has taken effect."""
    account.settings(delays={"route_table": 0.3, "network_acl": 0.3, "eip": 0.3})
    network = account.network()
    vswitches = [network["vswitch_id"], network["disaster_recovery_vswitch_id"]]
    for module in ATTACHED:
        options = {"name": "a", "vpc_id": network["vpc_id"], "vswitch_ids": vswitches}
        account.ok(module, **options)
        assert not account.ok(module, **options)["changed"]
        assert account.ok(module, **options, state="absent")["changed"]
    account.ok("eip", name="eip-a", instance_id="i-1")
    assert account.ok("eip", name="eip-a", instance_id="i-2")["eip"]["status"] == "InUse"
    assert account.ok("eip", name="eip-a", state="absent")["changed"]
    assert account.ok("eip_info")["eips"] == []


def test_an_address_moves_to_another_instance(account):
    account.ok("eip", name="eip-a", instance_id="i-1", private_ip_address="172.16.1.9")
    account.forget_calls()
    moved = account.ok("eip", name="eip-a", instance_id="ngw-2", instance_type="Nat")["eip"]
    assert account.writes() == {"UnassociateEipAddress": 1, "AssociateEipAddress": 1}
    assert (moved["instance_id"], moved["instance_type"], moved["private_ip_address"]) == ("ngw-2", "Nat", None)
    assert not account.ok("eip", name="eip-a")["changed"]


def test_a_prepaid_address_is_not_released(account):
    options = {"name": "eip-a", "charge_type": "prepay", "period": 1, "pricing_cycle": "Month", "auto_pay": True}
    account.ok("eip", **options)
    assert not account.ok("eip", **options)["changed"]
    assert "is prepaid and cannot be released" in account.fails("eip", name="eip-a", state="absent")["msg"]


def test_a_used_object_names_its_users(account):
    """A delete that the service refuses tells what is in the way."""
    gateway = account.dual_gateway()
    vpc_id, vswitch_id, gateway_id = gateway["vpc_id"], gateway["vswitch_id"], gateway["vpn_gateway_id"]
    table = account.ok("route_table", name="rtb-a", vpc_id=vpc_id, vswitch_ids=[vswitch_id])["route_table"]
    acl = account.ok("network_acl", name="acl-a", vpc_id=vpc_id, vswitch_ids=[vswitch_id])["network_acl"]
    route = {"route_table_id": table["route_table_id"], "destination_cidr_block": "192.168.0.0/16"}
    entry = account.ok("vpc_route_entry", **route, next_hop_type="VpnGateway", next_hop_id=gateway_id)
    entry_id = entry["vpc_route_entry"]["route_entry_id"]
    for module, options, users in (
        ("vpc", {"vpc_id": vpc_id}, [vswitch_id, gateway_id, table["route_table_id"], acl["network_acl_id"]]),
        ("vswitch", {"vswitch_id": vswitch_id}, [gateway_id, table["route_table_id"], acl["network_acl_id"]]),
        ("route_table", {"route_table_id": table["route_table_id"]}, [entry_id]),
    ):
        failed = account.fails(module, **options, state="absent")
        assert "is still used by" in failed["msg"] and "remove them first" in failed["msg"]
        assert [user for user in users if user not in failed["msg"]] == [], failed["msg"]
        assert failed["api_error"]["code"].startswith("DependencyViolation")


def test_a_used_gateway_names_its_users(account):
    gateway = account.ok("vpn_gateway", name="vpg-a", bandwidth=10, enable_ssl=True, **account.network())["vpn_gateway"]
    gateway_id, customer = gateway["vpn_gateway_id"], account.customer_gateway()
    clients = {"vpn_gateway_id": gateway_id, "local_subnets": ["172.16.0.0/16"]}
    ssl = account.ok("ssl_vpn_server", name="ssl-a", client_ip_pool="10.9.0.0/24", **clients)["ssl_vpn_server"]
    remote = account.ok("ipsec_server", name="ike-a", client_ip_pool="10.8.0.0/24", **clients)["ipsec_server"]
    connection = account.ok(
        "ipsec_connection",
        name="ipsec-a",
        vpn_gateway_id=gateway_id,
        local_subnets=["172.16.0.0/16"],
        remote_subnets=["192.168.1.0/24"],
        auto_config_route=False,
        tunnels=[{"role": role, "customer_gateway_id": customer} for role in ("master", "slave")],
    )["ipsec_connection"]["vpn_connection_id"]
    route = {"vpn_gateway_id": gateway_id, "next_hop": connection, "route_dest": "192.168.1.0/24"}
    account.ok("vpn_route_entry", **route)
    account.ok("vpn_policy_route", **{**route, "route_source": "172.16.0.0/16", "route_dest": "192.168.9.0/24"})
    table = {"route_table_id": system_table(account, gateway["vpc_id"]), "destination_cidr_block": "10.0.0.0/8"}
    entry = account.ok("vpc_route_entry", **table, next_hop_type="VpnGateway", next_hop_id=gateway_id)
    servers = [ssl["ssl_vpn_server_id"], remote["ipsec_server_id"]]
    for module, options, users in (
        ("vpn_gateway", {"vpn_gateway_id": gateway_id}, [connection, *servers]),
        ("vpn_gateway", {"vpn_gateway_id": gateway_id}, [entry["vpc_route_entry"]["route_entry_id"]]),
        ("customer_gateway", {"customer_gateway_id": customer}, [connection]),
        ("ipsec_connection", {"vpn_connection_id": connection}, ["192.168.1.0/24", "192.168.9.0/24"]),
    ):
        failed = account.fails(module, **options, state="absent")
        assert "is still used by" in failed["msg"] and "remove them first" in failed["msg"]
        assert [user for user in users if user not in failed["msg"]] == [], failed["msg"]
        assert failed["api_error"]["code"].startswith("DependencyViolation")


def test_several_vswitches_of_one_name_in_words(account):
    network = account.network()
    for third in (8, 9):
        switch = {"VpcId": network["vpc_id"], "ZoneId": "cn-hangzhou-h", "VSwitchName": "vsw-twin"}
        account.api("CreateVSwitch", **switch, CidrBlock=f"172.16.{third}.0/24")
    failed = account.fails("vswitch", name="vsw-twin", vpc_id=network["vpc_id"], state="absent")
    assert "is the name of 2 vSwitches: " in failed["msg"]


def test_a_whole_network_is_removed_right_after_its_gateway(account):
    """The service lets go of a gateway's vSwitches late: their delete waits."""
    gateway = account.dual_gateway()
    account.settings(delays={"vswitch_release": 1.0})
    account.ok("vpn_gateway", vpn_gateway_id=gateway["vpn_gateway_id"], state="absent")
    for name in ("vsw-lab-a", "vsw-lab-b"):
        assert account.ok("vswitch", name=name, vpc_id=gateway["vpc_id"], state="absent")["changed"]
    assert account.ok("vpc", vpc_id=gateway["vpc_id"], state="absent")["changed"]


def test_what_the_system_made_stays(account):
    network = account.network()
    table = system_table(account, network["vpc_id"])
    assert "is the system route table" in account.fails("route_table", route_table_id=table, state="absent")["msg"]
    route = {"route_table_id": table, "destination_cidr_block": "172.16.1.0/24"}
    assert "is a route of type System" in account.fails("vpc_route_entry", **route, state="absent")["msg"]
    renamed = account.ok("route_table", route_table_id=table, name="main", tags={"env": "prod"})
    assert renamed["changed"] and renamed["route_table"]["type"] == "System"


def test_a_route_of_a_table_that_is_gone_is_absent(account):
    route = {"route_table_id": "vtb-gone", "destination_cidr_block": "10.0.0.0/8"}
    assert not account.ok("vpc_route_entry", **route, state="absent")["changed"]
    options = {"next_hop_type": "Instance", "next_hop_id": "i-1"}
    assert "InvalidRouteTableId.NotFound" in account.fails("vpc_route_entry", **route, **options)["msg"]


def test_the_vpc_of_a_vswitch_is_its_scope(account):
    """One name in two VPCs means two vSwitches."""
    for cidr in ("10.1.0.0/16", "10.2.0.0/16"):
        vpc_id = account.api("CreateVpc", CidrBlock=cidr)["VpcId"]
        options = {"name": "vsw", "vpc_id": vpc_id, "zone_id": "cn-hangzhou-h", "cidr_block": cidr}
        assert account.ok("vswitch", **options)["changed"]
    assert "is the name of 2 " in account.fails("vswitch", name="vsw", state="absent")["msg"]
    assert account.ok("vswitch", name="vsw", vpc_id=vpc_id, state="absent")["changed"]
    assert len(account.ok("vswitch_info", name="vsw")["vswitches"]) == 1


def _vpcs(account):
    return "vpc_info", {}, "vpcs", lambda number: account.api("CreateVpc", VpcName=f"vpc-{number}")


def _acls(account):
    vpc_id = account.api("CreateVpc")["VpcId"]
    return (
        "network_acl_info",
        {"vpc_id": vpc_id},
        "network_acls",
        lambda _: account.api("CreateNetworkAcl", VpcId=vpc_id),
    )


def _routes(account):
    table = system_table(account, account.api("CreateVpc")["VpcId"])

    def create(number):
        cidr = f"10.{number // 256}.{number % 256}.0/24"
        account.api("CreateRouteEntry", RouteTableId=table, DestinationCidrBlock=cidr, NextHopId="i-1")

    return "vpc_route_entry_info", {"route_table_id": table, "type": "Custom"}, "vpc_route_entries", create


@pytest.mark.parametrize(
    ("prepare", "count", "action", "calls"),
    [
        (_vpcs, 101, "DescribeVpcs", 3),
        (_acls, 101, "DescribeNetworkAcls", 3),
        (_routes, 201, "DescribeRouteEntryList", 3),
    ],
)
def test_more_than_two_pages(account, prepare, count, action, calls):
    """Every object once, however the list is paged: by number, by number written as text, by token."""
    account.settings(quotas={"vpcs": 500, "network_acls_per_vpc": 500, "routes_per_table": 500})
    module, filters, plural, create = prepare(account)
    for number in range(count):
        create(number)
    account.forget_calls()
    found = account.ok(module, **filters)[plural]
    assert len(found) == count and account.calls(action) == calls


def test_an_attachment_in_use_by_a_transit_router_stays(account):
    case = VPN_CASES["vpn_attachment (single tunnel)"]
    options = {**case.build(account), **case.create}
    made = account.ok(case.module, **options)[case.module][case.id_option]
    account.cloud.admin("POST", f"attachments/{made}/attach")
    router = account.ok("vpn_attachment_info", vpn_connection_id=made)["vpn_attachments"][0]["transit_router_id"]
    account.forget_calls()
    failed = account.fails(case.module, name=options["name"], state="absent")
    assert f"is attached to transit router {router}; detach it from the transit router first" in failed["msg"]
    assert account.writes() == {}
    account.cloud.admin("POST", f"attachments/{made}/detach")
    assert account.ok(case.module, name=options["name"], state="absent")["changed"]
