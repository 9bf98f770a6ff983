"""The home folder for ansible-test carries the pip settings in force and spares a download host."""

from __future__ import annotations

import configparser
import stat

from scripts import sanity_home


def test_pip_settings_of_the_environment_reach_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:word@mirror.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a.example/simple https://b.example/simple")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    sanity_home.main(tmp_path)
    path = tmp_path / ".config" / "pip" / "pip.conf"
    settings = configparser.RawConfigParser()
    settings.read(path)
    assert settings["global"]["index-url"] == "https://user:word@mirror.example/simple"
    assert settings["global"]["extra-index-url"].split() == ["https://a.example/simple", "https://b.example/simple"]
    assert settings["global"]["proxy"] == "http://proxy.example:3128"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_bootstrap_script_has_the_name_ansible_test_looks_for(tmp_path):
    sanity_home.main(tmp_path)
    version = sanity_home.wanted_pip_version()
    (script,) = (tmp_path / ".ansible" / "test" / "cache").iterdir()
    assert script.name == f"get_pip_{version.replace('.', '_')}.py"
    assert f'"pip=={version}"' in script.read_text()
    compile(script.read_text(), script.name, "exec")
