"""The published experiments, run and checked row by row.

A row is one check of the catalogue: a number read off a simulation and the range that the printed
statement allows. Its *role* is that of its figure in the split (``data/split.yaml``): ``held-out``
or ``calibrated``. A held-out row is a prediction only where it is not *informed*: where no constant
that it depends on names its observation in ``informed_by``. What a row can tell at all is its
*class* (``data/row_classes.yaml``), which is computed beforehand. What cannot be checked is listed
with its reason.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from prenuc.errors import InputError, MechanismError, SimulationError, unknown_name
from prenuc.facts.catalogue import entries, evidence, get, held_out, values_of
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.measures import measure
from prenuc.infer.experiments.performed import Experiments
from prenuc.ledger import memory
from prenuc.mechanism.named import MODELS, mechanism_named
from prenuc.mechanism.two_pathway import MODEL
from prenuc.simulation.archive import to_plain
from prenuc.simulation.choice import for_recipe, named_for, rival_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from prenuc.facts.check import Check, Verdict
    from prenuc.facts.row_class import RowClass
    from prenuc.mechanism.mechanism import Mechanism

Role = Literal["calibrated", "held-out", "claim of a rival"]


@dataclass(frozen=True)
class Row:
    """One checked statement.

    Args:
        check: What was asked.
        statement: What is claimed, in our words.
        source: Where it is printed.
        simulated: The number found; NaN when the simulation has none (no peak, say).
        verdict: Whether it lies in the range; "silent" when a rival has nothing to say about the
            recipe's material; "not counted" where the statement is ambiguous or no result.
        role: Whether its figure is held out, or it is a claim of a rival.
        trouble: Why there is no number, when there was no run.
        informed: Whether a constant that it depends on was informed by its observation.
        known: Its class and pass rate, around the package's own constants; None where they were
            not computed.
        stale: Whether those were computed with another row, mechanism or spectrum.
    """

    check: Check
    statement: str
    source: str
    simulated: float
    verdict: Verdict
    role: Role
    trouble: str = ""
    informed: bool = False
    known: RowClass | None = None
    stale: bool = False

    @property
    def counted(self) -> bool:
        """Whether its verdict counts: it is neither silent nor left uncounted."""
        return self.verdict in {"pass", "miss"}

    @property
    def informative(self) -> bool:
        """Whether the row can fail: its class is "informative"."""
        return self.known is not None and self.known.kind == "informative"

    @property
    def outdated(self) -> bool:
        """Whether its class is missing or was computed with something else; claims have none."""
        return not self.check.claimed_by and (self.known is None or self.stale)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain data for JSON."""
        low, high = self.check.low, self.check.high
        bounds = [None if v is None else v.quantity.number for v in (low, high)]
        return {
            "id": self.check.id,
            "observation": self.check.observation,
            "also": list(self.check.also),
            "panel": self.check.panel,
            "recipe": self.check.recipe,
            "measure": self.check.measure,
            "statement": self.statement,
            "expected": self.check.expected(),
            "tolerance": bounds,
            "simulated": self.simulated,
            "verdict": self.verdict,
            "role": self.role,
            "informed": self.informed,
            "class": None if self.known is None else self.known.kind,
            "prior_pass_rate": None if self.known is None else self.known.rate,
            "stale": self.stale,
            "source": self.source,
            "note": self.check.not_counted or self.check.note,
            "claimed_by": self.check.claimed_by,
            "objection": self.check.objection,
            "trouble": self.trouble,
        }


def checks(panels: Sequence[str] = ()) -> list[Check]:
    """Return the checks that can be asked, of some panels or all.

    Args:
        panels: Panels such as "2a-b" or figures such as "3"; all of the seed when empty. Claims of
            rivals are asked by name alone, such as "Scheme S2".

    Raises:
        InputError: There is no check of a panel of that name.
    """
    every = [check for check in entries("checks").values() if not check.reason]
    every += entries("rival_checks").values() if panels else ()
    known = sorted({check.panel for check in every})
    unknown = [p for p in panels if not any(known_panel.startswith(p) for known_panel in known)]
    if unknown:
        raise InputError([unknown_name("panel", panel, known) for panel in unknown])
    return [c for c in every if not panels or any(c.panel.startswith(p) for p in panels)]


def material_of(check: Check) -> str:
    """Return the material that a row is about."""
    return str(get("recipes", check.recipe).material)


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
    asked, marks = checks(panels), Marks(for_recipe)
    rows = []
    with memory(ledger, "reproduce") as kept:
        for done, check in enumerate(asked, 1):
            name = _name(check, runs) if ledger is not None else ""
            answer = kept.get(name)
            if answer is None:
                answer = _answer(check, runs)
                kept.keep(name, answer)
            rows.append(_row(check, runs, answer, marks))
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


def experiments_for(mechanism: str | None = None) -> Experiments:
    """Return experiments in which every recipe runs with one kind of mechanism.

    Args:
        mechanism: A kind, such as "classical" or "two-pathway", or a set beside the usual ones,
            "two-pathway/CdS-calibrated" or "two-pathway/CdS@0.1"; the two-pathway model when None.

    Raises:
        MechanismError: There is no such kind, or no mechanism of the whole name.
    """
    if mechanism is not None and "/" in mechanism:
        mechanism_named(mechanism)
    beside = [one.id for one in entries("parameters").values() if one.like]
    if mechanism in (*beside, *entries("frozen")):
        return Experiments(partial(named_for, str(mechanism)))
    if mechanism is None or mechanism.partition("/")[0] == MODEL:
        return Experiments(for_recipe)
    kind = mechanism.partition("/")[0]
    if kind not in MODELS:
        raise MechanismError(unknown_name("mechanism", kind, MODELS))
    return Experiments(lambda recipe: rival_for(kind, recipe))


def _answer(check: Check, runs: Experiments) -> list[Any]:
    """Return the number of a check, whether the model is silent, and what stood in the way."""
    try:
        return [measure(runs, check.measure, check.recipe, check.of), False, ""]
    except (SimulationError, MechanismError) as error:
        return [math.nan, isinstance(error, MechanismError), str(error)]


def _row(check: Check, runs: Experiments, answer: Sequence[Any], marks: Marks) -> Row:
    number, silent, trouble = answer
    told: set[str] = set()
    if not silent:
        told.update(*(_informing(runs.choose(get("recipes", name))) for name in check.recipes))
    entry, known = _entry(check.observation), entries("row_classes").get(check.id)
    return Row(
        check,
        entry.statement,
        str(entry.source),
        number,
        "silent" if silent else check.verdict(number),
        _role(check),
        trouble,
        informed=not told.isdisjoint(check.observations),
        known=known,
        stale=known is not None and known.mark != marks.of(check),
    )


def _role(check: Check) -> Role:
    if check.claimed_by:
        return "claim of a rival"
    return "held-out" if held_out(material_of(check), check.panel) else "calibrated"


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
    return {seen for value in things for name in value.informed_by for seen in evidence(name)}


def _spectra(names: set[str]) -> Iterator[Any]:
    known = entries("species")
    for name in names:
        if name in known:
            yield from values_of(known[name])
