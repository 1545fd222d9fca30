"""``prenuc simulate NETWORK.yaml --times …``: reactions alone, in a closed vessel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError
from prenuc.present.cli.input import refuse_others
from prenuc.present.cli.output import echo, echo_json, echo_table
from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.solvers import AbstractSolver


def is_network(what: str) -> bool:
    """Return whether a file holds reactions rather than a protocol."""
    from pathlib import Path

    from prenuc.facts.yaml_file import load

    if not what.endswith((".yaml", ".yml")):
        return False
    document = load(Path(what))
    return isinstance(document, dict) and "reactions" in document


def run_bare_network(
    path: Path,
    times: str | None,
    until: str | None,
    solver: AbstractSolver | None,
    *,
    as_json: bool,
) -> None:
    """Run a network and echo its concentrations, in its own units.

    Args:
        path: The file.
        times: As the option ``--times``, in the network's unit of time.
        until: As the option ``--until``.
        solver: The integrator; the usual one when None.
        as_json: Answer with one document instead of a table.

    Raises:
        InputError: No bare network, no times, an event that makes no sense, or options that only a
            protocol heeds.
    """
    from prenuc.mechanism.network_file import read_mechanism
    from prenuc.simulation.evolve import evolve
    from prenuc.simulation.solvers import Rodas

    mechanism = read_mechanism(path)
    if not mechanism.units:
        mend = f"Give a recipe: prenuc simulate RECIPE --mechanism {path}"
        raise InputError("this is no bare network", mend, where=str(path))
    refuse_others("a bare network", {"what", "times", "until", "solver_name", "rtol", "atol"})
    at = _times(times)
    solver = solver or Rodas()
    run = evolve(mechanism, at, solver=solver, until=until or "")
    found, stopped = run.concentration, run.stopped
    if stopped is not None:  # rows up to the event, and the event as the last one
        before = [i for i, t in enumerate(at[:-1]) if t < stopped]
        at, found = [*(at[i] for i in before), stopped], found[[*before, -1]]
    classes = len(mechanism.class_units)
    floor, _ = solver.closed(1.0, classes)
    stats: dict[str, Any] = {"solver": solver.name, "rtol": solver.rtol, "atol": floor}
    if until:
        reached = None if stopped is None else {"reason": until.strip(), "time": stopped}
        stats |= {"until": until, "stopped": reached}
    _echo(mechanism, at, found, stats, as_json=as_json)


def _times(words: str | None) -> list[float]:

    try:
        at = [float(word) for word in (words or "").replace(",", " ").split()]
    except ValueError:
        raise InputError(f"'{words}' is not a list of times", "Write '0 0.4 4 40'") from None
    if not at:
        raise InputError("a bare network needs times", "Add --times '0 0.4 4 40'")
    return at


def _echo(
    mechanism: Mechanism,
    at: list[float],
    found: Array,
    stats: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from prenuc.thermodynamics.check import verdict_of

    verdict = verdict_of(mechanism)
    time, concentration = mechanism.units["time"], mechanism.units["concentration"]
    species = {name: found[:, i].tolist() for i, name in enumerate(mechanism.components)}
    if as_json:
        units = {"unit": time, "concentration_unit": concentration}
        rest = {"species": species, "stats": stats, "thermodynamics": verdict}
        echo_json({"time": at, **units, **rest})
        return
    table = Table(
        headings=(f"time / {time}", *species),
        rows=tuple(
            (f"{t:g}", *(f"{species[s][i]:.6g}" for s in species)) for i, t in enumerate(at)
        ),
    )
    echo_table(table, f"concentrations / ({concentration})")
    echo(f"  thermodynamics: {verdict}")
    if "until" in stats:
        stopped = stats["stopped"]
        when = (
            f"at {stopped['time']:.6g} {time}" if stopped is not None else "not within these times"
        )
        echo(f"  until {stats['until']}: {when}")
