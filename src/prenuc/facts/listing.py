"""The catalogue in rows: everything of a kind, or everything in which words stand."""

from __future__ import annotations

from typing import Any

from prenuc.errors import FactsError, InputError, unknown_name
from prenuc.facts.catalogue import entries

MECHANISMS = "mechanisms"
SEARCHED = (
    *("species", "recipes", "materials", "reagents", "moieties", MECHANISMS),
    *("claims", "observations", "references", "sources"),
)
# Of entries that have them: where words are looked for beside identifier and name.
_TOLD = ("aliases", "statement", "subject", "journal", "authors", "doi", "note")


def rows(kind: str, material: str | None = None) -> list[dict[str, Any]]:
    """Return every entry of a kind as a row: identifier, name, and what else is short.

    Args:
        kind: Such as "species", or "mechanisms".
        material: Only entries of this semiconductor, such as "CdS".

    Raises:
        FactsError: There is no such kind or material.
    """
    if material is not None and material not in entries("materials"):
        raise FactsError(unknown_name("material", material, entries("materials")))
    found = [_row(kind, entry) for entry in entries(_kept_as(kind)).values()]
    return [row for row in found if material is None or row.get("material") == material]


def matching(text: str, material: str | None = None) -> list[dict[str, Any]]:
    """Return the entries of any kind in which every word of a text stands, as rows.

    Args:
        text: Such as "oleate" or "msc 311"; capitals do not count.
        material: Only entries of this semiconductor.

    Raises:
        InputError: The text holds no word, or there is no such material.
    """
    words = text.casefold().split()
    if not words:
        raise InputError("nothing to look for", "Give a word, such as oleate")
    found = []
    for kind in SEARCHED:
        for row in rows(kind, material):
            told = _text(row, entries(_kept_as(kind))[row["id"]])
            if all(word in told for word in words):
                found.append({"kind of entry": kind, **row})
    return sorted(found, key=lambda row: words[0] not in row["id"].casefold())


def _kept_as(kind: str) -> str:
    return "parameters" if kind == MECHANISMS else kind


def _row(kind: str, entry: Any) -> dict[str, Any]:
    row = {"id": entry.id, "name": entry.name}
    for key in ("material", "kind", "subject", "panel", "formula", "year", "journal", "doi"):
        value = getattr(entry, key, "")
        if value:
            row[key] = value
    if kind == "materials":
        row["material"] = entry.id
    if kind == "references":
        row |= {"authors": list(entry.authors), "volume": entry.volume, "pages": entry.pages}
    return row


def _text(row: dict[str, Any], entry: Any) -> str:
    """Return all words of an entry that are looked at, in small letters."""
    told = [*row.values(), *(getattr(entry, name, "") for name in _TOLD)]
    parts = [part for one in told for part in (one if isinstance(one, list | tuple) else [one])]
    return " ".join(map(str, parts)).casefold()
