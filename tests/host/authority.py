"""A certificate authority for tests, made with the openssl of the machine."""

# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import pathlib
from typing import NamedTuple

from tests.host.charon_in_netns import run

ORGANISATION = "Example Co"


class Certificate(NamedTuple):
    certificate: str
    private_key: str


class Authority:
    """Its own key and certificate, in a folder of its own."""

    def __init__(self, folder: pathlib.Path, name: str):
        self._folder = folder / name
        self._folder.mkdir(parents=True)
        (self._folder / "issued").touch()
        (self._folder / "serial").write_text("01\n")
        (self._folder / "openssl.cnf").write_text(
            f"""[ca]
default_ca = own
[own]
dir = {self._folder}
database = {self._folder}/issued
serial = {self._folder}/serial
new_certs_dir = {self._folder}
default_md = sha256
unique_subject = no
policy = any
[any]
countryName = optional
organizationName = optional
commonName = supplied
"""
        )
        self._key, self._certificate = self._folder / "ca.key", self._folder / "ca.pem"
        subject = f"/C=CN/O={ORGANISATION}/CN={name}"
        options = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(self._key), "-out", str(self._certificate)]
        run("openssl", "req", "-x509", "-days", "30", "-subj", subject, *options)

    @property
    def certificate(self) -> str:
        return self._certificate.read_text()

    def issue(
        self, name: str, *alternatives: str, first_day: int = -1, days: int = 10, algorithm: str = "rsa:2048"
    ) -> Certificate:
        """A new key and its certificate. first_day: from today, may lie in the past."""
        key, request, made = (self._folder / f"{name}.{suffix}" for suffix in ("key", "csr", "pem"))
        extensions = self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={','.join(alternatives)}\n" if alternatives else "")
        subject = f"/C=CN/O={ORGANISATION}/CN={name}"
        options = ["-newkey", *algorithm.split(), "-nodes", "-keyout", str(key), "-out", str(request)]
        run("openssl", "req", "-new", "-subj", subject, *options)
        begin = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=first_day)
        end = begin + datetime.timedelta(days=days)
        times = ["-startdate", f"{begin:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}"]
        files = ["-cert", str(self._certificate), "-keyfile", str(self._key), "-in", str(request), "-out", str(made)]
        run(
            *["openssl", "ca", "-batch", "-notext", "-config", str(self._folder / "openssl.cnf")],
            *[*times, "-extfile", str(extensions), *files],
        )
        return Certificate(made.read_text(), key.read_text())
