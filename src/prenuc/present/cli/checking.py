"""``prenuc check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prenuc.errors import InputError, counted
from prenuc.present.cli.completing import mechanisms_and_files
from prenuc.present.cli.output import echo, echo_json, echo_lines, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.thermodynamics.check import Check

MOST_LINES = 12  # of one kind, for a reader


@click.command()
@click.argument(
    "what",
    metavar="MECHANISM|FILE.yaml...",
    nargs=-1,
    required=True,
    shell_complete=mechanisms_and_files,
)
@json_option
def check(what: tuple[str, ...], as_json: bool) -> None:
    """Does a mechanism obey thermodynamics?

    Cycles of reactions whose equilibrium constants do not fit, hosts and catalysts on one side
    only, reactions without a way back, matter out of nothing; and prefactors beside
    transition-state theory. Exit status 1 where one is inconsistent.

    \b
    Examples:
      prenuc check two-pathway/CdS
      prenuc check faster.yaml --json
    """
    from prenuc.thermodynamics.check import INCONSISTENT
    from prenuc.thermodynamics.check import check as checked

    found = [checked(_mechanism(one)) for one in what]
    if as_json:
        answers = [one.as_dict() for one in found]
        echo_json(answers[0] if len(answers) == 1 else answers)
    else:
        for one in found:
            _echo(one)
    sys.exit(int(any(one.verdict == INCONSISTENT for one in found)))


def _mechanism(what: str) -> Mechanism:
    """Return the mechanism of a file, or one of the package."""
    from prenuc.mechanism.named import mechanism_named
    from prenuc.mechanism.network_file import read_mechanism

    if what.endswith((".yaml", ".yml")):
        return read_mechanism(Path(what))
    if "->" in what:
        problem = f"'{what}' is a scheme without constants, of which nothing can be said"
        raise InputError(problem, "Write it into a file, with k and k_reverse or K")
    return mechanism_named(what)


def _echo(found: Check) -> None:
    from prenuc.thermodynamics.prefactors import WIDEST

    one_way, closed = found.irreversible, sum(one.closes for one in found.loops)
    echo(f"{found.mechanism}: {found.verdict}")
    echo(
        f"  {counted(found.reversible, 'reversible reaction')}, {len(one_way)} without a way back; "
        f"cycles: {closed} closed, {len(found.loops) - closed} not"
    )
    _echo_some(found.reasons)
    reasons = [f"{one.name}: {one.there.because}" for one in one_way if one.there.because]
    _echo_some([f"no way back for a reason: {reason}" for reason in reasons])
    laws = [(one.name, one.there.because or "no reason is given") for one in found.other_laws]
    _echo_some([f"a law that is no mass action: {name}: {because}" for name, because in laws])
    outside = [one for one in found.prefactors if one.within is False]
    _echo_some(
        [
            f"prefactor of '{one.reaction}' (order {one.order:g}): "
            f"entropy of activation {one.entropy:+.0f} J/mol/K, beyond ±{WIDEST:g}"
            for one in outside
        ]
    )


def _echo_some(lines: Sequence[str]) -> None:

    echo_lines(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        echo(f"  … and {len(lines) - MOST_LINES} more (--json has them all)")
