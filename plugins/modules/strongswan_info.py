#!/usr/bin/python

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: strongswan_info
short_description: Read connections and tunnels of a strongSwan host, and compare them with what is expected
description:
  - Reads the configuration files of C(swanctl), what the daemon has loaded, and the tunnels that are up.
  - With O(expected), compares each of the three with the wanted connections and names every difference.
  - Returns no secrets. Of a pre-shared key only whether it differs is told.
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
requirements:
  - Python 3.8 or later on the managed host
  - root on the managed host
attributes:
  check_mode:
    description: Can run in check mode; it never changes anything.
    support: full
  diff_mode:
    description: Has nothing to show in diff mode.
    support: N/A
  idempotent:
    description: A second run returns the same, apart from counters and times.
    support: full
options:
  expected:
    description:
      - Connections to compare with, as given to M(hybridnet.alicloud.strongswan_connections).
      - A key that is left out is not compared.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the connection and of its child.
        type: str
        required: true
      role:
        description: Which of two tunnels this is. Not compared, the daemon does not know it.
        type: str
        choices: [active, standby]
        default: active
      remote_address:
        description: Address or host name of the peer.
        type: str
        required: true
      local_address:
        description: Address to send from.
        type: str
      local_id:
        description: Identity of this host.
        type: str
        required: true
      remote_id:
        description: Identity of the peer.
        type: str
        required: true
      auth:
        description: How both ends prove who they are.
        type: str
        choices: [psk, pubkey]
        default: psk
      psk:
        description: The pre-shared key.
        type: str
      certificate:
        description: The certificate of this host, as PEM text or as the path of a file on the host.
        type: str
      private_key:
        description: Its private key, as PEM text or as the path of a file on the host. Only whether it differs is told.
        type: str
      ca_certificates:
        description: Certificates of the authorities, as PEM texts or as paths of files on the host.
        type: list
        elements: str
      ike:
        description: Settings of the IKE_SA (phase 1).
        type: dict
        suboptions:
          version:
            description: Version of the protocol.
            type: str
            choices: [ikev1, ikev2]
            default: ikev2
          mode:
            description: Exchange of IKEv1.
            type: str
            choices: [main, aggressive]
            default: main
          encryption:
            description: Encryption algorithm.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          dh_group:
            description: Diffie-Hellman group.
            type: int
            choices: [1, 2, 5, 14]
            default: 14
          lifetime:
            description: Seconds until the IKE_SA ends if it has not been rekeyed.
            type: int
            default: 86400
      ipsec:
        description: Settings of the CHILD_SA (phase 2).
        type: dict
        suboptions:
          encryption:
            description: Encryption algorithm.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          pfs_group:
            description: Diffie-Hellman group of each rekey.
            type: str
            choices: [disabled, '1', '2', '5', '14']
            default: '14'
          lifetime:
            description: Seconds until the CHILD_SA ends if it has not been rekeyed.
            type: int
            default: 86400
      dpd:
        description: Whether a silent peer is probed.
        type: bool
        default: true
      dpd_delay:
        description: Seconds of silence before a probe.
        type: int
        default: 10
      nat_traversal:
        description: Whether the peer does NAT traversal. Not compared, it is not a setting of strongSwan.
        type: bool
        default: true
      force_encapsulation:
        description: Whether ESP is wrapped in UDP even without NAT.
        type: bool
        default: false
      local_networks:
        description: Networks on this side.
        type: list
        elements: str
        required: true
      remote_networks:
        description: Networks behind the peer.
        type: list
        elements: str
        required: true
      datapath:
        description: How packets find the tunnel. Settings that depend on it are only compared when it is given.
        type: str
        choices: [policy, xfrm, vti]
      interface:
        description: Name of the interface. Not compared.
        type: str
      interface_id:
        description: Number of the interface.
        type: int
      interface_address:
        description: Address of the interface. Not compared.
        type: str
      routes:
        description: Networks routed into the interface. Not compared.
        type: list
        elements: str
      metric:
        description: Metric of the routes. Not compared.
        type: int
      path_mtu:
        description: Largest packet between the two ends. Not compared.
        type: int
        default: 1500
  swanctl_dir:
    description:
      - Directory of C(swanctl.conf). By default C(/etc/swanctl), or C(/etc/strongswan/swanctl) where only that exists.
    type: path
  uri:
    description: Address of the daemon's vici socket. By default C(swanctl)'s own.
    type: str
seealso:
  - module: hybridnet.alicloud.strongswan_connections
"""

EXAMPLES = r"""
- name: Look at all tunnels
  hybridnet.alicloud.strongswan_info:
  register: vpn

- name: Show which are up
  ansible.builtin.debug:
    msg: "{{ vpn.associations | selectattr('state', 'equalto', 'ESTABLISHED') | map(attribute='name') }}"

- name: Compare the host with what it should be
  hybridnet.alicloud.strongswan_info:
    expected: "{{ strongswan_connections }}"
  register: vpn

- name: Fail when anything differs
  ansible.builtin.assert:
    that: vpn.differences == []
    fail_msg: "{{ vpn.differences }}"
"""

RETURN = r"""
installed:
  description: Whether C(swanctl) is installed.
  returned: always
  type: bool
running:
  description: Whether the daemon answers.
  returned: always
  type: bool
started:
  description: When the daemon was started, in the local time of the host, null when it does not run.
  returned: always
  type: str
  sample: Nov 23 18:04:50 2026
plugins:
  description: Plugins that the daemon has loaded.
  returned: always
  type: list
  elements: str
  sample: [openssl, kernel-netlink, socket-default, vici]
kernel_esp:
  description: Whether the running kernel has IPsec (XFRM and ESP), built in, loaded or loadable.
  returned: always
  type: bool
kernel_xfrm_interfaces:
  description: Whether it also has XFRM interfaces.
  returned: always
  type: bool
kernel_vti:
  description: Whether it also has VTIs.
  returned: always
  type: bool
tun_device:
  description: Whether the host has C(/dev/net/tun), which strongSwan needs for ESP outside the kernel.
  returned: always
  type: bool
problems:
  description: What is wrong in the configuration files, each with file, line and fix.
  returned: always
  type: list
  elements: str
  sample: ["/etc/swanctl/conf.d/office.conf:12: unexpected '}'; remove it, or add the 'name {' that it belongs to"]
connections:
  description: Connections in the configuration files, of whatever origin.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the connection.
      type: str
    files:
      description: Files that define it.
      type: list
      elements: str
    settings:
      description: Its section of the file as nested dicts, all values as text, secrets hidden.
      type: dict
    loaded:
      description: Whether the daemon has loaded a connection of this name.
      type: bool
associations:
  description: The IKE_SAs of the daemon.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the connection.
      type: str
    uniqueid:
      description: Number of the IKE_SA in the daemon.
      type: str
    state:
      description: Its state, such as V(CONNECTING) or V(ESTABLISHED).
      type: str
    version:
      description: IKE version, V(1) or V(2).
      type: str
    local_address:
      description: Address of this host.
      type: str
    local_id:
      description: Identity of this host.
      type: str
    remote_address:
      description: Address of the peer.
      type: str
    remote_id:
      description: Identity of the peer.
      type: str
    encryption:
      description: Negotiated encryption algorithm as strongSwan names it.
      type: str
      sample: AES_CBC
    encryption_bits:
      description: Its key length.
      type: int
      sample: 256
    integrity:
      description: Negotiated integrity algorithm.
      type: str
      sample: HMAC_SHA2_256_128
    dh_group:
      description: Negotiated Diffie-Hellman group.
      type: str
      sample: MODP_2048
    established_seconds:
      description: Seconds since it was established or rekeyed.
      type: int
    rekey_seconds:
      description: Seconds until it is rekeyed.
      type: int
    children:
      description: Its CHILD_SAs.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the child.
          type: str
        uniqueid:
          description: Number of the CHILD_SA in the daemon.
          type: str
        state:
          description: Its state, V(INSTALLED) when it carries traffic.
          type: str
        mode:
          description: Mode, such as V(TUNNEL).
          type: str
        encapsulated:
          description: Whether ESP is wrapped in UDP.
          type: bool
        encryption:
          description: Negotiated encryption algorithm.
          type: str
        encryption_bits:
          description: Its key length.
          type: int
        integrity:
          description: Negotiated integrity algorithm.
          type: str
        dh_group:
          description: Group of the last rekey, null before the first one with IKEv2.
          type: str
        bytes_in:
          description: Bytes received through the tunnel.
          type: int
        bytes_out:
          description: Bytes sent through the tunnel.
          type: int
        packets_in:
          description: Packets received through the tunnel.
          type: int
        packets_out:
          description: Packets sent through the tunnel.
          type: int
        installed_seconds:
          description: Seconds since it was installed.
          type: int
        rekey_seconds:
          description: Seconds until it is rekeyed.
          type: int
        local_networks:
          description: Networks on this side.
          type: list
          elements: str
        remote_networks:
          description: Networks behind the peer.
          type: list
          elements: str
certificates:
  description:
    - Certificates of this host that M(hybridnet.alicloud.strongswan_connections) has configured. Empty where C(openssl)
      is not installed.
  returned: always
  type: list
  elements: dict
  contains:
    connection:
      description: Name of the connection.
      type: str
      sample: plant
    subject:
      description: Its distinguished name.
      type: str
      sample: C=CN, O=Example, CN=head
    alternative_names:
      description: The other names in it.
      type: list
      elements: str
      sample: ["DNS:head.example.com"]
    issuer:
      description: Distinguished name of the authority.
      type: str
    not_before:
      description: From when on it is valid.
      type: str
    not_after:
      description: Until when it is valid.
      type: str
      sample: '2027-03-01T12:00:00Z'
    remaining_seconds:
      description: How long that is from now, negative when it has expired.
      type: int
differences:
  description: Every difference from O(expected).
  returned: when O(expected) is given
  type: list
  elements: dict
  contains:
    connection:
      description: Name of the connection.
      type: str
      sample: store-001-main-1
    parameter:
      description:
        - What differs, named as the option of M(hybridnet.alicloud.strongswan_connections) where there is one,
          otherwise as in C(swanctl.conf). V(connection) when a connection is missing or not expected.
      type: str
      sample: ike.dh_group
    wanted:
      description: The expected value, hidden when it is a secret.
      type: str
      sample: '14'
    actual:
      description: The value found, hidden when it is a secret.
      type: str
      sample: '2'
    source:
      description: Where it was found, V(file), V(loaded) (in the daemon) or V(established) (in the tunnel).
      type: str
      sample: file
"""

import os
import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_certificates as certificates
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_conf as conf
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_kernel as kernel
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_report as report
from ansible_collections.hybridnet.alicloud.plugins.module_utils._unlogged_module import UnloggedModule


def read_files(swanctl_dir):
    """Return the FileTree of a host; an empty one when it has no swanctl.conf."""
    main = daemon_state.main_file(swanctl_dir)
    tree = conf.FileTree(main)
    return tree.read() if os.path.exists(main) else tree


def described_certificates(texts, run_command, program):
    """Return what is in the managed certificates among texts ({path: text})."""
    found = []
    for path, text in sorted(texts.items()):
        if program and credentials.folder_of(path) == credentials.CERTIFICATES:
            facts = certificates.OpenSSL(run_command, program).facts(text)
            if facts:
                found.append(
                    {
                        "connection": credentials.name_of(path),
                        "subject": facts.subject,
                        "alternative_names": facts.alternatives,
                        "issuer": facts.issuer,
                        "not_before": certificates.shown_time(facts.not_before),
                        "not_after": certificates.shown_time(facts.not_after),
                        "remaining_seconds": int(facts.not_after - time.time()),
                    }
                )
    return found


def main():
    module = UnloggedModule(
        argument_spec={
            "expected": {"type": "list", "elements": "dict", "options": model.connection_options()},
            "swanctl_dir": {"type": "path"},
            "uri": {"type": "str"},
        },
        supports_check_mode=True,
    )
    expected = module.params["expected"]
    wrong = model.connection_problems(expected or [], allow_unknown=True)
    if wrong:
        module.fail_json(msg="\n".join("%s" % problem for problem in wrong))
    resolved = [credentials.resolved(one, missing_is_unknown=True) for one in expected or []]
    wrong = [problem.under("expected[%s]" % one["name"]) for one, problems in resolved for problem in problems]
    if wrong:
        module.fail_json(msg="\n".join("%s" % problem for problem in wrong))
    swanctl = daemon_state.find_swanctl(module.get_bin_path)
    swanctl_dir = daemon_state.find_swanctl_dir(module.params["swanctl_dir"])
    daemon = daemon_state.Daemon(module.run_command, swanctl, module.params["uri"], swanctl_dir)
    tree = read_files(swanctl_dir)
    texts = files.existing(os.path.join(swanctl_dir, "conf.d"))
    stats = daemon.stats()
    started = stats and stats["uptime"]["since"]
    try:
        loaded = daemon.connections() if started else {}
        associations = daemon.associations() if started else []
    except daemon_state.DaemonError as error:
        module.fail_json(msg="%s" % error)
    modprobe = module.get_bin_path("modprobe", opt_dirs=["/usr/sbin"])
    modules = kernel.available(module.run_command, modprobe)
    result = {
        "installed": swanctl is not None,
        "running": started is not None,
        "started": started,
        "plugins": stats["plugins"] if stats else [],
        "kernel_esp": "esp4" in modules,
        "kernel_xfrm_interfaces": {"esp4", "xfrm_interface"} <= modules,
        "kernel_vti": {"esp4", "ip_vti"} <= modules,
        "tun_device": kernel.has_tun(),
        "problems": ["%s" % problem for problem in tree.problems],
        "connections": [
            report.describe_connection(name, section, loaded)
            for name, section in sorted(tree.root.find("connections").sections.items())
        ],
        "certificates": described_certificates(texts, module.run_command, module.get_bin_path("openssl")),
        "associations": [report.describe_association(association) for association in associations],
    }
    if expected is not None:
        managed = files.names(tree.paths)
        result["differences"] = report.differences(
            [one for one, _problems in resolved],
            tree.root,
            loaded,
            associations,
            started is not None,
            managed,
            swanctl_dir,
            texts,
        )
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
