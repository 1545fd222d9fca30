"""YAML files that know their lines.

:func:`load` reads YAML 1.2 (``3.0e7`` is a number, ``NO`` is a word, a repeated key is an error)
and hands out :class:`Node` objects, which check what they are asked for and collect every
problem with file and line instead of stopping at the first.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from prenuc.errors import FactsError, Problem, QuantityError, nearest_names
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable

    T = TypeVar("T")

LARGEST_FILE = 5_000_000  # bytes; a data or mechanism file is text written by people
_MISSING: Any = object()


def load(path: Path | Traversable) -> Any:
    """Return the parsed document of a YAML 1.2 file, with line numbers kept.

    Raises:
        FactsError: The file is missing, empty, not text, not YAML, or repeats a key.
    """
    name = str(path) if isinstance(path, Path) else path.name
    text = _read_text(path, name)
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        what = " ".join(str(error.problem or error.context or "not valid YAML").split())
        mend = "Every key may stand once" if "duplicate key" in what else "Check indent and quotes"
        raise FactsError(Problem(what, mend, where=f"{name}{line}")) from None
    except (YAMLError, ValueError, RecursionError) as error:
        what = "not valid YAML: " + " ".join(str(error).split())[:200]
        raise FactsError(Problem(what, "Check indent and quotes", where=name)) from None
    if document is None:
        raise FactsError(Problem("the file is empty", "Write at least one entry", where=name))
    return document


def _read_text(path: Path | Traversable, name: str) -> str:
    try:
        if isinstance(path, Path) and path.stat().st_size > LARGEST_FILE:
            what = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
            raise FactsError(Problem(what, "Give a file written by hand", where=name))
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise FactsError(Problem(reason, "Check the path", where=name)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise FactsError(
            Problem("this is not a text file", "Give a YAML file in UTF-8", where=name)
        )
    return text


class Node:
    """One mapping of a YAML document, with its place and the list of problems found so far.

    Args:
        data: The mapping.
        file: Name of the file, for messages.
        problems: The list that problems are added to; shared by all nodes of a catalogue.
        line: Line of the mapping when the data does not know it.
    """

    def __init__(self, data: Any, file: str, problems: list[Problem], line: int = 1) -> None:
        self.file = file
        self.problems = problems
        self._line = line
        self._asked: set[str] = set()
        if isinstance(data, CommentedMap):
            self.data: dict[Any, Any] = data
            self._line = data.lc.line + 1
        elif isinstance(data, dict):
            self.data = data
        else:
            self.data = {}
            self.problem(f"expected a mapping of names to values, found {_describe(data)}")

    def where(self, key: str | None = None) -> str:
        """Return ``file:line`` of the mapping, or of one of its keys."""
        line = self._line
        if key is not None and key in self.data and isinstance(self.data, CommentedMap):
            place = (self.data.lc.data or {}).get(key)  # None for a key that was merged in
            line = place[0] + 1 if place else line
        return f"{self.file}:{line}"

    def problem(
        self, what: str, key: str | None = None, mend: str = "", nearest: tuple[str, ...] = ()
    ) -> None:
        """Add a problem at this mapping, or at one of its keys."""
        self.problems.append(Problem(what, mend, nearest, self.where(key)))

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key in self.data:
            return self.data[key]
        if default is _MISSING:
            near = nearest_names(key, [str(name) for name in self.data])
            self.problem(f"'{key}' is missing", mend=f"Add '{key}: …'", nearest=near)
            return None
        return default

    def text(self, key: str, default: Any = _MISSING) -> str:
        """Return a word or sentence."""
        found = self._get(key, default)
        if isinstance(found, (dict, list, bool, float)):
            self.problem(f"'{key}' must be text, found {_describe(found)}", key)
        if found is None and key in self.data and default is _MISSING:
            self.problem(f"'{key}' is empty", key, "Write something or delete it")
        return str(found) if found is not None else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of words, empty when the key is absent."""
        found = self._get(key, ())
        if isinstance(found, str):
            found = [found]
        if not isinstance(found, (list, tuple)):
            self.problem(f"'{key}' must be a list, found {_describe(found)}", key)
            return ()
        return tuple(str(item) for item in found)

    def placed_texts(self, key: str) -> list[tuple[str, str]]:
        """Return a list of words or sentences, each with its ``file:line``."""
        found = self._get(key, _MISSING)
        if not isinstance(found, (list, tuple)):
            if found is not None:
                self.problem(f"'{key}' must be a list, found {_describe(found)}", key)
            return []
        return [
            (str(item), f"{self.file}:{self._line_of(found, i)}") for i, item in enumerate(found)
        ]

    def number(self, key: str, default: Any = _MISSING) -> float:
        """Return a plain number; only for files whose header states the units."""
        found = self._get(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            if found is not None:
                self.problem(f"'{key}' must be a number, found {_describe(found)}", key)
            return float("nan")
        try:
            number = float(found)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.problem(f"'{key}' is not finite", key, "Give a finite number")
        return number

    def child(self, key: str, default: Any = _MISSING) -> Node:
        """Return the mapping under a key; an empty one when it is absent and may be."""
        found = self._get(key, default)
        line = int(self.where(key).rpartition(":")[2])
        return Node({} if found is None else found, self.file, self.problems, line)

    def block(self, key: str) -> Node:
        """Return the mapping under a key; a bare number stands for one with that ``value``."""
        found = self._get(key, _MISSING)
        line = int(self.where(key).rpartition(":")[2])
        bare = found is not None and not isinstance(found, (dict, list, bool))
        return Node({"value": found} if bare else found or {}, self.file, self.problems, line)

    def flag(self, key: str) -> bool:
        """Return whether a mark such as ``legacy: true`` is set."""
        found = self._get(key, False)
        if not isinstance(found, bool):
            self.problem(f"'{key}' must be true or false, found {_describe(found)}", key)
        return found is True

    def children(self, key: str) -> list[Node]:
        """Return the mappings of the list under a key, none when it is absent."""
        found = self._get(key, ())
        if not isinstance(found, (list, tuple)):
            self.problem(f"'{key}' must be a list, found {_describe(found)}", key)
            return []
        return [
            Node(item, self.file, self.problems, self._line_of(found, i))
            for i, item in enumerate(found)
        ]

    def _line_of(self, sequence: Any, index: int) -> int:
        if isinstance(sequence, CommentedSeq):
            return int(sequence.lc.item(index)[0]) + 1
        return self._line

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys of the mapping with the mappings under them."""
        for key in self.data:
            yield str(key), self.child(key)

    def source(self, key: str = "source") -> Source:
        """Return a source written ``key @ locator``."""
        text = self.text(key)
        try:
            return Source.parse(text)
        except ValueError:
            if text:
                self.problem(
                    f"'{text}' is not a source", key, "Write 'reference @ table, note or figure'"
                )
            return Source("?", "?")

    def value(self, key: str) -> Value:
        """Return a number with unit, source and status."""
        before = len(self.problems)
        child = self.child(key)
        if child.data:
            return child.as_value(key)
        if len(self.problems) == before:
            self.problem(f"'{key}' is empty", key, "Give value, unit, source and status")
        return _PLACEHOLDER

    def optional_value(self, key: str) -> Value | None:
        """Return the value under a key, or None when the key is absent."""
        return self.value(key) if key in self.data else self._get(key, None)

    def values(self, key: str) -> dict[str, Value]:
        """Return the named values under a key, none when it is absent."""
        child = self.child(key, default={})
        return {name: node.as_value(name) for name, node in child.items()}

    def as_value(self, name: str) -> Value:
        """Return this mapping itself as a value called ``name``."""
        status = self.text("status")
        if status and status not in STATUSES:
            self.problem(f"'{status}' is not a status", "status", "Write " + " | ".join(STATUSES))
        quantity = self._quantity()
        self._asked.add("uncertainty")
        uncertainty = self.number("uncertainty") if "uncertainty" in self else None
        value = Value(
            quantity,
            self.source(),
            status if status in STATUSES else "assumed",
            uncertainty,
            self.text("note", default=""),
            self.texts("informed_by"),
        )
        self.finish(f"value '{name}'")
        return value

    def _quantity(self) -> Quantity:
        number, unit = self.number("value"), self.text("unit")
        try:
            return Quantity(number if math.isfinite(number) else 0.0, unit or "1")
        except QuantityError as error:
            self.problems += [problem.at(self.where("unit")) for problem in error.problems]
            return Quantity(0.0, "1")

    def written(self, key: str) -> Quantity | None:
        """Return a quantity written as one text, such as ``"0.03 1/min"``; None if it is none."""
        found = self._get(key, _MISSING)
        try:
            return parse(str(found))
        except QuantityError as error:
            self.problems += [problem.at(self.where(key)) for problem in error.problems]
            return None

    def finish(self, what: str) -> None:
        """Add a problem for every key that nobody asked for."""
        for key in self.data:
            if str(key) not in self._asked:
                near = nearest_names(str(key), self._asked)
                self.problem(f"{what} has no '{key}'", str(key), "Fix the name or delete it", near)


_PLACEHOLDER = Value(Quantity(0.0, "1"), Source("?", "?"), "assumed")


def _describe(data: Any) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, dict):
        return "a mapping"
    if isinstance(data, (list, tuple)):
        return "a list"
    return f"'{data}'"


def read_list(
    path: Path | Traversable, read: Callable[[Node], T], what: str, problems: list[Problem]
) -> list[tuple[T, str]]:
    """Read a file that is a list of entries, adding every problem found to ``problems``.

    Returns:
        The entries, each with its ``file:line``.
    """
    name = str(path) if isinstance(path, Path) else path.name
    try:
        document = load(path)
    except FactsError as error:
        problems += error.problems
        return []
    if not isinstance(document, CommentedSeq):
        problems.append(
            Problem("the file must be a list of entries", "Begin with '- id: …'", where=name)
        )
        return []
    found = []
    for index, item in enumerate(document):
        node = Node(item, name, problems, int(document.lc.item(index)[0]) + 1)
        entry = read(node)
        node.finish(what)
        found.append((entry, node.where()))
    return found
