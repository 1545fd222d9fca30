"""Which verdicts stay when something is varied: the numbers of all cases beside the usual ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, get_args

from prenuc.facts.catalogue import entries, held_out
from prenuc.infer.experiments.reproduce import material_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from prenuc.facts.check import Check
    from prenuc.infer.calibration.varied import Name

Test = Literal[
    "one at a time", "as written", "all at once", "bath", "heating", "unreported", "extinction"
]
TESTS: tuple[Test, ...] = get_args(Test)


@dataclass(frozen=True)
class Case:
    """One variation.

    Args:
        id: What is varied and how.
        test: Which of the tests it belongs to.
        asked: Identifiers of the checks that it can change.
        change: Numbers of constants, by set and name.
        offset: Of every bath, in K.
        assume: Assumptions by recipe.
    """

    id: str
    test: Test
    asked: tuple[str, ...]
    change: Mapping[Name, float] = field(default_factory=dict)
    offset: float = 0.0
    assume: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def group_of(check: Check) -> str:
    """Return the group of a row: informative or not, and the role of its figure."""
    known = entries("row_classes").get(check.id)
    kind = "informative" if known is not None and known.kind == "informative" else "other"
    held = held_out(material_of(check), check.panel)
    return f"{kind}, {'held out' if held else 'calibrated'}"


GROUPS = tuple(
    f"{kind}, {role}" for kind in ("informative", "other") for role in ("calibrated", "held out")
)


@dataclass(frozen=True)
class Study:
    """The numbers of all cases beside the package's own.

    Args:
        checks: What was asked.
        base: The numbers of the package's own constants.
        answers: Each case with its numbers.
    """

    checks: tuple[Check, ...]
    base: Mapping[str, float]
    answers: tuple[tuple[Case, Mapping[str, float]], ...]

    @property
    def passing(self) -> list[Check]:
        """The checks that pass with the package's own numbers."""
        return [check for check in self.checks if check.passes(self.base[check.id])]

    def only(self, groups: Collection[str]) -> Study:
        """Return the study of the rows of some groups; see :func:`group_of`."""
        return replace(self, checks=tuple(c for c in self.checks if group_of(c) in groups))

    def of(self, test: Test) -> list[tuple[Case, Mapping[str, float]]]:
        """Return the cases of a test with their numbers."""
        return [(case, numbers) for case, numbers in self.answers if case.test == test]

    def lost_in(self, numbers: Mapping[str, float]) -> list[str]:
        """Return the rows that pass and that the numbers of a case lose."""
        return [c.id for c in self.passing if c.id in numbers and not c.passes(numbers[c.id])]

    def lost(self, test: Test) -> dict[str, list[str]]:
        """Return, by check that passes, the cases of a test that lose its verdict."""
        found: dict[str, list[str]] = {check.id: [] for check in self.passing}
        for case, numbers in self.of(test):
            for name in self.lost_in(numbers):
                found[name].append(case.id)
        return found

    def kept(self, test: Test) -> dict[str, float]:
        """Return, by check that passes, the share of the cases of a test that keep its verdict."""
        count = len(self.of(test))
        lost = self.lost(test)
        return {name: 1.0 - len(cases) / count if count else 1.0 for name, cases in lost.items()}

    def share_that_stays(self, test: Test) -> float:
        """Return the share of the passing verdicts that no case of a test loses."""
        lost = self.lost(test)
        return sum(not cases for cases in lost.values()) / len(lost) if lost else 1.0

    def share_of_pairs(self, test: Test) -> float:
        """Return the share of pairs of a passing check and a case run on it that keep it."""
        names = {check.id for check in self.passing}
        asked = sum(len(names & set(numbers)) for _, numbers in self.of(test))
        lost = sum(len(cases) for cases in self.lost(test).values())
        return 1.0 - lost / asked if asked else 1.0

    def shares_kept(self, test: Test) -> list[float]:
        """Return, by case of a test, the share of the passing verdicts that it keeps."""
        count = len(self.passing) or 1
        return [1.0 - len(self.lost_in(numbers)) / count for _, numbers in self.of(test)]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "rows": len(self.checks),
            "passing": len(self.passing),
            "tests": self._tests(),
            "groups": {
                group: {"passing": len(one.passing), "tests": one._tests()}  # noqa: SLF001
                for group in GROUPS
                if (one := self.only({group})).checks
            },
        }

    def _tests(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for test in TESTS:
            shares: Sequence[float] = self.shares_kept(test) or [1.0]
            found[test] = {
                "cases": len(self.of(test)),
                "verdicts_that_stay": self.share_that_stays(test),
                "pairs_that_stay": self.share_of_pairs(test),
                "verdicts_that_stay_in_the_worst_case": min(shares),
                "verdicts_that_stay_in_the_median_case": median(shares),
                "lost": {name: cases for name, cases in self.lost(test).items() if cases},
                "kept": self.kept(test),
            }
        return found
