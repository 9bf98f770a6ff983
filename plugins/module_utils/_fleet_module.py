# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for whole sites have in common: their options, and the topology made of them.

Private to this collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.hybridnet.alicloud.plugins.module_utils._module import AlicloudModule
from ansible_collections.hybridnet.alicloud.plugins.module_utils._occurring import occurring
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import HIDDEN, Problem, TopologyError
from ansible_collections.hybridnet.alicloud.plugins.module_utils._psk import KEYS
from ansible_collections.hybridnet.alicloud.plugins.module_utils._site_schema import SITE
from ansible_collections.hybridnet.alicloud.plugins.module_utils._topology import Topology, build_topology


def sites_spec() -> dict[str, Any]:
    """Options of the documentation fragment ``sites``."""
    return {
        "gateways": {"type": "dict", "required": True},
        "defaults": {"type": "dict", "default": {}},
        "sites": {"type": "dict", "required": True},
        "owner": {"type": "str", "default": "hybridnet"},
        "limit": {"type": "list", "elements": "str"},
    }


class SitesModule(AlicloudModule):
    """A module with many sites and a secret for each, whose result costs and holds no more than it must."""

    warned: tuple[str, ...] = ()

    def warn(self, warning: str, **kwargs: Any) -> None:
        self.warned = (*self.warned, str(warning))
        super().warn(warning, **kwargs)

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        # Ansible would repeat all options, which are most of the result of a run that changes little.
        many = {
            name: f"({len(self.params[name])} sites)" for name in ("sites", *KEYS.values()) if self.params.get(name)
        }
        kwargs.setdefault("invocation", {"module_args": {**self.params, **many}})
        self.no_log_values = occurring(self.no_log_values, [kwargs, self.warned])
        super()._return_formatted(kwargs)


def read_topology(module: AlicloudModule) -> Topology:
    """The validated topology of the module's options; every problem of the documents ends the module."""
    params = module.params
    documents = dict(params["sites"])
    problems = []
    for name, document in documents.items():
        for text in _possible_keys(document):
            module.keep_secret(text)
        for key, option in KEYS.items():
            if isinstance(document, dict) and document.get(key):
                rule, fix = "stands where Ansible prints it", f"move it to the option {option}"
                problems.append(Problem(f"sites[{name}].{key}", HIDDEN, rule, fix))
    if not problems:
        documents = {name: _with_keys(name, document, params) for name, document in documents.items()}
        try:
            topology = build_topology(
                gateways=params["gateways"],
                defaults=params["defaults"],
                sites=documents,
                region=params["region"],
                owner=params["owner"],
            )
        except TopologyError as error:
            problems = error.problems
        else:
            for warning in topology.warnings:
                module.warn(str(warning))
            return topology
    count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
    lines = "\n".join(f"  {problem}" for problem in problems)
    module.fail_json(
        msg=f"the site documents have {count}; nothing was changed:\n{lines}",
        problems=[vars(problem) for problem in problems],
    )


def _with_keys(name: str, document: Any, params: Mapping[str, Any]) -> Any:
    """The document of a site with the keys that came in options of their own."""
    if not isinstance(document, dict):
        return document
    given = {key: (params.get(option) or {}).get(name) for key, option in KEYS.items()}
    return {**document, **{key: value for key, value in given.items() if value is not None}}


def _possible_keys(document: Any) -> Iterator[str]:
    """What may be a key in the wrong place or under a misspelt name, for Ansible prints options."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for name, value in document.items():
            if name in KEYS or name not in SITE:
                yield from (str(item) for item in (value if isinstance(value, list) else [value]) if item)
