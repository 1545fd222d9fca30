"""The published experiments, run and checked row by row.

A row is one check of the catalogue: a number read off a simulation and the range that the printed
statement allows. Its *role* is computed, never typed: ``calibrated`` when any constant that the
row depends on names the observation in its ``informed_by``, else ``held-out``. What cannot be
checked is listed with its reason.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from prenuc.errors import InputError, MechanismError, SimulationError, unknown_name
from prenuc.facts.catalogue import entries, get, values_of
from prenuc.infer.experiments.measures import Experiments, measure
from prenuc.ledger import memory
from prenuc.mechanism.named import MODELS, mechanism_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.simulation.archive import to_plain
from prenuc.simulation.choice import for_recipe, named_for, rival_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.mechanism.mechanism import Mechanism

Verdict = Literal["pass", "miss", "silent"]
Role = Literal["calibrated", "held-out"]


@dataclass(frozen=True)
class Row:
    """One checked statement.

    Args:
        check: What was asked.
        statement: What is claimed, in our words.
        source: Where it is printed.
        simulated: The number found; NaN when the simulation has none (no peak, say).
        verdict: Whether it lies in the range; "silent" when a rival has nothing to say about the
            recipe's material.
        role: Whether any constant was informed by this observation.
        trouble: Why there is no number, when there was no run.
    """

    check: Check
    statement: str
    source: str
    simulated: float
    verdict: Verdict
    role: Role
    trouble: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain data for JSON."""
        low, high = self.check.low, self.check.high
        bounds = [None if v is None else v.quantity.number for v in (low, high)]
        return {
            "id": self.check.id,
            "observation": self.check.observation,
            "panel": self.check.panel,
            "recipe": self.check.recipe,
            "measure": self.check.measure,
            "statement": self.statement,
            "expected": self.check.expected(),
            "tolerance": bounds,
            "simulated": self.simulated,
            "verdict": self.verdict,
            "role": self.role,
            "source": self.source,
            "note": self.check.note,
            "trouble": self.trouble,
        }


def checks(panels: Sequence[str] = ()) -> list[Check]:
    """Return the checks that can be asked, of some panels or all.

    Args:
        panels: Panels such as "2a-b" or figures such as "3"; all when empty.

    Raises:
        InputError: There is no check of a panel of that name.
    """
    every = [check for check in entries("checks").values() if not check.reason]
    known = sorted({check.panel for check in every})
    unknown = [p for p in panels if not any(known_panel.startswith(p) for known_panel in known)]
    if unknown:
        raise InputError([unknown_name("panel", panel, known) for panel in unknown])
    return [c for c in every if not panels or any(c.panel.startswith(p) for p in panels)]


def not_checkable() -> list[Check]:
    """Return the statements that cannot be checked, each with its reason."""
    return [check for check in entries("checks").values() if check.reason]


def reproduce(
    panels: Sequence[str] = (),
    *,
    runs: Experiments | None = None,
    ledger: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Row]:
    """Run the published experiments and check each observation.

    Args:
        panels: Panels to check; all when empty.
        runs: Where experiments are run; the two-pathway model on every recipe when None.
        ledger: File that remembers finished checks; they are not run again.
        progress: Called with the finished share of the checks.

    Raises:
        InputError: There is no such panel, or the ledger is of other work.
    """
    runs = runs or Experiments(for_recipe)
    asked = checks(panels)
    rows = []
    with memory(ledger, "reproduce") as kept:
        for done, check in enumerate(asked, 1):
            name = _name(check, runs) if ledger is not None else ""
            known = kept.get(name)
            row = _row(check, runs) if known is None else _again(check, known)
            if known is None:
                kept.keep(name, [row.simulated, row.verdict, row.role, row.trouble])
            rows.append(row)
            if progress is not None:
                progress(done / len(asked))
    return rows


def _name(check: Check, runs: Experiments) -> str:
    """Return a hash of what the answer to a check hangs on besides facts and code."""
    try:
        mechanism = to_plain(runs.choose(get("recipes", check.recipe)))
    except MechanismError as error:
        mechanism = str(error)
    said = [check.id, mechanism, repr(runs.solver), repr(runs.assume), repr(runs.alter)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _again(check: Check, known: Sequence[Any]) -> Row:
    """Return a row from what was remembered of it."""
    entry, (simulated, verdict, role, trouble) = _entry(check.observation), known
    return Row(check, entry.statement, str(entry.source), simulated, verdict, role, trouble)


def experiments_for(mechanism: str | None = None) -> Experiments:
    """Return experiments in which every recipe runs with one kind of mechanism.

    Args:
        mechanism: A kind, such as "classical" or "two-pathway", or a frozen set such as
            "two-pathway/CdS@0.1"; the two-pathway model when None.

    Raises:
        MechanismError: There is no such kind, or no mechanism of the whole name.
    """
    if mechanism is not None and "/" in mechanism:
        mechanism_named(mechanism)
    if mechanism in entries("frozen"):
        return Experiments(partial(named_for, str(mechanism)))
    if mechanism is None or mechanism.partition("/")[0] == MODEL:
        return Experiments(for_recipe)
    kind = mechanism.partition("/")[0]
    if kind not in MODELS:
        raise MechanismError(unknown_name("mechanism", kind, MODELS))
    return Experiments(lambda recipe: rival_for(kind, recipe))


def _row(check: Check, runs: Experiments) -> Row:
    entry = _entry(check.observation)
    trouble, number = "", math.nan
    role: Role = "held-out"
    verdict: Verdict = "silent"
    try:
        number = measure(runs, check.measure, check.recipe, check.of)
    except (SimulationError, MechanismError) as error:
        trouble = str(error)
        verdict = "miss" if isinstance(error, SimulationError) else "silent"
    else:
        verdict = "pass" if check.passes(number) else "miss"
    if verdict != "silent":
        mechanism = runs.choose(get("recipes", check.recipe))
        role = "calibrated" if check.observation in _informing(mechanism) else "held-out"
    return Row(check, entry.statement, str(entry.source), number, verdict, role, trouble)


def _entry(identifier: str) -> Any:
    for kind in ("observations", "claims"):
        if identifier in entries(kind):
            return get(kind, identifier)
    known = [*entries("observations"), *entries("claims")]
    raise InputError(unknown_name("observation or claim", identifier, known))


def _informing(mechanism: Mechanism) -> set[str]:
    """Return every observation that informed a constant or a spectrum of a mechanism."""
    used = {component.species for component in mechanism.components.values()} - {""}
    things = [*mechanism.parameters.values(), *_spectra(used)]
    return {name for value in things for name in value.informed_by}


def _spectra(names: set[str]) -> Iterator[Any]:
    known = entries("species")
    for name in names:
        if name in known:
            yield from values_of(known[name])
