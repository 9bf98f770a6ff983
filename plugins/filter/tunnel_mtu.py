# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter tunnel_mtu."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tunnel_mtu
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: What fits through a tunnel
description:
  - Computes the largest packet that fits into the tunnel without fragments, and the TCP segment size that goes with it,
    from the C(ipsec) mapping of a connection (RFC 4303, tunnel mode, IPv4 outside).
  - Alibaba Cloud recommends 1400 at most. The result is the arithmetic limit, so use the smaller of the two.
options:
  _input:
    description: A mapping with C(encryption) and C(integrity). Other options of C(ipsec) are checked but not used.
    type: dict
    required: true
  outer:
    description: The MTU of the way between the two gateways, such as 1492 on PPPoE. Below 576 nothing works.
    type: int
    default: 1500
  udp:
    description: Whether ESP travels in UDP (one end is behind NAT).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show what fits on a line with PPPoE behind NAT
  ansible.builtin.debug:
    msg: "{{ ipsec | hybridnet.alicloud.tunnel_mtu(outer=1492, udp=true) }}" # mtu: 1422, mss: 1382
  vars:
    ipsec: {encryption: aes256, integrity: sha256}
"""

RETURN = r"""
_value:
  description: C(mtu), the largest inner packet, and C(mss), the largest TCP segment in it. Both in octets.
  type: dict
  sample: {mtu: 1438, mss: 1398}
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mss
from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import tunnel_mtu as largest_packet
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import read_section
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import MISSING, Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._scalars import boolean, integer

# RFC 791: every host takes a packet of this size.
_SMALLEST_OUTER = 576
_LARGEST_OUTER = 65535


def tunnel_mtu(options, outer=1500, udp=False):
    """See DOCUMENTATION; raises AnsibleFilterError that names every wrong option."""
    clean, problems = read_section("ipsec", options)
    if not problems:
        fix = "the size of a packet depends on it"
        wanted = ("encryption", "integrity")
        problems = [Problem(f"ipsec.{key}", MISSING, "is required", fix) for key in wanted if key not in clean]
    try:
        octets = integer(outer)
    except ValueError:
        octets = 0
    if not _SMALLEST_OUTER <= octets <= _LARGEST_OUTER:
        rule = f"is not an MTU from {_SMALLEST_OUTER} to {_LARGEST_OUTER}"
        problems.append(Problem("outer", shown(outer), rule, "write the MTU of the way between the gateways"))
    try:
        encapsulated = boolean(udp)
    except ValueError:
        problems.append(Problem("udp", shown(udp), "is not a boolean", "write true or false"))
    if problems:
        raise AnsibleFilterError("tunnel_mtu: " + "\n".join(str(problem) for problem in problems))
    mtu = largest_packet(clean["encryption"], clean["integrity"], octets, encapsulated)
    return {"mtu": mtu, "mss": tunnel_mss(mtu)}


class FilterModule:
    """The filter under its name."""

    def filters(self):
        return {"tunnel_mtu": tunnel_mtu}
