"""The machines' way to Debian packages: an HTTP proxy on the management network, and one on the lab's internet.

Not routing and masquerading, because then packages would depend on this machine's firewall and forwarding, and on
its mirror not having an address of the lab's internet. The proxy listens inside the lab's namespace and connects from
this machine's network, so neither matters, and the lab changes nothing in the root namespace for it.

Run as ``python -m lab.hosts.package_proxy NAMESPACE ADDRESS``. Goes through this machine's own proxy when it has one.
"""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import selectors
import shutil
import socket
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lab.hosts.packages import proxy
from lab.system.namespace import NETNS, entered

PORT = 3142
TIMEOUT = 60

_HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}


def url(address: str) -> str:
    """What a machine's apt is told about the proxy that listens on ``address``."""
    return f"http://{address}:{PORT}"


class PackageProxy(BaseHTTPRequestHandler):
    """GET, HEAD and CONNECT. Loopback destinations are refused: the machines have no business with those."""

    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT

    def do_GET(self) -> None:
        """Fetch an absolute URL and pass the answer on."""
        target = urllib.parse.urlsplit(self.path)
        if target.scheme != "http" or not target.hostname:
            self.send_error(400, "Give an absolute http:// address")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        try:
            self._refuse_loopback(target.hostname)
            connection, path = self._towards(target)
            connection.request(self.command, path, headers={**headers, "Connection": "close"})
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self.send_error(502, f"{target.hostname} cannot be reached", str(error))
            return
        with answer:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            if answer.length is None:
                self.close_connection = True
            self.send_header("Connection", "close" if self.close_connection else "keep-alive")
            self.end_headers()
            shutil.copyfileobj(answer, self.wfile)
            # It broke off: on a connection that is kept the machine would wait for the rest.
            self.close_connection = self.close_connection or bool(answer.length)

    do_HEAD = do_GET

    def do_CONNECT(self) -> None:
        """Join the client with the destination, for https."""
        host, _, port = self.path.rpartition(":")
        try:
            self._refuse_loopback(host)
            upstream = _upstream()
            address = (upstream.hostname, upstream.port or 3128) if upstream else (host, int(port))
            with socket.create_connection(address, timeout=TIMEOUT) as other:
                if upstream:
                    other.sendall(f"CONNECT {self.path} HTTP/1.1\r\nHost: {self.path}\r\n\r\n".encode())
                else:
                    self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _join(self.connection, other)
        except (OSError, ValueError) as error:
            self.send_error(502, f"{host} cannot be reached", str(error))
        self.close_connection = True

    def _towards(self, target: urllib.parse.SplitResult) -> tuple[http.client.HTTPConnection, str]:
        upstream = _upstream()
        if upstream:
            return http.client.HTTPConnection(upstream.hostname, upstream.port or 3128, timeout=TIMEOUT), self.path
        path = urllib.parse.urlunsplit(("", "", target.path or "/", target.query, ""))
        return http.client.HTTPConnection(target.hostname, target.port or 80, timeout=TIMEOUT), path

    def _refuse_loopback(self, host: str) -> None:
        if _upstream():
            return
        for *_, address in socket.getaddrinfo(host, None):
            if ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
                raise OSError("loopback addresses are not served")


def _upstream() -> urllib.parse.SplitResult | None:
    configured = proxy()
    return urllib.parse.urlsplit(configured if "://" in configured else f"http://{configured}") if configured else None


def _join(one: socket.socket, other: socket.socket) -> None:
    """Copy both ways until either side ends."""
    with selectors.DefaultSelector() as ready:
        ready.register(one, selectors.EVENT_READ, other)
        ready.register(other, selectors.EVENT_READ, one)
        while True:
            events = ready.select(TIMEOUT)
            if not events:
                return
            for key, _ in events:
                data = key.fileobj.recv(65536)
                if not data:
                    return
                key.data.sendall(data)


def listen_inside(namespace: Path, address: str) -> ThreadingHTTPServer:
    """The server, its socket inside ``namespace``; the calling thread ends where it began, and connects from there.

    A socket stays in the namespace it was made in, whatever its process does afterwards.
    """
    with entered(namespace):
        return ThreadingHTTPServer((address, PORT), PackageProxy)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="lab.hosts.package_proxy")
    parser.add_argument("namespace", help="name of the namespace to listen in")
    parser.add_argument("address", help="address to listen on")
    arguments = parser.parse_args()
    with listen_inside(NETNS / arguments.namespace, arguments.address) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
