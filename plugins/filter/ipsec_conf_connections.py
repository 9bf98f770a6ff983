# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter ipsec_conf_connections."""

from __future__ import annotations

DOCUMENTATION = r"""
name: ipsec_conf_connections
short_description: Connections of a hand-written ipsec.conf
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
description:
  - Converts the connections of C(ipsec.conf), the older way to configure strongSwan, to those that
    P(hybridnet.alicloud.strongswan#role) takes.
  - Site-to-site tunnels with pre-shared keys are converted. What has no counterpart is named with file, line and
    option.
  - The result holds the keys, so keep it out of the output. C(problems) and C(notes) hold none.
  - Other files (C(include)) are not followed.
positional: secrets
options:
  _input:
    description: Text of C(/etc/ipsec.conf).
    type: str
    required: true
  secrets:
    description: Text of C(/etc/ipsec.secrets).
    type: str
    default: ''
  local_addresses:
    description: Addresses of the host, to tell whether it is the left or the right one. By default it is the left one.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Say what keeps the connections of a host from being converted
  ansible.builtin.debug:
    msg: "{{ (lookup('file', 'ipsec.conf') | hybridnet.alicloud.ipsec_conf_connections(secrets)).problems }}"
"""

RETURN = r"""
_value:
  description:
    - C(connections), those that could be converted; C(problems), why others could not; C(notes), what changes for those
      that could.
  type: dict
"""

from collections.abc import Iterable
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._ipsec_conf import convert


def ipsec_conf_connections(conf: str, secrets: str = "", local_addresses: Iterable[str] = ()) -> dict[str, Any]:
    """See DOCUMENTATION."""
    found = convert(conf, secrets, tuple(local_addresses))
    return {"connections": found.connections, "problems": found.problems, "notes": found.notes}


class FilterModule:
    """The filter under its name."""

    def filters(self) -> dict[str, Any]:
        return {"ipsec_conf_connections": ipsec_conf_connections}
