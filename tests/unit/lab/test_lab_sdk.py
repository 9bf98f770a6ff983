"""Every action once, through the real SDK with both signatures; every reply passes the SDK's own models."""

from __future__ import annotations

import inspect
import re

import pytest
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client

from lab.cloud.services import ACTIONS

REGION = "cn-hangzhou"


class Sdk:
    """Calls actions of the SDK's client by name; a nested dict becomes the request model's own classes."""

    def __init__(self, client, cloud):
        self.client, self.cloud, self.called = client, cloud, set()

    def __call__(self, action, **params):
        """The body of the reply as plain data."""
        self.called.add(action)
        model = getattr(models, f"{action}Request")
        if "RegionId" in re.findall(r"'(\w+)'", inspect.getsource(model.from_map)):
            params.setdefault("RegionId", REGION)
        request = model().from_map(params)
        assert {name: value for name, value in request.to_map().items() if value != []} == params
        methods = {name.replace("_", ""): name for name in dir(self.client) if not name.startswith("_")}
        return getattr(self.client, methods[action.lower()])(request).body.to_map()


@pytest.fixture(params=[None, "v2"], ids=["v3", "v1"])
def sdk(cloud, request):
    """The SDK's client with its default signature, and with the older one (which it calls v2)."""
    config = Config(
        access_key_id=cloud.access_key_id,
        access_key_secret=cloud.access_key_secret,
        region_id=REGION,
        endpoint=cloud.endpoint,
        protocol="http",
        signature_algorithm=request.param,
    )
    return Sdk(Client(config), cloud)


def remote_access(sdk, vpc, pair):
    """SSL server, client certificate and IPsec server on a gateway of their own."""
    gateway = sdk("CreateVpnGateway", VpcId=vpc, Bandwidth=10, EnableSsl=True, AutoPay=True, **pair)["VpnGatewayId"]
    settings = {"LocalSubnet": "172.16.0.0/16", "Cipher": "AES-256-CBC", "Compress": False, "DryRun": False}
    created = sdk("CreateSslVpnServer", VpnGatewayId=gateway, ClientIpPool="10.9.0.0/24", Name="s", **settings)
    server = created["SslVpnServerId"]
    sdk("ModifySslVpnServer", SslVpnServerId=server, Proto="UDP", Port=1195, DnsServers="172.16.0.53")
    assert sdk("DescribeSslVpnServers", VpnGatewayId=gateway)["SslVpnServers"]["SslVpnServer"][0]["Port"] == 1195
    assert sdk("DescribeSslVpnClients", VpnGatewayId=gateway)["TotalCount"] == 0
    certificate = sdk("CreateSslVpnClientCert", SslVpnServerId=server, Name="laptop")["SslVpnClientCertId"]
    sdk("ModifySslVpnClientCert", SslVpnClientCertId=certificate, Name="laptop-1")
    assert "BEGIN PRIVATE KEY" in sdk("DescribeSslVpnClientCert", SslVpnClientCertId=certificate)["ClientKey"]
    assert sdk("DescribeSslVpnClientCerts", SslVpnServerId=server)["TotalCount"] == 1
    clients = {"VpnGatewayId": gateway, "ClientIpPool": "10.10.0.0/24", "LocalSubnet": "172.16.0.0/16"}
    ipsec = sdk("CreateIpsecServer", **clients, IpSecServerName="i", PskEnabled=True, DryRun="false")["IpsecServerId"]
    sdk("UpdateIpsecServer", IpsecServerId=ipsec, IpsecServerName="i-1", IkeConfig='{"IkeEncAlg": "aes256"}')
    found = sdk("ListIpsecServers", IpsecServerId=[ipsec], MaxResults=20)["IpsecServers"]
    assert found[0]["IkeConfig"]["IkeEncAlg"] == "aes256"
    assert sdk("ListIpsecServerLogs", IpsecServerId=ipsec, MinutePeriod=10)["Count"] == 2
    assert sdk("DescribeVpnSslServerLogs", VpnSslServerId=server, MinutePeriod=10)["Data"]["Logs"]
    sdk("DeleteIpsecServer", IpsecServerId=ipsec)
    sdk("DeleteSslVpnClientCert", SslVpnClientCertId=certificate)
    sdk("DeleteSslVpnServer", SslVpnServerId=server)
    sdk("DeleteVpnGateway", VpnGatewayId=gateway)


def attachment(sdk, tunnels):
    """An IPsec connection for a transit router."""
    given = [
        {**{name: value for name, value in tunnel.items() if name != "Role"}, "TunnelIndex": number}
        for number, tunnel in enumerate(tunnels, start=1)
    ]
    networks = {"LocalSubnet": "172.16.0.0/16", "RemoteSubnet": "192.168.1.0/24"}
    settings = {"TunnelBandwidth": "Large", "EnableTunnelsBgp": True, "Tags": [{"Key": "k", "Value": "v"}]}
    made = sdk("CreateVpnAttachment", **networks, **settings, TunnelOptionsSpecification=given)["VpnConnectionId"]
    assert sdk("DescribeVpnConnection", VpnConnectionId=made)["TunnelBandwidth"] == "Large"
    changed = sdk("ModifyVpnAttachmentAttribute", VpnConnectionId=made, TunnelOptionsSpecification=given)
    assert changed["TunnelOptionsSpecification"][1]["TunnelIndex"] == 2
    assert sdk("DescribeVpnAttachments", VpnConnectionId=made)["TotalCount"] == 0, "no transit router has it"
    (row,) = sdk("DescribeVpnConnections", VpnConnectionId=made)["VpnConnections"]["VpnConnection"]
    assert (row["AttachType"], row["Tag"]["Tag"][0]["Key"]) == ("NO_ASSOCIATED", "k")
    sdk.cloud.admin("POST", f"attachments/{made}/attach")
    shown = sdk("DescribeVpnConnection", VpnConnectionId=made)
    assert (shown["State"], shown["AttachType"], shown["TransitRouterId"]) == ("attached", "CEN", "tr-lab")
    assert sdk("DescribeVpnAttachments")["VpnAttachments"][0]["Tags"][0]["Key"] == "k"
    route = {"VpnConnectionId": made, "NextHop": made, "RouteDest": "192.168.1.0/24", "Weight": 100}
    assert sdk("CreateVcoRouteEntry", **route, OverlayMode="Ipsec", Description="d")["State"] == "published"
    sdk("ModifyVcoRouteEntryWeight", **route, NewWeight=0)
    assert sdk("DescribeVcoRouteEntries", VpnConnectionId=made)["VcoRouteEntries"][0]["Weight"] == 0
    sdk("DeleteVcoRouteEntry", **{**route, "Weight": 0})
    sdk.cloud.admin("POST", f"attachments/{made}/detach")
    sdk("DeleteVpnAttachment", VpnConnectionId=made)


def enhanced(sdk, vpc, pair):
    """An enhanced gateway."""
    kind = {"GatewayType": "Enhanced.SiteToSite", "VpnType": "Normal", "NetworkType": "public"}
    gateway = sdk("CreateEnhancedVpnGateway", VpcId=vpc, Name="gw-2", **kind, **pair)["VpnGatewayId"]
    sdk("UpdateEnhancedVpnGateway", VpnGatewayId=gateway, Description="d", AutoPropagate=True)
    (shown,) = sdk("DescribeVpnGateways", GatewayType="Enhanced.SiteToSite")["VpnGateways"]["VpnGateway"]
    assert shown["Description"] == "d" and "Spec" not in shown
    sdk("DeleteEnhancedVpnGateway", VpnGatewayId=gateway)


def certificates(sdk, vpc, pair):
    """An SM gateway with a certificate."""
    kind = {"VpnType": "NationalStandard", "AutoPay": True}
    gateway = sdk("CreateVpnGateway", VpcId=vpc, Bandwidth=10, **kind, **pair)["VpnGatewayId"]
    named = {"VpnGatewayId": gateway, "CertificateId": "c", "CertificateType": "Signature"}
    sdk("AssociateVpnGatewayWithCertificate", **named)
    assert sdk("ListVpnCertificateAssociations", VpnGatewayId=[gateway], MaxResults=20)["TotalCount"] == 1
    sdk("DissociateVpnGatewayWithCertificate", **named)
    sdk("DeleteVpnGateway", VpnGatewayId=gateway)


def test_every_action(sdk):
    vpc = sdk("CreateVpc", CidrBlock="172.16.0.0/16", VpcName="a b*c~&=é", Tag=[{"Key": "k", "Value": ""}])["VpcId"]
    assert sdk("DescribeVpcs", VpcName="a b*c~&=é", PageSize=50)["TotalCount"] == 1
    sdk("ModifyVpcAttribute", VpcId=vpc, Description="d")
    sdk("MoveResourceGroup", ResourceType="vpc", ResourceId=vpc, NewResourceGroupId="rg-1")
    table = sdk("DescribeRouteTableList", VpcId=vpc)["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]
    first = sdk("CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-h", CidrBlock="172.16.1.0/24")["VSwitchId"]
    second = sdk("CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="172.16.2.0/24")["VSwitchId"]
    sdk("ModifyVSwitchAttribute", VSwitchId=first, VSwitchName="one")
    assert sdk("DescribeVSwitchAttributes", VSwitchId=first)["VSwitchName"] == "one"
    assert sdk("DescribeVSwitches", VpcId=vpc)["TotalCount"] == 2
    assert sdk("DescribeVpcAttribute", VpcId=vpc)["VSwitchIds"]["VSwitchId"] == [first, second]
    sdk("DescribeRegions")
    sdk("DescribeZones")
    sdk("DescribeVpnGatewayAvailableZones", Spec="10M")
    sdk("CheckVpnBgpEnabled")

    pair = {"VSwitchId": first, "DisasterRecoveryVSwitchId": second}
    gateway = sdk("CreateVpnGateway", VpcId=vpc, Bandwidth=10, EnableIpsec=True, AutoPay=True, **pair)["VpnGatewayId"]
    sdk("ModifyVpnGatewayAttribute", VpnGatewayId=gateway, Name="gw-1", AutoPropagate=True)
    assert sdk("DescribeVpnGateway", VpnGatewayId=gateway)["AutoPropagate"] is True
    assert sdk("DescribeVpnGateways")["TotalCount"] == 1
    peer = sdk("CreateCustomerGateway", IpAddress="198.51.100.10", Asn="65010")["CustomerGatewayId"]
    sdk("ModifyCustomerGatewayAttribute", CustomerGatewayId=peer, Name="p")
    assert sdk("DescribeCustomerGateway", CustomerGatewayId=peer)["Asn"] == 65010
    sdk("DescribeCustomerGateways")
    sdk("MoveVpnResourceGroup", ResourceType="CustomerGateway", InstanceId=peer, NewResourceGroupId="rg-1")

    psk = "x!&=%+\"'~`#<>?/\\|"
    tunnels = [
        {
            "Role": role,
            "CustomerGatewayId": peer,
            "EnableDpd": True,
            "TunnelIkeConfig": {"Psk": psk, "IkeVersion": "ikev2", "IkeLifetime": 3600},
            "TunnelBgpConfig": {"TunnelCidr": f"169.254.{n}.0/30", "LocalBgpIp": f"169.254.{n}.1", "LocalAsn": 65001},
        }
        for role, n in (("master", 10), ("slave", 11))
    ]
    connection = sdk(
        "CreateVpnConnection",
        VpnGatewayId=gateway,
        LocalSubnet="172.16.0.0/16",
        RemoteSubnet="192.168.1.0/24",
        AutoConfigRoute=False,
        EnableTunnelsBgp=True,
        Tags=[{"Key": "site", "Value": "one"}],
        TunnelOptionsSpecification=tunnels,
    )["VpnConnectionId"]
    shown = sdk("DescribeVpnConnection", VpnConnectionId=connection)
    options = shown["TunnelOptionsSpecification"]["TunnelOptions"]
    assert options[0]["TunnelIkeConfig"]["Psk"] == psk
    assert options[0]["TunnelBgpConfig"]["LocalAsn"] == "65001"
    sdk("ModifyVpnConnectionAttribute", VpnConnectionId=connection, Name="c", TunnelOptionsSpecification=tunnels)
    assert sdk("DescribeVpnConnections", VpnGatewayId=gateway)["TotalCount"] == 1
    assert sdk("DiagnoseVpnConnections", VpnConnectionIds=[connection])["TotalCount"] == 2
    sdk("DownloadVpnConnectionConfig", VpnConnectionId=connection)
    ends = '{"PrivateSourceIp": "172.16.1.9", "PrivateDestinationIp": "192.168.1.9"}'
    asked = {"VpnGatewayId": gateway, "ResourceId": connection, "ResourceType": "IPsec", "IPsecExtendInfo": ends}
    diagnosis = sdk("DiagnoseVpnGateway", **asked)["DiagnoseId"]
    assert len(sdk("GetVpnGatewayDiagnoseResult", DiagnoseId=diagnosis)["DiagnoseResult"]) == 7
    sdk("DescribeVpnConnectionLogs", VpnConnectionId=connection)

    dest = {"VpnGatewayId": gateway, "NextHop": connection, "RouteDest": "192.168.1.0/24", "Weight": 100}
    policy = {**dest, "RouteSource": "172.16.0.0/16"}
    sdk("CreateVpnRouteEntry", **dest, PublishVpc=False)
    sdk("ModifyVpnRouteEntryWeight", **dest, NewWeight=100)
    assert sdk("DescribeVpnRouteEntries", VpnGatewayId=gateway)["TotalCount"] == 1
    sdk("CreateVpnPbrRouteEntry", **policy, PublishVpc=False)
    sdk("ModifyVpnPbrRouteEntryWeight", **policy, NewWeight=100)
    sdk("ModifyVpnPbrRouteEntryPriority", **policy, NewPriority=20)
    sdk("ModifyVpnPbrRouteEntryAttribute", **policy, Priority=20, NewPriority=30)
    assert sdk("DescribeVpnPbrRouteEntries", VpnGatewayId=gateway)["TotalCount"] == 1
    publish = {name: dest[name] for name in ("VpnGatewayId", "NextHop", "RouteDest")}
    sdk("PublishVpnRouteEntry", **publish, RouteType="pbr", PublishVpc=True)
    assert sdk("DescribeRouteEntryList", RouteTableId=table, NextHopType="VpnGateway")["TotalCount"] == 1
    custom = sdk("CreateRouteTable", VpcId=vpc)["RouteTableId"]
    sdk("ModifyRouteTableAttributes", RouteTableId=custom, RouteTableName="c")
    sdk("AssociateRouteTable", RouteTableId=custom, VSwitchId=first)
    entry = sdk("CreateRouteEntry", RouteTableId=custom, DestinationCidrBlock="10.0.0.0/8", NextHopId="i-1")
    sdk("ModifyRouteEntry", RouteEntryId=entry["RouteEntryId"], RouteEntryName="r")
    sdk("DeleteRouteEntry", RouteEntryId=entry["RouteEntryId"])
    sdk("UnassociateRouteTable", RouteTableId=custom, VSwitchId=first)
    sdk("DeleteRouteTable", RouteTableId=custom)
    acl = sdk("CreateNetworkAcl", VpcId=vpc)["NetworkAclId"]
    sdk("ModifyNetworkAclAttributes", NetworkAclId=acl, NetworkAclName="n")
    rule = {"Protocol": "tcp", "Port": "80/80", "Policy": "accept", "SourceCidrIp": "10.0.0.0/8"}
    sdk("UpdateNetworkAclEntries", NetworkAclId=acl, UpdateIngressAclEntries=True, IngressAclEntries=[rule])
    where = [{"ResourceType": "VSwitch", "ResourceId": first}]
    sdk("AssociateNetworkAcl", NetworkAclId=acl, Resource=where)
    found = sdk("DescribeNetworkAcls", VpcId=vpc)["NetworkAcls"]["NetworkAcl"][0]
    assert found == sdk("DescribeNetworkAclAttributes", NetworkAclId=acl)["NetworkAclAttribute"]
    assert [item["EntryType"] for item in found["IngressAclEntries"]["IngressAclEntry"]] == ["custom", "system"]
    sdk("UnassociateNetworkAcl", NetworkAclId=acl, Resource=where)
    sdk("DeleteNetworkAcl", NetworkAclId=acl)
    eip = sdk("AllocateEipAddress", Bandwidth="10", Name="e")["AllocationId"]
    sdk("ModifyEipAddressAttribute", AllocationId=eip, Description="dd")
    sdk("AssociateEipAddress", AllocationId=eip, InstanceId="i-bp1")
    assert sdk("DescribeEipAddresses", AllocationId=eip)["EipAddresses"]["EipAddress"][0]["Status"] == "InUse"
    sdk("UnassociateEipAddress", AllocationId=eip)
    sdk("ReleaseEipAddress", AllocationId=eip)
    sdk("TagResources", ResourceType="VPNGATEWAY", ResourceId=[gateway], Tag=[{"Key": "env", "Value": "prod"}])
    tags = sdk("ListTagResources", ResourceType="VPNGATEWAY", ResourceId=[gateway])["TagResources"]["TagResource"]
    assert tags[0]["TagValue"] == "prod"
    sdk("UnTagResources", ResourceType="VPNGATEWAY", ResourceId=[gateway], TagKey=["env"])

    sdk("DeleteVpnPbrRouteEntry", **policy)
    sdk("DeleteVpnRouteEntry", **dest)
    sdk("DeleteVpnConnection", VpnConnectionId=connection)
    attachment(sdk, tunnels)
    sdk("DeleteCustomerGateway", CustomerGatewayId=peer)
    sdk("DeleteVpnGateway", VpnGatewayId=gateway)
    remote_access(sdk, vpc, pair)
    certificates(sdk, vpc, pair)
    enhanced(sdk, vpc, pair)
    sdk("DeleteVSwitch", VSwitchId=first)
    sdk("DeleteVSwitch", VSwitchId=second)
    sdk("DeleteVpc", VpcId=vpc)
    assert sdk.called == set(ACTIONS)
