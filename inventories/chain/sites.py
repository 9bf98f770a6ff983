#!/usr/bin/env python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory of sites from a table: ``ansible-playbook -i inventories/chain/sites.py ...``.

The table is ``sites.csv`` beside this script, or the file that CHAIN_SITES names. A row is a site: an inventory host
with its ``vpn_site``. Networks are separated by spaces, an empty cell stands for the default. ``sites.py --generate
1000`` prints a table of a thousand sites to try.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

COLUMNS = ("site", "isp", "public_address", "networks", "behind_nat", "ansible_host")
LISTS = ("networks",)
ISPS = ("telecom", "unicom", "mobile")


def variables(row: Mapping[str, str]) -> dict[str, Any]:
    """The variables of the host of a *row*."""
    given = {column: text.strip() for column, text in row.items() if text and text.strip()}
    site = {
        column: text.split() if column in LISTS else text
        for column, text in given.items()
        if column not in ("site", "ansible_host")
    }
    return {"vpn_site": site, "ansible_host": given.get("ansible_host", given["public_address"])}


def inventory(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """All hosts in the shape that Ansible reads from a script."""
    hosts = {row["site"].strip(): variables(row) for row in rows}
    return {"customer_gateways": {"hosts": list(hosts)}, "_meta": {"hostvars": hosts}}


def generated(count: int) -> Iterator[tuple[str, ...]]:
    """Rows of *count* sites with addresses and networks of their own, at most 20000 of them."""
    for number in range(count):
        high, low = divmod(number, 250)
        address = f"198.{18 + high // 250}.{high % 250}.{low + 1}"
        yield f"store-{number + 1:04}", ISPS[number % 3], address, f"10.{high}.{low}.0/24", "", ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="what Ansible asks for")
    parser.add_argument("--host", help="answered by --list already")
    parser.add_argument("--generate", type=int, metavar="SITES", help="print a table of so many sites")
    given = parser.parse_args()
    if given.generate:
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *generated(given.generate)])
        return
    table = Path(os.environ.get("CHAIN_SITES", Path(__file__).with_name("sites.csv")))
    with table.open(encoding="utf-8", newline="") as stream:
        print("{}" if given.host else json.dumps(inventory(csv.DictReader(stream)), indent=2))


if __name__ == "__main__":
    main()
