"""A control plane inside the calling process, for tests: starts in well under a second, on a free port."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from lab.cloud.clock import IdSource
from lab.cloud.conformance import PACKAGES
from lab.cloud.control import ControlPlane
from lab.cloud.dataplane import DataPlane
from lab.cloud.server import application, listen, server
from lab.cloud.settings import Settings
from lab.cloud.wire.signature import AccessKey

START_SECONDS = 20.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class RunningCloud:
    """Context manager: the API on ``endpoint`` (host:port), the admin endpoint on ``admin_url``.

    Without settings every asynchronous step is over when its call returns (``Settings.immediate``). The server
    runs in a thread; talk to it over HTTP. Proxy variables must be unset for the SDK (it proxies loopback, too).
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        plane: DataPlane | None = None,
        seed: int | None = None,
        keys: Iterable[AccessKey] = (),
    ) -> None:
        self.region = "cn-hangzhou"
        self.access_key_id = "LTAIlabtestkey00000000"
        self.access_key_secret = "lab-test-secret-of-no-value"
        keys = [AccessKey(self.access_key_id, self.access_key_secret), *keys]
        self._listener = listen("127.0.0.1", 0)
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = f"127.0.0.1:{self.port}"
        self.admin_url = f"http://{self.endpoint}/_lab"
        self.control = ControlPlane(keys, settings or Settings.immediate(), plane=plane, ids=IdSource(seed))
        self._server = server(application(self.control))
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)

    def __enter__(self) -> RunningCloud:
        """Start and wait until it answers."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the control plane did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop and wait for the end."""
        self._server.should_exit = True
        self._thread.join(timeout=START_SECONDS)
        self._listener.close()

    def admin(self, method: str, path: str, document: Any = None) -> Any:
        """One call of the admin endpoint, such as ``admin("GET", "calls")``. Raises RuntimeError with its error."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.admin_url}/{path}", data=data, method=method)
        try:
            with _DIRECT.open(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()) from None

    def environment(self) -> dict[str, str]:
        """What a client process needs: credentials and region, under the SDK's and the usual names."""
        return {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": self.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.access_key_secret,
            "ALIBABA_CLOUD_REGION_ID": self.region,
        }

    def client(self, product: str = "Vpc") -> Any:
        """A client of the real SDK for a product (Vpc, Ecs) that talks to this cloud."""
        from alibabacloud_tea_openapi.models import Config

        client = import_module(f"{PACKAGES[product]}.client").Client

        return client(
            Config(
                access_key_id=self.access_key_id,
                access_key_secret=self.access_key_secret,
                region_id=self.region,
                endpoint=self.endpoint,
                protocol="http",
            )
        )
