"""Random quantities, steps and protocols, shared by several tests."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

from hypothesis import assume
from hypothesis import strategies as st

from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reaction import Saturation, mass_action
from prenuc.protocol.steps import (
    Charge,
    Cool,
    Discard,
    Heat,
    Hold,
    Incubate,
    Inject,
    Measure,
    Store,
    Take,
    Watch,
)
from prenuc.protocol.words import Portion
from prenuc.quantities import Quantity, parse

AMOUNTS = ("mmol", "mol", "umol", "mg", "g", "mL", "uL", "µL", "L")
TIMES = ("s", "min", "h", "d")
TEMPERATURES = ("degC", "°C", "K")
RATES = ("degC/min", "K/min", "K/s", "°C/h")
UNITS = (*AMOUNTS, *TIMES, *TEMPERATURES, *RATES, "mmol/kg", "mol/L", "L/mol/cm", "1/min", "min^-1")
REAGENTS = ("Cd(OA)2", "S", "ODE", "toluene", "TOPO", "Cd(OAc)2/OLA", "Cd(OA)1(OAc)1", "HOAc")
WORDS = {"and", "at", "by", "every", "for", "into", "of", "over", "to", "until", "with"}

exponents = st.one_of(
    st.just(""), st.builds("{}{:d}".format, st.sampled_from("eE"), st.integers(-30, 30))
)


@st.composite
def numbers(draw, signs=("", "-")):
    """A number as people write it: "3", "3.", "3.00", ".5", "3.0e7"."""
    whole, part = draw(st.integers(0, 10**6)), draw(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
    body = draw(st.sampled_from((f"{whole}", f"{whole}.", f"{whole}.{part}", f".{part}")))
    return draw(st.sampled_from(signs)) + body + draw(exponents)


def quantities(units=UNITS, signs=("", "-")):
    return st.builds(lambda n, u: parse(f"{n} {u}"), numbers(signs), st.sampled_from(units))


def computed_quantities(units=UNITS):
    """A quantity made by a program, which has no text of its own."""
    finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
    return st.builds(Quantity, finite, st.sampled_from(units))


vessels = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda word: word.lower() not in WORDS
)


def portions(of):
    return st.lists(st.builds(Portion, quantities(AMOUNTS, ("",)), of), min_size=1, max_size=4).map(
        tuple
    )


times, temperatures, rates = quantities(TIMES), quantities(TEMPERATURES), quantities(RATES)
fresh = portions(st.sampled_from(REAGENTS))


def ramps(kind):
    targets = ({"to": temperatures}, {"by": temperatures})
    paces = ({"over": times}, {"rate": rates})
    return st.one_of(
        st.builds(kind, vessel=vessels, **target, **pace) for target in targets for pace in paces
    )


STEPS = {
    Charge: st.builds(Charge, vessel=vessels, contents=fresh, temperature=temperatures),
    Heat: ramps(Heat),
    Cool: ramps(Cool),
    Hold: st.builds(Hold, vessel=vessels, duration=times),
    Incubate: st.builds(Incubate, vessel=vessels, duration=times),
    Store: st.builds(Store, vessel=vessels, temperature=temperatures, duration=times),
    Inject: st.builds(Inject, vessel=vessels, contents=fresh),
    Take: st.builds(
        Take,
        vessel=vessels,
        taken=portions(vessels),
        contents=st.one_of(st.just(()), fresh),
        temperature=temperatures,
    ),
    Measure: st.one_of(
        st.builds(
            Measure, vessel=vessels, times=st.lists(times, min_size=1, max_size=4).map(tuple)
        ),
        st.builds(Measure, vessel=vessels, every=times, until=times),
        st.builds(Measure, vessel=vessels),
    ),
    Watch: st.builds(Watch, vessel=vessels, every=quantities(TIMES)),
    Discard: st.builds(Discard, vessel=vessels, amount=quantities(AMOUNTS)),
}


@dataclass(frozen=True)
class Chemistry:
    """What a random protocol of one material is made of."""

    metal: str
    chalcogen: str
    solvent: str
    additives: tuple[str, ...]


CHEMISTRY = {
    "CdS": Chemistry("Cd(OA)2", "S", "ODE", ("TOPO", "HMSA", "HPPh2", "HOA")),
    "CdTe": Chemistry("Cd(OAc)2/OLA", "TeTOP", "OLA", ("TOP", "HOAc", "OTA")),
}


@st.composite
def protocols(draw, material):
    """A day in the laboratory: heat, inject, discard, dilute, mix, aliquots, waiting, freezing."""
    kit = CHEMISTRY[material]

    def number(low, high):
        return f"{draw(st.integers(0, 1000)) / 1000 * (high - low) + low:.4g}"

    def flask(name, hottest):
        metal, chalcogen = f"{number(0.1, 2)} mmol {kit.metal}", f"{number(0.01, 0.6)} mmol"
        feed = f"{metal}, {chalcogen} {kit.chalcogen} and {number(3, 12)} g {kit.solvent}"
        lines = [f"charge {name} with {feed} at 60 degC"]
        if draw(st.booleans()):
            lines.append(f"heat {name} to {number(80, hottest)} degC over {number(1, 15)} min")
            lines.append(f"hold {name} for {number(0, 60)} min")
        if draw(st.booleans()):
            additive = draw(st.sampled_from(kit.additives))
            lines.append(f"inject {number(0.01, 2)} mmol {additive} into {name}")
            lines.append(f"hold {name} for {number(0, 30)} min")
        if draw(st.booleans()):
            lines.append(f"discard {number(10, 500)} uL of {name}")
        return lines

    lines = [*flask("A", 220), *flask("B", 160)]
    into = f" with {number(0.1, 20)} mL {kit.solvent}" if draw(st.booleans()) else ""
    lines.append(
        f"take {number(0.05, 2)} mL of A and {number(0.05, 2)} mL of B into mix{into} at 25 degC"
    )
    if draw(st.booleans()):
        lines.append("store A at -196 degC for 2 d")
    lines.append(f"heat mix to {number(30, 150)} degC over {number(1, 5)} min")
    lines.append(f"hold mix for {number(1, 300)} min")
    amine = " and 0.05 mL OTA" if draw(st.booleans()) else ""
    lines.append(f"take 25 uL of mix into cuvette with 3.00 mL toluene{amine} at 25 degC")
    lines.append("take 25 uL of A into second with 3.00 mL toluene at 25 degC")
    lines.append("take 27.8 mg of B into second at 25 degC")
    lines.append(f"measure cuvette at 0 min, {number(1, 60)} min, 2 d")
    lines.append("measure second at 30 min")
    lines += [f"measure {name} at {draw(st.integers(4, 9))} d" for name in ("A", "B", "mix")]
    return "\n".join(lines)


# ---- networks of hidden composition --------------------------------------------------------------

ELEMENTS = ("TOPO", "HPPh2", "S")  # reagents that stay whole: each is a species of one atom
HALFWAY = 10.0  # mol/m³, a usual concentration, to which orders other than one are referred


@st.composite
def networks(draw):
    """A balanced network of two to eight species: mass action of order 1 to 3, and saturation.

    Every species hides a composition; reactions join sides of the same atoms, up to three molecules
    on the left, so that catalysts and autocatalysis occur. A rate that reaches order zero is one
    that saturates: a true order zero would go on where nothing is left. Constants lie in six
    decades at 100 degC and have activation energies up to 100 kJ/mol.
    """
    count = draw(st.integers(2, 8))
    elements = ELEMENTS[: draw(st.integers(1, min(3, count)))]
    parts = {name: {name: 1.0} for name in elements}
    for number in range(count - len(elements)):
        atoms = draw(st.lists(st.sampled_from(elements), min_size=1, max_size=3))
        parts[f"X{number}"] = {name: float(atoms.count(name)) for name in dict.fromkeys(atoms)}
    pairs = _balanced(parts)
    assume(pairs)
    reactions = tuple(
        _reaction(draw, f"R{number}", *draw(st.sampled_from(pairs)))
        for number in range(draw(st.integers(1, 10)))
    )
    components = {name: Component(name, composition) for name, composition in parts.items()}
    return Mechanism("random", components, reactions)


def _balanced(parts):
    """Return all pairs of sides, at most three molecules each, that hold the same atoms."""
    sides = {}
    for size in (1, 2, 3):
        for side in combinations_with_replacement(parts, size):
            atoms = tuple(sum(parts[name].get(e, 0.0) for name in side) for e in ELEMENTS)
            sides.setdefault(atoms, []).append(side)
    return [(a, b) for same in sides.values() for a in same for b in same if a != b]


def _reaction(draw, name, left, right):
    """Return a reaction between two sides with a random rate law."""
    count = {species: left.count(species) for species in dict.fromkeys(left)}
    net = {s: float(right.count(s) - left.count(s)) for s in dict.fromkeys((*left, *right))}
    speed = 10.0 ** draw(st.floats(-6, 0))  # 1/s where everything is at HALFWAY
    energy = 1e3 * draw(st.integers(0, 100))
    if draw(st.integers(0, 3)):
        constant = Arrhenius(speed * HALFWAY ** (1 - len(left)), 373.15, energy)
        return Reaction(name, net, constant, mass_action(count))
    half = HALFWAY * 10.0 ** draw(st.floats(-3, 0))
    factors = tuple(Saturation({species: 1.0}, half) for species in count)
    return Reaction(name, net, Arrhenius(speed * HALFWAY, 373.15, energy), factors)


@st.composite
def days(draw, mechanism):
    """A protocol for a network: two vessels, heated, fed, diluted, sampled, mixed, left alone."""
    elements = [name for name in mechanism.components if name in ELEMENTS]

    def number(low, high):
        return f"{draw(st.integers(0, 1000)) / 1000 * (high - low) + low:.4g}"

    def feed():
        return ", ".join(f"{number(0.01, 1)} mmol {name}" for name in elements)

    lines, warmth = [], {}
    for vessel in ("A", "B"):
        lines.append(f"charge {vessel} with {feed()}, {number(3, 10)} g ODE at 20 degC")
        warmth[vessel] = 20.0

    def go(vessel):
        target = float(number(20, 250))
        verb = "heat" if target >= warmth[vessel] else "cool"
        lines.append(f"{verb} {vessel} to {target!r} degC over {number(0.1, 30)} min")
        warmth[vessel] = target

    for _ in range(draw(st.integers(1, 6))):
        vessel = draw(st.sampled_from(("A", "B")))
        fresh = draw(st.sampled_from(elements))
        done = {
            "wait": f"hold {vessel} for {number(0, 120)} min",
            "inject": f"inject {number(0.01, 1)} mmol {fresh} into {vessel}",
            "dilute": f"inject {number(0.1, 10)} mL ODE into {vessel}",
            "discard": f"discard {number(1, 400)} uL of {vessel}",
        }
        step = draw(st.sampled_from(("ramp", *done)))
        lines.append(done[step]) if step in done else go(vessel)
    both = f"{number(0.05, 1)} mL of A and {number(0.05, 1)} mL of B"
    lines.append(f"take {both} into mix with {number(0, 5)} mL ODE at {number(20, 250)} degC")
    lines.append(f"hold mix for {number(0, 300)} min")
    lines += [f"measure {vessel} at {number(3, 6)} d" for vessel in ("A", "B", "mix")]
    return "\n".join(lines)
