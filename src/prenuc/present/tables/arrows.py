"""Schemes with real arrows, as people print them."""

from __future__ import annotations

import re

_ARROW = re.compile(r"(?<=\s)(<->|-(\d+)->|->)(?=\s)")


def arrows(text: str, arrow: re.Pattern[str] = _ARROW) -> str:
    """Return a text in which the arrows of schemes are arrows: → and ⇌, and –8→ for eight steps.

    Args:
        text: Such as "A -8-> B -> C".
        arrow: How they are written.
    """

    def drawn(match: re.Match[str]) -> str:
        if match[2]:
            return f"–{match[2]}→"
        return "⇌" if match[1].startswith(("<", "&lt;")) else "→"

    return arrow.sub(drawn, text)
