"""YAML files as they are written, with their lines.

YAML 1.2 with its core schema: ``3.0e7`` is a number, ``NO`` and ``2026-11-25`` are words, a
repeated key is an error. A document is built from the events of libyaml, so that neither depth nor
references can make the program busy.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from prenuc.errors import FactsError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LARGEST_FILE = 5_000_000  # bytes; a data or mechanism file is text written by people
DEEPEST = 50  # blocks within blocks
MOST_ITEMS = 200_000  # keys, items and words of a document, what is referred to counted each time
LONGEST_NUMBER = 4000  # characters
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the former where libyaml is at hand
MERGE = "<<"
TAG = "tag:yaml.org,2002:"
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
WORDS |= {
    form: WORDS[word] for word in ("null", "true", "false") for form in (word.title(), word.upper())
}
_DIGITS = "[0-9](?:_?[0-9])*"
_INTEGER = re.compile(rf"[-+]?{_DIGITS}|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(rf"[-+]?(\.{_DIGITS}|{_DIGITS}(\.(?:{_DIGITS})?)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SYNTAX = "Check indent and quotes"


class Block(dict[Any, Any]):
    """A mapping that knows its line, and those of its keys; a merged key has none."""

    line: int
    lines: dict[Any, int]


class Items(list[Any]):
    """A list that knows the lines of its items."""

    line: int
    lines: list[int]


def load(path: Path | Traversable) -> Any:
    """Return the parsed document of a YAML 1.2 file, of :class:`Block` and :class:`Items`.

    Raises:
        FactsError: The file is missing, empty, not text, not YAML, or repeats a key.
    """
    name = _name(path)
    text = text_of(path)
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        what = " ".join(str(error.problem or error.context or "not valid YAML").split())
        raise FactsError(what, _SYNTAX, where=f"{name}{line}") from None
    except yaml.YAMLError as error:
        what = "not valid YAML: " + " ".join(str(error).split())[:200]
        raise FactsError(what, _SYNTAX, where=name) from None
    if builder.document is None:
        raise FactsError("the file is empty", "Write at least one entry", where=name)
    return builder.document


class _Builder:
    """Builds a document from the events of a parser.

    Args:
        name: Name of the file, for messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.document: Any = None
        self._open: list[Block | Items] = []
        self._keys: list[Any] = []  # the key that waits for its value, of every open block
        self._anchors: dict[str, tuple[Any, int]] = {}  # each with its size
        self._sizes = [0]  # of the document so far, and of every open block

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
            if event.anchor is not None:
                self._anchors[event.anchor] = value, 1
            self._grow(1, line)
            self._place(value, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(line)
        elif isinstance(event, yaml.AliasEvent):
            name = event.anchor or ""
            if name not in self._anchors:
                self._refuse(f"found undefined alias '{name}'", line, "Give '&name' before '*name'")
            value, size = self._anchors[name]
            self._grow(size, line)
            self._place(value, line)
        elif isinstance(event, yaml.DocumentStartEvent) and self.document is not None:
            self._refuse("expected one document, found another document", line, "Delete the '---'")

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        is_block = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in {None, TAG + ("map" if is_block else "seq")}:
            self._refuse(f"the tag '{event.tag}' means nothing here", line, "Delete it")
        if len(self._open) == DEEPEST:
            self._refuse(f"more than {DEEPEST} blocks within blocks", line, "Write it flatter")
        found: Block | Items = Block() if is_block else Items()
        found.line, found.lines = line, {} if is_block else []
        # What is referred to before it ends is not known yet, so that nothing holds itself.
        self._place(found, line)
        self._open.append(found)
        self._sizes.append(1)
        self._keys.append((_NONE, event.anchor))

    def _end(self, line: int) -> None:
        found, (_, anchor), size = self._open.pop(), self._keys.pop(), self._sizes.pop()
        if anchor is not None:
            self._anchors[anchor] = found, size
        self._grow(size, line)

    def _grow(self, size: int, line: int) -> None:
        """Count what a document holds once all references are followed."""
        self._sizes[-1] += size
        if sum(self._sizes) > MOST_ITEMS:
            what = f"the document unfolds to more than {MOST_ITEMS} items"
            self._refuse(what, line, "Give a file written by hand")

    def _place(self, value: Any, line: int) -> None:
        """Put a value where it belongs: into the open list or block, or at the top."""
        if not self._open:
            self.document = value
        elif isinstance(self._open[-1], Items):
            self._open[-1].append(value)
            self._open[-1].lines.append(line)
        else:
            self._place_in_block(self._open[-1], value, line)

    def _place_in_block(self, block: Block, value: Any, line: int) -> None:
        key, anchor = self._keys[-1]
        if key is _NONE:
            if isinstance(value, (dict, list)):
                self._refuse("a key must be a word or a number", line, _SYNTAX)
            if value != MERGE and block.lines.get(value) is not None:
                self._refuse(f"found duplicate key '{value}'", line, "Every key may stand once")
            if value != MERGE:
                block.lines[value] = line
            self._keys[-1] = value, anchor
            return
        self._keys[-1] = _NONE, anchor
        if key == MERGE:
            self._merge(block, value, line)
        else:
            block[key] = value

    def _merge(self, block: Block, value: Any, line: int) -> None:
        """Take over what a block refers to as its base; what it says itself comes first."""
        for base in value if isinstance(value, list) else [value]:
            if not isinstance(base, dict):
                self._refuse("'<<' merges a mapping, found something else", line, _SYNTAX)
            for key, one in base.items():
                block.setdefault(key, one)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        """Return a word, a number, true, false or nothing, by the core schema of YAML 1.2."""
        text, tag = event.value, event.tag
        if tag not in {None, "!"} and tag.removeprefix(TAG) not in {
            "str",
            "int",
            "float",
            "bool",
            "null",
        }:
            self._refuse(f"the tag '{tag}' means nothing here", line, "Delete it")
        plain = event.implicit[0] if tag is None else tag not in {"!", TAG + "str"}
        if not plain:
            return text
        if text in WORDS:
            return WORDS[text]
        if not (_INTEGER.fullmatch(text) or _FLOAT.fullmatch(text)):
            return float(text.replace(".", "").lower()) if _NO_NUMBER.fullmatch(text) else text
        if len(text) > LONGEST_NUMBER:
            self._refuse(f"a number of {len(text)} characters", line, "Give fewer digits")
        if _INTEGER.fullmatch(text):
            return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
        return float(text)

    def _refuse(self, what: str, line: int, mend: str) -> None:
        raise FactsError(what, mend, where=f"{self.name}:{line}")


_NONE = object()  # no key waits


def _name(path: Path | Traversable) -> str:
    return str(path) if isinstance(path, Path) else path.name


def text_of(path: Path | Traversable) -> str:
    """Return what stands in a file that people write.

    Raises:
        FactsError: The file is missing, too large, or not text.
    """
    name = _name(path)
    try:
        if isinstance(path, Path) and path.stat().st_size > LARGEST_FILE:
            what = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
            raise FactsError(what, "Give a file written by hand", where=name)
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise FactsError(reason, "Check the path", where=name) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise FactsError("this is not a text file", "Give a YAML file in UTF-8", where=name)
    return text
