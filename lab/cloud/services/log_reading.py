"""The window, order and pages that every log action of the API has."""

from __future__ import annotations

from collections.abc import Iterable

from lab.cloud.clock import iso
from lab.cloud.errors import invalid
from lab.cloud.model import LogLine
from lab.cloud.services.context import Context, Params, Reply, page

MOST_MINUTES = 10


def as_text(lines: Iterable[LogLine]) -> list[str]:
    """Lines as the API shows them: UTC time, what they are about, text."""
    return [f"{iso(line.time)} <{line.about}> {line.text}" for line in lines]


def read_log(ctx: Context, params: Params, lines: Iterable[str]) -> tuple[list[str], Reply]:
    """The asked page of *lines*, each of which begins with its time, newest first, and what the reply says of it."""
    minutes = params.get("MinutePeriod", MOST_MINUTES)
    if not 1 <= minutes <= MOST_MINUTES:
        raise invalid("MinutePeriod", f"it must be from 1 to {MOST_MINUTES}")
    end = params.get("To", params["From"] + minutes * 60 if "From" in params else int(ctx.now) + 1)
    start = params.get("From", end - minutes * 60)
    # ISO times compare as text. Sorting keeps the order of what stands in one second, so the newest come first before.
    newest_first = list(lines)[::-1]
    newest_first.sort(key=lambda line: line[:20], reverse=True)
    wanted = [line for line in newest_first if iso(start) <= line[:20] <= iso(end)]
    selected, paging = page(params, wanted)
    del paging["TotalCount"]
    return selected, {**paging, "Count": len(wanted), "IsCompleted": True}
