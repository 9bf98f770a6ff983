#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_sites
short_description: Manage the cloud side of any number of VPN sites
version_added: 1.0.0
description:
  - Brings gateways, customer gateways, IPsec connections and published policy-based routes of all sites to what the
    site
    documents say, in one task.
  - The documents are checked as a whole before the first call of the API; every problem is reported in one go with
    its path.
  - What exists is read by page, not by site. Writes to one gateway are made one after the other, as the service
    demands.
  - A run that fails or is cut off leaves nothing that the next run does not find - objects are looked up before they
    are
    created.
  - The tags C(hybridnet:owner) and C(hybridnet:site) mark objects when they are created. An object that was there
    before is
    taken over by its name and changed where it differs, but never deleted.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.sites
author: Hybridnet contributors (@hybridnet)
options:
  psks:
    description:
      - Pre-shared keys by site, text for both tunnels or a list of two. They are apart from O(sites) so that Ansible
        hides them.
      - A site without one gets a key made by the service (see M(hybridnet.alicloud.vpn_sites_info)).
    type: dict
    default: {}
  bgp_auth_keys:
    description:
      - MD5 keys of the BGP sessions (RFC 2385) by site, 1 to 64 ASCII characters without spaces and question marks.
      - They become those of the customer gateways. They are apart from O(sites) so that Ansible hides them.
      - A site without one keeps what its customer gateway has.
    type: dict
    default: {}
  state:
    description:
      - V(absent) deletes everything that O(owner) made, whatever O(sites) says; with O(limit) what it made for those
        sites.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - Whether to delete objects of sites that O(sites) does not describe any more. They must carry the tag of the
        O(owner) and
        belong to one of the O(gateways). Never done with O(limit).
    type: bool
    default: true
  max_deletes:
    description: Most connections that O(purge) may delete in a run. More than that are an error, before any write.
    type: int
    default: 10
  on_error:
    description: Whether to go on with the other sites when one fails. The task fails in the end either way.
    type: str
    choices: [continue, stop]
    default: continue
  concurrency:
    description: Most objects that are worked on at a time. Those of one gateway are always worked on one by one.
    type: int
    default: 4
  progress_file:
    description:
      - File that tells how far the run is while it goes on, for Ansible shows nothing of a task before it ends.
      - A line of JSON for the start (C(done), C(of)) and one for each object that was worked on (C(done), C(of),
        C(action), C(object), C(failed), and the API's C(code) and C(request_id) where it refused). No secrets.
      - Every run begins it anew. It is not written in check mode.
    type: path
  recreate:
    description:
      - Whether to delete an object and create it again when an option differs that cannot be changed after creation.
    type: bool
    default: false
  psk_update:
    description: When keys are sent - when the one read back differs, in every run, or only at creation.
    type: str
    choices: [on_change, always, never]
    default: on_change
  wait_timeout:
    description: Seconds to wait for each object. A run that ends here goes on in the next one.
    type: int
    default: 900
seealso:
  - module: hybridnet.alicloud.vpn_sites_info
  - module: hybridnet.alicloud.ipsec_connection
"""

EXAMPLES = r"""
- name: Two sites
  hybridnet.alicloud.vpn_sites:
    region: cn-hangzhou
    gateways:
      main:
        name: vpg-lab
        vpc: vpc-lab
        vswitches: [vsw-lab-a, vsw-lab-b]
        bandwidth: 10
    defaults:
      crypto: modern
      cloud_networks: [172.16.0.0/16]
    sites:
      store-001:
        public_address: 198.51.100.10
        networks: [192.168.1.0/24]
      store-002:
        public_address: 198.51.100.20
        networks: [192.168.2.0/24]
        behind_nat: true
    psks:
      store-001: "{{ vault_psk_store_001 }}"
  register: cloud

- name: Remove everything it made
  hybridnet.alicloud.vpn_sites:
    region: cn-hangzhou
    gateways:
      main:
        name: vpg-lab
        vpc: vpc-lab
        vswitches: [vsw-lab-a, vsw-lab-b]
        bandwidth: 10
    sites: {}
    state: absent
"""

RETURN = r"""
summary:
  description:
    - How many objects were created, updated, deleted, left alone, or failed, and how many were not reached because the
      run stopped before (see O(on_error)).
  returned: success or partial failure
  type: dict
  sample: {created: 5, updated: 0, deleted: 0, unchanged: 0, failed: 0, not_reached: 0}
plan:
  description: The changes in the order of the plan, without secrets. In check mode what a run would do.
  returned: success or partial failure
  type: list
  elements: str
  sample:
    - create customer gateway cgw-store-001
    - update IPsec connection ipsec-store-002-main (vco-1) (tunnels[master].ike.dh_group)
differences:
  description: Option by option what was not as described before this run.
  returned: success or partial failure
  type: list
  elements: dict
  sample:
    - object: IPsec connection ipsec-store-002-main (vco-1)
      parameter: tunnels[master].ike.dh_group
      wanted: '14'
      actual: '2'
failures:
  description:
    - The objects that failed, each with the reason and, where the API refused, its code and the id of the request.
  returned: success or partial failure
  type: list
  elements: dict
  sample:
    - object: ipsec-store-003-main
      error: 'CreateVpnConnection failed: Resource.QuotaFull: The quota is used up; request id 7E1A'
      code: Resource.QuotaFull
      request_id: 7E1A
problems:
  description: What is wrong with the documents - path, value, rule and fix of each problem.
  returned: when the documents are wrong
  type: list
  elements: dict
  sample:
    - path: vpn_site[store-001].networks[0]
      value: "'192.168.1.1/24'"
      rule: has host bits set
      fix: write 192.168.1.0/24
actions:
  description: API actions that were called with how often, for writing a RAM policy and for watching the number of
    calls.
  returned: success or partial failure
  type: dict
  sample: {DescribeVpnGateways: 1, CreateCustomerGateway: 2}
"""

from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import Engine, Settings
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet import LOOKUPS, Fleet, Scope, report
from ansible_collections.hybridnet.alicloud.plugins.module_utils._fleet_module import (
    SitesModule,
    read_topology,
    sites_spec,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import secret_update_spec
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Policy
from ansible_collections.hybridnet.alicloud.plugins.module_utils._progress import Progress
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import KEYS


def run(module):
    params = module.params
    if params["concurrency"] < 1:
        module.fail_json(
            msg=f"concurrency: {params['concurrency']} is less than 1; work on at least one object at a time"
        )
    topology = read_topology(module)
    settings = Settings(
        policy=Policy(recreate=params["recreate"], psk_update=params["psk_update"]),
        check_mode=module.check_mode,
        wait_timeout=params["wait_timeout"],
        on_error=params["on_error"],
        concurrency=params["concurrency"],
        reread=False,
    )
    limit = None if params["limit"] is None else tuple(params["limit"])
    scope = Scope(
        sites=limit,
        purge=params["purge"] and limit is None,
        max_deletes=params["max_deletes"],
        everything_absent=params["state"] == "absent",
    )
    # Opened before the first call: a file that cannot be written must not be found out in the middle of a run.
    progress = Progress(params["progress_file"]) if params["progress_file"] and not module.check_mode else None
    watched = {"on_begin": progress.begin, "on_done": progress.done} if progress else {}
    engine = Engine(module.session(), settings, lookups=LOOKUPS, on_secret=module.keep_secret, **watched)
    changes = Fleet(engine, topology).plan(scope)
    for warning in [warning for change in changes for warning in change.warnings]:
        module.warn(warning)
    outcomes = engine.apply(changes)
    if progress and progress.error:
        module.warn(f"progress_file: {params['progress_file']} is incomplete: {progress.error}")
    result = report(outcomes)
    result["actions"] = dict(engine.session.calls)
    # Most of the result of a first run; Ansible shows it only when asked to.
    if module._diff:
        result["diff"] = [change.diff() for change in changes if change.changed]
    if result["failures"]:
        first = result["failures"][0]
        more = f" (and {len(result['failures']) - 1} more, see failures)" if len(result["failures"]) > 1 else ""
        module.fail_json(msg=f"{first['object']}: {first['error']}{more}", **result)
    module.exit_json(**result)


def main():
    spec = {
        **sites_spec(),
        # no_log on the mapping hides every key in it.
        **{option: {"type": "dict", "default": {}, "no_log": True} for option in KEYS.values()},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "purge": {"type": "bool", "default": True},
        "max_deletes": {"type": "int", "default": 10},
        "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "concurrency": {"type": "int", "default": 4},
        "progress_file": {"type": "path"},
        "recreate": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 900},
        **secret_update_spec("psk"),
    }
    module = SitesModule(spec, supports_check_mode=True)
    module.guarded(lambda: run(module))


if __name__ == "__main__":
    main()
