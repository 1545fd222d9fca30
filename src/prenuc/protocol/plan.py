"""A protocol worked out before anything reacts: who gets which share, when, how warm.

The plan is a list of operations on vessels. Mass and volume do not depend on what has
reacted, so every portion is a *share* and every volume is known here; ``simulate`` only lets
the contents react in between. Every absurd step is found here, all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prenuc.conditions import is_frozen
from prenuc.errors import Caution, Problem, ProtocolError, noting, unknown_name
from prenuc.facts.catalogue import entries
from prenuc.protocol.filled import MOST_SPECTRA, TIME_MARGIN, Filled
from prenuc.protocol.operations import Add, Evolve, Operation, Transfer
from prenuc.protocol.reaction_time import Flask, mixed
from prenuc.protocol.steps import (
    Charge,
    Cool,
    Discard,
    Heat,
    Inject,
    Measure,
    Ramp,
    Step,
    Store,
    Take,
    Wait,
    Watch,
)
from prenuc.protocol.vessel import Contents, charged
from prenuc.protocol.words import Portion
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.quantities import Quantity


@dataclass
class Planner:
    """Walks through the steps with a ledger of what is where; collects problems and warnings."""

    operations: list[Operation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Caution] = field(default_factory=list)
    vessels: dict[str, Filled] = field(default_factory=dict)
    feeds: dict[str, set[str]] = field(default_factory=dict)

    def run(self, steps: Sequence[Step | str]) -> None:
        """Work out all steps; a wrong one is reported and passed over.

        Args:
            steps: The steps in order; a sentence that could not be read stands as its text, and
                nothing is said about the vessels that it names.
        """
        unknowable: set[str] = set()  # vessels whose contents an earlier problem left open
        for number, step in enumerate(steps, 1):
            if isinstance(step, str):
                unknowable.update(step.split())
                continue
            sources = [part.of for part in step.taken] if isinstance(step, Take) else []
            if unknowable.intersection([step.vessel, *sources]):
                unknowable.add(step.vessel)
                continue
            known = len(self.problems)
            with noting(self.problems, step.where or f"step {number}"):
                self._work_out(step)
            if len(self.problems) > known:
                unknowable.update([step.vessel, *sources])

    def _work_out(self, step: Step) -> None:
        match step:
            case Charge():
                self._charge(step)
            case Take():
                self._take(step)
            case Inject():
                self._add(step.vessel, step.contents)
            case Ramp():
                self._ramp(step)
            case Wait():
                self._evolve(step.vessel, _duration(step.duration))
            case Store():
                vessel = self._vessel(step.vessel)
                vessel.temperature = _kelvin(step.temperature)
                self._check_boiling(step.vessel, vessel.temperature)
                self._evolve(step.vessel, _duration(step.duration))
                vessel.stored(_duration(step.duration))
            case Measure():
                self._measure(step)
            case Watch():
                self._watch(step)
            case Discard():
                vessel = self._vessel(step.vessel)
                share = vessel.contents.share(Portion(step.amount, step.vessel))
                vessel.contents = vessel.contents.times(1 - share)
                self.operations.append(Transfer(step.vessel, None, share))

    def _vessel(self, name: str) -> Filled:
        if name not in self.vessels:
            problem = unknown_name("filled vessel", name, self.vessels)
            raise ProtocolError(
                Problem(problem.what, "Charge it or take something into it first", problem.nearest)
            )
        return self.vessels[name]

    def _charge(self, step: Charge) -> None:
        if step.vessel in self.vessels:
            raise ProtocolError(
                f"{step.vessel} is charged twice", "Use 'inject', or another vessel"
            )
        amounts = self._amounts(step.contents)
        if not any(amounts.values()):
            raise ProtocolError(f"{step.vessel} is charged with nothing", "Give an amount")
        temperature = _kelvin(step.temperature)
        self.vessels[step.vessel] = Filled(Contents(amounts), temperature)
        self.vessels[step.vessel].look_for_reaction()
        self.operations.append(Add(step.vessel, amounts))
        self._check_boiling(step.vessel, temperature)

    def _amounts(self, portions: Sequence[Portion]) -> dict[str, float]:
        problems: list[Problem] = []
        amounts: dict[str, float] = {}
        for portion in portions:
            with noting(problems):
                name, moles = charged(portion)
                amounts[name] = amounts.get(name, 0.0) + moles
        if problems:
            raise ProtocolError(problems)
        return amounts

    def _add(self, name: str, portions: Sequence[Portion]) -> None:
        vessel = self._vessel(name)
        amounts = self._amounts(portions)
        vessel.add(Contents(amounts))
        self.operations.append(Add(name, amounts))
        self._check_boiling(name, vessel.temperature)

    def _take(self, step: Take) -> None:
        left = {part.of: self._vessel(part.of).contents for part in step.taken}
        shares = []
        for part in step.taken:  # two portions of one vessel: the second is of what is left
            share = left[part.of].share(part)
            left[part.of] = left[part.of].times(1 - share)
            shares.append((part, share))
            self._check_acyclic(part.of, step.vessel)
        fresh = self._amounts(step.contents)
        temperature = _kelvin(step.temperature)
        target = self.vessels.setdefault(step.vessel, Filled(Contents({}), temperature))
        target.temperature = temperature
        reacted = target.portion(1.0)
        for part, share in shares:
            source = self.vessels[part.of]
            reacted += source.portion(share)
            source.sampled()
            target.contents = target.contents.plus(source.contents.times(share))
            source.contents = source.contents.times(1 - share)
            self.operations.append(Transfer(part.of, step.vessel, share))
        target.contents = target.contents.plus(Contents(fresh))
        if not isinstance(target.reacting, Flask):  # a seeded flask keeps its own time
            target.reacting = mixed(reacted, target.contents.volume)
        target.look_for_reaction()
        self.operations.append(Add(step.vessel, fresh))
        self._check_boiling(step.vessel, temperature)

    def _check_acyclic(self, source: str, target: str) -> None:
        """Refuse a vessel that would feed itself: its timeline would run in a circle."""
        above, frontier = {source}, [source]
        while frontier:
            for vessel in self.feeds.get(frontier.pop(), set()) - above:
                above.add(vessel)
                frontier.append(vessel)
        if target in above:
            what = f"{target} would feed itself through {source}"
            raise ProtocolError(what, "Take into a vessel with a new name")
        self.feeds.setdefault(target, set()).add(source)

    def _ramp(self, step: Ramp) -> None:
        vessel = self._vessel(step.vessel)
        if step.by is not None:
            change = step.by.require("K").si_difference
            end = vessel.temperature + (change if isinstance(step, Heat) else -change)
            if end <= 0:
                raise ProtocolError(f"'{step}' leads below absolute zero", "Give a smaller change")
        else:
            end = _kelvin(step.to)
        change = end - vessel.temperature
        if change * (1 if isinstance(step, Heat) else -1) < 0:
            now = f"{vessel.temperature - FREEZING:.4g} degC"
            other = Cool.verb if isinstance(step, Heat) else Heat.verb
            raise ProtocolError(f"'{step}' starts at {now}", f"Write '{other}'")
        if step.over is not None:
            duration = _duration(step.over)
        elif step.rate is not None and step.rate.require("K/min").si_difference > 0:
            duration = abs(change) / step.rate.si_difference
        else:
            raise ProtocolError(f"'{step}' has no pace", "Write 'over 10 min' or 'at 12 degC/min'")
        self._check_boiling(step.vessel, end)
        self._evolve(step.vessel, duration, end)
        if isinstance(step, Heat):
            vessel.heated()

    def _check_boiling(self, name: str, temperature: float) -> None:
        """Refuse boiling of the majority solvent; warn about volatile minor components."""
        contents = self.vessels[name].contents
        solvent = contents.solvent()
        shelf = entries("reagents")
        for part, moles in contents.amounts.items():
            boiling = shelf[part].boiling_point
            if boiling is None or moles == 0 or temperature <= boiling.si:
                continue
            at = f"{temperature - FREEZING:.4g} degC"
            what = f"{name} is at {at}, above the boiling point of {part} ({boiling.quantity})"
            if solvent is not None and part == solvent.id:
                raise ProtocolError(what, "Stay below it, or use another solvent")
            text = f"{what}; as a minor component it is taken to stay in solution"
            warning = Caution(text, "boiling", part)
            if warning not in self.warnings:
                self.warnings.append(warning)

    def _evolve(
        self, name: str, duration: float, end: float | None = None, looks: tuple[float, ...] = ()
    ) -> None:
        vessel = self._vessel(name)
        if not vessel.contents.volume > 0:
            raise ProtocolError(f"{name} is empty", "Charge it or take something into it")
        end = vessel.temperature if end is None else end
        solvent = vessel.contents.solvent()
        melting = solvent.melting_point.si if solvent and solvent.melting_point else None
        frozen = is_frozen(max(vessel.temperature, end), melting)
        if not frozen:  # in a glass nothing happens
            looks = tuple(sorted({*looks, *vessel.seen_within(duration)}))
        if duration > 0 or looks:
            self.operations.append(
                Evolve(
                    vessel=name,
                    clock=vessel.clock,
                    duration=duration,
                    start=vessel.temperature,
                    end=end,
                    volume=vessel.contents.volume,
                    frozen=frozen,
                    looks=looks,
                    reacting=vessel.reacting,
                )
            )
        vessel.temperature = end
        vessel.clock += duration

    def _measure(self, step: Measure) -> None:
        vessel = self._vessel(step.vessel)
        for time in (*step.times, *(q for q in (step.every, step.until) if q is not None)):
            time.require("min")
        if step.every is not None and step.until is not None:
            if step.every.si <= 0:
                raise ProtocolError(f"'{step}' never ends", "Give an interval above zero")
            if step.until.si > MOST_SPECTRA * step.every.si:
                what = f"'{step}' asks for more than {MOST_SPECTRA} spectra"
                raise ProtocolError(what, "Measure less often")
            if not step.seconds():
                what = f"'{step}' ends before its first spectrum"
                raise ProtocolError(what, "Let it end after one interval or more")
        times = step.seconds() or [vessel.clock]  # without times: now
        if times != sorted(times):
            raise ProtocolError(f"the times of '{step}' do not ascend", "Put them in order")
        if times and times[0] < vessel.clock * (1 - TIME_MARGIN):
            old, wanted = f"{vessel.clock / 60:.4g} min", f"{times[0] / 60:.4g} min"
            what = f"{step.vessel} is already {old} old, a spectrum is wanted at {wanted}"
            raise ProtocolError(what, "Times count from when the vessel was filled")
        looks = tuple(max(time - vessel.clock, 0.0) for time in times)
        vessel.sampled()
        self._evolve(step.vessel, looks[-1], looks=looks)

    def _watch(self, step: Watch) -> None:
        interval = _duration(step.every)
        if interval == 0:
            raise ProtocolError(f"'{step}' never ends", "Give an interval above zero")
        self._vessel(step.vessel).watched = interval
        self._evolve(step.vessel, 0.0, looks=(0.0,))


def _kelvin(quantity: Quantity | None) -> float:
    if quantity is None:
        raise ProtocolError("a temperature is missing")
    kelvin = quantity.require("degC").si
    if kelvin <= 0:
        raise ProtocolError(f"{quantity} is not above absolute zero", "Give a temperature")
    return kelvin


def _duration(quantity: Quantity) -> float:
    seconds = quantity.require("min").si
    if seconds < 0:
        raise ProtocolError(f"{quantity} is a negative duration", "Give zero or more")
    return seconds
