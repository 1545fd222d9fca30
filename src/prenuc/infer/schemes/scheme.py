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
``A -> B of order 3/2``                 any order from 0 to 10
``A + B -> 2 B``                        autocatalytic
``A -> B, A + B -> 2 B``                slow nucleation, autocatalytic growth (Finke and Watzky)
``A -> B after lag``                    any of these, after an induction time
``exp + exp + constant``                a sum of exponentials with free amplitudes
``my-mechanism.yaml``                   a reaction network in a file
======================================  =========================================================

Names of species are free, and the order of writing is: ``B -> C, A -> B`` is ``A -> B -> C``, and
``B + A -> 2 B`` is ``A + B -> 2 B``. A scheme starts from the species that no step forms (the first
named if there is none), and k1, k2, … follow the path from there. Rates come in the inverse of the
data's own unit of time; amounts are shares of the first species' amount at time 0. Steps that none
of the closed forms describes are integrated.
"""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from prenuc.errors import FitError, Problem
from prenuc.infer.schemes.integrated import Integrated, from_mechanism, from_steps
from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.network_text import MOST_RATES, parse_network, shortened
from prenuc.infer.schemes.nonlinear import (
    Autocatalytic,
    Bimolecular,
    Exponentials,
    FinkeWatzky,
    PowerLaw,
)
from prenuc.infer.schemes.profiles import AbstractKinetics, Lagged, rate_names
from prenuc.infer.schemes.steps import FirstOrderStep, Written, first_species
from prenuc.mechanism.reaction import Power

if TYPE_CHECKING:
    from collections.abc import Sequence

Sides = tuple[dict[str, float], dict[str, float]]  # molecules that meet, and that leave

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
FILES = (".yaml", ".yml")
MOST_EXPONENTIALS = 6
HIGHEST_ORDER = 10.0
MOST_MOLECULES = 1000.0  # of one species in one step; more is a typing error
_ARROW = re.compile(r"\s*(<->|->)\s*|\s+-(\d+)->\s+")
_TERM = re.compile(r"(?:(\d+(?:\.\d+)?)\s*\*?\s+|(\d+)(?=[A-Za-z]))?([^\s\d+<>][^\s<>]*)")
_LAG = re.compile(r"\s+(?:after|with)\s+(?:a\s+)?lag\s*$")
_ORDER = re.compile(r"\s+of\s+order\s+(\S+)$")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}|/\d{1,9})?")


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
    if written.endswith(FILES):
        from prenuc.mechanism.network_file import read_mechanism

        return _differentiable(from_mechanism(read_mechanism(Path(text.strip())), time_unit))
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


def _of_order(written: str, body: str, order: str) -> AbstractKinetics:
    steps = _steps(body, written)
    if len(steps) != 1 or [*steps[0][0].values(), *steps[0][1].values()] != [1.0, 1.0]:
        refuse(written, "is not one step from one species to another, 'A -> B', of some order")
    try:
        number = float(Fraction(order)) if _NUMBER.fullmatch(order) else math.nan
    except ZeroDivisionError:
        number = math.nan
    if not 0.0 <= number <= HIGHEST_ORDER:
        what = f"is of order '{order}', which is no decimal or fraction from 0 to {HIGHEST_ORDER:g}"
        refuse(written, what, "Write an order such as '1.5' or '3/2'")
    (start,), (end,) = steps[0]
    if number == 1.0:
        return FirstOrderNetwork(written, (FirstOrderStep(start, end),))
    return PowerLaw(written, (start, end), number)


def _of_steps(written: str) -> AbstractKinetics:
    sides = _steps(written, written)
    if _ROW.search(written) or all([*side.values()] == [1.0] for step in sides for side in step):
        return parse_network(written)
    if len(sides) > MOST_RATES:
        refuse(written, f"has {len(sides)} rate constants, more than {MOST_RATES}")
    if any(step in sides[:i] for i, step in enumerate(sides)):
        refuse(written, "names a step twice")
    steps = _in_order(sides)
    names = tuple(dict.fromkeys(name for step in steps for name in (*step.left, *step.right)))
    letters = dict(zip(names, "ABC", strict=False))
    match [_side(step.left, letters) + ">" + _side(step.right, letters) for step in steps]:
        case ["A+B>C"]:
            return Bimolecular(written, names)
        case ["A+B>2B"]:
            return Autocatalytic(written, names)
        case ["A>B", "A+B>2B"]:
            return FinkeWatzky(written, names)
        case [single] if re.fullmatch(r"[\d.]+A>[\d.]*B", single):
            number = steps[0].left[names[0]]
            return PowerLaw(written, names, number, number)
    return _differentiable(from_steps(written, steps))


def in_order(text: str) -> str:
    """Return a scheme with species and steps in the order of its columns and rate constants.

    Args:
        text: A scheme that :func:`parse` knows: "B -> C, A -> B" is "A -> B; B -> C".
    """
    written = " ".join(text.split())
    if match := _LAG.search(written):
        return in_order(written[: match.start()]) + match[0]
    if re.match(r"exp\b", written) or _ORDER.search(written) or written.endswith(FILES):
        return written
    kinetics = parse(written)
    if isinstance(kinetics, FirstOrderNetwork):
        return "; ".join(str(step) for step in kinetics.steps)
    return ", ".join(str(step) for step in _in_order(_steps(written, written)))


_ROW = re.compile(r"\s-\d+->\s")


def _side(side: dict[str, float], letters: dict[str, str]) -> str:
    terms = sorted((letters.get(name, name), number) for name, number in side.items())
    return "+".join(f"{'' if number == 1 else f'{number:g}'}{letter}" for letter, number in terms)


def _steps(body: str, written: str) -> list[Sides]:
    """Return both sides of each step of a scheme, reversible ones as two."""
    plain = body.replace("→", "->").replace("⇌", "<->").replace("<=>", "<->")
    found: list[Sides] = []
    for part in re.split(r"[,;]", plain):
        pieces = _ARROW.split(part)
        sides = [_terms(side, written) for side in pieces[::3]]
        if len(sides) < 2:
            refuse(written, "has no arrow")
        for left, arrow, right in zip(sides, pieces[1::3], sides[1:], strict=False):
            found.append((left, right))
            if arrow == "<->":
                found.append((right, left))
    if any(left == right for left, right in found):
        refuse(written, "has a step that changes nothing")
    return found


def _in_order(steps: Sequence[Sides]) -> list[Written]:
    """Return the steps with their names, as they become possible after the first species."""
    forms = [[name for name in right if right[name] > left.get(name, 0.0)] for left, right in steps]
    back = [step[::-1] in steps[:i] for i, step in enumerate(steps)]
    first = first_species([(step[0], new) for step, new in zip(steps, forms, strict=True)], back)
    left, ordered, reached = list(steps), list[Sides](), {first}
    while left:
        # Those for which all is there, then those for which something is.
        step = min(left, key=lambda step: (not {*step[0]} <= reached, not {*step[0]} & reached))
        left.remove(step)
        ordered.append(step)
        reached |= {*step[0], *step[1]}
    start, end = ordered[0]
    ordered[0] = ({first: start[first], **start}, end)
    turned = [(right, left) for left, right in ordered]
    earlier = [ordered[:i] for i in range(len(ordered))]
    names = rate_names(
        [seen.index(t) if t in seen else None for t, seen in zip(turned, earlier, strict=True)]
    )
    return [Written(name, *step) for name, step in zip(names, ordered, strict=True)]


def _differentiable(kinetics: Integrated) -> Integrated:
    """Refuse an order below one in a species that may run out, where the rate has no slope."""
    reactions = kinetics.mechanism.reactions
    safe = {name for name, amount in kinetics.started.items() if amount > 0} | {*kinetics.ratios}
    safe -= {name for r in reactions for name, net in r.stoichiometry.items() if net}
    low = [
        Problem(
            f"the rate is of order {factor.order:g} in '{name}': no slope where it is used up",
            "Fit orders of 1 and more, or a single step such as 'A -> B of order 1/2'",
            where=reaction.where or shortened(kinetics.scheme),
        )
        for reaction in reactions
        for factor in reaction.factors
        for name in factor.pool
        if isinstance(factor, Power) and factor.order < 1.0 and name not in safe
    ]
    if low:
        raise FitError(low)
    return kinetics


def _terms(text: str, written: str) -> dict[str, float]:
    side: dict[str, float] = {}
    for term in re.split(r"\s+\+\s+", text.strip()):
        match = _TERM.fullmatch(term.strip())
        if match is None:
            refuse(written, f"cannot be read at '{term.strip()}'")
        number = float(match[1] or match[2] or 1)
        if not 0.0 < number <= MOST_MOLECULES:
            refuse(written, f"has no possible number of molecules at '{shortened(term.strip())}'")
        side[match[3]] = side.get(match[3], 0.0) + number
    return side


def refuse(
    written: str, why: str, mend: str = "Write arrows as '->' or '<->' between species"
) -> NoReturn:
    """Raise what is wrong with a scheme, naming the nearest valid forms.

    Args:
        written: The scheme as written.
        why: What is wrong with it, as the end of a sentence.
        mend: How to mend it.
    """
    names = dict.fromkeys(re.findall(r"[^\W\d_][\w-]*", written))
    species = [name for name in names if name not in WORDS]
    letters = dict(zip(species, "ABCDEFGH", strict=False))
    plain = re.sub(r"[^\W\d_][\w-]*", lambda m: letters.get(m[0], m[0]), written)
    near = tuple(get_close_matches(plain, FORMS, n=2, cutoff=0.3)) or FORMS[:3]
    what = f"'{shortened(written)}' is not a scheme: it {why}"
    raise FitError(Problem(what, mend, near))
