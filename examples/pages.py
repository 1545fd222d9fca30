"""What all computed pages share: their head, with a mark of what they were made from, and tables.

``python examples/pages.py PAGE`` writes the mark of today into a page that a command wrote. A page
whose mark is another than :func:`mark` is out of date (tests/test_court_page.py).
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.reproduce import checks, experiments_for
from prenuc.infer.studies.ablation import mark_of
from prenuc.mechanism.rivals import RIVALS
from prenuc.present.tables.table import Table
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = Path(__file__).parents[1] / "docs/reference"
OURS, EVERY, REFITS = ("two-pathway",), ("two-pathway", *RIVALS), "refits"
PAGES = {  # what each page was made from: models, and refits
    "robustness.md": OURS,
    "court.md": (*EVERY, REFITS),
    "where-models-differ.md": (*EVERY, REFITS),
    "table-s1.md": EVERY,
    "figure-s2.md": EVERY,
    "thermodynamics.md": EVERY,
    "models-and-observations.md": EVERY,
    "rows.md": EVERY,
    "panels.md": EVERY,
}
MARK = "% Of constants, rows and spectra with the mark "


def head_of(page: str, script: str, target: str) -> str:
    """Return the head of a page.

    Args:
        page: Its file name.
        script: What writes it.
        target: What ``make`` calls that.
    """
    said = f"% Written by examples/{script} (make {target}); changes here are lost.\n"
    return f"{said}{MARK}{mark(page)}.\n\n"


def mark(page: str) -> str:
    """Return the mark that a page has today: of models, rows with widths and classes, spectra.

    Args:
        page: Its file name.
    """
    said = sorted(str((one.id, one.kind)) for one in entries("row_classes").values())
    for what in PAGES[page]:
        said += _refits() if what == REFITS else [_of_model(what)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


@cache
def _of_model(name: str) -> str:
    return mark_of(checks(), experiments_for(name).choose)


def _refits() -> list[str]:
    return sorted(str((one.id, one.mark, one.ended)) for one in entries("refits").values())


def stamped(page: str, text: str) -> str:
    """Return the text of a page with the mark of today at its head."""
    rest = text.partition("\n\n")[2] if text.startswith(MARK) else text
    return f"{MARK}{mark(page)}.\n\n{rest}"


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    return Table(headings=tuple(headings), rows=tuple(map(tuple, rows))).markdown()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"wrote {write_text(FOLDER / name, stamped(name, (FOLDER / name).read_text()))}")
