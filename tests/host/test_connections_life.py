"""The life of managed connections on a real charon."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


def test_created_connections_are_up_and_a_second_run_changes_nothing(site):
    connections = site.connections()
    first = site.establish(connections)
    assert first["changed"]
    assert [(one["name"], one["action"], one["established"]) for one in first["connections"]] == [
        ("t2", "created", True),
        ("t1", "created", True),
    ]
    second = site.configure(connections)
    assert not second["changed"], second
    assert second["diff"] == []
    assert not site.answer(connections)["changed"]
