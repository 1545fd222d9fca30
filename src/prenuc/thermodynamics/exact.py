r"""Which combinations of reactions change nothing, in exact arithmetic.

A reaction is a column of stoichiometric numbers, as fractions by name. A *cycle* is a combination z
with Σ z_j column_j = 0. Any number of reversible columns may enter with any sign; those that go
*one way* only with z ≥ 0. Whether there is a cycle with a one-way column in it is a question of
linear programming; it is answered by the simplex method with Bland's rule, in fractions, after
everything has been left out that cannot be part of a cycle because something is only made or only
used up (Stiemke 1915, Math. Ann. 76, 340; Bland 1977, Math. Oper. Res. 2, 103). Of very many
columns those are chosen in floating point that the fractions are tried on.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from prenuc.thermodynamics.simplex import non_negative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Column: TypeAlias = "Mapping[str, Fraction]"
Cycle: TypeAlias = "dict[int, Fraction]"  # numbers of columns, those that are not zero
Key = TypeVar("Key", str, int)

ITSELF = -1  # the number of a column that is not taken in
MOST_PARTS = 10**6  # denominator of a stoichiometric number
MOST_PAIRED = 60  # cycles that are compared with each other; more would not be read anyway
MOST_EXACT = 60  # columns that the simplex method in fractions is tried on at once
INFEASIBLE = 2  # what scipy says of a linear programme without a solution
TINY = 1e-9  # of a share of 1
ROUNDING = 1e-13  # relative; 1/3 as a float is a third


def rational(number: float) -> Fraction:
    """Return a stoichiometric number as it was meant: 0.3 is 3/10."""
    near = Fraction(number).limit_denominator(MOST_PARTS)
    exact = Fraction(number)
    return near if abs(near - exact) <= ROUNDING * abs(exact) else exact


def column(stoichiometry: Mapping[str, float]) -> dict[str, Fraction]:
    """Return the stoichiometry of a reaction as fractions, without zeros."""
    return {name: rational(number) for name, number in stoichiometry.items() if number}


def added(one: dict, other: Mapping, times: Fraction) -> None:  # type: ignore[type-arg]
    """Add a multiple of a sparse vector to another one, in place; what becomes zero goes.

    Args:
        one: The vector that changes.
        other: The one that is added.
        times: How often.
    """
    for key, number in other.items():
        total = one.get(key, Fraction(0)) + times * number
        if total:
            one[key] = total
        else:
            one.pop(key, None)


@dataclass
class Span:
    """What columns span, built up one after the other, in whole numbers.

    Args:
        common: In how many columns a name stands; those that stand in few are eliminated first,
            which keeps vectors short.
        pivots: Independent vectors by a name that those after it do not hold, and of which columns
            each is made.
    """

    common: Mapping[str, int]
    pivots: dict[str, tuple[dict[str, int], dict[int, int]]] = field(default_factory=dict)

    @classmethod
    def for_columns(cls, columns: Iterable[Column]) -> Span:
        """Return an empty span that will take these columns in."""
        return cls(Counter(name for vector in columns for name in vector))

    def rest(self, vector: Column) -> tuple[dict[str, Fraction], Cycle]:
        """Return what of a vector lies outside, and the combination of columns that lies inside."""
        left, made_of = self._reduced(ITSELF, vector)
        often = made_of.pop(ITSELF)
        outside = {name: Fraction(part, often) for name, part in left.items()}
        return outside, {key: Fraction(-part, often) for key, part in made_of.items()}

    def add(self, number: int, vector: Column) -> Cycle | None:
        """Take a column in; return the cycle that it closes, if it is in the span already."""
        left, made_of = self._reduced(number, vector)
        if not left:
            often = made_of[number]
            return {key: Fraction(part, often) for key, part in made_of.items()}
        self.pivots[min(left, key=lambda one: self.common.get(one, 0))] = left, made_of
        return None

    def _reduced(self, number: int, vector: Column) -> tuple[dict[str, int], dict[int, int]]:
        """Return a multiple of a column without all pivots, and of which columns it is made."""
        parts = math.lcm(*(one.denominator for one in vector.values()))
        left = {name: int(one * parts) for name, one in vector.items()}
        made_of = {number: parts}
        for name, (pivot, of) in self.pivots.items():
            if there := left.get(name):
                common = math.gcd(there, pivot[name])
                times, less = pivot[name] // common, there // common
                _combine(left, times, pivot, less)
                _combine(made_of, times, of, less)
                if abs(times) > 1:
                    _smallest(left, made_of)
        return left, made_of


def _combine(one: dict[Key, int], times: int, other: Mapping[Key, int], less: int) -> None:
    """Multiply a sparse vector and take a multiple of another one off, in place."""
    if times != 1:
        for key in one:
            one[key] *= times
    for key, number in other.items():
        total = one.get(key, 0) - less * number
        if total:
            one[key] = total
        else:
            del one[key]


def _smallest(left: dict[str, int], made_of: dict[int, int]) -> None:
    """Divide two vectors by what all their numbers have in common, in place."""
    common = math.gcd(*left.values(), *made_of.values())
    if common > 1:
        for name in left:
            left[name] //= common
        for key in made_of:
            made_of[key] //= common


def cycles(columns: Sequence[Column]) -> list[Cycle]:
    """Return independent cycles of reversible columns, each made as small as pairs of them allow.

    Args:
        columns: The stoichiometries.

    Returns:
        A basis of the null space, in whole numbers, the smallest cycles first.
    """
    span = Span.for_columns(columns)
    order = sorted(range(len(columns)), key=lambda j: (len(columns[j]), j))
    closed = (span.add(j, columns[j]) for j in order)
    found = [cycle for cycle in closed if cycle is not None]
    if len(found) <= MOST_PAIRED:
        _shorten(found)
    return sorted(map(whole, found), key=lambda cycle: (len(cycle), min(cycle)))


def _shorten(found: list[Cycle]) -> None:
    """Replace cycles by shorter ones that differ by a multiple of another, while there are any."""
    shorter = True
    while shorter:
        shorter = False
        for i, j in permutations(range(len(found)), 2):
            best = _shortest(found[i], found[j])
            if len(best) < len(found[i]):
                found[i] = best
                shorter = True


def _shortest(cycle: Cycle, other: Cycle) -> Cycle:
    """Return the shortest of a cycle and itself less multiples of another one."""
    best = cycle
    for times in {-cycle[key] / other[key] for key in cycle.keys() & other.keys()}:
        tried = dict(cycle)
        added(tried, other, times)
        if len(tried) < len(best):
            best = tried
    return best


def whole(cycle: Cycle) -> Cycle:
    """Return a cycle in the smallest whole numbers, its first one positive."""
    parts = math.lcm(*(number.denominator for number in cycle.values()))
    common = math.gcd(*(int(number * parts) for number in cycle.values()))
    first = cycle[min(cycle)]
    scale = Fraction(parts, common) * (1 if first > 0 else -1)
    return {key: cycle[key] * scale for key in sorted(cycle)}


def one_way_cycles(
    reversible: Sequence[Column], one_way: Sequence[Column], most: int | None = None
) -> list[Cycle]:
    """Return cycles that run in the sense of their one-way columns.

    Args:
        reversible: Columns that may enter with any sign, numbered from zero.
        one_way: Columns that may not enter with a negative one, numbered after those.
        most: How many to look for; when None, one for each one-way column that is in any.

    Returns:
        Cycles in whole numbers, positive where columns go one way.
    """
    span, first = Span.for_columns(reversible), len(reversible)
    closed = [c for c in map(span.add, range(first), reversible) if c is not None]
    idle = closed if len(closed) <= MOST_PAIRED else []
    split = {number: span.rest(vector) for number, vector in enumerate(one_way, first)}
    found: list[Cycle] = []
    for part in _combinations({number: outside for number, (outside, _) in split.items()}):
        cycle = dict(part)
        for number, times in part.items():
            added(cycle, split[number][1], -times)
        for other in idle:
            cycle = _shortest(cycle, other)
        first_one = next(iter(part))
        sign = 1 if whole(cycle)[first_one] > 0 else -1
        found.append({key: sign * number for key, number in whole(cycle).items()})
        if len(found) == most:
            break
    return found


def _combinations(vectors: dict[int, dict[str, Fraction]]) -> Iterator[Cycle]:
    """Yield non-negative combinations that are zero, until each vector that is in any was in one.

    Args:
        vectors: By number; what is in none is taken out.
    """
    covered: set[int] = set()
    _drop_dead_ends(vectors)
    for wanted in list(vectors):
        if wanted in covered or wanted not in vectors:
            continue
        part = _combination(vectors, wanted)
        if part is None:
            del vectors[wanted]  # it is in no combination, so that none needs it
            _drop_dead_ends(vectors)
        else:
            covered |= part.keys()
            yield part


def _drop_dead_ends(vectors: dict[int, dict[str, Fraction]]) -> None:
    """Leave out what makes, or uses up, something that no other column uses up, or makes."""
    while True:
        signs: dict[str, set[bool]] = {}
        for vector in vectors.values():
            for name, number in vector.items():
                signs.setdefault(name, set()).add(number > 0)
        dead = {name for name, both in signs.items() if len(both) == 1}
        gone = [key for key, vector in vectors.items() if dead & vector.keys()]
        if not gone:
            return
        for key in gone:
            del vectors[key]


def _combination(vectors: Mapping[int, Column], wanted: int) -> Cycle | None:
    """Return non-negative numbers with Σ w_j vector_j = 0 and w = 1 for one that is wanted."""
    others = [key for key in vectors if key != wanted]
    names = dict.fromkeys(name for vector in vectors.values() for name in vector)
    if not names:
        return {wanted: Fraction(1)}
    if len(others) > MOST_EXACT:
        likely = _likely(vectors, wanted, others, list(names))
        if likely is None:
            return None
        others = likely
    rows = [[vectors[key].get(name, Fraction(0)) for key in others] for name in names]
    right = [-vectors[wanted].get(name, Fraction(0)) for name in names]
    found = non_negative(rows, right)
    if found is None:
        return None
    parts = zip(others, found, strict=True)
    return {wanted: Fraction(1)} | {key: part for key, part in parts if part}


def _likely(
    vectors: Mapping[int, Column], wanted: int, others: list[int], names: Sequence[str]
) -> list[int] | None:
    """Return the vectors that a shortest combination uses, in floating point; None for none.

    What is found is found again exactly; that there is none rests on the tolerance of 1e-7.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    place = {name: i for i, name in enumerate(names)}
    entries = [
        (place[n], j, float(x)) for j, key in enumerate(others) for n, x in vectors[key].items()
    ]
    i, j, values = zip(*entries, strict=True)
    matrix = coo_array((values, (i, j)), shape=(len(names), len(others)))
    right = [-float(vectors[wanted].get(name, 0)) for name in names]
    found = linprog([1.0] * len(others), A_eq=matrix, b_eq=right, method="highs-ds")
    if found.status == INFEASIBLE:
        return None
    if found.status != 0:
        return others
    return [key for key, share in zip(others, found.x.tolist(), strict=True) if share > TINY]
