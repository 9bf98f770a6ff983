"""HTTP: the Starlette application and a uvicorn server that can reset connections on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from lab.cloud import snapshot
from lab.cloud.admin import Admin
from lab.cloud.control import Answer, ControlPlane
from lab.cloud.wire.signature import Message

log = logging.getLogger("lab.cloud")
AUTOSAVE_SECONDS = 1.0
MAX_REQUEST_LINE = 1 << 20
FORM_TYPE = "application/x-www-form-urlencoded"


class PortTaken(Exception):
    """The port cannot be listened on. The text says which one and what to do."""


class ResettableProtocol(H11Protocol):
    """Lets a handler reach its connection, to reset it instead of answering."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport where the request's scope shows it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. Raises PortTaken."""
    # With the protocol named, asyncio sets TCP_NODELAY on every connection; without it each reply waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}:{port} ({error.strerror}): choose another port, or 0 for a free one"
        raise PortTaken(message) from None
    return listener


def application(control: ControlPlane, snapshot_path: Path | None = None) -> Starlette:
    """The whole HTTP interface. With a path the state is saved there shortly after changes and at the end."""

    async def serve_api(request: Request) -> Response:
        message = await _message(request)
        answer = await control.handle(message)
        if answer.reset:
            return await _reset(request)
        return _response(answer)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await control.start()
        saver = asyncio.create_task(_autosave(control, snapshot_path)) if snapshot_path else None
        try:
            yield
        finally:
            if saver:
                saver.cancel()
            await control.stop()
            if snapshot_path:
                snapshot.save(control.state, snapshot_path)

    methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
    catch_all = Route("/{path:path}", serve_api, methods=methods)
    return Starlette(routes=[*Admin(control).routes(), catch_all], lifespan=lifespan)


def server(app: Starlette) -> uvicorn.Server:
    """A uvicorn server for the application. No access log: URLs hold pre-shared keys."""
    config = uvicorn.Config(
        app,
        http=ResettableProtocol,
        ws="none",
        loop="asyncio",
        access_log=False,
        log_level="warning",
        h11_max_incomplete_event_size=MAX_REQUEST_LINE,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    return uvicorn.Server(config)


async def _message(request: Request) -> Message:
    body = await request.body()
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    form = _pairs(body) if content_type == FORM_TYPE else ()
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    return Message(
        method=request.method,
        path=raw_path.split(b"?")[0].decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=_pairs(request.scope["query_string"]),
        form=form,
        body=body,
    )


def _pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    # Undecodable bytes become replacement characters, with which no signature matches.
    text = encoded.decode("latin-1")
    return tuple(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace"))


def _response(answer: Answer) -> Response:
    # Set as a raw header: Starlette would append a charset of its own to text types.
    headers = {"content-type": answer.content_type, **answer.headers}
    return Response(answer.body, answer.status, headers)


async def _reset(request: Request) -> Response:
    """Reset the TCP connection. What is returned afterwards reaches nobody."""
    transport = request.scope["state"]["transport"]
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await asyncio.sleep(0)
    return Response(status_code=500)


async def _autosave(control: ControlPlane, path: Path) -> None:
    pause = AUTOSAVE_SECONDS
    while True:
        await asyncio.sleep(pause)
        if control.changed:
            control.changed = False
            started = time.monotonic()
            snapshot.save(control.state, path)
            # Saving blocks the event loop; with a large state it must stay a small part of the time.
            pause = max(AUTOSAVE_SECONDS, 20 * (time.monotonic() - started))
