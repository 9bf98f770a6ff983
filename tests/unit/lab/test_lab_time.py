"""State machines: order of states, the gateway's lock, what waits for the data plane."""

from __future__ import annotations

import asyncio
import threading

import pytest

from lab.cloud.clock import IdSource, ManualClock
from lab.cloud.control import ControlPlane
from lab.cloud.dataplane import ControlPlaneOnly, Network, SaState
from lab.cloud.errors import ApiError
from lab.cloud.services import ACTIONS
from lab.cloud.services.context import Context
from lab.cloud.settings import Settings
from lab.cloud.state import State
from lab.cloud.testing import RunningCloud
from tests.unit.lab.conftest import RawClient, World


class Simulation:
    """Services on a clock that only moves when told; no HTTP, no data plane."""

    def __init__(self) -> None:
        self.clock, self.state, self.ids, self.settings = ManualClock(), State(), IdSource(1), Settings()

    def call(self, action, **params):
        """A call of the service itself, committed as the control plane does."""
        self.state.advance(self.clock.now(), float("inf"))
        context = Context(
            state=self.state,
            region=self.state.regions["cn-hangzhou"],
            settings=self.settings,
            now=self.clock.now(),
            ids=self.ids,
            action=action,
            allocate_address=ControlPlaneOnly().allocate_public_address,
        )
        reply = ACTIONS[action](context, params)
        self.state.revision += context.committed
        return reply

    def later(self, seconds):
        """Let time pass."""
        self.clock.advance(seconds)

    def status(self, gateway):
        """Status of a gateway."""
        return self.call("DescribeVpnGateway", VpnGatewayId=gateway)["Status"]

    def ready(self):
        """(gateway, customer gateway) with the gateway active."""
        vpc_id = self.call("CreateVpc", CidrBlock="172.16.0.0/16")["VpcId"]
        self.later(1)
        ids = [
            self.call("CreateVSwitch", VpcId=vpc_id, ZoneId=f"cn-hangzhou-{zone}", CidrBlock=f"172.16.{n}.0/24")
            for n, zone in ((1, "h"), (2, "i"))
        ]
        self.later(1)
        first, second = (item["VSwitchId"] for item in ids)
        gateway = self.call(
            "CreateVpnGateway", VpcId=vpc_id, Bandwidth=10, VSwitchId=first, DisasterRecoveryVSwitchId=second
        )["VpnGatewayId"]
        peer = self.call("CreateCustomerGateway", IpAddress="198.51.100.1", Asn="65000")["CustomerGatewayId"]
        return gateway, peer

    def connect(self, gateway, peer, remote="192.168.1.0/24"):
        """A dual-tunnel connection."""
        options = [{"Role": role, "CustomerGatewayId": peer} for role in ("master", "slave")]
        return self.call(
            "CreateVpnConnection",
            VpnGatewayId=gateway,
            LocalSubnet="172.16.0.0/16",
            RemoteSubnet=remote,
            TunnelOptionsSpecification=options,
        )["VpnConnectionId"]


@pytest.fixture
def sim():
    return Simulation()


def refused(sim, action, **params):
    with pytest.raises(ApiError) as caught:
        sim.call(action, **params)
    return f"{caught.value.code} {caught.value.status}"


def test_vpc_is_pending_first(sim):
    vpc_id = sim.call("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    assert sim.call("DescribeVpcAttribute", VpcId=vpc_id)["Status"] == "Pending"
    params = {"VpcId": vpc_id, "ZoneId": "cn-hangzhou-h", "CidrBlock": "10.0.1.0/24"}
    assert refused(sim, "CreateVSwitch", **params) == "IncorrectVpcStatus 400"
    sim.later(0.2)
    assert sim.call("DescribeVpcAttribute", VpcId=vpc_id)["Status"] == "Available"


def test_gateway_goes_through_its_states(sim):
    gateway, peer = sim.ready()
    seen = []
    for _ in range(20):
        seen.append(sim.status(gateway))
        sim.later(0.1)
    assert list(dict.fromkeys(seen)) == ["init", "provisioning", "active"]


def test_no_child_before_active(sim):
    gateway, peer = sim.ready()
    with pytest.raises(ApiError) as caught:
        sim.connect(gateway, peer)
    assert (caught.value.code, caught.value.status) == ("VpnGateway.Configuring", 400)
    assert refused(sim, "DeleteVpnGateway", VpnGatewayId=gateway) == "IncorrectStatus.VpnGateway 400"


def test_a_child_locks_the_gateway(sim):
    gateway, peer = sim.ready()
    sim.later(2)
    connection = sim.connect(gateway, peer)
    assert sim.status(gateway) == "updating"
    assert sim.call("DescribeVpnConnection", VpnConnectionId=connection)["State"] == "provisioning"
    for action, params in {
        "ModifyVpnGatewayAttribute": {"VpnGatewayId": gateway, "Name": "n-1"},
        "DeleteVpnGateway": {"VpnGatewayId": gateway},
        "DeleteVpnConnection": {"VpnConnectionId": connection},
        "ModifyVpnConnectionAttribute": {"VpnConnectionId": connection, "Name": "n"},
        "PublishVpnRouteEntry": {
            "VpnGatewayId": gateway,
            "RouteDest": "192.168.1.0/24",
            "NextHop": connection,
            "RouteType": "pbr",
            "PublishVpc": True,
        },
    }.items():
        assert refused(sim, action, **params) == "VpnGateway.Configuring 400"
    sim.later(0.3)
    assert sim.status(gateway) == "active"
    assert sim.call("DescribeVpnConnection", VpnConnectionId=connection)["State"] == "active"


def test_a_deleted_connection_is_seen_until_the_gateway_is_done(sim):
    gateway, peer = sim.ready()
    sim.later(2)
    connection = sim.connect(gateway, peer)
    sim.later(1)
    sim.call("DeleteVpnConnection", VpnConnectionId=connection)
    view = sim.call("DescribeVpnConnection", VpnConnectionId=connection)
    assert view["State"] == "deleted"
    assert view["TunnelOptionsSpecification"]["TunnelOptions"][0]["State"] == "deleting"
    assert refused(sim, "DeleteCustomerGateway", CustomerGatewayId=peer) == "VpnGateway.Configuring 400"
    sim.later(1)
    missing = "InvalidVpnConnectionInstanceId.NotFound 404"
    assert refused(sim, "DescribeVpnConnection", VpnConnectionId=connection) == missing
    sim.call("DeleteCustomerGateway", CustomerGatewayId=peer)


def test_a_deleted_gateway_holds_its_vswitches_a_little(sim):
    gateway, _peer = sim.ready()
    sim.later(2)
    vswitch = sim.call("DescribeVpnGateway", VpnGatewayId=gateway)["VSwitchId"]
    sim.call("DeleteVpnGateway", VpnGatewayId=gateway)
    assert sim.status(gateway) == "deleting"
    assert refused(sim, "DeleteVpnGateway", VpnGatewayId=gateway) == "IncorrectStatus.VpnGateway 400"
    sim.later(0.6)
    assert refused(sim, "DescribeVpnGateway", VpnGatewayId=gateway) == "InvalidVpnGatewayInstanceId.NotFound 404"
    assert refused(sim, "DeleteVSwitch", VSwitchId=vswitch) == "DependencyViolation 400"
    sim.later(0.6)
    sim.call("DeleteVSwitch", VSwitchId=vswitch)


def test_a_new_bgp_key_locks_only_gateways_that_use_it(sim):
    gateway, peer = sim.ready()
    sim.later(2)
    connection = sim.connect(gateway, peer)
    sim.later(1)
    sim.call("ModifyCustomerGatewayAttribute", CustomerGatewayId=peer, AuthKey="k")
    assert sim.status(gateway) == "active"
    options = [
        {"Role": role, "TunnelBgpConfig": {"TunnelCidr": f"169.254.{n}.0/30", "LocalBgpIp": f"169.254.{n}.1"}}
        for role, n in (("master", 10), ("slave", 11))
    ]
    bgp = {"EnableTunnelsBgp": True, "TunnelOptionsSpecification": options}
    sim.call("ModifyVpnConnectionAttribute", VpnConnectionId=connection, **bgp)
    sim.later(1)
    sim.call("ModifyCustomerGatewayAttribute", CustomerGatewayId=peer, AuthKey="l")
    assert sim.status(gateway) == "updating"


def test_the_same_seed_gives_the_same_ids():
    assert Simulation().ready() == Simulation().ready()


class SlowPlane(ControlPlaneOnly):
    """A data plane whose applies end when told; remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Network] = []
        self.go = threading.Event()
        self.go.set()
        self.states: dict[str, SaState] = {}
        self.fail = False
        self.killed: list[tuple[str, int]] = []

    def apply(self, network: Network) -> None:
        """Wait for permission."""
        self.go.wait(10)
        if self.fail:
            raise RuntimeError("no such device")
        self.given.append(network)

    def sa_states(self) -> dict[str, SaState]:
        """What the test set."""
        return self.states

    def log_lines(self, connection_id: str) -> list[str]:
        """One old line and one new one."""
        import time

        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return ["2001-01-01T00:00:00Z old", f"{now} <tun-x|1> IKE_SA established"]

    def kill_endpoint(self, gateway: str, index: int) -> None:
        """Remember."""
        if index > 2:
            raise LookupError("no such endpoint")
        self.killed.append((gateway, index))


@pytest.fixture
def plane():
    return SlowPlane()


@pytest.fixture
def packets(plane, monkeypatch):
    """(running cloud with the slow plane, world in it)."""
    # ControlPlaneOnly means "no packets"; this one pretends to have some.
    monkeypatch.setattr("lab.cloud.dataplane_runner.ControlPlaneOnly", type("Never", (), {}))
    with RunningCloud(plane=plane) as cloud:
        api = RawClient(cloud.endpoint, cloud.access_key_id, cloud.access_key_secret)
        vpc_id = api.call("CreateVpc", CidrBlock="172.16.0.0/16")["VpcId"]
        ids = [
            api.call("CreateVSwitch", VpcId=vpc_id, ZoneId=f"cn-hangzhou-{zone}", CidrBlock=f"172.16.{n}.0/24")
            for n, zone in ((1, "h"), (2, "i"))
        ]
        yield cloud, World(api, vpc_id, (ids[0]["VSwitchId"], ids[1]["VSwitchId"]))


def until(condition, seconds=5.0):
    """Poll for a condition."""
    import time

    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


def status(world, gateway):
    return world.api.call("DescribeVpnGateway", VpnGatewayId=gateway)["Status"]


def test_active_means_applied(packets, plane):
    _cloud, world = packets
    plane.go.clear()
    gateway = world.gateway()
    assert status(world, gateway) in ("init", "provisioning")
    plane.go.set()
    until(lambda: status(world, gateway) == "active")
    assert plane.given[-1].gateways[0].id == gateway


def test_network_that_the_data_plane_gets(packets, plane):
    _cloud, world = packets
    gateway = world.gateway()
    until(lambda: status(world, gateway) == "active")
    connection = world.dual(gateway, world.peer(), EffectImmediately=True)
    until(lambda: status(world, gateway) == "active")
    route = {"VpnGatewayId": gateway, "NextHop": connection, "RouteDest": "192.168.1.0/24", "Weight": 100}
    world.api.call("CreateVpnPbrRouteEntry", **route, RouteSource="172.16.0.0/16", PublishVpc=True)
    until(lambda: status(world, gateway) == "active")
    network = plane.given[-1]
    (vpc,) = network.vpcs
    assert vpc.routes == (("192.168.1.0/24", gateway),)
    (known,) = network.gateways
    assert [endpoint.index for endpoint in known.endpoints] == [1, 2]
    assert known.policy_routes == (("172.16.0.0/16", "192.168.1.0/24", connection, 100, 10),)
    (wanted,) = known.connections
    assert wanted.effect_immediately
    assert [(tunnel.role, tunnel.endpoint) for tunnel in wanted.tunnels] == [("master", 1), ("slave", 2)]
    first = wanted.tunnels[0]
    assert (first.peer_address, first.local_id, first.remote_id) == (
        "198.51.100.10",
        known.endpoints[0].address,
        "198.51.100.10",
    )
    assert first.psk not in repr(network)


def test_status_is_what_the_data_plane_says(packets, plane):
    cloud, world = packets
    gateway = world.gateway()
    until(lambda: status(world, gateway) == "active")
    connection = world.dual(gateway, world.peer())

    def view():
        return world.api.call("DescribeVpnConnection", VpnConnectionId=connection)

    first, second = (tunnel["TunnelId"] for tunnel in view()["TunnelOptionsSpecification"]["TunnelOptions"])
    plane.states = {first: SaState(ike=True, child=False), second: SaState(ike=True, child=True, bytes_in=7)}
    until(lambda: view()["Status"] == "ipsec_sa_established")
    both = [tunnel["Status"] for tunnel in view()["TunnelOptionsSpecification"]["TunnelOptions"]]
    assert both == ["ipsec_sa_not_established", "ipsec_sa_established"]
    rows = {row["id"]: row for row in cloud.admin("GET", "tunnels")["tunnels"]}
    assert (rows[second]["bytes_in"], rows[second]["child"], rows[first]["child"]) == (7, True, False)
    logs = world.api.call("DescribeVpnConnectionLogs", VpnConnectionId=connection)["Data"]["Logs"]
    assert any("IKE_SA established" in line for line in logs)
    assert any("ipsec_sa_established" in line for line in logs)
    assert not any(line.endswith("old") for line in logs)


def test_endpoints_can_be_killed(packets, plane):
    cloud, _world = packets
    cloud.admin("POST", "endpoints/vpn-1/2/kill")
    assert plane.killed == [("vpn-1", 2)]
    for path in ("endpoints/vpn-1/3/kill", "endpoints/vpn-1/2/revive", "endpoints/vpn-1/2/explode"):
        with pytest.raises(RuntimeError):
            cloud.admin("POST", path)


def test_a_failing_data_plane_is_told(packets, plane):
    cloud, world = packets
    plane.fail = True
    gateway = world.gateway()
    until(lambda: status(world, gateway) == "active")
    health = cloud.admin("GET", "health")
    assert (health["status"], health["dataplane_error"]) == ("degraded", "RuntimeError: no such device")
    plane.fail = False
    world.dual(gateway, world.peer())
    until(lambda: cloud.admin("GET", "health")["status"] == "ok")


def test_reset_empties_the_data_plane(packets, plane):
    cloud, world = packets
    world.gateway()
    cloud.admin("POST", "reset")
    assert plane.given[-1] == Network()


def test_a_token_in_flight_is_refused():
    async def scenario():
        from lab.cloud.wire.signature import AccessKey

        control = ControlPlane([AccessKey("a", "b")], Settings.immediate(), check_replies=False)
        control.faults.add({"action": "CreateVpc", "kind": "latency", "seconds": 0.2, "count": None})
        from lab.cloud.control import _Call
        from lab.cloud.spec import products
        from lab.cloud.wire.signature import Message

        action = products()["2016-04-28"].actions["CreateVpc"]

        def call():
            made = _Call(Message("POST", "/", {}, (), (), b""), "r", params={"ClientToken": "t"}, region="cn-hangzhou")
            made.faults = control.faults.firing("CreateVpc")
            return control._run_once(made, action, "t")

        first = asyncio.create_task(call())
        await asyncio.sleep(0.05)
        with pytest.raises(ApiError) as caught:
            await call()
        assert caught.value.code == "LastTokenProcessing"
        assert (await first)["VpcId"] == (await call())["VpcId"]

    asyncio.run(scenario())
