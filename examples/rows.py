"""The page of rows: what each can tell, and how often random constants pass it.

Run ``python examples/rows.py``; it writes ``rows.md`` into ``docs/reference``. Classes and pass
rates are those of ``data/row_classes.yaml``, which ``make row-classes`` computes.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pages import head_of, markdown

from prenuc.facts.row_class import CLASSES
from prenuc.facts.row_surprisal import PRIORS
from prenuc.infer.court.weigh import earned, weighed
from prenuc.infer.experiments.reproduce import (
    checks,
    experiments_for,
    not_checkable,
    reproduce,
)
from prenuc.mechanism.two_pathway import MODEL
from prenuc.present.tables.studies import earnings, surprise
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.court.weigh import WeighedRow
    from prenuc.infer.experiments.reproduce import Row

BITS = tuple(f"{prior}: pass, bits" for prior in PRIORS)
HEADINGS = ("row", "role", "class", "draws that pass", "expected", "verdict", *BITS, "earned")
TEXT = """# Rows that can fail

Every statement that `prenuc reproduce` asks, and what it can tell
([how rows are judged](../how-to/judge-rows.md)). A count of passes says little: many rows hold
where nothing happens, restate another, or read a number that is put in. The ones that count are
the **informative** rows: a control in which nothing happens misses them, and at most half of 200
sets of random constants around the shipped ones pass. Held-out rows are those of the figures that
the [split](../decisions/0026-figures-held-out.md) names. What each step of the
mechanism is for: [](court.md).

How much a row says is how surprising it is for constants that were drawn from one of
[two priors](../decisions/0034-rows-weighed.md), in **bits**: near drawn points, or anywhere that is
physical. What the model *earns* is how much likelier than these draws it makes what is printed,
and the smaller sum of the two counts. Rows that restate another or read an input are in no sum.

"""


def page(rows: Sequence[Row]) -> str:
    """Return the page for the rows of the two-pathway model."""
    weights = [one for one in weighed(rows) if one.row.counted]
    telling = [one for one in weights if one.row.informative]
    others = [one for one in weights if not one.row.informative]
    return (
        head_of("rows.md", "tables.py", "tables")
        + TEXT
        + f"## What the model earns\n\n{sums(weights)}\n"
        + f"## The score\n\n{score(rows)}\n"
        + f"## The informative rows\n\n{table(telling)}\n"
        + f"## The others, and why they fell\n\n{table(others)}\n"
        + f"## Not counted\n\n{reasons(rows)}\n"
        + f"## Not asked\n\n{unasked()}\n"
        + f"## What rivals claim\n\n{claims()}"
    )


def counted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that count."""
    return [row for row in rows if row.counted]


def score(rows: Sequence[Row]) -> str:
    """Return how many rows of each class pass, calibrated and held out apart."""
    lines = []
    for kind in ("informative", *(kind for kind in CLASSES if kind != "informative")):
        of_kind = [r for r in counted(rows) if r.known is not None and r.known.kind == kind]
        cells = []
        for role in ("calibrated", "held-out"):
            of_role = [row for row in of_kind if row.role == role]
            cells.append(f"{sum(r.verdict == 'pass' for r in of_role)} of {len(of_role)}")
        lines.append((kind, *cells))
    known = [row for row in counted(rows) if row.role == "held-out"]
    told = sum(row.informed for row in known)
    note = (
        f"{told} of the {len(known)} held-out rows inform a constant of the set that answers them; "
        "there a pass is consistency and no prediction.\n"
    )
    stale = sum(row.outdated for row in rows)
    if stale:
        note += f"\n{stale} classes are missing or were computed with other constants.\n"
    return f"{markdown(('class', 'calibrated pass', 'held-out pass'), lines)}\n{note}"


def sums(weights: Sequence[WeighedRow]) -> str:
    """Return what rows earn, all and the informative ones, in bits."""
    lines = [
        (f"{which}, {side}", str(one.rows), f"**{one.least:+.1f}**", *map("{:+.1f}".format, both))
        for which, only in (("all", False), ("informative", True))
        for side, one in earned(weights, informative=only).items()
        if (both := one.bits.values())
    ]
    missing = sum(one.summed and (one.known is None or one.stale) for one in weights)
    note = f"\nThe bits of {missing} rows are missing or out of date.\n" if missing else ""
    return markdown(("rows", "how many", "bits earned", *PRIORS), lines) + note


def table(weights: Sequence[WeighedRow]) -> str:
    """Return rows with class, pass rates and bits."""
    lines = [
        (
            f"`{one.row.check.id}`",
            one.row.role,
            "none yet" if (known := one.row.known) is None else known.kind,
            "–" if known is None else f"{known.passes} of {known.draws}",
            one.row.check.expected(),
            "**MISS**" if one.row.verdict == "miss" else one.row.verdict,
            *(surprise(one, prior) for prior in PRIORS),
            earnings(one),
        )
        for one in weights
    ]
    return markdown(HEADINGS, lines) if lines else "None.\n"


def reasons(rows: Sequence[Row]) -> str:
    """Return the rows that are asked and no verdict, each with its reason."""
    named = [row for row in rows if row.verdict == "not counted"]
    return "".join(f"- `{row.check.id}`: {row.check.not_counted}\n" for row in named)


def unasked() -> str:
    """Return the statements that are not asked, by reason."""
    found = Counter(check.reason for check in not_checkable())
    ids = {reason: [c.id for c in not_checkable() if c.reason == reason] for reason in found}
    return "".join(f"- {reason} ({', '.join(f'`{i}`' for i in ids[reason])})\n" for reason in found)


def claims() -> str:
    """Return what rivals claim, what their own constants and ours make of it, and objections."""
    asked = [check.id for check in checks(["Scheme"])]
    by = dict.fromkeys(check.claimed_by for check in checks(["Scheme"]))
    found = {
        model: {row.check.id: row for row in reproduce(["Scheme"], runs=experiments_for(model))}
        for model in (MODEL, *by)
    }
    lines = []
    for name in asked:
        ours, check = found[MODEL][name], found[MODEL][name].check
        theirs = found[check.claimed_by][name]
        cells = [said(theirs), said(ours), check.objection or "nothing"]
        lines.append((f"`{name}`", check.claimed_by, ours.statement, check.expected(), *cells))
    how = (
        "No observations of the seed: they are in no count and no sum. No recipe of a rival is "
        "printed, so flasks of the seed stand for theirs, and times that are not printed are ours. "
        "[What the authors of each would complain about](../story/rivals.md) stands on its page.\n"
    )
    heads = ("row", "of", "claim", "expected", "its own model", "ours", "the seed holds against it")
    return f"{how}\n{markdown(heads, lines)}"


def said(row: Row) -> str:
    """Return number and verdict of a claim."""
    if row.verdict == "silent":
        return "silent"
    number = "–" if math.isnan(row.simulated) else f"{row.simulated:.3g}"
    return f"{number}, {'**MISS**' if row.verdict == 'miss' else row.verdict}"


def main() -> None:
    """Write the page."""
    out = Path(__file__).parents[1] / "docs/reference/rows.md"
    print(f"wrote {write_text(out, page(reproduce()))}")


if __name__ == "__main__":
    main()
