# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter strongswan_proposal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: strongswan_proposal
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: Algorithms as a proposal of strongSwan
description:
  - Renders the C(ike) or the C(ipsec) mapping of a connection as the one proposal that C(proposals) and
    C(esp_proposals) in C(swanctl.conf) take.
  - It uses the table that also renders the cloud's settings, so the two ends cannot drift apart.
  - Algorithms may be written in any of the usual ways, such as V(AES-256), V(SHA256) or V(group14).
options:
  _input:
    description:
      - A mapping with C(encryption), C(integrity) and either C(dh_group) (IKE) or C(pfs_group) (IPsec, V(disabled) for
        none). Other options of the two mappings are checked but not used.
    type: dict
    required: true
seealso:
  - plugin: hybridnet.alicloud.strongswan_times
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show both proposals of a connection
  ansible.builtin.debug:
    msg:
      - "{{ ike | hybridnet.alicloud.strongswan_proposal }}" # aes256-sha256-modp2048
      - "{{ ipsec | hybridnet.alicloud.strongswan_proposal }}" # aes128-sha1
  vars:
    ike: {encryption: aes256, integrity: sha256, dh_group: 14}
    ipsec: {encryption: aes128, integrity: sha1, pfs_group: disabled}
"""

RETURN = r"""
_value:
  description: The proposal, such as V(aes256-sha256-modp2048).
  type: str
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import read_section
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import strongswan_proposal as render
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import MISSING, Problem


def strongswan_proposal(options):
    """See DOCUMENTATION; raises AnsibleFilterError that names every wrong option."""
    is_ipsec = isinstance(options, Mapping) and "pfs_group" in options
    section, group = ("ipsec", "pfs_group") if is_ipsec else ("ike", "dh_group")
    clean, problems = read_section(section, options)
    if not problems:
        fix = "a proposal needs all three algorithms"
        wanted = ("encryption", "integrity", group)
        problems = [Problem(f"{section}.{key}", MISSING, "is required", fix) for key in wanted if key not in clean]
    if problems:
        raise AnsibleFilterError("strongswan_proposal: " + "\n".join(str(problem) for problem in problems))
    return render(clean)


class FilterModule:
    """The filter under its name."""

    def filters(self):
        return {"strongswan_proposal": strongswan_proposal}
