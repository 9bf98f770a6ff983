# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the running kernel offers for IPsec. Some cloud and container kernels have no ESP at all."""

from __future__ import annotations

import os
import socket

#: linux/netlink.h; opening such a socket makes the kernel load xfrm_user when it has it as a module.
NETLINK_XFRM = 6
#: Exported by esp4, so listed when it is built in or loaded.
ESP_SYMBOL = "esp_output_head"
TUN_DEVICE = "/dev/net/tun"


def has_xfrm():
    """Whether the kernel accepts IPsec policies and states from programs."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_XFRM):
            return True
    except OSError:
        return False


def has_esp_symbol(path="/proc/kallsyms"):
    """Whether ESP is built in or loaded."""
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return any(line.split()[2] == ESP_SYMBOL for line in stream)
    except OSError:
        return False


def can_load_esp(run_command, modprobe):
    """Whether the module could be loaded; nothing is loaded. modprobe: path of the program or None."""
    return bool(modprobe) and run_command([modprobe, "--quiet", "--dry-run", "esp4"])[0] == 0


def has_esp(run_command, modprobe):
    """Whether tunnels can use the kernel's ESP."""
    return has_xfrm() and (has_esp_symbol() or can_load_esp(run_command, modprobe))


def has_tun():
    """Whether strongSwan's userspace ESP has the device it needs."""
    return os.path.exists(TUN_DEVICE)
