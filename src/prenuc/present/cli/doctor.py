"""``prenuc doctor``."""

from __future__ import annotations

from typing import Any

import click

from prenuc.errors import PrenucError
from prenuc.present.cli.output import echo, echo_answer, json_option
from prenuc.quantities import legible

NEEDED = (
    "click",
    "numpy",
    "pint",
    "pyyaml",
    "rich",
    "ruamel.yaml",
    "scikit-sundae",
    "scipy",
)
RATE = 0.015  # 1/s, of the reaction that is simulated and fitted
OPTIONAL = {"matplotlib": "figures", "pandas": "to_dataframe()", "xarray": "to_xarray()"}


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Show versions and optional parts, and run a self-check.

    \b
    Example:
      prenuc doctor
    """
    import platform
    import sys
    from importlib.metadata import PackageNotFoundError, version

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    checks = _checks()
    answer = {
        "prenuc": installed("prenuc"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "needed": {name: installed(name) for name in NEEDED},
        "optional": {name: installed(name) for name in OPTIONAL},
        "engine": _engine(),
        "checks": checks,
        "ok": all(check["ok"] for check in checks.values()),
    }
    echo_answer(answer, _echo, as_json)
    sys.exit(0 if answer["ok"] else 1)


def _engine() -> dict[str, Any]:
    """Return which instructions the engine uses, and where it lies."""
    from prenuc.simulation.native import _engine, instructions

    return {"instructions": instructions, "library": str(_engine.__file__)}


def _checks() -> dict[str, dict[str, Any]]:
    """Return the outcome of reading all facts, of one short run, and of one fit."""
    from prenuc.facts.catalogue import KINDS, entries, recipe
    from prenuc.mechanism.two_pathway import two_pathway
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.run import simulate

    checks: dict[str, dict[str, Any]] = {}
    try:
        count = sum(len(entries(kind)) for kind in KINDS)
        checks["facts"] = {"ok": True, "says": f"{count} entries, every number with its source"}
        run = simulate(two_pathway("CdS"), Protocol.from_recipe(recipe("cds-msc-311-in-toluene")))
        worst = run.conservation["ledger"]["final"]
        checks["run"] = {"ok": worst < 1e-10, "says": f"Figure 2a-b runs; ledger {worst:.1e}"}
        k = _found_again()
        checks["fit"] = {
            "ok": abs(k / RATE - 1) < 1e-4,
            "says": f"A -> B simulated with k = {RATE:g} per s and fitted: k = {legible(k)} per s",
        }
    except PrenucError as error:
        checks["failed"] = {"ok": False, "says": str(error)}
    return checks


def _found_again() -> float:
    """Return the k in 1/s that a fit finds in a simulation of A -> B; nan for none."""
    import numpy as np

    from prenuc.infer.fit.fit import fit
    from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
    from prenuc.mechanism.reaction import mass_action
    from prenuc.observe.trace import Trace
    from prenuc.simulation.evolve import evolve

    step = Reaction("R1", {"A": -1.0, "B": 1.0}, Arrhenius(RATE), mass_action({"A": 1.0}))
    both = {name: Component(name) for name in ("A", "B")}
    time = np.linspace(0.0, 5.0 / RATE, 50)
    run = evolve(Mechanism("A -> B", both, (step,), initial={"A": 1.0}), time)
    found = fit(Trace(time, run.of("B"), "s"), "A -> B").params["k"].value
    return np.nan if found is None else found


def _echo(answer: dict[str, Any]) -> None:
    echo(f"prenuc {answer['prenuc']}, Python {answer['python']}, {answer['platform']}")
    for name, found in answer["needed"].items():
        echo(f"  {name:<14} {found or 'MISSING'}")
    for name, found in answer["optional"].items():
        echo(f"  {name:<14} {found or f'not installed (for {OPTIONAL[name]})'}")
    engine = answer["engine"]
    echo(f"  engine with {engine['instructions']} instructions, {engine['library']}")
    for name, check in answer["checks"].items():
        echo(f"  {'ok  ' if check['ok'] else 'FAIL'} {name}: {check['says']}")
