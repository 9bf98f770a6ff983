# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with certificates, judged with ``openssl`` before anything is replaced.

charon itself loads an expired certificate, one that belongs to another key and one without the wanted identity, and
then fails when the tunnel is set up, or calls itself something else than it was told.
"""

from __future__ import annotations

import calendar
import os
import re
import shutil
import tempfile
import time

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _swanctl_credentials as credentials
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem

_NAME_FORMAT = "esc_2253,esc_ctrl,utf8,sep_comma_plus_space,sname"
_TIME_FORMAT = "%b %d %H:%M:%S %Y GMT"
_UNREADABLE = "cannot be read"
_ERROR = re.compile(r"error (?P<code>\d+) at (?P<depth>\d+) depth lookup: ?(?P<text>.*)")
# Of openssl's x509_vfy.h.
_NOT_YET_VALID, _EXPIRED = 9, 10


class Facts:
    """subject, issuer: as text; alternatives: of the subject; not_before, not_after: seconds since the epoch."""

    def __init__(self, lines):
        values = dict(line.split("=", 1) for line in lines if re.match(r"(subject|issuer|notBefore|notAfter)=", line))
        self.subject = values["subject"].strip()
        self.issuer = values["issuer"].strip()
        self.not_before = calendar.timegm(time.strptime(values["notBefore"], _TIME_FORMAT))
        self.not_after = calendar.timegm(time.strptime(values["notAfter"], _TIME_FORMAT))
        names = [line for index, line in enumerate(lines) if "Alternative Name" in lines[index - 1]] if lines else []
        self.alternatives = [one.strip() for line in names for one in line.split(",")]


class OpenSSL:
    """run_command: ``AnsibleModule.run_command``; program: path of openssl."""

    def __init__(self, run_command, program):
        self._run_command = run_command
        self._program = program

    def _run(self, *arguments, **options):
        """Texts travel by standard input: arguments of a process are seen by everybody on the host."""
        return self._run_command(
            [self._program] + list(arguments), data=options.get("data"), environ_update={"LC_ALL": "C"}
        )

    def facts(self, certificate):
        """Return the Facts of a certificate, None when it cannot be read."""
        options = ["-noout", "-subject", "-issuer", "-dates", "-nameopt", _NAME_FORMAT, "-ext", "subjectAltName"]
        code, out, _err = self._run("x509", *options, data=certificate)
        return None if code else Facts(out.splitlines())

    def key_fits(self, certificate, private_key):
        """Whether a key belongs to a certificate; None when the key cannot be read."""
        code, own, _err = self._run("pkey", "-pubout", "-passin", "pass:", data=private_key)
        if code:
            return None
        return self._run("x509", "-noout", "-pubkey", data=certificate)[1].split() == own.split()

    def refusal(self, certificate, authorities):
        """Why the authorities do not vouch for a certificate, as (code, depth, text); None when they do."""
        folder = tempfile.mkdtemp(prefix="hybridnet-")
        try:
            path = os.path.join(folder, "authorities.pem")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("\n".join(authorities) + "\n")
            # Each of them is an anchor for charon, the intermediate ones too.
            options = ["-no-CApath", "-partial_chain", "-purpose", "any", "-CAfile", path]
            code, out, err = self._run("verify", *options, data=certificate)
        finally:
            shutil.rmtree(folder)
        if code == 0:
            return None
        match = _ERROR.search(out + err)
        if not match:
            return 0, 0, "openssl verify failed"
        return int(match.group("code")), int(match.group("depth")), match.group("text").strip()


def problems(connection, openssl, now):
    """Return what is wrong with the certificates of a connection (texts in its options); now: seconds."""
    if credentials.UNKNOWN in (connection["certificate"], connection["private_key"]):
        return []
    facts = openssl.facts(connection["certificate"])
    if facts is None:
        return [Problem("certificate", "(text)", _UNREADABLE, "give one certificate in PEM")]
    subject = "(%s)" % facts.subject
    found = _time_problems("certificate", facts, now)
    fits = openssl.key_fits(connection["certificate"], connection["private_key"])
    if fits is None:
        found.append(Problem("private_key", HIDDEN, _UNREADABLE, "give one in PEM that needs no passphrase"))
    elif not fits:
        found.append(Problem("private_key", HIDDEN, "does not belong to the certificate", "give both of one request"))
    if not credentials.in_certificate(connection["local_id"], facts.subject, facts.alternatives):
        names = ", ".join([facts.subject] + facts.alternatives)
        fix = "charon would call itself something else; use one of: " + names
        found.append(Problem("local_id", "'%s'" % connection["local_id"], "is not in the certificate", fix))
    chain = credentials.authorities(connection)
    if credentials.UNKNOWN in chain:
        return found
    for index, text in enumerate(chain):
        own = openssl.facts(text)
        if own is None:
            rule = "number %d %s" % (index + 1, _UNREADABLE)
            return found + [Problem("ca_certificates", "(text)", rule, "give certificates in PEM")]
        found += _time_problems("ca_certificates", own, now)
    refusal = openssl.refusal(connection["certificate"], chain)
    if refusal and not (refusal[0] in (_NOT_YET_VALID, _EXPIRED) and found):
        fix = "give the certificate of %s; openssl says: %s" % (facts.issuer, refusal[2])
        found.append(Problem("ca_certificates", "(given)", "do not vouch for the certificate %s" % subject, fix))
    return found


def _time_problems(option, facts, now):
    subject = "(%s)" % facts.subject
    if now > facts.not_after:
        rule = "expired on %s" % shown_time(facts.not_after)
        return [Problem(option, subject, rule, "have it renewed; the tunnel keeps running with what it has")]
    if now < facts.not_before:
        rule = "is not valid before %s" % shown_time(facts.not_before)
        return [Problem(option, subject, rule, "wait, or set the clock of the host right")]
    return []


def shown_time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
