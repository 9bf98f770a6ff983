# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter strongswan_times."""

from __future__ import annotations

DOCUMENTATION = r"""
name: strongswan_times
author: Hybridnet contributors (@hybridnet)
version_added: "1.0.0"
short_description: A lifetime of the cloud as times of strongSwan
description:
  - The cloud knows one lifetime, strongSwan a time to start rekeying and a time to give up. This filter computes the
    times that end at the same second as the cloud's.
options:
  _input:
    description: The lifetime in seconds, from 60 to 86400.
    type: int
    required: true
  child:
    description: Whether it is the lifetime of the IPsec SA (the child) instead of the IKE SA.
    type: bool
    default: false
seealso:
  - plugin: hybridnet.alicloud.strongswan_proposal
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the times for a lifetime of one day
  ansible.builtin.debug:
    msg:
      - "{{ 86400 | hybridnet.alicloud.strongswan_times }}"
      # over_time: 8640, rand_time: 8640, reauth_time: 0, rekey_time: 77760
      - "{{ 86400 | hybridnet.alicloud.strongswan_times(child=true) }}"
      # life_time: 86400, rand_time: 8640, rekey_time: 77760
"""

RETURN = r"""
_value:
  description:
    - C(rekey_time) and C(rand_time); with O(child=false) also C(over_time) and C(reauth_time), with O(child=true) also
      C(life_time). All in seconds.
  type: dict
"""

from ansible.errors import AnsibleFilterError

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import (
    read_section,
    strongswan_child_times,
    strongswan_ike_times,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._scalars import boolean


def strongswan_times(lifetime, child=False):
    """See DOCUMENTATION; raises AnsibleFilterError for a lifetime outside the limits."""
    try:
        is_child = boolean(child)
    except ValueError:
        problem = Problem("child", shown(child), "is not a boolean", "write true or false")
        raise AnsibleFilterError(f"strongswan_times: {problem}") from None
    # None counts as "not given" in a mapping, but here it is a wrong value like any other.
    clean, problems = read_section("ipsec" if is_child else "ike", {"lifetime": "" if lifetime is None else lifetime})
    if problems:
        raise AnsibleFilterError(f"strongswan_times: {problems[0]}")
    return (strongswan_child_times if is_child else strongswan_ike_times)(clean["lifetime"])


class FilterModule:
    """The filter under its name."""

    def filters(self):
        return {"strongswan_times": strongswan_times}
