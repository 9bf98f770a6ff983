# Copyright (c) 2026 Hybridnet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The syntax of swanctl.conf: read files with their includes, report every syntax error, write sections.

``swanctl`` itself unloads every connection of the daemon when one file has a syntax error, and still exits with 0.
So the files are read here first, by the same grammar (strongSwan: settings_lexer.l, settings_parser.y), and nothing is
loaded before all of them are correct. The parser accepts what strongSwan accepts, with one exception: a section has to
be closed in the file that opened it.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re

# The whole tree is refused beyond this depth: files that include each other would never end.
MAX_INCLUDE_DEPTH = 16

# A carriage return inside a comment ends it in one of the lexer's rules and not in the other; so it does here.
_BLANK = re.compile(r"(?:#[^\n]*\n|[\t ]*#[^\r\n]*|[\t\r ]+|\n)+")
_INCLUDE = re.compile(r"include[\t ]+(?=[^=])")
_NAME = re.compile(r'[^#{}:.,="\r\n\t ]+')
_REFERENCE = re.compile(r'[^#{}:.,="\r\n\t ]+(?:\.[^#{}:.,="\r\n\t ]+)*')
_BARE_VALUE = re.compile(r'[^#}"\r\n\t ]+')
_STRING_RUN = re.compile(r'[^\\\r"]+')
_INCLUDE_RUN = re.compile(r'[^"\\#}\r\n\t ]+')
_STRING_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}

_SAFE_VALUE = re.compile(r"[A-Za-z0-9_.:/%@+*,-]+(?: [A-Za-z0-9_.:/%@+*,-]+)*")


class SyntaxProblem(Exception):
    """One thing that is wrong in a configuration file: where, what, and how to put it right."""

    def __init__(self, path, line, message, fix):
        super().__init__("%s:%d: %s; %s" % (path, line, message, fix))
        self.path = path
        self.line = line
        self.message = message
        self.fix = fix


class Section:
    """A section of the configuration: its settings, its sub-sections, and the files that contribute to it.

    ``settings`` maps a name to its text, or to None for ``name =``; ``sections`` maps a name to a Section;
    ``references`` holds the names after a colon (``name : template {``); ``paths`` the files in which it is opened.
    """

    def __init__(self):
        self.settings = {}
        self.sections = {}
        self.references = []
        self.paths = []

    def section(self, name, path):
        """Return the sub-section, made on first use: strongSwan merges sections of the same name."""
        found = self.sections.setdefault(name, Section())
        if path not in found.paths:
            found.paths.append(path)
        return found

    def find(self, *names):
        """Return the section at the end of a path of names, or an empty one."""
        section = self
        for name in names:
            section = section.sections.get(name)
            if section is None:
                return Section()
        return section

    def as_dict(self):
        """Return nested plain dicts: settings as text (or None), sections as dicts."""
        tree = dict(self.settings)
        for name, section in self.sections.items():
            tree[name] = section.as_dict()
        return tree


class _FileParser:
    """Recursive descent over one file. ``include`` is called with each include pattern and the current section."""

    def __init__(self, text, path, include):
        self._text = text
        self._path = path
        self._include = include
        self._at = 0

    def parse(self, root):
        self._statements(root, opened=None)

    def _line(self, at=None):
        return self._text.count("\n", 0, self._at if at is None else at) + 1

    def _problem(self, message, fix, at=None):
        return SyntaxProblem(self._path, self._line(at), message, fix)

    def _peek(self):
        return self._text[self._at : self._at + 1]

    def _match(self, pattern):
        match = pattern.match(self._text, self._at)
        if not match:
            return None
        self._at = match.end()
        return match.group()

    def _statements(self, section, opened):
        """Read statements up to the closing brace. ``opened`` is (name, position), None at the top of the file."""
        while True:
            self._match(_BLANK)
            if self._at >= len(self._text):
                if opened:
                    raise self._problem(
                        "section '%s' is opened here and never closed" % opened[0], "add the missing '}'", opened[1]
                    )
                return
            if self._peek() == "}":
                if not opened:
                    raise self._problem("unexpected '}'", "remove it, or add the 'name {' that it belongs to")
                self._at += 1
                return
            self._statement(section)

    def _statement(self, section):
        if self._match(_INCLUDE):
            self._include(self._include_pattern(), section)
            return
        start = self._at
        name = self._match(_NAME)
        if name is None:
            raise self._problem("unexpected '%s'" % self._peek(), "write 'name = value' or 'name {' here")
        self._match(_BLANK)
        sign = self._peek()
        if sign == "=":
            self._at += 1
            section.settings[name] = self._value()
        elif sign in ("{", ":"):
            self._sub_section(section, name, start)
        else:
            raise self._problem(
                "'%s' is neither a setting nor a section" % name,
                "write '%s = value' or '%s {', and quote values with special characters" % (name, name),
                start,
            )

    def _sub_section(self, section, name, start):
        references = self._references(name, start) if self._peek() == ":" else []
        self._at += 1
        child = section.section(name, self._path)
        child.references.extend(references)
        self._statements(child, opened=(name, start))

    def _references(self, name, start):
        references = []
        while not references or self._peek() == ",":
            self._at += 1
            self._match(_BLANK)
            reference = self._match(_REFERENCE)
            if reference is None:
                raise self._problem("section '%s' refers to nothing" % name, "name a section after ':' or ','", start)
            references.append(reference)
            self._match(_BLANK)
        if self._peek() != "{":
            raise self._problem("section '%s' has no body" % name, "add '{' after the names it refers to", start)
        return references

    def _value(self):
        """Read a value up to the end of the line, a comment or '}': several parts are joined by one space."""
        parts = []
        while self._at < len(self._text):
            char = self._peek()
            if char in "#}\n":
                break
            if char in "\t\r ":
                self._at += 1
            elif char == '"':
                parts.append(self._string())
            else:
                parts.append(self._match(_BARE_VALUE))
        return " ".join(parts) if parts else None

    def _string(self):
        start = self._at
        self._at += 1
        parts = []
        while True:
            run = self._match(_STRING_RUN)
            if run:
                parts.append(run)
            char = self._peek()
            self._at += 1
            if char == '"':
                return "".join(parts)
            if char == "\\":
                if self._text.startswith("\r\n", self._at):
                    self._at += 1
                escaped = self._peek()
                self._at += 1
                if escaped:
                    parts.append(_STRING_ESCAPES.get(escaped, escaped))
                    continue
            if char != "\r":
                raise self._problem("a string starts here and never ends", "add the missing '\"'", start)

    def _include_pattern(self):
        parts = []
        while self._at < len(self._text):
            char = self._peek()
            if char in "#}\n\t ":
                break
            if char == '"':
                parts.append(self._string())
                break
            if char == "\\" and self._text[self._at + 1 : self._at + 2] in ('"', "#", "}", " "):
                parts.append(self._text[self._at + 1])
                self._at += 2
            elif char in "\\\r":
                parts.append(char.strip("\r"))
                self._at += 1
            else:
                parts.append(self._match(_INCLUDE_RUN))
        return "".join(parts)


def parse_text(text, path="swanctl.conf"):
    """Parse one text without following its includes; return the root Section. Raises SyntaxProblem."""
    root = Section()
    _FileParser(text, path, lambda pattern, section: None).parse(root)
    return root


class FileTree:
    """The configuration as swanctl sees it: a main file and everything that it includes.

    ``overlay`` maps paths to the text that is about to be written there, or to None for a file that is about to be
    removed, so that a change is judged before anything on disk is touched. After ``read()``: ``root`` is the merged
    Section, ``problems`` every SyntaxProblem found in any file, ``paths`` the files read, in the order they were read.
    """

    def __init__(self, path, overlay=None):
        self._path = path
        self._overlay = overlay or {}
        self.root = Section()
        self.problems = []
        self.paths = []

    def read(self):
        self._read_file(self._path, self.root, depth=0)
        return self

    def _text(self, path):
        if self._overlay.get(path) is not None:
            return self._overlay[path]
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()

    def _matches(self, pattern):
        """Return the paths that an include pattern stands for, sorted as glob(3) does."""
        on_disk = {path for path in glob.glob(pattern) if path not in self._overlay}
        coming = {
            path
            for path, text in self._overlay.items()
            if text is not None
            and os.path.dirname(path) == os.path.dirname(pattern)
            and fnmatch.fnmatchcase(os.path.basename(path), os.path.basename(pattern))
        }
        return sorted(on_disk | coming)

    def _read_file(self, path, section, depth):
        if depth > MAX_INCLUDE_DEPTH:
            self.problems.append(
                SyntaxProblem(path, 1, "files include each other", "remove the include that leads back")
            )
            return
        try:
            text = self._text(path)
        except OSError as error:
            self.problems.append(
                SyntaxProblem(path, 1, "cannot be read: %s" % error.strerror, "correct or remove the file")
            )
            return
        self.paths.append(path)

        def include(pattern, target):
            if not pattern:
                return
            for match in self._matches(os.path.join(os.path.dirname(path), pattern)):
                self._read_file(match, target, depth + 1)

        try:
            _FileParser(text, path, include).parse(section)
        except SyntaxProblem as problem:
            self.problems.append(problem)


def quote(value):
    """Return a value as it is written in a file: in double quotes unless it is plain."""
    text = str(value)
    if _SAFE_VALUE.fullmatch(text):
        return text
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escaped)
    return '"%s"' % text


def render(tree, indent=0):
    """Return the text of nested dicts: dicts become sections, everything else ``name = value`` lines."""
    margin = "    " * indent
    lines = []
    for name, value in tree.items():
        if isinstance(value, dict):
            lines.append("%s%s {\n%s%s}\n" % (margin, name, render(value, indent + 1), margin))
        else:
            lines.append("%s%s = %s\n" % (margin, name, quote(value)))
    return "".join(lines)
