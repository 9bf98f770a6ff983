"""What is served agrees with what is published and with what the SDK knows."""

from __future__ import annotations

import inspect
import re

import pytest
from alibabacloud_vpc20160428 import models

from lab.cloud import services
from lab.cloud.conformance import ReplyChecker, ReplyMismatch
from lab.cloud.services import ACTIONS, NEEDS_IKE_LOG, NEEDS_SA_STATES, UNMODELLED
from lab.cloud.spec import products

SPEC = products()["2016-04-28"].actions
# RegionId and ClientToken are the control plane's, DryRun the context's; language does not change what is read.
HANDLED_CENTRALLY = {"RegionId", "ClientToken", "DryRun", "AcceptLanguage", "ProductType", "ZoneType", "ForceDelete"}
HANDLED_CENTRALLY |= {"IncludeReservationData", "OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"}


def test_every_published_action_has_a_service():
    assert set(ACTIONS) == set(SPEC)
    assert set(SPEC) >= NEEDS_SA_STATES | NEEDS_IKE_LOG | set(UNMODELLED)


def test_every_parameter_is_modelled_or_refused():
    """A parameter that no service reads must be in UNMODELLED: it is never silently ignored."""
    source = "".join(
        inspect.getsource(module) for _name, module in inspect.getmembers(services, inspect.ismodule)
    ) + inspect.getsource(services.context)
    read = set(re.findall(r'"(\w+)"', source)) | set(" ".join(re.findall(r'"([\w ]+)"', source)).split())
    ignored = {
        f"{action}.{name}"
        for action, spec in SPEC.items()
        for name in spec.parameters
        if name not in read | HANDLED_CENTRALLY and name not in UNMODELLED.get(action, ())
    }
    assert ignored == set()


@pytest.mark.parametrize("action", sorted(SPEC))
def test_the_sdk_knows_the_action(action):
    assert hasattr(models, f"{action}ResponseBody")


def test_the_reply_check_finds_what_the_sdk_would_drop():
    checker = ReplyChecker()
    checker.check("DescribeVpcs", {"RequestId": "r", "TotalCount": 0, "Vpcs": {"Vpc": []}})
    with pytest.raises(ReplyMismatch, match=r"Vpcs\.Vpc\[0\]\.Colour"):
        checker.check("DescribeVpcs", {"RequestId": "r", "Vpcs": {"Vpc": [{"Colour": "red"}]}})


def test_a_reply_that_does_not_fit_is_an_internal_error(cloud, api, monkeypatch):
    monkeypatch.setitem(ACTIONS, "DescribeZones", lambda context, params: {"Nonsense": 1})
    assert api.refused("DescribeZones") == "InternalError 500"
