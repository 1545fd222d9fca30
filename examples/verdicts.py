"""The page on thermodynamics: what ``prenuc check`` says of every mechanism of the package.

Run ``python examples/verdicts.py``; it writes ``thermodynamics.md`` into ``docs/reference``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pages import head_of, markdown

from prenuc.facts.catalogue import entries
from prenuc.mechanism.named import mechanism_named
from prenuc.thermodynamics.check import check
from prenuc.writing import write_text

if TYPE_CHECKING:
    from prenuc.thermodynamics.check import Check

HEADINGS = (
    "mechanism",
    "verdict",
    "reversible",
    "one way",
    "faults",
    "prefactors outside ±150 J/mol/K",
)
TEXT = """# The package's own mechanisms, checked

What `prenuc check` says of every mechanism that the package ships
([how to read it](../how-to/check-thermodynamics.md)): the
[two-pathway models](../story/in-balance.md) and the [rivals](../story/rivals.md) are consistent.

"""


def page() -> str:
    """Return the page."""
    names = sorted(one.id for one in entries("parameters").values())
    rows = [row(check(mechanism_named(name))) for name in names]
    return (
        head_of("thermodynamics.md", "tables.py", "tables") + TEXT + markdown(HEADINGS, rows) + "\n"
    )


def row(found: Check) -> tuple[str, ...]:
    """Return a line of the table."""
    kinds = Counter(fault.kind for fault in found.faults)
    judged = [one for one in found.prefactors if one.within is not None]
    outside = sum(not one.within for one in judged)
    return (
        f"`{found.mechanism}`",
        found.verdict,
        f"{found.reversible}",
        f"{len(found.irreversible)}",
        ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items())) or "–",
        f"{outside} of {len(judged)}",
    )


def main() -> None:
    """Write the page."""
    folder = Path(__file__).parents[1] / "docs/reference"
    print(f"wrote {write_text(folder / 'thermodynamics.md', page())}")


if __name__ == "__main__":
    main()
