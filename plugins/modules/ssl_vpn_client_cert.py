#!/usr/bin/python
# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssl_vpn_client_cert
short_description: Manage a client certificate of an Alibaba Cloud SSL server
version_added: 1.0.0
description:
  - Issues the key and certificate with which one user or device connects to an SSL server
    (M(hybridnet.alicloud.ssl_vpn_server)), and writes them to files of their owner.
  - The certificate is found by O(ssl_vpn_client_cert_id), else by O(name) on the server.
  - The files named are written when they are missing, differ or can be read by others, and left alone otherwise.
    They are replaced as a whole and have the mode V(0600). A delete leaves them.
  - Deleting a certificate disconnects all clients of the server for a moment.
extends_documentation_fragment:
  - hybridnet.alicloud.alicloud
  - hybridnet.alicloud.attributes
  - hybridnet.alicloud.desired_state
author: Hybridnet contributors (@hybridnet)
options:
  ssl_vpn_client_cert_id:
    description: Id of an existing certificate. O(name) then renames it.
    type: str
  name:
    description: Name, 1 to 100 characters.
    type: str
  ssl_vpn_server_id:
    description: SSL server of the certificate. Needed to create it; cannot be changed.
    type: str
  private_key_path:
    description: File for the private key (PEM) on the host that runs the module. Its folder must exist.
    type: path
  certificate_path:
    description: File for the certificate (PEM).
    type: path
  ca_certificate_path:
    description: File for the certificate of the server's authority (PEM).
    type: path
  profile_path:
    description: File for the client profile (C(.ovpn)), which holds the key as well.
    type: path
  return_secrets:
    description:
      - Whether to return the private key and the profile in clear. Keep them out of logs then, with C(no_log) on the
        task.
    type: bool
    default: false
seealso:
  - module: hybridnet.alicloud.ssl_vpn_client_cert_info
  - module: hybridnet.alicloud.ssl_vpn_server
"""

EXAMPLES = r"""
- name: A profile for a laptop
  hybridnet.alicloud.ssl_vpn_client_cert:
    region: cn-hangzhou
    name: laptop-alice
    ssl_vpn_server_id: "{{ ssl_vpn_server_id }}"
    profile_path: "{{ private_folder }}/laptop-alice.ovpn"

- name: Key and certificates for a router
  hybridnet.alicloud.ssl_vpn_client_cert:
    region: cn-hangzhou
    name: router-7
    ssl_vpn_server_id: "{{ ssl_vpn_server_id }}"
    private_key_path: "{{ private_folder }}/router-7.key"
    certificate_path: "{{ private_folder }}/router-7.crt"
    ca_certificate_path: "{{ private_folder }}/router-7-ca.crt"

- name: Void the certificate of a lost laptop
  hybridnet.alicloud.ssl_vpn_client_cert:
    region: cn-hangzhou
    name: laptop-alice
    ssl_vpn_server_id: "{{ ssl_vpn_server_id }}"
    state: absent
"""

RETURN = r"""
ssl_vpn_client_cert:
  description: The certificate without its private key and profile; empty after a delete.
  returned: success
  type: dict
  contains:
    private_key_set:
      description: Whether the service shows a private key.
      returned: success
      type: bool
    private_key:
      description: The private key.
      returned: when O(return_secrets=true)
      type: str
    client_profile:
      description: The client profile, with the private key in it.
      returned: when O(return_secrets=true)
      type: str
  sample:
    ssl_vpn_client_cert_id: vsc-bp13k5mp4tg8v3z9b
    name: laptop-alice
    ssl_vpn_server_id: vss-bp18q7hzj6largv4v
    status: normal
    end_time: 1859865600000
    private_key_set: true
files_written:
  description: The files that were written, or would be.
  returned: success
  type: list
  elements: str
  sample: [/home/alice/laptop-alice.ovpn]
actions:
  description: API actions that were called, for writing a RAM policy.
  returned: always
  type: list
  elements: str
  sample: [DescribeSslVpnClientCerts, CreateSslVpnClientCert, DescribeSslVpnClientCert]
api_error:
  description: The API's own error, when there was one.
  returned: on failure of a call
  type: dict
  sample: {action: CreateSslVpnClientCert, code: Resource.QuotaFull, message: The quota is full., request_id:
    5BE01CD7, status: 400}
"""

from pathlib import Path

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import Hooks, run_resource_module
from ansible_collections.hybridnet.alicloud.plugins.module_utils._secret_files import differs, write
from ansible_collections.hybridnet.alicloud.plugins.module_utils.resources._ssl_vpn_client_cert import (
    SSL_VPN_CLIENT_CERT,
)

FILES = {
    "private_key_path": "private_key",
    "certificate_path": "certificate",
    "ca_certificate_path": "ca_certificate",
    "profile_path": "client_profile",
}


def keep_files(module, engine, have, result):
    """Bring the files asked for to what the certificate holds."""
    wanted = (
        {}
        if module.params["state"] == "absent"
        else {module.params[option]: part for option, part in FILES.items() if module.params[option]}
    )
    identifier = have.get(SSL_VPN_CLIENT_CERT.id_option)
    # The plan of a change knows the list's view of the certificate, which has no key.
    material = engine.get(SSL_VPN_CLIENT_CERT, identifier) or {} if wanted and identifier else {}
    stale = [path for path, part in wanted.items() if differs(Path(path), material.get(part) or "")]
    if not module.check_mode:
        for path in stale:
            write(Path(path), material.get(wanted[path]) or "")
    result["files_written"] = stale
    result["changed"] = result["changed"] or bool(stale)


def main():
    paths = {option: {"type": "path", "no_log": False} for option in FILES}
    extra = {**paths, "return_secrets": {"type": "bool", "default": False}}
    run_resource_module(SSL_VPN_CLIENT_CERT, extra, Hooks(finish=keep_files))


if __name__ == "__main__":
    main()
