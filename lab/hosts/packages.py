"""Where Debian packages come from: the same mirrors and proxy as on the machine the lab runs on."""

from __future__ import annotations

import os
import shutil
from functools import cache

from lab.system.command import run


def mirrors(suite: str) -> list[str]:
    """mmdebstrap's sources: ``LAB_MIRROR``, else this machine's own for ``suite``, else none (mmdebstrap's default).

    Of another release than this machine's only the release itself is asked for: updates of old ones move elsewhere.
    """
    named = os.environ.get("LAB_MIRROR")
    if named:
        return [named]
    if shutil.which("apt-get") is None:
        return []
    shown = run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(SITE)|$(COMPONENT)", "Created-By: Packages"],
        check=False,
    )
    sources, other = [], []
    for line in dict.fromkeys(shown.splitlines()):
        origin, codename, site, component = line.split("|")
        if origin == "Debian" and component == "main" and codename.partition("-")[0] == suite:
            sources.append(f"deb {site} {codename} main")
        elif origin == "Debian" and component == "main" and "-" not in codename:
            other = [f"deb {site} {suite} main"]
    # Without the plain suite the list would be incomplete.
    return sources if any(source.split()[2] == suite for source in sources) else other


@cache
def proxy() -> str:
    """The HTTP proxy this machine fetches packages through: ``LAB_PROXY``, apt's own, ``http_proxy``; else empty."""
    named = os.environ.get("LAB_PROXY")
    if not named and shutil.which("apt-config"):
        named = run(["apt-config", "dump", "--format", "%v", "Acquire::http::Proxy"], check=False).strip()
    return named or os.environ.get("http_proxy", "")
