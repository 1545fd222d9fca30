"""The documents that sources point into: bibliographic references."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A document: an article, or a note that stands in for one.

    Args:
        id: Citation key.
        type: "article", "report" or "note".
        title: Title as printed.
        authors: Names as "Family, G. N.".
        journal: Journal name, empty for notes.
        year: Year of publication as text, empty when unknown.
        volume: Volume as text.
        pages: Pages or article number as text.
        doi: Digital object identifier, when known.
        printed_in: Places where the seed document prints this reference.
        note: What a reader should know about the entry.
    """

    id: str
    type: str
    title: str
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    printed_in: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The title."""
        return self.title

    def text(self) -> str:
        """Return the reference as one line of a bibliography."""
        parts = [", ".join(self.authors), self.title, self.journal]
        line = ". ".join(part.removesuffix(".") for part in parts if part)
        numbers = ", ".join(part for part in (self.year, self.volume, self.pages) if part)
        doi = f" doi:{self.doi}" if self.doi else ""
        return f"{line} {numbers}.{doi}" if numbers else f"{line}.{doi}"

    def bibtex(self) -> str:
        """Return the reference as a BibTeX entry."""
        fields = {
            "author": " and ".join(self.authors),
            "title": "{" + self.title + "}",
            "journal": self.journal,
            "year": self.year,
            "volume": self.volume,
            "pages": self.pages.replace("-", "--").replace("–", "--"),
            "doi": self.doi,
            "note": self.note,
        }
        kind = "article" if self.type == "article" else "misc"
        body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
        return f"@{kind}{{{self.id},\n{body}\n}}"
