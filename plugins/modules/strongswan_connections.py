#!/usr/bin/python

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: strongswan_connections
short_description: Manage site-to-site connections of a strongSwan host
description:
  - Writes one C(swanctl) file and one secret file, or certificates and a key, per connection, loads them, and sets up
    the tunnels whose settings changed. Tunnels whose settings did not change are never touched.
  - C(swanctl --load-conns) unloads every connection of a host when any included file has a syntax error, and still
    reports success. So the whole configuration, files of others included, is parsed before anything is replaced, and
    what was loaded is judged by the state of the daemon. A connection that the daemon refuses puts all previous files
    back.
  - What has to be done is decided from the files, the daemon and a record of what was loaded, not from what a handler
    was told. A run that was killed at any point is finished by the next one.
  - Changed connections are re-established one after the other, those with O(connections[].role=standby) first. When a
    tunnel cannot be set up again, the others between the same networks keep running with their previous settings.
  - The tunnels are initiated by this module, not by a load (C(start_action = none)), because strongSwan 5.9 tears
    tunnels with C(start_action = start) down when any of their options is loaded anew. After a restart of the daemon
    something else has to initiate them; the role P(hybridnet.alicloud.strongswan#role) installs a unit for that.
  - Loading also loads what others have changed in their files since the last load.
version_added: 1.0.0
author:
  - Hybridnet contributors (@hybridnet)
requirements:
  - C(openssl) 1.1.1 or later on the managed host, for O(connections[].auth=pubkey)
  - strongSwan 5.8 or later with C(swanctl) and a running C(charon-systemd), on the managed host
  - Python 3.8 or later on the managed host
  - root on the managed host
attributes:
  check_mode:
    description: Can run in check mode and return what it would do without changing anything.
    support: full
    details:
      - Works on a host where strongSwan is not installed yet. Values that only exist after the other end has been
        created may then be V((known after apply\)).
  diff_mode:
    description: Returns what was changed, or would be changed, when in diff mode.
    support: full
    details:
      - Shows the files as C(swanctl) reads them. Of a secret or private key only whether it changes is shown.
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
    details:
      - A tunnel that is down is initiated, which counts as a change.
options:
  connections:
    description:
      - The connections of this host.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the connection and of its child, and part of the names of its files.
          - 1 to 60 of a-z, 0-9, V(_) and V(-), beginning with a letter or digit.
        type: str
        required: true
      role:
        description:
          - Which of two tunnels to one peer network this is. It decides the order of changes.
          - With exact networks on both tunnels the one set up last carries the traffic; so the active one is set up
            last.
        type: str
        choices: [active, standby]
        default: active
      remote_address:
        description: Address or host name of the peer.
        type: str
        required: true
      local_address:
        description: Address to send from. By default the one that the routing table chooses.
        type: str
      local_id:
        description:
          - Identity of this host, as the peer expects it. Behind NAT that is usually the public address.
          - With O(connections[].auth=pubkey) it has to be in the certificate, as its whole subject (such as
            V(C=CN, O=Example, CN=store-001)) or as one of its alternative names. The common name alone is none.
        type: str
        required: true
      remote_id:
        description: Identity of the peer. With O(connections[].auth=pubkey) it has to be in the peer's certificate.
        type: str
        required: true
      auth:
        description:
          - How both ends prove who they are, V(psk) by a pre-shared key, V(pubkey) by certificates.
        type: str
        choices: [psk, pubkey]
        default: psk
      certificate:
        description:
          - The certificate of this host, as PEM text or as the path of a file on the host. Exactly one.
          - It is copied to C(x509) in O(swanctl_dir). A run after the file has been renewed sets up this tunnel again
            and no other.
          - It is refused when it has expired or is not valid yet, when it does not belong to
            O(connections[].private_key), when O(connections[].local_id) is not in it, and when none of
            O(connections[].ca_certificates) vouches for it. Nothing has been changed then.
          - In check mode also V((known after apply\)), and a file that is not there yet is taken as unchanged.
        type: str
      private_key:
        description:
          - Its private key, as PEM text without a passphrase or as the path of a file on the host. It is copied to
            C(private) in O(swanctl_dir), readable by root only.
        type: str
      ca_certificates:
        description:
          - Certificates of the authorities, as PEM texts or as paths of files on the host, each with one or more of
            them, intermediate ones included. They have to vouch for the certificates of both ends, and no other
            authority of the host is accepted for this connection.
        type: list
        elements: str
      psk:
        description:
          - The pre-shared key. Any characters, but no white space at its ends.
          - Required with O(connections[].auth=psk), except in check mode, where a key that the other end has yet to
            make is taken as unchanged.
        type: str
      ike:
        description: Settings of the IKE_SA (phase 1). Exactly one proposal is made of them.
        type: dict
        suboptions:
          version:
            description: Version of the protocol.
            type: str
            choices: [ikev1, ikev2]
            default: ikev2
          mode:
            description: Exchange of IKEv1. V(aggressive) sends a hash of the key in clear and exists in IKEv1 only.
            type: str
            choices: [main, aggressive]
            default: main
          encryption:
            description: Encryption algorithm, in CBC mode.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm and pseudo-random function.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          dh_group:
            description: Diffie-Hellman group.
            type: int
            choices: [1, 2, 5, 14]
            default: 14
          lifetime:
            description:
              - Seconds until the IKE_SA ends if it has not been rekeyed, 60 to 86400. It is rekeyed between 80 and 90
                percent of this time.
            type: int
            default: 86400
      ipsec:
        description: Settings of the CHILD_SA (phase 2). Exactly one proposal is made of them.
        type: dict
        suboptions:
          encryption:
            description: Encryption algorithm, in CBC mode.
            type: str
            choices: [aes128, aes192, aes256, 3des, des]
            default: aes256
          integrity:
            description: Integrity algorithm.
            type: str
            choices: [md5, sha1, sha256, sha384, sha512]
            default: sha256
          pfs_group:
            description:
              - Diffie-Hellman group of each rekey, V(disabled) for none. With IKEv2 a difference between the ends only
                shows at the first rekey.
            type: str
            choices: [disabled, '1', '2', '5', '14']
            default: '14'
          lifetime:
            description: Seconds until the CHILD_SA ends if it has not been rekeyed, 60 to 86400.
            type: int
            default: 86400
      dpd:
        description: Whether a silent peer is probed, and its tunnel set up again when it does not answer.
        type: bool
        default: true
      dpd_delay:
        description:
          - Seconds of silence before a probe, 1 to 3600. How long the peer then has to answer depends with IKEv2 on the
            retransmission settings of the daemon. With IKEv1 it is given up after three times this, 5 seconds at least.
        type: int
        default: 10
      nat_traversal:
        description:
          - Whether the peer does NAT traversal. strongSwan always detects NAT itself, so this only says that
            O(connections[].force_encapsulation) is possible.
        type: bool
        default: true
      force_encapsulation:
        description: Whether ESP is wrapped in UDP even without NAT, for networks that drop ESP.
        type: bool
        default: false
      local_networks:
        description: Networks on this side. With IKEv1 exactly one.
        type: list
        elements: str
        required: true
      remote_networks:
        description:
          - Networks behind the peer. With IKEv1 exactly one.
          - V(0.0.0.0/0) needs a tunnel that is an interface.
        type: list
        elements: str
        required: true
      datapath:
        description:
          - How packets find the tunnel. With V(policy), the default, by their addresses. With V(xfrm) and V(vti) the
            tunnel is an interface, so that two tunnels may carry the same networks and routes decide between them.
          - The interface has to be made, and its routes kept, by something else; the role
            P(hybridnet.alicloud.strongswan#role) does both. V(vti) also needs C(charon.install_routes = no).
        type: str
        choices: [policy, xfrm, vti]
      interface:
        description: Name of the interface. By default C(vpn-) and the name, shortened to 15 characters.
        type: str
      interface_id:
        description: Number of the interface (C(if_id) of XFRM, key of VTI). By default made of the name.
        type: int
      interface_address:
        description: Address with prefix length that the role gives the interface, for BGP. By default none.
        type: str
      routes:
        description:
          - Networks that the role routes into the interface while the tunnel is up. By default
            O(connections[].remote_networks) without V(0.0.0.0/0).
        type: list
        elements: str
      metric:
        description: Metric of these routes. By default 100 for the active tunnel and 200 for the standby one.
        type: int
      path_mtu:
        description: Largest packet that the way between the two ends carries; the MTU of the interface follows from it.
        type: int
        default: 1500
  purge:
    description:
      - Whether connections that this module has configured earlier and that are not listed are removed, and their
        tunnels closed. Connections configured by others are never touched.
    type: bool
    default: false
  initiate:
    description: Whether tunnels that are down are initiated. Set to V(false) on an end that only answers.
    type: bool
    default: true
  wait:
    description: Whether to wait until the tunnels that are down are up, and to fail when they are not.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for each tunnel.
    type: int
    default: 30
  verify_rekey:
    description:
      - Whether a tunnel that was set up with IKEv2 has to renew its keys once, and the module to fail when it does not.
        IKEv2 shows a difference in O(connections[].ipsec.pfs_group) only then, otherwise hours later.
        Of tunnels that the peer has initiated the keys are left to the peer.
      - Only with O(wait=true) and O(initiate=true). It interrupts nothing.
    type: bool
    default: true
  swanctl_dir:
    description:
      - Directory of C(swanctl.conf), which has to include C(conf.d/*.conf).
      - By default C(/etc/swanctl), or C(/etc/strongswan/swanctl) where only that exists.
    type: path
  uri:
    description:
      - Address of the daemon's vici socket, such as V(unix:///var/run/charon.vici). By default C(swanctl)'s own.
    type: str
  run_dir:
    description: Directory for the record of what was loaded. It has to be emptied at boot.
    type: path
    default: /run/hybridnet-strongswan
seealso:
  - module: hybridnet.alicloud.strongswan_info
"""

EXAMPLES = r"""
- name: Two tunnels to one peer network
  hybridnet.alicloud.strongswan_connections:
    purge: true
    connections:
      - name: store-001-main-1
        role: active
        remote_address: 203.0.113.11
        local_id: 198.51.100.10
        remote_id: 203.0.113.11
        psk: "{{ vault_psk_1 }}"
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]
      - name: store-001-main-2
        role: standby
        remote_address: 203.0.113.12
        local_id: 198.51.100.10
        remote_id: 203.0.113.12
        psk: "{{ vault_psk_2 }}"
        local_networks: [192.168.1.0/24]
        remote_networks: [172.16.0.0/16]

- name: A peer that still needs IKEv1
  hybridnet.alicloud.strongswan_connections:
    connections:
      - name: old-branch
        remote_address: vpn.branch.example.com
        local_id: head.example.com
        remote_id: branch.example.com
        psk: "{{ vault_psk_branch }}"
        ike:
          version: ikev1
          encryption: aes128
          integrity: sha1
          dh_group: 5
        ipsec:
          pfs_group: disabled
        local_networks: [10.1.0.0/16]
        remote_networks: [10.9.0.0/24]

- name: A tunnel with certificates, whose files something else renews
  hybridnet.alicloud.strongswan_connections:
    connections:
      - name: plant
        remote_address: vpn.plant.example.com
        local_id: head.example.com
        remote_id: C=CN, O=Example, CN=plant
        auth: pubkey
        certificate: /etc/pki/head/certificate.pem
        private_key: /etc/pki/head/key.pem
        ca_certificates: [/etc/pki/head/ca.pem]
        local_networks: [10.1.0.0/16]
        remote_networks: [10.7.0.0/16]

- name: Configure without waiting for the peer, which is set up later
  hybridnet.alicloud.strongswan_connections:
    connections: "{{ strongswan_connections }}"
    wait: false
"""

RETURN = r"""
connections:
  description: What was done, or in check mode would be done, for each connection, in the order in which it was done.
  returned: when the options and files are correct
  type: list
  elements: dict
  contains:
    name:
      description: Name of the connection.
      type: str
      returned: always
      sample: store-001-main-1
    action:
      description:
        - The first of V(created), V(updated) (files), V(loaded) (files were right, but not loaded), V(reestablished)
          (the tunnel ran with other settings), V(initiated) (the tunnel was down), V(unchanged) that applies.
      type: str
      returned: always
      sample: updated
    reasons:
      description: Why something is done.
      type: list
      elements: str
      returned: always
      sample: [its secret differs, its tunnel was set up with other settings]
    files:
      description: Files of the connection.
      type: list
      elements: str
      returned: always
      sample: [/etc/swanctl/conf.d/hybridnet-store-001-main-1.conf]
    established:
      description: Whether the tunnel is up, that is whether its CHILD_SA is installed.
      type: bool
      returned: always
    ike_uniqueid:
      description: Number of the IKE_SA in the daemon, null when the tunnel is down.
      type: str
      returned: always
      sample: '4'
    child_uniqueid:
      description: Number of the CHILD_SA in the daemon, null when the tunnel is down.
      type: str
      returned: always
      sample: '7'
removed:
  description: Names of connections that were removed.
  returned: when the options and files are correct
  type: list
  elements: str
  sample: [store-009-main-1]
"""

import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_apply as apply
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_certificates as certificates
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_connection as model
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_daemon as daemon_state
from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_files as files
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_plan import make_plan
from ansible_collections.hybridnet.alicloud.plugins.module_utils._swanctl_record import Lock, LockedError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._unlogged_module import UnloggedModule


def with_texts(module):
    """Put the text of certificates and keys in place of their paths; fails with everything that is wrong with them."""
    found, problems = [], []
    program = module.get_bin_path("openssl")
    for connection in module.params["connections"]:
        resolved, own = credentials.resolved(connection, module.check_mode)
        if resolved is not connection:
            if resolved["private_key"]:
                module.no_log_values.add(resolved["private_key"])
            if not own and program:
                openssl = certificates.OpenSSL(module.run_command, program)
                own = certificates.problems(resolved, openssl, time.time())
            elif not own and not module.check_mode:
                module.fail_json(msg="certificates are judged with openssl, which this host does not have; install it")
        problems += [problem.under("connections[%s]" % connection["name"]) for problem in own]
        found.append(resolved)
    if problems:
        lines = ["%s" % problem for problem in problems]
        module.fail_json(msg="nothing was changed, because of these certificates:\n" + "\n".join(lines))
    return found


def described(plan, have):
    """Return the results of the steps of a plan as they look in this Have."""
    results = []
    for step in plan.steps:
        up = daemon_state.installed_children(have.associations, step.name)
        results.append(
            {
                "name": step.name,
                "action": step.action,
                "reasons": step.reasons,
                "files": list(files.wanted(have.directory, [step.connection])),
                "established": bool(up),
                "ike_uniqueid": up[-1][0]["uniqueid"] if up else None,
                "child_uniqueid": up[-1][1]["uniqueid"] if up else None,
            }
        )
    return results


def run(module, daemon):
    """Plan and, outside check mode, apply; exits the module."""
    options = module.params
    have = apply.look(options["swanctl_dir"], options["run_dir"], daemon)
    plan = make_plan(options["connections"], have, options["purge"], options["initiate"])
    result = {"changed": plan.changed, "removed": plan.removed}
    if module._diff:
        result["diff"] = files.diff({path: have.files.get(path) for path in plan.changes}, plan.changes)
    managed = set(have.files) | set(plan.changes)
    torn = apply.check_files(options["swanctl_dir"], plan.changes, managed)
    for text in torn if plan.load else ():
        module.warn(text)
    if module.check_mode:
        module.exit_json(connections=described(plan, have), **result)
    if not have.running:
        raise daemon_state.DaemonError(
            "strongSwan is not running; install and start it (service strongswan), then run again"
        )
    settings = (options["wait"], options["wait_timeout"], options["verify_rekey"])
    applier = apply.Applier(plan, have, daemon, *settings, module.warn)
    applier.run()
    have.associations = daemon.associations()
    result["connections"] = described(plan, have)
    if applier.failures:
        lines = ["tunnel %s %s" % failure for failure in sorted(applier.failures.items())]
        lines.append("The configuration is in place; run again when the cause is removed.")
        module.fail_json(msg="\n".join(lines), **result)
    module.exit_json(**result)


def main():
    module = UnloggedModule(
        argument_spec={
            "connections": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": model.connection_options(),
            },
            "purge": {"type": "bool", "default": False},
            "initiate": {"type": "bool", "default": True},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 30},
            "verify_rekey": {"type": "bool", "default": True},
            "swanctl_dir": {"type": "path"},
            "uri": {"type": "str"},
            "run_dir": {"type": "path", "default": "/run/hybridnet-strongswan"},
        },
        supports_check_mode=True,
    )
    options = module.params
    options["swanctl_dir"] = daemon_state.find_swanctl_dir(options["swanctl_dir"])
    problems = model.connection_problems(options["connections"], allow_unknown=module.check_mode)
    if problems:
        module.fail_json(msg="\n".join("%s" % problem for problem in problems))
    options["connections"] = with_texts(module)
    daemon = daemon_state.Daemon(
        module.run_command, daemon_state.find_swanctl(module.get_bin_path), options["uri"], options["swanctl_dir"]
    )
    try:
        if module.check_mode:
            run(module, daemon)
        with Lock(options["run_dir"]):
            run(module, daemon)
    except (apply.ConfigurationError, daemon_state.DaemonError, LockedError) as error:
        module.fail_json(msg="%s" % error)


if __name__ == "__main__":
    main()
