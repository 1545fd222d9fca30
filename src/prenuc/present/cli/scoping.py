"""``prenuc scope``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from prenuc.present.cli.completing import recipes_and_files
from prenuc.present.cli.input import inert_option, mechanism_option
from prenuc.present.cli.output import echo, echo_json, echo_lines, echo_table, json_option
from prenuc.present.files.named import mechanism_of, read_protocol_or_recipe
from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from prenuc.scope.verdict import Scope


@click.command()
@click.argument("what", metavar="RECIPE|FILE.yaml", shell_complete=recipes_and_files)
@mechanism_option
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help="Fill in what is unreported.")
@inert_option
@json_option
def scope(
    what: str,
    mechanism: str | None,
    assume: tuple[str, ...],
    inert: tuple[str, ...],
    as_json: bool,
) -> None:
    """May a mechanism speak about this flask?

    What it makes of each reagent, what is assumed for that, what is missing, and how the
    temperatures lie to those that its constants were found at. Exit status 1 where it may not.

    \b
    Examples:
      prenuc scope cds-msc-311-in-toluene
      prenuc scope mine.yaml --mechanism two-pathway/CdSe --json
    """
    from prenuc.scope.choice import without_model
    from prenuc.scope.verdict import scope_of

    protocol, in_file = read_protocol_or_recipe(what, assume)
    name = mechanism or in_file
    facts = without_model(name) if name is not None else None
    if facts is not None:
        _facts_only(str(name), facts, as_json=as_json)
        sys.exit(1)
    found = scope_of(mechanism_of(name, what, protocol, inert), protocol, inert=inert)
    echo_json(found) if as_json else _echo(found)
    sys.exit(0 if found.in_scope else 1)


def _facts_only(name: str, facts: dict[str, Any], *, as_json: bool) -> None:
    """Print what is known of a material that no mechanism speaks about."""
    answer = {"in_scope": False, "mechanism": name, "facts_only": facts, "reagents": []}
    answer |= {"missing": [f"a mechanism of {facts['material']}"], "warnings": []}
    if as_json:
        echo_json(answer)
        return
    echo(f"{name}: facts only; no mechanism speaks about {facts['material']}")
    sources = facts["sources"].items()
    echo_lines(f"{atom} on the shelf: {', '.join(names)}" for atom, names in sources)
    for kind in ("curves", "species", "recipes"):
        echo_lines([f"{kind}: {', '.join(facts[kind])}"] if facts[kind] else [])


def _echo(found: Scope) -> None:

    verdict = "in scope" if found.in_scope else "out of scope"
    echo(f"{found.protocol} with {found.mechanism}: {verdict}")
    echo_lines([f"constants found with: {found.system or 'a mechanism of your own'}"])
    if found.range is not None:
        echo_lines([f"at {found.range}; the protocol reaches from {found.reached}"])
    rows = tuple((one.name, one.role, one.note) for one in found.reagents)
    echo_table(Table(headings=("reagent", "part", "assumed, or why not"), rows=rows))
    echo_lines(f"missing: {one}" for one in found.missing)
    noted = {one.note for one in found.reagents}
    echo_lines(f"note: {one}" for one in found.cautions if one not in noted)
    echo_lines(f"refused: {one}" for one in (*found.problems, *found.beyond))
