# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that the devices' configurations are compared with. To write them anew after a wanted change:

python -m tests.unit.devices.golden
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import ROUTINGS, VERSIONS
from ansible_collections.hybridnet.alicloud.plugins.plugin_utils.device_files import render
from tests.unit.devices.samples import Case, cases, configuration

GOLDEN = Path(__file__).parent / "golden"


def is_kept(case: Case) -> bool:
    """Half of the combinations, in which every two choices meet: the rest would only repeat them.

    (The tests with parsers and with the devices' own tools run over all combinations.)
    """
    return (case.tunnels + ROUTINGS.index(case.routing) + VERSIONS.index(case.version)) % 2 == 0


def wanted() -> dict[Path, str]:
    """Every file and its text."""
    return {
        GOLDEN / case.device / f"{case}.{ending}": text
        for case in filter(is_kept, cases())
        for ending, text in render(configuration(case)).items()
    }


def main() -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, text in wanted().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
