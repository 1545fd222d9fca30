"""The screen Catalogue: entries with the source of every number, and calculators for the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.present.app.commands import command
from prenuc.present.tables.plain import plain
from prenuc.quantities import legible_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.present.app.session import Session


def begin(session: Session) -> dict[str, Any]:  # noqa: ARG001  an action like all others
    """Return what can be chosen: kinds of entries, materials, reagents, recipes."""
    from prenuc.facts.catalogue import entries
    from prenuc.facts.listing import SEARCHED

    materials = entries("materials")
    return {
        "kinds": list(SEARCHED),
        "materials": list(materials),
        "sized": [name for name, one in materials.items() if one.curves],
        "reagents": list(entries("reagents")),
        "recipes": list(entries("recipes")),
    }


def find(
    session: Session,  # noqa: ARG001  as above
    *,
    words: str,
    kind: str | None = None,
    material: str | None = None,
) -> dict[str, Any]:
    """Return entries in which words stand; all of a kind where there are none.

    Args:
        session: The page.
        words: What is looked for.
        kind: Only these, such as "species".
        material: Only those of this semiconductor.

    Raises:
        InputError: There is no such kind or material, or neither words nor a kind are given.
    """
    from prenuc.facts.listing import matching, rows

    if words.strip() or kind is None:
        found = matching(words, material)
        told = command("find", *words.split(), material=material)
        return {"rows": [r for r in found if kind in {None, r["kind of entry"]}], "command": told}
    found = [{"kind of entry": kind, **row} for row in rows(kind, material)]
    return {"rows": found, "command": command("list", kind, material=material)}


def show(session: Session, *, entry: str) -> dict[str, Any]:  # noqa: ARG001  as above
    """Return an entry with source and status of every number, and the documents it rests on.

    Args:
        session: The page.
        entry: Its identifier.

    Raises:
        FactsError: There is none of that name.
    """
    from prenuc.facts import catalogue

    kind, found = catalogue.find(entry)
    known = {**catalogue.entries("references"), **catalogue.entries("sources")}
    cited = catalogue.sources_of(found)
    return {
        "id": found.id,
        "name": found.name,
        "kind": kind,
        "entry": plain(found),
        "cited": [
            {"id": key, "text": known[key].text(), "doi": known[key].doi, "used": used}
            for key, used in cited.items()
        ],
        "command": command("show", entry),
    }


def size(
    session: Session,  # noqa: ARG001  as above
    *,
    material: str,
    wavelength: str,
    hwhm: str | None = None,
    force: bool = False,
    absorbance: float | None = None,
    path: str = "1 cm",
    dilution: float = 1.0,
    volume: str | None = None,
    metal: str | None = None,
) -> dict[str, Any]:
    """Return diameter and extinction by every published curve, and how many dots there are.

    Args:
        session: The page.
        material: Such as "CdSe".
        wavelength: First absorption, such as "550" or "2.25 eV".
        hwhm: Half width at half maximum of the line.
        force: Size the line even if it may be that of a cluster.
        absorbance: At that wavelength.
        path: Of the cuvette.
        dilution: Of the sample.
        volume: Of what the sample was taken from.
        metal: In that volume.

    Raises:
        InputError: A number cannot be read, or there is no such material.
    """
    import prenuc as pn
    from prenuc.observe.amounts import amounts, nanometres
    from prenuc.present.tables.spectra import amount_table, size_table

    width = None if hwhm is None else nanometres(hwhm, "half width")
    found = pn.size(material, nanometres(wavelength), hwhm_nm=width, force=force)
    sample = {"path_length": path, "dilution": dilution, "volume": volume, "metal": metal}
    there = amounts(material, found, absorbance, **sample)  # type: ignore[arg-type]
    return {
        "sizes": plain(found),
        "table": plain(size_table(found)),
        "amounts": plain(amount_table(there)) if there else None,
        "notes": [f"{one.curve}: {one.reason or one.checked}" for one in found],
        "command": command(
            *("size", material, wavelength),
            hwhm=hwhm,
            force=force,
            absorbance=absorbance,
            path=None if path == "1 cm" else path,
            dilution=None if dilution == 1.0 else dilution,
            volume=volume,
            metal=metal,
        ),
    }


def batch(session: Session, *, contents: str, times: float = 1.0) -> dict[str, Any]:  # noqa: ARG001
    """Return what is weighed for a mixture in words, or for a recipe.

    Args:
        session: The page.
        contents: Such as "0.3 mmol S and 9.2 g ODE", or a recipe's identifier.
        times: How many times as much is made.

    Raises:
        InputError: An amount, a compound or the factor cannot be read.
    """
    from prenuc.present.tables.weighing import batch_table
    from prenuc.protocol.batch import weighed

    found = weighed(contents, times=times)
    return {
        "steps": [
            {"step": legible_text(one.step), "table": plain(batch_table(one))} for one in found
        ],
        "batches": plain(found),
        "command": command("batch", contents, times=None if times == 1.0 else times),
    }


def dilute(
    session: Session,  # noqa: ARG001  as above
    *,
    taken: str,
    into: str,
    of: str = "",
    absorbance: float | None = None,
    wanted: float | None = None,
) -> dict[str, Any]:
    """Return how many times a sample is diluted, and what to take for a reading that is wanted.

    Args:
        session: The page.
        taken: Of the sample, such as "25 uL".
        into: Such as "3 mL".
        of: What liquid a mass is of.
        absorbance: Reading of the diluted sample.
        wanted: Absorbance that is wanted.

    Raises:
        InputError: Everything that is wrong with the numbers.
    """
    from prenuc.present.tables.weighing import dilution_lines
    from prenuc.protocol.batch import dilution

    found = dilution(taken, into, of=of, absorbance=absorbance, wanted=wanted)
    return {
        "numbers": found.as_dict(),
        "lines": list(dilution_lines(found)),
        "command": command("dilute", taken, into, of=of, absorbance=absorbance, wanted=wanted),
    }


ACTIONS: dict[str, Callable[..., Any]] = {
    "catalogue.begin": begin,
    "catalogue.find": find,
    "catalogue.show": show,
    "catalogue.size": size,
    "catalogue.batch": batch,
    "catalogue.dilute": dilute,
}
