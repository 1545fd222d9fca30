"""What has formed: chalcogen in products by kind, and whether there is any at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import Caution
from prenuc.facts.catalogue import chalcogens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism

PRODUCTS = {"PC": "PC", "MSC": "MSC", "QD": "QD", "monomer": "Mo/Fr"}  # names of kinds
ON_THE_WAY = {"assembly", "intermediate"}  # kinds that are no precursor any more
FORMED = 1e-6  # of the largest amount of a precursor; less is nothing


def products_of(mechanism: Mechanism, amounts: dict[str, float]) -> dict[str, float]:
    """Return the chalcogen in PC, MSC, QD and Mo/Fr, whatever a mechanism calls them.

    Args:
        mechanism: What happened.
        amounts: Of every component, in mmol/L of its basis.

    Returns:
        In mmol/L of chalcogen atoms.
    """
    held, known = dict.fromkeys(PRODUCTS.values(), 0.0), mechanism.components
    for name, amount in amounts.items():
        one = known.get(name)
        if one is not None and one.kind in PRODUCTS:
            parts = (one.composition or {}).items()
            atoms = sum(number for part, number in parts if part in chalcogens())
            held[PRODUCTS[one.kind]] += atoms * amount
    return held


def nothing_formed(
    mechanism: Mechanism, names: Sequence[str], concentrations: Iterable[Array]
) -> tuple[Caution, ...]:
    """Return a caution where precursors have met and nothing has formed at all.

    Args:
        mechanism: What could happen.
        names: Of the components.
        concentrations: Of every measurement, shape (components,).
    """
    kinds = {name: one.kind for name, one in mechanism.components.items()}
    sources = [name for name, kind in kinds.items() if kind == "precursor"]
    formed = {*PRODUCTS, *ON_THE_WAY}
    made = [i for i, name in enumerate(names) if kinds.get(name) in formed]
    held = [i for i, name in enumerate(names) if name in sources]
    found = [(one[made].max(initial=0.0), one[held].max(initial=0.0)) for one in concentrations]
    if not (sources and made and found):
        return ()
    if max(product for product, _ in found) >= FORMED * max(source for _, source in found):
        return ()
    text = f"nothing forms: {' and '.join(sources)} do not react under these conditions"
    return (Caution(text, "nothing-forms", ", ".join(sources)),)
