# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites of the document: validated one by one, with defaults laid under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.hybridnet.alicloud.plugins.module_utils._addressing import (
    AddressError,
    check_customer_address,
    duplicates,
    free_tunnel_cidrs,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._crypto import (
    CLOUD_KEYS,
    contradictions,
    read_suite,
    weaknesses,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._devices import BGP, POLICY, STRONGSWAN, site_problems
from ansible_collections.hybridnet.alicloud.plugins.module_utils._naming import (
    connection_name,
    customer_gateway_name,
    made_name_problem,
    tag_count_problem,
    tag_problems,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._option_rules import MOST_NETWORKS
from ansible_collections.hybridnet.alicloud.plugins.module_utils._problems import (
    HIDDEN,
    MISSING,
    Problem,
    nearest,
    one_of,
    shown,
)
from ansible_collections.hybridnet.alicloud.plugins.module_utils._site_schema import (
    DEFAULTS,
    SITE,
    read_mapping,
)

_OWN_SITE_TAGS = 2  # owner and site
_DPD_DELAY = 10


@dataclass(frozen=True)
class Site:
    """One customer gateway and what it connects.

    routing: POLICY or BGP. tunnel_cidrs: [(path, Network)], one for each tunnel with BGP, in the order of the gateways.
    networks: [(path, Network)] on premises. cloud_networks: {gateway key: [(path, Network)]}.
    connection_names: {gateway key: name of the connection}. env, purpose: None unless the site says otherwise than its
    gateways.
    psk: None (the cloud generates), one key for every tunnel, or one for each. bgp_auth_key: None, or the MD5 key of
    the BGP sessions.
    local_id, remote_id: from the site's own point of view, None where the addresses serve.
    """

    name: str
    path: str
    public_address: str
    networks: list
    gateways: tuple
    routing: str
    cloud_networks: dict
    suite: dict
    dpd_delay: int
    local_id: str | None
    remote_id: str | None
    asn: str | None
    tunnel_cidrs: list
    tags: dict
    customer_gateway_name: str
    connection_names: dict
    env: str | None
    purpose: str | None
    psk: tuple | None = field(repr=False)
    bgp_auth_key: str | None = field(repr=False)

    def psk_of(self, tunnel):
        """The key of a tunnel (from 0), or None."""
        return self.psk[min(tunnel, len(self.psk) - 1)] if self.psk else None


@dataclass(frozen=True)
class Defaults:
    """``vpn_defaults``, read."""

    values: dict
    suite: dict

    def of(self, key, values, otherwise=None):
        """A site's value, else the default for all sites, else ``otherwise``."""
        return values.get(key, self.values.get(key, otherwise))


def read_defaults(document, problems):
    """``vpn_defaults`` -> Defaults."""
    path = "vpn_defaults"
    values = read_mapping(document, DEFAULTS, path, problems)
    suite, wrong = read_suite(values.get("crypto"), path=f"{path}.crypto")
    problems.extend(wrong)
    problems.extend(tag_problems(values.get("tags", {}), f"{path}.tags"))
    problems.extend(_network_list(values.get("cloud_networks", ())))
    return Defaults(values, suite)


def is_absent(document):
    """Whether a site is to be removed: then only its name matters."""
    return isinstance(document, Mapping) and str(document.get("state")).strip().lower() == "absent"


def read_site(name, document, defaults, gateways, gateway_keys, problems, warnings):
    """``vpn_site`` of one host -> Site, or None when its problems leave nothing to build on.

    gateways: the valid ones. gateway_keys: all that the document names, so that a site on a broken
    gateway is not told that there is none.
    """
    path = f"vpn_site[{name}]"
    before = len(problems)
    values = read_mapping(document, SITE, path, problems)
    if not values.given:
        if len(problems) == before:
            problems.append(Problem(path, "{}", "is empty", "write public_address and networks"))
        return None
    for key, fix in (
        ("public_address", "write the address that the cloud sees"),
        ("networks", "list the networks of the site"),
    ):
        if key not in values.given:
            problems.append(Problem(f"{path}.{key}", MISSING, "is required", fix))
    keys = _gateway_keys(values, path, defaults, gateway_keys, problems)
    chosen = [gateways[key] for key in keys if key in gateways]
    suite, wrong = read_suite(values.get("crypto"), defaults.suite, f"{path}.crypto")
    problems.extend(wrong)
    _crypto(values, suite, path, defaults, problems, warnings, {problem.path for problem in wrong})
    routing = defaults.of("routing", values, POLICY)
    for rule in (_address, _lists, _tunnel_count, _psk_count, _nat):
        problems.extend(rule(name, values, path, chosen, suite))
    customer_name = values.get("customer_gateway_name") or customer_gateway_name(name, defaults.of("isp", values))
    connection_names = {
        gateway.key: connection_name(
            name, gateway.key, values.get("env", gateway.env), values.get("purpose", gateway.purpose)
        )
        for gateway in chosen
    }
    problems.extend(_names(name, path, customer_name, connection_names))
    cloud_networks = {}
    for gateway in chosen:
        networks = values.get("cloud_networks") or gateway.cloud_networks or defaults.values.get("cloud_networks")
        if networks:
            cloud_networks[gateway.key] = networks
        elif "cloud_networks" not in values.given | defaults.values.given:
            fix = "list them here, in vpn_defaults or in the gateway"
            problems.append(Problem(f"{path}.cloud_networks", MISSING, "is required", fix))
    if routing == POLICY:
        problems.extend(_ike_v1(values, path, suite, cloud_networks))
    else:
        problems.extend(_bgp(values, path, chosen if len(chosen) == len(keys) else None))
    device = defaults.of("device", values, STRONGSWAN)
    dpd_delay = defaults.of("dpd_delay", values, _DPD_DELAY)
    said = {problem.path for problem in problems[before:]}
    problems.extend(_device(device, values, path, suite, dpd_delay, routing, chosen, said))
    tags = dict(sorted({**defaults.values.get("tags", {}), **values.get("tags", {})}.items()))
    problems.extend(tag_problems(values.get("tags", {}), f"{path}.tags"))
    too_many = tag_count_problem(tags, f"{path}.tags", _OWN_SITE_TAGS)
    problems.extend([too_many] if too_many else [])
    warnings.extend(_names_in_main_mode(values, path, suite))
    bgp = values.get("bgp", {})
    if routing == POLICY and "tunnel_cidrs" in bgp:
        rule = "have no effect with policy routing"
        fix = "remove them, or set routing: bgp"
        warnings.append(Problem(f"{path}.bgp.tunnel_cidrs", str(len(bgp["tunnel_cidrs"])), rule, fix))
    return Site(
        name=name,
        path=path,
        public_address=values.get("public_address"),
        networks=values.get("networks", []),
        gateways=tuple(sorted(keys)),
        routing=routing,
        cloud_networks=cloud_networks,
        suite=suite,
        dpd_delay=dpd_delay,
        local_id=values.get("local_id"),
        remote_id=values.get("remote_id"),
        asn=bgp.get("asn"),
        tunnel_cidrs=bgp.get("tunnel_cidrs", []),
        tags=tags,
        customer_gateway_name=customer_name,
        connection_names=connection_names,
        env=values.get("env"),
        purpose=values.get("purpose"),
        psk=values.get("psk"),
        bgp_auth_key=values.get("bgp_auth_key"),
    )


def _gateway_keys(values, path, defaults, known, problems):
    named = defaults.of("gateways", values)
    if named is None:
        if len(known) > 1 and "gateways" not in values.given | defaults.values.given:
            fix = f"name those it connects to: {', '.join(sorted(known))}"
            rule = "is required, because there are several gateways"
            problems.append(Problem(f"{path}.gateways", MISSING, rule, fix))
        return list(known) if len(known) == 1 else []
    keys = []
    for own_path, key in named:
        if key not in known:
            suggestion = nearest(key, known)
            fix = f"did you mean {suggestion}?" if suggestion else f"use {one_of(sorted(known))}" if known else "add it"
            problems.append(Problem(own_path, shown(key), "is not a key of vpn_gateways", fix))
        elif key in keys:
            problems.append(Problem(own_path, shown(key), "is named twice", "remove one"))
        else:
            keys.append(key)
    return keys


def _crypto(values, suite, path, defaults, problems, warnings, reported):
    allowed = defaults.of("allow_weak_crypto", values, False)
    own = _own_crypto(values.get("crypto"))
    for wrong in contradictions(suite):
        where = path if values.get("crypto") is not None else "vpn_defaults"
        problem = wrong.under(f"{where}.crypto")
        problems.append(problem)
        reported.add(problem.path)
    for weak in weaknesses(suite):
        # The setting is named where it was made; what comes from the defaults is said once for all sites.
        where = path if own is None or weak.path in own else "vpn_defaults"
        problem = weak.under(f"{where}.crypto")
        # Said once: a setting that could not be read has the default's value here, and is not called weak too.
        if problem.path not in reported:
            (warnings if allowed else problems).append(problem)


def _own_crypto(value):
    """The settings that a site's ``crypto`` decides, such as ``ike.version``; None for all of them."""
    if isinstance(value, Mapping) and value.get("suite") is None:
        return {f"{section}.{option}" for section in CLOUD_KEYS for option in _keys(value.get(section))}
    return set() if value is None else None


def _keys(value):
    return value if isinstance(value, Mapping) else ()


def _address(_name, values, path, gateways, _suite):
    address = values.get("public_address")
    if address is not None and gateways:
        try:
            check_customer_address(address, private_link=all(gateway.private for gateway in gateways))
        except AddressError as refused:
            yield refused.at(f"{path}.public_address", address)


def _network_list(networks):
    if len(networks) > MOST_NETWORKS:
        path = networks[0][0].rpartition("[")[0]
        rule = f"networks are more than the {MOST_NETWORKS} that a connection carries on a side"
        yield Problem(path, str(len(networks)), rule, "merge neighbouring ones into wider networks")
    plain = [network for _path, network in networks]
    for position, other in duplicates(plain):
        path, network = networks[position]
        relation = "is listed twice" if network == plain[other] else f"lies within {plain[other]} of the same list"
        yield Problem(path, shown(str(network)), relation, "remove it")


def _lists(_name, values, _path, _gateways, _suite):
    for key in ("networks", "cloud_networks"):
        yield from _network_list(values.get(key, ()))


def _tunnel_count(_name, values, path, gateways, _suite):
    wanted = values.get("tunnels")
    for gateway in gateways:
        if wanted not in (None, gateway.tunnels):
            rule = f"tunnels contradict gateway {gateway.key}, which has {gateway.tunnels}"
            yield Problem(f"{path}.tunnels", shown(wanted), rule, "remove it: the gateway's zones decide")


def _psk_count(_name, values, path, gateways, _suite):
    keys = values.get("psk") or ()
    for gateway in gateways:
        if len(keys) > 1 and len(keys) != gateway.tunnels:
            rule = f"keys do not fit gateway {gateway.key}, which has {gateway.tunnels} per connection"
            yield Problem(f"{path}.psk", str(len(keys)), rule, "write one key for all tunnels, or one for each")


def _names(name, path, customer_name, connection_names):
    too_long = made_name_problem(max([customer_name, *connection_names.values()], key=len), name, path)
    if too_long:
        yield too_long
    first_with = {}
    for key, made in connection_names.items():
        first = first_with.setdefault(made, key)
        if first != key:
            rule = f"is the name of the connections to the gateways {first} and {key}"
            yield Problem(path, shown(made), rule, "give these gateways a purpose of their own in vpn_gateways")


def _nat(_name, values, path, _gateways, suite):
    if values.get("behind_nat") and not suite["nat_traversal"]:
        rule = "cannot work while crypto.nat_traversal is false"
        yield Problem(f"{path}.behind_nat", "true", rule, "remove nat_traversal: false")


def _bgp(values, path, gateways):
    """gateways: those of the site, None when one of them is broken, so that the tunnels cannot be counted."""
    bgp = values.get("bgp", {})
    given = getattr(bgp, "given", ())
    if "asn" not in given:
        fix = "write the AS number of the site, such as 65010"
        yield Problem(f"{path}.bgp.asn", MISSING, "is required with routing bgp", fix)
    for gateway in gateways or ():
        if gateway.options.get("auto_propagate") is False:
            rule = f"cannot work while auto_propagate of {gateway.path} is false: the VPC would not learn the routes"
            yield Problem(f"{path}.routing", BGP, rule, "remove auto_propagate")
    tunnels = sum(gateway.tunnels for gateway in gateways or ())
    if not tunnels:
        return
    if "tunnel_cidrs" not in given:
        example = ", ".join(free_tunnel_cidrs(tunnels))
        fix = f"write one /30 of 169.254.0.0/16 for each of the {tunnels} tunnels, such as [{example}]"
        yield Problem(f"{path}.bgp.tunnel_cidrs", MISSING, "is required with routing bgp", fix)
    elif "tunnel_cidrs" in bgp and len(bgp["tunnel_cidrs"]) != tunnels:
        rule = f"/30s do not fit the {tunnels} tunnels of the site"
        fix = "write one for each tunnel, gateway by gateway in the order of their keys"
        yield Problem(f"{path}.bgp.tunnel_cidrs", str(len(bgp["tunnel_cidrs"])), rule, fix)


def _device(device, values, path, suite, dpd_delay, routing, gateways, reported):
    tunnels = max((gateway.tunnels for gateway in gateways), default=1)
    psks = values.get("psk") or ()
    if device != STRONGSWAN and routing == BGP and "bgp_auth_key" in values.given:
        rule = f"is not written into the files for {device}"
        yield Problem(f"{path}.bgp_auth_key", HIDDEN, rule, "remove it, or put a strongSwan gateway there")
    for problem in site_problems(device, suite, dpd_delay, values.get("local_id"), psks, routing, tunnels):
        # Said once: a setting that nothing may have is not refused for the device too.
        if problem.under(path).path not in reported:
            yield problem.under(path)


def _ike_v1(values, path, suite, cloud_networks):
    if suite["ike"]["version"] != "ikev1":
        return
    for networks in [values.get("networks", ()), *cloud_networks.values()]:
        if len(networks) > 1:
            # The list may stand in the site, in its gateway or in the defaults.
            own_path = networks[0][0].rpartition("[")[0]
            rule = f"networks are more than the one on each side that IKEv1 carries ({path})"
            yield Problem(own_path, str(len(networks)), rule, "use ikev2, or one network that covers them")


def _names_in_main_mode(values, path, suite):
    identity = values.get("local_id")
    named = identity is not None and any(character.isalpha() for character in identity)
    if named and suite["ike"]["version"] == "ikev1" and suite["ike"]["mode"] == "main":
        rule = "is a name, which IKEv1 main mode with a pre-shared key tells the cloud too late to choose the key by"
        yield Problem(f"{path}.local_id", shown(identity), rule, "use ikev2")
