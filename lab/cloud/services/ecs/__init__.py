"""The ECS API: its actions by name, and which of their parameters the lab models."""

from __future__ import annotations

from collections.abc import Callable

from lab.cloud.services.context import Context, Params, Reply
from lab.cloud.services.ecs import (
    instance_views,
    instances,
    key_pairs,
    offers,
    power,
    resource_tags,
    security_groups,
    security_rules,
)
from lab.cloud.spec import products
from lab.cloud.spec.ecs_actions import VERSION

ACTIONS: dict[str, Callable[[Context, Params], Reply]] = {
    "AuthorizeSecurityGroup": security_rules.authorize_security_group,
    "AuthorizeSecurityGroupEgress": security_rules.authorize_security_group_egress,
    "CreateKeyPair": key_pairs.create_key_pair,
    "CreateSecurityGroup": security_groups.create_security_group,
    "DeleteInstance": instances.delete_instance,
    "DeleteInstances": instances.delete_instances,
    "DeleteKeyPairs": key_pairs.delete_key_pairs,
    "DeleteSecurityGroup": security_groups.delete_security_group,
    "DescribeAvailableResource": offers.describe_available_resource,
    "DescribeImages": offers.describe_images,
    "DescribeInstanceStatus": instance_views.describe_instance_status,
    "DescribeInstanceTypes": offers.describe_instance_types,
    "DescribeInstances": instance_views.describe_instances,
    "DescribeKeyPairs": key_pairs.describe_key_pairs,
    "DescribeRegions": offers.describe_regions,
    "DescribeSecurityGroupAttribute": security_rules.describe_security_group_attribute,
    "DescribeSecurityGroups": security_groups.describe_security_groups,
    "DescribeUserData": instance_views.describe_user_data,
    "DescribeZones": offers.describe_zones,
    "ImportKeyPair": key_pairs.import_key_pair,
    "JoinResourceGroup": resource_tags.join_resource_group,
    "ListTagResources": resource_tags.list_tag_resources,
    "ModifyInstanceAttribute": instances.modify_instance_attribute,
    "ModifySecurityGroupAttribute": security_groups.modify_security_group_attribute,
    "ModifySecurityGroupEgressRule": security_rules.modify_security_group_egress_rule,
    "ModifySecurityGroupPolicy": security_groups.modify_security_group_policy,
    "ModifySecurityGroupRule": security_rules.modify_security_group_rule,
    "RevokeSecurityGroup": security_rules.revoke_security_group,
    "RevokeSecurityGroupEgress": security_rules.revoke_security_group_egress,
    "RunInstances": instances.run_instances,
    "StartInstance": power.start_instance,
    "StartInstances": power.start_instances,
    "StopInstance": power.stop_instance,
    "StopInstances": power.stop_instances,
    "TagResources": resource_tags.tag_resources,
    "UntagResources": resource_tags.untag_resources,
}

# Known to every action: parameters of the control plane, of legacy owners and of the language; how hard an instance is
# stopped, which makes no difference here; and the kind of network, of which only the VPC's is served.
_NEUTRAL = (
    "RegionId ClientToken DryRun OwnerAccount OwnerId ResourceOwnerAccount ResourceOwnerId AcceptLanguage "
    "ForceStop ConfirmStop TerminateSubscription Scope NicType NetworkType InstanceNetworkType"
)
_RULE = "SecurityGroupId IpProtocol PortRange Policy Priority Description"
_PAGES = "PageNumber PageSize"
_TOKENS = f"{_PAGES} MaxResults NextToken"
MODELLED: dict[str, str] = {
    "AuthorizeSecurityGroup": f"{_RULE} Permissions SourceCidrIp SourceGroupId",
    "AuthorizeSecurityGroupEgress": f"{_RULE} Permissions DestCidrIp DestGroupId",
    "CreateKeyPair": "KeyPairName ResourceGroupId Tag",
    "CreateSecurityGroup": "Description ResourceGroupId SecurityGroupName SecurityGroupType Tag VpcId",
    "DeleteInstance": "Force InstanceId",
    "DeleteInstances": "Force InstanceId",
    "DeleteKeyPairs": "KeyPairNames",
    "DeleteSecurityGroup": "SecurityGroupId",
    "DescribeAvailableResource": "DestinationResource ZoneId InstanceType Cores",
    "DescribeImages": f"{_PAGES} Architecture ImageFamily ImageId ImageName ImageOwnerAlias IsPublic OSType Status",
    "DescribeInstanceStatus": f"{_PAGES} InstanceId ZoneId",
    "DescribeInstanceTypes": "InstanceTypes InstanceTypeFamily InstanceTypeFamilies MinimumCpuCoreCount "
    "MaximumCpuCoreCount MinimumMemorySize MaximumMemorySize MaxResults NextToken",
    "DescribeInstances": f"{_TOKENS} InstanceIds PrivateIpAddresses PublicIpAddresses SecurityGroupId InstanceName "
    "VpcId VSwitchId ZoneId Status ImageId InstanceType InstanceTypeFamily InstanceChargeType InternetChargeType "
    "KeyPairName ResourceGroupId Tag",
    "DescribeKeyPairs": f"{_PAGES} IncludePublicKey KeyPairFingerPrint KeyPairName ResourceGroupId Tag",
    "DescribeRegions": "",
    "DescribeSecurityGroupAttribute": "Direction MaxResults NextToken SecurityGroupId",
    "DescribeSecurityGroups": f"{_TOKENS} FuzzyQuery IsQueryEcsCount ResourceGroupId SecurityGroupId SecurityGroupIds "
    "SecurityGroupName SecurityGroupType Tag VpcId",
    "DescribeUserData": "InstanceId",
    "DescribeZones": "",
    "ImportKeyPair": "KeyPairName PublicKeyBody ResourceGroupId Tag",
    "JoinResourceGroup": "ResourceGroupId ResourceId ResourceType",
    "ListTagResources": "NextToken ResourceId ResourceType Tag",
    "ModifyInstanceAttribute": "DeletionProtection Description HostName InstanceId InstanceName SecurityGroupIds "
    "UserData",
    "ModifySecurityGroupAttribute": "Description SecurityGroupId SecurityGroupName",
    "ModifySecurityGroupEgressRule": f"{_RULE} DestCidrIp DestGroupId SecurityGroupRuleId",
    "ModifySecurityGroupPolicy": "InnerAccessPolicy SecurityGroupId",
    "ModifySecurityGroupRule": f"{_RULE} SourceCidrIp SourceGroupId SecurityGroupRuleId",
    "RevokeSecurityGroup": f"{_RULE} Permissions SourceCidrIp SourceGroupId SecurityGroupRuleId",
    "RevokeSecurityGroupEgress": f"{_RULE} Permissions DestCidrIp DestGroupId SecurityGroupRuleId",
    "RunInstances": "Amount MinAmount AutoPay DeletionProtection Description HostName ImageId InstanceChargeType "
    "InstanceName InstanceType InternetChargeType InternetMaxBandwidthIn InternetMaxBandwidthOut KeyPairName Period "
    "PeriodUnit PrivateIpAddress ResourceGroupId SecurityGroupId SecurityGroupIds SystemDisk Tag UserData VSwitchId "
    "ZoneId",
    "StartInstance": "InstanceId",
    "StartInstances": "BatchOptimization InstanceId",
    "StopInstance": "InstanceId StoppedMode",
    "StopInstances": "BatchOptimization InstanceId StoppedMode",
    "TagResources": "ResourceId ResourceType Tag",
    "UntagResources": "All ResourceId ResourceType TagKey",
}
"""Parameters that the services read. Giving any other one (other than ``false``) is an error, never ignored."""

UNMODELLED: dict[str, frozenset[str]] = {
    name: frozenset(action.parameters) - set(f"{_NEUTRAL} {MODELLED[name]}".split())
    for name, action in products()[VERSION].actions.items()
}
"""Published parameters that the lab does not model, by action."""
