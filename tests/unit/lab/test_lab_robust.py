"""Whatever is sent, the answer is a reply that fits the SDK or a proper error; never an internal one."""

from __future__ import annotations

import random

from lab.cloud.spec import products

SPEC = products()["2016-04-28"].actions
VALUES = ["", "true", "0", "100", "-1", "999999999999", "10", "http://x", "x" * 200, "é", "10.0.0.0/16", "0.0.0.0/0"]
VALUES += [
    "192.168.1.0/24",
    "172.16.1.0/24,172.16.2.0/24",
    "198.51.100.7",
    "1.2.3",
    "{",
    "[]",
    "null",
    '{"a": 1}',
    "1.5",
]
VALUES += [
    '{"Psk": {"a": 1}}',
    '{"Psk": "x", "IkeVersion": "ikev2"}',
    '{"EnableBgp": true}',
    '{"enable": true, "Enable": 1}',
]
VALUES += ["VPNGATEWAY", "master", "slave", "custom", "pbr", "dbr", "cn-hangzhou-h", "10M", "POSTPAY", "65010", "0.5"]


def random_params(rng, parameters, known, depth=0):
    """Values for a random part of an action's parameters; ids of real objects now and then."""
    params = {}
    for name, parameter in parameters.items():
        if rng.random() < (0.1 if parameter.required else 0.5) and depth == 0:
            continue
        if parameter.type == "list" and rng.random() < 0.9:
            count = rng.choice([1, 2, 2, 3])
            members = parameter.members
            params[name] = [
                random_params(rng, members, known, depth + 1) if members else rng.choice(VALUES + known)
                for _ in range(count)
            ]
        elif parameter.type == "object" and rng.random() < 0.9:
            params[name] = random_params(rng, parameter.members, known, depth + 1)
        else:
            params[name] = rng.choice(known if name.endswith("Id") or name == "NextHop" else VALUES)
    return params


def test_nonsense(world):
    rng = random.Random(20160428)
    gateway, single, peer = world.gateway(), world.gateway(dual=False), world.peer(Asn="65000")
    connections = [world.dual(gateway, peer), world.single(single, peer)]
    known = [world.vpc_id, *world.vswitches, gateway, single, peer, *connections, "none"]
    outcomes = {}
    for _ in range(60):
        for name, action in SPEC.items():
            if name.startswith("Delete"):
                continue
            params = {"RegionId": "cn-hangzhou", **random_params(rng, action.parameters, known)}
            params["RegionId"] = "cn-hangzhou"
            reply = world.api.v3(name, params, method=action.methods[0])
            assert reply.status < 500, (name, params, reply.raw)
            outcomes.setdefault(name, set()).add(reply.status)
    assert all(200 in seen or 400 in seen for seen in outcomes.values())


def test_odd_requests(api):
    send = api.send
    assert send("GET", "/", {}).status == 400
    assert send("PUT", "/?Action=DescribeVpcs&Version=2016-04-28", {}).status == 405
    assert send("POST", "/", {"content-type": "application/json"}, b"{}").status == 400
    assert send("POST", "/", {"content-type": "application/x-www-form-urlencoded"}, b"\xff\xfe=%zz&&=").status == 400
    assert send("GET", "/%ff/../x?%ff=%00", {}).status == 400
    assert send("GET", "/?Action=DescribeVpcs&Version=2016-04-28", {"authorization": "x" * 5000}).status == 400
