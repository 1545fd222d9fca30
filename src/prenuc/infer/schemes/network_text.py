"""The text of first-order networks: species, arrows, and steps in a row."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from prenuc.errors import FitError, Problem
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.steps import FirstOrderStep, along_the_path, first_species

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STEPS = 200
MOST_RATES = 6
LONGEST_QUOTE = 80  # characters

_ARROW = re.compile(r"\s+-(\d+)->\s+|\s*(<->|<=>|⇌)\s*|\s*(->|→)\s*")
_AMOUNT = re.compile(r"\d+(\.\d*)?\s+\S")
_EXAMPLES = "'A -> B', 'A -> B -> C', 'A <-> B', 'A -> B; A -> C' or 'A -8-> B -> C'"


def parse_network(text: str) -> FirstOrderNetwork:
    """Return the first-order network that a scheme names.

    Its steps stand along the path from the species that it starts from (:func:`first_species`),
    in whatever order they were written.

    Args:
        text: Steps joined by arrows, parts separated by ";" or ",": "A -> B -> C", "A <-> B",
            "A -> B; A -> C", "A -8-> B -> C" (eight equal steps before the slow one), or
            "first-order" for "A -> B". Names are free.

    Raises:
        FitError: A step is not first order, or the scheme does not start from one species.
    """
    written = text.strip()
    body = "A -> B" if written in {"first-order", "first order"} else written
    steps = [step for part in re.split("[;,]", body) for step in _steps(part, written)]
    pairs = [(step.start, step.end) for step in steps]
    if len(set(pairs)) < len(pairs) or any(a == b for a, b in pairs):
        _refuse(written, "names a step twice, or a step from a species to itself")
    if len(steps) > MOST_RATES:
        _refuse(written, f"has {len(steps)} rate constants, more than {MOST_RATES}")
    back = [(b, a) in pairs[:i] for i, (a, b) in enumerate(pairs)]
    first = first_species([((a,), (b,)) for a, b in pairs], back)
    ordered, lost = along_the_path(steps, first)
    if lost:
        _refuse(written, f"cannot form '{lost[0].start}' from '{first}', with which it starts")
    return FirstOrderNetwork(written, ordered)


def _steps(part: str, scheme: str) -> Iterator[FirstOrderStep]:
    names = [piece.strip() for piece in _ARROW.sub("\n", part).split("\n")]
    if len(names) < 2 or not all(names):
        _refuse(scheme, "is not a chain of species and arrows")
    for name in names:
        if "+" in name or _AMOUNT.match(name):
            _refuse(scheme, f"is not first order at '{name}'")
    for (start, end), arrow in zip(pairwise(names), _ARROW.finditer(part), strict=True):
        count = int(arrow[1] or 1)
        if not 1 <= count <= MOST_STEPS:
            _refuse(scheme, f"asks for {count} equal steps; 1 to {MOST_STEPS} are possible")
        yield FirstOrderStep(start, end, count)
        if arrow[2]:
            yield FirstOrderStep(end, start)


def shortened(scheme: str) -> str:
    """Return a scheme as a message quotes it."""
    return scheme if len(scheme) <= LONGEST_QUOTE else f"{scheme[:LONGEST_QUOTE]}…"


def _refuse(scheme: str, why: str) -> NoReturn:
    what = f"the scheme '{shortened(scheme)}' {why}"
    raise FitError(Problem(what, f"Spectra are fitted with first-order schemes: {_EXAMPLES}"))
