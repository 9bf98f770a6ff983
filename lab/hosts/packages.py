"""Where Debian packages come from: the same mirrors and proxy as on the machine the lab runs on."""

from __future__ import annotations

import os
import shutil

from lab.system.command import run


def mirrors(suite: str) -> list[str]:
    """mmdebstrap's sources: ``LAB_MIRROR``, else this machine's own for ``suite``, else none (mmdebstrap's default)."""
    named = os.environ.get("LAB_MIRROR")
    if named:
        return [named]
    if shutil.which("apt-get") is None:
        return []
    shown = run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(SITE)|$(COMPONENT)", "Created-By: Packages"],
        check=False,
    )
    sources = []
    for line in dict.fromkeys(shown.splitlines()):
        origin, codename, site, component = line.split("|")
        if origin == "Debian" and component == "main" and codename.partition("-")[0] == suite:
            sources.append(f"deb {site} {codename} main")
    # Without the plain suite the list would be incomplete: this machine runs another release.
    return sources if any(source.split()[2] == suite for source in sources) else []


def proxy() -> str:
    """The HTTP proxy this machine's apt uses, empty when there is none or only this machine can reach it (loopback)."""
    configured = ""
    if shutil.which("apt-config"):
        configured = run(["apt-config", "dump", "--format", "%v", "Acquire::http::Proxy"], check=False).strip()
    found = configured or os.environ.get("http_proxy", "")
    return "" if "127.0.0.1" in found or "localhost" in found else found
