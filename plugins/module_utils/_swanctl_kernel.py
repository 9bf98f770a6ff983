# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the running kernel offers for IPsec. Some cloud and container kernels have no ESP at all."""

from __future__ import annotations

import os
import socket

#: linux/netlink.h; opening such a socket makes the kernel load xfrm_user when it has it as a module.
NETLINK_XFRM = 6
#: Module -> one of its functions, listed when it is built in or loaded.
SYMBOLS = {"esp4": "esp_output_head", "xfrm_interface": "xfrmi_newlink", "ip_vti": "vti_newlink"}
TUN_DEVICE = "/dev/net/tun"


def has_xfrm():
    """Whether the kernel accepts IPsec policies and states from programs."""
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_XFRM):
            return True
    except OSError:
        return False


def _functions(path="/proc/kallsyms"):
    """Return the names of all functions of the running kernel."""
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return {line.split()[2] for line in stream}
    except OSError:
        return set()


def available(run_command, modprobe):
    """Return those modules of SYMBOLS that tunnels can use: built in, loaded or loadable; nothing is loaded.

    modprobe: path of the program or None.
    """
    if not has_xfrm():
        return set()
    found = {name for name in SYMBOLS if os.path.isdir("/sys/module/" + name)}
    for name in sorted(set(SYMBOLS) - found):
        if modprobe and run_command([modprobe, "--quiet", "--dry-run", name])[0] == 0:
            found.add(name)
    if len(found) < len(SYMBOLS):
        # Last, because the list is long: a kernel without a folder of modules tells only so what is built in.
        functions = _functions()
        found.update(name for name, function in SYMBOLS.items() if function in functions)
    return found


def has_tun():
    """Whether strongSwan's userspace ESP has the device it needs."""
    return os.path.exists(TUN_DEVICE)
