"""A customer gateway made by hand: strongSwan in the namespaces of one of the lab's sites, no machine booted."""

from __future__ import annotations

import ipaddress
from typing import Any

from lab.cloud.dataplane import Connection, Endpoint, Tunnel
from lab.hosts.layout import Site
from lab.hosts.wiring import client_of, namespace_of, wire
from lab.identity import Lab
from lab.network.charon import TUN, Charon
from lab.network.proposals import esp_proposal, ike_proposal


class Peer:
    """The gateway of ``site``; ``client`` is the machine in its LAN."""

    def __init__(self, lab: Lab, site: Site, management: ipaddress.IPv4Network):
        self.site = site
        self.gateway = namespace_of(lab, site)
        self.client = client_of(lab, site)
        self.charon = Charon(lab, self.gateway, site.name, lab.runtime / f"{site.name}.vici")
        wire(lab, site, management)
        self.gateway.sysctl({"net.ipv4.ip_forward": 1})
        self.charon.start()

    def configure(self, connection: Connection, tunnel: Tunnel, endpoint: Endpoint, **changes: Any) -> None:
        """Load the mirror image of one tunnel; ``changes`` replace options. Does not initiate."""
        self.charon.load(
            {
                tunnel.id: {
                    "version": "1" if tunnel.ike_version == "ikev1" else "2",
                    "aggressive": "yes" if tunnel.ike_mode == "aggressive" else "no",
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
