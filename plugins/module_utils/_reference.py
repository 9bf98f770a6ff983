# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A name for the id of an object that may not exist yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """Stands where an id belongs until the engine knows it.

    ``kind`` is the kind of a wanted object (``vpn_gateway``, ``customer_gateway``,
    ``ipsec_connection``; ``key`` is then that object's key) or of an object that exists
    already and is named by the user (``vpc``, ``vswitch``; ``key`` is its id or name).
    """

    kind: str
    key: str

    def __str__(self):
        return f"{self.kind} {self.key}"
