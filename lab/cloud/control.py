"""The control plane: takes a decoded request through signature, parameters, faults and service to an answer."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.cloud import services
from lab.cloud.clock import Clock, IdSource
from lab.cloud.conformance import ReplyChecker
from lab.cloud.dataplane import ControlPlaneOnly, DataPlane
from lab.cloud.dataplane_runner import DataPlaneRunner
from lab.cloud.errors import ApiError, dry_run_passed, missing, unsupported
from lab.cloud.faults import Fault, FaultTable
from lab.cloud.journal import Calls, Journal
from lab.cloud.network_view import build_network
from lab.cloud.services import catalogue
from lab.cloud.services.context import Context
from lab.cloud.services.ecs.power import record_powered_off
from lab.cloud.services.negotiation import record_changes
from lab.cloud.settings import Settings
from lab.cloud.spec import Action, Product, products
from lab.cloud.state import State, TokenEntry
from lab.cloud.wire.envelope import error_body, render
from lab.cloud.wire.parameters import client_token, decode
from lab.cloud.wire.signature import AccessKey, Message, Verifier

log = logging.getLogger("lab.cloud")
TOKEN_SECONDS = 24 * 3600
MAX_TOKENS = 50_000
WATCH_SECONDS = 1.0
DEFAULT_HOST = "vpc.aliyuncs.com"
HTML_ERROR = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Answer:
    """What goes back: ``reset`` means that the connection is reset instead of answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json;charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False


class _FaultAnswer(Exception):
    """An injected fault decided the answer."""

    def __init__(self, answer: Answer, code: str) -> None:
        super().__init__(code)
        self.answer = answer
        self.code = code


@dataclass
class _Call:
    """One request on its way."""

    message: Message
    request_id: str
    product: Product | None = None
    action: Action | None = None
    key_id: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    region: str = ""
    faults: list[Fault] = field(default_factory=list)
    outcome: str = "refused"

    def fault(self, *kinds: str) -> Fault | None:
        """The first fired fault of one of these kinds."""
        return next((rule for rule in self.faults if rule.kind in kinds), None)


class ControlPlane:
    """State, rules and data plane behind one ``handle``. Single-threaded: everything runs on one event loop.

    ``check_replies`` compares every reply with the SDK's response model and answers 500 when they differ.
    """

    def __init__(
        self,
        keys: list[AccessKey],
        settings: Settings | None = None,
        *,
        plane: DataPlane | None = None,
        state: State | None = None,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        check_replies: bool = True,
    ) -> None:
        self.settings = settings or Settings()
        self.state = state or State()
        self.clock = clock or Clock()
        self.ids = ids or IdSource()
        self.faults = FaultTable()
        self.calls = Calls()
        self.journal = Journal()
        self.changed = False
        self._initial_settings = self.settings.as_dict()
        self._verifier = Verifier({key.id: key for key in keys})
        self._checker = ReplyChecker() if check_replies else None
        self._tokens_in_flight: set[str] = set()
        self._recent: dict[str, deque[float]] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.runner = DataPlaneRunner(plane or ControlPlaneOnly(), self.tick)

    @property
    def checks_replies(self) -> bool:
        """Whether replies are compared with the SDK's models."""
        return self._checker is not None

    async def start(self) -> None:
        """Hand the loaded state to the data plane and start the clockwork."""
        self._submit()
        self._tasks = [asyncio.create_task(self._clockwork())]
        if self.runner.has_packets:
            self._tasks.append(asyncio.create_task(self._watch()))

    async def stop(self) -> None:
        """Stop the clockwork and close the data plane."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.runner.idle()
        self.runner.close()

    async def reset(self) -> None:
        """Empty the account: objects, tokens, faults, counters, journal; settings as at the start."""
        self.state = State(revision=self.state.revision + 1)
        self.settings.update(self._initial_settings)
        self.faults.delete()
        self.calls.clear()
        self.journal.clear()
        self._recent.clear()
        self.changed = True
        self._submit()
        await self.runner.idle()

    def tick(self) -> None:
        """Run the asynchronous steps that are due."""
        if self.state.advance(self.clock.now(), self.runner.applied):
            self.changed = True
            self._submit()
        self._wake.set()

    async def handle(self, message: Message) -> Answer:
        """Answer one signed request. Never raises."""
        call = _Call(message, self.ids.request())
        started = self.clock.now()
        code = ""
        try:
            reply = await self._perform(call)
            answer = self._success(call, reply)
        except _FaultAnswer as fault:
            answer, code = fault.answer, fault.code
            if call.outcome == "refused":
                call.outcome = "faulted"
        except ApiError as error:
            answer, code = _error_answer(call, error), error.code
        except Exception:
            log.exception("request %s failed", call.request_id)
            code = "InternalError"
            answer = _error_answer(call, ApiError(500, code, "The request has failed due to an internal error."))
        self._record(call, answer, code, started)
        return answer

    async def _perform(self, call: _Call) -> dict[str, Any]:
        call.product, call.action = _route(call.message)
        action = call.action
        call.key_id = self._verifier.verify(call.message, self.clock.now())
        self._throttle(call)
        call.faults = self.faults.firing(action.name)
        self._early_faults(call)
        call.params = decode(action, [*call.message.query, *call.message.form])
        call.region = self._region(call)
        for name in catalogue.UNMODELLED[action.product].get(action.name, frozenset()) & call.params.keys():
            if call.params[name] is not False:
                raise unsupported(name, "the lab does not model it")
        token = client_token(call.params) if action.kind == "write" else None
        reply = await (self._run(call, action) if token is None else self._run_once(call, action, token))
        self._late_faults(call)
        return reply

    async def _run_once(self, call: _Call, action: Action, token: str) -> dict[str, Any]:
        key = f"{call.region}/{action.product}/{action.name}/{token}"
        if key in self._tokens_in_flight:
            message = "The previous request with this ClientToken is still being processed."
            raise ApiError(400, "LastTokenProcessing", message)
        content = {name: value for name, value in call.params.items() if name != "ClientToken"}
        fingerprint = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        known = self.state.tokens.get(key)
        if known is not None and known.time + TOKEN_SECONDS > self.clock.now():
            if known.fingerprint != fingerprint:
                message = "The ClientToken was used with other parameters before."
                raise ApiError(400, "IdempotentParameterMismatch", message)
            call.outcome = "replayed"
            return dict(known.reply)
        self._tokens_in_flight.add(key)
        try:
            reply = await self._run(call, action)
        finally:
            self._tokens_in_flight.discard(key)
        self.state.tokens.pop(key, None)
        self.state.tokens[key] = TokenEntry(fingerprint, reply, self.clock.now())
        if len(self.state.tokens) > MAX_TOKENS:
            del self.state.tokens[next(iter(self.state.tokens))]
        return reply

    async def _run(self, call: _Call, action: Action) -> dict[str, Any]:
        latency = call.fault("latency")
        if self.settings.latency or latency:
            await asyncio.sleep(self.settings.latency + (latency.seconds if latency else 0.0))
        shows_tunnels = action.name in services.NEEDS_SA_STATES
        states = await self.runner.sa_states() if shows_tunnels else {}
        ike_log = []
        if action.name in services.NEEDS_IKE_LOG:
            ike_log = await self.runner.log_lines(call.params["VpnConnectionId"])
        self.tick()
        stale = call.fault("stale")
        context = Context(
            state=self.state,
            region=self.state.regions[call.region],
            settings=self.settings,
            now=self.clock.now(),
            ids=self.ids,
            action=action.name,
            allocate_address=self.runner.plane.allocate_public_address,
            sa_states=states,
            ike_log=ike_log,
            hidden_reads=stale.reads if stale else 0,
            stuck=call.fault("stuck") is not None,
            has_machines=self.runner.has_packets,
        )
        if shows_tunnels and self.runner.has_packets:
            record_changes(context.region, states, context.now)
        reply = catalogue.ACTIONS[action.product][action.name](context, call.params)
        if action.kind == "read" and call.params.get("DryRun"):
            raise dry_run_passed()
        call.outcome = "ok"
        if context.committed:
            self.changed = True
            self.state.revision += 1
            self._submit()
            self.tick()
        return reply

    def _throttle(self, call: _Call) -> None:
        limit = self.settings.throttle.calls_per_second
        if not limit:
            return
        now = self.clock.now()
        recent = self._recent.setdefault(call.key_id, deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        if len(recent) >= limit:
            raise _throttled(call, self.settings.throttle.retry_after_ms)
        recent.append(now)

    def _early_faults(self, call: _Call) -> None:
        fault = call.fault("throttle", "html", "reset_before", "error")
        if fault is None or fault.after_commit:
            return
        if fault.kind == "throttle":
            raise _throttled(call, fault.retry_after_ms)
        raise _fault_answer(call, fault)

    def _late_faults(self, call: _Call) -> None:
        fault = call.fault("reset_after", "error")
        if fault is not None and (fault.kind == "reset_after" or fault.after_commit):
            raise _fault_answer(call, fault)

    def _region(self, call: _Call) -> str:
        region = call.params.get("RegionId", self.settings.default_region)
        if region not in self.state.regions:
            raise ApiError(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
        return region

    def _success(self, call: _Call, reply: Mapping[str, Any]) -> Answer:
        name = call.action.name if call.action else ""
        body = {**reply, "RequestId": call.request_id}
        if self._checker is not None:
            self._checker.check(name, body, call.action.product if call.action else "")
        content, content_type = render(f"{name}Response", body, _wants_xml(call.message))
        return Answer(200, content, content_type)

    def _record(self, call: _Call, answer: Answer, code: str, started: float) -> None:
        if call.action is None:
            self.calls.unknown += 1
        else:
            self.calls.count(call.action.name, call.action.kind, call.outcome)
        message = call.message
        self.journal.add(
            {
                "time": started,
                "request_id": call.request_id,
                "action": call.action.name if call.action else message.headers.get("x-acs-action", ""),
                "region": call.region,
                "signature": "v3" if message.headers.get("authorization") else "v1",
                "method": message.method,
                "client": message.headers.get("user-agent", ""),
                "status": 0 if answer.reset else answer.status,
                "code": code,
                "outcome": call.outcome,
                "seconds": round(self.clock.now() - started, 6),
                "parameters": dict([*message.query, *message.form]),
            }
        )

    def _submit(self) -> None:
        if self.runner.has_packets:
            self.runner.submit(self.state.revision, build_network(self.state))

    async def _clockwork(self) -> None:
        while True:
            due = self.state.next_due(self.runner.applied)
            self._wake.clear()
            timeout = None if due is None else max(0.0, due - self.clock.now())
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), timeout)
            if self.state.advance(self.clock.now(), self.runner.applied):
                self.changed = True
                self._submit()

    async def _watch(self) -> None:
        """Write down what happens by itself: tunnels that come and go, instances that power themselves off."""
        while True:
            states = await self.runner.sa_states(WATCH_SECONDS)
            for region in self.state.regions.values():
                record_changes(region, states, self.clock.now())
            if record_powered_off(self.state.regions.values(), await self.runner.powered_off()):
                self.changed = True
                self.state.revision += 1
                self._submit()
            await asyncio.sleep(WATCH_SECONDS)


def _route(message: Message) -> tuple[Product, Action]:
    version = message.headers.get("x-acs-version") or message.parameter("Version")
    name = message.headers.get("x-acs-action") or message.parameter("Action")
    if not version:
        raise missing("Version")
    if version not in products():
        raise ApiError(400, "NoSuchVersion", "The specified version does not exist.")
    if not name:
        raise missing("Action")
    product = products()[version]
    if name not in product.actions:
        message_text = f"Specified api is not found: {name} {version}. The lab does not serve it."
        raise ApiError(404, "InvalidAction.NotFound", message_text)
    action = product.actions[name]
    if message.method not in action.methods:
        raise ApiError(405, "UnsupportedHTTPMethod", "This http method is not supported.")
    return product, action


def _wants_xml(message: Message) -> bool:
    return not message.headers.get("authorization") and (message.parameter("Format") or "").upper() == "XML"


def _error_answer(call: _Call, error: ApiError, headers: dict[str, str] | None = None) -> Answer:
    host, product = (call.product.host, call.product.name) if call.product else (DEFAULT_HOST, "Vpc")
    body = error_body(error, call.request_id, host, product)
    content, content_type = render("Error", body, _wants_xml(call.message))
    return Answer(error.status, content, content_type, headers or {})


def _throttled(call: _Call, retry_after_ms: int) -> _FaultAnswer:
    error = ApiError(400, "Throttling.User", "Request was denied due to user flow control.")
    headers = {"x-acs-retry-after": str(retry_after_ms)} if retry_after_ms else {}
    return _FaultAnswer(_error_answer(call, error, headers), error.code)


def _fault_answer(call: _Call, fault: Fault) -> _FaultAnswer:
    if fault.kind in ("reset_before", "reset_after"):
        return _FaultAnswer(Answer(reset=True), fault.kind)
    if fault.kind == "html":
        return _FaultAnswer(Answer(502, HTML_ERROR, "text/html"), fault.kind)
    return _FaultAnswer(_error_answer(call, ApiError(fault.status, fault.code, fault.message)), fault.code)
