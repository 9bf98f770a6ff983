"""The same beats for every single-object module, driven by module_cases.py."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.hybridnet.alicloud.plugins.module_utils import _lifecycle, resources
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import Field, Resource
from lab.cloud.conformance import PACKAGES
from tests.integration.all_cases import CASES
from tests.integration.module_cases import PSK, Case, Update

SDKS = tuple(PACKAGES.values())


def every_case(beat: Any) -> Any:
    """Run a beat with every case, but for those that say why it does not apply."""
    name = beat.__name__.removeprefix("test_")
    params = [pytest.param(case, id=case_name) for case_name, case in CASES.items() if name not in case.without]
    return pytest.mark.parametrize("case", params)(beat)


def overlaid(options: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """*options* with *changes* laid over it, into blocks and into tunnels, which a role or an index names."""
    result = copy.deepcopy(options)
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(name), dict) and name != "tags":
            result[name] = overlaid(result[name], value)
        elif name == "tunnels" and result.get(name):
            match = "role" if "role" in result[name][0] else "tunnel_index"
            chosen = {tunnel[match]: tunnel for tunnel in value}
            result[name] = [overlaid(tunnel, chosen.get(tunnel[match], {})) for tunnel in result[name]]
        else:
            result[name] = value
    return result


def updated(account: Any, options: dict[str, Any], update: Update) -> dict[str, Any]:
    return overlaid(options, update.options(account) if callable(update.options) else update.options)


def wanted(account: Any, case: Case) -> dict[str, Any]:
    return {**case.build(account), **case.create}


def only_write(account: Any, action: str) -> bool:
    return account.writes() == {action: 1}


@every_case
def test_life(account, case):
    """Create in check mode, create, again, look at it in every way, delete in check mode, delete, again."""
    options = wanted(account, case)
    kind = case.module
    account.forget_calls()

    checked = account.ok(case.module, check=True, **options)
    assert checked["changed"] and checked["diff"]["before"] == ""
    assert account.writes() == {}

    created = account.ok(case.module, **options)
    assert created["changed"]
    keyed = {name: options[name] for name in (*case.key, *case.scope)}
    by_id = {case.id_option: created[kind][case.id_option]} if case.id_option else keyed
    assert all(by_id.values())
    assert {**checked["diff"], "after": None} == {**created["diff"], "after": None}
    assert case.create_action in account.writes()

    account.forget_calls()
    again = account.ok(case.module, **options)
    assert not again["changed"] and "diff" not in again
    assert again[kind] == created[kind]
    assert account.writes() == {}

    scope = {name: options[name] for name in case.scope}
    for filters in (keyed, {**scope, **by_id}, *([{**scope, "tags": options["tags"]}] if case.tagged else [])):
        found = account.ok(case.info, **filters)[case.plural]
        assert found == [created[kind]]
    if case.named:
        assert account.ok(case.info, **{**scope, "name": "nobody"})[case.plural] == []

    absent = {**scope, **by_id, "state": "absent"}
    assert account.ok(case.module, check=True, **absent)["changed"]
    assert account.writes() == {}
    assert account.ok(case.module, **absent)["changed"]
    assert account.writes() == {case.delete_action: 1}
    assert not account.ok(case.module, **absent)["changed"]
    assert not account.ok(case.module, **{**keyed, "state": "absent"})["changed"]
    assert account.ok(case.info, **keyed)[case.plural] == []


@every_case
def test_each_option_changes_alone(account, case):
    """One option changed: check mode says so and writes nothing, then exactly one call, then nothing."""
    options = wanted(account, case)
    account.ok(case.module, **options)
    for name, update in case.updates.items():
        options = updated(account, options, update)
        account.forget_calls()
        checked = account.ok(case.module, check=True, **options)
        assert checked["changed"], name
        assert account.writes() == {}, name
        changed = account.run(case.module, **options)
        assert not changed.get("failed"), (name, changed["msg"])
        assert changed["changed"], name
        assert only_write(account, update.action), (name, account.writes())
        assert changed["diff"]["before"] != changed["diff"]["after"], name
        if update.secret:
            assert "(hidden, changed)" in str(changed["diff"]["after"]), name
        assert not account.ok(case.module, **options)["changed"], name


def options_of(fields: Iterable[Field], above: str = "") -> set[str]:
    """The options that a resource declares, those inside blocks by their path."""
    found = set()
    for field in fields:
        if field.spec is not None:
            path = f"{above}{field.option}"
            found |= options_of(field.fields, f"{path}.") if field.fields else {path}
    return found


def paths_in(options: dict[str, Any], above: str = "") -> set[str]:
    """The options that are set, blocks and tunnels by what is in them."""
    found = set()
    for name, value in options.items():
        for block in value if isinstance(value, list) else [value]:
            found |= paths_in(block, f"{above}{name}.") if isinstance(block, dict) else {f"{above}{name}"}
        found |= {f"{above}{name}"}
    return found


def declared_resources() -> dict[str, Resource]:
    """All resource declarations, by the module that manages them."""
    modules = [
        importlib.import_module(f"{resources.__name__}.{name}")
        for _finder, name, _package in pkgutil.iter_modules(resources.__path__)
    ]
    return {item.kind: item for module in modules for item in vars(module).values() if isinstance(item, Resource)}


RESOURCES = declared_resources()


@pytest.mark.parametrize("module", sorted({case.module for case in CASES.values()}))
def test_every_option_is_changed_or_refused_in_a_beat(module):
    """Nothing that the module declares is left out of the tables, unless they say why."""
    covered = set()
    for case in CASES.values():
        if case.module == module:
            covered |= {case.id_option, *case.key, *case.immutable, *case.apart}
            updates = [update.options for update in case.updates.values()]
            covered |= {path for options in updates if not callable(options) for path in paths_in(options)}
            covered |= {name.partition(" ")[0] for name in case.updates}
    assert sorted(options_of(RESOURCES[module].fields) - covered) == []


@every_case
def test_rename_by_id(account, case):
    options = wanted(account, case)
    created = account.ok(case.module, **options)[case.module]
    renamed = {**options, "name": "vpg-renamed", case.id_option: created[case.id_option]}
    result = account.ok(case.module, **renamed)
    assert result["changed"] and result[case.module]["name"] == "vpg-renamed"
    assert result[case.module][case.id_option] == created[case.id_option]


@every_case
def test_tags(account, case):
    """Added, changed, left alone, purged; tags of the system stay."""
    options = wanted(account, case)
    first = account.ok(case.module, **options)[case.module]
    system = {"acs:rm:rgId": "rg-acfm"}
    account.tag_as_the_system_does(first[case.id_option], system)

    def tagged(tags: Any, **more: Any) -> dict[str, Any]:
        return account.ok(case.module, **{**options, "tags": tags, **more})

    assert not tagged(None)["changed"]
    account.forget_calls()
    result = tagged({**options["tags"], "extra": "1"})
    assert result["changed"] and account.writes() == {"TagResources": 1}
    assert result[case.module]["tags"] == {**options["tags"], **system, "extra": "1"}
    changed = tagged({"extra": "2"}, purge_tags=False)
    assert changed[case.module]["tags"] == {**options["tags"], **system, "extra": "2"}
    account.forget_calls()
    assert tagged({"extra": "2"})[case.module]["tags"] == {"extra": "2", **system}
    assert account.writes() == {case.untag_action: 1}
    assert tagged({})[case.module]["tags"] == system
    assert not tagged({})["changed"]
    assert first["tags"] == options["tags"]


@every_case
def test_immutable_options_are_refused(account, case):
    options = wanted(account, case)
    account.ok(case.module, **options)
    for name, value in case.immutable.items():
        if value is None:  # the other gateway of a connection: a different scope, hence another object
            continue
        account.forget_calls()
        given = value if isinstance(value, dict) else {name: value}
        failed = account.fails(case.module, **{**options, **given})
        assert name in failed["msg"] and "cannot be changed after creation" in failed["msg"], failed["msg"]
        assert "recreate: true" in failed["msg"]
        assert account.writes() == {}


@every_case
def test_recreate(account, case):
    options = wanted(account, case)
    before = account.ok(case.module, **options)[case.module]
    recreate = case.recreate(account) if callable(case.recreate) else case.recreate
    changed = {**options, **recreate, "recreate": True}
    account.forget_calls()
    after = account.ok(case.module, **changed)
    assert after["changed"] and after[case.module] != before
    assert account.calls(case.create_action) == 1 and account.calls(case.delete_action) == 1
    keyed = {name: options[name] for name in (*case.key, *case.scope)}
    assert len(account.ok(case.info, **keyed)[case.plural]) == 1
    assert not account.ok(case.module, **changed)["changed"]


@every_case
def test_info_over_more_than_two_pages(account, case, monkeypatch):
    """Every object, each once, when they fill more than two of the smallest pages that the action gives."""
    read_list = _lifecycle._list

    def small_pages(session: Any, resource: Any, filters: Any) -> Any:
        return read_list(session, dataclasses.replace(resource, page_size=case.smallest_page), filters)

    options = wanted(account, case)
    made = []
    for number in range(2 * case.smallest_page + 1):
        named = {"name": f"{options['name']}-{number}"} if case.named else {}
        each = {**options, **named, **case.another(account, number)}
        made.append(account.ok(case.module, **each)[case.module])
    # An info module need not be told a place that each of the objects has for itself.
    scope = {name: options[name] for name in case.scope if each[name] == options[name]}
    monkeypatch.setattr(_lifecycle, "_list", small_pages)
    account.forget_calls()
    found = account.ok(case.info, **scope)[case.plural]
    assert max(entry["calls"] for entry in account.cloud.admin("GET", "calls")["by_action"].values()) > 2
    names = [case.id_option] if case.id_option else case.key
    identities = [tuple(item[name] for name in names) for item in found]
    assert len(set(identities)) == len(identities)
    assert {tuple(item[name] for name in names) for item in made} <= set(identities)


@every_case
def test_wrong_options_are_refused_before_any_call(account, case):
    options = wanted(account, case)
    account.forget_calls()
    for fragment, wrong in case.invalid.items():
        # Wrong tunnels stand in place of the right ones; everything else is laid over the right options.
        given = {**options, **wrong} if "tunnels" in wrong else overlaid(options, wrong)
        failed = account.fails(case.module, **given)
        assert fragment in failed["msg"], (fragment, failed["msg"])
        assert account.cloud.admin("GET", "calls")["total"] == 0, failed["msg"]


@every_case
def test_missing_options_are_named(account, case):
    options = wanted(account, case)
    account.forget_calls()
    for name in case.required:
        block, _dot, inside = name.partition(".")
        without = [{**tunnel, inside: None} for tunnel in options[block]] if inside else None
        failed = account.fails(case.module, **{**options, block: without})
        refusals = ("is needed to create", "missing required arguments")
        assert (inside or name) in failed["msg"] and any(refusal in failed["msg"] for refusal in refusals), failed[
            "msg"
        ]
    assert account.writes() == {}


@every_case
def test_same_meaning_written_otherwise(account, case):
    options = wanted(account, case)
    account.ok(case.module, **options)
    if "tunnels" in options:
        assert not account.ok(case.module, **{**options, "tunnels": options["tunnels"][::-1]})["changed"]
    if case.tagged:
        tags = dict(reversed(options["tags"].items()))
        assert not account.ok(case.module, **{**options, "tags": tags})["changed"]
    for name, equal in case.equal.items():
        assert not account.ok(case.module, **{**options, **equal})["changed"], name


@every_case
def test_adoption(account, case):
    """An object made by another client is taken over by its name and not touched without need."""
    options = wanted(account, case)
    identifier = case.outside(account, options)
    account.forget_calls()
    parents = ("vpn_gateway_id", "vpc_id", "ip_address", "ssl_vpn_server_id")
    keep = {name: options[name] for name in (*case.key, *parents) if name in options}
    result = account.ok(case.module, **keep)
    assert not result["changed"]
    if case.id_option:
        assert result[case.module][case.id_option] == identifier
    assert account.writes() == {}


@every_case
def test_two_of_one_name(account, case):
    options = wanted(account, case)
    first = case.outside(account, options)
    second = case.twin(account, options)
    failed = account.fails(case.module, **options)
    assert first in failed["msg"] and second in failed["msg"] and case.id_option in failed["msg"]


def test_no_option_reaches_the_log_of_the_controller(account, monkeypatch):
    """A key with quotes would escape Ansible's scrubber on its way to syslog."""
    from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule

    logged = []
    monkeypatch.setattr(AlicloudModule, "log", lambda self, msg, log_args=None: logged.append((msg, log_args)))
    key = "quo'te\\back\"slash"
    options = {
        "name": "a",
        "vpn_gateway_id": "vpn-x",
        "local_subnets": ["10.0.0.0/8"],
        "remote_subnets": ["172.16.0.0/16"],
    }
    account.run("ipsec_connection", customer_gateway_id="cgw-x", ike={"psk": key}, **options)
    assert logged and key not in str(logged) and repr(key) not in str(logged) and "slash" not in str(logged)


def takes(action: str, parameter: str) -> bool:
    """Whether the SDK's request of the action has the parameter, spelled as the SDK does."""
    requests = [getattr(importlib.import_module(f"{package}.models"), f"{action}Request", None) for package in SDKS]
    return any(hasattr(request(), parameter) for request in requests if request)


def can_be_rehearsed(action: str) -> bool:
    return takes(action, "dry_run")


@every_case
def test_the_service_is_asked_in_check_mode(account, case):
    """``api_dry_run`` sends what can be rehearsed; what the service refuses fails before anything is done."""
    options = wanted(account, case)

    def rehearse(action: str, given: dict[str, Any]) -> None:
        given = {**given, "api_dry_run": True}
        asked = {action: 1} if can_be_rehearsed(action) else {}
        account.forget_calls()
        assert account.ok(case.module, check=True, **given)["changed"]
        assert account.writes() == asked
        if asked:
            account.fault(action=action, kind="error", status=400, code="InvalidParameter", message="No.")
            assert "InvalidParameter" in account.fails(case.module, check=True, **given)["msg"]

    rehearse(case.create_action, options)
    keyed = {name: options[name] for name in (*case.key, *case.scope)}
    assert account.ok(case.info, **keyed)[case.plural] == []
    made = account.ok(case.module, **options)[case.module]
    for update in case.one_for_each_action:
        options = updated(account, options, update)
        rehearse(update.action, options)
        made = account.ok(case.module, **options)[case.module]
    rehearse(case.detach_action or case.delete_action, {**keyed, "state": "absent"})
    assert account.ok(case.info, **keyed)[case.plural] == [made]


def test_beats_are_left_out_with_good_reason():
    """The reasons name beats that exist, and an object is called untagged or without rehearsal only if it is."""
    beats = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    for case in CASES.values():
        assert case.without.keys() <= beats
        assert bool(RESOURCES[case.module].tag_type) == ("tags" not in case.without) == case.tagged
        asked = "the_service_is_asked_in_check_mode" not in case.without
        assert can_be_rehearsed(case.create_action) == RESOURCES[case.module].dry_run == asked


def test_no_secret_is_printed(account):
    """All output of the connection modules, with diff: no key in it."""
    for name in (
        "ipsec_connection (single tunnel)",
        "ipsec_connection (dual tunnel)",
        "ipsec_server",
        "vpn_attachment (dual tunnel)",
    ):
        account.cloud.admin("POST", "reset")
        case = CASES[name]
        options = wanted(account, case)
        account.ok(case.module, **options)
        for update in case.updates.values():
            options = updated(account, options, update)
            account.ok(case.module, **options)
        account.ok(case.info)
        account.fails(case.module, **{**options, "local_subnets": ["172.16.0.1/16"]})
    assert account.printed
    secrets = (PSK, "Wd5hJ8sY3gL6pFa0", account.cloud.access_key_secret)
    assert not [secret for secret in secrets for text in account.printed if secret in text]
