"""How surprising each row of ``prenuc reproduce`` is under two priors; resumes where it stopped.

Run ``python examples/row_bits.py CdS`` (or ``make row-bits`` for every material of which a row is
out of date); it writes the entries of the rows of these materials into
``src/prenuc/data/row_surprisals.yaml`` and leaves those of the others.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from progress import progress_of

from prenuc.circumstances import circumstances
from prenuc.facts.catalogue import entries
from prenuc.infer.court.surprisal import DRAWS, mark_of, row_surprisals
from prenuc.infer.experiments.marks import Marks
from prenuc.infer.experiments.reproduce import checks, material_of
from prenuc.simulation.choice import for_recipe
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.facts.row_surprisal import RowSurprisal

HERE = Path(__file__).parents[1]
FILE = HERE / "src/prenuc/data/row_surprisals.yaml"
HEAD = """\
# How surprising each row is before any fit: computed by `make row-bits`, never typed. How constants
# are drawn: infer/court/priors.py.
#
# nearby, physical  mean probability of what is printed, over the draws of a prior
# … passes          share of these draws that pass
# draws             of each prior, without those that the integrator gave up
# nuisance          standard deviation that baths and dilutions leave, on the scale of the row
# mark              of the row, the mechanisms, the spectra and the widths

"""


def line(one: RowSurprisal) -> str:
    """Return an entry of the file."""
    numbers = ", ".join(
        f"{prior}: {one.chances[prior]:.4g}, {prior} passes: {one.passes[prior]:.3g}"
        for prior in one.chances
    )
    rest = f'draws: {one.draws}, nuisance: {one.nuisance:.3g}, mark: "{one.mark}"'
    return f"- {{id: {one.id}, {numbers}, {rest}}}"


def text(known: Iterable[RowSurprisal]) -> str:
    """Return the file, its entries in the order of the checks."""
    by_check = {one.id: one for one in known}
    return HEAD + "".join(f"{line(by_check[c.id])}\n" for c in checks() if c.id in by_check)


def stale() -> list[str]:
    """Return the materials of which a row is not known, or of another mark than today's."""
    known, marks = entries("row_surprisals"), Marks(for_recipe)
    old = [c for c in checks() if c.id not in known or known[c.id].mark != mark_of(c, marks)]
    return sorted({material_of(check) for check in old})


def main() -> None:
    """Draw, weigh and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("materials", nargs="*", help="such as CdS; all that are stale")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    known = dict(entries("row_surprisals"))
    mark = circumstances()["facts and code"]  # a ledger is of one version of them
    for material in options.materials or stale():
        found = row_surprisals(
            [check for check in checks() if material_of(check) == material],
            for_recipe,
            draws=options.draws,
            workers=options.workers,
            ledger=HERE / f"build/row-bits-{material}-{mark}.sqlite",
            progress=progress_of(material),
        )
        known |= {one.id: one for one in found}
        print(f"{material}: {sum(one.bits('nearby') > 1.0 for one in found)} rows above one bit")
    print(f"wrote {write_text(options.out, text(known.values()))}")


if __name__ == "__main__":
    main()
