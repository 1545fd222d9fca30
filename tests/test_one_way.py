"""There is one way to change a constant and one to vary a protocol; the code knows no other.

What stood here before: arguments ``change=``, parameter sets patched in the catalogue, mechanisms
built again from their names, text replaced in protocols, steps put together anew elsewhere.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import prenuc

ROOT = Path(prenuc.__file__).parent
FILES = {str(path.relative_to(ROOT)): path for path in sorted(ROOT.rglob("*.py"))}
TABLES = {"MODELS", "RIVALS"}
NUMBERS = {"constant", "reactions", "parameters"}  # of a mechanism, a reaction
STORES = {"update", "setdefault", "pop", "popitem", "clear", "__setitem__"}


def name_of(node):
    """Return the last word of what is called, such as "replace" of ``dataclasses.replace``."""
    return getattr(node, "attr", getattr(node, "id", ""))


def catalogues(tree):
    """Return the names that stand for a whole kind of the catalogue."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and name_of(node.value.func) == "entries"
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def is_catalogue(node, known):
    called = isinstance(node, ast.Call) and name_of(node.func) == "entries"
    return called or (isinstance(node, ast.Name) and node.id in known)


def in_signatures(room, node, _):
    if isinstance(node, ast.arg) and node.arg == "change" and room == "mechanism":
        yield "a mechanism takes 'change'"


def in_assignments(_room, node, known):
    stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    if stored and is_catalogue(node.value, known):
        yield "the catalogue is written to"


def in_calls(room, node, known):
    if not isinstance(node, ast.Call):
        return
    called, words = name_of(node.func), {keyword.arg for keyword in node.keywords}
    first = name_of(node.args[0]) if node.args else ""
    found = {
        "the catalogue is written to": called in STORES
        and is_catalogue(getattr(node.func, "value", None), known),
        "steps are put together anew": called == "replace"
        and "steps" in words
        and room != "protocol",
        "a mechanism is put together anew": called == "replace"
        and bool(words & NUMBERS)
        and room not in {"mechanism", "compiling"},
        "a step is looked at by a text": called == "getattr" and first == "step",
        "a protocol is read from its own text": called == "from_text"
        and room not in {"protocol", "present"},
        "something frozen is written to": called == "__setattr__"
        and first != "self"
        and room != "mechanism",
    }
    yield from (what for what, there in found.items() if there)


def in_builders(room, node, _):
    """A mechanism is built by whoever asks for it first; later on it is varied."""
    if isinstance(node, ast.Call) and room == "infer":
        if name_of(node.func) == "two_pathway" and {k.arg for k in node.keywords} & {"dots"}:
            yield "a mechanism is built again"
        if isinstance(node.func, ast.Subscript) and name_of(node.func.value) in TABLES:
            yield "a mechanism is built from its name"


def other_ways(room, source):
    """Return every other way to change a constant or a protocol in a file, with its line."""
    tree = ast.parse(source)
    known = catalogues(tree)
    return [
        (what, getattr(node, "lineno", 0))
        for node in ast.walk(tree)
        for look in (in_signatures, in_assignments, in_calls, in_builders)
        for what in look(room, node, known)
    ]


def room_of(name):
    """Return the room of a file; what takes a mechanism's arrays apart is a room of its own."""
    return "compiling" if name == "simulation/compiling.py" else name.partition("/")[0]


@pytest.mark.parametrize("name", FILES)
def test_no_file_knows_another_way(name):
    assert other_ways(room_of(name), FILES[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("mechanism", "def classical(material, *, change=None): ..."),
        ("infer", "known = entries('parameters')\nknown[which] = replace(kept, values=values)"),
        ("infer", "entries('parameters')[which] = kept"),
        ("infer", "known = entries('parameters')\nknown.update(before)"),
        ("infer", "protocol = replace(protocol, steps=edit(protocol.steps))"),
        ("infer", "replace(model, reactions=faster)"),
        ("infer", "written = getattr(step, name, None)"),
        ("infer", "Protocol.from_text(text.replace(old, new))"),
        ("infer", "two_pathway(which, metal=metal, dots=Moments())"),
        ("infer", "MODELS[model](which, metal=metal)"),
        ("simulation", "object.__setattr__(mechanism, 'parameters', values)"),
    ],
)
def test_each_old_way_would_be_seen(room, source):
    assert other_ways(room, source)
