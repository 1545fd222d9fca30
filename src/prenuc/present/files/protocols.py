"""A protocol as the text of a file that ``prenuc simulate`` runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prenuc.protocol.protocol import Protocol


def protocol_text(protocol: Protocol, mechanism: str, notes: Iterable[str] = ()) -> str:
    """Return a protocol as a file.

    Args:
        protocol: What was done.
        mechanism: What could happen, by its name or its file.
        notes: Lines that stand above as comments.
    """
    lines = [
        *(f"# {note}" for note in notes),
        f"name: {_quoted(protocol.name)}",
        f"mechanism: {_quoted(mechanism)}",
        "protocol:",
        *(f"  - {_quoted(str(step))}" for step in protocol.steps),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
