# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH key pair of ECS (CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPairs, JoinResourceGroup).

Private to this collection. The name is the id. The cloud shows the public key of a pair, or only its fingerprint, so
keys are compared as fingerprints.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._codec import TEXT
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource
from ansible_collections.hybridnet.alicloud.plugins.module_utils._ssh_keys import fingerprint, public_key
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ecs import ecs_name, move_verb


def _choose_create(options: Mapping[str, Any]) -> str:
    return "ImportKeyPair" if options.get("public_key") else "CreateKeyPair"


def _delete(have: Mapping[str, Any]) -> dict[str, Any]:
    return {"KeyPairNames": json.dumps([have["name"]])}


KEY_PAIR = Resource(
    kind="key_pair",
    title="key pair",
    product="ecs",
    id_option="name",
    id_param="KeyPairName",
    named=True,
    key=("name",),
    rank=5,
    list_action="DescribeKeyPairs",
    list_items=("KeyPairs", "KeyPair"),
    list_filters={"name": "KeyPairName", "resource_group_id": "ResourceGroupId"},
    constants={"DescribeKeyPairs": {"IncludePublicKey": True}},
    choose_create=_choose_create,
    delete_action="DeleteKeyPairs",
    build_delete=_delete,
    verbs={"move": move_verb("keypair", "name")},
    tag_type="keypair",
    tags_at_create="Tag",
    fields=(
        Field("name", {"type": "str", "required": True}, write="KeyPairName", read="KeyPairName", rule=ecs_name),
        Field(
            "public_key",
            {"type": "str"},
            write="PublicKeyBody",
            read="PublicKey|KeyPairFingerPrint",
            codec=TEXT.with_(normal=fingerprint),
            rule=public_key,
        ),
        Field("resource_group_id", {"type": "str"}, write="ResourceGroupId", read="ResourceGroupId", verb="move"),
        Field("fingerprint", read="KeyPairFingerPrint"),
        Field("create_time", read="CreationTime"),
    ),
)
