"""The pages that are computed: models × observations, rows, panels, Table S1 and others.

Run ``python examples/tables.py`` (or ``make tables``); it writes ``models-and-observations.md``,
``rows.md``, ``panels.md`` with its figures, ``table-s1.md``, ``figure-s2.md`` and
``thermodynamics.md`` into ``docs/reference``.
The same facts give the same pages, byte for byte.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import figure_s2
import panels
import rows as rows_page
import table_s1
import verdicts
from pages import head_of, markdown

from prenuc.infer.experiments.control import IDLE, nothing_happens
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.experiments.reproduce import experiments_for, material_of, reproduce
from prenuc.mechanism.rivals import RIVALS
from prenuc.mechanism.two_pathway import MODEL
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prenuc.infer.experiments.reproduce import Row

    Table = Mapping[str, list[Row]]

MODELS = (MODEL, *sorted(RIVALS), IDLE)
TITLES = {MODEL: "two-pathway"}

# Why a row of ours misses; the numbers stand in the table.
REASONS = {
    "2a-first-band": "The first spectrum has a shoulder on the edge of the PC and no band of its "
    "own. A band of the immediate PC near 302 nm would give one, and would take a third of the "
    "cluster's absorbance at 311 nm away, against a PC that is said to be transparent there. "
    "Not solved; see [](../science-notes.md).",
}


def rows_of(model: str) -> list[Row]:
    """Run every published experiment with one model."""
    return reproduce(runs=Experiments(nothing_happens) if model == IDLE else experiments_for(model))


def all_rows(workers: int = 2) -> tuple[Experiments, Table]:
    """Return what our model ran, and the rows of every model in the order of the checks."""
    spawn = multiprocessing.get_context("spawn")
    others = [model for model in MODELS if model != MODEL]
    with ProcessPoolExecutor(max(1, workers - 1), mp_context=spawn) as crew:
        found = crew.map(rows_of, others)
        runs = experiments_for()
        ours = reproduce(runs=runs)
        return runs, {MODEL: ours, **dict(zip(others, found, strict=True))}


# ---- models and observations ---------------------------------------------------------------------


def number(x: float) -> str:
    """Return a simulated number in three digits."""
    if math.isinf(x):
        return "∞"
    if math.isnan(x):
        return "no number"
    if 0.0 < abs(x) < 1e-3:
        return "< 0.001" if x > 0 else "> −0.001"
    return f"{x:.3g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")


def cell(row: Row) -> str:
    """Return number and verdict."""
    if row.verdict == "silent":
        return "—"
    words = {"pass": " pass", "miss": " **MISS**", "not counted": ", not counted"}
    return number(row.simulated) + words[row.verdict]


def share(rows: Iterable[Row]) -> str:
    """Return "passed of all"."""
    every = list(rows)
    return f"{sum(r.verdict == 'pass' for r in every)} of {len(every)}" if every else "—"


def passed(table: Table, model: str) -> dict[str, Row]:
    """Return the rows that a model passes, by check."""
    return {row.check.id: row for row in table[model] if row.verdict == "pass"}


def summary(table: Table) -> str:
    """Return pass counts, one line a model."""
    idle = passed(table, IDLE)
    lines = []
    for model, rows in table.items():
        spoken = [row for row in rows if row.counted]
        own = [row for row in table[MODEL] if row.check.id in {r.check.id for r in spoken}]
        role = {row.check.id: row.role for row in own}
        telling = {row.check.id for row in own if row.informative}
        lines.append(
            [
                TITLES.get(model, model),
                str(len(spoken)),
                share(spoken),
                share(row for row in spoken if role[row.check.id] == "calibrated"),
                share(row for row in spoken if role[row.check.id] == "held-out"),
                share(row for row in spoken if row.check.id not in idle),
                share(row for row in spoken if row.check.id in telling),
            ]
        )
    headings = [
        "model",
        "rows it speaks about",
        "pass",
        "calibrated rows",
        "held-out rows",
        f"rows that *{IDLE}* misses",
        "informative rows",
    ]
    return markdown(headings, lines)


def names(ids: Iterable[str]) -> str:
    """Return identifiers as a list in a sentence."""
    return ", ".join(f"`{identifier}`" for identifier in ids) or "none"


def asks(row: Row) -> tuple[object, ...]:
    """Return what a row asks, whatever it expects."""
    return row.check.recipe, row.check.measure, tuple(sorted(row.check.of.items()))


def echoes(rows: Sequence[Row]) -> list[str]:
    """Return the held-out rows that ask for the same number as a calibrated one."""
    known = {asks(row) for row in rows if row.role == "calibrated"}
    return [row.check.id for row in rows if row.role == "held-out" and asks(row) in known]


def presupposes(row: Row) -> bool:
    """Say whether a row asks for a precursor compound, which only our model has by that name."""
    words = [w.strip() for key in ("of", "over") for w in row.check.of.get(key, "").split(",")]
    return any(word == "PC" or word.startswith("PC-") for word in words)


def misses(rows: Sequence[Row]) -> str:
    """Return our misses, each with its reason."""
    lines = [
        f"- **{row.check.id}** (Figure {row.check.panel}, {row.role}): expected "
        f"{row.check.expected()}, simulated {number(row.simulated)}. {row.statement} "
        f"*{REASONS.get(row.check.id, row.check.note or 'No reason is known yet.')}*"
        for row in rows
        if row.verdict == "miss"
    ]
    return "\n".join(lines) + "\n"


def droplet_sentence(table: Table) -> str:
    """Return what droplets with one cluster each make of first order and one to one."""
    wanted = ("2b-rate-constant", "2b-plateau", "cds-intramolecular", "one-pc-one-msc")
    found = {row.check.id: row for row in table["droplets"]}
    told = "; ".join(f"`{name}` {cell(found[name])}" for name in wanted)
    return f"With the constants of this table the droplets say: {told}."


def silent_sentence(table: Table) -> str:
    """Return who does not speak about what."""
    parts = []
    for model, rows in table.items():
        found: dict[str, int] = {}
        for row in rows:
            if row.verdict == "silent":
                material = material_of(row.check)
                found[material] = found.get(material, 0) + 1
        if found:
            told = ", ".join(f"{material} {count}" for material, count in sorted(found.items()))
            parts.append(f"{model} ({told})")
    return "; ".join(parts)


def no_discrimination(table: Table) -> str:
    """Return what the table does not decide, with its own numbers."""
    return "\n\n".join([*vacuous(table), *shared_by_rivals(table), *roles(table), OUTSIDE]) + "\n"


def vacuous(table: Table) -> list[str]:
    """Return what is said of the rows that need nothing to happen."""
    idle = passed(table, IDLE)
    empty = [name for name, row in idle.items() if math.isinf(row.simulated)]
    found = [
        (
            "**Rows that anything passes.** A mechanism in which the reagents stay what they are "
            f"passes {len(idle)} of {len(table[IDLE])} rows: an absent peak, no dots, no exchange. "
            "Such a row can refute a model and cannot support one. They are "
            f"{names(idle)}."
        )
    ]
    if empty:
        found.append(
            f"**Ratios of nothing.** {len(empty)} of these are ratios with nothing above and "
            "nothing below; they are shown as ∞ and count as a pass, for the rivals too. That is "
            f"a defect of the measure and no success: {names(empty)}."
        )
    return found


def shared_by_rivals(table: Table) -> list[str]:
    """Return what is said of the rows that some rival passes, or none can be asked."""
    ids = [row.check.id for row in table[MODEL]]
    verdict = {model: {row.check.id: row.verdict for row in table[model]} for model in table}
    rivals = [model for model in table if model not in {MODEL, IDLE}]
    heard = [i for i in ids if any(verdict[m][i] != "silent" for m in rivals)]
    shared = [i for i in heard if any(verdict[m][i] == "pass" for m in rivals)]
    alike = [i for i in heard if all(verdict[m][i] in {"pass", "silent"} for m in (MODEL, *rivals))]
    return [
        f"**Rows that every model passes that speaks**: {len(alike)}, namely {names(alike)}.",
        (
            f"**Rows that some rival passes too**: {len(shared)} of the {len(heard)} about which "
            "at "
            "least one speaks. There our pass is no argument against that rival."
        ),
        (
            f"**Silence is not failure.** Rows without constants of a rival, by material: "
            f"{silent_sentence(table)}. {len(ids) - len(heard)} rows can be put to no rival at "
            "all, so "
            "they discriminate between nothing."
        ),
        (
            "**First order and one to one do not exclude a droplet.** A droplet in which exactly "
            "one "
            "cluster nucleates (ν = 1) gives first-order growth, no effect of dilution and one "
            "cluster "
            f"for each droplet. {droplet_sentence(table)} What would tell them apart is what else "
            "a "
            "droplet must do: dissolve on dilution, have no composition of its own, hold more "
            "clusters "
            "the larger it is. None of this was measured."
        ),
        (
            "**The rivals are not calibrated.** Their constants were set by hand so that something "
            "happens on the published protocols, with few of the observations in view; ours were "
            "set "
            "on many. A miss of a rival is a miss of that set of constants. It becomes a miss of "
            "the "
            "model only where it follows from the structure (no cluster, hence no peak of one), or "
            "where it survives the same calibration."
        ),
    ]


def roles(table: Table) -> list[str]:
    """Return what is said of calibrated and held-out rows, and of those that only we pass."""
    ours, idle, again = table[MODEL], passed(table, IDLE), echoes(table[MODEL])
    told = sum(row.informed for row in ours)
    others = {i for model in RIVALS for i in passed(table, model)} | set(idle)
    heard = {r.check.id for model in RIVALS for r in table[model] if r.verdict != "silent"}
    alone = [r for r in ours if r.verdict == "pass" and r.check.id in heard - others]
    calibrated = [r.check.id for r in alone if r.role == "calibrated"]
    held_out = [r for r in alone if r.role == "held-out"]
    named = [r.check.id for r in held_out if presupposes(r)]
    repeated = [r.check.id for r in held_out if r.check.id in again]
    rest = [r.check.id for r in held_out if r.check.id not in {*named, *repeated}]
    return [
        (
            f"**Calibrated rows prove consistency, not prediction.** {told} of {len(ours)} rows "
            "were in "
            "view when a constant that they depend on was set, held-out ones too where a set is "
            "fitted to all rows; most constants were chosen by people who had read all of it. "
            f"{len(again)} held-out rows ask for the very number of a calibrated one and predict "
            f"nothing: {names(again)}."
        ),
        (
            f"**Rows that only our model passes**: {len(alone)}. {len(calibrated)} of them are "
            f"calibrated. {len(named)} ask for a PC by name ({names(named)}): a model without one "
            "must "
            f"miss them, so they restate the hypothesis. {len(repeated)} more ask for the number "
            "of a "
            f"calibrated row. The other {len(rest)} are the part of this table that speaks for the "
            f"two-pathway model against these rivals with these constants: {names(rest)}."
        ),
    ]


OUTSIDE = (
    "**The jury is a party.** The experiments, their reading and the two-pathway model come from "
    "one group, whose papers argue against these rivals. The rivals' own evidence (synthesis in "
    "flow, scattering in situ, growth of single facets) is not on this bench. Limits for words "
    "such as *absent* or *little change* are ours. Many rows come from one spectrum and are not "
    "independent, so a count of rows is no weight of evidence."
)


def models_page(table: Table) -> str:
    """Return the page on models and observations."""
    ours = table[MODEL]
    by_model = {model: {row.check.id: row for row in rows} for model, rows in table.items()}
    headings = ["check", "panel", "expected", "role", *(TITLES.get(m, m) for m in table)]
    lines = [
        [
            row.check.id,
            row.check.panel,
            row.check.expected(),
            row.role,
            *(cell(by_model[model][row.check.id]) for model in table),
        ]
        for row in ours
    ]
    rows = len(ours)
    head = head_of("models-and-observations.md", "tables.py", "tables")
    return f"""{head}# Models and observations

Every checkable statement of the paper, asked of the two-pathway model, of its six rivals and of a
control in which nothing happens: {rows} rows. `prenuc reproduce --mechanism ID` prints one column,
`make tables` writes this page. What a row measures and why its range is what it is:
`src/prenuc/data/checks`.

A row is *held-out* when its figure is ([the split](../decisions/0026-figures-held-out.md)), and
*calibrated* otherwise. A rival is silent (—) about a material for which it has no constants. Which
rows can fail at all: [](rows.md).

## Who passes what

{summary(table)}
The last two columns leave out the rows that need nothing to happen, and those that most random
constants of the two-pathway model pass. They are the fairer ones.

## Where our model misses

{misses(ours)}
## Where the evidence does not discriminate

{no_discrimination(table)}
## The table

{markdown(headings, lines)}"""


def main() -> None:
    """Write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).parents[1]
    parser.add_argument("--out", type=Path, default=here / "docs/reference", help="folder")
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    options = parser.parse_args()
    runs, table = all_rows(options.workers)
    figures = options.out.parent / "figures/panels"
    pages = {
        "table-s1.md": table_s1.page(),
        "figure-s2.md": figure_s2.page(),
        "thermodynamics.md": verdicts.page(),
        "models-and-observations.md": models_page(table),
        "rows.md": rows_page.page(table[MODEL]),
        "panels.md": panels.page(table[MODEL], runs, figures),
    }
    for name, page in pages.items():
        print(f"wrote {write_text(options.out / name, page)}")


if __name__ == "__main__":
    main()
