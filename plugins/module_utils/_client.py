# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One session with the cloud: typed calls through the SDK, repetition by class of error, pages, client tokens.

Private to this collection.
"""

from __future__ import annotations

import importlib
import ipaddress
import logging
import os
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._call_rate import CallRate
from ansible_collections.hybridnet.alicloud.plugins.module_utils._credentials import sdk_credential
from ansible_collections.hybridnet.alicloud.plugins.module_utils._error_codes import ErrorClass, classify, hint
from ansible_collections.hybridnet.alicloud.plugins.module_utils._retry import Pace, next_delay
from ansible_collections.hybridnet.alicloud.plugins.module_utils._sdk_models import defer_models

try:
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.runtime import RuntimeOptions

    SDK_IMPORT_ERROR: Exception | None = None
except ImportError as import_error:
    SDK_IMPORT_ERROR = import_error

#: SDK package by product.
PACKAGES = {"vpc": "alibabacloud_vpc20160428", "ecs": "alibabacloud_ecs20140526"}

_READ = re.compile(r"^(Describe|List|Get|Check|Download|DiagnoseVpnConnections)")

# What broke, as the user knows it. The transport's own text is never shown: it quotes the URL, and the URL of a
# single-tunnel connection holds the pre-shared key.
_TRANSPORT_CAUSES = (
    ("refused", "the connection was refused: nothing listens at this address and port"),
    ("Name or service not known", "the host name does not resolve"),
    ("nodename nor servname", "the host name does not resolve"),
    ("Temporary failure in name resolution", "the host name does not resolve at the moment (DNS)"),
    ("Failed to resolve", "the host name does not resolve"),
    ("CERTIFICATE_VERIFY_FAILED", "the server's TLS certificate is not trusted"),
    ("WRONG_VERSION_NUMBER", "the server does not speak TLS: set protocol: http for a lab endpoint"),
    ("ProxyError", "the proxy did not pass the request on: check HTTP_PROXY, HTTPS_PROXY and NO_PROXY"),
    ("timed out", "the server did not answer in time"),
    ("Failed to parse", "the reply is not JSON: a proxy or load balancer answered in place of the service"),
    ("reset by peer", "the connection was reset"),
    ("Remote end closed", "the connection was closed before a reply came"),
    ("unreachable", "the network is unreachable"),
)


class ApiError(Exception):
    """A call that failed for good.

    ``action``, ``code`` (or ``None``), ``message``, ``request_id`` (or ``None``), ``status`` (HTTP, or ``None``) and
    ``error_class`` describe it; ``str()`` is the sentence for the user.
    """

    def __init__(
        self,
        action: str,
        code: str | None,
        message: str,
        *,
        request_id: str | None = None,
        status: int | None = None,
        error_class: ErrorClass | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.action = action
        self.code = code
        self.message = message
        self.request_id = request_id
        self.status = status
        self.error_class = error_class or classify(code, status)
        self.retry_after = retry_after
        super().__init__(action, code, message)

    def __str__(self) -> str:
        parts = [f"{self.action} failed: {self.code or 'no answer'}: {self.message.rstrip('.')}"]
        if self.request_id:
            parts.append(f"request id {self.request_id}")
        advice = hint(self.code)
        if advice:
            parts.append(advice)
        return "; ".join(parts)

    def as_result(self) -> dict[str, Any]:
        """The error as a module's return value ``api_error``."""
        return {
            "action": self.action,
            "code": self.code,
            "message": self.message,
            "request_id": self.request_id,
            "status": self.status,
        }


@dataclass(frozen=True)
class SessionOptions:
    """How to reach the API. Times in seconds."""

    region: str
    endpoint: str | None = None
    protocol: str = "https"
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    retry_timeout: float = 300.0


class SdkMissing(Exception):
    """The SDK package of a product is not installed; the text is meant for the user."""


class Product:
    """One product's part of the SDK: its client and the classes of its requests. Raises :class:`SdkMissing`."""

    def __init__(self, name: str, config: Any) -> None:
        try:
            defer_models(PACKAGES[name])
            self._models = importlib.import_module(f"{PACKAGES[name]}.models")
            client_class = importlib.import_module(f"{PACKAGES[name]}.client").Client
        except ImportError as error:
            package = PACKAGES[name].replace("_", "-")
            raise SdkMissing(
                f"the Python package {package} is missing on the controller; pip install {package}"
            ) from error
        self._client = client_class(config)
        suffix = "_with_options"
        # The SDK's own snake case splits names such as VSwitch in surprising places.
        self._methods = {
            method[: -len(suffix)].replace("_", ""): method for method in dir(client_class) if method.endswith(suffix)
        }

    def request(self, action: str) -> Any:
        return getattr(self._models, f"{action}Request")()

    def invoke(self, action: str, request: Any) -> Any:
        return getattr(self._client, self._methods[action.lower()])(request, RuntimeOptions())


class Session:
    """Calls of one module run. Safe for use by several threads."""

    def __init__(self, options: SessionOptions, credential: Any, *, pace: Pace | None = None) -> None:
        _quiet_sdk()
        endpoint_host = (options.endpoint or "").rsplit(":", 1)[0]
        if endpoint_host and _bypasses_proxy(endpoint_host):
            _drop_proxy_variables()
        self.options = options
        self.pace = pace or Pace()
        self.rate = CallRate(self.pace)
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._credential = credential
        self._products: dict[str, Product] = {}

    def _product(self, name: str) -> Product:
        with self._lock:
            if name not in self._products:
                config = Config(
                    credential=self._credential,
                    region_id=self.options.region,
                    endpoint=self.options.endpoint,
                    protocol=self.options.protocol.upper(),
                    connect_timeout=int(self.options.connect_timeout * 1000),
                    read_timeout=int(self.options.read_timeout * 1000),
                    user_agent="hybridnet.alicloud",
                )
                self._products[name] = Product(name, config)
            return self._products[name]

    def call(
        self,
        action: str,
        params: Mapping[str, Any],
        *,
        product: str = "vpc",
        retry_timeout: float | None = None,
        when_busy: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """Call *action* with *params* (API names; ``None`` values are left out) and return the reply's body.

        ``RegionId`` is added, and to a write that takes one a ``ClientToken``, which all repetitions of this call
        share.
        Repeats by class of error for at most *retry_timeout* seconds. *when_busy* waits for what was busy at the first
        refusal; the call is repeated when it returns. Raises :class:`ApiError`.
        """
        sdk = self._product(product)
        request, takes_token = self._request(sdk, action, params)
        is_read = bool(_READ.match(action))
        budget = self.options.retry_timeout if retry_timeout is None else retry_timeout
        deadline = self.pace.now() + budget
        attempt = 0
        while True:
            self.rate.wait()
            with self._lock:
                self.calls[action] += 1
            try:
                reply = sdk.invoke(action, request)
                self.rate.accepted()
                return reply.body.to_map() if reply.body is not None else {}
            except Exception as error:  # the SDK's exceptions share no base with those of its transport
                failure = _api_error(action, error, self.options)
            if failure.error_class is ErrorClass.THROTTLED:
                self.rate.refused(failure.retry_after)
            else:
                self.rate.accepted()
            if failure.error_class is ErrorClass.BUSY and when_busy is not None:
                when_busy()
                when_busy, deadline = None, self.pace.now() + budget
                continue
            delay = next_delay(
                failure.error_class,
                attempt,
                pace=self.pace,
                deadline=deadline,
                repeatable=is_read or takes_token,
                at_least=failure.retry_after,
            )
            # An endpoint that never answered once is wrong rather than busy: no use in five minutes of repetition.
            if delay is None or (failure.code is None and attempt >= 4):
                raise failure
            attempt += 1
            self.pace.sleep(delay)

    def pages(
        self,
        action: str,
        params: Mapping[str, Any],
        items: tuple[str, ...],
        *,
        product: str = "vpc",
        page_size: int = 50,
        token_size: str = "",
    ) -> Iterator[dict[str, Any]]:
        """All items of a list *action*, page by page; *items* is the path of the list in the reply.

        *token_size* names the size parameter of an action that pages by NextToken instead of by number
        (``MaxResults``). An object that moves to another page while the list is read comes twice.
        """
        if token_size:
            token: str | None = None
            while True:
                reply = self.call(action, {**params, token_size: page_size, "NextToken": token}, product=product)
                yield from _inside(reply, items)
                token = reply.get("NextToken") or None
                if token is None:
                    return
        number, seen = 1, 0
        while True:
            reply = self.call(action, {**params, "PageNumber": number, "PageSize": page_size}, product=product)
            found = _inside(reply, items)
            yield from found
            seen += len(found)
            if not found or seen >= int(reply.get("TotalCount") or 0):
                return
            number += 1

    def takes(self, action: str, parameter: str, *, product: str = "vpc") -> bool:
        """Whether *action* has that *parameter* in the installed SDK."""
        request = self._product(product).request(action)
        return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower() in vars(request)

    def _request(self, sdk: Product, action: str, params: Mapping[str, Any]) -> tuple[Any, bool]:
        request = sdk.request(action)
        values = {name: value for name, value in params.items() if value is not None}
        if hasattr(request, "region_id"):
            values.setdefault("RegionId", self.options.region)
        takes_token = hasattr(request, "client_token") and not _READ.match(action)
        if takes_token:
            values.setdefault("ClientToken", str(uuid.uuid4()))
        request.from_map(values)
        unknown = set(values) - set(request.to_map())
        if unknown:
            raise ValueError(f"{action} of this SDK version has no parameter {', '.join(sorted(unknown))}")
        return request, takes_token


def open_session(options: Mapping[str, Any], *, pace: Pace | None = None) -> Session:
    """A session from module *options* (see the documentation fragment ``alicloud``). Raises ``CredentialsError``."""
    settings = SessionOptions(
        region=options["region"],
        endpoint=options.get("endpoint"),
        protocol=options.get("protocol") or "https",
        connect_timeout=options.get("connect_timeout") or 10,
        read_timeout=options.get("read_timeout") or 30,
        retry_timeout=options["retry_timeout"] if options.get("retry_timeout") is not None else 300,
    )
    _quiet_sdk()
    return Session(settings, sdk_credential(options), pace=pace)


def _inside(reply: Mapping[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
    found: Any = reply
    for name in path:
        found = (found or {}).get(name)
    return found or []


def _api_error(action: str, error: Exception, options: SessionOptions) -> ApiError:
    code = getattr(error, "code", None)
    status = getattr(error, "status_code", None)
    retry_after = getattr(error, "retry_after", None)
    if code and code != "None":
        data = getattr(error, "data", None) or {}
        message = data.get("Message") or data.get("message") or _strip_prefix(str(getattr(error, "message", error)))
        return ApiError(
            action,
            code,
            message,
            request_id=getattr(error, "request_id", None),
            status=status,
            retry_after=retry_after / 1000 if retry_after else None,
        )
    text = f"{error!r} {getattr(error, 'inner_exception', None)!r}"
    cause = next((sentence for mark, sentence in _TRANSPORT_CAUSES if mark in text), f"{type(error).__name__}")
    where = f"{options.protocol.lower()}://{options.endpoint}" if options.endpoint else f"region {options.region}"
    return ApiError(action, None, f"{cause} ({where})", status=status, error_class=ErrorClass.TRANSIENT)


def _strip_prefix(message: str) -> str:
    """The service's words out of the SDK's ``code: 400, <words> request id: <id>``."""
    match = re.match(r"code: \d+, (.*?)(?: request id: \S+)?$", message, re.DOTALL)
    return match.group(1) if match else message


def _bypasses_proxy(host: str) -> bool:
    """Whether *host* must be reached without a proxy: loopback, or named by NO_PROXY (which the SDK does not
    honour)."""
    from requests.utils import should_bypass_proxies

    try:
        if ipaddress.ip_address(host).is_loopback:
            return True
    except ValueError:
        if host == "localhost":
            return True
    return bool(should_bypass_proxies(f"http://{host}", no_proxy=None))


def _drop_proxy_variables() -> None:
    # The SDK passes these to every request and neither NO_PROXY nor its own no_proxy setting stops it.
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        os.environ.pop(name, None)


def _quiet_sdk() -> None:
    """Keep the SDK from writing requests and tracebacks, which can hold secrets, to standard error."""
    os.environ.pop("DEBUG", None)
    for name in ("credentials", "darabonba-core", "alibabacloud-tea"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
