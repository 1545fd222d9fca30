"""Experiments that a chemist could do next: a recipe varied along a few axes, as sentences.

Amounts are weighed (mg, g) or poured (mL, uL), because that is what a bench plan needs. Behind each
sentence stands how many mmol that is, where a reader of protocols passes it over. What an axis
cannot change in a recipe (no hold, no dispersion) it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from prenuc.errors import FitError, InputError
from prenuc.facts.catalogue import chalcogens, entries
from prenuc.protocol.steps import Charge, Heat, Hold, Inject, Take
from prenuc.protocol.vessel import charged, reagent
from prenuc.quantities import Quantity, parse, roughly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prenuc.protocol.protocol import Protocol
    from prenuc.protocol.steps import Step
    from prenuc.protocol.words import Portion

    Edit = Callable[[Protocol], Protocol]

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
THINNER = (3.0, 10.0, 30.0)  # times the batch, of which as many times more is taken
WEIGHED = 5e-6  # kg; of less a balance that shows 0.1 mg is off by more than 2 %
PARTS = (10, 100, 1000)  # of a solution of more
STANDING = (40.0, 60.0)  # degC of the cuvette


@dataclass(frozen=True)
class Level:
    """One setting of an axis.

    Args:
        words: Such as "hold for 5 min".
        edit: Varies a protocol.
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
        return tuple(map(_sentence, self.protocol.steps))

    def with_level(self, level: Level) -> Plan | None:
        """Return the plan with one more change; None when it cannot be done."""
        try:
            protocol = level.edit(self.protocol)
        except InputError:
            return None
        return Plan(protocol, (*self.changes, level.words))


def _sentence(step: Step) -> str:
    """Return a step in words, and behind it how many mmol are weighed or poured."""
    if not isinstance(step, Charge | Inject | Take):
        return str(step)
    beside = [
        f"{roughly(1e3 * charged(portion)[1])} mmol {portion.of}{_from_stock(portion)}"
        for portion in step.contents
        if portion.amount.number and reagent(portion.of).roles != ("solvent",)
    ]
    return f"{step}  # {', '.join(beside)}" if beside else str(step)


def _from_stock(portion: Portion) -> str:
    """Return of which solution a part is taken where a balance shows too little."""
    if portion.amount.dimension != "[mass]" or portion.amount.si >= WEIGHED:
        return ""
    parts = next(n for n in PARTS if n * portion.amount.si >= WEIGHED or n == PARTS[-1])
    return f" as 1/{parts} of a solution of {_grams(parts * portion.amount.si)}"


def base(protocol: Protocol, sampling: str = "early") -> Plan:
    """Return a protocol as a bench plan: amounts weighed, a few spectra at the end.

    Args:
        protocol: Such as that of a recipe.
        sampling: When spectra are taken, a key of :data:`SAMPLINGS`.
    """
    amounts = {
        number: {portion.of: _mass(portion) for portion in step.contents}
        for number, step in enumerate(protocol.steps, 1)
        if isinstance(step, Charge | Inject | Take)
    }
    return Plan(protocol.with_amount(amounts).with_spectra(SAMPLINGS[sampling]))


def axes(protocol: Protocol) -> dict[str, tuple[Level, ...]]:
    """Return every axis along which a protocol can be varied, with its settings.

    Args:
        protocol: Such as that of a recipe.
    """
    found = {
        "additive": tuple(_additives(protocol)),
        "temperature": tuple(_temperatures(protocol)),
        "time": tuple(_holds(protocol)),
        "dilution": tuple(_dilutions(protocol)),
        "concentration": tuple(_batches(protocol)),
        "cuvette": tuple(_cuvettes(protocol)),
        "sampling": tuple(_sampled(times) for name, times in SAMPLINGS.items() if name != "early"),
    }
    return {name: levels for name, levels in found.items() if levels}


def _sampled(times: tuple[str, ...]) -> Level:
    return Level(f"spectra at {', '.join(times)}", lambda now: now.with_spectra(times))


# ---- amounts -------------------------------------------------------------------------------------


def _mass(portion: Portion) -> Quantity:
    """Return an amount of substance as a mass; a volume stays, and so does nothing at all."""
    if portion.amount.dimension not in {"[substance]", "[mass]"} or not portion.amount.number:
        return portion.amount
    _, moles = charged(portion)
    return _grams(moles * reagent(portion.of).molar_mass.si)


def _grams(kilograms: float) -> Quantity:
    """Return a mass as a balance shows it: to 0.1 mg, from 1 g on to 10 mg."""
    if kilograms >= 1e-3:
        return parse(f"{1e3 * kilograms:.2f} g")
    return parse(f"{1e6 * kilograms:.1f} mg")


def _chalcogen(protocol: Protocol) -> float:
    """Return the moles of chalcogen that the first vessel with any is charged with."""
    for step in protocol.steps:
        if isinstance(step, Charge):
            atoms = 0.0
            for portion in step.contents:
                name, moles = charged(portion)
                parts = entries("reagents")[name].composition
                atoms += moles * sum(n for part, n in parts.items() if part in chalcogens())
            if atoms:
                return atoms
    return 0.0


# ---- axes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Main:
    """The hottest heating of a protocol and the holds of its vessel after it, each by number."""

    heat: int
    to: Quantity
    holds: Mapping[int, Hold]

    @property
    def first(self) -> tuple[int, Hold]:
        """The first of the holds."""
        return next(iter(self.holds.items()))


def _main(protocol: Protocol) -> _Main | None:
    """Return the hottest heating, the first of several, with what is held after it."""
    heats = [
        (number, step.to)
        for number, step in enumerate(protocol.steps, 1)
        if isinstance(step, Heat) and step.to is not None
    ]
    if not heats:
        return None
    heat, to = max(heats, key=lambda one: one[1].si)
    vessel = protocol.steps[heat - 1].vessel
    holds = {
        number: step
        for number, step in enumerate(protocol.steps, 1)
        if number > heat and isinstance(step, Hold) and step.vessel == vessel
    }
    return _Main(heat, to, holds) if holds else None


def _temperatures(protocol: Protocol) -> Iterator[Level]:
    if (main := _main(protocol)) is None:
        return
    for kelvin in TEMPERATURES:
        celsius = f"{main.to.to('degC') + kelvin:.0f} degC"

        def edit(now: Protocol, celsius: str = celsius) -> Protocol:
            there = _main(now)
            return now.with_temperature({there.heat: celsius}) if there else now

        yield Level(f"heat to {celsius}", edit)


def hot(protocol: Protocol, celsius: float) -> Protocol:
    """Return a protocol with its hottest heating at another temperature.

    Args:
        protocol: With a flask that is heated and held.
        celsius: In °C.

    Raises:
        FitError: Nothing is heated and held.
    """
    if (main := _main(protocol)) is None:
        raise FitError("the protocol heats and holds no flask", "Give one that does")
    return protocol.with_temperature({main.heat: f"{celsius:g} degC"})


def _holds(protocol: Protocol) -> Iterator[Level]:
    if (main := _main(protocol)) is None:
        return
    for factor in HOLDS:
        minutes = f"{roughly(main.first[1].duration.to('min') * factor)} min"

        def edit(now: Protocol, factor: float = factor) -> Protocol:
            there = _main(now)
            holds = there.holds.items() if there else ()
            return now.with_duration({n: _times(hold.duration, factor) for n, hold in holds})

        yield Level(f"hold for {minutes}", edit)


def _times(duration: Quantity, factor: float) -> Quantity:
    return parse(f"{duration.number * factor:.4g} {duration.unit}")


def _additives(protocol: Protocol) -> Iterator[Level]:
    """Yield additives at the beginning and halfway through the hold."""
    atoms = _chalcogen(protocol)
    if atoms and _main(protocol) is not None:
        for name, equivalents in ADDITIVES.items():
            portion = f"{_grams(equivalents * atoms * reagent(name).molar_mass.si)} {name}"
            yield Level(f"{portion} when hot", _injecting(portion, 0.0))
            yield Level(f"{portion} halfway through the hold", _injecting(portion, 0.5))


def with_each_additive(plan: Plan) -> dict[str, Plan]:
    """Return a plan with each additive injected when hot, by the additive's name."""
    found = {}
    for level in _additives(plan.protocol):
        amount, _, when = level.words.partition(" when ")
        changed = plan.with_level(level) if when else None
        if changed is not None:
            found[amount.rpartition(" ")[2]] = changed
    return found


def _injecting(portion: str, share: float) -> Edit:
    """Return what injects after a share of the hold."""

    def edit(now: Protocol) -> Protocol:
        if (main := _main(now)) is None:
            return now
        number, hold = main.first
        return now.with_additive(portion, number, at=_times(hold.duration, share))

    return edit


def _last_take(protocol: Protocol) -> tuple[int, Take] | None:
    takes = [(n, step) for n, step in enumerate(protocol.steps, 1) if isinstance(step, Take)]
    return takes[-1] if takes else None


def _taking(change: Callable[[Protocol, int], Protocol]) -> Edit:
    """Return what changes the last take, wherever it stands by then."""

    def edit(now: Protocol) -> Protocol:
        last = _last_take(now)
        return change(now, last[0]) if last is not None else now

    return edit


def _dilutions(protocol: Protocol) -> Iterator[Level]:
    if (last := _last_take(protocol)) is None:
        return
    for factor in DILUTIONS:
        more = [f"{_times(part.amount, factor)} {part.of}" for part in last[1].taken]

        def thin(now: Protocol, take: int, factor: float = factor) -> Protocol:
            return now.with_dilution({take: 1.0 / factor})

        yield Level(f"{' and '.join(more)} into the {last[1].vessel}", _taking(thin))


def _batches(protocol: Protocol) -> Iterator[Level]:
    """Yield thinner batches, of which so much more is taken that a spectrum shows as much."""
    if not _chalcogen(protocol):
        return
    for factor in THINNER:
        yield Level(f"the batch diluted {factor:g} times", partial(thinner, factor=factor))


def thinner(protocol: Protocol, factor: float) -> Protocol:
    """Return a protocol with a thinner batch, and as much of it in the cuvette as before.

    Args:
        protocol: With one flask that is charged first.
        factor: How many times less of everything but the solvent.
    """
    found = protocol.with_dilution({1: factor})
    last = _last_take(found)
    return found if last is None else found.with_dilution({last[0]: 1.0 / factor})


def _cuvettes(protocol: Protocol) -> Iterator[Level]:
    if (last := _last_take(protocol)) is None:
        return
    _, step = last
    for celsius in STANDING:

        def warm(now: Protocol, take: int, celsius: float = celsius) -> Protocol:
            return now.with_temperature({take: f"{celsius:g} degC"})

        yield Level(f"{step.vessel} at {celsius:g} degC", _taking(warm))
    there = {reagent(portion.of).id for portion in step.contents}
    for name, volume in POURED.items():

        def pour(now: Protocol, take: int, name: str = name, volume: str = volume) -> Protocol:
            return now.with_amount({take: {name: volume}})

        if name not in there:
            yield Level(f"{volume} {name} into the {step.vessel}", _taking(pour))
