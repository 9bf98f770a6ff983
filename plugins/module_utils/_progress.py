# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of a run as lines of JSON in a file, for whoever watches a long task.

Private to this collection. Ansible shows nothing of a module before it ends. A line holds names and codes, never what
an object is made of.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import ApiError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import Outcome
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import PlanError, label
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown


class Progress:
    """Writes to *path*, which a run begins anew. Raises :class:`PlanError` when it cannot be written.

    Once the run has begun, a file that cannot be written any more (a full disk) does not stop it: ``error`` tells.
    """

    def __init__(self, path: str) -> None:
        self.error: str | None = None
        self._lock = threading.Lock()
        self._done = self._total = 0
        try:
            self._path = Path(path)
            self._path.write_text("", encoding="utf-8")
        except OSError as error:
            rule = f"cannot be written: {error.strerror}"
            fix = "name a file in an existing folder that the task's user may write to"
            raise PlanError([Problem("progress_file", shown(path), rule, fix)]) from None

    def begin(self, total: int) -> None:
        """Note that *total* objects are to be worked on."""
        with self._lock:
            self._total = total
            self._write({"done": 0, "of": total})

    def done(self, outcome: Outcome) -> None:
        """Note what became of an object."""
        change, error = outcome.change, outcome.error
        line = {
            "action": change.action,
            "object": f"{change.resource.title} {label(change.resource, outcome.have or change.target.options)}",
            "failed": error is not None,
        }
        if isinstance(error, ApiError):
            line |= {"code": error.code, "request_id": error.request_id}
        with self._lock:
            self._done += 1
            self._write({"done": self._done, "of": self._total, **line})

    def _write(self, line: dict[str, Any]) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
        except OSError as error:
            self.error = error.strerror
