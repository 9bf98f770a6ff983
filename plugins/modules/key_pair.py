#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: key_pair
short_description: Manage an SSH key pair of Alibaba Cloud ECS
version_added: 1.0.0
description:
  - Imports a public key with O(public_key), or has the cloud make a key pair and writes its private key, which
    the cloud shows only once, to O(private_key_path).
  - A key pair is found by O(name), which is unique in a region.
  - A key pair that exists is compared with O(public_key) by its fingerprint; the comment of the key does not matter.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
  - hybridnet.alicloud.desired_state.tags
author: Hybridnet contributors (@hybridnet)
requirements:
  - alibabacloud-ecs20140526 >= 7.0
options:
  name:
    description: Name, 2 to 128 letters, digits, dots, colons, dashes and underscores, the first one a letter.
    type: str
    required: true
  public_key:
    description: Public key to import, in the one-line form of OpenSSH. Cannot be changed.
    type: str
  private_key_path:
    description:
      - File on the controller that a private key made by the cloud is written to, readable by its owner only.
      - A file that exists is never overwritten; it is an error when the key pair is still to be made.
      - When the key pair exists and the file does not, the module warns that the key cannot be had again.
      - Needed to make a key pair, unless O(return_private_key=true).
    type: path
  return_private_key:
    description: Whether a private key made by the cloud is returned, in clear. Set C(no_log) on such a task.
    type: bool
    default: false
  resource_group_id:
    description: Resource group. A change moves the key pair.
    type: str
seealso:
  - module: hybridnet.alicloud.key_pair_info
  - module: hybridnet.alicloud.ecs_instance
"""

EXAMPLES = r"""
- name: Import the public key of the operators
  hybridnet.alicloud.key_pair:
    region: cn-hangzhou
    name: operators
    public_key: "{{ operators_public_key }}"
    tags:
      owner: netops

- name: Have a key pair made and keep its private key
  hybridnet.alicloud.key_pair:
    region: cn-hangzhou
    name: bastion
    private_key_path: "{{ key_folder }}/bastion.pem"

- name: Remove a key pair
  hybridnet.alicloud.key_pair:
    region: cn-hangzhou
    name: bastion
    state: absent
"""

RETURN = r"""
key_pair:
  description: The key pair; empty after a delete. In check mode the values that are known before it exists.
  returned: success
  type: dict
  contains:
    public_key:
      description: The public key, or its fingerprint where the API does not return the key.
      returned: success
      type: str
    fingerprint:
      description: Fingerprint as the cloud shows it.
      returned: success
      type: str
  sample:
    name: operators
    fingerprint: "89:f0:ba:62:ac:b8:aa:e1:61:5e:fd:81:69:86:6d:6b"
    resource_group_id: rg-acfmxazb4ph6aiy
    tags: {owner: netops}
private_key:
  description: The private key that the cloud made.
  returned: when the cloud made one in this run and O(return_private_key=true)
  type: str
  sample: "-----BEGIN RSA PRIVATE KEY-----"
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [CreateKeyPair, DescribeKeyPairs]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: DeleteKeyPairs, code: InvalidParameter.KeypairAlreadyAttachedInstance, message: It is in use.,
    request_id: 5BE01CD7, status: 400}
"""

import os

from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import HandOverError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import Hooks, run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import PlanError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import Problem, shown
from ansible_collections.hybridnet.alicloud.plugins.module_utils._ssh_keys import unwritable, write_private_key
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._key_pair import KEY_PAIR


def planned(params, change):
    """Refuse to make a key pair whose private key would be lost, and tell when that of an existing one is not there."""
    path = params["private_key_path"]
    if change.action in ("none", "update") and change.have and path and not os.path.exists(path):
        change.warnings.append(
            f"key pair {params['name']} exists, but {path} does not; "
            f"the cloud shows a private key only once, when it makes the pair"
        )
    if change.action not in ("create", "recreate") or params["public_key"]:
        return
    if path is None and not params["return_private_key"]:
        rule = "is needed to make a key pair, as its private key is shown only once"
        raise PlanError([Problem("private_key_path", "(missing)", rule, "add it, or import a public_key")])
    refusal = unwritable(path) if path else None
    if refusal:
        raise PlanError([Problem("private_key_path", shown(path), *refusal)])


def created(module, reply):
    """Write the private key of a create reply, and return it where that was asked for."""
    text, path = reply.get("PrivateKeyBody"), module.params["private_key_path"]
    if not text:
        return {}
    if not module.params["return_private_key"]:
        module.keep_secret(text)
    if path:
        try:
            write_private_key(path, text)
        except OSError as error:
            raise HandOverError(
                f"key pair {module.params['name']} was made, but its private key could not be written to {path} "
                f"({error.strerror}) and is lost; delete the key pair and run again"
            ) from error
    return {"private_key": text} if module.params["return_private_key"] else {}


def main():
    extra_spec = {
        "private_key_path": {"type": "path"},
        "return_private_key": {"type": "bool", "default": False, "no_log": False},
    }
    run_resource_module(KEY_PAIR, extra_spec, Hooks(planned=planned, created=created))


if __name__ == "__main__":
    main()
