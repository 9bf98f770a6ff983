"""Signature verification: ACS3-HMAC-SHA256 headers (V3) and RPC HMAC-SHA1 parameters (V1).

Both follow the published procedures; V3 uses the client's own SignedHeaders list, because clients differ in
what they sign. The server's string to sign is never echoed in an error: it would hold pre-shared keys.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import quote

from lab.cloud.errors import ApiError, missing

WINDOW_SECONDS = 15 * 60
V3_ALGORITHM = "ACS3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    rf"{V3_ALGORITHM}\s+Credential=(?P<key>[^,\s]+)\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*"
    r"Signature=(?P<signature>[0-9a-fA-F]+)\s*"
)


@dataclass(frozen=True)
class AccessKey:
    """A key pair the lab accepts; ``security_token`` makes it a temporary (STS) one."""

    id: str
    secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Message:
    """What a signature covers. ``query`` and ``form`` are decoded (name, value) pairs in the order received."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def parameter(self, name: str) -> str | None:
        """The first value of a query or form parameter."""
        return next((value for key, value in (*self.query, *self.form) if key == name), None)


def encode(text: str) -> str:
    """Percent-encode as RFC 3986 asks for signing: space is %20, ``*`` is %2A, ``~`` stays."""
    return quote(text, safe="~")


def canonical_query(pairs: list[tuple[str, str]]) -> str:
    """Encode and join pairs in the order of their names."""
    return "&".join(f"{encode(key)}={encode(value)}" for key, value in sorted(pairs))


def v1_signature(secret: str, method: str, pairs: list[tuple[str, str]]) -> str:
    """The RPC V1 signature over all parameters but ``Signature``."""
    signed = [(key, value) for key, value in pairs if key != "Signature"]
    text = f"{method}&{encode('/')}&{encode(canonical_query(signed))}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def v3_signature(secret: str, message: Message, signed_headers: list[str]) -> str:
    """The V3 signature over method, path, query, the named headers and the body's hash."""
    headers = "".join(f"{name}:{message.headers.get(name, '').strip()}\n" for name in signed_headers)
    payload_hash = hashlib.sha256(message.body).hexdigest()
    canonical = "\n".join(
        (
            message.method,
            message.path or "/",
            canonical_query(list(message.query)),
            headers,
            ";".join(signed_headers),
            payload_hash,
        )
    )
    text = f"{V3_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Verifier:
    """Checks signatures, the clock window and nonce reuse for a set of access keys."""

    def __init__(self, keys: Mapping[str, AccessKey]) -> None:
        self._keys = keys
        self._nonces: dict[tuple[str, str], float] = {}

    def verify(self, message: Message, now: float) -> str:
        """The access key id of a correctly signed message; raises ApiError otherwise. ``now``: epoch seconds."""
        authorization = message.headers.get("authorization", "")
        if authorization:
            return self._verify_v3(message, authorization, now)
        return self._verify_v1(message, now)

    def _verify_v3(self, message: Message, authorization: str, now: float) -> str:
        match = _AUTHORIZATION.fullmatch(authorization)
        if match is None:
            raise ApiError(400, "IncompleteSignature", f"The Authorization header is not a {V3_ALGORITHM} signature.")
        key = self._key(match["key"])
        self._check_token(key, message.headers.get("x-acs-security-token"))
        signed = match["headers"].lower().split(";")
        for required in ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"):
            if not message.headers.get(required):
                raise ApiError(400, "IncompleteSignature", f"The header {required} is missing.")
            if required not in signed:
                raise ApiError(400, "IncompleteSignature", f"The header {required} is not signed.")
        claimed_hash = message.headers.get("x-acs-content-sha256", "")
        if claimed_hash.lower() != hashlib.sha256(message.body).hexdigest():
            raise _mismatch()
        if not hmac.compare_digest(v3_signature(key.secret, message, signed), match["signature"].lower()):
            raise _mismatch()
        self._check_time(message.headers["x-acs-date"], now)
        self._check_nonce(key.id, message.headers["x-acs-signature-nonce"], now)
        return key.id

    def _verify_v1(self, message: Message, now: float) -> str:
        for name in ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"):
            if not message.parameter(name):
                raise missing(name)
        key = self._key(message.parameter("AccessKeyId") or "")
        self._check_token(key, message.parameter("SecurityToken"))
        if (message.parameter("SignatureMethod"), message.parameter("SignatureVersion")) != ("HMAC-SHA1", "1.0"):
            raise ApiError(400, "IncompleteSignature", "SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0.")
        expected = v1_signature(key.secret, message.method, [*message.query, *message.form])
        if not hmac.compare_digest(expected.encode(), (message.parameter("Signature") or "").encode()):
            raise _mismatch()
        self._check_time(message.parameter("Timestamp") or "", now)
        self._check_nonce(key.id, message.parameter("SignatureNonce") or "", now)
        return key.id

    def _key(self, key_id: str) -> AccessKey:
        try:
            return self._keys[key_id]
        except KeyError:
            raise ApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.") from None

    def _check_token(self, key: AccessKey, token: str | None) -> None:
        if key.security_token is None and not token:
            return
        if not token:
            raise ApiError(400, "MissingSecurityToken", "SecurityToken is mandatory for this access key.")
        if key.security_token is None or not hmac.compare_digest(key.security_token.encode(), token.encode()):
            code = "InvalidSecurityToken.MismatchWithAccessKey"
            raise ApiError(400, code, "Specified SecurityToken mismatch with the AccessKey.")

    def _check_time(self, text: str, now: float) -> None:
        try:
            sent = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            message = "The timestamp must be UTC in the form YYYY-MM-DDThh:mm:ssZ."
            raise ApiError(400, "IllegalTimestamp", message) from None
        if abs(now - sent) > WINDOW_SECONDS:
            raise ApiError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")

    def _check_nonce(self, key_id: str, nonce: str, now: float) -> None:
        for known, seen in list(self._nonces.items()):
            if seen + 2 * WINDOW_SECONDS >= now:
                break
            del self._nonces[known]
        if (key_id, nonce) in self._nonces:
            raise ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._nonces[key_id, nonce] = now


def _mismatch() -> ApiError:
    # The old core SDK splits the message at its colon and fails without one, so the cloud's wording is kept.
    message = "Specified signature is not matched with our calculation. server string to sign is:(not shown)"
    return ApiError(400, "SignatureDoesNotMatch", message)
