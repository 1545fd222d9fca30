"""The robustness study as a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.infer.studies.robustness import BATH, ENERGY, SHARE
from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.infer.studies.robustness import Study, Test

_TESTS: tuple[tuple[Test, str], ...] = (
    ("one at a time", f"each constant alone, ±{SHARE:.0%} or ±{ENERGY:g} kJ/mol"),
    ("all at once", "all constants drawn together within the same limits"),
    ("bath", f"every bath {BATH:g} K too hot or too cold"),
    ("unreported", "what the recipes do not print, halved and doubled"),
)

_HEADS = (
    "variation",
    "cases",
    "verdicts that no case loses",
    "verdicts kept in the worst case",
    "pairs of verdict and case kept",
)


def summary_table(study: Study) -> Table:
    """Return how many verdicts stay, one row for each kind of variation."""
    rows = tuple(
        (
            said,
            str(sum(case.test == test for case, _ in study.answers)),
            f"{study.share_that_stays(test):.1%}",
            f"{study.worst(test):.1%}",
            f"{study.share_of_pairs(test):.2%}",
        )
        for test, said in _TESTS
    )
    return Table(headings=_HEADS, rows=rows)


def fragile_table(study: Study) -> Table:
    """Return the rows that one constant can lose, each with the cases that do."""
    lost = study.lost("one at a time")
    rows = tuple((f"`{name}`", "; ".join(cases)) for name, cases in lost.items() if cases)
    return Table(headings=("row", "lost with"), rows=rows)


def kept_table(study: Study) -> Table:
    """Return the rows that some draw of all constants loses, the worst first."""
    kept = sorted(study.kept("all at once").items(), key=lambda item: item[1])
    rows = tuple((f"`{name}`", f"{share:.1%}") for name, share in kept if share < 1.0)
    return Table(headings=("row", "kept in draws"), rows=rows)


def robustness_page(study: Study) -> str:
    """Return the page, in Markdown."""
    whole = len(study.kept("all at once")) - len(kept_table(study).rows)
    return f"""# Robustness

Which verdicts of `prenuc reproduce` hang on a number that nobody knows well enough. This
page is written by `make robustness`; what is varied, and what is not, stands in
`prenuc.infer.studies.robustness`.

{len(study.passing)} of {len(study.checks)} rows pass with the package's own numbers;
only these are looked at.

{summary_table(study).markdown()}
## Fragile: lost when one constant moves

{_or_none(fragile_table(study))}
## All at once

{whole} verdicts hold in every draw. The others hold in this share of the draws:

{_or_none(kept_table(study))}
{chr(10).join(_others(study))}"""


def _or_none(table: Table) -> str:
    return table.markdown() if table.rows else "None.\n"


def _others(study: Study) -> Iterator[str]:
    """Return a section for the bath and for what the recipes do not print."""
    heads = {
        "bath": (
            "A bath that is off",
            "Every rate moves together, by about a fifth: an uncertainty, not a test of the model.",
        ),
        "unreported": (
            "What the recipes do not print",
            "Temperatures, and amounts taken as zero, have no half and no double and stay.",
        ),
    }
    for test, said in _TESTS[2:]:
        title, text = heads[test]
        lost = study.lost(test)
        rows = tuple(
            (case.id, ", ".join(f"`{n}`" for n, by in lost.items() if case.id in by) or "none")
            for case, _ in study.answers
            if case.test == test
        )
        table = Table(headings=(said, "verdicts lost"), rows=rows)
        yield f"## {title}\n\n{text}\n\n{table.markdown()}"
