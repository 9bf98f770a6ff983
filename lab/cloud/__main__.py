"""``python -m lab.cloud``: run the control plane until a signal ends it.

Access keys come from ``lab.json`` in the state folder (``access_key_id``, ``access_key_secret`` and optionally
``security_token``), never from the command line.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
from pathlib import Path

from lab.cloud import snapshot
from lab.cloud.control import ControlPlane
from lab.cloud.dataplane import ControlPlaneOnly, DataPlane
from lab.cloud.server import PortTaken, application, listen, server
from lab.cloud.settings import Settings
from lab.cloud.wire.signature import AccessKey

SNAPSHOT = "cloud.json"


class StartProblem(Exception):
    """The control plane cannot start; the text is one sentence with the fix."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a signal, 1 with one sentence on standard error when it cannot start."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        return _serve(options)
    except (StartProblem, PortTaken, snapshot.SnapshotError) as problem:
        print(f"lab.cloud: {problem}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.cloud", description="Control plane of the practice cloud.")
    parser.add_argument("--state-dir", "--state", type=Path, required=True, help="folder of lab.json and the snapshot")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free one")
    parser.add_argument("--control-plane-only", action="store_true", help="API without packets; needs no root")
    parser.add_argument("--immediate", action="store_true", help="asynchronous steps end when their call returns")
    return parser


def _serve(options: argparse.Namespace) -> int:
    state_dir: Path = options.state_dir
    if not state_dir.is_dir():
        raise StartProblem(f"the state folder {state_dir} does not exist: create it with a lab.json in it")
    keys = [read_access_key(state_dir / "lab.json")]
    state = snapshot.load(state_dir / SNAPSHOT)
    listener = listen(options.host, options.port)
    with listener:
        plane = ControlPlaneOnly() if options.control_plane_only else _open_data_plane(state_dir)
        settings = Settings.immediate() if options.immediate else Settings()
        control = ControlPlane(keys, settings, plane=plane, state=state)
        host, port = listener.getsockname()[:2]
        print(f"lab.cloud: listening on {host}:{port}", flush=True)
        for ending in (signal.SIGTERM, signal.SIGINT):
            # The server ends on these signals and raises them again afterwards; this makes that an orderly end.
            signal.signal(ending, lambda *_signal: None)
        server(application(control, state_dir / SNAPSHOT)).run(sockets=[listener])
    return 0


def read_access_key(path: Path) -> AccessKey:
    """The key pair of a ``lab.json``. Raises StartProblem."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return AccessKey(
            document["access_key_id"], document["access_key_secret"], document.get("security_token") or None
        )
    except FileNotFoundError:
        raise StartProblem(f"{path} does not exist: it must hold access_key_id and access_key_secret") from None
    except (ValueError, KeyError, TypeError):
        raise StartProblem(f"{path} must be JSON with access_key_id and access_key_secret") from None


def _open_data_plane(state_dir: Path) -> DataPlane:
    from lab.network import DataPlaneUnavailable, open_data_plane

    try:
        return open_data_plane(state_dir)
    except DataPlaneUnavailable as problem:
        raise StartProblem(str(problem)) from None


if __name__ == "__main__":
    sys.exit(main())
