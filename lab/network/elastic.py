"""A public address of an instance: one-to-one address translation, in a namespace between the internet and the VPC."""

from __future__ import annotations

from lab.identity import Lab
from lab.network.interfaces import public_name
from lab.network.internet import gateway_for, join_internet
from lab.network.vpc import ENDPOINT_SIDE, ROUTER_SIDE, VpcRouter
from lab.system.namespace import Namespace, connect

WAN = "wan0"
VPC = "vpc0"

_RULES = """\
table ip nat {{
  chain incoming {{
    type nat hook prerouting priority dstnat;
    iifname "{wan}" ip daddr {public} dnat to {private}
  }}
  chain outgoing {{
    type nat hook postrouting priority srcnat;
    oifname "{wan}" ip saddr {private} snat to {public}
  }}
}}
table ip filter {{
  chain forward {{
    type filter hook forward priority filter; policy accept;
    iifname "{vpc}" ip saddr != {private} drop
  }}
}}
"""


class ElasticAddress:
    """A bound public address. What the instance sends from another address than its own does not pass."""

    def __init__(self, lab: Lab, router: VpcRouter, public: str, private: str):
        self.public = public
        self.private = private
        self.router = router
        self.link = public_name(public)
        self._lab = lab
        self._namespace = Namespace(lab.namespace(f"net-eip-{public}"))

    def create(self) -> None:
        """Make the namespace, its cables and its rules. Raises CommandFailed."""
        here, router = self._namespace, self.router.namespace
        here.create_router()
        here.nft("flush ruleset\n" + _RULES.format(wan=WAN, vpc=VPC, public=self.public, private=self.private))
        join_internet(self._lab, here, WAN, self.link, self.public)
        connect(router, self.link, here, VPC)
        router.ip(f"addr replace {ROUTER_SIDE}/32 dev {self.link}")
        here.ip(
            f"addr replace {ENDPOINT_SIDE}/32 dev {VPC}",
            f"route replace {self.private}/32 via {ROUTER_SIDE} dev {VPC} onlink",
            f"route replace default via {gateway_for(self.public)} dev {WAN} onlink",
        )

    def remove(self) -> None:
        """Remove it; flows through it end at once."""
        self._namespace.delete()
        self.router.namespace.try_ip(f"link del {self.link}")
        self.router.forget_link(self.link)
