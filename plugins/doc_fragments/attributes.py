# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Support of Ansible's features, stated in every module."""

    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/hybridnet.alicloud.alicloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - hybridnet.alicloud.alicloud
  check_mode:
    description: Can run in check mode and return what would change, made by the same plan as a real run.
    support: full
  diff_mode:
    description: Returns what changes, or would change, with secrets replaced.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  platform:
    description: Where the module runs; it needs no managed host but localhost.
    platforms: posix
    support: full
options: {}
"""

    INFO_MODULE = r"""
attributes:
  action_group:
    description: Use C(group/hybridnet.alicloud.alicloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - hybridnet.alicloud.alicloud
  check_mode:
    description: Reads only, so check mode makes no difference.
    support: full
  diff_mode:
    description: Changes nothing, so there is no diff.
    support: N/A
  idempotent:
    description: Reads only.
    support: full
  platform:
    description: Where the module runs; it needs no managed host but localhost.
    platforms: posix
    support: full
options: {}
"""
