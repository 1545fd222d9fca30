"""Experiments that a chemist could do next: a recipe varied along a few axes, as sentences.

Amounts are weighed (mg, g) or poured (mL, uL), because that is what a bench plan needs. What an
axis cannot change in a recipe (no hold, no dispersion) it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries
from prenuc.protocol.steps import Charge, Heat, Hold, Inject, Measure, Portion, Take
from prenuc.protocol.vessel import charged, reagent
from prenuc.quantities import Quantity, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prenuc.protocol.protocol import Protocol
    from prenuc.protocol.steps import Step

    Edit = Callable[[tuple[Step, ...]], tuple[Step, ...]]

# Equivalents of the chalcogen, about those of Figures 1f, 3a, 4a and of oleic acid set free.
ADDITIVES: Mapping[str, float] = {"TOPO": 8.8, "HMSA": 5.8, "HPPh2": 4.0, "HOA": 4.0}
POURED: Mapping[str, str] = {"MeOH": "0.05 mL", "OTA": "0.05 mL"}  # into a cuvette of 3 mL
SAMPLINGS: Mapping[str, tuple[str, ...]] = {
    "early": ("1 min", "3 min", "8 min", "20 min", "50 min", "120 min"),
    "even": ("20 min", "60 min", "100 min", "140 min", "180 min", "220 min"),
    "late": ("10 min", "40 min", "2 h", "6 h", "1 d", "3 d"),
}
TEMPERATURES = (-60.0, -40.0, -20.0, 20.0)  # K from the recipe's
HOLDS = (0.25, 0.5, 2.0, 4.0)  # times the recipe's
DILUTIONS = (0.2, 3.0, 10.0)  # times the recipe's portion
STANDING = (40.0, 60.0)  # degC of the cuvette


@dataclass(frozen=True)
class Level:
    """One setting of an axis.

    Args:
        words: Such as "hold for 5 min".
        edit: Changes the steps of a protocol.
    """

    words: str
    edit: Edit


@dataclass(frozen=True)
class Plan:
    """A protocol that can be done.

    Args:
        protocol: With weighed amounts.
        changes: How it differs from the recipe, in words.
    """

    protocol: Protocol
    changes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The changes in one line."""
        return "; ".join(self.changes) or "the recipe as it stands"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The steps, one sentence each; :meth:`Protocol.from_text` reads them again."""
        return tuple(str(step) for step in self.protocol.steps)

    def with_level(self, level: Level) -> Plan | None:
        """Return the plan with one more change; None when it cannot be done."""
        try:
            protocol = replace(self.protocol, steps=level.edit(self.protocol.steps))
        except InputError:
            return None
        return Plan(protocol, (*self.changes, level.words))


def base(protocol: Protocol, sampling: str = "early") -> Plan:
    """Return a protocol as a bench plan: amounts weighed, a few spectra at the end.

    Args:
        protocol: Such as that of a recipe.
        sampling: When spectra are taken, a key of :data:`SAMPLINGS`.
    """
    steps = tuple(_weighed(step) for step in protocol.steps)
    return Plan(replace(protocol, steps=_sampled(SAMPLINGS[sampling])(steps)))


def axes(protocol: Protocol) -> dict[str, tuple[Level, ...]]:
    """Return every axis along which a protocol can be varied, with its settings.

    Args:
        protocol: Such as that of a recipe.
    """
    found = {
        "additive": tuple(_additives(protocol.steps)),
        "temperature": tuple(_temperatures(protocol.steps)),
        "time": tuple(_holds(protocol.steps)),
        "dilution": tuple(_dilutions(protocol.steps)),
        "cuvette": tuple(_cuvettes(protocol.steps)),
        "sampling": tuple(
            Level(f"spectra at {', '.join(times)}", _sampled(times))
            for name, times in SAMPLINGS.items()
            if name != "early"
        ),
    }
    return {name: levels for name, levels in found.items() if levels}


# ---- amounts -------------------------------------------------------------------------------------


def _weighed(step: Step) -> Step:
    """Return a step with amounts of substance turned into masses, and nothings left out."""
    if not isinstance(step, (Charge, Inject, Take)):
        return step
    return replace(step, contents=tuple(_mass(p) for p in step.contents if p.amount.number))


def _mass(portion: Portion) -> Portion:
    if portion.amount.dimension not in {"[substance]", "[mass]"}:
        return portion
    _, moles = charged(portion)
    return Portion(_grams(moles * reagent(portion.of).molar_mass.si), portion.of)


def _grams(kilograms: float) -> Quantity:
    """Return a mass as a balance shows it: to 0.1 mg, from 1 g on to 10 mg."""
    if kilograms >= 1e-3:
        return parse(f"{1e3 * kilograms:.2f} g")
    return parse(f"{1e6 * kilograms:.1f} mg")


def _chalcogen(steps: tuple[Step, ...]) -> tuple[str, float]:
    """Return the first vessel and its moles of chalcogen."""
    chalcogens = {m.id for m in entries("moieties").values() if m.kind == "chalcogen"}
    for step in steps:
        if isinstance(step, Charge):
            atoms = 0.0
            for portion in step.contents:
                name, moles = charged(portion)
                parts = entries("reagents")[name].composition
                atoms += moles * sum(n for part, n in parts.items() if part in chalcogens)
            if atoms:
                return step.vessel, atoms
    return "", 0.0


# ---- axes ----------------------------------------------------------------------------------------


def _main(steps: tuple[Step, ...]) -> tuple[Heat, Hold] | None:
    """Return the hottest heating and the hold after it."""
    heats = [(s.to.si, i, s) for i, s in enumerate(steps) if isinstance(s, Heat) and s.to]
    if not heats:
        return None
    _, at, heat = max(heats, key=lambda one: one[0])
    holds = [s for s in steps[at:] if isinstance(s, Hold) and s.vessel == heat.vessel]
    return (heat, holds[0]) if holds else None


def _put(steps: tuple[Step, ...], old: Step, *new: Step) -> tuple[Step, ...]:
    """Return the steps with others in the place of one."""
    at = next(i for i, step in enumerate(steps) if step is old)
    return (*steps[:at], *new, *steps[at + 1 :])


def _temperatures(steps: tuple[Step, ...]) -> Iterator[Level]:
    if (place := _main(steps)) is None or place[0].to is None:
        return
    for kelvin in TEMPERATURES:
        celsius = f"{place[0].to.to('degC') + kelvin:.0f} degC"

        def edit(now: tuple[Step, ...], celsius: str = celsius) -> tuple[Step, ...]:
            main = _main(now)
            return _put(now, main[0], replace(main[0], to=parse(celsius))) if main else now

        yield Level(f"heat to {celsius}", edit)


def _holds(steps: tuple[Step, ...]) -> Iterator[Level]:
    if (place := _main(steps)) is None:
        return
    for factor in HOLDS:
        minutes = f"{place[1].duration.to('min') * factor:.3g} min"

        def edit(now: tuple[Step, ...], factor: float = factor) -> tuple[Step, ...]:
            main = _main(now)
            first = now.index(main[1]) if main else len(now)
            return tuple(
                replace(step, duration=_times(step.duration, factor))
                if i >= first and isinstance(step, Hold) and step.vessel == now[first].vessel
                else step
                for i, step in enumerate(now)
            )

        yield Level(f"hold for {minutes}", edit)


def _times(duration: Quantity, factor: float) -> Quantity:
    return parse(f"{duration.number * factor:.4g} {duration.unit}")


def _additives(steps: tuple[Step, ...]) -> Iterator[Level]:
    """Yield additives at the beginning and halfway through the hold, and in the cuvette."""
    vessel, atoms = _chalcogen(steps)
    if atoms and _main(steps) is not None:
        for name, equivalents in ADDITIVES.items():
            mass = _grams(equivalents * atoms * reagent(name).molar_mass.si)
            inject = Inject(vessel=vessel, contents=(Portion(mass, name),))
            yield Level(f"{mass} {name} when hot", _injecting(inject, 0.0))
            yield Level(f"{mass} {name} halfway through the hold", _injecting(inject, 0.5))


def _injecting(inject: Inject, share: float) -> Edit:
    """Return what injects after a share of the hold."""

    def edit(now: tuple[Step, ...]) -> tuple[Step, ...]:
        if (main := _main(now)) is None:
            return now
        hold = main[1]
        before = replace(hold, duration=_times(hold.duration, share))
        after = replace(hold, duration=_times(hold.duration, 1.0 - share))
        return _put(now, hold, *((before,) if share else ()), inject, after)

    return edit


def _last_take(steps: tuple[Step, ...]) -> Take | None:
    return next((step for step in reversed(steps) if isinstance(step, Take)), None)


def _taking(change: Callable[[Take], Take]) -> Edit:
    def edit(now: tuple[Step, ...]) -> tuple[Step, ...]:
        last = _last_take(now)
        return tuple(change(last) if step is last and last is not None else step for step in now)

    return edit


def _dilutions(steps: tuple[Step, ...]) -> Iterator[Level]:
    if (step := _last_take(steps)) is None:
        return
    for factor in DILUTIONS:

        def change(step: Take, factor: float = factor) -> Take:
            taken = tuple(Portion(_times(part.amount, factor), part.of) for part in step.taken)
            return replace(step, taken=taken)

        portions = " and ".join(str(part) for part in change(step).taken)
        yield Level(f"{portions} into the {step.vessel}", _taking(change))


def _cuvettes(steps: tuple[Step, ...]) -> Iterator[Level]:
    if (step := _last_take(steps)) is None:
        return
    for celsius in STANDING:

        def warm(step: Take, celsius: float = celsius) -> Take:
            return replace(step, temperature=parse(f"{celsius:g} degC"))

        yield Level(f"{step.vessel} at {celsius:g} degC", _taking(warm))
    there = {reagent(portion.of).id for portion in step.contents}
    for name, volume in POURED.items():

        def pour(step: Take, name: str = name, volume: str = volume) -> Take:
            return replace(step, contents=(*step.contents, Portion(parse(volume), name)))

        if name not in there:
            yield Level(f"{volume} {name} into the {step.vessel}", _taking(pour))


def _sampled(times: tuple[str, ...]) -> Edit:
    """Return what replaces all measurements by a few of the last vessel measured."""

    def edit(now: tuple[Step, ...]) -> tuple[Step, ...]:
        vessels = [step.vessel for step in now if isinstance(step, Measure)]
        kept = tuple(step for step in now if not isinstance(step, Measure))
        vessel = vessels[-1] if vessels else kept[-1].vessel
        return (*kept, Measure(vessel=vessel, times=tuple(parse(time) for time in times)))

    return edit
