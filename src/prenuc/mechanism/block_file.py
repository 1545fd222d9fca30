"""A user's mechanism in blocks: one for each component and each reaction, every number with a name.

The file looks like this::

    units: {time: min, concentration: mmol/L, energy: kJ/mol}
    components:
      PC-311:  {initial: 0.05, composition: {Cd: 2, S: 1, oleate: 2}, kind: PC}
      MSC-311:
        composition: {Cd: 2, S: 1, oleate: 2}
        kind: MSC
        formed: {from: PC-311, K: 9.8, at: 25 degC, H: -30}     # or: H: -30, S: -0.082
        binding: {HPPh2: {h: 2.46, sites: 1}}
      HPPh2:   {initial: 10}
      toluene: {initial: 9400}
    reactions:
      isomerisation:
        equation: PC-311 <-> MSC-311
        k: {value: 0.0136, at: 25 degC, Ea: 85, source: seed @ Figure 2b, status: fitted}
      isomerisation in toluene:
        equation: PC-311 <-> MSC-311
        k: 1.4e-6
        catalysts: {toluene: {}}          # or {order: 2}, or {half: 10} for one that levels off
      pairing: {equation: PC-311 -> MSC-311, k: 1.0e-6, order: {PC-311: 2}}
      aging: {equation: PC-311 <-> MSC-311, k: 1e-5, reverse: {value: 1e-6, legacy: true}}

A number is in the file's units unless it has a unit of its own (``k: 0.5 1/h``); a mapping adds a
source, a status and a note. Where several blocks act by one constant it stands under ``values:``,
as in the package's own files, and a block calls it by its name. What the blocks mean is in
:mod:`prenuc.mechanism.blocks`; these are the keys besides the ones above:

===============  ===============================================================================
of the file
``values``       constants by name, each with value, unit, source, status
``closed by``    metal carboxylates that close equations (``matter.py``)
``media``        reagents that are counted besides
``dots``         ``surface energy``, ``smallest``, ``largest``; or only a ``size exponent``
of a component
``composition``  ``reagent``, or moieties and reagents by number or constant
``neutral with`` the metal carboxylate whose carboxylates its excess metal keeps
``stages``       the constant that says in how many; ``numbered from`` 1 unless it says 0
of a reaction
``k``            first words of the constants that it acts by, where they are not its own name
``under``        ligands that bind (``h``, ``sites``) and so change the rate of one way
``above``        max(c − limit, 0) for each; ``below``: max(1 − c/limit, 0)
``barrier``      exp(−work/ln^order(c/solubility)), see :class:`~prenuc.mechanism.reaction.Barrier`
``amounts``      moles in the equation that are constants; ``times``: a factor of k
``size``         units in the dots that it makes; ``nucleus``: the same, and it runs once for a dot
``chain``        from each stage to the next
``reverse``      with ``K``, ``solubility`` or ``k``: first words; ``named``, ``under``, ``legacy``
of a catalyst    ``order``, ``scale``, ``half``, ``fraction`` of volume, ``runs out``
===============  ===============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import nearest_names
from prenuc.facts.catalogue import entries
from prenuc.mechanism.block_numbers import ROOM, Numbers
from prenuc.mechanism.blocks import (
    ComponentBlock,
    Form,
    Legacy,
    Number,
    ReactionBlock,
    Term,
)
from prenuc.mechanism.dots import DOTS
from prenuc.mechanism.equations import because_of, net_of, side_of, sides_of, units_of
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value
    from prenuc.mechanism.blocks import Number

RUNS_OUT = 1e-6  # mol/m³; what runs out limits a rate below this


def read_blocks(
    node: Node, name: str, constants: Collection[str]
) -> tuple[Form, dict[str, Value]] | None:
    """Return what a document says and the constants in it; None for problems, which are all noted.

    Args:
        node: The document.
        name: Of the mechanism.
        constants: Names of those that stand elsewhere and that the blocks may call.
    """
    reader = BlockReader(units_of(node), constants)
    closed_by, media = node.texts("closed by"), node.texts("media")
    given = dict(node.child("components").items())
    components = tuple(reader.component(one, entry, given) for one, entry in given.items())
    check_circles(node.child("components"), {one.name: one.against for one in components})
    sizes = reader.dots(node.child("dots")) if "dots" in node else None
    reader.known = {*given, *media, *(() if sizes is None else (DOTS.units,))}
    reader.known |= set(entries("moieties") if closed_by else ())
    reactions = []
    for one, entry in node.child("reactions").items():
        if one in given and f"{one}.k" not in constants:
            what = f"'{one}' is a component and a reaction"
            entry.problem(what, mend="Give the reaction another name")
        block = reader.reaction(one, entry)
        reactions += [block] if block is not None else []
    material = node.text("material", default="")
    node.finish("a mechanism")
    if node.problems:
        return None
    form = Form(name, reader.units, components, tuple(reactions), material, closed_by, media, sizes)
    return form, reader.values


def check_circles(node: Node, made: Mapping[str, Collection[str]]) -> None:
    """Note every component that is formed from itself, by however many others.

    Args:
        node: The mapping of components.
        made: From which others each is formed.
    """
    for name, direct in made.items():
        above, front = set(direct), list(direct)
        while front:
            more = {*made.get(front.pop(), ())} - above
            above |= more
            front += more
        if name in above:
            mend = "Form it from components that define zero"
            node.child(name).problem(f"'{name}' is formed from itself", "formed", mend)


@dataclass
class BlockReader(Numbers):
    """Reads blocks and collects their constants.

    Args:
        known: What reactions may name.
    """

    known: Collection[str] = ()

    def component(self, name: str, entry: Node, known: Collection[str]) -> ComponentBlock:
        """Return the block of a component; its constants go to the others.

        Args:
            name: Of the component.
            entry: The block.
            known: Names of components.
        """
        parts: dict[str, Number] | None = None
        if entry.data.get("composition") == "reagent":
            parts = {entry.text("composition") and name: 1.0}
        elif "composition" in entry:
            made = entry.child("composition")
            parts = {str(part): self.number(made, str(part)) for part in made.data}
        unit = self.units["concentration"]
        initial = self.quantity(entry, "initial", unit, 0.0)
        if initial.number < 0:
            entry.problem(f"'{name}' starts below zero", "initial", "Give zero or more")
        component = Component(
            name,
            None,
            entry.text("basis", default="formula unit"),
            entry.text("kind", default=""),
            entry.text("species", default=""),
        )
        against = self.formed(name, entry.child("formed"), known) if "formed" in entry else {}
        ligands = []
        for ligand, binding in entry.child("binding", default={}).items():
            _known(entry, "binding", ligand, known)
            self.value(f"{name} under {ligand}.h", binding, "h", unit)
            self.value(f"{name} under {ligand}.sites", binding, "sites", "1")
            binding.finish(f"the binding of {ligand}")
            ligands.append(ligand)
        neutral, stages = (entry.text(key, default="") for key in ("neutral with", "stages"))
        numbered = entry.number("numbered from", default=1)
        entry.finish(f"component '{name}'")
        start, bound = initial.si, tuple(ligands)
        return ComponentBlock(component, start, against, bound, parts, neutral, stages, numbered)

    def formed(self, name: str, entry: Node, known: Collection[str]) -> dict[str, float]:
        """Return what a component is formed from; K and H, or H and S, go to the constants.

        Args:
            name: Of the component.
            entry: Where it is said.
            known: Names of components.
        """
        against = side_of(entry, "from", entry.text("from"), known, "components")
        if not against:
            entry.problem(f"'{name}' is formed from nothing", "from", "Write 'from: 3 E + 6 M'")
        energy, order = self.units["energy"], 1.0 - sum(against.values())
        self.value(f"{name}.H", entry, "H", energy)
        if "S" in entry:
            self.value(f"{name}.S", entry, "S", f"{energy}/K")
        else:
            unit = "1" if order == 0 else f"({self.units['concentration']})^{order:g}"
            self.value(f"{name}.K", entry, "K", unit)
            self.value(f"{name}.at", entry, "at", "degC", default=ROOM)
        entry.finish(f"what '{name}' is formed from")
        return against

    def dots(self, entry: Node) -> dict[str, Number]:
        """Return the numbers of the dots."""
        found: dict[str, Number] = {}
        units = {"surface energy": "J/m^2", "smallest": "1", "largest": "1"}
        for key, unit in units.items():
            if key in entry:
                found[key.rpartition(" ")[2]] = self.constant(f"dots.{key}", entry, key, unit)
        if "size exponent" in entry:
            found["exponent"] = self.number(entry, "size exponent")
        entry.finish("dots")
        return found

    def reaction(self, name: str, entry: Node) -> ReactionBlock | None:
        """Return the block of a reaction; its constants go to the others."""
        sides = sides_of(entry, self.known, "components")
        if sides is None:
            return None
        left, right, reversible = sides
        given = entry.child("order", default={})
        orders = left | {str(part): given.number(str(part)) for part in given.data}
        catalysts = self._catalysts(name, entry)
        for part in given.data:
            _known(entry, "order", str(part), self.known)
        _check_orders(name, entry, orders)
        helped = sum(map(self._order, catalysts))
        law = self.named(entry, "k", ".k") or name
        if f"{law}.k" not in self.constants:
            constant = entry.block("k")
            self.law(name, constant, sum(orders.values()) + helped)
            constant.finish("'k'")
        legacy = None
        if "reverse" in entry:
            order = sum(right.values()) + helped
            legacy = self._reverse(name, entry, right, order)
            if not reversible:
                entry.problem(f"'{name}' goes one way", "reverse", "Write '<->' in its equation")
        amounts = entry.child("amounts", default={})
        size = "nucleus" if "nucleus" in entry else "size"
        block = ReactionBlock(
            name,
            net_of(left, right),
            orders,
            law,
            catalysts,
            (*self._bounds(name, entry), *self._under(name, entry)),
            {str(part): self.number(amounts, str(part)) for part in amounts.data},
            self.number(entry, "times") if "times" in entry else 1.0,
            self.number(entry, size) if size in entry else None,
            size == "nucleus",
            entry.flag("chain"),
            reversible,
            legacy,
            entry.where(),
            because_of(entry, reversible=reversible),
        )
        entry.finish(f"reaction '{name}'")
        return block

    def _order(self, term: Term) -> float:
        """Return what a catalyst adds to the order of a rate, for the unit of its constant."""
        plain = term.kind is Power and not term.fraction and "scale" not in term.numbers
        order = term.numbers["order"] if plain else 0.0
        return order if isinstance(order, float) else 0.0

    def _catalysts(self, name: str, entry: Node) -> tuple[Term, ...]:
        """Return what multiplies a rate."""
        found = []
        for part, catalyst in entry.child("catalysts", default={}).items():
            pool, step = self._pool(entry, "catalysts", part), f"{name} with {part}"
            unit = self.units["concentration"]
            if "half" in catalyst:
                half = self.constant(f"{step}.half", catalyst, "half", unit)
                term = Term(Saturation, pool, {"half": half})
            elif catalyst.flag("runs out"):
                term = Term(Saturation, pool, {"half": RUNS_OUT})
            else:
                order: Number = 1.0
                if "order" in catalyst:
                    order = self.number(catalyst, "order")
                _check_orders(name, entry, {part: order})
                numbers = {"order": order}
                if "scale" in catalyst:
                    numbers["scale"] = self.constant(f"{step}.scale", catalyst, "scale", unit)
                term = Term(Power, pool, numbers, catalyst.flag("fraction"))
            catalyst.finish(f"catalyst {part}")
            found.append(term)
        return tuple(found)

    def _under(self, name: str, entry: Node) -> tuple[Term, ...]:
        """Return the ligands that slow or speed one way by binding at some sites."""
        found = []
        for part, ligand in entry.child("under", default={}).items():
            pool, step = self._pool(entry, "under", part), f"{name} under {part}"
            half = self.constant(f"{step}.h", ligand, "h", self.units["concentration"])
            sites: Number = -1.0
            if "sites" in ligand:
                sites = self.constant(f"{step}.sites", ligand, "sites", "1")
            ligand.finish(f"ligand {part}")
            found.append(Term(Binding, pool, {"half": half, "sites": sites}))
        return tuple(found)

    def _bounds(self, name: str, entry: Node) -> tuple[Term, ...]:
        """Return what acts above or below a concentration, and the work of a critical nucleus."""
        found, unit = [], self.units["concentration"]
        for key, sign in (("above", 1.0), ("below", -1.0)):
            bounds = entry.child(key, default={})
            for part in map(str, bounds.data):
                limit = self.constant(f"{name} {key} {part}", bounds, part, unit)
                pool = self._pool(entry, key, part)
                at = {"threshold": limit if sign > 0 else -1.0}
                found.append(Term(Excess, pool, at, below=None if sign > 0 else limit))
        for part, barrier in entry.child("barrier", default={}).items():
            numbers: dict[str, Number] = {
                "solubility": self.constant(f"{name}.solubility", barrier, "solubility", unit),
                "barrier": self.constant(f"{name}.barrier", barrier, "work", "1"),
            }
            numbers |= {
                key: self.number(barrier, key) for key in ("order", "largest") if key in barrier
            }
            barrier.finish("a barrier")
            found.append(Term(Barrier, self._pool(entry, "barrier", part), numbers))
        return tuple(found)

    def _pool(self, entry: Node, key: str, text: str) -> tuple[str, ...]:
        names = tuple(text.split(" + "))
        for one in names:
            _known(entry, key, one, self.known)
        return names

    def _reverse(self, name: str, entry: Node, orders: Mapping[str, float], order: float) -> Legacy:
        """Read a way back of its own, which a block must own up to."""
        block = entry.block("reverse")
        equilibrium = self.named(block, "K", ".K")
        solubility = self.named(block, "solubility", ".solubility")
        law = self.named(block, "k", ".k")
        named = block.text("named", default=f"{name} reverse")
        terms = self._under(f"reverse {name}", block)
        if not (equilibrium or solubility or law):
            law = f"{name} reverse"
            self.law(law, block, order)
        if not block.flag("legacy"):
            what = f"'{name}' has a backward constant, which need not fit the others"
            mend = "Say what its products are 'formed' from instead, or mark it 'legacy: true'"
            entry.problem(what, "reverse", mend)
        block.finish("'reverse'")
        return Legacy(orders, named, law, equilibrium, solubility, terms)


def _known(entry: Node, key: str, name: str, known: Collection[str]) -> None:
    """Note a name that is no component."""
    if name not in known:
        mend = "Fix the name or declare it under 'components'"
        entry.problem(f"no species '{name}'", key, mend, nearest_names(name, known))


def _check_orders(name: str, entry: Node, orders: Mapping[str, Number]) -> None:
    """Note orders below zero, which have no rate where there is nothing."""
    for part, order in orders.items():
        if isinstance(order, float) and order < 0:
            what = f"'{name}' is of order {order:g} in {part}"
            entry.problem(what, mend="Give zero or more, or let it bind to a component")
