"""Prepares a home folder for ansible-test, which hands its tools no environment and downloads get-pip by itself.

Usage: sanity_home.py FOLDER   (run with the interpreter that has ansible-core)

Writes two files below FOLDER:
- .config/pip/pip.conf: the pip settings in force here, those from PIP_* variables included, so mirrors keep working;
- .ansible/test/cache/get_pip_<version>.py: fills an empty virtual environment from the standard library and then from
  the package index in use, so no other download host is needed.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

GET_PIP = '''"""Fills an empty virtual environment with pip: from the standard library, then from the index in use."""

import subprocess
import sys

if __name__ == "__main__":
    packages = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not any(package.startswith("pip") for package in packages):
        packages.append("pip=={version}")
    subprocess.check_call([sys.executable, "-m", "ensurepip", "--upgrade"], stdout=subprocess.DEVNULL)
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages)
'''


def pip_settings() -> dict[str, str]:
    """The pip options in force (index, certificates, proxy, ...), merged over all files and the environment."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    settings = {}
    for line in listing.splitlines():
        name, found, value = line.partition("=")
        if found:
            # `global.cert='...'`, `:env:.index-url='...'`; later lines have the higher precedence.
            settings[name.rpartition(".")[2]] = ast.literal_eval(value)
    settings.pop("config-file", None)
    proxy = os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY")
    if proxy:
        settings.setdefault("proxy", proxy)
    return settings


def wanted_pip_version() -> str:
    """The pip release the installed ansible-test puts into its virtual environments.

    Raises RuntimeError when this ansible-core names it elsewhere.
    """
    source = Path(sysconfig.get_path("purelib"), "ansible_test", "_internal", "python_requirements.py")
    match = re.search(r"pip='([0-9.]+)'", source.read_text(encoding="utf-8"))
    if not match:
        raise RuntimeError(f"no pip version found in {source}: adapt scripts/sanity_home.py to this ansible-core")
    return match.group(1)


def write_private(path: Path, text: str) -> None:
    """Writes a file only its owner can read: a mirror's address may carry a password."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def main(home: Path) -> None:
    """Writes both files below HOME."""
    settings = sorted(pip_settings().items())
    # A value of several lines (find-links, extra-index-url) goes on in indented lines.
    lines = ["[global]", *("{} = {}".format(name, value.replace("\n", "\n    ")) for name, value in settings)]
    write_private(home / ".config" / "pip" / "pip.conf", "\n".join(lines) + "\n")
    version = wanted_pip_version()
    script = home / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    write_private(script, GET_PIP.replace("{version}", version))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
