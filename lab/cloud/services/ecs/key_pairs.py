"""SSH key pairs: CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPairs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, invalid, quota_full
from lab.cloud.model import KeyPair
from lab.cloud.services import rules as common
from lab.cloud.services.context import Context, Params, Reply, page, tags_match
from lab.cloud.services.ecs import rules

NOT_FOUND = "InvalidKeyPair.NotFound"
KEY_BITS = 2048


def create_key_pair(ctx: Context, params: Params) -> Reply:
    """CreateKeyPair: a new RSA key, whose private half is in this reply and nowhere else."""
    pair = _new(ctx, params)
    ctx.commit(params)
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    pair.public_key = public.decode()
    pair.fingerprint = _fingerprint(pair.public_key)
    ctx.add(ctx.region.key_pairs, pair)
    body = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return {
        "KeyPairId": ctx.ids.resource("ssh"),
        "KeyPairName": pair.id,
        "KeyPairFingerPrint": pair.fingerprint,
        "PrivateKeyBody": body.decode(),
    }


def import_key_pair(ctx: Context, params: Params) -> Reply:
    """ImportKeyPair: the public half of a key of the user's own."""
    pair = _new(ctx, params)
    text = " ".join(params["PublicKeyBody"].split()[:2])
    try:
        serialization.load_ssh_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        message = "The specified PublicKeyBody is not an SSH public key."
        raise ApiError(400, "InvalidPublicKeyBody.Malformed", message) from None
    pair.public_key, pair.fingerprint = text, _fingerprint(text)
    ctx.commit(params)
    ctx.add(ctx.region.key_pairs, pair)
    return {"KeyPairName": pair.id, "KeyPairFingerPrint": pair.fingerprint}


def describe_key_pairs(ctx: Context, params: Params) -> Reply:
    """DescribeKeyPairs: by name (``*`` stands for any characters), fingerprint, resource group, tags."""
    wanted = re.compile(re.escape(params.get("KeyPairName", "*")).replace(r"\*", ".*"))
    found = [
        pair
        for pair in ctx.readable(ctx.region.key_pairs.values())
        if wanted.fullmatch(pair.id)
        and rules.matches(params, {"KeyPairFingerPrint": pair.fingerprint, "ResourceGroupId": pair.resource_group_id})
        and tags_match(pair.tags, params.get("Tag", ()))
    ]
    selected, paging = page(params, found)
    shown = [_view(pair, params.get("IncludePublicKey", False)) for pair in selected]
    return {**paging, "KeyPairs": {"KeyPair": shown}}


def delete_key_pairs(ctx: Context, params: Params) -> Reply:
    """DeleteKeyPairs: names as JSON text, unknown ones are passed over. Refused while an instance uses one."""
    names = rules.json_list("KeyPairNames", params["KeyPairNames"]) or []
    if not names:
        raise invalid("KeyPairNames", "it names no key pair")
    for instance in ctx.region.instances.values():
        if instance.key_pair in names:
            message = f"The key pair {instance.key_pair} is used by {instance.id}."
            raise ApiError(400, "InvalidParameter.KeypairAlreadyAttachedInstance", message)
    ctx.commit(params)
    for name in names:
        ctx.region.key_pairs.pop(name, None)
    return {}


def _new(ctx: Context, params: Params) -> KeyPair:
    name = rules.name("KeyPairName", params["KeyPairName"], "InvalidKeyPairName.Malformed")
    if name in ctx.region.key_pairs:
        raise ApiError(400, "KeyPair.AlreadyExist", f"The key pair {name} already exists.")
    quota = ctx.settings.quotas
    if len(ctx.region.key_pairs) >= quota.key_pairs:
        raise quota_full("key pairs in the region", quota.key_pairs)
    return KeyPair(
        name,
        ctx.now,
        common.tags(params.get("Tag", ()), "Tag", 128, quota.tags_per_resource),
        resource_group_id=common.resource_group(params.get("ResourceGroupId")),
    )


def _fingerprint(public_key: str) -> str:
    """MD5 of the key's blob, in pairs of hexadecimal digits (RFC 4716, section 4)."""
    try:
        blob = base64.b64decode(public_key.split()[1], validate=True)
    except (IndexError, binascii.Error):
        raise ApiError(400, "InvalidPublicKeyBody.Malformed", "The PublicKeyBody holds no key.") from None
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))


def _view(pair: KeyPair, with_public_key: bool) -> Reply:
    view: Reply = {
        "KeyPairName": pair.id,
        "KeyPairFingerPrint": pair.fingerprint,
        "CreationTime": iso(pair.created),
        "ResourceGroupId": pair.resource_group_id,
        "Tags": rules.tag_views(pair.tags),
    }
    return {**view, "PublicKey": pair.public_key} if with_public_key else view
