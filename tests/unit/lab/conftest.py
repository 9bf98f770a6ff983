"""A cloud to test against, and clients of our own that sign as the two published procedures say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from lab.cloud.testing import RunningCloud

VERSION = "2016-04-28"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def flatten(value: Any, name: str = "") -> dict[str, str]:
    """Parameters as they travel: ``Tag.1.Key``; booleans in lower case."""
    if isinstance(value, Mapping):
        items = [(f"{name}.{key}" if name else str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [(f"{name}.{index}", item) for index, item in enumerate(value, start=1)]
    else:
        return {name: str(value).lower() if isinstance(value, bool) else str(value)}
    result: dict[str, str] = {}
    for key, item in items:
        result.update(flatten(item, key))
    return result


def enc(text: str) -> str:
    """RFC 3986 encoding."""
    return quote(text, safe="~")


def stamp(offset: float = 0.0) -> str:
    """A protocol timestamp, ``offset`` seconds from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


@dataclass
class Reply:
    """Status, parsed JSON (None when it is none), headers and raw body."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return json.loads(self.raw)

    @property
    def code(self) -> str | None:
        """The error code."""
        return self.body.get("Code")


@dataclass
class RawClient:
    """Signs and sends requests without any SDK."""

    endpoint: str
    key_id: str
    secret: str
    region: str = "cn-hangzhou"
    token: str | None = None

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One HTTP exchange."""
        connection = http.client.HTTPConnection(self.endpoint, timeout=20)
        try:
            connection.request(method, target, body or None, dict(headers))
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def v3(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, Any] | None = None,
        method: str = "POST",
        version: str = VERSION,
        change: Mapping[str, str] | None = None,
        date: str | None = None,
        nonce: str | None = None,
        body_after_signing: bytes | None = None,
    ) -> Reply:
        """A V3 request; ``change`` replaces headers after signing (a None value removes one)."""
        query = flatten(params or {})
        body = urlencode(flatten(form)).encode() if form else b""
        headers = {
            "host": self.endpoint,
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": date or stamp(),
            "x-acs-signature-nonce": nonce or secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        if self.token:
            headers["x-acs-security-token"] = self.token
        names = sorted(headers)
        canonical = "\n".join(
            (
                method,
                "/",
                "&".join(f"{enc(k)}={enc(v)}" for k, v in sorted(query.items())),
                "".join(f"{name}:{headers[name]}\n" for name in names),
                ";".join(names),
                headers["x-acs-content-sha256"],
            )
        )
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        signed = ";".join(names)
        headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.key_id},SignedHeaders={signed},Signature={signature}"
        )
        for name, value in (change or {}).items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = value
        target = "/?" + urlencode(query) if query else "/"
        return self.send(method, target, headers, body if body_after_signing is None else body_after_signing)

    def v1(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, Any] | None = None,
        method: str = "GET",
        change: Mapping[str, Any] | None = None,
        all_in_form: bool = False,
        **overrides: str | None,
    ) -> Reply:
        """A V1 request. ``overrides`` replace protocol parameters before signing, ``change`` after."""
        query: dict[str, Any] = {
            "Action": action,
            "Version": VERSION,
            "Format": "JSON",
            "AccessKeyId": self.key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": secrets.token_hex(16),
            "Timestamp": stamp(),
            **({"SecurityToken": self.token} if self.token else {}),
            **flatten(params or {}),
            **overrides,
        }
        query = {key: value for key, value in query.items() if value is not None}
        body_params = flatten(form or {})
        pairs = sorted({**query, **body_params}.items())
        canonical = "&".join(f"{enc(k)}={enc(v)}" for k, v in pairs)
        text = f"{method}&%2F&{enc(canonical)}"
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha1).digest()
        query["Signature"] = base64.b64encode(digest).decode()
        query.update(change or {})
        if all_in_form:
            query, body_params = {}, {**query, **body_params}
        headers = {"content-type": "application/x-www-form-urlencoded"} if body_params else {}
        return self.send(method, "/?" + urlencode(query), headers, urlencode(body_params).encode())

    def call(self, action: str, **params: Any) -> dict[str, Any]:
        """A call that must succeed: its body."""
        reply = self.try_call(action, **params)
        assert reply.status == 200, reply.raw
        return reply.body

    def refused(self, action: str, **params: Any) -> str:
        """A call that must be refused: ``<code> <status>``."""
        reply = self.try_call(action, **params)
        assert reply.status != 200, reply.raw
        return f"{reply.code} {reply.status}"

    def try_call(self, action: str, **params: Any) -> Reply:
        """A V3 call with the region filled in; TunnelOptionsSpecification travels in the body, as the SDK does."""
        params.setdefault("RegionId", self.region)
        form = {key: params.pop(key) for key in ["TunnelOptionsSpecification"] if key in params}
        method = "GET" if action == "DescribeVpnGatewayAvailableZones" else "POST"
        return self.v3(action, params, form=form, method=method)


@dataclass
class World:
    """Shortcuts to objects that many tests need."""

    api: RawClient
    vpc_id: str
    vswitches: tuple[str, str]

    def gateway(self, dual: bool = True, **params: Any) -> str:
        """A gateway that is active."""
        first, second = self.vswitches
        chosen = {"VSwitchId": first, **({"DisasterRecoveryVSwitchId": second} if dual else {})}
        defaults = {"VpcId": self.vpc_id, "Bandwidth": 10, **chosen}
        return self.api.call("CreateVpnGateway", **{**defaults, **params})["VpnGatewayId"]

    def peer(self, address: str = "198.51.100.10", **params: Any) -> str:
        """A customer gateway."""
        return self.api.call("CreateCustomerGateway", IpAddress=address, **params)["CustomerGatewayId"]

    def single(self, gateway: str, peer: str, **params: Any) -> str:
        """A single-tunnel connection without automatic routes."""
        defaults = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24", "AutoConfigRoute": False}
        ids = {"VpnGatewayId": gateway, "CustomerGatewayId": peer}
        return self.api.call("CreateVpnConnection", **{**defaults, **ids, **params})["VpnConnectionId"]

    def dual(self, gateway: str, peer: str, **params: Any) -> str:
        """A dual-tunnel connection without automatic routes."""
        return self.api.call("CreateVpnConnection", **self.dual_params(gateway, peer, **params))["VpnConnectionId"]

    def dual_params(self, gateway: str, peer: str, **params: Any) -> dict[str, Any]:
        """Parameters of a dual-tunnel connection."""
        return {
            "VpnGatewayId": gateway,
            "LocalSubnet": "172.16.0.0/16",
            "RemoteSubnet": "192.168.1.0/24",
            "AutoConfigRoute": False,
            "TunnelOptionsSpecification": [{"Role": role, "CustomerGatewayId": peer} for role in ("master", "slave")],
            **params,
        }


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK sends loopback traffic to a proxy."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _running_cloud() -> Iterator[RunningCloud]:
    with RunningCloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(_running_cloud: RunningCloud) -> RunningCloud:
    """An empty cloud whose asynchronous steps are immediate."""
    _running_cloud.admin("POST", "reset")
    return _running_cloud


@pytest.fixture
def api(cloud: RunningCloud) -> RawClient:
    """A client with the right key."""
    return RawClient(cloud.endpoint, cloud.access_key_id, cloud.access_key_secret)


@pytest.fixture
def world(api: RawClient) -> World:
    """A VPC with two vSwitches in two zones."""
    vpc_id = api.call("CreateVpc", CidrBlock="172.16.0.0/16", VpcName="vpc-a")["VpcId"]
    vswitches = [
        api.call("CreateVSwitch", VpcId=vpc_id, ZoneId=f"cn-hangzhou-{zone}", CidrBlock=f"172.16.{third}.0/24")
        for third, zone in ((1, "h"), (2, "i"))
    ]
    return World(api, vpc_id, (vswitches[0]["VSwitchId"], vswitches[1]["VSwitchId"]))
