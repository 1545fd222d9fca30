"""Protocols and mechanisms that come as text, read as their files are."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from prenuc.errors import InputError, MechanismError
from prenuc.facts.yaml_file import load
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol, read_protocol
from prenuc.scope.choice import mechanism_for

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    with _as_file(text, "protocol.yaml") as path:
        return read_protocol(path)


def mechanism_from(text: str, protocol: Protocol | None = None) -> Mechanism:
    """Return the mechanism of a text.

    Args:
        text: What stands in a mechanism file.
        protocol: What was done, for mechanisms of the package on which it is based; None where
            that is not known, and the set of that very name is meant.

    Raises:
        InputError: It cannot be read, or is based on another file.
    """
    with _as_file(text, "mechanism.yaml") as path:
        found = load(path)
        base = found.get("based_on") if isinstance(found, dict) else None
        if str(base).endswith((".yaml", ".yml")):
            raise MechanismError("this mechanism is based on another file", "Write all of it here")
        if protocol is None:
            return read_mechanism(path, called=path.name)
        return read_mechanism(path, lambda base: mechanism_for(base, protocol), called=path.name)


@contextmanager
def _as_file(text: str, name: str) -> Iterator[Path]:
    """Give a text as a file; problems in it are placed at its name alone."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        try:
            yield path
        except InputError as error:
            here = f"{path.parent}/"
            found = [replace(one, where=one.where.replace(here, "")) for one in error.problems]
            raise type(error)(found) from error
