"""What makes a run again: its protocol, its mechanism, and the constants that were moved in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from prenuc.errors import InputError, MechanismError
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import LOADER, load, text_of
from prenuc.mechanism.network_file import read_mechanism
from prenuc.present.files.written import as_files, mechanism_from
from prenuc.quantities import Quantity
from prenuc.scope.choice import mechanism_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

CHANGE = "change"  # key of a mechanism's file


@dataclass(frozen=True)
class Again:
    """What makes a run again.

    Args:
        protocol: What was done.
        mechanism: What could happen: one of the package by its name, or the text of a file.
        change: Constants in which the mechanism of the run is another, in their usual units.
    """

    protocol: Protocol
    mechanism: str
    change: Mapping[str, Quantity]


def made_again(mechanism: Mechanism, protocol: Protocol, where: str = "") -> Again:
    """Return what makes a run again.

    Args:
        mechanism: Of the run.
        protocol: Of the run.
        where: The file that holds it, for messages.

    Raises:
        InputError: The mechanism is none of the package, and the text of its file is not known.
    """
    if mechanism.text:
        usual = mechanism_from(mechanism.text, protocol)
    else:
        try:
            usual = mechanism_for(mechanism.name, protocol)
        except MechanismError:
            what = f"the mechanism '{mechanism.name}' was made elsewhere, and its file is not here"
            mend = "'prenuc report --extract' has the protocol: give it a mechanism file"
            raise InputError(what, mend, where=where) from None
    change = {}
    for name, value in mechanism.parameters.items():
        before = usual.constants.get(name)
        if before is not None and value.quantity != before.quantity:
            unit = before.quantity.unit
            change[name] = Quantity(value.quantity.to(unit), unit)
    return Again(protocol, mechanism.text or mechanism.name, change)


def changed_mechanism(base: str, change: Mapping[str, Quantity]) -> str:
    """Return the file of a mechanism that is another with some constants moved.

    Args:
        base: The other, by its name or its file.
        change: The constants.
    """
    lines = [f"based_on: {base}", "change:" if change else "change: {}"]
    return "\n".join([*lines, *(f"  {name}: {one}" for name, one in change.items()), ""])


def in_one_file(changed: Path, base: Path) -> str:
    """Return a mechanism file that is based on another file as one that is based on none.

    Args:
        changed: The file that moves constants of the other.
        base: The other, which it names without a folder.

    Raises:
        InputError: One of them cannot be read; all problems at once.
    """
    text = text_of(base)
    with as_files({changed.name: text_of(changed), base.name: text}) as folder:
        read_mechanism(folder / changed.name)  # what is wrong is said with its own lines
    moved = Node(load(changed), changed.name, []).child(CHANGE, default={})
    written = {str(name): moved.written(str(name)) for name in moved.data}
    return with_change(text, {name: one for name, one in written.items() if one is not None})


def with_change(text: str, change: Mapping[str, Quantity]) -> str:
    """Return the text of a mechanism's file with some constants moved, and all else as it stands.

    They go under ``change``, where a number that is there already gives way.

    Args:
        text: What stands in the file.
        change: The constants.
    """
    if not change:
        return text
    root: Any = yaml.compose(text, Loader=LOADER)  # a mapping: it was read before
    there: Any = next((value for key, value in root.value if key.value == CHANGE), None)
    entries: list[Any] = there.value if isinstance(there, yaml.MappingNode) else []
    known = {key.value: value for key, value in entries}
    edits = [(known[name], str(one)) for name, one in change.items() if name in known]
    new = [_entry(name, one) for name, one in change.items() if name not in known]
    for node, said in sorted(edits, key=lambda one: -one[0].start_mark.index):
        text = _put(text, node.start_mark, said, node.end_mark)  # from the end, so that places hold
    if not new:
        return text
    if entries:
        first = entries[0][0].start_mark
        apart = ", " if there.flow_style else "\n" + " " * first.column
        return _put(text, first, apart.join([*new, ""]))
    if there is not None:
        return _put(text, there.start_mark, f" {{{', '.join(new)}}}", there.end_mark)
    return _with_block(text, root, new)


def _with_block(text: str, root: Any, new: Sequence[str]) -> str:
    """Return the text of a mapping that had no ``change``, with one."""
    if root.flow_style:
        begin = root.start_mark.index + 1
        return f"{text[:begin]}{CHANGE}: {{{', '.join(new)}}}, {text[begin:]}"
    margin = " " * root.start_mark.column
    block = "\n".join(f"{margin}{line}" for line in [f"{CHANGE}:", *(f"  {one}" for one in new)])
    before = text[: root.end_mark.index].rstrip()
    return f"{before}\n{block}\n{text[root.end_mark.index :]}"


def _entry(name: str, quantity: Quantity) -> str:
    plain = re.fullmatch(r"[A-Za-z][\w .()+-]*", name) is not None
    return f"{name if plain else json.dumps(name)}: {quantity}"


def _put(text: str, start: Any, new: str, end: Any = None) -> str:
    """Return a text with something else between two places of it."""
    return text[: start.index] + new + text[(end or start).index :]
