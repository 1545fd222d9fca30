"""The page of rows: what each can tell, and how often random constants pass it.

Run ``python examples/rows.py``; it writes ``rows.md`` into ``docs/reference``. Classes and pass
rates are those of ``data/row_classes.yaml``, which ``make row-classes`` computes.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pages import MADE, markdown

from prenuc.facts.row_class import CLASSES
from prenuc.infer.experiments.reproduce import not_checkable, reproduce
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.experiments.reproduce import Row

HEADINGS = ("row", "panel", "role", "class", "draws that pass", "expected", "verdict")
TEXT = """# Rows that can fail

Every statement that `prenuc reproduce` asks, and what it can tell
([how rows are judged](../how-to/judge-rows.md)). A count of passes says little: many rows hold
where nothing happens, restate another, or read a number that is put in. The ones that count are
the **informative** rows: a control in which nothing happens misses them, and at most half of 200
sets of random constants around the shipped ones pass. Held-out rows are those of the figures that
the [split](../decisions/0026-figures-held-out.md) names. What each step of the
mechanism is for: [](court.md).

"""


def page(rows: Sequence[Row]) -> str:
    """Return the page for the rows of the two-pathway model."""
    telling = [row for row in counted(rows) if row.informative]
    others = [row for row in counted(rows) if not row.informative]
    return (
        MADE
        + TEXT
        + f"## The score\n\n{score(rows)}\n"
        + f"## The informative rows\n\n{table(telling)}\n"
        + f"## The others, and why they fell\n\n{table(others)}\n"
        + f"## Not counted\n\n{reasons(rows)}\n"
        + f"## Not asked\n\n{unasked()}"
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


def table(rows: Sequence[Row]) -> str:
    """Return rows with class and pass rate."""
    lines = [
        (
            f"`{row.check.id}`",
            row.check.panel,
            row.role,
            "none yet" if row.known is None else row.known.kind,
            "–" if row.known is None else f"{row.known.passes} of {row.known.draws}",
            row.check.expected(),
            "**MISS**" if row.verdict == "miss" else row.verdict,
        )
        for row in rows
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


def main() -> None:
    """Write the page."""
    out = Path(__file__).parents[1] / "docs/reference/rows.md"
    print(f"wrote {write_text(out, page(reproduce()))}")


if __name__ == "__main__":
    main()
