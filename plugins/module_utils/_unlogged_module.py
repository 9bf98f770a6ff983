# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection is built on. Runs on managed hosts too: Python 3.8 and later."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule


class UnloggedModule(AnsibleModule):
    """An AnsibleModule whose options do not reach the log of the machine it runs on."""

    def _log_invocation(self):
        """Log that the module was called, without its options.

        AnsibleModule logs nested options as Python would print them and then looks for secrets in that text. A key
        with a quote or a backslash is printed with further backslashes, is not found, and would stand in the journal.
        """
        self.log("Invoked")
