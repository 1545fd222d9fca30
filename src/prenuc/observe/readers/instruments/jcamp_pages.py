"""When the spectra of a JCAMP-DX file were taken: our own record, or the pages of NTUPLES."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.observe.readers.cells import is_number
from prenuc.observe.readers.durations import duration
from prenuc.observe.readers.times import common_unit, stated_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.observe.readers.instruments.jcamp_records import Block

TIME = "$TIME"  # our own record, as the standard has none for the time of a spectrum in a series


def times_of_pages(pages: Sequence[tuple[Block, str]]) -> tuple[Array | None, str]:
    """Return the times that our own record or the pages tell, and their unit; None for none.

    Args:
        pages: For each of m spectra its block, and what its page says.
    """
    told = [block.facts.get(TIME, "") or _of_page(block, page) for block, page in pages]
    if not any(told):
        return None, "s"
    if any(text.endswith(" 1") for text in told):  # a number without a unit
        bare = [text.removesuffix(" 1") for text in told]
        return np.array([float(text) if is_number(text) else np.nan for text in bare]), "1"
    read = [duration(text, ".", None) for text in told]
    unit = common_unit(read)
    return np.array([one.within(unit) if one.parts else np.nan for one in read]), unit


def _of_page(block: Block, page: str) -> str:
    """Return the time that a page tells, with the unit that NTUPLES give its symbol."""
    symbol, _, value = (part.strip() for part in page.partition("="))
    symbols, names, units = (
        [one.strip() for one in block.facts.get(label, "").upper().split(",")]
        for label in ("SYMBOL", "VARNAME", "UNITS")
    )
    place = symbols.index(symbol.upper()) if symbol.upper() in symbols else len(names)
    is_time = symbol.upper() in {"T", "TIME"} or "TIME" in "".join(names[place : place + 1])
    if not is_time or not is_number(value):
        return value if is_time else ""
    unit = stated_unit("".join(units[place : place + 1]))
    return f"{value} {unit}" if unit else ""
