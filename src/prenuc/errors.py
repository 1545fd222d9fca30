"""What can go wrong, and how it is said.

::

    PrenucError
    ├── InputError            the user's input is wrong; the command line exits with 2
    │   ├── QuantityError     a number without a unit, an unknown unit, a wrong dimension
    │   ├── FactsError        a data file that does not say what it must
    │   ├── MechanismError    an unbalanced reaction, an unknown species
    │   ├── ProtocolError     a step that a laboratory could not do
    │   ├── ScopeError        a flask that a mechanism may not speak about
    │   ├── SpectrumError     a spectrometer file that cannot be read without guessing
    │   └── FitError          data or a scheme that a fit cannot work with
    └── SimulationError       the integrator gave up: which species, when, what to try

Every message has four parts: where, what, the nearest valid name, how to mend it.
"""

from __future__ import annotations

import difflib
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Args:
        what: What is wrong, as a clause without a full stop.
        mend: How to mend it, as a clause without a full stop.
        nearest: Valid names close to the one that was given.
        where: ``file:line``, ``file`` or a name; empty when there is no place to point at.
    """

    what: str
    mend: str = ""
    nearest: tuple[str, ...] = ()
    where: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: " if self.where else "", self.what, "."]
        if self.nearest:
            parts.append(" Nearest: " + ", ".join(f"'{name}'" for name in self.nearest) + ".")
        if self.mend:
            parts.append(f" {self.mend}.")
        return "".join(parts)

    def at(self, where: str) -> Problem:
        """Return the same problem, placed at ``where`` unless it already has a place."""
        return self if self.where else Problem(self.what, self.mend, self.nearest, where)


class Caution(str):
    """What a reader should know before believing an answer: a sentence with its kind.

    Args:
        text: The sentence.
        code: Its kind, one word for programs, such as "extrapolated".
        about: What it is about, such as a reagent or a vessel.
    """

    __slots__ = ("about", "code")
    code: str
    about: str

    def __new__(cls, text: str, code: str, about: str = "") -> Self:  # noqa: D102
        found = super().__new__(cls, text)
        found.code, found.about = code, about
        return found

    def __reduce__(self) -> tuple[type[Caution], tuple[str, str, str]]:
        return Caution, (str(self), self.code, self.about)

    def as_dict(self) -> dict[str, str]:
        """Return code, text and what it is about, for JSON."""
        return {"code": self.code, "text": str(self), "about": self.about}


class PrenucError(Exception):
    """The root of everything that prenuc raises on purpose."""


class InputError(PrenucError):
    """The input is wrong; ``problems`` lists everything that is wrong with it.

    Args:
        problems: What is wrong, as a clause; or one problem, or all problems found.
        mend: How to mend what is said in a clause.
        where: ``file:line``, ``file`` or a name, for what is said in a clause.
    """

    def __init__(
        self, problems: str | Problem | Iterable[Problem], mend: str = "", where: str = ""
    ) -> None:
        if isinstance(problems, str):
            problems = Problem(problems.rstrip("."), mend, where=where)
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(dict.fromkeys(problems))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class QuantityError(InputError):
    """A number without a unit, an unknown unit, or a wrong dimension."""


class FactsError(InputError):
    """A data file does not say what it must."""


class MechanismError(InputError):
    """A mechanism is not consistent."""


class ProtocolError(InputError):
    """A protocol asks for something that a laboratory could not do."""


class ScopeError(InputError):
    """A mechanism may not speak about a flask."""


class SpectrumError(InputError):
    """A spectrometer file cannot be read without guessing."""


class FitError(InputError):
    """The data or the scheme are not something that a fit can work with."""


class SimulationError(PrenucError):
    """The integrator gave up."""


@contextmanager
def noting(problems: list[Problem], where: str = "") -> Iterator[None]:
    """Go on after a mistake in the user's input, so that all problems come at once.

    Args:
        problems: The list that every problem of an :class:`InputError` is added to.
        where: ``file:line``, ``file`` or a name, for problems that have no place.
    """
    try:
        yield
    except InputError as error:
        problems += [problem.at(where) for problem in error.problems]


def nearest_names(name: str, valid: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return valid names that are close to one that was given, closest first.

    Args:
        name: What was given.
        valid: The names that there are.
        most: How many to return at most.
    """
    by_lower: dict[str, list[str]] = {}
    for candidate in valid:
        by_lower.setdefault(candidate.lower(), []).append(candidate)
    close = difflib.get_close_matches(name.lower(), by_lower, n=most, cutoff=0.5)

    def likeness(candidate: str) -> float:
        return difflib.SequenceMatcher(None, name, candidate).ratio()

    ranked = [c for low in close for c in sorted(by_lower[low], key=likeness, reverse=True)]
    return tuple(ranked[:most])


def unknown_name(kind: str, name: str, valid: Iterable[str], where: str = "") -> Problem:
    """Return the problem "no ``kind`` 'name'", with the nearest valid names.

    Args:
        kind: What there is none of, such as "species".
        name: What was given.
        valid: The names that there are.
        where: ``file:line``, ``file`` or a name, where there is a place to point at.
    """
    valid = list(valid)
    near = nearest_names(name, valid)
    mend = "Fix the name" if near else "Valid: " + ", ".join(sorted(valid)[:12])
    return Problem(f"no {kind} '{name}'", mend, near, where)


def counted(number: int, noun: str) -> str:
    """Return how many of something there are: "1 flask", "3 flasks".

    Args:
        number: How many.
        noun: Of one of them.
    """
    many = f"{noun.removesuffix('um')}a" if noun.endswith("um") else f"{noun}s"
    many = noun if noun.endswith("ies") else many  # species, series
    return f"{number} {noun if number == 1 else many}"


def check_count(number: int, noun: str, least: int = 1) -> None:
    """Refuse too few of something.

    Args:
        number: How many.
        noun: Of one of them.
        least: How many there must be.

    Raises:
        InputError: There are fewer.
    """
    if number < least:
        raise InputError(f"too few: {counted(number, noun)}", f"Give {least} or more")


def check_above_zero(numbers: Mapping[str, float], unit: str = "") -> None:
    """Refuse numbers that are not above zero, or infinite.

    Args:
        numbers: By what each is, such as "a path".
        unit: Of all of them.

    Raises:
        InputError: All that are wrong.
    """
    wrong = [
        Problem(f"{what} of {number:g} {unit}".rstrip(), "Give a number above zero")
        for what, number in numbers.items()
        if not 0.0 < number < math.inf
    ]
    if wrong:
        raise InputError(wrong)


def listed(words: Sequence[str]) -> str:
    """Return at most three of several words as one text."""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more


def listed_names(names: Sequence[str]) -> str:
    """Return at most three of several names, each between quotation marks, as one text."""
    return listed([f"'{name}'" for name in names])
