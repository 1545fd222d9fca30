"""How a printed statement is checked on a simulation; the expected numbers are facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value

Verdict = Literal["pass", "miss", "silent", "not counted"]


@dataclass(frozen=True)
class Check:
    """One number that a simulation must put into a range, or why it cannot be asked.

    Args:
        id: Identifier, such as "3a-absorbance-at-120-min".
        observation: The observation or claim that it checks.
        also: Others that the same number answers.
        panel: Figure panel.
        recipe: Recipe that is run.
        measure: What is measured on the run; see :mod:`prenuc.infer.experiments.measures`.
        of: Arguments of the measure, as texts.
        low: Smallest value that passes; None for no limit.
        high: Largest value that passes; None for no limit.
        printed: The number as it is printed, in the unit of the range; "" where words stand.
        reason: Why the statement cannot be checked; "" where it can.
        not_counted: Why it is asked and its answer is no verdict: what is printed is ambiguous, or
            no result; "" where it counts.
        claimed_by: The rival whose claim it is, such as "sequential"; "" where the seed says it.
        objection: What the seed holds against that claim.
        note: How the range follows from what is printed.
    """

    id: str
    observation: str
    panel: str
    recipe: str = field(default="", kw_only=True)
    measure: str = field(default="", kw_only=True)
    of: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    also: tuple[str, ...] = field(default=(), kw_only=True)
    not_counted: str = field(default="", kw_only=True)
    printed: str = field(default="", kw_only=True)
    claimed_by: str = field(default="", kw_only=True)
    objection: str = field(default="", kw_only=True)
    low: Value | None
    high: Value | None
    reason: str
    note: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a check file."""
        reason = node.text("not_checkable", default="")
        not_counted = node.text("not_counted", default="")
        check = node.entry(cls, reason=reason, not_counted=not_counted)
        if not reason and (not check.measure or (check.low is None and check.high is None)):
            what = f"check '{check.id}' has neither a measure with a range nor a reason"
            node.problem(what, mend="Add 'measure' with 'low' or 'high', or 'not_checkable'")
        if check.printed and not check.in_range(check.printed):
            what = f"'{check.printed}' is no number within {check.expected() or 'a range'}"
            node.problem(what, "printed", "Give the printed number in the unit of both limits")
        return check

    def in_range(self, text: str) -> bool:
        """Return whether a text is a number between both limits."""
        try:
            number = float(text)
        except ValueError:
            return False
        return self.low is not None and self.high is not None and self.passes(number)

    @property
    def observations(self) -> tuple[str, ...]:
        """Every observation or claim that it checks."""
        return (self.observation, *self.also)

    @property
    def recipes(self) -> tuple[str, ...]:
        """The recipes that it looks at."""
        return (self.recipe, self.of["recipe"]) if "recipe" in self.of else (self.recipe,)

    @property
    def name(self) -> str:
        """What is measured on which recipe."""
        return f"{self.measure} of {self.recipe}" if self.measure else self.reason

    def passes(self, number: float) -> bool:
        """Say whether a simulated number lies in the range."""
        above = self.low is None or number >= self.low.quantity.number
        below = self.high is None or number <= self.high.quantity.number
        return above and below

    def verdict(self, number: float) -> Verdict:
        """Return what a simulated number means."""
        if self.not_counted:
            return "not counted"
        return "pass" if self.passes(number) else "miss"

    def expected(self) -> str:
        """Return the range as text."""
        low, high = self.low, self.high
        if low is not None and high is not None:
            return f"{low.quantity} to {high.quantity}"
        if low is not None:
            return f"at least {low.quantity}"
        return f"at most {high.quantity}" if high is not None else ""
