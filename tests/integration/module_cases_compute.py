"""What the modules of ECS objects are tested with, as data. The beats that use it are in test_module_beats.py."""

from __future__ import annotations

from typing import Any

from tests.integration.module_cases import Case, Update

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHoJc2jMZNkqx9lVNhUEGlbm0XIyo+z8fKZ3HzU2Xa1q user@example"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OTHER_GROUP = "rg-acfmxazb4ph6aiy"


def _outside_key_pair(account: Any, options: dict[str, Any]) -> str:
    reply = account.api("ImportKeyPair", "Ecs", KeyPairName=options["name"], PublicKeyBody=options["public_key"])
    return reply["KeyPairName"]


COMPUTE_CASES = {
    "key_pair": Case(
        module="key_pair",
        id_option="name",
        create_action="ImportKeyPair",
        delete_action="DeleteKeyPairs",
        untag_action="UntagResources",
        unique_names=True,
        build=lambda account: {},
        create={"name": "pair-a", "public_key": PUBLIC_KEY, "tags": {"env": "prod", "owner": "netops"}},
        updates={"resource_group_id": Update({"resource_group_id": OTHER_GROUP}, "JoinResourceGroup")},
        immutable={"public_key": OTHER_KEY},
        equal={
            "another comment": {"public_key": " ".join(PUBLIC_KEY.split()[:2]) + " someone else"},
            "no comment": {"public_key": " ".join(PUBLIC_KEY.split()[:2])},
        },
        invalid={
            "is not 2 to 128 letters": {"name": "1"},
            "is not an OpenSSH public key": {"public_key": "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHoJ"},
            "is a private key": {"public_key": "-----BEGIN RSA PRIVATE KEY-----"},
        },
        outside=_outside_key_pair,
    ),
}
