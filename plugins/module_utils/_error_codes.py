# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an API error means for a caller: one table from wire codes to classes of behaviour.

Private to this collection.
"""

from __future__ import annotations

from enum import Enum


class ErrorClass(Enum):
    """How a failed call is treated."""

    THROTTLED = "throttled"  # too many calls: wait and repeat
    TRANSIENT = "transient"  # server fault or lost connection: repeat reads, and writes that carry a client token
    BUSY = "busy"  # another task holds the object: wait for it to end and repeat
    ABSENT = "absent"  # the object does not exist
    DUPLICATE = "duplicate"
    QUOTA = "quota"
    PERMISSION = "permission"
    CREDENTIALS = "credentials"
    REFUSED = "refused"  # everything else: the request is wrong and repeating it is pointless
    DRY_RUN = "dry run"  # the dry run passed: success in the shape of an error


# Exact codes. A code that merely contains another one must not be caught by it, so there is no prefix matching here.
_CODES = {
    ErrorClass.BUSY: {
        "VpnGateway.Configuring",
        "VpnConnection.Configuring",
        "VpnRouteEntry.Configuring",
        "Appliance.Configuring",
        "VpnTask.CONFLICT",
        "TaskConflict",
        "VPC_TASK_CONFLICT",
        "OperationConflict",
        "Operation.Blocking",
        "SystemBusy",
        "LastTokenProcessing",
        "LastRequestProcessing",
        "LastOrderProcessing",
        "OperationFailed.LastTokenProcessing",
        "OperationFailed.IdempotentTokenProcessing",
        "OperationFailed.DistibuteLock",
        "OperationFailed.SslNotSupport",
        "OperationFailed.NotifyCenCreate",
        "OperationDenied.OtherSubnetProcessing",
        "OperationFailed.AllocateCidrFailed",
        "IncorrectStatus",
        "IncorrectStatus.Status",
        "IncorrectStatus.VpnGateway",
        "IncorrectInstanceStatus",
        "IncorrectInstanceStatus.Initializing",
        "IncorrectVpcStatus",
        "IncorrectVSwitchStatus",
        "IncorrectStatus.VSwitch",
        "IncorrectStatus.VpcRouteEntry",
        "IncorrectRouteEntryStatus",
        "InvalidStatus.RouteEntry",
        "IncorrectStatus.cbnStatus",
        "IncorrectStatus.RouteTableStatus",
        "IncorrectStatus.MultiScopeRiRouteEntry",
        "IncorrectStatus.Ipv4Gateway",
        "IncorrectStatus.Ipv6Address",
        "IncorrectStatus.VpcPeer",
        "IncorrectStatus.RouterInterface",
        "IncorrectStatus.PrefixList",
        "OperationFailed.QueryCenIpv6Status",
        "IncorrectStatus.NetworkAcl",
        "IncorrectEipStatus",
        "InvalidBindingStatus",
        "FrequentPurchase.EIP",
        "IncorrectStatus.NatGateway",
        "InvalidStatus.EcsStatusNotSupport",
        "InvalidStatus.EniStatusNotSupport",
        "InvalidStatus.InstanceHasBandWidth",
        "InvalidVBRStatus",
    },
    ErrorClass.TRANSIENT: {"ServiceUnavailable", "InternalError", "UnknownError", "ServiceUnavailableTemporary"},
    ErrorClass.ABSENT: {"INSTANCE_NOT_EXISTS"},
    ErrorClass.DUPLICATE: {
        "InvalidVpnConnection.AlreadyExists",
        "InvalidIpAddress.AlreadyExist",
        "OperationFailed.IPsecServerExist",
        "RouterEntryConflict.Duplicated",
        "InvalidCIDRBlock.Duplicate",
    },
    ErrorClass.QUOTA: {"Resource.QuotaFull", "QuotaExceeded.VpnRouteEntry", "QuotaExceeded.PolicyBasedRoute"},
    # "Forbbiden" is how the service spells it.
    ErrorClass.PERMISSION: {"Forbidden", "Forbidden.RAM", "Forbidden.SubUser", "Forbbiden.SubUser", "Forbbiden"},
    ErrorClass.CREDENTIALS: {
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidSecurityToken.Expired",
        "InvalidSecurityToken.Malformed",
        "InvalidTimeStamp.Expired",
        "IllegalTimestamp",
    },
    ErrorClass.DRY_RUN: {"DryRunOperation"},
}
_CLASS_OF = {code: error_class for error_class, codes in _CODES.items() for code in codes}

# Codes that say "not found" about something other than the object asked for.
_NOT_FOUND_BUT_REFUSED = {"InvalidRegionId.NotFound", "InvalidAction.NotFound", "InvalidApi.NotFound"}

_HINTS = {
    "InvalidAccessKeyId.NotFound": "the access key is unknown to this endpoint: check access_key_id",
    "InvalidAccessKeyId.Inactive": "the access key is disabled: enable it in RAM or use another one",
    "SignatureDoesNotMatch": "the access key secret does not belong to the access key: check access_key_secret",
    "IllegalTimestamp": "the clock of this machine is wrong: synchronise it (chrony, systemd-timesyncd)",
    "InvalidTimeStamp.Expired": "the clock of this machine is wrong: synchronise it (chrony, systemd-timesyncd)",
    "InvalidRegionId.NotFound": "no such region at this endpoint: check the option region, for example cn-hangzhou",
    "Resource.QuotaFull": "the quota of the account is used up: raise it in the Quota Center or remove unused objects",
    "QuotaExceeded.PolicyBasedRoute": "the gateway holds as many routes as its quota allows: raise the quota",
    "ForbiddenRelease": "the gateway is prepaid and inside its term: it can be released after the term or refunded",
    "DependencyViolation": "another object still uses it: remove that one, or take this one out of it, first",
    "InvalidParameter.KeypairAlreadyAttachedInstance": "an instance still uses the key pair: detach it or delete that",
    "OperationDenied.DeletionProtection": "the instance is protected: set deletion_protection: false first",
    "VpnGateway.FinancialLocked": "the gateway is locked for overdue payment: settle the bill first",
    "UnnecessarySslConnection": "ssl_connections may be given only together with enable_ssl: true",
}


def classify(code: str | None, status: int | None = None) -> ErrorClass:
    """The class of an API error.

    *code* is the ``Code`` of the error body, ``None`` when there was none (the reply was not JSON or the connection
    broke); *status* the HTTP status, if any.
    """
    if code in _CLASS_OF:
        return _CLASS_OF[code]
    if not code or code == "None":
        # No code: the reply did not come from the service itself (a proxy's page, a reset, a time-out).
        return ErrorClass.TRANSIENT
    if "Throttling" in code or status == 429:
        return ErrorClass.THROTTLED
    if code in _NOT_FOUND_BUT_REFUSED:
        return ErrorClass.REFUSED
    if code.endswith((".NotFound", "NotExist")):
        return ErrorClass.ABSENT
    if code.startswith(("Forbidden.", "NoPermission")):
        return ErrorClass.PERMISSION
    if status is not None and status >= 500:
        return ErrorClass.TRANSIENT
    return ErrorClass.REFUSED


def hint(code: str | None) -> str | None:
    """One clause that tells the user what to do about *code*, or ``None``."""
    return _HINTS.get(code or "")
