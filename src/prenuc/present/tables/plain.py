"""Answers as plain data, and as JSON: the same on the command line, in files and in the app."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def plain(thing: Any) -> Any:
    """Return an object as plain data that strict JSON can hold; a number that is none is null."""
    if hasattr(thing, "as_dict"):
        thing = thing.as_dict()
    elif is_dataclass(thing) and not isinstance(thing, type):
        thing = {field.name: getattr(thing, field.name) for field in fields(thing)}
    elif hasattr(thing, "tolist"):  # numpy's arrays and numbers
        thing = thing.tolist()
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(item) for item in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def as_text(thing: Any, *, ascii_only: bool = False) -> str:
    """Return an object as one JSON document, if need be with numbers for all but ASCII."""
    return json.dumps(plain(thing), indent=2, ensure_ascii=ascii_only, allow_nan=False)
