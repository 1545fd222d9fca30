"""What is weighed, and how far a sample is diluted, for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.present.tables.table import Table
from prenuc.quantities import roughly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.protocol.batch import Batch, Dilution


def batch_table(found: Batch) -> Table:
    """Return a row for each compound; the caption tells of the whole.

    Args:
        found: What is weighed.
    """
    rows = (
        (
            one.reagent,
            f"{one.grams:.4g}",
            f"{one.millimoles:.4g}",
            "–" if one.millilitres is None else f"{one.millilitres:.4g}",
            f"{one.per_kg:.4g}",
            f"{one.molar_mass.quantity.to('g/mol'):.2f}",
        )
        for one in found.parts
    )
    return Table(
        headings=("compound", "g", "mmol", "mL", "mmol/kg of all", "g/mol"),
        rows=tuple(rows),
        caption=f"{found.grams:.4g} g and {found.millilitres:.4g} mL of all if volumes add up",
    )


def dilution_lines(found: Dilution) -> Iterator[str]:
    """Yield what a dilution is, and what follows from a reading.

    Args:
        found: The dilution.
    """
    yield f"{found.taken:.4g} mL into {found.into:.4g} mL: diluted {found.factor:.4g} times"
    if found.undiluted is not None:
        yield f"the sample as it is would show an absorbance of {found.undiluted:.4g}"
    if found.to_take is not None:
        yield f"take {roughly(1e3 * found.to_take)} uL instead for the absorbance that is wanted"
