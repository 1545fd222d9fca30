"""The entries of a YAML file, which know their lines.

A :class:`Node` checks what it is asked for and collects every problem with file and line instead of
stopping at the first.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from prenuc.errors import Problem, QuantityError, nearest_names
from prenuc.facts.source import Source
from prenuc.facts.value import STATUSES, Value
from prenuc.facts.yaml_file import Block, Items
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    T = TypeVar("T")

_MISSING: Any = object()


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
        if isinstance(data, dict):
            self.data: dict[Any, Any] = data
            self._line = data.line if isinstance(data, Block) else line
        else:
            self.data = {}
            self.problem(f"expected a mapping of names to values, found {_describe(data)}")

    def where(self, key: str | None = None) -> str:
        """Return ``file:line`` of the mapping, or of one of its keys."""
        line = self._line
        if isinstance(self.data, Block):
            line = self.data.lines.get(key, line)  # a key that was merged in has none
        return f"{self.file}:{line}"

    def problem(
        self, what: str, key: str | None = None, mend: str = "", nearest: tuple[str, ...] = ()
    ) -> None:
        """Add a problem at this mapping, or at one of its keys.

        Args:
            what: What is wrong, as a clause without a full stop.
            key: The key at which it is wrong; None for the mapping as a whole.
            mend: How to mend it, as a clause without a full stop.
            nearest: Valid names close to the one that was given.
        """
        self.problems.append(Problem(what, mend, nearest, self.where(key)))

    def with_data(self, data: dict[Any, Any]) -> Node:
        """Return other contents at the same place; what was asked for stays asked for."""
        other = Node(data, self.file, self.problems, self._line)
        other._asked = self._asked
        return other

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key in self.data:
            if self.data[key] is None:
                self.problem(f"'{key}' is empty", key, "Write something or delete it")
            return self.data[key]
        if default is _MISSING:
            near = nearest_names(key, [str(name) for name in self.data])
            self.problem(f"'{key}' is missing", mend=f"Add '{key}: …'", nearest=near)
            return None
        return default

    def text(self, key: str, default: Any = _MISSING) -> str:
        """Return a word or sentence."""
        return self._word(self._get(key, default), key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of words, empty when the key is absent."""
        return tuple(text for text, _ in self._placed(self._get(key, ()), key, lone=True))

    def placed_texts(self, key: str) -> list[tuple[str, str]]:
        """Return a list of words or sentences, each with its ``file:line``."""
        return self._placed(self._get(key, _MISSING), key)

    def _placed(self, found: Any, key: str, *, lone: bool = False) -> list[tuple[str, str]]:
        if lone and isinstance(found, str):
            found = [found]
        if not isinstance(found, (list, tuple)):
            if found is not None:
                self.problem(f"'{key}' must be a list, found {_describe(found)}", key)
            return []
        if None in found:
            self.problem(f"an item of '{key}' is empty", key, "Write something or delete it")
        return [
            (self._word(item, key), f"{self.file}:{self._line_of(found, i)}")
            for i, item in enumerate(found)
        ]

    def _word(self, found: Any, key: str) -> str:
        """Return what stands for a word; a number that is whole may."""
        if found is None:
            return ""
        if isinstance(found, (dict, list, bool, float)):
            self.problem(f"'{key}' must be text, found {_describe(found)}", key)
            return ""
        return str(found)

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
        return self._inner(key, {} if found is None else found)

    def block(self, key: str) -> Node:
        """Return the mapping under a key; a bare number stands for one with that ``value``."""
        found = self._get(key, _MISSING)
        bare = found is not None and not isinstance(found, (dict, list, bool))
        return self._inner(key, {"value": found} if bare else found or {})

    def _inner(self, key: str, data: Any) -> Node:
        line = int(self.where(key).rpartition(":")[2])
        return Node(data, self.file, self.problems, line)

    def flag(self, key: str) -> bool:
        """Return whether a mark such as ``legacy: true`` is set."""
        found = self._get(key, False)
        if not isinstance(found, bool):
            self.problem(f"'{key}' must be true or false, found {_describe(found)}", key)
        return found is True

    def plain(self, key: str) -> Any:
        """Return what stands under a key as it is, for somebody else to read."""
        return _plain(self._get(key, None))

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
        return sequence.lines[index] if isinstance(sequence, Items) else self._line

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

    def entry(self, kind: type[T], /, **given: Any) -> T:
        """Return an entry whose fields stand under their own names, read as their types say.

        What has a default may be missing, and so may a list of texts, named values, and a value
        that may be None; the source is written ``key @ locator``.

        Args:
            kind: A dataclass of texts, values, and lists and mappings of them.
            given: The fields that are read in another way.
        """
        return kind(
            **{
                f.name: given[f.name] if f.name in given else self._field(f)
                for f in fields(cast("Any", kind))
            }
        )

    def part(self, kind: type[T], what: str, /, **given: Any) -> T:
        """Return a part of an entry, which has no other keys than the fields of its kind.

        Args:
            kind: As for :meth:`entry`.
            what: What it is, for messages, such as "a band".
            given: As for :meth:`entry`.
        """
        found = self.entry(kind, **given)
        self.finish(what)
        return found

    def _field(self, field: Field[Any]) -> Any:
        if field.name == "source":
            return str(self.source())
        if field.type == "str":
            return self.text(field.name, _MISSING if field.default is MISSING else field.default)
        read: dict[Any, Callable[[str], Any]] = {
            "tuple[str, ...]": self.texts,
            "Value": self.value,
            "Value | None": self.optional_value,
            "Mapping[str, Value]": self.values,
        }
        if field.type in read:
            return read[field.type](field.name)
        named = self.child(field.name, _MISSING if field.default_factory is MISSING else {})
        counted = field.type == "Mapping[str, int]"
        names = map(str, named.data)
        return {n: int(named.number(n)) if counted else named.text(n) for n in names}

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
        if found is None:
            return None
        if isinstance(found, (dict, list, bool)):
            self.problem(f"'{key}' must be a quantity, found {_describe(found)}", key)
            return None
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


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _plain(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_plain(item) for item in data]
    return data


def _describe(data: Any) -> str:
    if data is None:
        return "nothing"
    if isinstance(data, dict):
        return "a mapping"
    if isinstance(data, (list, tuple)):
        return "a list"
    return f"'{data}'"
