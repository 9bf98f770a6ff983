"""What the account holds is what carries packets: instances, security groups, routes, elastic addresses.

The tests share one account: ``edge`` (with the elastic address) and ``mate`` stand in the first vSwitch and are in the
group ``edge``, ``inner`` stands in the second and is in the group ``inner``. Each test takes one thing away, sees the
packets stop, and puts it back. They run in order and build on each other.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from Tea.exceptions import TeaException

from lab import control_plane
from lab.identity import lab_at
from lab.network.charon import TUN, Charon
from lab.network.instance import disks
from lab.removal import remove
from lab.system.namespace import namespaces_of
from lab.system.process import end, marked
from tests.lab.cloud_network import CIDR, EVERYBODY, CloudNetwork
from tests.lab.machine_state import left_behind, machine_state
from tests.lab.waiting import eventually
from tests.lab.world import World

BEHIND_EDGE = "10.99.0.1"
PING = {"IpProtocol": "ICMP", "SourceCidrIp": EVERYBODY}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudNetwork]:
    world = World(tmp_path_factory.mktemp("cloud-network"))
    lab = lab_at(world.state)
    before = machine_state(lab)
    try:
        world.lab("up")
        cloud = CloudNetwork(world, world.state.parent)
        for name, vswitch, group in (("edge", 1, "edge"), ("mate", 1, "edge"), ("inner", 2, "inner")):
            cloud.run_instance(name, vswitch, group)
        cloud.allocate()
        for name in cloud.ids:
            cloud.wait_status(name, "Running")
        cloud.associate("edge")
        cloud.rule("Authorize", "edge", IpProtocol="TCP", PortRange="22/22", SourceCidrIp="192.0.2.10/32")
        eventually(cloud.takes_logins, "the instance takes logins", limit=40)
        yield cloud
        end(marked(lab), grace=0.0)
        world.lab("down")
        assert left_behind(before, machine_state(lab)) == {}, "after a crash with instances, too"
    finally:
        remove(lab)


def test_an_instance_is_the_machine_that_was_asked_for(cloud):
    """Its name, the key pair's login, user data run once; and it knows nothing of its public address."""
    assert cloud.ssh("hostname").strip() == "host-edge"
    assert len(cloud.ssh("cat /root/user-data").splitlines()) == 1
    addresses = cloud.ssh("ip -4 -o address show scope global; ip route")
    assert f"eth0    inet {cloud.address('edge')}/24" in addresses
    assert "default via 172.20.1.253 dev eth0" in addresses
    assert cloud.eip["address"] not in addresses
    assert addresses.count("inet ") == 1
    view = cloud.instance("edge")
    assert view["EipAddress"]["IpAddress"] == cloud.eip["address"]
    assert view["EipAddress"]["AllocationId"] == cloud.eip["id"]
    assert cloud.eip_view()["InstanceId"] == cloud.ids["edge"]


def test_only_what_boots_can_be_run(cloud):
    """Every machine of the lab is a Debian, so another image is refused and not silently replaced."""
    request = {"InstanceType": "ecs.g7.large", "VSwitchId": cloud.vswitches[1], "SecurityGroupId": cloud.groups["edge"]}
    with pytest.raises(TeaException, match="The lab's instances boot Debian only: take debian_12"):
        cloud.ecs("RunInstances", ImageId="ubuntu_22_04_x64_20G_alibase_20240820.vhd", **request)


def test_a_rule_lets_packets_in_and_without_it_they_stop(cloud):
    public = cloud.eip["address"]
    assert not cloud.reaches("admin", public)
    cloud.rule("Authorize", "edge", **PING)
    eventually(lambda: cloud.reaches("admin", public), "the rule lets pings in")
    flow = subprocess.Popen(
        cloud.place("admin").argv("ping", "-n", "-i", "0.2", public), stdout=subprocess.PIPE, text=True
    )
    try:
        assert flow.stdout is not None
        for _ in range(3):
            flow.stdout.readline()
        cloud.rule("Revoke", "edge", **PING)
        eventually(lambda: not cloud.reaches("admin", public), "without the rule they stop")
    finally:
        flow.send_signal(signal.SIGINT)
        shown = flow.communicate(timeout=10)[0]
    assert "packet loss" in shown and " 0% packet loss" not in shown, "the flow that was there ended, too"
    assert cloud.takes_logins(), "other rules go on"
    cloud.rule("Authorize", "edge", **PING)
    eventually(lambda: cloud.reaches("admin", public), "put back, they pass again")


def test_replies_need_no_rule(cloud):
    """Nothing lets anybody in to ``inner``; what it asks itself is answered."""
    assert not cloud.reaches("edge", cloud.address("inner"))
    assert cloud.reaches("inner", cloud.address("edge"))


def test_members_of_a_group_reach_one_another_unless_told_otherwise(cloud):
    cloud.rule("Revoke", "edge", **PING)
    mate = cloud.address("mate")
    eventually(lambda: cloud.reaches("edge", mate), "members reach one another")
    cloud.ecs("ModifySecurityGroupPolicy", SecurityGroupId=cloud.groups["edge"], InnerAccessPolicy="Drop")
    eventually(lambda: not cloud.reaches("edge", mate), "members are kept apart")
    cloud.ecs("ModifySecurityGroupPolicy", SecurityGroupId=cloud.groups["edge"], InnerAccessPolicy="Accept")
    eventually(lambda: cloud.reaches("edge", mate), "members reach one another again")
    cloud.rule("Authorize", "edge", **PING)


def test_a_rule_that_names_a_group(cloud):
    inner, rule = cloud.address("inner"), {"IpProtocol": "ICMP", "SourceGroupId": cloud.groups["edge"]}
    cloud.rule("Authorize", "inner", **rule)
    eventually(lambda: cloud.reaches("edge", inner), "the members of the named group come in")
    cloud.rule("Revoke", "inner", **rule)
    eventually(lambda: not cloud.reaches("edge", inner), "they do not any more")


def test_the_smaller_priority_number_decides(cloud):
    inner, accept = cloud.address("inner"), {"IpProtocol": "ICMP", "SourceCidrIp": EVERYBODY, "Priority": "2"}
    drop = {"IpProtocol": "ALL", "SourceCidrIp": "172.20.1.0/24", "Priority": "1", "Policy": "drop"}
    cloud.rule("Authorize", "inner", **accept)
    eventually(lambda: cloud.reaches("edge", inner), "accepted")
    cloud.rule("Authorize", "inner", **drop)
    eventually(lambda: not cloud.reaches("edge", inner), "dropped first")
    cloud.rule("Revoke", "inner", **drop)
    eventually(lambda: cloud.reaches("edge", inner), "accepted again")


def test_a_rule_for_outgoing_packets(cloud):
    inner, rule = cloud.address("inner"), {"IpProtocol": "ICMP", "DestCidrIp": "172.20.2.0/24", "Policy": "drop"}
    assert cloud.reaches("mate", inner)
    cloud.rule("Authorize", "edge", "Egress", **rule)
    eventually(lambda: not cloud.reaches("mate", inner), "they do not get out")
    cloud.rule("Revoke", "edge", "Egress", **rule)
    eventually(lambda: cloud.reaches("mate", inner), "they get out again")


def test_a_network_acl_closes_its_vswitch(cloud):
    inner = cloud.address("inner")
    acl = cloud.vpc("CreateNetworkAcl", VpcId=cloud.vpc_id)["NetworkAclId"]

    def settled() -> bool:
        shown = cloud.vpc("DescribeNetworkAclAttributes", NetworkAclId=acl)["NetworkAclAttribute"]
        return shown["Status"] == "Available"

    place = {"NetworkAclId": acl, "Resource": [{"ResourceId": cloud.vswitches[2], "ResourceType": "VSwitch"}]}
    eventually(settled, "the ACL is Available")
    cloud.vpc("AssociateNetworkAcl", **place)
    eventually(settled, "the ACL is Available")
    assert cloud.reaches("edge", inner), "a new ACL lets everything through"
    drop = {"Protocol": "icmp", "Port": "-1/-1", "SourceCidrIp": "172.20.1.0/24", "Policy": "drop"}
    cloud.vpc("UpdateNetworkAclEntries", NetworkAclId=acl, UpdateIngressAclEntries=True, IngressAclEntries=[drop])
    eventually(lambda: not cloud.reaches("edge", inner), "the rule drops them at the vSwitch")
    eventually(settled, "the ACL is Available")
    cloud.vpc("UnassociateNetworkAcl", **place)
    eventually(lambda: cloud.reaches("edge", inner), "without the ACL they pass")


def test_a_route_to_an_instance(cloud):
    cloud.place("edge").ip(f"addr add {BEHIND_EDGE}/32 dev lo")
    assert not cloud.reaches("mate", BEHIND_EDGE)
    entry = cloud.route(cloud.table, "10.99.0.0/16", "edge")
    assert cloud.reaches("mate", BEHIND_EDGE)
    assert cloud.reaches("inner", BEHIND_EDGE)
    cloud.unroute(cloud.table, entry)
    assert not cloud.reaches("mate", BEHIND_EDGE)
    cloud.route(cloud.table, "10.99.0.0/16", "edge")
    assert cloud.reaches("mate", BEHIND_EDGE)


def test_a_route_to_an_instance_that_is_off_leads_nowhere(cloud):
    """Not over the next best way, which would be the elastic address."""
    internet = "198.51.100.10"
    assert cloud.reaches("edge", internet)
    cloud.ecs("StopInstance", InstanceId=cloud.ids["inner"])
    cloud.wait_status("inner", "Stopped")
    entry = cloud.route(cloud.table, "198.51.100.0/24", "inner")
    assert not cloud.reaches("edge", internet)
    cloud.unroute(cloud.table, entry)
    assert cloud.reaches("edge", internet)
    cloud.ecs("StartInstance", InstanceId=cloud.ids["inner"])
    cloud.wait_status("inner", "Running")


def test_a_custom_route_table_is_for_its_vswitches_only(cloud):
    table = cloud.vpc("CreateRouteTable", VpcId=cloud.vpc_id)["RouteTableId"]

    def settled() -> bool:
        rows = cloud.vpc("DescribeRouteTableList", RouteTableId=table)["RouterTableList"]["RouterTableListType"]
        return [row["Status"] for row in rows] == ["Available"]

    eventually(settled, "the table is Available")
    cloud.vpc("AssociateRouteTable", RouteTableId=table, VSwitchId=cloud.vswitches[2])
    eventually(settled, "the table is Available")
    assert not cloud.reaches("inner", BEHIND_EDGE), "the table has no such route"
    assert cloud.reaches("inner", cloud.address("edge")), "inside the VPC no route is needed"
    assert cloud.reaches("mate", BEHIND_EDGE), "the other vSwitch has the system table"
    cloud.route(table, "10.99.0.0/16", "edge")
    assert cloud.reaches("inner", BEHIND_EDGE)


def test_an_elastic_address_is_the_way_in_and_out(cloud):
    public, internet = cloud.eip["address"], "198.51.100.10"
    assert cloud.reaches("admin", public)
    assert cloud.reaches("edge", internet)
    assert not cloud.reaches("mate", internet), "without a public address there is no internet"
    cloud.unassociate()
    assert not cloud.reaches("admin", public)
    assert not cloud.reaches("edge", internet)
    assert cloud.instance("edge")["EipAddress"]["IpAddress"] == ""
    cloud.associate("mate")
    assert cloud.reaches("admin", public)
    assert cloud.reaches("mate", internet)
    cloud.unassociate()
    cloud.associate("edge")
    assert cloud.reaches("admin", public)


def test_packages_come_over_the_public_address(cloud):
    assert "Err:" not in cloud.ssh("apt-get update 2>&1")
    cloud.ssh("apt-get install -qq --yes --download-only strongswan-swanctl")


OFFICE, OFFICE_CIDR, PSK = "192.168.77.2", "192.168.77.0/24", "Packets-6Tq2vB9xKd"


@pytest.fixture
def office(cloud: CloudNetwork) -> Iterator[str]:
    """A VPC that stands for an office, its gateway behind an elastic address; the address of its VPN gateway's peer."""
    cloud.make_vpc(OFFICE_CIDR, {3: OFFICE_CIDR}, "office")
    cloud.run_instance("office", 3, "office")
    cloud.wait_status("office", "Running")
    address = cloud.vpc("AllocateEipAddress")
    cloud.vpc("AssociateEipAddress", AllocationId=address["AllocationId"], InstanceId=cloud.ids["office"])
    yield address["EipAddress"]
    cloud.ecs("DeleteInstance", InstanceId=cloud.ids["office"], Force=True)
    eventually(lambda: cloud.instance("office") == {}, "the office is gone")
    del cloud.ids["office"]


def test_a_vpn_ends_behind_an_elastic_address(cloud, office):
    """The office's IKE passes its address translation and its security group; the published route carries the rest."""
    cloud.rule("Authorize", "inner", IpProtocol="ICMP", SourceCidrIp=OFFICE_CIDR)
    gateway = cloud.vpc("CreateVpnGateway", VpcId=cloud.vpc_id, VSwitchId=cloud.vswitches[1], Bandwidth=10)
    gateway_id = gateway["VpnGatewayId"]

    def gateway_view() -> dict:
        return cloud.vpc("DescribeVpnGateway", VpnGatewayId=gateway_id)

    eventually(lambda: gateway_view()["Status"] == "active", "the gateway is active")
    internet_address = gateway_view()["InternetIp"]
    for port in ("500/500", "4500/4500"):
        cloud.rule("Authorize", "office", IpProtocol="UDP", PortRange=port, SourceCidrIp=internet_address)
    cloud.rule("Authorize", "office", IpProtocol="ICMP", SourceCidrIp=CIDR)
    peer = cloud.vpc("CreateCustomerGateway", IpAddress=office)["CustomerGatewayId"]
    cloud.vpc(
        "CreateVpnConnection",
        VpnGatewayId=gateway_id,
        CustomerGatewayId=peer,
        LocalSubnet=CIDR,
        RemoteSubnet=OFFICE_CIDR,
        EffectImmediately=True,
        IkeConfig=json.dumps({"Psk": PSK, "IkeVersion": "ikev2", "IkeEncAlg": "aes256", "IkeAuthAlg": "sha256"}),
    )
    eventually(lambda: gateway_view()["Status"] == "active", "the connection is there")
    charon = Charon(cloud.lab, cloud.place("office"), "office", cloud.lab.runtime / "office.vici")
    charon.start()
    try:
        child = {"local_ts": [OFFICE_CIDR], "remote_ts": [CIDR], "esp_proposals": ["aes128-md5-modp1024"]}
        ends = {"local": {"auth": "psk", "id": office}, "remote": {"auth": "psk", "id": internet_address}}
        options = {"version": "2", "remote_addrs": [internet_address], "proposals": ["aes256-sha256-modp1024"]}
        secret = {"id": "office", "type": "IKE", "data": PSK, "owners": [office, internet_address]}
        charon.load({"office": {**options, **ends, "children": {"office": child}}}, secret)
        charon.initiate("office")
        cloud.place("office").ip(f"route replace {CIDR} dev {TUN}")
        tunnels = cloud.world.tunnels_up
        eventually(tunnels, "the tunnel is up")
        inner = cloud.address("inner")
        assert not cloud.reaches("mate", OFFICE), "no route leads to the gateway yet"
        route = {"VpnGatewayId": gateway_id, "RouteSource": CIDR, "RouteDest": OFFICE_CIDR}
        route["NextHop"] = cloud.vpc("DescribeVpnConnections")["VpnConnections"]["VpnConnection"][0]["VpnConnectionId"]
        publication = {**route, "PublishVpc": True, "RouteType": "pbr"}
        cloud.vpc("PublishVpnRouteEntry", **publication)
        eventually(lambda: cloud.reaches("mate", OFFICE), "the published route leads there")
        assert not cloud.reaches("inner", OFFICE), "its vSwitch has a custom table, and routes go to the system table"
        custom = cloud.vpc("DescribeRouteTableList", VpcId=cloud.vpc_id, RouteTableType="Custom")
        table = custom["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
        cloud.route(table, OFFICE_CIDR, gateway_id, "VpnGateway")
        eventually(lambda: cloud.reaches("inner", OFFICE), "a route of its own leads there")
        assert cloud.reaches("office", inner)
        cloud.vpc("PublishVpnRouteEntry", **{**publication, "PublishVpc": False})
        eventually(lambda: not cloud.reaches("mate", OFFICE), "withdrawn, it leads nowhere")
    finally:
        charon.stop()


def test_stopping_keeps_the_disk_and_user_data_runs_once(cloud):
    cloud.ssh("echo kept > /root/note")
    cloud.ecs("StopInstance", InstanceId=cloud.ids["edge"])
    cloud.wait_status("edge", "Stopped")
    assert not cloud.reaches("admin", cloud.eip["address"])
    cloud.ecs("StartInstance", InstanceId=cloud.ids["edge"])
    cloud.wait_status("edge", "Running")
    eventually(cloud.takes_logins, "it takes logins again", limit=40)
    assert cloud.ssh("cat /root/note").strip() == "kept"
    assert len(cloud.ssh("cat /root/user-data").splitlines()) == 1


def test_a_guest_that_reboots_keeps_running(cloud):
    cloud.ssh("touch /run/before; systemctl --no-block reboot", status=None)
    eventually(lambda: cloud.takes_logins("test ! -e /run/before"), "it has booted again", limit=40)
    assert cloud.instance("edge")["Status"] == "Running"


def test_a_guest_that_shuts_down_is_stopped(cloud):
    cloud.ssh("systemctl --no-block poweroff", status=None)
    cloud.wait_status("edge", "Stopped")
    cloud.ecs("StartInstance", InstanceId=cloud.ids["edge"])
    cloud.wait_status("edge", "Running")
    eventually(cloud.takes_logins, "it takes logins again", limit=40)


def test_instances_come_back_after_the_control_plane_was_killed(cloud):
    pid = control_plane.running(cloud.lab)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    cloud.world.lab("up")
    eventually(cloud.takes_logins, "it takes logins again", limit=40)
    assert cloud.ssh("cat /root/note").strip() == "kept"
    assert cloud.reaches("mate", cloud.address("edge"))


def test_what_is_deleted_is_gone_and_its_elastic_address_stays(cloud):
    shown = cloud.world.lab("status")
    assert all(identifier in shown for identifier in cloud.ids.values())
    cloud.ecs("DeleteInstance", InstanceId=cloud.ids["edge"], Force=True)
    eventually(lambda: cloud.instance("edge") == {}, "the instance is gone", limit=30)
    eventually(lambda: not (cloud.lab.hosts / cloud.ids["edge"]).exists(), "its disk is gone")
    assert not cloud.place("edge").exists()
    assert cloud.eip_view()["Status"] == "Available"
    assert cloud.eip_view()["InstanceId"] == ""
    assert not cloud.reaches("admin", cloud.eip["address"])


def test_an_empty_account_has_no_machines(cloud):
    """At the end one runs again, for the fixture to find nothing of it after a crash and ``lab down``."""
    assert disks(cloud.lab) == {cloud.ids["mate"], cloud.ids["inner"]}
    cloud.world.lab("reset")
    assert disks(cloud.lab) == set()
    assert namespaces_of(cloud.lab.namespace("net-i")) == []
    again = CloudNetwork(cloud.world, cloud.key.parent)
    again.run_instance("last", 1, "edge")
    again.wait_status("last", "Running")
    assert disks(cloud.lab) == {again.ids["last"]}
