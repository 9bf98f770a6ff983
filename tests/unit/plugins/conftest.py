# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no reason to fail: what must be fast has a test with a limit of its own.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
