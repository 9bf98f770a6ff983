"""What a service function gets besides its parameters, and the checks that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lab.cloud.clock import IdSource
from lab.cloud.dataplane import SaState
from lab.cloud.errors import dry_run_passed, invalid, not_found
from lab.cloud.model import Record, Region
from lab.cloud.settings import Settings
from lab.cloud.state import State, Step

R = TypeVar("R", bound=Record)
Params = Mapping[str, Any]
Reply = dict[str, Any]
MAX_PAGE_SIZE = 50


@dataclass
class Context:
    """One call: the state it works on, time, ids and what the data plane reports.

    A service function validates everything, then calls ``commit`` and changes the state; so a refused or dry
    call leaves no trace. ``hidden_reads`` and ``stuck`` come from injected faults; ``has_machines``: instances boot.
    """

    state: State
    region: Region
    settings: Settings
    now: float
    ids: IdSource
    action: str
    allocate_address: Callable[[frozenset[str]], str]
    sa_states: Mapping[str, SaState] = field(default_factory=dict)
    ike_log: list[str] = field(default_factory=list)
    hidden_reads: int = 0
    stuck: bool = False
    has_machines: bool = False
    committed: bool = False

    def commit(self, params: Params) -> None:
        """Mark the end of validation. Raises DryRunOperation for a dry run."""
        if params.get("DryRun"):
            raise dry_run_passed()
        self.committed = True

    def start(self, *steps: Step) -> None:
        """Begin asynchronous steps in this call's region."""
        self.state.start(self.region.id, list(steps), self.now, action=self.action, stuck=self.stuck)

    def add(self, table: dict[str, R], record: R) -> None:
        """Store a new object; an injected fault may hide it from the next reads."""
        record.hidden_reads = self.hidden_reads
        table[record.id] = record

    def readable(self, records: Iterable[R]) -> list[R]:
        """The records that reads see already."""
        visible = []
        for record in records:
            if record.hidden_reads > 0:
                record.hidden_reads -= 1
            else:
                visible.append(record)
        return visible

    def read(self, table: Mapping[str, R], identifier: str, code: str, what: str) -> R:
        """One record for a read; ApiError ``code`` when it does not exist or is not visible yet."""
        found = self.readable([table[identifier]] if identifier in table else [])
        if not found:
            raise not_found(code, what, identifier)
        return found[0]


def require(table: Mapping[str, R], identifier: str, code: str, what: str, status: int = 404) -> R:
    """One record for a write; ApiError ``code`` when it does not exist."""
    if identifier not in table:
        raise not_found(code, what, identifier, status)
    return table[identifier]


def choice(params: Params, name: str, values: Iterable[str], default: str) -> str:
    """A string parameter out of a closed set."""
    value = params.get(name, default)
    allowed = tuple(values)
    if value not in allowed:
        raise invalid(name, f"it must be one of {', '.join(allowed)}")
    return value


def page(params: Params, items: list[Any], maximum: int = MAX_PAGE_SIZE) -> tuple[list[Any], Reply]:
    """The requested page and the page fields of the reply (numbered paging, 10 by default, 1 to ``maximum``)."""
    number = params.get("PageNumber", 1)
    size = params.get("PageSize", 10)
    if number < 1:
        raise invalid("PageNumber", "it must be 1 or more")
    if not 1 <= size <= maximum:
        raise invalid("PageSize", f"it must be from 1 to {maximum}")
    start = (number - 1) * size
    return items[start : start + size], {"PageNumber": number, "PageSize": size, "TotalCount": len(items)}


def token_page(params: Params, items: list[Any], size_name: str, default: int, maximum: int) -> tuple[list[Any], Reply]:
    """The requested page with NextToken paging; ``NextToken`` is absent from the reply of the last page."""
    size = params.get(size_name, default)
    if not 1 <= size <= maximum:
        raise invalid(size_name, f"it must be from 1 to {maximum}")
    token = params.get("NextToken", "")
    start = 0
    if token:
        number = token.removeprefix("next-")
        if number == token or not number.isdigit():
            raise invalid("NextToken", "it is not a token returned by a previous call")
        start = int(number)
    following = {"NextToken": f"next-{start + size}"} if start + size < len(items) else {}
    return items[start : start + size], following


def tags_match(tags: Mapping[str, str], filters: Iterable[Mapping[str, str]]) -> bool:
    """Whether an object has every tag asked for; a filter without Value matches any value."""
    for wanted in filters:
        key = wanted.get("Key")
        if key is None:
            raise invalid("Tag.N.Key", "it is mandatory when Tag.N.Value is given")
        if key not in tags or wanted.get("Value", tags[key]) != tags[key]:
            return False
    return True


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in the reply form ``[{Key, Value}]``."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def comma_list(text: str | None) -> list[str]:
    """The items of a comma-separated parameter."""
    return [item.strip() for item in text.split(",") if item.strip()] if text else []
