"""How robust the verdicts are: tables for the terminal, and the page."""

from __future__ import annotations

from statistics import median
from textwrap import fill
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.infer.studies.kept_verdicts import GROUPS, TESTS, group_of
from prenuc.infer.studies.robustness import BATHS, SEED
from prenuc.infer.studies.single_changes import ENERGY, SHARE, SUPERSATURATION
from prenuc.present.tables.table import Table
from prenuc.quantities import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prenuc.infer.studies.kept_verdicts import Study, Test

BY = percent(SHARE)
_VARIED: Mapping[Test, str] = {
    "one at a time": f"one quantity, ±{BY} or ±{ENERGY:g} kJ/mol",
    "as written": f"one number in a steep law, ±{BY} as written",
    "all at once": "all quantities drawn together within the same limits",
    "bath": f"every bath {', '.join(f'{by:g}' for by in BATHS)} K too hot or too cold",
    "heating": "heating twice as fast or half as fast",
    "unreported": "what else the recipes do not print, halved and doubled",
    "extinction": f"every absorbance {BY} higher or lower",
}
WIDTH = 110  # letters of a line of the page
_ARROWS = {"lower": "↓", "higher": "↑"}
_KEEPS = {"informative": "Informative rows", "other": "All other rows"}


def summary_table(study: Study) -> Table:
    """Return how many verdicts stay: one row for each test, a column for each group of rows."""
    groups = {name: one for name in GROUPS if (one := study.only({name})).passing}
    rows = tuple(
        (_VARIED[test], str(len(study.of(test))), *(_kept(one, test) for one in groups.values()))
        for test in TESTS
        if study.of(test)
    )
    return Table(headings=("variation", "cases", *groups), rows=rows)


def _kept(study: Study, test: Test) -> str:
    """Return how many verdicts no case loses, and how many the worst case keeps."""
    count = len(study.passing)
    worst = min(study.shares_kept(test), default=1.0)
    return f"{study.share_that_stays(test) * count:.0f} of {count} ({worst * count:.0f})"


def fragile_table(study: Study, test: Test = "one at a time") -> Table:
    """Return the rows that one change can lose, each with the cases that do.

    Args:
        study: All cases.
        test: What is changed.
    """
    lost = study.lost(test)
    rows = tuple(
        (f"`{c.id}`", group_of(c).rpartition(", ")[2], _ways(lost[c.id]))
        for c in study.passing
        if lost[c.id]
    )
    return Table(headings=("row", "role", "lost with"), rows=rows)


def _ways(cases: Sequence[str]) -> str:
    """Return what is moved in some cases, by parameter set, with the ways: ↑, ↓ or both."""
    ways: dict[str, dict[str, str]] = {}
    for case in cases:
        of, _, moved = case.rpartition(": ")
        what, _, way = moved.rpartition(" ")
        arrows = ways.setdefault(of, {})
        arrows[what] = arrows.get(what, "") + _ARROWS.get(way, way)
    return "; ".join(
        f"{of}: {', '.join(f'{what} {arrows}' for what, arrows in whats.items())}"
        for of, whats in ways.items()
    )


def kept_table(study: Study) -> Table:
    """Return the rows that some draw of all constants loses, the worst first."""
    kept = sorted(study.kept("all at once").items(), key=lambda item: item[1])
    rows = tuple((f"`{name}`", percent(share, 1)) for name, share in kept if share < 1.0)
    return Table(headings=("row", "kept in draws"), rows=rows)


def cases_table(study: Study, test: Test) -> Table:
    """Return every case of a test with the rows that it loses, informative ones first.

    Args:
        study: All cases.
        test: Which.
    """
    telling = {c.id for c in study.checks if group_of(c).startswith("informative")}
    rows = []
    for case, numbers in study.of(test):
        lost = study.lost_in(numbers)
        parts = [n for n in lost if n in telling], [n for n in lost if n not in telling]
        rows.append((case.id, *(", ".join(f"`{n}`" for n in part) or "none" for part in parts)))
    return Table(headings=(_VARIED[test], "informative rows lost", "others lost"), rows=tuple(rows))


def robustness_page(study: Study) -> str:
    """Return the page, in Markdown."""
    return "\n".join(
        [
            "# Robustness",
            "",
            *(
                fill(" ".join(text.split()), WIDTH, break_on_hyphens=False) + "\n"
                for text in _first(study)
            ),
            _SUMMARY,
            summary_table(study).markdown(),
            *_all(study),
        ]
    )


def _all(study: Study) -> Iterator[str]:
    """Yield the sections, informative rows before the others."""
    parts = {said: study.only({g for g in GROUPS if g.startswith(k)}) for k, said in _KEEPS.items()}
    for said, part in parts.items():
        yield from _section(f"{said}: lost when one quantity moves", fragile_table(part))
    yield from _section("Steep laws: lost when a number as written moves", *_steep(study))
    for said, part in parts.items():
        whole = len(part.passing) - len(kept_table(part).rows)
        yield from _section(
            f"{said}: all at once",
            kept_table(part),
            f"{whole} of {len(part.passing)} hold in every draw. The others hold in this share of "
            "the draws.",
        )
    yield from _section("A bath that is off", cases_table(study, "bath"), _BATH)
    yield from _section("Heating", cases_table(study, "heating"), _HEATING)
    yield from _section(
        "Extinction", cases_table(study, "extinction"), "As if every extinction were off at once."
    )
    rest = "Temperatures, and amounts taken as zero, have no half and no double and stay."
    yield from _section("What else is not printed", cases_table(study, "unreported"), rest)
    yield _WHAT


def _steep(study: Study) -> tuple[Table, str]:
    return fragile_table(study, "as written"), (
        f"A tenth more of the bare number is not a tenth more of what it does: K of a preference "
        f"acts as K to the number of sites, and a surface energy alone takes the number of dots "
        f"with it. For these rows it is not enough to know one of these numbers to {BY}."
    )


def _section(title: str, table: Table, text: str = "") -> Iterator[str]:
    yield f"## {title}\n"
    if text:
        yield f"{text}\n"
    yield table.markdown() if table.rows else "None.\n"


def _first(study: Study) -> Iterator[str]:
    """Yield what an unfriendly reader should know first."""
    telling, held = study.only(GROUPS[:2]), study.only(GROUPS[1:2])
    single = study.of("one at a time")
    harmful = sum(bool(telling.lost_in(numbers)) for _, numbers in single)
    yield f"""**Agreement is tuned, and what was tuned holds narrowly.** Of {len(telling.checks)}
informative rows {len(telling.passing)} pass, with numbers of which most were chosen with these rows
in view. {_count(telling, "one at a time")} of the {len(telling.passing)} are lost by at least one
change of one quantity by {BY} or {ENERGY:g} kJ/mol ({harmful} of {len(single)} changes lose
some), {_count(telling, "as written")} where a number in a steep law moves by {BY} as it is
written; {_baths(telling)}. {_drawn(telling)} Of the informative rows of figures that are held out,
{len(held.passing)} of {len(held.checks)} pass; {_count(held, "one at a time")} of these are lost by
a change of one quantity, {_count(held, "bath")} by a bath. {_informed()} A verdict that stays
is no proof: the limits of a row are as wide as what is printed is vague (none was widened for this
page), and a row that is trivial, an input, restated or by construction stays of itself. Nothing
here tests the form of the model.
"""
    missed = [f"`{c.id}`" for c in study.checks if c not in study.passing]
    yield f"""{len(study.passing)} of the {len(study.checks)} rows that count pass at all, and only
these can be lost; missed without any change: {", ".join(missed) or "none"}. A row with limits
closer than {BY} falls with its own constant, as it should. A run that fails, or a spectrum
without the maximum that is asked for, counts as a loss.
{_classes(study)} This page is written by `make robustness`.
"""


def _informed() -> str:
    """Return the sets for which a figure that is held out is no prediction."""
    usual = [one for one in entries("parameters").values() if not one.like]
    told = ", ".join(f"`{one.id}`" for one in usual if one.fitted_to == "all rows")
    return f"They are no predictions where a set was fitted to all rows: {told or 'none'}."


def _count(study: Study, test: Test) -> int:
    """Return how many verdicts some case of a test loses."""
    return sum(bool(cases) for cases in study.lost(test).values())


def _baths(study: Study) -> str:
    """Return how many verdicts are lost by baths so far off or less."""
    said = []
    for by in BATHS:
        lost = {
            name
            for case, numbers in study.of("bath")
            if abs(case.offset) <= by
            for name in study.lost_in(numbers)
        }
        said.append(f"{len(lost)} by baths up to {by:g} K off")
    return ", ".join(said)


def _drawn(study: Study) -> str:
    """Return what happens when all quantities are drawn at once."""
    shares = study.shares_kept("all at once")
    if not shares:
        return "All quantities at once were not drawn."
    whole = sum(share == 1.0 for share in shares)
    return (
        f"With all quantities drawn at once within these limits, {whole} of {len(shares)} draws "
        f"keep every one of them; the median draw keeps {percent(median(shares))}, the worst "
        f"{percent(min(shares))}."
    )


def _classes(study: Study) -> str:
    """Return from how many draws the classes are known."""
    known = [entries("row_classes").get(check.id) for check in study.checks]
    draws = sorted({one.draws for one in known if one is not None})
    missing = sum(one is None for one in known)
    said = " or ".join(map(str, draws)) or "no"
    return f"Classes rest on {said} draws of random constants; {missing} rows have none."


_SUMMARY = """Verdicts that every case of a test keeps, of those that pass with the package's own
numbers; in brackets how many the worst case keeps.
"""
_BATH = (
    "All baths above 30 °C are off in the same direction; room temperature stays. An offset of a "
    "bath is an error of an experiment, not of the model, but whoever repeats one of these has it."
)
_HEATING = "The rates and times of heating that are assumed, since no recipe prints them."
_WHAT = f"""## What is varied, and what is not

* A rate constant moves by {BY} at all temperatures, an energy or enthalpy by
  {ENERGY:g} kJ/mol about the temperature at which its constant is quoted: between 25 and 180 °C
  that is a factor of 1.3, more than {BY}.
* An equilibrium constant moves by {BY} at all temperatures. One that is quoted at another
  temperature than that to which most recipes of its set are heated moves there, too, while it stays
  where it is quoted ("alone").
* K of a reaction that brings many particles together moves as the concentration that it stands for,
  K^(1/m) for a dimension of concentration^m: K of an assembly moves 2.1-fold, of a PC sixfold.
* K of a preference on s sites moves as K^s.
* The surface energy of dots moves at a steady flux of nucleation that stays, and the flux at a
  surface energy that stays; the solubility gives way. The flux is that of bare pieces at
  {SUPERSATURATION:g} times the solubility, where it is quoted and without ligands; with TOPO, or
  elsewhere, it moves.
* The largest bare piece and the smallest dot that a PC docks to, and other whole numbers that were
  fitted, move by a tenth and at least by one.
* Draws (seed {SEED}) take each quantity evenly within its limits, for itself.
* Not varied: orders, numbers of sites that were assumed, particles of a PC, positions and widths of
  bands, physical constants. Extinctions move together only, as the path of light does.
* Rows that are not counted are left out. Rivals are not asked.

What exactly is done stands in `prenuc.infer.studies.robustness` and
`prenuc.infer.studies.single_changes`.
"""
