# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the access key comes from: option, ALIBABA_CLOUD_*, ALICLOUD_*, profile of the CLI, RAM role.

Private to this collection. The last steps are the credential chain of the SDK itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

HOW_TO = (
    "set access_key_id and access_key_secret, or the environment variables ALIBABA_CLOUD_ACCESS_KEY_ID and "
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a profile of the aliyun CLI, or run on an ECS instance with a RAM role"
)


class CredentialsError(Exception):
    """No usable credentials; the text is meant for the user."""


_ENVIRONMENTS = (
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
    ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"),
)


def static_credentials(options: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[str, str, str | None] | None:
    """Access key, secret and security token given by options or environment; ``None`` when neither names a key.

    Raises :class:`CredentialsError` when one half of a pair is missing.
    """
    sources = [
        (
            ("access_key_id", options.get("access_key_id")),
            ("access_key_secret", options.get("access_key_secret")),
            ("security_token", options.get("security_token")),
        )
    ]
    if not options.get("profile") and not options.get("ecs_role_name"):
        sources.extend(tuple((name, environ.get(name)) for name in names) for names in _ENVIRONMENTS)
    for (key_name, key), (secret_name, secret), (_token_name, token) in sources:
        if key and secret:
            return key, secret, token or None
        if key or secret:
            given, missing = (key_name, secret_name) if key else (secret_name, key_name)
            raise CredentialsError(f"{given} is given without {missing}: both belong together; {HOW_TO}")
    return None


def sdk_credential(options: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Any:
    """The SDK's credential object for the module *options*.

    Options read: ``access_key_id``, ``access_key_secret``, ``security_token``, ``profile``, ``ecs_role_name``,
    ``assume_role_arn``, ``assume_role_session_name``, ``assume_role_session_expiration`` (seconds).
    Raises :class:`CredentialsError`.
    """
    from alibabacloud_credentials.client import Client as CredentialClient
    from alibabacloud_credentials.provider import (
        CLIProfileCredentialsProvider,
        DefaultCredentialsProvider,
        EcsRamRoleCredentialsProvider,
        RamRoleArnCredentialsProvider,
        StaticAKCredentialsProvider,
        StaticSTSCredentialsProvider,
    )

    static = static_credentials(options, os.environ if environ is None else environ)
    try:
        if static and static[2]:
            provider: Any = StaticSTSCredentialsProvider(
                access_key_id=static[0], access_key_secret=static[1], security_token=static[2]
            )
        elif static:
            provider = StaticAKCredentialsProvider(access_key_id=static[0], access_key_secret=static[1])
        elif options.get("profile"):
            provider = CLIProfileCredentialsProvider(profile_name=options["profile"])
        elif options.get("ecs_role_name"):
            provider = EcsRamRoleCredentialsProvider(role_name=options["ecs_role_name"])
        else:
            provider = DefaultCredentialsProvider()
        if options.get("assume_role_arn"):
            provider = RamRoleArnCredentialsProvider(
                credentials_provider=provider,
                role_arn=options["assume_role_arn"],
                role_session_name=options.get("assume_role_session_name") or "hybridnet-alicloud",
                duration_seconds=options.get("assume_role_session_expiration"),
            )
        # Asked for here, so that missing credentials are reported before the first call and not by it.
        provider.get_credentials()
    except CredentialsError:
        raise
    except Exception as error:  # the providers raise whatever their file or HTTP reader raised
        source = next((f"{name} {options[name]!r}" for name in ("profile", "ecs_role_name") if options.get(name)), None)
        if source or options.get("assume_role_arn"):
            raise CredentialsError(
                f"no credentials from {source or 'assume_role_arn'}: {_first_line(error)}"
            ) from error
        raise CredentialsError(f"no credentials found; {HOW_TO}") from error
    return CredentialClient(provider=provider)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
