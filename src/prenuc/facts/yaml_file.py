"""YAML files as they are written, with their lines.

YAML 1.2: ``3.0e7`` is a number, ``NO`` is a word, a repeated key is an error.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from prenuc.errors import FactsError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LARGEST_FILE = 5_000_000  # bytes; a data or mechanism file is text written by people


def load(path: Path | Traversable) -> Any:
    """Return the parsed document of a YAML 1.2 file, with line numbers kept.

    Raises:
        FactsError: The file is missing, empty, not text, not YAML, or repeats a key.
    """
    name = str(path) if isinstance(path, Path) else path.name
    text = _read_text(path, name)
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        what = " ".join(str(error.problem or error.context or "not valid YAML").split())
        mend = "Every key may stand once" if "duplicate key" in what else "Check indent and quotes"
        raise FactsError(what, mend, where=f"{name}{line}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        what = "not valid YAML: " + " ".join(str(error).split())[:200]
        raise FactsError(what, "Check indent and quotes", where=name) from None
    if document is None:
        raise FactsError("the file is empty", "Write at least one entry", where=name)
    return document


def _read_text(path: Path | Traversable, name: str) -> str:
    try:
        if isinstance(path, Path) and path.stat().st_size > LARGEST_FILE:
            what = f"the file is larger than {LARGEST_FILE // 1_000_000} MB"
            raise FactsError(what, "Give a file written by hand", where=name)
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise FactsError(reason, "Check the path", where=name) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise FactsError("this is not a text file", "Give a YAML file in UTF-8", where=name)
    return text
