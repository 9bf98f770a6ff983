# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AnsibleModule of this collection: common options, one way to fail, and the runs of single-object modules.

Private to this collection.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ansible.module_utils.basic import env_fallback, missing_required_lib

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import NETADDR_IMPORT_ERROR
from ansible_collections.hybridnet.alicloud.plugins.module_utils._client import (
    SDK_IMPORT_ERROR,
    ApiError,
    SdkMissing,
    Session,
    open_session,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._credentials import CredentialsError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._engine import (
    DependencyError,
    Engine,
    HandOverError,
    Outcome,
    Settings,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._lifecycle import WaitError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._plan import Change, PlanError, Policy, Target
from ansible_collections.hybridnet.alicloud.plugins.module_utils._resource import (
    Resource,
    accepted,
    merge,
    without_secrets,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._secret_files import SecretFileError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._unlogged_module import UnloggedModule

# A module may name any region: the list grows. The form is fixed, which catches typos such as cn_hangzhou.
_REGION = re.compile(r"[a-z]{2,}-[a-z0-9-]*[a-z0-9]")


def connection_spec() -> dict[str, Any]:
    """Options of the documentation fragment ``alicloud``."""

    def env(*names: str) -> tuple[Callable[..., str], list[str]]:
        return (env_fallback, list(names))

    return {
        "region": {
            "type": "str",
            "required": True,
            "aliases": ["region_id", "alicloud_region"],
            "fallback": env("ALIBABA_CLOUD_REGION_ID", "ALICLOUD_REGION"),
        },
        # An access key id is a name, not a secret; it stands in audit logs and error messages of the service.
        "access_key_id": {"type": "str", "no_log": False, "aliases": ["access_key", "alicloud_access_key"]},
        "access_key_secret": {"type": "str", "no_log": True, "aliases": ["secret_key", "alicloud_secret_key"]},
        "security_token": {"type": "str", "no_log": True, "aliases": ["alicloud_security_token"]},
        "profile": {"type": "str", "fallback": env("ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE")},
        "ecs_role_name": {"type": "str"},
        "assume_role_arn": {"type": "str", "aliases": ["alicloud_assume_role_arn"]},
        "assume_role_session_name": {"type": "str", "aliases": ["alicloud_assume_role_session_name"]},
        "assume_role_session_expiration": {"type": "int", "default": 3600},
        "endpoint": {"type": "str", "fallback": env("ALICLOUD_ENDPOINT")},
        "protocol": {
            "type": "str",
            "choices": ["https", "http"],
            "default": "https",
            "fallback": env("ALICLOUD_PROTOCOL"),
        },
        "connect_timeout": {"type": "int", "default": 10},
        "read_timeout": {"type": "int", "default": 30},
        "retry_timeout": {"type": "int", "default": 300},
    }


def wait_spec() -> dict[str, Any]:
    """Options of the documentation fragment ``wait``."""
    return {"wait": {"type": "bool", "default": True}, "wait_timeout": {"type": "int", "default": 900}}


def tags_spec() -> dict[str, Any]:
    """Options of the documentation fragment ``tags``."""
    return {"tags": {"type": "dict"}, "purge_tags": {"type": "bool", "default": True}}


def secret_update_spec(secret: str) -> dict[str, Any]:
    """``<secret>_update``: when a secret is sent, which can be compared only with what the API reads back."""
    choices = ["on_change", "always", "never"]
    return {f"{secret}_update": {"type": "str", "choices": choices, "default": "on_change", "no_log": False}}


class AlicloudModule(UnloggedModule):
    """A module with the connection options, the checks of the environment, and :meth:`fail` for every error."""

    def __init__(self, argument_spec: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(argument_spec={**connection_spec(), **argument_spec}, **kwargs)
        if SDK_IMPORT_ERROR is not None:
            self.fail_json(msg=missing_required_lib("alibabacloud-vpc20160428"))
        if NETADDR_IMPORT_ERROR is not None:
            self.fail_json(msg=missing_required_lib("netaddr"))
        if not _REGION.fullmatch(self.params["region"]):
            self.fail_json(msg=f"region: {self.params['region']!r} is not a region id; write one such as cn-hangzhou")

    def session(self) -> Session:
        """The session with the cloud, or the module's failure when there are no credentials."""
        try:
            return open_session(self.params)
        except CredentialsError as error:
            self.fail_json(msg=str(error))

    def keep_secret(self, value: str) -> None:
        """Have Ansible scrub *value* from everything this module prints."""
        self.no_log_values.add(value)

    def fail(self, error: Exception, **result: Any) -> NoReturn:
        """End the module with *error* in the user's words. No traceback, whatever happened."""
        if isinstance(error, ApiError):
            self.fail_json(msg=str(error), api_error=error.as_result(), **result)
        if isinstance(error, PlanError):
            self.fail_json(msg=str(error), problems=[vars(problem) for problem in error.problems], **result)
        if isinstance(error, (WaitError, DependencyError, HandOverError, SdkMissing, SecretFileError)):
            self.fail_json(msg=str(error), **result)
        where = traceback.extract_tb(error.__traceback__)[-1]
        self.fail_json(
            msg=f"this is a defect of hybridnet.alicloud: {type(error).__name__} at {where.name} "
            f"(line {where.lineno}); "
            f"please report it with the task's options",
            **result,
        )

    def guarded(self, run: Callable[[], None]) -> None:
        """Run the module's work; every error ends in :meth:`fail`."""
        try:
            run()
        except Exception as error:  # no traceback may reach the user
            self.fail(error)


@dataclass(frozen=True)
class Hooks:
    """What a module adds to the common run.

    ``complete(params)`` makes the ``complete`` of the target (see :class:`Target`). ``planned(params, change)`` raises
    ``PlanError`` for what stands in the way of a change, also in check mode. ``created(module, reply)`` keeps what a
    create reply shows only once and returns what to add to the result; it raises ``HandOverError``.
    ``finish(module, engine, have, result)`` may change the result once the object is there; *have* is in option shape
    and holds secrets, and is empty when the object is absent or not made in check mode.
    """

    complete: Callable[[Mapping[str, Any]], Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] | None] = (
        lambda params: None
    )
    planned: Callable[[Mapping[str, Any], Change], None] = lambda params, change: None
    created: Callable[[AlicloudModule, Mapping[str, Any]], dict[str, Any]] = lambda module, reply: {}
    finish: Callable[[AlicloudModule, Engine, Mapping[str, Any], dict[str, Any]], None] = (
        lambda module, engine, have, result: None
    )


def run_resource_module(
    resource: Resource, extra_spec: Mapping[str, Any] | None = None, hooks: Hooks | None = None
) -> None:
    """Entry point of a module that manages one object of *resource*.

    Returns ``changed``, ``diff``, ``<kind>`` (the object) and ``actions`` (API actions used, for RAM policies).
    """
    # An object without an id, or whose id is its name, has required options of its own.
    identifiers = [*resource.key, resource.id_option] if resource.id_option and not resource.named else []
    spec: dict[str, Any] = {
        **resource.argument_spec(),
        "state": {"type": "str", "choices": ["present", "absent", *resource.states], "default": "present"},
        "recreate": {"type": "bool", "default": False},
        **wait_spec(),
        **({"api_dry_run": {"type": "bool", "default": False}} if resource.dry_run else {}),
        **(tags_spec() if resource.tag_type else {}),
        **(extra_spec or {}),
    }
    module = AlicloudModule(spec, supports_check_mode=True, required_one_of=[identifiers] if identifiers else [])
    module.guarded(lambda: _converge(module, resource, hooks or Hooks()))


def _converge(module: AlicloudModule, resource: Resource, hooks: Hooks) -> None:
    params = module.params
    settings = Settings(
        policy=Policy(params.get("purge_tags", True), params["recreate"], _secret_update(params)),
        check_mode=module.check_mode,
        api_dry_run=params.get("api_dry_run", False),
        wait=params["wait"],
        wait_timeout=params["wait_timeout"],
    )
    options = {item.option: params[item.option] for item in resource.fields if item.spec is not None}
    options.update(resource.states.get(params["state"], {}))
    if resource.tag_type:
        options["tags"] = (
            None if params["tags"] is None else {name: str(value) for name, value in params["tags"].items()}
        )
    absent = params["state"] == "absent"
    once: dict[str, Any] = {}
    engine = Engine(
        module.session(),
        settings,
        on_secret=_scrubber(module),
        on_created=lambda reply: once.update(hooks.created(module, reply)),
    )
    target = Target(
        resource,
        key=str(params.get("name") or ""),
        options=accepted(resource.fields, options),
        absent=absent,
        complete=hooks.complete(params),
    )
    changes = engine.plan([target])
    hooks.planned(params, changes[0])
    outcome = engine.apply(changes)[0]
    change = outcome.change
    for warning in change.warnings:
        module.warn(warning)
    result: dict[str, Any] = {"changed": change.changed, "actions": sorted(engine.session.calls)}
    if change.changed:
        result["diff"] = change.diff()
    result.update(once)
    if outcome.error:
        module.fail(outcome.error, **result)
    have = {} if absent else _result_object(engine, resource, outcome)
    result[resource.kind] = _shown(module, resource, have) if have else {}
    made = not absent and not (module.check_mode and change.action == "create")
    hooks.finish(module, engine, have if made else {}, result)
    result["actions"] = sorted(engine.session.calls)
    module.exit_json(**result)


def _scrubber(module: AlicloudModule) -> Callable[[str], None]:
    """What keeps a secret out of the module's output, unless the user asks for secrets."""
    return (lambda secret: None) if module.params.get("return_secrets") else module.keep_secret


def _shown(module: AlicloudModule, resource: Resource, have: Mapping[str, Any]) -> dict[str, Any]:
    public = without_secrets(resource, have)
    if module.params.get("return_secrets"):
        public.update({item.option: have.get(item.option) for item in resource.fields if item.secret})
    return public


def _secret_update(params: Mapping[str, Any]) -> str:
    return next((value for name, value in params.items() if name in ("psk_update", "auth_key_update")), "on_change")


def _result_object(engine: Engine, resource: Resource, outcome: Outcome) -> dict[str, Any]:
    change = outcome.change
    if engine.settings.check_mode and change.changed:
        predicted = merge(resource.fields, change.have or {}, change.target.options)
        return {**predicted, "tags": change.tags_after()} if resource.tag_type else predicted
    have = outcome.have or {}
    # The list may have shown less than the single-object read does.
    return engine.detailed(resource, have) if resource.id_option and have.get(resource.id_option) else have


def run_info_module(
    resource: Resource, filters: Mapping[str, Any], result_key: str, extra_spec: Mapping[str, Any] | None = None
) -> None:
    """Entry point of an ``_info`` module: the objects that match the given *filters* (options), in the module's own
    shape."""
    named = any(item.option == "name" for item in resource.fields)
    spec = {
        **filters,
        **({"name": {"type": "str"}} if named else {}),
        **({"tags": {"type": "dict"}} if resource.tag_type else {}),
        **(extra_spec or {}),
    }
    module = AlicloudModule(spec, supports_check_mode=True)
    module.guarded(lambda: _gather(module, resource, filters, result_key))


def _gather(module: AlicloudModule, resource: Resource, filters: Mapping[str, Any], result_key: str) -> None:
    params = module.params
    engine = Engine(module.session(), Settings(), on_secret=_scrubber(module))
    asked = {name: params[name] for name in (*filters, "name") if params.get(name) is not None}
    known = {name: value for name, value in asked.items() if name in resource.list_filters}
    found = engine.list(resource, known)
    tags = params.get("tags") or {}
    # The API filters by name only in some lists and never by every option, so the rest is done here.
    found = [
        item
        for item in found
        if all(_same(resource, name, item.get(name), value) for name, value in asked.items() if name in item)
        and all((item.get("tags") or {}).get(name) == value for name, value in tags.items())
    ]
    objects = [_shown(module, resource, engine.detailed(resource, item)) for item in found]
    module.exit_json(changed=False, actions=sorted(engine.session.calls), **{result_key: objects})


def _same(resource: Resource, option: str, present: Any, asked: Any) -> bool:
    normal = resource.field(option).codec.normal
    return present is not None and normal(present) == normal(asked)
