"""The language of schemes: a line of text, or a mechanism file, and what kinetics it means.

======================================  =========================================================
scheme                                  meaning
======================================  =========================================================
``A -> B`` (or ``first-order``)         first order
``A -> B -> C``                         steps in a row, k1, k2, …
``A <-> B``, ``A <=> B``                reversible, k1 and k-1
``A -> B, A -> C``                      parallel
``A -8-> B -> C``                       eight equal steps, then one
``2 A -> B``, ``A + B -> C``            second order
``A -> B of order 3/2``                 any order
``A + B -> 2 B``                        autocatalytic
``A -> B, A + B -> 2 B``                slow nucleation, autocatalytic growth (Finke and Watzky)
``A -> B after lag``                    any of these, after an induction time
``exp + exp + constant``                a sum of exponentials with free amplitudes
``my-mechanism.yaml``                   a reaction network in a file
======================================  =========================================================

Names of species are free. Rates come in the inverse of the data's own unit of time; amounts are
shares of the first species' amount at time 0. Steps that none of the closed forms describes are
integrated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from prenuc.errors import FitError, Problem
from prenuc.infer.integrated import from_mechanism, from_steps
from prenuc.infer.kinetics import MOST_RATES, parse_network
from prenuc.infer.nonlinear import (
    Autocatalytic,
    Bimolecular,
    Exponentials,
    FinkeWatzky,
    PowerLaw,
)
from prenuc.infer.profiles import AbstractKinetics, Lagged, rate_names

FORMS = (
    "A -> B",
    "A -> B -> C",
    "A <-> B",
    "A -> B, A -> C",
    "A -8-> B -> C",
    "2 A -> B",
    "A + B -> C",
    "A -> B of order 3/2",
    "A + B -> 2 B",
    "A -> B, A + B -> 2 B",
    "A -> B after lag",
    "exp + exp + constant",
)
WORDS = {"exp", "constant", "of", "order", "after", "with", "a", "lag"}
MOST_EXPONENTIALS = 6
HIGHEST_ORDER = 10.0
_ARROW = re.compile(r"\s*(<->|->)\s*|\s+-(\d+)->\s+")
_TERM = re.compile(r"(?:(\d+(?:\.\d+)?)\s*\*?\s+|(\d+)(?=[A-Za-z]))?([^\s\d+<>][^\s<>]*)")
_LAG = re.compile(r"\s+(?:after|with)\s+(?:a\s+)?lag\s*$")
_ORDER = re.compile(r"\s+of\s+order\s+(\d+(?:\.\d+)?(?:/\d+)?)\s*$")


@dataclass(frozen=True)
class Written:
    """One step as written.

    Args:
        name: Name of its rate constant.
        left: Molecules of each species that meet.
        right: Molecules of each species that leave.
    """

    name: str
    left: dict[str, float]
    right: dict[str, float]


def parse(text: str, time_unit: str = "1") -> AbstractKinetics:
    """Return the kinetics that a scheme means.

    Args:
        text: One of the forms above, or the path of a mechanism file (``.yaml``).
        time_unit: Unit of the data's time, which a mechanism file is converted to.

    Raises:
        FitError: The text is none of these; the message names the nearest form.
        MechanismError: The mechanism file is wrong.
    """
    written = " ".join(text.split())
    if written.endswith((".yaml", ".yml")):
        from prenuc.mechanism.network_file import read_mechanism

        return from_mechanism(read_mechanism(Path(text.strip())), time_unit)
    if match := _LAG.search(written):
        inner = parse(written[: match.start()], time_unit)
        if isinstance(inner, Lagged):
            refuse(written, "asks for two lags")
        return Lagged(written, inner)
    if re.match(r"exp\b", written) or written == "constant":
        return _exponentials(written)
    if written in {"first-order", "first order"}:
        return parse_network(written)
    if match := _ORDER.search(written):
        return _of_order(written, written[: match.start()], match[1])
    return _of_steps(written)


def _exponentials(written: str) -> Exponentials:
    parts = [part.strip() for part in written.split("+")]
    count = parts.count("exp")
    if parts.count("constant") > 1 or {*parts} - {"exp", "constant"}:
        refuse(written, "is not a sum of 'exp' and one 'constant'")
    if not 1 <= count <= MOST_EXPONENTIALS:
        refuse(written, f"has {count} exponentials; 1 to {MOST_EXPONENTIALS} are possible")
    return Exponentials(written, count, "constant" in parts)


def _of_order(written: str, body: str, order: str) -> PowerLaw:
    steps = _steps(body, written)
    number = float(Fraction(order))
    one = len(steps) == 1 and list(steps[0].left.values()) == [1.0] == list(steps[0].right.values())
    if not one or not 1.0 <= number <= HIGHEST_ORDER:
        refuse(written, f"is not one step of order 1 to {HIGHEST_ORDER:g}")
    names = (*steps[0].left, *steps[0].right)
    return PowerLaw(written, names, number)


def _of_steps(written: str) -> AbstractKinetics:
    steps = _steps(written, written)
    sides = [side for step in steps for side in (step.left, step.right)]
    if all(list(side.values()) == [1.0] for side in sides) or _ROW.search(written):
        return parse_network(written.replace(",", ";"))
    names = list(dict.fromkeys(name for side in sides for name in side))
    if len(steps) > MOST_RATES:
        refuse(written, f"has {len(steps)} rate constants, more than {MOST_RATES}")
    letters = dict(zip(names, "ABCDEFGHIJKLMNOP", strict=False))
    match [_side(step.left, letters) + ">" + _side(step.right, letters) for step in steps]:
        case ["A+B>C"]:
            return Bimolecular(written, tuple(names))
        case ["A+B>2B"]:
            return Autocatalytic(written, tuple(names))
        case ["A>B", "A+B>2B"]:
            return FinkeWatzky(written, tuple(names))
        case [single] if re.fullmatch(r"\d+A>\d*B", single):
            number = steps[0].left[names[0]]
            return PowerLaw(written, tuple(names), number, number)
    return from_steps(written, steps)


_ROW = re.compile(r"\s-\d+->\s")


def _side(side: dict[str, float], letters: dict[str, str]) -> str:
    terms = sorted((letters[name], number) for name, number in side.items())
    return "+".join(f"{'' if number == 1 else f'{number:g}'}{letter}" for letter, number in terms)


def _steps(body: str, written: str) -> list[Written]:
    """Return the steps of a scheme, reversible ones as two."""
    plain = body.replace("→", "->").replace("⇌", "<->").replace("<=>", "<->")
    found: list[tuple[dict[str, float], dict[str, float], bool]] = []
    for part in re.split(r"[,;]", plain):
        pieces = _ARROW.split(part)
        sides = [_terms(side, written) for side in pieces[::3]]
        if len(sides) < 2:
            refuse(written, "has no arrow")
        for left, arrow, right in zip(sides, pieces[1::3], sides[1:], strict=False):
            found.append((left, right, False))
            if arrow == "<->":
                found.append((right, left, True))
    if any(left == right for left, right, _ in found):
        refuse(written, "has a step that changes nothing")
    names = rate_names([i - 1 if back else None for i, (_, _, back) in enumerate(found)])
    return [Written(name, left, right) for name, (left, right, _) in zip(names, found, strict=True)]


def _terms(text: str, written: str) -> dict[str, float]:
    side: dict[str, float] = {}
    for term in re.split(r"\s+\+\s+", text.strip()):
        match = _TERM.fullmatch(term.strip())
        if match is None:
            refuse(written, f"cannot be read at '{term.strip()}'")
        number = float(match[1] or match[2] or 1)
        side[match[3]] = side.get(match[3], 0.0) + number
    return side


def refuse(written: str, why: str) -> NoReturn:
    """Raise what is wrong with a scheme, naming the nearest valid forms."""
    names = dict.fromkeys(re.findall(r"[^\W\d_][\w-]*", written))
    species = [name for name in names if name not in WORDS]
    letters = dict(zip(species, "ABCDEFGH", strict=False))
    plain = re.sub(r"[^\W\d_][\w-]*", lambda m: letters.get(m[0], m[0]), written)
    near = tuple(get_close_matches(plain, FORMS, n=2, cutoff=0.3)) or FORMS[:3]
    what = f"'{written}' is not a scheme: it {why}"
    raise FitError(Problem(what, "Write arrows as '->' or '<->' between species", near))
