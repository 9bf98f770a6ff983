# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter tunnel_datapaths."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tunnel_datapaths
short_description: How the packets of each connection find its tunnel on a host
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Chooses the data path of each connection of a host from what its kernel has, and completes the connections with the
    names, numbers, routes and MTUs of their interfaces and with the time after which a silent peer is probed.
  - Two tunnels that carry the same networks, and tunnels with routes, addresses or C(0.0.0.0/0), become XFRM
    interfaces, on old kernels VTIs. A single tunnel with exact networks is found by the kernel's policies. A kernel
    without ESP leaves all of it to strongSwan.
options:
  _input:
    description: Connections as P(hybridnet.alicloud.strongswan#role) takes them.
    type: list
    elements: dict
    required: true
  host:
    description: What M(hybridnet.alicloud.strongswan_info) returns.
    type: dict
    required: true
  datapath:
    description: The data path that is wanted.
    type: str
    choices: [auto, policy, xfrm, vti, tun]
    default: auto
  dead_peer_after:
    description: Seconds after which a dead peer has to be noticed.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Look at the host
  hybridnet.alicloud.strongswan_info:
  register: host

- name: Show which tunnels become interfaces
  ansible.builtin.debug:
    msg: "{{ found.connections | items2dict('name', 'datapath') }}"
  vars:
    found: "{{ strongswan_connections | hybridnet.alicloud.tunnel_datapaths(host) }}"
"""

RETURN = r"""
_value:
  description:
    - V(connections), the connections with every option of M(hybridnet.alicloud.strongswan_connections) except the keys;
      V(interfaces), a list with C(connection), C(kind), C(id), C(name), C(remote_address), C(mtu), C(mtu_udp),
      C(metric), C(address), C(routes), C(local_networks) of each tunnel that is an interface.
    - V(userspace), whether strongSwan does ESP itself; V(vti), whether there are VTIs; V(retransmission), C(timeout),
      C(base), C(tries) and C(seconds) of IKE messages; V(problems), what is wrong as a list of texts.
  type: dict
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_datapath as rules
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_interface as tunnel_interface
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mtu

#: Options that stay out of what a play may show.
SECRETS = ("psk", "private_key")


def _plain(value: Any) -> Any:
    """Lists and dicts as such. In a play they are views that hold every variable of the host, which the validator's
    deep copy would copy, too: seconds for two hosts, and more with each further one."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _completed(connections: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The connections with the defaults of the module, and what it would refuse by type."""
    spec = {"connections": {"type": "list", "elements": "dict", "options": model.connection_options()}}
    result = ArgumentSpecValidator(spec).validate({"connections": _plain(connections)})
    return result.validated_parameters["connections"], list(result.error_messages)


def _interface(connection: Mapping[str, Any]) -> dict[str, Any]:
    ipsec, outer = connection["ipsec"], connection["path_mtu"]
    return {
        "connection": connection["name"],
        "kind": connection["datapath"],
        "id": tunnel_interface.interface_id(connection),
        "name": tunnel_interface.interface_name(connection),
        "remote_address": connection["remote_address"],
        "mtu": tunnel_mtu(ipsec["encryption"], ipsec["integrity"], outer),
        "mtu_udp": tunnel_mtu(ipsec["encryption"], ipsec["integrity"], outer, udp=True),
        "metric": tunnel_interface.metric(connection),
        "address": connection["interface_address"],
        "routes": tunnel_interface.routes(connection),
        "local_networks": connection["local_networks"],
    }


def tunnel_datapaths(
    connections: Iterable[Mapping[str, Any]],
    host: Mapping[str, Any],
    datapath: str = rules.AUTO,
    dead_peer_after: int = 30,
) -> dict[str, Any]:
    """See DOCUMENTATION."""
    given = {one["name"]: one for one in connections if isinstance(one, Mapping) and "name" in one}
    completed, wrong = _completed(connections)
    if wrong:
        return {"connections": [], "interfaces": [], "userspace": False, "vti": False, "problems": wrong}
    kernel = rules.Kernel(host["kernel_esp"], host["kernel_xfrm_interfaces"], host["kernel_vti"])
    kinds, userspace = rules.choose(completed, datapath, kernel)
    asked = [{**one, "dpd_delay": given[one["name"]].get("dpd_delay")} for one in completed]
    silence, retransmission, problems = rules.dead_peer_times(asked, int(dead_peer_after))
    for connection, one in zip(completed, asked, strict=True):
        connection["datapath"] = kinds[connection["name"]]
        connection["dpd_delay"] = int(one["dpd_delay"] or silence)
    problems += rules.datapath_problems(completed, kinds, userspace, datapath, kernel, host["tun_device"])
    problems += model.connection_problems(completed, allow_unknown=True)
    texts = [f"{problem}" for problem in problems]
    return {
        "connections": [{key: value for key, value in one.items() if key not in SECRETS} for one in completed],
        "interfaces": [] if texts else [_interface(one) for one in completed if tunnel_interface.is_interface(one)],
        "userspace": userspace,
        "vti": tunnel_interface.VTI in kinds.values(),
        "retransmission": retransmission._asdict(),
        "problems": texts,
    }


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"tunnel_datapaths": tunnel_datapaths}
