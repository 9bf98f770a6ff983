# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module of the collection has."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      - Region of the objects, for example V(cn-hangzhou).
      - Falls back to the environment variables E(ALIBABA_CLOUD_REGION_ID) and E(ALICLOUD_REGION).
    type: str
    required: true
    aliases: [region_id, alicloud_region]
  access_key_id:
    description:
      - Access key. Without it the first of these is used that names a key - the environment variables
        E(ALIBABA_CLOUD_ACCESS_KEY_ID), E(ALICLOUD_ACCESS_KEY) or E(ALICLOUD_ACCESS_KEY_ID) with their secret, the
        default
        profile of the aliyun CLI, the RAM role of the ECS instance.
    type: str
    aliases: [access_key, alicloud_access_key]
  access_key_secret:
    description: Secret of the access key.
    type: str
    aliases: [secret_key, alicloud_secret_key]
  security_token:
    description: Token of temporary credentials (STS).
    type: str
    aliases: [alicloud_security_token]
  profile:
    description:
      - Profile of the aliyun CLI (C(~/.aliyun/config.json)) whose credentials are used.
      - Falls back to the environment variables E(ALIBABA_CLOUD_PROFILE) and E(ALICLOUD_PROFILE).
    type: str
  ecs_role_name:
    description: RAM role of the ECS instance that the playbook runs on.
    type: str
  assume_role_arn:
    description: RAM role to assume with the credentials found.
    type: str
    aliases: [alicloud_assume_role_arn]
  assume_role_session_name:
    description: Session name shown in the audit log for the assumed role. Without it V(hybridnet-alicloud).
    type: str
    aliases: [alicloud_assume_role_session_name]
  assume_role_session_expiration:
    description: Life of the assumed role in seconds.
    type: int
    default: 3600
  endpoint:
    description:
      - Host, or host and port, of the API in place of the public one. No scheme.
      - Falls back to the environment variable E(ALICLOUD_ENDPOINT).
      - An endpoint on a loopback address or named by E(NO_PROXY) is reached without a proxy.
    type: str
  protocol:
    description:
      - How the endpoint is spoken to. V(http) is for a lab; pre-shared keys travel in the URL.
      - Falls back to the environment variable E(ALICLOUD_PROTOCOL).
    type: str
    choices: [https, http]
    default: https
  connect_timeout:
    description: Seconds to wait for a connection to the API.
    type: int
    default: 10
  read_timeout:
    description: Seconds to wait for the reply to one call.
    type: int
    default: 30
  retry_timeout:
    description:
      - Seconds within which a call that was throttled, hit a server fault or found the gateway busy is repeated, with
        random
        growing pauses. Repetitions of a write carry the same client token, so that it takes effect once.
    type: int
    default: 300
requirements:
  - python >= 3.10
  - alibabacloud-vpc20160428 >= 7.0
  - netaddr >= 1.0
"""
