# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what ``swanctl ... --raw --pretty`` prints: the messages of charon's vici interface.

The pretty form is read because it has one value to a line. In the one-line form a value with spaces and equal signs,
such as a distinguished name, cannot be told from the key that follows it.
"""

from __future__ import annotations


def parse_messages(text):
    """Return the messages in a dump as [(title, tree)].

    A title is ``list-sa event`` or ``stats reply``; a tree is nested dicts of text, lists of text and dicts.
    Raises ValueError when the text is something else.
    """
    lines = iter(text.splitlines())
    messages = []
    for line in lines:
        if not line.strip():
            continue
        if not line.endswith(" {"):
            raise ValueError("swanctl printed '%s' where a message should begin" % line)
        messages.append((line[:-2], _section(lines)))
    return messages


def _section(lines):
    tree = {}
    for line in lines:
        text = line.strip()
        if text == "}":
            return tree
        key, equals, value = text.partition(" = ")
        if not equals and text.endswith(" {"):
            tree[text[:-2]] = _section(lines)
        elif text.endswith(" =") and not equals:
            tree[text[:-2]] = ""
        elif value == "[":
            tree[key] = _list(lines)
        elif equals:
            tree[key] = value
        else:
            raise ValueError("swanctl printed '%s' where a value should be" % text)
    raise ValueError("the output of swanctl ends within a section")


def _list(lines):
    items = []
    for line in lines:
        text = line.strip()
        if text == "]":
            return items
        items.append(text)
    raise ValueError("the output of swanctl ends within a list")


def connections(text):
    """Return {name: connection} from ``--list-conns``."""
    found = {}
    for title, tree in parse_messages(text):
        if title == "list-conn event":
            found.update(tree)
    return found


def associations(text):
    """Return the IKE_SAs from ``--list-sas``, each a dict with its ``name`` and ``children`` (a list of CHILD_SAs).

    Several IKE_SAs of one name are possible while one replaces the other. A CHILD_SA that is being rekeyed or deleted
    is listed beside its successor.
    """
    found = []
    for title, tree in parse_messages(text):
        if title == "list-sa event":
            for name, association in tree.items():
                children = [dict(child) for child in association.pop("child-sas", {}).values()]
                found.append(dict(association, name=name, children=children))
    return found
