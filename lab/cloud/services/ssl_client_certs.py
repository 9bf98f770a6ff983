"""Client certificates of SSL servers: create, rename, delete, describe."""

from __future__ import annotations

from lab.cloud.clock import milliseconds
from lab.cloud.errors import quota_full
from lab.cloud.model import LogLine, SslClientCert
from lab.cloud.services import rules
from lab.cloud.services.certificates import CLIENT_DAYS, new_client
from lab.cloud.services.context import Context, Params, Reply, page, require
from lab.cloud.services.gateways import configure, writable_gateway
from lab.cloud.services.remote_access import public_address
from lab.cloud.services.ssl_servers import NOT_FOUND as SERVER_NOT_FOUND
from lab.cloud.services.ssl_servers import group_of

# DescribeSslVpnClientCert answers with the general code, the writes with the action family's own.
NOT_FOUND = "InvalidSslVpnClientCertId.NotFound"
READ_NOT_FOUND = "InvalidInstanceId.NotFound"
DAY = 86400
EXPIRING_DAYS = 7


def create_ssl_vpn_client_cert(ctx: Context, params: Params) -> Reply:
    """CreateSslVpnClientCert: a new key and certificate of the server's authority."""
    server = require(ctx.region.ssl_servers, params["SslVpnServerId"], SERVER_NOT_FOUND, "SSL server")
    writable_gateway(ctx, server.gateway_id)
    certificate = SslClientCert(
        ctx.ids.resource("vsc"),
        ctx.now,
        server_id=server.id,
        name=rules.text("Name", params.get("Name"), 100, "InvalidName"),
    )
    limit = ctx.settings.quotas.ssl_client_certs
    if sum(len(region.ssl_client_certs) for region in ctx.state.regions.values()) >= limit:
        raise quota_full("SSL client certificates of the account", limit)
    ctx.commit(params)
    certificate.client_key, certificate.certificate = new_client(
        server.ca_key, server.ca_certificate, certificate.id, ctx.now
    )
    server.log.append(LogLine(ctx.now, certificate.id, "client certificate created"))
    ctx.add(ctx.region.ssl_client_certs, certificate)
    return {"SslVpnClientCertId": certificate.id, "Name": certificate.name}


def modify_ssl_vpn_client_cert(ctx: Context, params: Params) -> Reply:
    """ModifySslVpnClientCert: the name."""
    table = ctx.region.ssl_client_certs
    certificate = require(table, params["SslVpnClientCertId"], NOT_FOUND, "SSL client certificate")
    name = rules.text("Name", params.get("Name"), 100, "InvalidName")
    ctx.commit(params)
    certificate.name = name or certificate.name
    return {"SslVpnClientCertId": certificate.id, "Name": certificate.name}


def delete_ssl_vpn_client_cert(ctx: Context, params: Params) -> Reply:
    """DeleteSslVpnClientCert. It keeps the gateway busy, because it disconnects all clients of the server."""
    table = ctx.region.ssl_client_certs
    certificate = require(table, params["SslVpnClientCertId"], NOT_FOUND, "SSL client certificate")
    gateway = writable_gateway(ctx, ctx.region.ssl_servers[certificate.server_id].gateway_id)
    ctx.commit(params)
    del table[certificate.id]
    configure(ctx, gateway)
    return {}


def describe_ssl_vpn_client_cert(ctx: Context, params: Params) -> Reply:
    """DescribeSslVpnClientCert, key and profile in clear."""
    table = ctx.region.ssl_client_certs
    certificate = ctx.read(table, params["SslVpnClientCertId"], READ_NOT_FOUND, "SSL client certificate")
    server = ctx.region.ssl_servers[certificate.server_id]
    return {
        **_view(ctx, certificate),
        "CaCert": server.ca_certificate,
        "ClientCert": certificate.certificate,
        "ClientKey": certificate.client_key,
        "ClientConfig": _profile(ctx, certificate),
    }


def describe_ssl_vpn_client_certs(ctx: Context, params: Params) -> Reply:
    """DescribeSslVpnClientCerts, filtered by server, id, name, resource group; without key material."""
    found = [
        certificate
        for certificate in ctx.readable(ctx.region.ssl_client_certs.values())
        if params.get("SslVpnClientCertId", certificate.id) == certificate.id
        and params.get("SslVpnServerId", certificate.server_id) == certificate.server_id
        and params.get("Name", certificate.name) == certificate.name
        and params.get("ResourceGroupId", _group(ctx, certificate)) == _group(ctx, certificate)
    ]
    selected, paging = page(params, found)
    return {**paging, "SslVpnClientCertKeys": {"SslVpnClientCertKey": [_view(ctx, item) for item in selected]}}


def _group(ctx: Context, certificate: SslClientCert) -> str:
    return group_of(ctx, ctx.region.ssl_servers[certificate.server_id].gateway_id)


def _view(ctx: Context, certificate: SslClientCert) -> Reply:
    end = certificate.created + CLIENT_DAYS * DAY
    status = "normal" if ctx.now < end - EXPIRING_DAYS * DAY else "expiring-soon"
    return {
        "SslVpnClientCertId": certificate.id,
        "SslVpnServerId": certificate.server_id,
        "RegionId": ctx.region.id,
        "Name": certificate.name,
        "CreateTime": milliseconds(certificate.created),
        "EndTime": milliseconds(end),
        "Status": "expired" if ctx.now >= end else status,
        "ResourceGroupId": _group(ctx, certificate),
    }


def _profile(ctx: Context, certificate: SslClientCert) -> str:
    """A client profile in OpenVPN's format with everything inside it."""
    server = ctx.region.ssl_servers[certificate.server_id]
    address = public_address(ctx.region.vpn_gateways[server.gateway_id])
    lines = [
        "client",
        "dev tun",
        f"proto {server.protocol.lower()}",
        f"remote {address} {server.port}",
        f"cipher {server.cipher}",
        "remote-cert-tls server",
        "nobind",
        "persist-key",
        "persist-tun",
        *(["comp-lzo"] if server.compress else []),
    ]
    parts = {"ca": server.ca_certificate, "cert": certificate.certificate, "key": certificate.client_key}
    blocks = "".join(f"<{name}>\n{text}</{name}>\n" for name, text in parts.items())
    return "\n".join(lines) + "\n" + blocks
