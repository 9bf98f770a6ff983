"""Value rules and views that the ECS actions share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from lab.cloud.errors import ApiError, invalid
from lab.cloud.services.context import Params, Reply, page, token_page

MAX_PAGE = 100
_NAME = re.compile(r"[^\W\d_][\w:.\-]{1,127}")


def name(parameter: str, value: str, code: str) -> str:
    """A name: 2 to 128 characters, first a letter, then letters, digits, ``. _ : -``, no http(s):// in front."""
    if not _NAME.fullmatch(value) or value.startswith(("http:", "https:")):
        message = f"{parameter} must have 2 to 128 characters, start with a letter and hold letters, digits, . _ : -."
        raise ApiError(400, code, message)
    return value


def description(value: str | None) -> str:
    """A description: 2 to 256 characters that do not start with http:// or https://. None gives ""."""
    if value is None:
        return ""
    if not 2 <= len(value) <= 256 or value.lower().startswith(("http://", "https://")):
        message = "Description must have 2 to 256 characters and must not start with http:// or https://."
        raise ApiError(400, "InvalidDescription.Malformed", message)
    return value


def json_list(parameter: str, value: str | None) -> list[str] | None:
    """A list given as JSON text, such as InstanceIds; None when it is not given."""
    if value is None:
        return None
    try:
        items = json.loads(value)
    except ValueError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items) or len(items) > MAX_PAGE:
        raise invalid(parameter, f"it must be a JSON array of at most {MAX_PAGE} strings")
    return items


def paged(params: Params, items: list[Any], lowest: int = 1) -> tuple[list[Any], Reply]:
    """The requested page: by NextToken where MaxResults (``lowest`` to 100) or NextToken is given, else by number."""
    if "MaxResults" not in params and "NextToken" not in params:
        return page(params, items, MAX_PAGE)
    if params.get("MaxResults", lowest) < lowest:
        raise invalid("MaxResults", f"it must be from {lowest} to {MAX_PAGE}")
    selected, following = token_page(params, items, "MaxResults", 10, MAX_PAGE)
    return selected, {**following, "TotalCount": len(items)}


def matches(params: Params, values: Mapping[str, Any]) -> bool:
    """Whether every filter that is given equals the object's value."""
    return all(params.get(key, value) == value for key, value in values.items())


def tag_views(tags: Mapping[str, str]) -> Reply:
    """Tags as ECS shows them."""
    return {"Tag": [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]}


def chosen(identifiers: Iterable[str] | None, identifier: str) -> bool:
    """Whether an id is among those asked for; none asked for means all."""
    return identifiers is None or identifier in identifiers
