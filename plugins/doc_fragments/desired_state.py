# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that bring an object to a state."""

    DOCUMENTATION = r"""
options:
  state:
    description: Whether the object shall exist.
    type: str
    choices: [present, absent]
    default: present
  recreate:
    description:
      - Whether to delete the object and create it again when an option differs that cannot be changed after creation.
        Without it such a difference is an error that names the option.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the change has taken effect - a new object is usable, a deleted one is gone, the VPN
        gateway
        takes writes again.
      - Waiting ends at the state of the configuration, never at that of a tunnel, which depends on the other end.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for each object. A run that ends here goes on in the next one.
    type: int
    default: 900
"""

    TAGS = r"""
options:
  tags:
    description: Tags the object shall have. Without this option tags are left alone; V({}) removes all.
    type: dict
  purge_tags:
    description:
      - Whether to remove tags that O(tags) does not name. It acts only if O(tags) is given, and never on tags of the
        system (C(acs:), C(aliyun)).
    type: bool
    default: true
"""

    DRY_RUN = r"""
options:
  api_dry_run:
    description:
      - In check mode, whether to have the service check what is to be done, by calls that do nothing (DryRun). What it
        would refuse then fails in check mode.
      - Every action is asked about that can be; for most kinds of objects only the creation can.
    type: bool
    default: false
"""
