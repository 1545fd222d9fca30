"""Zip archives and the XML in them, within limits, as nothing in a file is to be trusted.

A small archive may unfold to terabytes, and a short XML text whose entities name one another
likewise; the first is counted while it unfolds, and no document that declares anything is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from itertools import count
from typing import TYPE_CHECKING
from xml.parsers import expat

from prenuc.observe.readers.data_file import DataFile, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_UNFOLDED = 150_000_000  # bytes of all members that are read
MOST_ELEMENTS = 4_000_000  # of a document; ten seconds
MOST_MEMBERS = 5_000
_PART = 1 << 16
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError),
    NotImplementedError,  # a way of packing that zipfile does not know
)


class Archive:
    """A zip archive whose members are read within limits.

    Args:
        file: The file.

    Raises:
        SpectrumError: It is damaged, or has too many members.
    """

    def __init__(self, file: DataFile) -> None:
        self._file = file
        self._left = MOST_UNFOLDED
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.data))
        except _DAMAGED as error:
            raise self._damaged() from error
        self.names = self._zip.namelist()
        if len(self.names) > MOST_MEMBERS:
            what = f"the archive holds {len(self.names)} files, the limit is {MOST_MEMBERS}"
            raise file.problem(what, "Export the spectra as text (CSV)")

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield the content of a member piece by piece.

        Args:
            name: Its name, one of ``names``.

        Raises:
            SpectrumError: It is damaged, locked by a password, or too large.
        """
        try:
            with self._zip.open(name) as opened:
                while part := opened.read(_PART):
                    self._left -= len(part)
                    if self._left < 0:
                        what = f"the archive unfolds to more than {MOST_UNFOLDED // 10**6} MB"
                        raise self._file.problem(what, "Export the spectra as text (CSV)")
                    yield part
        except RuntimeError as error:  # so zipfile says that a password is needed
            mend = "Save it without a password"
            raise self._file.problem("the archive is locked", mend) from error
        except _DAMAGED as error:
            raise self._damaged() from error

    def elements(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str, str], None],
        encoding: str | None = None,
    ) -> None:
        """Read a member as XML.

        Args:
            name: Its name, one of ``names``.
            start: Called with the local name and the attributes of each element.
            end: Called with its local name and the text since the element before it began or ended;
                with "" for the text before an element within another.
            encoding: Where the document does not say it and is not UTF-8.

        Raises:
            SpectrumError: It is no XML, declares a document type, or is too large.
        """
        text: list[str] = []
        begun = count()

        def finish(tag: str) -> None:
            end(_local(tag), "".join(text))
            text.clear()

        def begin(tag: str, attributes: dict[str, str]) -> None:
            if next(begun) >= MOST_ELEMENTS:
                what = f"{printable(name, 60)} in it has more than {MOST_ELEMENTS} elements"
                raise self._file.problem(what, "Export the spectra as text (CSV)")
            if text:
                finish("")
            start(_local(tag), {_local(key): value for key, value in attributes.items()})

        def declared(*_: object) -> None:
            raise self._file.problem(
                f"{printable(name, 60)} in it declares a document type",
                "Export the spectra as text (CSV)",
            )

        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = begin, finish
        parser.CharacterDataHandler = text.append
        parser.StartDoctypeDeclHandler = declared
        try:
            for part in self.parts(name):
                parser.Parse(part, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._damaged() from error

    def _damaged(self) -> Exception:
        return self._file.problem("the archive in it is damaged or cut off", "Save it again")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
