"""A customer gateway made by hand: a namespace with strongSwan, its LAN behind it, and one connection per tunnel."""

from __future__ import annotations

import ipaddress
from typing import Any

from lab.cloud.dataplane import Connection, Endpoint, Tunnel
from lab.identity import Lab
from lab.network.charon import TUN, Charon
from lab.network.internet import create_internet, join_internet
from lab.network.proposals import esp_proposal, ike_proposal
from lab.system.namespace import Namespace, connect


class Peer:
    """``network`` is its LAN; the gateway has the first host address, a machine behind it the tenth."""

    def __init__(self, lab: Lab, name: str, public_address: str, network: str):
        self.gateway = Namespace(lab.namespace(name))
        self.machine = Namespace(lab.namespace(f"{name}-lan"))
        self.public_address = public_address
        self.network = network
        self._lan = ipaddress.ip_network(network)
        self.machine_address = str(self._lan[10])
        self._lab = lab
        self._name = name
        self.charon = Charon(lab, self.gateway, name, lab.runtime / f"{name}.vici")

    def create(self) -> None:
        create_internet(self._lab)
        self.gateway.create()
        self.machine.create()
        join_internet(self._lab, self.gateway, "wan0", self._name, self.public_address)
        connect(self.gateway, "lan0", self.machine, "lan0")
        length = self._lan.prefixlen
        self.gateway.ip(f"addr replace {self._lan[1]}/{length} dev lan0", "route replace blackhole default")
        self.machine.ip(
            f"addr replace {self.machine_address}/{length} dev lan0", f"route replace default via {self._lan[1]}"
        )
        self.charon.start()

    def configure(self, connection: Connection, tunnel: Tunnel, endpoint: Endpoint, **changes: Any) -> None:
        """Load the mirror image of one tunnel; ``changes`` replace options of the connection."""
        self.charon.load(
            {
                tunnel.id: {
                    "version": "1" if tunnel.ike_version == "ikev1" else "2",
                    "aggressive": "yes" if tunnel.ike_mode == "aggressive" else "no",
                    "local_addrs": [self.public_address],
                    "remote_addrs": [endpoint.address],
                    "proposals": [ike_proposal(tunnel)],
                    "dpd_delay": "1s",
                    "mobike": "no",
                    "unique": "replace",
                    "local": {"auth": "psk", "id": tunnel.remote_id},
                    "remote": {"auth": "psk", "id": tunnel.local_id},
                    "children": {
                        tunnel.id: {
                            "local_ts": list(connection.remote_subnets),
                            "remote_ts": list(connection.local_subnets),
                            "esp_proposals": [esp_proposal(tunnel)],
                            "dpd_action": "clear",
                        }
                    },
                    **changes,
                }
            },
            {"id": tunnel.id, "type": "IKE", "data": tunnel.psk, "owners": [tunnel.local_id, tunnel.remote_id]},
        )
        self.gateway.ip(*(f"route replace {subnet} dev {TUN}" for subnet in connection.local_subnets))
