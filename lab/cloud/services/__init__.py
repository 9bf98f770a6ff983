"""The actions of the API: pure functions ``(context, parameters) -> reply`` or ApiError, by action name."""

from __future__ import annotations

from collections.abc import Callable

from lab.cloud.services import (
    attachments,
    connection_views,
    connections,
    customer_gateways,
    destination_routes,
    diagnosis,
    eips,
    gateways,
    geography,
    ipsec_servers,
    network_acls,
    policy_routes,
    resource_groups,
    route_entries,
    route_tables,
    routing,
    ssl_client_certs,
    ssl_servers,
    tags,
    vpcs,
    vswitches,
)
from lab.cloud.services.context import Context, Params, Reply

Service = Callable[[Context, Params], Reply]

ACTIONS: dict[str, Service] = {
    "AllocateEipAddress": eips.allocate_eip_address,
    "AssociateEipAddress": eips.associate_eip_address,
    "AssociateNetworkAcl": network_acls.associate_network_acl,
    "AssociateRouteTable": route_tables.associate_route_table,
    "CheckVpnBgpEnabled": gateways.check_vpn_bgp_enabled,
    "CreateCustomerGateway": customer_gateways.create_customer_gateway,
    "CreateIpsecServer": ipsec_servers.create_ipsec_server,
    "CreateSslVpnClientCert": ssl_client_certs.create_ssl_vpn_client_cert,
    "CreateSslVpnServer": ssl_servers.create_ssl_vpn_server,
    "CreateNetworkAcl": network_acls.create_network_acl,
    "CreateRouteEntry": route_entries.create_route_entry,
    "CreateRouteTable": route_tables.create_route_table,
    "CreateVSwitch": vswitches.create_vswitch,
    "CreateVpc": vpcs.create_vpc,
    "CreateVpnAttachment": attachments.create_vpn_attachment,
    "CreateVpnConnection": connections.create_vpn_connection,
    "CreateVpnGateway": gateways.create_vpn_gateway,
    "CreateVpnPbrRouteEntry": policy_routes.create_vpn_pbr_route_entry,
    "CreateVpnRouteEntry": destination_routes.create_vpn_route_entry,
    "DeleteCustomerGateway": customer_gateways.delete_customer_gateway,
    "DeleteIpsecServer": ipsec_servers.delete_ipsec_server,
    "DeleteSslVpnClientCert": ssl_client_certs.delete_ssl_vpn_client_cert,
    "DeleteSslVpnServer": ssl_servers.delete_ssl_vpn_server,
    "DeleteNetworkAcl": network_acls.delete_network_acl,
    "DeleteRouteEntry": route_entries.delete_route_entry,
    "DeleteRouteTable": route_tables.delete_route_table,
    "DeleteVSwitch": vswitches.delete_vswitch,
    "DeleteVpc": vpcs.delete_vpc,
    "DeleteVpnAttachment": attachments.delete_vpn_attachment,
    "DeleteVpnConnection": connections.delete_vpn_connection,
    "DeleteVpnGateway": gateways.delete_vpn_gateway,
    "DeleteVpnPbrRouteEntry": policy_routes.delete_vpn_pbr_route_entry,
    "DeleteVpnRouteEntry": destination_routes.delete_vpn_route_entry,
    "DescribeCustomerGateway": customer_gateways.describe_customer_gateway,
    "DescribeCustomerGateways": customer_gateways.describe_customer_gateways,
    "DescribeEipAddresses": eips.describe_eip_addresses,
    "DescribeNetworkAclAttributes": network_acls.describe_network_acl_attributes,
    "DescribeNetworkAcls": network_acls.describe_network_acls,
    "DescribeRegions": geography.describe_regions,
    "DescribeRouteEntryList": route_entries.describe_route_entry_list,
    "DescribeRouteTableList": route_tables.describe_route_table_list,
    "DescribeSslVpnClientCert": ssl_client_certs.describe_ssl_vpn_client_cert,
    "DescribeSslVpnClientCerts": ssl_client_certs.describe_ssl_vpn_client_certs,
    "DescribeSslVpnClients": ssl_servers.describe_ssl_vpn_clients,
    "DescribeSslVpnServers": ssl_servers.describe_ssl_vpn_servers,
    "DescribeVSwitchAttributes": vswitches.describe_vswitch_attributes,
    "DescribeVSwitches": vswitches.describe_vswitches,
    "DescribeVpcAttribute": vpcs.describe_vpc_attribute,
    "DescribeVpcs": vpcs.describe_vpcs,
    "DescribeVpnAttachments": attachments.describe_vpn_attachments,
    "DescribeVpnConnection": attachments.describe_vpn_connection,
    "DescribeVpnConnectionLogs": connection_views.describe_vpn_connection_logs,
    "DescribeVpnConnections": connection_views.describe_vpn_connections,
    "DescribeVpnGateway": gateways.describe_vpn_gateway,
    "DescribeVpnGatewayAvailableZones": gateways.describe_vpn_gateway_available_zones,
    "DescribeVpnGateways": gateways.describe_vpn_gateways,
    "DescribeVpnPbrRouteEntries": policy_routes.describe_vpn_pbr_route_entries,
    "DescribeVpnRouteEntries": destination_routes.describe_vpn_route_entries,
    "DescribeZones": geography.describe_zones,
    "DiagnoseVpnConnections": diagnosis.diagnose_vpn_connections,
    "DownloadVpnConnectionConfig": connection_views.download_vpn_connection_config,
    "ListIpsecServers": ipsec_servers.list_ipsec_servers,
    "ListTagResources": tags.list_tag_resources,
    "ModifyCustomerGatewayAttribute": customer_gateways.modify_customer_gateway_attribute,
    "ModifySslVpnClientCert": ssl_client_certs.modify_ssl_vpn_client_cert,
    "ModifySslVpnServer": ssl_servers.modify_ssl_vpn_server,
    "ModifyEipAddressAttribute": eips.modify_eip_address_attribute,
    "ModifyNetworkAclAttributes": network_acls.modify_network_acl_attributes,
    "ModifyRouteEntry": route_entries.modify_route_entry,
    "ModifyRouteTableAttributes": route_tables.modify_route_table_attributes,
    "ModifyVSwitchAttribute": vswitches.modify_vswitch_attribute,
    "ModifyVpcAttribute": vpcs.modify_vpc_attribute,
    "ModifyVpnAttachmentAttribute": attachments.modify_vpn_attachment_attribute,
    "ModifyVpnConnectionAttribute": connections.modify_vpn_connection_attribute,
    "ModifyVpnGatewayAttribute": gateways.modify_vpn_gateway_attribute,
    "ModifyVpnPbrRouteEntryAttribute": policy_routes.modify_vpn_pbr_route_entry_attribute,
    "ModifyVpnPbrRouteEntryPriority": policy_routes.modify_vpn_pbr_route_entry_priority,
    "ModifyVpnPbrRouteEntryWeight": policy_routes.modify_vpn_pbr_route_entry_weight,
    "ModifyVpnRouteEntryWeight": destination_routes.modify_vpn_route_entry_weight,
    "MoveResourceGroup": resource_groups.move_resource_group,
    "MoveVpnResourceGroup": gateways.move_vpn_resource_group,
    "PublishVpnRouteEntry": routing.publish_vpn_route_entry,
    "ReleaseEipAddress": eips.release_eip_address,
    "TagResources": tags.tag_resources,
    "UnTagResources": tags.untag_resources,
    "UnassociateEipAddress": eips.unassociate_eip_address,
    "UnassociateNetworkAcl": network_acls.unassociate_network_acl,
    "UnassociateRouteTable": route_tables.unassociate_route_table,
    "UpdateIpsecServer": ipsec_servers.update_ipsec_server,
    "UpdateNetworkAclEntries": network_acls.update_network_acl_entries,
}

UNMODELLED: dict[str, frozenset[str]] = {
    "CreateVpnAttachment": frozenset({"RemoteCaCert"}),
    "AllocateEipAddress": frozenset(
        {"ActivityId", "InstanceId", "IpAddress", "PublicIpAddressPoolId", "SecurityProtectionTypes", "Zone"}
    ),
    "AssociateEipAddress": frozenset({"InstanceRegionId"}),
    "CreateRouteEntry": frozenset({"NextHopList"}),
    "CreateVSwitch": frozenset({"CidrMask", "Ipv6CidrBlock", "Ipv6CidrMask", "VpcIpv6CidrBlock"}),
    "CreateVpc": frozenset(
        {"EnableIpv6", "Ipv4CidrMask", "Ipv4IpamPoolId", "Ipv6CidrBlock", "Ipv6CidrMask", "Ipv6IpamPoolId", "Ipv6Isp"}
    ),
    "DeleteRouteEntry": frozenset({"NextHopList"}),
    "DescribeEipAddresses": frozenset(
        {
            "Filter",
            "PublicIpAddressPoolId",
            "SecurityProtectionEnabled",
            "SegmentInstanceId",
            "ServiceManaged",
        }
    ),
    "DescribeRouteEntryList": frozenset({"ServiceType"}),
    "DescribeVSwitches": frozenset({"EnableIpv6"}),
    "DescribeVpcs": frozenset({"DhcpOptionsSetId", "EnableIpv6"}),
    "ModifyVSwitchAttribute": frozenset({"EnableIPv6", "Ipv6CidrBlock", "Ipv6CidrMask", "VpcIpv6CidrBlock"}),
    "ModifyVpcAttribute": frozenset({"EnableIPv6", "Ipv6CidrBlock", "Ipv6Isp"}),
    "ModifyVpnAttachmentAttribute": frozenset({"RemoteCaCert"}),
    "UnassociateEipAddress": frozenset({"Force"}),
}
"""Published parameters that the lab does not model. Giving one (other than ``false``) is an error, never ignored."""

NEEDS_SA_STATES = frozenset(
    {
        "DescribeVpnConnection",
        "DescribeVpnConnectionLogs",
        "DescribeVpnConnections",
        "DescribeVpnPbrRouteEntries",
        "DescribeVpnRouteEntries",
        "DiagnoseVpnConnections",
    }
)
"""Actions whose replies show what is negotiated."""

NEEDS_IKE_LOG = frozenset({"DescribeVpnConnectionLogs"})
"""Actions whose replies quote the IKE daemons' log."""
