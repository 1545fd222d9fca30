"""The robustness study as a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.infer.robustness import BATH, ENERGY, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prenuc.infer.robustness import Study, Test

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


def robustness_page(study: Study) -> str:
    """Return the page, in Markdown."""
    return "\n".join([*_head(study), *_fragile(study), *_draws(study), *_others(study), ""])


def _head(study: Study) -> list[str]:
    rows = [
        [
            said,
            str(sum(case.test == test for case, _ in study.answers)),
            f"{study.share_that_stays(test):.1%}",
            f"{study.worst(test):.1%}",
            f"{study.share_of_pairs(test):.2%}",
        ]
        for test, said in _TESTS
    ]
    return [
        "# Robustness",
        "",
        "Which verdicts of `prenuc reproduce` hang on a number that nobody knows well enough. This",
        "page is written by `make robustness`; what is varied, and what is not, stands in",
        "`prenuc.infer.robustness`.",
        "",
        f"{len(study.passing)} of {len(study.checks)} rows pass with the package's own numbers;",
        "only these are looked at.",
        "",
        *_table(
            _HEADS,
            rows,
        ),
    ]


def _fragile(study: Study) -> list[str]:
    lost = {name: cases for name, cases in study.lost("one at a time").items() if cases}
    rows = [[f"`{name}`", "; ".join(cases)] for name, cases in lost.items()]
    return [
        "",
        "## Fragile: lost when one constant moves",
        "",
        *(_table(["row", "lost with"], rows) if rows else ["None."]),
    ]


def _draws(study: Study) -> list[str]:
    kept = sorted(study.kept("all at once").items(), key=lambda item: item[1])
    below = [[f"`{name}`", f"{share:.1%}"] for name, share in kept if share < 1.0]
    whole = len(kept) - len(below)
    return [
        "",
        "## All at once",
        "",
        f"{whole} verdicts hold in every draw. The others hold in this share of the draws:",
        "",
        *(_table(["row", "kept"], below) if below else ["None."]),
    ]


def _others(study: Study) -> Iterator[str]:
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
        cases = [case for case, _ in study.answers if case.test == test]
        rows = []
        for case in cases:
            names = [f"`{name}`" for name, by in lost.items() if case.id in by]
            rows.append([case.id, ", ".join(names) or "none"])
        yield from ["", f"## {title}", "", text, "", *_table([said, "verdicts lost"], rows)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = "|" + "|".join(" --- " for _ in heads) + "|"
    return [f"| {' | '.join(row)} |" for row in [heads]] + [
        line,
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
