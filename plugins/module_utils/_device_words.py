# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The algorithms of ``_crypto`` in the words of hardware gateways: one row for each device.

A device that writes IKEv1 in another way has a second row, ``<device>/ikev1``. In a row ``-`` stands for what the
device lacks, ``.`` for a setting that is left out, and ``~`` for a space.

Sources: the documents that ``_devices`` names for each device.
"""

from __future__ import annotations

from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import choices

_LACKING = "-"
_LEFT_OUT = "."
_SPACE = "~"

_IKE_ENCRYPTION = """
    cisco_ios_xe        aes-cbc-128  aes-cbc-192  aes-cbc-256  3des      des
    cisco_ios_xe/ikev1  aes~128      aes~192      aes~256      3des      des
    cisco_asa           aes          aes-192      aes-256      3des      des
    fortios             aes128       aes192       aes256       3des      des
    panos               aes-128-cbc  aes-192-cbc  aes-256-cbc  3des      des
    junos               aes-128-cbc  aes-192-cbc  aes-256-cbc  3des-cbc  des-cbc
    routeros            aes-128      aes-192      aes-256      3des      des
    huawei              aes-128      aes-192      aes-256      3des      des
    h3c                 aes-cbc-128  aes-cbc-192  aes-cbc-256  3des-cbc  des-cbc
    vyos                aes128       aes192       aes256       3des      des
    libreswan           aes128       aes192       aes256       3des      -
    parameter_sheet     AES-128-CBC  AES-192-CBC  AES-256-CBC  3DES-CBC  DES-CBC
"""
_IKE_INTEGRITY = """
    cisco_ios_xe        md5          sha1          sha256         sha384         sha512
    cisco_ios_xe/ikev1  md5          sha           sha256         sha384         sha512
    cisco_asa           md5          sha           sha256         sha384         sha512
    cisco_asa/ikev1     md5          sha           -              -              -
    fortios             md5          sha1          sha256         sha384         sha512
    panos               md5          sha1          sha256         sha384         sha512
    junos               md5          sha1          sha-256        sha-384        -
    routeros            md5          sha1          sha256         sha384         sha512
    huawei              hmac-md5-96  hmac-sha1-96  hmac-sha2-256  hmac-sha2-384  hmac-sha2-512
    huawei/ikev1        md5          sha1          sha2-256       sha2-384       sha2-512
    h3c                 md5          sha1          sha256         sha384         sha512
    h3c/ikev1           md5          sha           sha256         sha384         sha512
    vyos                md5          sha1          sha256         sha384         sha512
    libreswan           md5          sha1          sha2_256       sha2_384       sha2_512
    parameter_sheet     MD5          SHA-1         SHA-256        SHA-384        SHA-512
"""
# The pseudo-random function belongs to the integrity algorithm. Devices without a row derive it themselves.
_PRF = """
    cisco_asa           md5          sha           sha256         sha384         sha512
    cisco_asa/ikev1     .            .             .              .              .
    huawei              hmac-md5     hmac-sha1     hmac-sha2-256  hmac-sha2-384  hmac-sha2-512
    huawei/ikev1        .            .             .              .              .
    parameter_sheet     HMAC-MD5     HMAC-SHA-1    HMAC-SHA-256   HMAC-SHA-384   HMAC-SHA-512
"""
_DH_GROUP = """
    cisco_ios_xe     1             2              5              14
    cisco_asa        1             2              5              14
    fortios          1             2              5              14
    panos            group1        group2         group5         group14
    junos            group1        group2         group5         group14
    routeros         modp768       modp1024       modp1536       modp2048
    huawei           group1        group2         group5         group14
    h3c              group1        group2         group5         group14
    vyos             1             2              5              14
    libreswan        -             -              modp1536       modp2048
    parameter_sheet  1~(MODP~768)  2~(MODP~1024)  5~(MODP~1536)  14~(MODP~2048)
"""
_ESP_ENCRYPTION = """
    cisco_ios_xe     esp-aes~128  esp-aes~192  esp-aes~256  esp-3des  esp-des
    cisco_asa        aes          aes-192      aes-256      3des      des
    cisco_asa/ikev1  esp-aes      esp-aes-192  esp-aes-256  esp-3des  esp-des
    fortios          aes128       aes192       aes256       3des      des
    panos            aes-128-cbc  aes-192-cbc  aes-256-cbc  3des      des
    junos            aes-128-cbc  aes-192-cbc  aes-256-cbc  3des-cbc  des-cbc
    routeros         aes-128-cbc  aes-192-cbc  aes-256-cbc  3des      des
    huawei           aes-128      aes-192      aes-256      3des      des
    h3c              aes-cbc-128  aes-cbc-192  aes-cbc-256  3des-cbc  des-cbc
    vyos             aes128       aes192       aes256       3des      des
    libreswan        aes128       aes192       aes256       3des      -
    parameter_sheet  AES-128-CBC  AES-192-CBC  AES-256-CBC  3DES-CBC  DES-CBC
"""
_ESP_INTEGRITY = """
    cisco_ios_xe     esp-md5-hmac  esp-sha-hmac  esp-sha256-hmac   esp-sha384-hmac  esp-sha512-hmac
    cisco_asa        md5           sha-1         sha-256           sha-384          sha-512
    cisco_asa/ikev1  esp-md5-hmac  esp-sha-hmac  -                 -                -
    fortios          md5           sha1          sha256            sha384           sha512
    panos            md5           sha1          sha256            sha384           sha512
    junos            hmac-md5-96   hmac-sha1-96  hmac-sha-256-128  -                -
    routeros         md5           sha1          sha256            -                sha512
    huawei           md5           sha1          sha2-256          sha2-384         sha2-512
    h3c              md5           sha1          sha256            sha384           sha512
    vyos             md5           sha1          sha256            sha384           sha512
    libreswan        md5           sha1          sha2_256          sha2_384         sha2_512
    parameter_sheet  HMAC-MD5-96   HMAC-SHA1-96  HMAC-SHA-256-128  HMAC-SHA-384-192 HMAC-SHA-512-256
"""
_PFS_GROUP = """
    cisco_ios_xe     .         group1        group2         group5         group14
    cisco_asa        .         group1        group2         group5         group14
    fortios          .         1             2              5              14
    panos            no-pfs    group1        group2         group5         group14
    junos            .         group1        group2         group5         group14
    routeros         none      modp768       modp1024       modp1536       modp2048
    huawei           .         dh-group1     dh-group2      dh-group5      dh-group14
    h3c              .         dh-group1     dh-group2      dh-group5      dh-group14
    vyos             disable   dh-group1     dh-group2      dh-group5      dh-group14
    libreswan        .         -             -              modp1536       modp2048
    parameter_sheet  disabled  1~(MODP~768)  2~(MODP~1024)  5~(MODP~1536)  14~(MODP~2048)
"""


def _words(kind, rows):
    """Rows of text -> ``{device: {canonical value: word}}``; the columns are the choices of a kind, in their order."""
    names = [str(name) for name in choices(kind)]
    table = {}
    for row in rows.strip().splitlines():
        device, *words = row.split()
        table[device] = {
            name: "" if word == _LEFT_OUT else word.replace(_SPACE, " ")
            for name, word in zip(names, words, strict=True)
            if word != _LACKING
        }
    return table


#: What templates call it -> (section and option that hold the value, words by device).
WORDS = {
    "ike_encryption": ("ike", "encryption", _words("encryption", _IKE_ENCRYPTION)),
    "ike_integrity": ("ike", "integrity", _words("integrity", _IKE_INTEGRITY)),
    "prf": ("ike", "integrity", _words("integrity", _PRF)),
    "dh_group": ("ike", "dh_group", _words("dh_group", _DH_GROUP)),
    "esp_encryption": ("ipsec", "encryption", _words("encryption", _ESP_ENCRYPTION)),
    "esp_integrity": ("ipsec", "integrity", _words("integrity", _ESP_INTEGRITY)),
    "pfs_group": ("ipsec", "pfs_group", _words("pfs_group", _PFS_GROUP)),
}


def words_of(device, version, name):
    """The words of a device for one of :data:`WORDS`: ``{canonical value as text: word}``; {} when it needs none.

    What the device lacks is absent.
    """
    rows = WORDS[name][2]
    return rows.get(f"{device}/{version}", rows.get(device, {}))


def spelled(device, ike, ipsec):
    """Every word that a device needs for a tunnel: ``{"ike_encryption": "aes-cbc-256", ...}``.

    Raises KeyError for what the device lacks; ``_devices.crypto_problems`` says so in words before.
    """
    values = {"ike": ike, "ipsec": ipsec}
    spelling = {}
    for name, (section, option, _rows) in WORDS.items():
        words = words_of(device, ike["version"], name)
        spelling[name] = words[str(values[section][option])] if words else ""
    return spelling
