"""What every reader starts from: a file's bytes, the options of the caller, a way to refuse.

A reader never lets another exception than :class:`~prenuc.errors.SpectrumError` reach the
user, and never guesses silently: it decodes, decides by evidence, and writes down what it
decided.
"""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from prenuc.errors import SpectrumError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from prenuc.observe.series import SpectrumSeries

MOST_BYTES = 50_000_000
MOST_LINES = 2_000_000
MOST_IN_LINE = 1_000_000

Signal = Literal["absorbance", "photoluminescence", "%T", "T"]

# What a laboratory renames to .csv by accident, by its first bytes.
_NOT_TEXT = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive of another kind than a workbook",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Office or vendor file",
    b"\x89HDF": "an HDF5 file",
}
_MARKS = {
    codecs.BOM_UTF8: ("utf-8", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16-le", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16-be", "UTF-16"),
}
# One spelling of what editors and typesetters write for a blank, a minus and a line end;
# the unit separator is ours (tables.py) and must not come from a file.
_PLAIN = {"\r\n": "\n", "\r": "\n", "\xa0": " ", "\u202f": " ", "−": "-", "\x1f": "\ufffd"}

_PADDED = re.compile(r"(?m)^(?=[^\n\0]*[A-Za-z]{3})([^\n\0]*)\0+$")


@dataclass(frozen=True)
class Options:
    """What the caller knows and the file may not say.

    Args:
        decimal: The decimal sign, "." or ",".
        time_unit: Unit of times whose headers name none, such as "s", "min", "h".
        signal: What the columns hold; "%T" counts to 100, "T" to 1.
    """

    decimal: str | None = None
    time_unit: str | None = None
    signal: str | None = None


@dataclass(frozen=True)
class Format:
    """One file format; a module of this package offers one as ``FORMAT``.

    Args:
        name: What a chemist calls it.
        sniff: Whether the content (its bytes, never the file's name) is of this format.
        read: Turns such a file into spectra.
    """

    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[DataFile, Options], SpectrumSeries]


@dataclass(frozen=True)
class DataFile:
    """A file that was loaded whole.

    Args:
        path: Where it is, as given.
        data: Its bytes, at most ``MOST_BYTES``.
        sheet: The text of the sheet that is read, where it is a workbook.
        encoding: What the text is, where it is a sheet.
    """

    path: Path
    data: bytes
    sheet: str = ""
    encoding: str = ""

    def problem(self, what: str, mend: str, line: int = 0) -> SpectrumError:
        """Return the error ``path:line: what. mend.``.

        Args:
            what: What is wrong, as a clause without a full stop.
            mend: How to mend it, likewise.
            line: Counted from 1; 0 for none.
        """
        name = printable(str(self.path))
        where = f"{name}:{line}" if line else name
        return SpectrumError(what, mend, where=where)

    def text(self) -> tuple[str, str]:
        """Return the text with plain line ends, and what text it is.

        Raises:
            SpectrumError: The content is not text, or is too long.
        """
        text, encoding = self.sheet, self.encoding
        if not encoding:
            self._refuse_binary()
            text, encoding = self._decode()
        for written, plain in _PLAIN.items():
            text = text.replace(written, plain)
        # Some programs pad a name in the header to its full length.
        text = _PADDED.sub(r"\1", text)
        nul = text.find("\0")
        if nul >= 0:
            line = text.count("\n", 0, nul) + 1
            mend = "Save it as UTF-8 text: it is binary, damaged, or UTF-16 without its mark"
            raise self.problem("there is a NUL byte, which text does not have", mend, line)
        if not text.strip():
            raise self.problem("the file is empty", "Export the spectra again")
        if text.count("\n") > MOST_LINES:
            mend = "Split the file"
            raise self.problem(f"the file has more than {MOST_LINES} lines", mend)
        self._refuse_long_lines(text)
        return text, encoding

    def _refuse_long_lines(self, text: str) -> None:
        # Each cell of a line costs many times its length in memory.
        start = line = 0
        while start < len(text):
            line += 1
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            if end - start > MOST_IN_LINE:
                mend = "Check its line ends, or export fewer spectra"
                raise self.problem(f"the line has more than {MOST_IN_LINE} signs", mend, line)
            start = end + 1

    def _refuse_binary(self) -> None:
        for start, kind in _NOT_TEXT.items():
            if self.data.startswith(start):
                mend = "Export the spectra as text (CSV) from the program that wrote it"
                raise self.problem(f"this is {kind}, not text", mend, 1)

    def _decode(self) -> tuple[str, str]:
        codec, name, data = "utf-8", "UTF-8", self.data
        for mark, (marked_codec, marked_name) in _MARKS.items():
            if data.startswith(mark):
                codec, name, data = marked_codec, marked_name, data[len(mark) :]
        try:
            return data.decode(codec), f"{name} text"
        except UnicodeDecodeError as error:
            if name == "UTF-16":
                mend = "Export it again, or save it as UTF-8"
                raise self.problem("the UTF-16 text is damaged or cut off", mend) from error
            return data.decode("latin-1"), "Latin-1 text"


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; an impossible name is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def load(path: str | os.PathLike[str]) -> DataFile:
    """Load a file, after a look at its kind and size.

    Args:
        path: The file.

    Raises:
        SpectrumError: It is missing, no regular file, unreadable, or larger than the limit.
    """
    file = DataFile(Path(path), b"")
    try:
        status = file.path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise file.problem("this is a folder", "Name a file in it")
        # A pipe or a device would keep a reader waiting for ever.
        if not stat.S_ISREG(status.st_mode):
            raise file.problem("this is no regular file", "Copy it to a file first")
        if status.st_size > MOST_BYTES:
            what = f"the file has {status.st_size / 1e6:.0f} MB, the limit is 50 MB"
            raise file.problem(what, "Split it, or export fewer spectra")
        with file.path.open("rb") as opened:
            return DataFile(file.path, opened.read(MOST_BYTES))
    except FileNotFoundError as error:
        raise file.problem("there is no such file", "Check the name and the folder") from error
    # An impossible name (with a NUL) is a ValueError.
    except (OSError, ValueError) as error:
        reason = printable(getattr(error, "strerror", None) or str(error))
        raise file.problem(f"the file cannot be opened ({reason})", "Check the name") from error


def printable(text: str, most: int = 0) -> str:
    """Return the text on one line without control characters, cut to ``most`` when given."""
    text = "".join(sign if sign.isprintable() else "?" for sign in text[: 4 * most or None])
    return text if not most or len(text) <= most else text[: most - 1] + "…"
