"""Several values of a change, written as one text: "hold flask = 10, 20, 30 min"."""

from __future__ import annotations

import re
from itertools import product

from prenuc.errors import ProtocolError
from prenuc.quantities import NUMBER

_PARTS = re.compile(r"\s*,\s+|\s*,(?=\d)")
_BARE = re.compile(NUMBER)
_ONE_OR_TWO = re.compile(r"([-+]?\d+),(\d+)(?![\d-]).*")  # where a comma is the decimal sign
_QUANTITY = re.compile(rf"{NUMBER}\s*\S+")
MOST = 200  # variants; more are a sweep


def alternatives(text: str) -> tuple[str, ...]:
    """Return the changes that a text with lists of values stands for, each with one value.

    Bare numbers have the unit, and the reagent, of the number that ends the list: "0.5, 1, 2 mmol
    TOPO" are three amounts, while "1 mmol TOPO, 2 mmol MSA" is one mixture, as in a protocol. Lists
    in several changes, parted by semicolons, are taken in all combinations.

    Args:
        text: As for :meth:`~prenuc.protocol.protocol.Protocol.varied`.

    Raises:
        ProtocolError: There are too many, or a comma may be a decimal sign.
    """
    changes = [_values(change) for change in text.split(";")]
    count = 1
    for values in changes:
        count *= len(values)
    if count > MOST:
        raise ProtocolError(f"'{text}' stands for {count} variants", "Use prenuc sweep")
    return tuple("; ".join(each) for each in product(*changes))


def _values(change: str) -> list[str]:
    name, equals, written = (part.strip() for part in change.partition("="))
    parts = _PARTS.split(written)
    bare = [bool(_BARE.fullmatch(part)) for part in parts[:-1]]
    if (either := _ONE_OR_TWO.fullmatch(written)) and len(parts) == 2:
        first, last = either.groups()
        mend = f"Write {first}.{last}, or {first}, {last} with a space"
        raise ProtocolError(f"'{written}' may be one value or two", mend)
    if len(parts) > 1 and all(bare):
        after = _BARE.match(parts[-1])
        rest = parts[-1][after.end() :].strip() if after else ""
        return [f"{name} = {part} {rest}".rstrip() for part in parts[:-1]] + [
            f"{name} = {parts[-1]}"
        ]
    if all(_QUANTITY.fullmatch(part) for part in parts):
        return [f"{name} = {part}" for part in parts]
    return [f"{name} {equals} {written}".strip()]
