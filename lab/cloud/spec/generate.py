"""Write ``vpc.json`` or ``ecs.json``: what each served action accepts, from metadata and the SDK's request models.

Usage: ``python -m lab.cloud.spec.generate vpc|ecs METADATA_DIR`` where METADATA_DIR holds one JSON file per action
as published in aliyun/aliyun-openapi-meta (``name``, ``method``, ``parameters``: name, type, required, position,
sub_parameters). The metadata gives types and what is required; the SDK adds the members that the metadata
leaves out (elements of TunnelOptionsSpecification) and the legacy owner parameters. An action without a file is taken
from the SDK alone, which does not tell what is required.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from lab.cloud.spec import ecs_actions

VERSION = "2016-04-28"
READS = [
    "CheckVpnBgpEnabled",
    "DescribeCustomerGateway",
    "DescribeCustomerGateways",
    "DescribeEipAddresses",
    "DescribeNetworkAclAttributes",
    "DescribeNetworkAcls",
    "DescribeRegions",
    "DescribeRouteEntryList",
    "DescribeRouteTableList",
    "DescribeSslVpnClientCert",
    "DescribeSslVpnClientCerts",
    "DescribeSslVpnClients",
    "DescribeSslVpnServers",
    "DescribeVSwitchAttributes",
    "DescribeVSwitches",
    "DescribeVcoRouteEntries",
    "DescribeVpcAttribute",
    "DescribeVpcs",
    "DescribeVpnAttachments",
    "DescribeVpnConnection",
    "DescribeVpnConnectionLogs",
    "DescribeVpnConnections",
    "DescribeVpnGateway",
    "DescribeVpnGatewayAvailableZones",
    "DescribeVpnGateways",
    "DescribeVpnPbrRouteEntries",
    "DescribeVpnRouteEntries",
    "DescribeVpnSslServerLogs",
    "DescribeZones",
    "DiagnoseVpnConnections",
    "DiagnoseVpnGateway",
    "DownloadVpnConnectionConfig",
    "GetVpnGatewayDiagnoseResult",
    "ListIpsecServerLogs",
    "ListIpsecServers",
    "ListTagResources",
    "ListVpnCertificateAssociations",
]
WRITES = [
    "AllocateEipAddress",
    "AssociateEipAddress",
    "AssociateNetworkAcl",
    "AssociateRouteTable",
    "AssociateVpnGatewayWithCertificate",
    "CreateCustomerGateway",
    "CreateEnhancedVpnGateway",
    "CreateIpsecServer",
    "CreateSslVpnClientCert",
    "CreateSslVpnServer",
    "CreateNetworkAcl",
    "CreateRouteEntry",
    "CreateRouteTable",
    "CreateVSwitch",
    "CreateVcoRouteEntry",
    "CreateVpc",
    "CreateVpnAttachment",
    "CreateVpnConnection",
    "CreateVpnGateway",
    "CreateVpnPbrRouteEntry",
    "CreateVpnRouteEntry",
    "DeleteCustomerGateway",
    "DeleteEnhancedVpnGateway",
    "DeleteIpsecServer",
    "DeleteSslVpnClientCert",
    "DeleteSslVpnServer",
    "DeleteNetworkAcl",
    "DeleteRouteEntry",
    "DeleteRouteTable",
    "DeleteVSwitch",
    "DeleteVcoRouteEntry",
    "DeleteVpc",
    "DeleteVpnAttachment",
    "DeleteVpnConnection",
    "DeleteVpnGateway",
    "DeleteVpnPbrRouteEntry",
    "DeleteVpnRouteEntry",
    "DissociateVpnGatewayWithCertificate",
    "ModifyCustomerGatewayAttribute",
    "ModifySslVpnClientCert",
    "ModifySslVpnServer",
    "ModifyEipAddressAttribute",
    "ModifyNetworkAclAttributes",
    "ModifyRouteEntry",
    "ModifyRouteTableAttributes",
    "ModifyVSwitchAttribute",
    "ModifyVcoRouteEntryWeight",
    "ModifyVpcAttribute",
    "ModifyVpnAttachmentAttribute",
    "ModifyVpnConnectionAttribute",
    "ModifyVpnGatewayAttribute",
    "ModifyVpnPbrRouteEntryAttribute",
    "ModifyVpnPbrRouteEntryPriority",
    "ModifyVpnPbrRouteEntryWeight",
    "ModifyVpnRouteEntryWeight",
    "MoveResourceGroup",
    "MoveVpnResourceGroup",
    "PublishVpnRouteEntry",
    "ReleaseEipAddress",
    "TagResources",
    "UnTagResources",
    "UpdateIpsecServer",
    "UpdateEnhancedVpnGateway",
    "UnassociateEipAddress",
    "UnassociateNetworkAcl",
    "UnassociateRouteTable",
    "UpdateNetworkAclEntries",
]

PRODUCTS = {
    "vpc": ("Vpc", VERSION, "alibabacloud_vpc20160428", READS, WRITES),
    "ecs": ("Ecs", ecs_actions.VERSION, "alibabacloud_ecs20140526", ecs_actions.READS, ecs_actions.WRITES),
}
"""By name on the command line: product, version, SDK package, reading and writing actions."""

TYPES = {"String": "string", "Boolean": "boolean", "Integer": "integer", "Long": "integer", "Float": "number"}
SDK_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}


def metadata_parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """One published parameter as ``{"type": …, "required"?: true, "members"?: {…}}``."""
    members = {sub["name"]: metadata_parameter(sub) for sub in parameter.get("sub_parameters", ())}
    if parameter["type"] in TYPES:
        entry: dict[str, Any] = {"type": TYPES[parameter["type"]]}
    else:
        entry = {"type": "list"}
    if parameter["required"]:
        entry["required"] = True
    if members:
        entry["members"] = members
    return entry


def published_parameters(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The published parameters by name. ``SystemDisk.Size`` is a member of SystemDisk; ``Filter.1.Key`` is left to the
    SDK, which knows it as a list."""
    result = {p["name"]: metadata_parameter(p) for p in parameters if "." not in p["name"]}
    for parameter in parameters:
        name, _dot, member = parameter["name"].partition(".")
        if member and "." not in member:
            if result.get(name, {}).get("type") != "object":
                result[name] = {"type": "object", "members": {}}
            result[name]["members"][member] = metadata_parameter(parameter)
    return result


def sdk_parameters(model: type, models: ModuleType) -> dict[str, Any]:
    """The wire names and types of an SDK request model of *models*, nested models as ``members``."""
    source = inspect.getsource(model.from_map)
    wire_names = dict.fromkeys(re.findall(r"m\.get\('([^']+)'\)", source))
    attributes = {re.sub("_", "", name).lower(): p for name, p in inspect.signature(model.__init__).parameters.items()}
    result = {}
    for wire_name in wire_names:
        annotation = str(attributes[wire_name.lower()].annotation)
        nested = [getattr(models, name) for name in re.findall(r"\b[A-Z]\w+", annotation) if hasattr(models, name)]
        is_list = "List[" in annotation
        if nested:
            result[wire_name] = {"type": "list" if is_list else "object", "members": sdk_parameters(nested[0], models)}
        elif is_list:
            result[wire_name] = {"type": "list"}
        else:
            result[wire_name] = {"type": next(v for k, v in SDK_TYPES.items() if k in annotation)}
    return result


def sdk_metadata(name: str, models: ModuleType) -> dict[str, Any]:
    """An action that is not in the metadata, in its form: the SDK's comments tell which parameters are required."""
    source = inspect.getsource(getattr(models, f"{name}Request"))
    required = re.findall(r"# This parameter is required\.\n\s+self\.(\w+) =", source)
    wire_names = dict(re.findall(r"self\.(\w+) = m\.get\('([^']+)'\)", source))
    kinds = sdk_parameters(getattr(models, f"{name}Request"), models)
    names = {wire_names[attribute] for attribute in required}
    types = {"string": "String", "boolean": "Boolean", "integer": "Integer"}
    parameters = [{"name": wire, "type": types[kinds[wire]["type"]], "required": True} for wire in sorted(names)]
    return {"name": name, "method": "GET|POST", "parameters": parameters}


def merge(published: dict[str, Any], sdk: dict[str, Any]) -> dict[str, Any]:
    """Published entries win; the SDK adds parameters and members that were not published."""
    merged = dict(sorted({**sdk, **published}.items()))
    for name, entry in merged.items():
        if name in sdk and "members" in sdk[name]:
            if entry["type"] == "string":  # published as text, sent as a structure
                entry["type"] = sdk[name]["type"]
            entry["members"] = merge(entry.get("members", {}), sdk[name]["members"])
    return merged


def action_spec(metadata: dict[str, Any], kind: str, models: ModuleType) -> dict[str, Any]:
    """The spec of one action: kind (read or write), HTTP methods, parameters."""
    request = getattr(models, metadata["name"] + "Request", None)
    return {
        "kind": kind,
        "methods": metadata["method"].split("|"),
        "parameters": merge(
            published_parameters(metadata["parameters"]), sdk_parameters(request, models) if request else {}
        ),
    }


def metadata_of(name: str, folder: Path, models: ModuleType) -> dict[str, Any]:
    """The published metadata of an action, or what the SDK knows of it."""
    file = folder / f"{name}.json"
    if not file.exists():
        return sdk_metadata(name, models)
    return json.loads(file.read_text(encoding="utf-8"))


def main() -> None:
    """Read the metadata folder named on the command line and write the product's file next to this one."""
    if len(sys.argv) != 3 or sys.argv[1] not in PRODUCTS or not Path(sys.argv[2]).is_dir():
        raise SystemExit(f"usage: python -m lab.cloud.spec.generate {'|'.join(PRODUCTS)} METADATA_DIR")
    product, version, package, reads, writes = PRODUCTS[sys.argv[1]]
    models = importlib.import_module(f"{package}.models")
    actions = {}
    for kind, names in (("read", reads), ("write", writes)):
        for name in names:
            actions[name] = action_spec(metadata_of(name, Path(sys.argv[2]), models), kind, models)
    lines = [f"{json.dumps(name)}: {json.dumps(spec, sort_keys=True)}" for name, spec in sorted(actions.items())]
    text = f'{{"product": "{product}", "version": "{version}", "actions": {{\n' + ",\n".join(lines) + "\n}}\n"
    Path(__file__).with_name(f"{sys.argv[1]}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
