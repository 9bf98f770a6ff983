# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that read a log of the service (DescribeVpnConnectionLogs and its kin).

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import Session
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import whole_number
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import PlanError

PAGE_SIZE = 50


def run_log_module(action: str, names: Mapping[str, str], spec: Mapping[str, Any]) -> None:
    """Entry point of a module that returns the lines which *action* has, the newest first.

    *names*: options and the parameters that carry them, with ``spec`` as their argument spec; every such module also
    has ``minutes``.
    """
    module = AlicloudModule({**spec, "minutes": {"type": "int", "default": 10}}, supports_check_mode=True)
    module.guarded(lambda: _gather(module, action, {**names, "minutes": "MinutePeriod"}))


def _gather(module: AlicloudModule, action: str, names: Mapping[str, str]) -> None:
    wrong = whole_number(1, 10, "minutes")(module.params["minutes"], "minutes")
    if wrong:
        raise PlanError([wrong])
    session = module.session()
    found = _lines(session, action, {parameter: module.params[option] for option, parameter in names.items()})
    module.exit_json(changed=False, log=found, actions=sorted(session.calls))


def _lines(session: Session, action: str, params: Mapping[str, Any]) -> list[str]:
    """All lines that the action has; it counts them as Count, unlike the lists of objects."""
    found: list[str] = []
    number = 1
    while True:
        reply = session.call(action, {**params, "PageNumber": number, "PageSize": PAGE_SIZE})
        data = reply.get("Data") or []
        page = data.get("Logs") or [] if isinstance(data, Mapping) else data
        found += page
        if not page or len(found) >= int(reply.get("Count") or 0):
            return found
        number += 1
