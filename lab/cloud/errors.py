"""The errors the cloud answers with. Codes and statuses come from the published tables where they exist."""

from __future__ import annotations


class ApiError(Exception):
    """An error answer: HTTP ``status``, ``code`` and ``message`` of the envelope. Never carries a secret value."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def missing(parameter: str) -> ApiError:
    """A required parameter is absent: ``Missing<Parameter>``, as the RPC gateway answers."""
    return ApiError(400, f"Missing{parameter.replace('.', '')}", f"{parameter} is mandatory for this action.")


def invalid(parameter: str, rule: str) -> ApiError:
    """A value breaks its rule: ``InvalidParameter``. ``rule`` says what is valid, without repeating the value."""
    return ApiError(400, "InvalidParameter", f"The specified parameter {parameter} is not valid: {rule}.")


def unsupported(parameter: str, reason: str) -> ApiError:
    """A parameter that has no meaning here: ``UnsupportedParameter``."""
    return ApiError(400, "UnsupportedParameter", f"The parameter {parameter} is not supported: {reason}.")


def not_found(code: str, what: str, identifier: str, status: int = 404) -> ApiError:
    """An object that does not exist; ``code`` is the action family's own spelling."""
    return ApiError(status, code, f"The specified {what} {identifier} does not exist.")


def quota_full(what: str, limit: int) -> ApiError:
    """``Resource.QuotaFull`` for anything but the routes a connection makes for itself."""
    return ApiError(400, "Resource.QuotaFull", f"The quota of {limit} {what} is used up.")


def gateway_configuring(gateway_id: str) -> ApiError:
    """``VpnGateway.Configuring``: another task works on the gateway."""
    return ApiError(400, "VpnGateway.Configuring", f"The specified VPN gateway {gateway_id} is being configured.")


def dry_run_passed() -> ApiError:
    """``DryRunOperation``: how a dry run says that the request would have gone through."""
    return ApiError(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
