"""Schemes with real arrows, and units, as people print them."""

from __future__ import annotations

import re

_UNITS = ("degC", "°C"), ("uL", "µL"), ("umol", "µmol")
_UNIT = re.compile(rf"\b({'|'.join(plain for plain, _ in _UNITS)})\b")
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


def spelt(text: str) -> str:
    """Return a text with real arrows and with units as they are printed, "25 °C" and "5 µL".

    Args:
        text: Such as "take 5 uL of flask at 25 degC".
    """
    return _UNIT.sub(lambda match: dict(_UNITS)[match[0]], arrows(text))
