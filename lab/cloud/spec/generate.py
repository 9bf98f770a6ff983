"""Write ``vpc.json``: what each served action accepts, from published metadata and the SDK's request models.

Usage: ``python -m lab.cloud.spec.generate METADATA_DIR`` where METADATA_DIR holds one JSON file per action as
published in aliyun/aliyun-openapi-meta (``name``, ``method``, ``parameters``: name, type, required, position,
sub_parameters). The metadata gives types and what is required; the SDK adds the members that the metadata
leaves out (elements of TunnelOptionsSpecification) and the legacy owner parameters.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

from alibabacloud_vpc20160428 import models

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
    "DescribeVSwitchAttributes",
    "DescribeVSwitches",
    "DescribeVpcAttribute",
    "DescribeVpcs",
    "DescribeVpnConnection",
    "DescribeVpnConnectionLogs",
    "DescribeVpnConnections",
    "DescribeVpnGateway",
    "DescribeVpnGatewayAvailableZones",
    "DescribeVpnGateways",
    "DescribeVpnPbrRouteEntries",
    "DescribeVpnRouteEntries",
    "DescribeZones",
    "DownloadVpnConnectionConfig",
    "ListTagResources",
]
WRITES = [
    "AllocateEipAddress",
    "AssociateEipAddress",
    "AssociateNetworkAcl",
    "AssociateRouteTable",
    "CreateCustomerGateway",
    "CreateNetworkAcl",
    "CreateRouteEntry",
    "CreateRouteTable",
    "CreateVSwitch",
    "CreateVpc",
    "CreateVpnConnection",
    "CreateVpnGateway",
    "CreateVpnPbrRouteEntry",
    "CreateVpnRouteEntry",
    "DeleteCustomerGateway",
    "DeleteNetworkAcl",
    "DeleteRouteEntry",
    "DeleteRouteTable",
    "DeleteVSwitch",
    "DeleteVpc",
    "DeleteVpnConnection",
    "DeleteVpnGateway",
    "DeleteVpnPbrRouteEntry",
    "DeleteVpnRouteEntry",
    "ModifyCustomerGatewayAttribute",
    "ModifyEipAddressAttribute",
    "ModifyNetworkAclAttributes",
    "ModifyRouteEntry",
    "ModifyRouteTableAttributes",
    "ModifyVSwitchAttribute",
    "ModifyVpcAttribute",
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
    "UnassociateEipAddress",
    "UnassociateNetworkAcl",
    "UnassociateRouteTable",
    "UpdateNetworkAclEntries",
]

TYPES = {"String": "string", "Boolean": "boolean", "Integer": "integer", "Long": "integer"}
SDK_TYPES = {"str": "string", "bool": "boolean", "int": "integer"}


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


def sdk_parameters(model: type) -> dict[str, Any]:
    """The wire names and types of an SDK request model, nested models as ``members``."""
    source = inspect.getsource(model.from_map)
    wire_names = dict.fromkeys(re.findall(r"m\.get\('([^']+)'\)", source))
    attributes = {re.sub("_", "", name).lower(): p for name, p in inspect.signature(model.__init__).parameters.items()}
    result = {}
    for wire_name in wire_names:
        annotation = str(attributes[wire_name.lower()].annotation)
        nested = [getattr(models, name) for name in re.findall(r"\b[A-Z]\w+", annotation) if hasattr(models, name)]
        is_list = "List[" in annotation
        if nested:
            result[wire_name] = {"type": "list" if is_list else "object", "members": sdk_parameters(nested[0])}
        elif is_list:
            result[wire_name] = {"type": "list"}
        else:
            result[wire_name] = {"type": next(v for k, v in SDK_TYPES.items() if k in annotation)}
    return result


def sdk_metadata(name: str) -> dict[str, Any]:
    """An action that is not in the metadata, in its form: the SDK's comments tell which parameters are required."""
    source = inspect.getsource(getattr(models, f"{name}Request"))
    required = re.findall(r"# This parameter is required\.\n\s+self\.(\w+) =", source)
    wire_names = dict(re.findall(r"self\.(\w+) = m\.get\('([^']+)'\)", source))
    kinds = sdk_parameters(getattr(models, f"{name}Request"))
    names = {wire_names[attribute] for attribute in required}
    types = {"string": "String", "boolean": "Boolean", "integer": "Integer"}
    parameters = [{"name": wire, "type": types[kinds[wire]["type"]], "required": True} for wire in sorted(names)]
    return {"name": name, "method": "GET|POST", "parameters": parameters}


def merge(published: dict[str, Any], sdk: dict[str, Any]) -> dict[str, Any]:
    """Published entries win; the SDK adds parameters and members that were not published."""
    merged = dict(sorted({**sdk, **published}.items()))
    for name, entry in merged.items():
        if name in sdk and "members" in sdk[name]:
            entry["members"] = merge(entry.get("members", {}), sdk[name]["members"])
    return merged


def action_spec(metadata: dict[str, Any], kind: str) -> dict[str, Any]:
    """The spec of one action: kind (read or write), HTTP methods, parameters."""
    # Some elements of a list are published as parameters of their own (Filter.1.Key); the SDK has the list.
    published = {p["name"]: metadata_parameter(p) for p in metadata["parameters"] if "." not in p["name"]}
    request = getattr(models, metadata["name"] + "Request", None)
    return {
        "kind": kind,
        "methods": metadata["method"].split("|"),
        "parameters": merge(published, sdk_parameters(request) if request else {}),
    }


def main() -> None:
    """Read the metadata folder named on the command line and write ``vpc.json`` next to this file."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit("usage: python -m lab.cloud.spec.generate METADATA_DIR")
    folder = Path(sys.argv[1])
    actions = {}
    for kind, names in (("read", READS), ("write", WRITES)):
        for name in names:
            path = folder / f"{name}.json"
            known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else sdk_metadata(name)
            actions[name] = action_spec(known, kind)
    lines = [f"{json.dumps(name)}: {json.dumps(spec, sort_keys=True)}" for name, spec in sorted(actions.items())]
    text = f'{{"product": "Vpc", "version": "{VERSION}", "actions": {{\n' + ",\n".join(lines) + "\n}}\n"
    Path(__file__).with_name("vpc.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
