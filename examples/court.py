"""The court: what the published rows say for and against each step and each model.

Run ``python examples/court.py`` (``make court`` makes what the page links to as well). Refits of
steps and figures that are not of today's constants are made again, on a ledger in ``build`` that
goes on where it stopped, and kept in ``src/prenuc/data/refits``; then the page is written.
``--page`` writes the page alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import court_page

from prenuc.circumstances import circumstances
from prenuc.facts.catalogue import entries
from prenuc.infer.calibration.ablations import ablations_of
from prenuc.infer.studies.ablation import rows_for
from prenuc.infer.studies.left_out import figures_left_out
from prenuc.infer.studies.refitting import mark_for, refits, shipped_refits
from prenuc.mechanism.named import mechanism_named
from prenuc.quantities import percent
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.facts.refit import Refit

HERE = Path(__file__).parents[1]
REFITS, PAGE = HERE / "src/prenuc/data/refits", HERE / "docs/reference/court.md"
MECHANISM = court_page.MECHANISM
HEAD = """\
# Constants fitted again, without a step or a figure or with all: computed by `make court`, never
# typed. How: infer/studies/refitting.py and left_out.py. With another mark than that of today's
# rows, mechanism and spectra an entry is out of date.

"""


def plain(number: float) -> str:
    """Return a number as YAML reads it."""
    text = f"{number:.6g}"
    if text.lstrip("-") in {"nan", "inf"}:
        return text.replace("nan", ".nan").replace("inf", ".inf")
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def entry(one: Refit) -> str:
    """Return an entry of the file."""
    constants = ", ".join(f"{name}: {plain(x)}" for name, x in one.constants.items())
    rows = ", ".join(f"{name}: {plain(x)}" for name, x in one.rows.items())
    texts = {
        "mechanism": one.mechanism,
        "step": one.step,
        "left out": one.left_out,
        "prior": one.prior,
        "how": one.how,
        "mark": one.mark,
    }
    lines = [f'  {key}: "{text}"\n' for key, text in texts.items() if text]
    return (
        f'- id: "{one.id}"\n{"".join(lines)}'
        f"  begun: {plain(one.begun)}\n  ended: {plain(one.ended)}\n"
        f"  constants: {{{constants}}}\n  rows: {{{rows}}}\n"
    )


def text(found: Iterable[Refit]) -> str:
    """Return the file."""
    return HEAD + "".join(map(entry, found))


def fresh(name: str) -> bool:
    """Return whether all that is shipped of a mechanism is of today."""
    mark = mark_for(name, rows_for(name))
    steps = {"", *(one.step for one in ablations_of(mechanism_named(name)))}
    shipped = shipped_refits(name)
    return {one.step for one in shipped} == steps and {one.mark for one in shipped} == {mark}


def refitted(name: str, workers: int) -> list[Refit]:
    """Return every refit of a mechanism, on a ledger that is of one version of facts and code."""
    mark = circumstances()["facts and code"]
    steps = refits(
        name,
        rows_for(name),
        workers=workers,
        ledger=HERE / f"build/court-{name.replace('/', '-')}-{mark}.sqlite",
        progress=lambda share: print(f"{name}: {percent(share)}", end="\r"),
    )
    return [*steps, *figures_left_out(name, workers=workers)]


def main() -> None:
    """Refit what is out of date, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="the page alone")
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    if not options.page and not fresh(MECHANISM):
        path = REFITS / f"{MECHANISM.replace('/', '-')}.yaml"
        print(f"wrote {write_text(path, text(refitted(MECHANISM, options.workers)))}")
        entries.cache_clear()
    print(f"wrote {write_text(options.out, court_page.page(options.out.parent.parent))}")


if __name__ == "__main__":
    main()
