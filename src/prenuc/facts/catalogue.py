"""Load, check and search the data files of the package.

Each kind of fact is read when it is first asked for. Reading a kind reports every problem of
all its files at once, with file and line.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prenuc.circumstances import OWN_REAGENTS, own_reagents
from prenuc.errors import FactsError, Problem, unknown_name
from prenuc.facts.additive import Additive
from prenuc.facts.check import Check
from prenuc.facts.claim import Claim
from prenuc.facts.document import Node
from prenuc.facts.family import Family, Preparation
from prenuc.facts.material import Material
from prenuc.facts.reagent import Moiety, Reagent
from prenuc.facts.recipe import Observation, ParameterSet, Recipe
from prenuc.facts.reference import Reference
from prenuc.facts.refit import Refit
from prenuc.facts.row_class import RowClass
from prenuc.facts.row_surprisal import RowSurprisal
from prenuc.facts.search import Search
from prenuc.facts.source import Source
from prenuc.facts.species import Species
from prenuc.facts.split import HeldOut
from prenuc.facts.statement_kind import StatementKind
from prenuc.facts.system import System
from prenuc.facts.value import Value
from prenuc.facts.yaml_file import Items, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable

    T = TypeVar("T")

# A kind of which some fields do not stand under their own names reads itself.
KINDS: Mapping[str, type[Any]] = {
    "species": Species,
    "recipes": Recipe,
    "materials": Material,
    "reagents": Reagent,
    "additives": Additive,
    "moieties": Moiety,
    "observations": Observation,
    "claims": Claim,
    "checks": Check,
    "rival_checks": Check,
    "split": HeldOut,
    "searches": Search,
    "row_classes": RowClass,
    "refits": Refit,
    "row_surprisals": RowSurprisal,
    "statement_kinds": StatementKind,
    "references": Reference,
    "sources": Reference,
    "parameters": ParameterSet,
    "frozen": ParameterSet,
    "systems": System,
    "families": Family,
    "preparations": Preparation,
}

CALIBRATED = "calibrated rows"
GROUPS = "every row", CALIBRATED  # of a material, by name in "informed_by"


def _files(kind: str) -> list[Path | Traversable]:
    """Return ``data/<kind>.yaml``, or every file of ``data/<kind>/``, in order of name.

    Reagents of a user's own stand in a file beside those of the package.
    """
    root = resources.files("prenuc") / "data"
    single = root / f"{kind}.yaml"
    if single.is_file():
        mine = own_reagents() if kind == "reagents" else None
        return [single] if mine is None else [single, mine]
    folder = [path for path in (root / kind).iterdir() if path.name.endswith(".yaml")]
    return sorted(folder, key=lambda path: path.name)


def read_list(
    path: Path | Traversable, read: Callable[[Node], T], what: str, problems: list[Problem]
) -> list[tuple[T, str]]:
    """Read a file that is a list of entries.

    Args:
        path: The YAML file.
        read: Turns a node into an entry.
        what: What an entry is, for messages.
        problems: The list that every problem found is added to.

    Returns:
        The entries, each with its ``file:line``.
    """
    name = str(path) if isinstance(path, Path) else path.name
    try:
        document = load(path)
    except FactsError as error:
        problems += error.problems
        return []
    if not isinstance(document, Items):
        wrong = "the file must be a list of entries"
        problems.append(Problem(wrong, "Begin with '- id: …'", where=name))
        return []
    found = []
    for index, item in enumerate(document):
        node = Node(item, name, problems, document.lines[index])
        found.append((read(node), node.where()))
        node.finish(what)
    return found


def read_files(files: Iterable[Any], read: Callable[[Node], Any], what: str) -> dict[str, Any]:
    """Return the entries of several files by identifier.

    Args:
        files: The YAML files, each a list of entries.
        read: Turns a node into an entry with an ``id``.
        what: What an entry is, for messages.

    Raises:
        FactsError: Anything is wrong with any of them; all problems at once.
    """
    problems: list[Problem] = []
    entries: dict[str, Any] = {}
    places: dict[str, str] = {}
    for path in files:
        for entry, where in read_list(path, read, what, problems):
            if entry.id in entries:
                first = f"It stands already at {places[entry.id]}; give one of them another id"
                problems.append(Problem(f"id '{entry.id}' is used twice", first, where=where))
            entries[entry.id] = entry
            places[entry.id] = where
    if problems:
        raise FactsError(problems)
    return entries


@cache
def entries(kind: str) -> dict[str, Any]:
    """Return all entries of a kind, by identifier, in the order of the files.

    Raises:
        FactsError: There is no such kind, or a data file is wrong.
    """
    if kind not in KINDS:
        raise FactsError(unknown_name("kind of fact", kind, KINDS))
    own = KINDS[kind]
    read = getattr(own, "read", lambda node: node.entry(own))
    return read_files(_files(kind), read, f"an entry of {kind}")


def get(kind: str, identifier: str) -> Any:
    """Return one entry of a kind.

    Raises:
        FactsError: There is none of that name; the nearest names are given.
    """
    known = entries(kind)
    if identifier not in known:
        singular = {"species": "species", "moieties": "moiety", "searches": "search"}.get(
            kind, kind.removesuffix("s")
        )
        raise FactsError(unknown_name(singular, identifier, known))
    return known[identifier]


def find(identifier: str) -> tuple[str, Any]:
    """Return the kind and the entry of an identifier of any kind.

    Raises:
        FactsError: There is none of that name; the nearest names are given.
    """
    every: list[str] = []
    for kind in KINDS:
        known = entries(kind)
        if identifier in known:
            return kind, known[identifier]
        every += known
    raise FactsError(unknown_name("entry", identifier, every))


def recipe(identifier: str) -> Recipe:
    """Return a published recipe.

    Args:
        identifier: Such as "cds-msc-311-in-toluene"; ``prenuc list recipes`` shows all.
    """
    found: Recipe = get("recipes", identifier)
    return found


def held_out(material: str, panel: str) -> bool:
    """Say whether the figure of a panel is held out for a material, by the split.

    Args:
        material: Such as "CdS".
        panel: Figure panel of a row, such as "3b".
    """
    split: Iterable[HeldOut] = entries("split").values()
    return any(one.material == material and one.holds(panel) for one in split)


@cache
def evidence(name: str) -> frozenset[str]:
    """Return the observations and claims that an entry of ``informed_by`` stands for.

    Args:
        name: One of them, or a group: "every row of CdS", "calibrated rows of CdS".

    Raises:
        FactsError: It is none.
    """
    group, _, material = name.rpartition(" of ")
    if group in GROUPS and material in entries("materials"):
        rows = [c for c in entries("checks").values() if c.recipe and _of(c.recipe) == material]
        if group == CALIBRATED:
            rows = [check for check in rows if not held_out(material, check.panel)]
        return frozenset(seen for check in rows for seen in check.observations)
    known = {**entries("observations"), **entries("claims")}
    if name not in known:
        materials = [f"{one} of {each}" for one in GROUPS for each in entries("materials")]
        raise FactsError(unknown_name("observation, claim or group", name, [*known, *materials]))
    return frozenset((name,))


def _of(recipe_id: str) -> str:
    return str(get("recipes", recipe_id).material)


@cache
def reagent_names() -> dict[str, str]:
    """Return the identifier of every reagent by each of its names.

    Raises:
        FactsError: A name is that of two, or one is made of what is no moiety.
    """
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for reagent in entries("reagents").values():
        for name in (reagent.id, reagent.name, *reagent.aliases):
            if names.setdefault(name, reagent.id) != reagent.id:
                what = f"'{name}' is a name of {names[name]} and of {reagent.id}"
                problems.append(Problem(what, "Leave it to one of them"))
        problems += [
            unknown_name(f"moiety in {reagent.id}", part, moieties())
            for part in reagent.composition
            if part not in moieties()
        ]
    if problems:
        raise FactsError([problem.at(str(own_reagents() or "")) for problem in problems])
    return names


def no_reagent(name: str) -> Problem:
    """Return the problem that nothing on the shelf has a name, and how one's own gets there.

    Args:
        name: What was asked for.
    """
    problem = unknown_name("reagent", name, reagent_names())
    mine = f"put it on a shelf of your own ({OWN_REAGENTS}, docs/how-to/write-a-protocol.md)"
    return replace(problem, mend=f"Fix the name, or {mine}")


def reagent_called(name: str) -> str | None:
    """Return the identifier of a reagent by a name, however that is spelt; None for none.

    Capitals, spaces, hyphens, colons, "ph" for "f" in sulphur and the charge of a metal tell no two
    reagents apart: "TOP-Se" is "TOPSe" and "Cadmium(II) Oxide" "cadmium oxide". A spelling that
    would do for two reagents is none of either.

    Args:
        name: Such as "ODE" or "1-Octadecene".
    """
    return reagent_names().get(name) or _spellings().get(_spelt(name))


@cache
def _spellings() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, one in reagent_names().items():
        found[_spelt(name)] = one if found.get(_spelt(name), one) == one else None
    return found


def _spelt(name: str) -> str:
    bare = re.sub(r"\((?:i|ii|iii|iv|v)\)|[-\s_:=·.‐–—]", "", name.lower())
    return bare.replace("sulph", "sulf")


@cache
def chalcogens() -> frozenset[str]:
    """Return the moieties that dots are counted by: chalcogens, and pnictogens in their place."""
    kinds = "chalcogen", "pnictogen"
    return frozenset(m.id for m in entries("moieties").values() if m.kind in kinds)


@cache
def moieties() -> dict[str, tuple[float, float]]:
    """Return molar mass (kg/mol) and molar volume (m³/mol) of every moiety."""
    parts = {m.id: (m.molar_mass.si, m.molar_volume.si) for m in entries("moieties").values()}
    for reagent in entries("reagents").values():
        if reagent.whole and reagent.density is not None:
            mass = reagent.molar_mass.si
            parts[reagent.id] = (mass, mass / reagent.density.si)
    return parts


def _inside(thing: Any, kinds: tuple[type, ...]) -> Iterator[Any]:
    """Yield everything of some kinds inside an object, however deep."""
    if isinstance(thing, kinds):
        yield thing
        return
    if is_dataclass(thing):
        thing = [getattr(thing, field.name) for field in fields(thing)]
    elif isinstance(thing, dict):
        thing = thing.values()
    elif not isinstance(thing, (list, tuple)):
        return
    for item in thing:
        yield from _inside(item, kinds)


def sources_of(thing: Any) -> dict[str, list[str]]:
    """Return citation keys and locators of every source inside an object, however deep.

    The name of a species stands for the species, so that a mechanism brings its spectra along.
    """
    known = {**entries("references"), **entries("sources")}
    found: dict[str, list[str]] = {}
    for item in _inside(thing, (Reference, Source, str)):
        if isinstance(item, str) and item in entries("species"):
            for key, places in sources_of(_without_names(entries("species")[item])).items():
                _note(found, key, places)
            continue
        try:
            source = Source.parse(item) if isinstance(item, str) else _place_of(item)
        except ValueError:
            continue
        if source.key in known:
            _note(found, source.key, source.locator.split("; "))
    return found


def _place_of(item: Source | Reference) -> Source:
    if isinstance(item, Source):
        return item
    return Source(item.id, "; ".join(item.printed_in) or "the document itself")


def _without_names(species: Species) -> tuple[Any, ...]:
    """Return what a species says, without the names of species that it mentions."""
    return (species.source, species.bands, species.values, species.readings)


def _note(found: dict[str, list[str]], key: str, places: Iterable[str]) -> None:
    known = found.setdefault(key, [])
    known += [place for place in places if place not in known]


def cite(*things: Any, style: str = "text") -> str:
    """Return the bibliography of exactly what was used.

    Args:
        things: Any objects of prenuc: recipes, mechanisms, protocols, runs, values.
        style: "text" or "bibtex".
    """
    known: dict[str, Reference] = {**entries("references"), **entries("sources")}
    found = sources_of(things)
    if style == "bibtex":
        return "\n\n".join(known[key].bibtex() for key in found)
    return "\n".join(f"[{key}] {known[key].text()}  Used: {'; '.join(found[key])}" for key in found)


def values_of(thing: Any) -> Iterator[Value]:
    """Return every value inside an object, however deep."""
    return _inside(thing, (Value,))
