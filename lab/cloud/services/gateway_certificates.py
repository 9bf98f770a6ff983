"""Certificates of SM gateways: associate, dissociate, list. An SM gateway needs one to sign and one to encrypt with."""

from __future__ import annotations

from lab.cloud.clock import iso
from lab.cloud.errors import ApiError, dry_run_passed, invalid, not_found
from lab.cloud.model import GatewayCertificate, VpnGateway
from lab.cloud.services.context import Context, Params, Reply, choice, token_page
from lab.cloud.services.gateways import SM, configure, writable_gateway

TYPES = ("Encryption", "Signature")
NOT_FOUND = "InvalidCertificateId.NotFound"


def associate_vpn_gateway_with_certificate(ctx: Context, params: Params) -> Reply:
    """AssociateVpnGatewayWithCertificate. A passed dry run of this action alone answers with success."""
    gateway = _sm_gateway(ctx, params["VpnGatewayId"])
    kind = choice(params, "CertificateType", TYPES, "")
    certificate_id = params["CertificateId"]
    for other in certificates_of(ctx, gateway):
        if other.certificate_id == certificate_id:
            message = f"The certificate {certificate_id} is associated with {gateway.id} already."
            raise ApiError(400, "OperationFailed.CertificateAssociated", message)
        if other.type == kind:
            message = f"{gateway.id} has the {kind.lower()} certificate {other.certificate_id} already."
            raise ApiError(400, "OperationFailed.CertificateAssociated", message)
    if params.get("DryRun"):
        return {}
    ctx.commit(params)
    record = GatewayCertificate(
        f"{gateway.id}/{kind}", ctx.now, gateway_id=gateway.id, certificate_id=certificate_id, type=kind
    )
    ctx.add(ctx.region.gateway_certificates, record)
    configure(ctx, gateway)
    return {}


def dissociate_vpn_gateway_with_certificate(ctx: Context, params: Params) -> Reply:
    """DissociateVpnGatewayWithCertificate. Refused while connections negotiate with the certificate."""
    gateway = _sm_gateway(ctx, params["VpnGatewayId"])
    kind = choice(params, "CertificateType", TYPES, "")
    record = ctx.region.gateway_certificates.get(f"{gateway.id}/{kind}")
    if record is None or record.certificate_id != params["CertificateId"]:
        raise not_found(NOT_FOUND, f"{kind.lower()} certificate", params["CertificateId"])
    if any(connection.gateway_id == gateway.id for connection in ctx.region.connections.values()):
        raise ApiError(400, "DependencyViolation.VpnConnection", f"{gateway.id} has IPsec connections that need it.")
    if params.get("DryRun"):
        raise dry_run_passed()
    ctx.commit(params)
    del ctx.region.gateway_certificates[record.id]
    configure(ctx, gateway)
    return {}


def list_vpn_certificate_associations(ctx: Context, params: Params) -> Reply:
    """ListVpnCertificateAssociations, filtered by gateways, certificates and type; one row a page unless asked."""
    for name in ("VpnGatewayId", "CertificateId"):
        if len(params.get(name, ())) > 20:
            raise invalid(name, "at most 20 can be given")
    if "CertificateType" in params:
        choice(params, "CertificateType", TYPES, "")
    found = [
        record
        for record in ctx.readable(ctx.region.gateway_certificates.values())
        if record.gateway_id in params.get("VpnGatewayId", [record.gateway_id])
        and record.certificate_id in params.get("CertificateId", [record.certificate_id])
        and record.type == params.get("CertificateType", record.type)
    ]
    selected, following = token_page(params, found, "MaxResults", 1, 20)
    rows = [
        {
            "VpnGatewayId": record.gateway_id,
            "RegionId": ctx.region.id,
            "CertificateId": record.certificate_id,
            "CertificateType": record.type,
            "AssociationTime": iso(record.created),
        }
        for record in selected
    ]
    size = params.get("MaxResults", 1)
    return {**following, "MaxResults": size, "TotalCount": len(found), "VpnCertificateRelations": rows}


def certificates_of(ctx: Context, gateway: VpnGateway) -> list[GatewayCertificate]:
    """What is associated with a gateway."""
    return [record for record in ctx.region.gateway_certificates.values() if record.gateway_id == gateway.id]


def _sm_gateway(ctx: Context, gateway_id: str) -> VpnGateway:
    gateway = writable_gateway(ctx, gateway_id)
    if gateway.vpn_type != SM:
        message = f"{gateway.id} is no SM gateway, and only those use certificates."
        raise ApiError(400, "OperationUnsupported.Certificate", message)
    return gateway
