#!/usr/bin/env python3
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of every scenario: the gateways that ``python -m lab.gateways up`` has started, none before."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print what Ansible asks an inventory script with --list for."""
    state = os.environ.get("LAB_STATE") or REPOSITORY / ".lab" / (os.environ.get("LAB_NAME") or "default")
    try:
        hosts = json.loads((Path(state) / "gateways.json").read_text())
    except FileNotFoundError:
        hosts = {}
    json.dump({"gateways": {"hosts": sorted(hosts)}, "_meta": {"hostvars": hosts}}, sys.stdout)


if __name__ == "__main__":
    main()
