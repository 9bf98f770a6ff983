# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nftables rules of the host a module runs on. Rules that iptables made through nftables are among them."""

from __future__ import annotations

import json


def nft_program(module):
    """Return the path of nft; None when the host has none."""
    return module.get_bin_path("nft", opt_dirs=["/usr/sbin", "/sbin"])


def read_ruleset(module):
    """Return what is under the key ``nftables`` of the ruleset as data; None when it cannot be read."""
    program = nft_program(module)
    if not program:
        return None
    status, output, _error = module.run_command([program, "--json", "list", "ruleset"])
    try:
        return json.loads(output)["nftables"] if status == 0 else None
    except (ValueError, KeyError):
        return None


def read_rule(module, rule):
    """Return a rule of the ruleset as nft writes it, without its handle; empty when it is gone.

    rule: its data, as in the ruleset.
    """
    argv = [nft_program(module), "--handle", "list", "chain", rule["family"], rule["table"], rule["chain"]]
    sign = " # handle %s" % rule["handle"]
    for line in module.run_command(argv)[1].splitlines():
        if line.endswith(sign):
            return line[: -len(sign)].strip()
    return ""
