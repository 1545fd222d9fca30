"""What a user names: a recipe or the file of a protocol, a mechanism, several models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.errors import InputError, MechanismError, listed_names

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.mechanism.dots import AbstractDots
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

RECIPES = {  # the kinetic panels of the paper: what a next experiment begins from
    "CdS": "cds-msc-311-in-toluene",
    "CdTe": "cdte-dmsc-371-in-toluene-ota",
    "CdSe": "cdse-5b",
}
FILES = ".yaml", ".yml"
_SEVERAL = re.compile(r"(S?\d+)([a-z])-([a-z])")  # panels that a recipe shares, such as "2a-b"
QUESTION = ("two-pathway", "droplets", "classical")  # Scheme S4


def read_protocol_or_recipe(what: str, assume: Sequence[str] = ()) -> tuple[Protocol, str | None]:
    """Return a protocol, and the mechanism that its file names, if any.

    Args:
        what: A recipe of the catalogue, or a YAML file.
        assume: What is said of things that the recipe does not print, "name=value" each.

    Raises:
        InputError: There is no such recipe, or the file cannot be read; all problems at once.
    """
    from prenuc.facts.catalogue import get
    from prenuc.protocol.protocol import Protocol, read_protocol

    if any("=" not in item for item in assume):
        raise InputError("an assumption has no '='", 'Write --assume "batch mass=20 g"')
    if not what.endswith(FILES):
        if Path(what).exists():
            mend = "Name a .yaml file of steps, as in docs/how-to/your-own-flask.md, or a recipe"
            raise InputError("this is no protocol", mend, where=what)
        given = dict(item.partition("=")[::2] for item in assume)
        return Protocol.from_recipe(get("recipes", what), assume=given), None
    if assume:
        what = f"a protocol file leaves nothing to assume ({', '.join(assume)})"
        raise InputError(what, "Write the number into the file instead")
    return read_protocol(Path(what))


def mechanism_of(
    name: str | None,
    what: str,
    protocol: Protocol,
    inert: Collection[str] = (),
    dots: AbstractDots | None = None,
) -> Mechanism:
    """Return the mechanism that is asked for, for the precursors of a protocol.

    Args:
        name: One of the package, or a YAML file; ours for a recipe when None.
        what: The recipe or the file of the protocol.
        protocol: What was done.
        inert: Reagents that are not to react.
        dots: How dots are counted; class by class when None.

    Raises:
        InputError: There is none of that name, or none is given.
    """
    from prenuc.facts.catalogue import entries
    from prenuc.mechanism.network_file import read_mechanism
    from prenuc.scope.choice import for_reagents, mechanism_for
    from prenuc.scope.systems import nearest_system

    if name is None and what in entries("recipes"):
        return for_reagents(entries("recipes")[what].material, protocol.reagents, dots)
    if name is None:
        near = nearest_system(protocol.reagents, "")
        usual = f"two-pathway/{near.material if near else 'CdS'}"
        mend = f"Add --mechanism {usual}, or write 'mechanism: {usual}' into the file"
        raise MechanismError("no mechanism is given", mend, where=what)
    if not name.endswith(FILES):
        return mechanism_for(name, protocol, inert=inert, dots=dots)
    found = read_mechanism(
        Path(name), lambda base: mechanism_for(base, protocol, inert=inert, dots=dots)
    )
    if not {*found.components} & {*protocol.reagents}:
        problem = f"{protocol.name} charges no species of this mechanism"
        mend = f"Name species after what is charged: {listed_names(sorted(protocol.reagents))}"
        raise MechanismError(problem, mend, where=name)
    return found


def read_mechanism_named(name: str) -> Mechanism:
    """Return a mechanism of the package by its name, or that of a YAML file.

    Args:
        name: Such as "two-pathway/CdS" or "mine.yaml".

    Raises:
        InputError: There is none of that name, or the file cannot be read; all problems at once.
    """
    from prenuc.mechanism.named import mechanism_named
    from prenuc.mechanism.network_file import read_mechanism

    return read_mechanism(Path(name)) if name.endswith(FILES) else mechanism_named(name)


def panels_named(panels: Sequence[str]) -> list[str]:
    """Return panels with "2a-b" taken apart; one of which nothing is known stays as written.

    Args:
        panels: Such as "2a", "3" or "2a-b".
    """
    from prenuc.infer.experiments.reproduce import checks

    known = {check.panel for check in checks()}
    found = []
    for panel in panels:
        several = _SEVERAL.fullmatch(panel)
        parts = []
        if several:
            figure, first, last = several.groups()
            if f"{figure}{last}" <= max((k for k in known if k.startswith(figure)), default=""):
                parts = [f"{figure}{chr(n)}" for n in range(ord(first), ord(last) + 1)]
        found += [part for part in parts if part in known] or [panel]
    return found


def protocol_and_material(which: str) -> tuple[Protocol, str]:
    """Return a protocol and its material; "" for a file that names no mechanism.

    Args:
        which: A recipe of the catalogue, or a YAML file.

    Raises:
        InputError: There is no such recipe, or the file cannot be read; all problems at once.
    """
    from prenuc.facts.catalogue import entries

    protocol, mechanism = read_protocol_or_recipe(which)
    if which in entries("recipes"):
        return protocol, entries("recipes")[which].material
    return protocol, (mechanism or "").partition("/")[2]


def models_named(names: str | None, material: str, kinds: Sequence[str] = ()) -> list[Candidate]:
    """Return mechanisms by name; a kind without a material is of the protocol's.

    That of a file is called as the file is, since it may change one of the package.

    Args:
        names: Such as "two-pathway,droplets/CdS,mine.yaml"; None for the usual ones.
        material: Of the protocol; "" where that is not known.
        kinds: The usual ones; ours and all rivals when empty.

    Raises:
        InputError: There is none of a name, or none is named and the material is not known.
    """
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.selection.compare_mechanisms import rivals

    asked = [name.strip() for name in (names or ",".join(kinds)).split(",") if name.strip()]
    if asked:
        whole = [n if "/" in n or n.endswith(FILES) else f"{n}/{material}" for n in asked]
        labels = [Path(name).stem if name.endswith(FILES) else "" for name in whole]
        pairs = zip(whole, labels, strict=True)
        return [Candidate(read_mechanism_named(name), label=label) for name, label in pairs]
    if not material:
        mend = "Add --models, or 'mechanism: two-pathway/CdS' to the protocol"
        raise InputError("the protocol file names no material", mend)
    return [Candidate(one) for one in rivals(material)]
