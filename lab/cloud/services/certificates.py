"""Keys and certificates that the cloud issues for SSL-VPN clients (X.509, elliptic curve P-256)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY_DAYS = 3650
CLIENT_DAYS = 3 * 365


def new_authority(server_id: str, now: float) -> tuple[str, str]:
    """(private key, certificate) in PEM of the authority of one SSL server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(server_id)
    certificate = _certificate(name, name, key.public_key(), key, now, AUTHORITY_DAYS, authority=True)
    return _pem(key), certificate


def new_client(authority_key: str, authority_certificate: str, client_id: str, now: float) -> tuple[str, str]:
    """(private key, certificate) in PEM of one client."""
    issuer_key = serialization.load_pem_private_key(authority_key.encode(), None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not an elliptic curve key")
    issuer = x509.load_pem_x509_certificate(authority_certificate.encode()).subject
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(client_id)
    return _pem(key), _certificate(name, issuer, key.public_key(), issuer_key, now, CLIENT_DAYS, authority=False)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: float,
    days: int,
    *,
    authority: bool,
) -> str:
    start = datetime.fromtimestamp(now, tz=timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
