#!/usr/bin/python

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: strongswan_path_info
short_description: Read what decides whether packets pass a strongSwan host
description:
  - Reads forwarding, reverse-path filters, the verdict of the host's nftables rules on the packets of tunnels, and the
    newest lines of strongSwan's log.
  - With O(targets), finds the largest packet that is answered through a tunnel, by pinging with "don't fragment".
  - Changes nothing. Returns no secrets.
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
requirements:
  - Python 3.8 or later on the managed host
  - root on the managed host
  - nft, for RV(blocked); journalctl, for RV(log); ping, for O(targets)
attributes:
  check_mode:
    description: Can run in check mode; it never changes anything.
    support: full
  diff_mode:
    description: Has nothing to show in diff mode.
    support: N/A
  idempotent:
    description: A second run returns the same, apart from the log and what is measured.
    support: full
options:
  peers:
    description: Addresses of the other ends of the tunnels. What is no address is left out.
    type: list
    elements: str
    default: []
  local_networks:
    description: Networks on this side of the tunnels.
    type: list
    elements: str
    default: []
  remote_networks:
    description: Networks behind the other ends.
    type: list
    elements: str
    default: []
  targets:
    description: What is pinged to find the largest packet.
    type: list
    elements: dict
    default: []
    suboptions:
      address:
        description: Address at the other end.
        type: str
        required: true
      source:
        description: Address of this host to ping from.
        type: str
  log_seconds:
    description: How many seconds of the log to return.
    type: int
    default: 600
  unit:
    description: Name of strongSwan's systemd unit.
    type: str
    default: strongswan
seealso:
  - module: hybridnet.alicloud.strongswan_info
"""

EXAMPLES = r"""
- name: Look at what is in the way of a tunnel
  hybridnet.alicloud.strongswan_path_info:
    peers: [203.0.113.10]
    local_networks: [192.168.1.0/24]
    remote_networks: [172.16.0.0/16]
    targets: [{address: 172.16.1.10, source: 192.168.1.1}]
  register: path

- name: Show what the host's own firewall drops
  ansible.builtin.debug:
    msg: "{{ path.blocked }}"
"""

RETURN = r"""
forwarding:
  description: Whether the kernel forwards IPv4 packets.
  returned: always
  type: bool
strict_filters:
  description: Interfaces whose reverse-path filter is strict.
  returned: always
  type: list
  elements: str
  sample: [ipsec0]
filtered_packets:
  description: Packets that reverse-path filters have dropped since the host was started.
  returned: always
  type: int
firewall_read:
  description: Whether the nftables rules could be read. Without, RV(blocked) is empty.
  returned: always
  type: bool
blocked:
  description: Packets of the tunnels that the host's own rules drop.
  returned: always
  type: list
  elements: dict
  sample: [{flow: udp 500 out, peer: 203.0.113.10, by: "chain output of table inet filter (its policy is drop)"}]
addresses:
  description: IPv4 addresses of the host.
  returned: always
  type: list
  elements: str
log:
  description: Lines of strongSwan's log, the oldest first.
  returned: always
  type: list
  elements: str
sizes:
  description: For each target the largest inner packet that may be sent, and the largest that was answered, in octets.
    Both are 0 when not even small ones are answered.
  returned: always
  type: list
  elements: dict
  sample: [{address: 172.16.1.10, sent: 1400, answered: 1400}]
"""

import glob
import ipaddress
import os
import re

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _nft_verdict as nft
from ansible_collections.hybridnet.alicloud.plugins.module_utils._nft_ruleset import read_ruleset
from ansible_collections.hybridnet.alicloud.plugins.module_utils._unlogged_module import UnloggedModule

CONF = "/proc/sys/net/ipv4/conf"
STRICT = 1
# IPv4 and ICMP headers.
HEADERS = 28
LARGEST = 1500
# RFC 791: every host takes a packet of this size.
SMALLEST = 576
EXACT_TO = 8


def number(path):
    try:
        with open(path, encoding="ascii") as stream:
            return int(stream.read())
    except (OSError, ValueError):
        return 0


def strict_filters():
    """Return the interfaces with a strict filter; the larger of the interface's value and that of all counts."""
    overall = number(CONF + "/all/rp_filter")
    names = [os.path.basename(path) for path in glob.glob(CONF + "/*")]
    return sorted(
        name
        for name in names
        if name not in ("all", "default", "lo") and max(overall, number("%s/%s/rp_filter" % (CONF, name))) == STRICT
    )


def filtered_packets():
    """Return the kernel's counter IPReversePathFilter."""
    try:
        with open("/proc/net/netstat", encoding="ascii") as stream:
            lines = [line.split() for line in stream]
    except OSError:
        return 0
    for names, values in zip(lines[::2], lines[1::2]):
        if "IPReversePathFilter" in names:
            return int(values[names.index("IPReversePathFilter")])
    return 0


def is_address(text):
    try:
        return bool(ipaddress.IPv4Address(text))
    except ValueError:
        return False


def inside(network):
    """Return an address that a host of the network may have."""
    parsed = ipaddress.ip_network(network, strict=False)
    return str(parsed[1] if parsed.num_addresses > 2 else parsed[0])


def flows(peers, local_networks, remote_networks):
    """Yield (name, other end, packet) of everything that has to pass the host's firewall."""
    for peer in peers:
        for port in (500, 4500):
            packet = {"protocol": "udp", "sport": port, "dport": port}
            yield "udp %d in" % port, peer, dict(packet, hook="input", saddr=peer)
            yield "udp %d out" % port, peer, dict(packet, hook="output", daddr=peer)
    for local in local_networks:
        for remote in remote_networks:
            ours, theirs = inside(local), inside(remote)
            packet = {"hook": "forward", "protocol": "icmp"}
            yield "forward to the cloud", remote, dict(packet, saddr=ours, daddr=theirs)
            yield "forward from the cloud", local, dict(packet, saddr=theirs, daddr=ours)


def read_log(module, unit, seconds):
    program = module.get_bin_path("journalctl")
    if not program:
        return []
    argv = [program, "--no-pager", "--output=cat", "--unit", unit, "--since", "-%ds" % seconds]
    return module.run_command(argv)[1].splitlines()[-2000:]


class Prober:
    """Pings of chosen sizes."""

    def __init__(self, module):
        self._module = module
        self._ping = module.get_bin_path("ping")

    def sizes(self, target):
        """Return the largest packet that may be sent and the largest that is answered."""
        found = {"address": target["address"], "sent": 0, "answered": 0}
        if not self._ping or not self._answered(target, 84)[0]:
            return found
        largest = LARGEST
        answered, limit = self._answered(target, largest)
        if limit:
            largest = limit
            answered, limit = self._answered(target, largest)
        found["sent"] = largest
        lower, upper = (largest, largest) if answered else (84, largest)
        while upper - lower > EXACT_TO:
            middle = (lower + upper) // 2
            if self._answered(target, middle)[0]:
                lower = middle
            else:
                upper = middle
        found["answered"] = lower
        return found

    def _answered(self, target, octets):
        """Return whether a packet is answered, and the MTU when this host knows that it is too large."""
        argv = [self._ping, "-n", "-c", "2", "-i", "0.2", "-W", "1", "-M", "do", "-s", str(octets - HEADERS)]
        if target["source"]:
            argv += ["-I", target["source"]]
        _status, output, error = self._module.run_command(argv + [target["address"]])
        known = re.search(r"mtu ?= ?(\d+)", output + error)
        return "bytes from" in output, int(known.group(1)) if known else None


def main():
    words = {"type": "list", "elements": "str", "default": []}
    target = {"address": {"type": "str", "required": True}, "source": {"type": "str"}}
    module = UnloggedModule(
        argument_spec={
            "peers": words,
            "local_networks": words,
            "remote_networks": words,
            "targets": {"type": "list", "elements": "dict", "default": [], "options": target},
            "log_seconds": {"type": "int", "default": 600},
            "unit": {"type": "str", "default": "strongswan"},
        },
        supports_check_mode=True,
    )
    params = module.params
    rules = read_ruleset(module)
    peers = [peer for peer in params["peers"] if is_address(peer)]
    blocked = []
    for flow, peer, packet in flows(peers, params["local_networks"], params["remote_networks"]):
        by = nft.blocker(rules or [], packet)
        if by:
            blocked.append({"flow": flow, "peer": peer, "by": by})
    program = module.get_bin_path("ip", opt_dirs=["/usr/sbin", "/sbin"], required=True)
    shown = module.run_command([program, "-4", "-o", "address", "show"])[1]
    prober = Prober(module)
    module.exit_json(
        changed=False,
        forwarding=number("/proc/sys/net/ipv4/ip_forward") == 1,
        strict_filters=strict_filters(),
        filtered_packets=filtered_packets(),
        firewall_read=rules is not None,
        blocked=blocked,
        addresses=re.findall(r" inet ([\d.]+)", shown),
        log=read_log(module, params["unit"], params["log_seconds"]),
        sizes=[prober.sizes(one) for one in params["targets"]],
    )


if __name__ == "__main__":
    main()
