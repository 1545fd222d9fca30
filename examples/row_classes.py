"""What each row of ``prenuc reproduce`` can tell: draws random constants, resumes where it stopped.

Run ``python examples/row_classes.py CdS`` (or ``make row-classes`` for every material); it writes
the classes and pass rates of the rows of these materials into ``src/prenuc/data/row_classes.yaml``
and leaves those of the others. ``--mechanism`` names a set that stands beside the usual ones.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from progress import progress_of

from prenuc.circumstances import circumstances
from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.reproduce import checks, material_of
from prenuc.infer.studies.row_classes import DRAWS, row_classes
from prenuc.simulation.choice import for_recipe, named_for
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.facts.row_class import RowClass

HERE = Path(__file__).parents[1]
FILE = HERE / "src/prenuc/data/row_classes.yaml"
HEAD = """\
# What each row of `prenuc reproduce` can tell: computed by `make row-classes`, never typed. What a
# class means and how constants are drawn: infer/studies/row_classes.py.
#
# passes, draws  how many sets of random constants pass the row, and how many were drawn
# around         the parameter sets around which they were drawn
# mark           of the row, the mechanisms and the spectra; with others the entry is out of date

"""


def line(one: RowClass) -> str:
    """Return an entry of the file."""
    return (
        f"- {{id: {one.id}, class: {one.kind}, passes: {one.passes}, draws: {one.draws}, "
        f'around: "{one.around}", mark: "{one.mark}"}}'
    )


def text(known: Iterable[RowClass]) -> str:
    """Return the file, its entries in the order of the checks."""
    by_check = {one.id: one for one in known}
    return HEAD + "".join(f"{line(by_check[c.id])}\n" for c in checks() if c.id in by_check)


def main() -> None:
    """Draw, classify and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("materials", nargs="*", help="such as CdS; all when none is named")
    parser.add_argument("--mechanism", help="a set beside the usual ones")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    known = dict(entries("row_classes"))
    named = options.mechanism
    choose = for_recipe if named is None else partial(named_for, named)
    mark = circumstances()["facts and code"]  # a ledger is of one version of them
    for material in options.materials or sorted({material_of(check) for check in checks()}):
        asked = [check for check in checks() if material_of(check) == material]
        found = row_classes(
            asked,
            choose,
            draws=options.draws,
            workers=options.workers,
            ledger=HERE / f"build/row-classes-{material}-{mark}.sqlite",
            progress=progress_of(material),
        )
        known |= {one.id: one for one in found}
        kinds = [one.kind for one in found]
        print(f"{material}: {kinds.count('informative')} of {len(found)} rows are informative")
    print(f"wrote {write_text(options.out, text(known.values()))}")


if __name__ == "__main__":
    main()
