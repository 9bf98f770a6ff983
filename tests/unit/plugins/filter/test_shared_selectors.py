# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tunnels that a kernel cannot keep apart."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.filter.shared_selectors import shared_selectors


def connection(name, local, remote):
    return {"name": name, "local_networks": local, "remote_networks": remote}


@pytest.mark.parametrize(
    ("connections", "shared"),
    [
        ([], []),
        ([connection("a-1", ["192.168.1.0/24"], ["172.16.0.0/16"])], []),
        # The two tunnels of one site.
        (
            [connection(name, ["192.168.1.0/24"], ["172.16.0.0/16"]) for name in ("a-1", "a-2")],
            ["a-1", "a-2"],
        ),
        # One pair of several is enough.
        (
            [
                connection("a", ["192.168.1.0/24", "192.168.2.0/24"], ["172.16.0.0/16"]),
                connection("b", ["192.168.2.0/24"], ["10.0.0.0/8", "172.16.0.0/16"]),
                connection("c", ["192.168.3.0/24"], ["172.16.0.0/16"]),
            ],
            ["a", "b"],
        ),
        # The same networks, but never the same pair.
        (
            [
                connection("a", ["192.168.1.0/24"], ["172.16.0.0/16"]),
                connection("b", ["192.168.1.0/24"], ["10.0.0.0/8"]),
            ],
            [],
        ),
    ],
)
def test_shared_selectors(connections, shared):
    assert shared_selectors(connections) == shared
