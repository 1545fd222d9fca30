"""A user's mechanism in blocks: one for each component and each reaction, every number with a name.

The file looks like this::

    units: {time: min, concentration: mmol/L, energy: kJ/mol}
    debited: [HPPh2]
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
``dots``         ``surface energy``, ``smallest``, ``largest``; or only a ``size exponent``;
                 ``solubility: {of: Mo, value: 0.01, at: 180 degC, H: 38}``, H of dissolution;
                 a ligand ``binding`` to dots
``debited``      ligands from which what is bound is taken, as from those of an ``exchange``
``additives``    those of ``data/additives.yaml`` that it has, with ``roles``: which of its parts
                 they act on (``additives/attach.py``)
of a component
``formed``      ``from`` others with K and H, or ``by`` constants of another name
``composition``  ``reagent``, or moieties and reagents by number or constant
``neutral with`` the metal carboxylate whose carboxylates its excess metal keeps
``exchange``     ligands that take the place ``for`` another, with ``K``, at ``sites`` of one
                 particle that are never bare
``stages``       the constant that says in how many; ``each stage`` with K and H, against the one
                 before
of a reaction
``k``            first words of the constants that it acts by, where they are not its own name
``under``        ligands that bind (``h``, ``sites``) and so change the rate of one way
``above``        max(c − limit, 0) for each
``barrier``      exp(−work/ln^order(c/solubility)), see :class:`~prenuc.mechanism.reaction.Barrier`
``times``        a factor of k
``size``         units in the dots that it makes; ``nucleus``: the same, and it runs once for a dot;
                 one that goes both ways makes the smallest
``dots of``      units ``from`` … ``to`` that grow so; from 1: two units make a dot
``chain``        from each stage to the next
``because``      why the forward law is no mass action; then all of it acts both ways
``irreversible`` ``{because: …}``, why there is no way back
``reverse``      with ``K``, ``solubility`` or ``k``: first words; ``named``, ``under``, ``legacy``
of a catalyst    ``order``, ``scale``, ``half``, ``fraction`` of volume;
                 ``blocks at``: 1/(1 + c/c₀)^n, surface that it takes at n ``sites``, 1 if not said
===============  ===============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries
from prenuc.mechanism.additives.attach import with_additives
from prenuc.mechanism.blocks import (
    Form,
    Legacy,
    Number,
    ReactionBlock,
    Term,
)
from prenuc.mechanism.component_blocks import ComponentReader, check_circles, known_name
from prenuc.mechanism.equations import because_of, net_of, sides_of, units_of
from prenuc.mechanism.population import DOTS
from prenuc.mechanism.reaction import Barrier, Binding, Excess, Power, Saturation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value
    from prenuc.mechanism.blocks import Number


def read_blocks(
    node: Node, name: str, constants: Collection[str]
) -> tuple[Form, dict[str, Value]] | None:
    """Return what a document says and the constants in it; None for problems, which are all noted.

    Args:
        node: The document.
        name: Of the mechanism.
        constants: Names of those that stand elsewhere and that the blocks may call.
    """
    node = with_additives(node, constants)
    reader = _Reader(units_of(node), constants)
    closed_by, media = node.texts("closed by"), node.texts("media")
    given = dict(node.child("components").items())
    reader.known = {*given, *media} | set(entries("moieties") if closed_by else ())
    debited = reader.debited(node)
    components = tuple(reader.component(one, entry, given) for one, entry in given.items())
    check_circles(node.child("components"), {one.name: one.against for one in components})
    sizes, plane, covering = reader.dots(node)
    reactions = []
    for one, entry in node.child("reactions").items():
        if one in given and f"{one}.k" not in constants:
            what = f"'{one}' is a component and a reaction"
            entry.problem(what, mend="Give the reaction another name")
        block = reader.reaction(one, entry)
        reactions += [block] if block is not None else []
        if plane is None and block is not None and _needs_solubility(block):
            mend = "Give dots a 'solubility: {of: …, value: …, H: …}'"
            entry.problem(f"'{one}' has no way back that is known", "equation", mend)
    material = node.text("material", default="")
    node.finish("a mechanism")
    if node.problems:
        return None
    said = material, closed_by, media, sizes, plane, covering, debited
    return Form(name, reader.units, components, tuple(reactions), *said), reader.values


def _needs_solubility(block: ReactionBlock) -> bool:
    return DOTS.units in block.net and block.reversible and block.legacy is None


@dataclass
class _Reader(ComponentReader):
    """Reads blocks of reactions too, and collects their constants."""

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
            known_name(entry, "order", str(part), self.known)
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
        size = "nucleus" if "nucleus" in entry else "size"
        between = None
        if "dots of" in entry:
            sizes = entry.child("dots of")
            between = self.number(sizes, "from"), self.number(sizes, "to")
            sizes.finish("sizes of dots")
        block = ReactionBlock(
            name,
            net_of(left, right),
            orders,
            law,
            catalysts,
            (*self._bounds(name, entry), *self._under(name, entry)),
            self.number(entry, "times") if "times" in entry else 1.0,
            self.number(entry, size) if size in entry else None,
            size == "nucleus",
            between,
            entry.flag("chain"),
            reversible,
            legacy,
            entry.where(),
            self._reason(name, entry, reversible=reversible),
        )
        entry.finish(f"reaction '{name}'")
        return block

    def _reason(self, name: str, entry: Node, *, reversible: bool) -> str:
        """Return why a reaction has no way back, or a forward law that is no mass action."""
        if "because" not in entry:
            return because_of(entry, reversible=reversible)
        if not reversible or "reverse" in entry:
            what = f"'{name}' has no way back that follows from its forward law"
            mend = "Write '<->' without 'reverse', or 'irreversible: {because: …}'"
            entry.problem(what, "because", mend)
        return entry.text("because").strip()

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
            elif "blocks at" in catalyst:
                half = self.constant(f"{step}.blocks at", catalyst, "blocks at", unit)
                sites = -catalyst.number("sites", default=1)
                term = Term(Binding, pool, {"half": half, "sites": sites})
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
        """Return what acts above a concentration, and the work of a critical nucleus."""
        found, unit = [], self.units["concentration"]
        bounds = entry.child("above", default={})
        for part in map(str, bounds.data):
            limit = self.constant(f"{name} above {part}", bounds, part, unit)
            found.append(Term(Excess, self._pool(entry, "above", part), {"threshold": limit}))
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
            known_name(entry, key, one, self.known)
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


def _check_orders(name: str, entry: Node, orders: Mapping[str, Number]) -> None:
    """Note orders below zero, which have no rate where there is nothing."""
    for part, order in orders.items():
        if isinstance(order, float) and order < 0:
            what = f"'{name}' is of order {order:g} in {part}"
            entry.problem(what, mend="Give zero or more, or let it bind to a component")
