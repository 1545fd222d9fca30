"""The main job: Figures 2a-b and 2c-d from the published recipe to the fitted rate constant.

Run ``python examples/main_job.py --out build``; it prints the fitted constants beside the
published ones and writes ``main-job.json`` and the figures into the folder.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from prenuc.infer.experiments.published import PANELS, PanelResult, kinetic_panel
from prenuc.infer.fit.parameter import symbol
from prenuc.infer.fit.wording import spoken
from prenuc.mechanism import read_mechanism
from prenuc.present.cli.output import echo, echo_lines, echo_table
from prenuc.present.files.figures import figure
from prenuc.present.files.report import report as write_report
from prenuc.present.tables.table import Table, in_unit, with_unit
from prenuc.writing import write_text


def table_of(result: PanelResult) -> Table:
    """Return fitted, true and published numbers side by side."""
    rows = []
    for name, truth in result.truth.items():
        found, printed = result.fit.params[name], result.panel.printed(name)
        published = "–" if printed is None else in_unit(f"{printed.quantity.number:g}", found.unit)
        rows.append((symbol(name), spoken(found), with_unit(truth, found.unit), published))
    headings = ("", "fitted from simulated spectra (95 % interval)", "truth", "published")
    return Table(headings=headings, rows=tuple(rows))


def draw(result: PanelResult, folder: Path) -> list[Path]:
    """Write the figures of a panel and return their paths."""
    first, second = result.panel.name.split("-")
    number = first[:-1]
    what = {
        f"figure-{first}": ("spectra", result.spectra, f"Figure {first}, simulated"),
        f"figure-{number}{second}": ("fit", result.fit, f"Figure {number}{second}, fitted"),
    }
    if result.plain is not None:
        said = "A plain exponential, fitted from 200 min on"
        what[f"figure-{number}{second}-plain"] = ("fit", result.plain, said)
    paths = []
    for name, (kind, answer, title) in what.items():
        paths.append(folder / f"{name}.png")
        figure(kind, answer, title=title, to=paths[-1])
    return paths


def main() -> None:
    """Run the panels, print a table each, write JSON and figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder for the results")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated noise")
    parser.add_argument(
        "--mechanism", type=Path, help="a mechanism file used for the CdS panel instead of ours"
    )
    options = parser.parse_args()
    mine = read_mechanism(options.mechanism) if options.mechanism else None
    report = {}
    for name in PANELS:
        mechanism = mine if mine is not None and mine.material == PANELS[name].material else None
        result = kinetic_panel(name, mechanism=mechanism, seed=options.seed)
        report[name] = result.as_dict()
        echo_table(table_of(result), f"Figure {name}: {result.panel.scheme}")
        assumed = f"Assumed: {'; '.join(result.run.assumptions)}"
        echo_lines((*result.notes, assumed))
        page = options.out / f"figure-{name}.html"
        write_report(result, to=page, title=f"Figure {name}, simulated and fitted")
        for path in (*draw(result, options.out), page):
            echo(f"  wrote {path}")
    path = write_text(options.out / "main-job.json", json.dumps(report, indent=2) + "\n")
    echo(f"  wrote {path}")


if __name__ == "__main__":
    main()
