"""Precursor compounds, magic-size clusters and quantum dots, as the literature names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prenuc.facts.document import Node
    from prenuc.facts.value import Value


@dataclass(frozen=True)
class Band:
    """One absorption band.

    Args:
        position: Wavelength of the maximum.
        width: Full width at half maximum.
        weight: Height relative to the species' main band.
    """

    position: Value
    width: Value
    weight: Value


@dataclass(frozen=True)
class Species:
    """A nanospecies of the catalogue.

    Args:
        id: Name in use, such as "MSC-311".
        name: The same, spelled out.
        material: Semiconductor, such as "CdS".
        kind: "PC", "MSC", "QD", "monomer" or another class of the literature.
        statement: What is known, in one or two sentences.
        source: Where it is described.
        bands: Absorption bands, empty for a transparent species.
        counterpart: The PC of an MSC, or the MSC of a PC.
        values: Further printed numbers by name (mass, emission, radius of gyration, …).
        readings: Other printed positions of the main band.
        aliases: Other names of the same species.
    """

    id: str
    name: str
    material: str
    kind: str
    statement: str
    source: str
    bands: tuple[Band, ...]
    counterpart: str = field(default="", kw_only=True)
    values: dict[str, Value]
    readings: tuple[Value, ...] = ()
    aliases: tuple[str, ...] = ()

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of a species file; every other key must hold a value."""
        texts = ("id", "name", "material", "kind", "statement")
        words = ("note", "shape", "formula")
        taken = {*texts, *words, "source", "counterpart", "bands", "readings", "aliases"}
        for word in words:
            node.text(word, default="")
        return node.entry(
            cls,
            bands=tuple(band.part(Band, "a band") for band in node.children("bands")),
            values={str(key): node.value(str(key)) for key in node.data if key not in taken},
            readings=tuple(reading.as_value("a reading") for reading in node.children("readings")),
        )
