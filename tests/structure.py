"""What the house of prenuc looks like, in numbers: ``python tests/structure.py`` prints the table.

Everything is read from the source text with ``ast``; nothing is imported. What counts:

- An import counts wherever it stands, also inside a function and where only type checking sees it.
  ``from prenuc.a import b`` leads to the module ``prenuc.a.b`` where there is one, else to
  ``prenuc.a``. A circle is looked for between modules, and in each folder between the modules and
  folders in it, each folder taken as one.
- A function's length runs from its ``def`` to its last line. What is nested counts to the outer.
- Complexity is 1 + every if (``elif`` and ``case`` too), for, while, except, conditional
  expression, ``for`` in a comprehension, and every and/or.
- A line of code is neither blank nor part of a docstring; comments are kept.
- Public is what has no leading underscore anywhere in its name. A command's arguments are
  described by its options, a class's by the class.
"""

from __future__ import annotations

import ast
import math
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SRC = Path(__file__).parent.parent / "src" / "prenuc"
MOST_LINES, USUAL_LINES = 400, 300
MOST_COMPLEX, USUAL_COMPLEX = 20, 12
MOST_FILES = 25
LONGEST_FUNCTION = 60
DESCRIBED_FROM = 3  # arguments
DYNAMIC = {"__import__", "import_module"}

Functions = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """A function or method, not nested in another function."""

    module: str
    name: str  # with the class in front
    node: Function
    owner: ast.ClassDef | None

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"

    @property
    def lines(self) -> int:
        return self.node.end_lineno - self.node.lineno + 1

    @cached_property
    def complexity(self) -> int:
        return 1 + sum(map(_branches, ast.walk(self.node)))

    @property
    def public(self) -> bool:
        return not any(part.startswith("_") for part in [*self.module.split("."), *self._parts])

    @property
    def _parts(self) -> list[str]:
        parts = self.name.split(".")
        return parts[:-1] if parts[-1] == "__init__" else parts

    @property
    def arguments(self) -> int:
        """How many arguments a caller passes."""
        given = self.node.args
        count = len([*given.posonlyargs, *given.args, *given.kwonlyargs])
        count += sum(one is not None for one in (given.vararg, given.kwarg))
        bound = self.owner is not None and "staticmethod" not in _decorators(self.node)
        return count - bound

    @property
    def is_command(self) -> bool:
        """Whether click calls it."""
        return any(name in {"command", "group"} for name in _decorators(self.node))

    @property
    def docstring(self) -> str:
        described = self.owner if self.node.name == "__init__" else self.node
        return ast.get_docstring(described) or ""


@dataclass(frozen=True)
class Module:
    """One file of the source."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def lines_of_code(self) -> int:
        silent = set()
        for node in ast.walk(self.tree):
            if _has_docstring(node):
                silent.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        texts = enumerate(self.text.splitlines(), 1)
        return sum(bool(text.strip()) and number not in silent for number, text in texts)

    @property
    def definitions(self) -> Iterator[Definition]:
        yield from self._within(self.tree, "", None)

    def _within(
        self, node: ast.AST, before: str, owner: ast.ClassDef | None
    ) -> Iterator[Definition]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Functions) and "overload" in _decorators(child):
                continue  # the definition itself follows
            if isinstance(child, Functions):
                yield Definition(self.name, before + child.name, child, owner)
            elif isinstance(child, ast.ClassDef):
                yield from self._within(child, f"{before}{child.name}.", child)
            else:
                yield from self._within(child, before, owner)

    @property
    def undescribed(self) -> Iterator[str]:
        """The public names without a docstring, the module's own included."""
        if not ast.get_docstring(self.tree):
            yield self.name
        classes = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        for node in classes:
            if not node.name.startswith("_") and not ast.get_docstring(node):
                yield f"{self.name}:{node.name}"
        for one in self.definitions:
            if one.public and not one.docstring:
                yield str(one)

    @property
    def odd_imports(self) -> Iterator[str]:
        """Relative imports, and imports by a name that is found out at run time."""
        for node in ast.walk(self.tree):
            relative = isinstance(node, ast.ImportFrom) and node.level
            called = isinstance(node, ast.Call) and _last_word(node) in DYNAMIC
            if relative or called:
                yield f"{self.name}:{node.lineno}"

    def imports(self, names: set[str]) -> set[str]:
        """Return the modules of this house that it imports."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                own = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= {name if name in names else node.module for name in own}
        return (found & names) - {self.name}


def _branches(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    one = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp)
    return isinstance(node, (*one, ast.comprehension, ast.match_case))


def _decorators(node: Function) -> list[str]:
    """Return the last words of a function's decorators."""
    return [_last_word(one) for one in node.decorator_list]


def _last_word(node: ast.expr) -> str:
    """Return ``c`` of ``c``, ``a.b.c`` and ``a.b.c()``."""
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "attr", getattr(called, "id", ""))


def _has_docstring(node: ast.AST) -> bool:
    owners = (ast.Module, ast.ClassDef, *Functions)
    return isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of nodes from each of which every other one can be reached."""
    reached = {node: _reach(graph, node) for node in graph}
    groups = {
        frozenset(other for other in reached[node] if node in reached[other]) for node in graph
    }
    return sorted(sorted(group) for group in groups if group)


def _reach(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += graph[node]
    return found


@dataclass(frozen=True)
class House:
    """All modules of a package."""

    modules: tuple[Module, ...]

    @classmethod
    def at(cls, root: Path) -> House:
        """Return the house in a folder."""
        found = []
        for path in sorted(root.rglob("*.py")):
            parts = (root.name, *path.relative_to(root).with_suffix("").parts)
            found.append(Module(".".join(parts).removesuffix(".__init__"), path))
        return cls(tuple(found))

    @cached_property
    def definitions(self) -> list[Definition]:
        return [one for module in self.modules for one in module.definitions]

    @cached_property
    def graph(self) -> dict[str, set[str]]:
        """Which modules each module imports; the contents page at the top imports none."""
        names = {module.name for module in self.modules}
        return {m.name: m.imports(names) if "." in m.name else set() for m in self.modules}

    def module_circles(self) -> list[str]:
        """Return the circles between modules."""
        return [" ↔ ".join(group) for group in circles(self.graph)]

    def room_circles(self) -> list[str]:
        """Return the circles between the modules and folders of a folder, each folder as one."""
        parts = [name.split(".") for name in self.graph]
        folders = {".".join(words[:depth]) for words in parts for depth in range(1, len(words))}
        found = {" ↔ ".join(group) for room in folders for group in circles(self._between(room))}
        return sorted(found - set(self.module_circles()))

    def _between(self, room: str) -> dict[str, set[str]]:
        """Return which children of a folder import which of their siblings."""

        def child(name: str) -> str | None:
            inside = name.removeprefix(room + ".")
            return None if inside == name else f"{room}.{inside.split('.')[0]}"

        graph: dict[str, set[str]] = {}
        for name, imported in self.graph.items():
            if own := child(name):
                others = {other for one in imported if (other := child(one))}
                graph[own] = graph.get(own, set()) | others - {own}
        return graph

    def long_files(self, most: int) -> list[str]:
        """Return the files of more than so many lines."""
        return [f"{m.name} {m.lines}" for m in self.modules if m.lines > most]

    def complex_functions(self, most: int) -> list[str]:
        """Return the functions of more than so much complexity."""
        return [f"{one} {one.complexity}" for one in self.definitions if one.complexity > most]

    def complex_outside_kernels(self) -> list[str]:
        """Return the functions outside kernels that nobody can follow."""
        return [one for one in self.complex_functions(MOST_COMPLEX) if ".kernels." not in one]

    def long_functions(self) -> list[str]:
        """Return the functions that no screen shows at once."""
        return [f"{one} {one.lines}" for one in self.definitions if one.lines > LONGEST_FUNCTION]

    def function_lines(self, part: float) -> int:
        """Return the length that this part of all functions does not exceed."""
        ordered = sorted(one.lines for one in self.definitions)
        return ordered[math.ceil(part * len(ordered)) - 1]

    def crowded_folders(self) -> list[str]:
        """Return the folders with more Python files than a stranger reads through."""
        folders = [module.path.parent for module in self.modules]
        counts = {folder: folders.count(folder) for folder in folders}
        return [f"{folder.name} {count}" for folder, count in counts.items() if count > MOST_FILES]

    def odd_imports(self) -> list[str]:
        """Return relative and dynamic imports; those of the contents page at the top are meant."""
        return [one for module in self.modules if "." in module.name for one in module.odd_imports]

    def undescribed(self) -> list[str]:
        """Return the public names without a docstring."""
        return [name for module in self.modules for name in module.undescribed]

    def without_arguments(self) -> list[str]:
        """Return the public functions of three or more arguments that do not describe them."""
        return [
            f"{one} {one.arguments}"
            for one in self.definitions
            if one.public and one.arguments >= DESCRIBED_FROM and not one.is_command
            if "Args:" not in one.docstring
        ]

    @property
    def lines_of_code(self) -> int:
        """Lines without blank ones and docstrings, comments kept."""
        return sum(module.lines_of_code for module in self.modules)


LISTS: dict[str, Callable[[House], list[str]]] = {
    "circles of modules": House.module_circles,
    "circles of rooms": House.room_circles,
    f"files over {MOST_LINES} lines": lambda house: house.long_files(MOST_LINES),
    f"files over {USUAL_LINES} lines": lambda house: house.long_files(USUAL_LINES),
    f"functions over {LONGEST_FUNCTION} lines": House.long_functions,
    f"complexity over {USUAL_COMPLEX}": lambda house: house.complex_functions(USUAL_COMPLEX),
    f"complexity over {MOST_COMPLEX} outside kernels": House.complex_outside_kernels,
    f"folders over {MOST_FILES} files": House.crowded_folders,
    "relative or dynamic imports": House.odd_imports,
    "public names without docstring": House.undescribed,
    "functions without Args": House.without_arguments,
}


def table(house: House) -> str:
    """Return every number, and below each the offenders."""
    lines = [
        f"{len(house.modules):6d}  files",
        f"{len(house.definitions):6d}  functions",
        f"{house.lines_of_code:6d}  lines of code",
        f"{house.function_lines(0.95):6d}  lines of the 95th of 100 functions",
        f"{house.function_lines(1.0):6d}  lines of the longest function",
    ]
    for what, offenders in LISTS.items():
        found = offenders(house)
        lines += [f"{len(found):6d}  {what}", *(f"            {one}" for one in found)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(House.at(Path(sys.argv[1]) if len(sys.argv) > 1 else SRC)) + "\n")
