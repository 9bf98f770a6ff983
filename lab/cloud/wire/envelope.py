"""Answer bodies: JSON by default, XML for V1 clients that ask for it with ``Format=XML``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from lab.cloud.errors import ApiError

JSON_TYPE = "application/json;charset=utf-8"
XML_TYPE = "text/xml;charset=utf-8"
TROUBLESHOOT = "https://api.aliyun.com/troubleshoot"


def error_body(error: ApiError, request_id: str, host_id: str, product: str) -> dict[str, str]:
    """The error envelope that every client understands."""
    return {
        "RequestId": request_id,
        "HostId": host_id,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"{TROUBLESHOOT}?q={quote(error.code)}&product={product}&requestId={request_id}",
    }


def render(root: str, body: Mapping[str, Any], xml: bool) -> tuple[bytes, str]:
    """Body bytes and content type. ``root`` names the XML document element (``<Action>Response`` or ``Error``)."""
    if not xml:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), JSON_TYPE
    element = ElementTree.Element(root)
    _append(element, body)
    return ElementTree.tostring(element, encoding="utf-8", xml_declaration=True), XML_TYPE


def _append(parent: ElementTree.Element, members: Mapping[str, Any]) -> None:
    for name, value in members.items():
        for item in value if isinstance(value, list) else [value]:
            child = ElementTree.SubElement(parent, name)
            if isinstance(item, Mapping):
                _append(child, item)
            elif isinstance(item, bool):
                child.text = str(item).lower()
            else:
                child.text = str(item)
