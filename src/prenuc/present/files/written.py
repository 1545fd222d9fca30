"""Protocols and mechanisms that come as text, read as their files are."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, MechanismError
from prenuc.facts.yaml_file import load
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol, read_protocol
from prenuc.scope.choice import mechanism_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prenuc.mechanism.mechanism import Mechanism

FILE = re.compile(r"^\s*protocol\s*:", re.MULTILINE)


def is_text(named: str) -> bool:
    """Return whether a mechanism is what stands in a file, and no name: a name has no colon.

    Args:
        named: Either.
    """
    return ":" in named


def protocol_from(text: str) -> tuple[Protocol, str | None]:
    """Return the protocol of a text, and the mechanism that it names.

    Args:
        text: Laboratory sentences, one a line, or what stands in a protocol file.

    Raises:
        InputError: It cannot be read; all problems with their lines.
    """
    if FILE.search(text) is None:
        return Protocol.from_text(text, name="your protocol"), None
    with as_files({"protocol.yaml": text}) as folder:
        return read_protocol(folder / "protocol.yaml")


def mechanism_from(text: str, protocol: Protocol | None = None) -> Mechanism:
    """Return the mechanism of a text.

    Args:
        text: What stands in a mechanism file.
        protocol: What was done, for mechanisms of the package on which it is based; None where
            that is not known, and the set of that very name is meant.

    Raises:
        InputError: It cannot be read, or is based on another file.
    """
    with as_files({"mechanism.yaml": text}) as folder:
        path = folder / "mechanism.yaml"
        base = base_file(load(path))
        if base:
            what = f"this mechanism is based on another file, {base}"
            raise MechanismError(what, "Write all of it here, or drop both files together")
        if protocol is None:
            return read_mechanism(path, called=path.name)
        return read_mechanism(path, lambda base: mechanism_for(base, protocol), called=path.name)


def base_file(document: Any) -> str:
    """Return the file that a mechanism is based on; "" where it is based on none.

    Args:
        document: What stands in the mechanism's own file.
    """
    base = str(document.get("based_on")) if isinstance(document, dict) else ""
    return base if base.endswith((".yaml", ".yml")) else ""


@contextmanager
def as_files(texts: Mapping[str, str]) -> Iterator[Path]:
    """Give texts as files of a folder; problems in them are placed at their names alone.

    Args:
        texts: By the names of the files.
    """
    with TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            yield Path(folder)
        except InputError as error:
            here = f"{Path(folder)}/"
            found = [replace(one, where=one.where.replace(here, "")) for one in error.problems]
            raise type(error)(found) from error
