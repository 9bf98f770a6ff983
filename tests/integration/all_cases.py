"""The cases of all single-object modules together."""

from __future__ import annotations

from tests.integration.module_cases import CASES as FIRST_CASES
from tests.integration.module_cases_compute import COMPUTE_CASES
from tests.integration.module_cases_network import NETWORK_CASES
from tests.integration.module_cases_vpn import VPN_CASES

CASES = {**FIRST_CASES, **VPN_CASES, **NETWORK_CASES, **COMPUTE_CASES}
