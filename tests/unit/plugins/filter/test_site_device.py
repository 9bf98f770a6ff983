# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands at a site, before anything has been validated."""

from __future__ import annotations

import pytest

from ansible_collections.hybridnet.alicloud.plugins.filter.site_device import FilterModule

site_device = FilterModule().filters()["site_device"]


@pytest.mark.parametrize(
    ("site", "defaults", "device"),
    [
        ({}, {}, "strongswan"),
        ({"device": "fortios"}, {"device": "junos"}, "fortios"),
        ({"device": " FortiOS "}, {}, "fortios"),
        ({"device": None}, {"device": "junos"}, "junos"),
        ({"state": "absent", "device": "h3c"}, {}, "h3c"),
        (None, None, "strongswan"),
        ("text", ["list"], "strongswan"),
    ],
)
def test_site_device(site, defaults, device):
    assert site_device(site, defaults) == device
