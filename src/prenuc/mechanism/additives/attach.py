"""The blocks of a mechanism with its additives, attached by the roles of its parts.

A mechanism in blocks lists its additives and says which of its parts play which role::

    additives: [HPPh2, TOPO]
    roles: {bond formation: [supply], growth: [growth], monomer: [monomer], dots: [dots]}

What each additive does to a role stands in ``data/additives.yaml``, once for all mechanisms, and
becomes ordinary blocks here: a ligand ``binding`` to a component or to dots, an ``exchange``, a
catalyst that ``blocks`` a step, or a route beside a step. A route takes over everything of its
plain step but the rate constant, and stands behind it: "growth with TOPO", "activation in toluene".
Where the plain step is itself quoted in a solvent ("activation in OLA"), the route takes the
solvent's place.

Its numbers are constants of the mechanism under names that follow from those of the plain step:
"growth with TOPO.k". A role that a mechanism has no part for does nothing there; an additive of
which no act finds its role is an error. Ligands that bind are ``debited`` unless the document says
itself which are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prenuc.errors import nearest_names
from prenuc.facts.catalogue import entries
from prenuc.facts.yaml_file import Block

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from prenuc.facts.additive import Act, Additive, Prior
    from prenuc.facts.document import Node

DOTS = "dots"
LONG = "long carboxylate"  # the ligand whose place a short or a thioether acid takes


def with_additives(node: Node, constants: Collection[str]) -> Node:
    """Return the document of a mechanism with what its additives do written out as blocks.

    Args:
        node: The document; it is left as it is, and what is wrong is noted.
        constants: Names of the constants that its blocks may call.
    """
    if "additives" not in node and "roles" not in node:
        return node
    return node.with_data(attached(node, constants).document())


def attached(node: Node, constants: Collection[str]) -> Attached:
    """Return what the additives of a document do there; see :func:`with_additives`.

    Args:
        node: The document.
        constants: Names of the constants that its blocks may call.
    """
    known: dict[str, Additive] = entries("additives")
    names, given = node.texts("additives"), node.child("roles", default={})
    for name in names:
        if name not in known:
            mend = "Fix the name or count it under 'media'"
            node.problem(f"no additive '{name}'", "additives", mend, nearest_names(name, known))
    roles = {str(role): given.texts(str(role)) for role in given.data}
    taken = {act.role for one in known.values() for act in one.acts} | {LONG}
    for role in roles:
        if role not in taken:
            given.problem(f"no role '{role}'", role, "Fix the name", nearest_names(role, taken))
    found = Attached(node, roles, constants)
    for name in names:
        if name in known:
            found.attach(known[name])
    return found


@dataclass
class Attached:
    """What additives do in a document, collected one after the other.

    Args:
        node: The document.
        roles: The parts of the mechanism by the role that they play.
        constants: Names of its constants.
        priors: The prior of each constant of an additive, by its name.
        held: What binds to each component and to dots, by the key of its block.
        blocked: Which constants say what takes up the surface that a step needs, by ligand.
        routes: The routes beside each step: name, first words of the constants, catalyst.
    """

    node: Node
    roles: Mapping[str, Sequence[str]]
    constants: Collection[str]
    priors: dict[str, Prior] = field(default_factory=dict)
    held: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    blocked: dict[str, dict[str, str]] = field(default_factory=dict)
    routes: dict[str, list[tuple[str, str, dict[str, Any]]]] = field(default_factory=dict)
    _brought: set[str] = field(default_factory=set)
    _bound: set[str] = field(default_factory=set)

    def attach(self, additive: Additive) -> None:
        """Collect everything that an additive does here."""
        acting = [(act, parts) for act in additive.acts if (parts := self._parts(act))]
        if not acting:
            roles = " or ".join(f"'{act.role}'" for act in additive.acts)
            what = f"'{additive.id}' does nothing here"
            self.node.problem(what, "additives", f"Say under 'roles' what plays {roles}")
        self._brought.add(additive.id)
        for act, parts in acting:
            if act.does == "speeds":
                self._speed(act, parts)
            elif act.does == "blocks":
                self._block(act, parts)
            else:
                self._bind(act, parts)

    def document(self) -> dict[Any, Any]:
        """Return the document with everything written out as blocks."""
        known: Mapping[str, Additive] = entries("additives")
        brought = [name for one in known.values() if one.id in self._brought for name in one.brings]
        acting = [act.by for one in known.values() for act in one.acts]
        data = {k: v for k, v in self.node.data.items() if k not in {"additives", "roles"}}
        bound = [name for name in dict.fromkeys(acting) if name in self._bound]
        there = self.node.texts("media")
        data["media"] = [*there, *(name for name in brought if name not in there)]
        data.setdefault("debited", bound)  # a file that says which are, or are not, means it
        parts = data.get("components", {})
        holding = {
            part: _within(parts[part], held) for part, held in self.held.items() if part != DOTS
        }
        data["components"] = _like(parts, {**parts, **holding})
        if DOTS in self.held:
            data[DOTS] = _within(data[DOTS], self.held[DOTS])
        data["reactions"] = self._reactions(data.get("reactions", {}))
        return _like(self.node.data, data)

    def _reactions(self, steps: dict[Any, Any]) -> dict[Any, Any]:
        """Return all steps, each with its routes behind it."""
        found, lines = {}, dict(getattr(steps, "lines", {}))
        for step, plain in steps.items():
            blocks = {by: {"blocks at": half} for by, half in self.blocked.get(step, {}).items()}
            found[step] = block = _within(plain, {"catalysts": blocks} if blocks else {})
            for name, words, catalyst in self.routes.get(step, ()):
                found[name] = _route(block, words, catalyst)
                lines[name] = lines.get(step, 1)
        return _like(steps, found, lines)

    def _parts(self, act: Act) -> list[str]:
        """Return the parts that an act is done to; a name that there is not is noted."""
        parts = self.roles.get(act.role, ())
        where = "reactions" if act.does in {"speeds", "blocks"} else "components"
        known = (
            {DOTS} & {*self.node.data} if act.does == "covers" else self.node.data.get(where, {})
        )
        for part in parts:
            if part not in known:
                what = f"nothing under '{where}' is called '{part}'"
                near = nearest_names(part, known)
                self.node.child("roles").problem(what, act.role, "Fix the name", near)
        return [part for part in parts if part in known]

    def _named(self, words: str, act: Act, *lasts: str) -> list[str]:
        """Return constants by their last words; one that is missing is noted, with its range."""
        for last in lasts:
            name, prior = f"{words}.{last}", act.numbers.get(last)
            if prior is not None:
                self.priors[name] = prior
            if name not in self.constants:
                span = f", {prior.low:g} to {prior.high:g} {prior.unit}" if prior else ""
                what = f"there is no '{name}', by which {act.by} acts"
                self.node.problem(what, "additives", f"Give it under 'values'{span}")
        return [f"{words}.{last}" for last in lasts]

    def _bind(self, act: Act, parts: Sequence[str]) -> None:
        """Let a ligand bind to components or dots, or take the place of another."""
        takes = act.does == "exchanges"
        key, strength = ("exchange", "K") if takes else ("binding", "h")
        entry = {"for": self.roles.get(LONG, ("",))[0]} if takes else {}
        self._bound |= set() if takes else {act.by}
        for part in parts:
            self._named(f"{part} under {act.by}", act, strength, "sites")
            self.held.setdefault(part, {}).setdefault(key, {})[act.by] = entry

    def _block(self, act: Act, steps: Sequence[str]) -> None:
        """Let what covers a surface slow the steps that need it, both ways."""
        (half,) = self._named(f"{self._words(steps[0])} with {act.by}", act, "blocks at")
        for step in steps:
            self.blocked.setdefault(step, {})[act.by] = half

    def _speed(self, act: Act, steps: Sequence[str]) -> None:
        """Put a route beside each step."""
        link = "in" if act.law == "share of volume" else "with"
        behind = f" {link} {act.together or act.by}"
        law = self._law(act, _stem(self._words(steps[0])) + behind)
        for step in steps:
            words = _stem(self._words(step)) + behind
            self._named(words, act, "k", "at", "Ea")
            route = f"{_stem(step)} {link} {act.by}", words, {act.by: law}
            self.routes.setdefault(step, []).append(route)

    def _law(self, act: Act, words: str) -> dict[str, Any]:
        """Return how a route depends on what speeds it."""
        if act.law == "levels off":
            return {"half": self._named(words, act, "half")[0]}
        if act.law == "any order":
            return dict(
                zip(("order", "scale"), self._named(words, act, "order", "reference"), strict=True)
            )
        return {"fraction": True} if act.law == "share of volume" else {}

    def _words(self, step: str) -> str:
        """Return the first words of the constants of a step."""
        words = str(self.node.data["reactions"][step].get("k", step))
        return words if f"{words}.k" in self.constants else step


def _route(plain: dict[Any, Any], words: str, catalyst: dict[str, Any]) -> dict[Any, Any]:
    """Return a step beside a plain one: what the solvent did there, the additive does here."""
    others = {
        by: law for by, law in plain.get("catalysts", {}).items() if not law.get("fraction", False)
    }
    return _like(plain, {**plain, "k": words, "catalysts": {**others, **catalyst}})


def _stem(words: str) -> str:
    """Return words without the solvent in which something is quoted."""
    return words.partition(" in ")[0]


def _within(block: dict[Any, Any], more: Mapping[str, Mapping[str, Any]]) -> dict[Any, Any]:
    """Return a block with more under some of its keys."""
    return _like(
        block, {**block, **{key: {**block.get(key, {}), **new} for key, new in more.items()}}
    )


def _like(
    old: dict[Any, Any], new: dict[Any, Any], lines: Mapping[Any, int] | None = None
) -> dict[Any, Any]:
    """Return new contents that know the lines of the old ones."""
    if not isinstance(old, Block):
        return new
    found = Block(new)
    found.line, found.lines = old.line, dict(lines or old.lines)
    return found
