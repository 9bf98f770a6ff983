"""The network around each machine: everything exists before the machine boots, and survives its reboots."""

from __future__ import annotations

import ipaddress

from lab.hosts.layout import CloudHost, Site
from lab.identity import Lab
from lab.management import join_management
from lab.network.internet import gateway_for, join_internet
from lab.system.namespace import Namespace, connect

WAN = "wan0"
LAN = "lan0"

_NAT_RULES = """\
table ip nat {
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "wan0" masquerade;
  }
}
table ip filter {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "inside" udp dport { 500, 4500 } accept
  }
}
"""


def namespace_of(lab: Lab, host: Site | CloudHost) -> Namespace:
    """The namespace a machine lives in."""
    return Namespace(lab.namespace(host.name))


def client_of(lab: Lab, site: Site) -> Namespace:
    """The namespace of the client in a site's LAN."""
    return Namespace(lab.namespace(f"{site.name}-lan"))


def router_of(lab: Lab, site: Site) -> Namespace:
    """The namespace of the NAT router in front of a site."""
    return Namespace(lab.namespace(f"{site.name}-nat"))


def wire(lab: Lab, host: Site | CloudHost, subnet: ipaddress.IPv4Network) -> str:
    """Make a machine's namespace and cables, idempotently; returns its management address.

    A server in the VPC gets only its management cable here: its vSwitch exists only once it was created in the cloud.
    """
    here = namespace_of(lab, host)
    here.create()
    address = str(subnet[host.number])
    join_management(lab, here, host.name, address)
    if isinstance(host, Site):
        _wire_wan(lab, host, here)
        _wire_lan(lab, host, here)
    return address


def unwire(lab: Lab, host: Site | CloudHost) -> None:
    """Remove a machine's namespaces and with them every cable."""
    namespace_of(lab, host).delete()
    if isinstance(host, Site):
        client_of(lab, host).delete()
        router_of(lab, host).delete()


def _wire_wan(lab: Lab, site: Site, here: Namespace) -> None:
    if site.nat is None:
        join_internet(lab, here, WAN, site.name, site.public_address)
        here.ip(f"route replace default via {gateway_for(site.public_address)} dev {WAN} onlink")
        return
    router = router_of(lab, site)
    router.create_router()
    join_internet(lab, router, WAN, site.name, site.nat.public_address)
    connect(router, "inside", here, WAN)
    router.ip(f"addr replace {site.nat.inside_address}/24 dev inside")
    router.nft("flush ruleset\n" + _NAT_RULES)
    here.ip(
        f"addr replace {site.wan_address}/24 dev {WAN}",
        f"route replace default via {site.nat.inside_address} dev {WAN}",
    )


def _wire_lan(lab: Lab, site: Site, here: Namespace) -> None:
    client = client_of(lab, site)
    client.create()
    connect(here, LAN, client, LAN)
    length = ipaddress.ip_network(site.network).prefixlen
    here.ip(f"addr replace {site.lan_address}/{length} dev {LAN}")
    client.ip(
        f"addr replace {site.client_address}/{length} dev {LAN}",
        f"route replace default via {site.lan_address} dev {LAN}",
    )
