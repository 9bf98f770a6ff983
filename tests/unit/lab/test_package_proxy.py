"""The machines' package proxy, asked as apt asks it: absolute addresses over a connection that is kept."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab.hosts.package_proxy import PackageProxy

PACKAGE = b"a package" * 1000


class Mirror(BaseHTTPRequestHandler):
    """Three files: a whole one, one whose length is not told, one that breaks off in the middle."""

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[1]
        self.send_response(200)
        if name != "unsized":
            self.send_header("Content-Length", str(len(PACKAGE)))
        self.end_headers()
        self.wfile.write(PACKAGE[: len(PACKAGE) // 2] if name == "broken" else PACKAGE)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[:2]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def fetch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], bytes]]:
    """Fetch a file of the mirror through the proxy, all over one connection that waits two seconds at most."""
    with serving(Mirror) as mirror, serving(PackageProxy) as (address, port):
        # Loopback is refused as a destination, not as this machine's own proxy.
        monkeypatch.setattr("lab.hosts.package_proxy.proxy", lambda: "http://{}:{}".format(*mirror))
        connection = http.client.HTTPConnection(address, port, timeout=2)

        def fetch(name: str) -> bytes:
            connection.request("GET", f"http://deb.example.net/{name}")
            return connection.getresponse().read()

        yield fetch
        connection.close()


@pytest.mark.parametrize("name", ["whole", "unsized"])
def test_a_file_comes_whole_and_the_next_one_too(fetch, name: str) -> None:
    assert [fetch(name), fetch(name)] == [PACKAGE, PACKAGE]


def test_a_file_that_breaks_off_ends_the_connection(fetch) -> None:
    """Otherwise apt waits for the rest."""
    with pytest.raises(http.client.IncompleteRead):
        fetch("broken")


def test_loopback_is_no_destination(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.hosts.package_proxy.proxy", lambda: "")
    with serving(Mirror) as mirror, serving(PackageProxy) as proxy:
        connection = http.client.HTTPConnection(*proxy, timeout=2)
        connection.request("GET", "http://{}:{}/whole".format(*mirror))
        answer = connection.getresponse()
        assert (answer.status, b"loopback addresses are not served" in answer.read()) == (502, True)
        connection.close()
