"""The SDK's classes, each loaded when it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import PACKAGES
from ansible_collections.hybridnet.alicloud.plugins.module_utils._sdk_models import _reexports

DEFER = "from ansible_collections.hybridnet.alicloud.plugins.module_utils._sdk_models import defer_models\n"
HOMES = """
import importlib, json, sys
models = importlib.import_module(sys.argv[1] + ".models")
classes = [name for name, value in vars(models).items() if isinstance(value, type)]
names = json.loads(sys.argv[2]) if len(sys.argv) > 2 else classes
print(json.dumps({name: getattr(models, name).__module__ for name in names}))
"""
ONE_CALL = """
import sys
from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import PACKAGES, Config, Product
sdk = Product(sys.argv[1], Config(region_id="cn-hangzhou"))
request = sdk.request(sys.argv[2])
request.from_map({"RegionId": "cn-hangzhou"})
print(request.to_map()["RegionId"], sum(name.startswith(PACKAGES[sys.argv[1]] + ".models.") for name in sys.modules))
"""


def python(program: str, *arguments: str) -> str:
    """What a program prints in an interpreter of its own: what one imports stays imported."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=Path(__file__).resolve().parents[4] / ".collections",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("package", PACKAGES.values())
def test_every_class_is_that_of_a_plain_import(package: str) -> None:
    plain = json.loads(python(HOMES, package))
    deferred = json.loads(python(f"{DEFER}defer_models({package!r})\n{HOMES}", package, json.dumps(list(plain))))
    assert len(plain) > 1000 and deferred == plain


@pytest.mark.parametrize(("product", "action"), [("vpc", "CreateVpnConnection"), ("ecs", "DescribeInstances")])
def test_a_call_loads_its_own_classes_only(product: str, action: str) -> None:
    region, loaded = python(ONE_CALL, product, action).split()
    assert region == "cn-hangzhou" and int(loaded) < 5


def test_what_does_not_exist_is_said_as_by_a_plain_import() -> None:
    package = PACKAGES["vpc"]
    program = f"defer_models({package!r})\nfrom {package} import models\nprint(hasattr(models, 'Nothing'))"
    assert python(DEFER + program).strip() == "False"
    with pytest.raises(AssertionError, match="ModuleNotFoundError: No module named 'no_such_sdk'"):
        python(f"{DEFER}defer_models('no_such_sdk')")


@pytest.mark.parametrize(
    "line", ["import os", "VERSION = 1", "from .a import A, B", "from os import name", "    run()"]
)
def test_a_package_that_does_anything_else_is_left_to_a_plain_import(line: str) -> None:
    assert _reexports("from ._a import A\n") == {"A": "_a"}
    assert _reexports(f"from ._a import A\n{line}\n") is None
