"""``prenuc list``, ``prenuc find``, ``prenuc show`` and ``prenuc cite``."""

from __future__ import annotations

import sys
from typing import Any

import click

from prenuc.present.cli.completing import anything, materials
from prenuc.present.cli.output import (
    echo,
    echo_answer,
    echo_json,
    echo_lines,
    echo_table,
    json_option,
)
from prenuc.present.tables.plain import plain
from prenuc.present.tables.table import Table

LISTED = (
    *("species", "recipes", "materials", "reagents", "moieties", "mechanisms", "claims"),
    *("observations", "references", "sources", "parameters"),
)
_UNTABLED = {"authors", "volume", "pages", "doi"}  # too wide for a terminal; --json has them


@click.command("list")
@click.argument("kind", type=click.Choice(LISTED))
@click.option(
    "--material",
    help="Only entries of this semiconductor, such as CdS.",
    shell_complete=materials,
)
@json_option
def list_(kind: str, material: str | None, as_json: bool) -> None:
    """List what the catalogue knows.

    \b
    Example:
      prenuc list species --material CdS
    """
    from prenuc.facts.listing import rows

    echo_answer(rows(kind, material), _echo_rows, as_json)


@click.command()
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--material", help="Only entries of this semiconductor, such as CdS.")
@json_option
def find(words: tuple[str, ...], material: str | None, as_json: bool) -> None:
    """Find entries of the catalogue in which all words stand; exit status 1 if there is none.

    Names, other names, formulas, printed statements, titles and authors are looked through.

    \b
    Examples:
      prenuc find oleate
      prenuc find MSC 311 --material CdS
    """
    from prenuc.facts.listing import matching

    found = matching(" ".join(words), material)
    if as_json or found:
        echo_answer(found, lambda found: _echo_rows([_short(row) for row in found]), as_json)
    else:
        echo("nothing in the catalogue holds these words")
    sys.exit(0 if found else 1)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row.get(key, "") for key in ("kind of entry", "id", "name", "material")}


def _echo_rows(found: list[dict[str, Any]]) -> None:
    keys = dict.fromkeys(key for row in found for key in row if key not in _UNTABLED)
    cells = tuple(tuple(str(row.get(key, "")) for key in keys) for row in found)
    echo_table(Table(headings=tuple(keys), rows=cells))


@click.command()
@click.argument("identifier", metavar="ID", shell_complete=anything)
@json_option
def show(identifier: str, as_json: bool) -> None:
    """Show one entry with every number's source and status.

    \b
    Example:
      prenuc show MSC-311
    """
    from prenuc.facts.catalogue import find

    kind, entry = find(identifier)
    data = {"kind of entry": kind, **plain(entry)}
    echo_answer(data, lambda data: echo_lines(_lines(data, 0), ""), as_json)


def _lines(thing: Any, depth: int) -> list[str]:
    """Return nested data as indented lines; a value stands on one line with its source."""
    pad = "  " * depth
    lines: list[str] = []
    items = thing.items() if isinstance(thing, dict) else [("-", item) for item in thing]
    for key, item in items:
        name = key if key == "-" else f"{key}:"
        if isinstance(item, dict) and {"value", "unit", "source", "status"} <= item.keys():
            lines.append(f"{pad}{name} {_value(item)}")
            lines += [f"{pad}  {item['note']}"] if "note" in item else []
        elif isinstance(item, (dict, list)):
            if item:
                lines += [f"{pad}{name}", *_lines(item, depth + 1)]
        elif item not in ("", None):
            lines.append(f"{pad}{name} {item}")
    return lines


def _value(item: dict[str, Any]) -> str:
    """Return a value with its uncertainty, unit, status and source."""
    unit = "" if item["unit"] == "1" else f" {item['unit']}"
    spread = f" ± {item['uncertainty']:g}" if "uncertainty" in item else ""
    return f"{item['value']:g}{spread}{unit}  [{item['status']}; {item['source']}]"


@click.command()
@click.argument("identifiers", metavar="ID...", nargs=-1, required=True, shell_complete=anything)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "bibtex"]),
    default="text",
    show_default=True,
    help="Form of the entries.",
)
@json_option
def cite(identifiers: tuple[str, ...], style: str, as_json: bool) -> None:
    """Print the bibliography of exactly what was used.

    A recipe brings its material's parameters and species along.

    \b
    Example:
      prenuc cite cds-msc-311-in-toluene two-pathway/CdS --format bibtex
    """
    from prenuc.facts import catalogue

    things = [thing for identifier in identifiers for thing in _with_chemistry(identifier)]
    if as_json:
        known = {**catalogue.entries("references"), **catalogue.entries("sources")}
        found = catalogue.sources_of(things).items()
        echo_json([{**_reference(known[key]), "used": places} for key, places in found])
        return
    echo(catalogue.cite(*things, style=style))


def _with_chemistry(identifier: str) -> list[Any]:
    """Return an entry, and for a recipe the mechanism that would run it."""
    from prenuc.facts.catalogue import find
    from prenuc.simulation.choice import for_recipe

    kind, entry = find(identifier)
    return [entry, for_recipe(entry)] if kind == "recipes" else [entry]


def _reference(entry: Any) -> dict[str, Any]:

    return {**plain(entry), "text": entry.text(), "bibtex": entry.bibtex()}
