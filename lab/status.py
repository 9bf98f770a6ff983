"""What of a lab is up, read from the things themselves, never from records of what was started."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab import control_plane
from lab.description import read_description, recorded_port
from lab.errors import LabError
from lab.hosts.machine import Machine
from lab.identity import Lab
from lab.lifecycle import machines_of


def read_status(lab: Lab) -> dict[str, Any]:
    """``up`` is true when the control plane answers and every machine takes logins."""
    description = read_description(lab)
    if description is None:
        return {
            "name": lab.name,
            "state": str(lab.state),
            "up": False,
            "control_plane": None,
            "hosts": {},
            "tunnels": [],
            "instances": [],
        }
    port = recorded_port(lab)
    answers = control_plane.healthy(port)
    machines = machines_of(lab)
    with ThreadPoolExecutor(max(1, len(machines))) as pool:
        up = dict(zip([machine.name for machine in machines], pool.map(Machine.answers, machines), strict=True))
    return {
        "name": lab.name,
        "state": str(lab.state),
        "up": answers and all(up.values()),
        "control_plane": {
            "endpoint": description["endpoint"],
            "answers": answers,
            "process": control_plane.running(lab),
        },
        "dataplane": description["dataplane"],
        "hosts": {machine.name: {"address": machine.address, "up": up[machine.name]} for machine in machines},
        "tunnels": _listed(port, "tunnels") if answers else [],
        "instances": _listed(port, "instances") if answers else [],
    }


def show_status(status: dict[str, Any]) -> str:
    """The status as a few lines of text."""
    if status["control_plane"] is None:
        return f"lab {status['name']}: down (nothing in {status['state']})"
    plane = status["control_plane"]
    lines = [
        f"lab {status['name']}: {'up' if status['up'] else 'incomplete (lab/lab up completes it)'}",
        f"  control plane  http://{plane['endpoint']}  {'answers' if plane['answers'] else 'does not answer'}",
        f"  data plane     {'strongSwan in namespaces' if status['dataplane'] else 'none (control plane only)'}",
    ]
    lines += [
        f"  {name:14} {host['address']:15} {'up' if host['up'] else 'down'}" for name, host in status["hosts"].items()
    ]
    lines += [
        f"  instance       {item['id']} ({item['name']}) {item['private_address']} {item['public_address'] or '-'}: "
        f"{item['status']}"
        for item in status["instances"]
    ]
    for tunnel in status["tunnels"]:
        state = "up" if tunnel["child"] else "IKE only" if tunnel["ike"] else "down"
        lines.append(
            f"  tunnel         {tunnel['id']} ({tunnel['role']}, {tunnel['gateway_id']}-{tunnel['endpoint']} to "
            f"{tunnel['peer_address']}): {state}, {tunnel['bytes_in']} bytes in, {tunnel['bytes_out']} out"
        )
    return "\n".join(lines)


def _listed(port: int, what: str) -> list[dict[str, Any]]:
    try:
        return control_plane.admin(port, "GET", what)[what]
    except LabError:
        return []
