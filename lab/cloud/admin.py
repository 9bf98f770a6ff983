"""The admin endpoint ``/_lab/…``: unsigned, for loopback; answers are JSON, problems ``{"error": …}``."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lab.cloud.control import ControlPlane
from lab.cloud.journal import scrub
from lab.cloud.services.eips import bound_to
from lab.cloud.snapshot import to_text


class AdminError(Exception):
    """A request that cannot be served: HTTP status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Admin:
    """The admin operations of one control plane."""

    def __init__(self, control: ControlPlane) -> None:
        self._control = control

    def routes(self) -> list[Route]:
        """Routes to mount before the API's catch-all."""
        table = {
            "/_lab/health": {"GET": self.health},
            "/_lab/reset": {"POST": self.reset},
            "/_lab/calls": {"GET": self.calls, "DELETE": self.clear_calls},
            "/_lab/journal": {"GET": self.journal, "DELETE": self.clear_journal},
            "/_lab/faults": {"GET": self.faults, "POST": self.add_faults, "DELETE": self.delete_faults},
            "/_lab/settings": {"GET": self.settings, "POST": self.change_settings},
            "/_lab/snapshot": {"GET": self.snapshot},
            "/_lab/tunnels": {"GET": self.tunnels},
            "/_lab/instances": {"GET": self.instances},
            "/_lab/gateways/{gateway}/{verb}": {"POST": self.lock},
            "/_lab/attachments/{connection}/{verb}": {"POST": self.attachment},
            "/_lab/endpoints/{gateway}/{index:int}/{verb}": {"POST": self.endpoint},
        }
        return [Route(path, _dispatcher(verbs), methods=list(verbs)) for path, verbs in table.items()]

    async def health(self, request: Request) -> Any:
        """Whether it runs, whether packets do, and whether the data plane has caught up."""
        runner, state = self._control.runner, self._control.state
        return {
            "status": "ok" if runner.failure is None else "degraded",
            "dataplane": runner.has_packets,
            "dataplane_error": runner.failure,
            "revision": state.revision,
            "applied": runner.applied >= state.revision,
            "pending": len(state.pending),
            "reply_check": self._control.checks_replies,
        }

    async def reset(self, request: Request) -> Any:
        """Empty the account and wait until the data plane followed."""
        await self._control.reset()
        return {}

    async def calls(self, request: Request) -> Any:
        """Call counters."""
        return self._control.calls.as_dict()

    async def clear_calls(self, request: Request) -> Any:
        """Counters back to zero."""
        self._control.calls.clear()
        return {}

    async def journal(self, request: Request) -> Any:
        """The last requests, without secrets; ``?action=`` and ``?limit=`` narrow them."""
        entries = self._control.journal.entries()
        action = request.query_params.get("action")
        if action:
            entries = [entry for entry in entries if entry["action"] == action]
        limit = _number(request, "limit")
        return {"requests": entries[-limit:] if limit else entries}

    async def clear_journal(self, request: Request) -> Any:
        """Forget the requests."""
        self._control.journal.clear()
        return {}

    async def faults(self, request: Request) -> Any:
        """The rules in force."""
        return {"faults": self._control.faults.as_list()}

    async def add_faults(self, request: Request) -> Any:
        """Add one rule or a list of rules."""
        return {"ids": self._control.faults.add(await _document(request))}

    async def delete_faults(self, request: Request) -> Any:
        """Delete all rules, or ``?id=``; what was stuck goes on."""
        deleted = self._control.faults.delete(_number(request, "id"))
        released = self._control.state.release_stuck(self._control.clock.now())
        self._control.tick()
        return {"deleted": deleted, "released": released}

    async def settings(self, request: Request) -> Any:
        """Delays, quotas, throttle, latency, regions' modes."""
        return self._control.settings.as_dict()

    async def change_settings(self, request: Request) -> Any:
        """Change some settings."""
        self._control.settings.update(await _document(request))
        return self._control.settings.as_dict()

    async def snapshot(self, request: Request) -> Any:
        """The whole state, secrets hidden."""
        return scrub(json.loads(to_text(self._control.state)))

    async def tunnels(self, request: Request) -> Any:
        """Every configured tunnel with what the data plane reports about it."""
        states = await self._control.runner.sa_states()
        rows = []
        for region in self._control.state.regions.values():
            for connection in region.connections.values():
                for index, tunnel in enumerate(connection.tunnels, start=1):
                    state = states.get(tunnel.id)
                    rows.append(
                        {
                            "id": tunnel.id,
                            "connection_id": connection.id,
                            "gateway_id": connection.gateway_id,
                            "role": tunnel.role,
                            "endpoint": index,
                            "peer_address": region.customer_gateways[tunnel.customer_gateway_id].ip_address,
                            "ike": state.ike if state else False,
                            "child": state.child if state else False,
                            "bytes_in": state.bytes_in if state else 0,
                            "bytes_out": state.bytes_out if state else 0,
                            "established_at": state.established_at if state else None,
                        }
                    )
        return {"tunnels": rows}

    async def instances(self, request: Request) -> Any:
        """Every instance with its status and addresses; ``public_address`` is empty without one."""
        rows = []
        for region in self._control.state.regions.values():
            for instance in region.instances.values():
                eip = bound_to(region, instance.id)
                rows.append(
                    {
                        "id": instance.id,
                        "name": instance.name,
                        "status": instance.status,
                        "private_address": instance.private_address,
                        "public_address": eip.address if eip else instance.public_address,
                    }
                )
        return {"instances": rows}

    async def lock(self, request: Request) -> Any:
        """Lock a VPN gateway for an overdue payment, or unlock it."""
        statuses = {"lock": "FinancialLocked", "unlock": "Normal"}
        verb, identifier = request.path_params["verb"], request.path_params["gateway"]
        if verb not in statuses:
            raise AdminError(404, f"unknown operation {verb}; known: {', '.join(statuses)}")
        for region in self._control.state.regions.values():
            if identifier in region.vpn_gateways:
                region.vpn_gateways[identifier].business_status = statuses[verb]
                return {}
        raise AdminError(404, f"there is no VPN gateway {identifier}")

    async def attachment(self, request: Request) -> Any:
        """Attach a connection to a transit router, or detach it, as the product CEN would."""
        verb, identifier = request.path_params["verb"], request.path_params["connection"]
        if verb not in ("attach", "detach"):
            raise AdminError(404, f"unknown operation {verb}; known: attach, detach")
        for region in self._control.state.regions.values():
            attachment = region.attachments.get(identifier)
            if attachment is not None:
                attached = verb == "attach"
                attachment.state = "attached" if attached else "init"
                attachment.transit_router_id = "tr-lab" if attached else ""
                # Nothing answers at these addresses: transit routers carry no packets here.
                attachment.addresses = ["203.0.113.251", "203.0.113.252"] if attached else []
                return {}
        raise AdminError(404, f"there is no connection for transit routers {identifier}")

    async def endpoint(self, request: Request) -> Any:
        """Kill or revive one endpoint of a gateway in the data plane."""
        verb = request.path_params["verb"]
        if verb not in ("kill", "revive"):
            raise AdminError(404, f"unknown operation {verb}; known: kill, revive")
        function = getattr(self._control.runner.plane, f"{verb}_endpoint", None)
        if function is None:
            raise AdminError(501, "this lab has no data plane that can do that")
        try:
            await self._control.runner.call(function, request.path_params["gateway"], request.path_params["index"])
        except LookupError as error:
            raise AdminError(404, str(error)) from None
        return {}


def _dispatcher(verbs: dict[str, Any]) -> Any:
    async def dispatch(request: Request) -> JSONResponse:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            return JSONResponse(await verbs[method](request))
        except AdminError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return dispatch


async def _document(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise AdminError(400, "the body must be JSON") from None


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise AdminError(400, f"{name} must be a number")
    return int(text)
