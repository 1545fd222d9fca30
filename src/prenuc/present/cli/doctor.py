"""``prenuc doctor``."""

from __future__ import annotations

from typing import Any

import click

from prenuc.errors import PrenucError
from prenuc.present.cli.output import echo_answer, json_option

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
    """Return the outcome of reading all facts and of one short run."""
    from prenuc.facts.catalogue import KINDS, entries
    from prenuc.infer.experiments.published import kinetic_panel

    checks: dict[str, dict[str, Any]] = {}
    try:
        count = sum(len(entries(kind)) for kind in KINDS)
        checks["facts"] = {"ok": True, "says": f"{count} entries, every number with its source"}
        result = kinetic_panel("2a-b", noise=0.0)
        worst = result.run.conservation["ledger"]["final"]
        checks["run"] = {"ok": worst < 1e-10, "says": f"Figure 2a-b runs; ledger {worst:.1e}"}
        k, truth = result.fit.params["k"].value, result.truth["k"]
        close = k is not None and abs(k / truth - 1) < 0.01
        checks["fit"] = {
            "ok": close,
            "says": f"k = {k or 0:.6g} per min, the network's own is {truth:.6g}",
        }
    except PrenucError as error:
        checks["failed"] = {"ok": False, "says": str(error)}
    return checks


def _echo(answer: dict[str, Any]) -> None:
    click.echo(f"prenuc {answer['prenuc']}, Python {answer['python']}, {answer['platform']}")
    for name, found in answer["needed"].items():
        click.echo(f"  {name:<14} {found or 'MISSING'}")
    for name, found in answer["optional"].items():
        click.echo(f"  {name:<14} {found or f'not installed (for {OPTIONAL[name]})'}")
    engine = answer["engine"]
    click.echo(f"  engine with {engine['instructions']} instructions, {engine['library']}")
    for name, check in answer["checks"].items():
        click.echo(f"  {'ok  ' if check['ok'] else 'FAIL'} {name}: {check['says']}")
